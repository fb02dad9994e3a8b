"""Repo by term in entries of W and X: what stands in place of an instrument's feed for the symbol REPO (R-183)."""

from collections.abc import Callable

from kase_fix.gateway.dialect import marketdata_text as text
from kase_fix.gateway.dialect.marketdata_text import Entry, Statistics
from kase_fix.gateway.feed import KOPECKS, Facts, Feed, Levels, Orders, Place
from kase_fix.marketdata.day_lines import RepoLine, RepoTerm
from kase_fix.marketdata.market import Market
from kase_fix.values.numbers import format_decimal

REPO = "REPO"
"""No instrument: what is asked for by this name is all repo of the day."""
PLACE = Place(REPO, "")
MARKET = "repo"
"""What one has to be entitled to."""
RATE_DECIMALS = 4
"""Of rates in % p.a. (art. 40 p. 2)."""
MINOR_UNITS = 100


class RepoFeed(Feed):
    """It has no book and no deals of its own, but facts: those of each kind, currency and term with deals today."""

    def __init__(self, market: Callable[[], Market]) -> None:
        super().__init__()
        self._market = market
        self.boards = {REPO: ("",)}

    def levels(self, place: Place, depth: int) -> Levels:  # noqa: ARG002
        """Return nothing."""
        return {}

    def orders(self, place: Place, depth: int) -> Orders:  # noqa: ARG002
        """Return nothing."""
        return {}

    def all_levels(self, place: Place, now: Levels) -> list[Entry]:  # noqa: ARG002
        """Return nothing."""
        return []

    def all_orders(self, place: Place, now: Orders) -> list[Entry]:  # noqa: ARG002
        """Return nothing."""
        return []

    def level_changes(self, place: Place, before: Levels, now: Levels) -> list[Entry]:  # noqa: ARG002
        """Return nothing."""
        return []

    def order_changes(self, place: Place, before: Orders, now: Orders) -> list[Entry]:  # noqa: ARG002
        """Return nothing."""
        return []

    def last_deal(self, place: Place, session_of: Callable[[str], int | str] | None) -> list[Entry]:  # noqa: ARG002
        """Return nothing."""
        return []

    def statistics(self, place: Place) -> list[Statistics]:  # noqa: ARG002
        """Return nothing: all there is stands in the facts."""
        return []

    def session(self, board: str) -> int:  # noqa: ARG002
        """Return none."""
        return 0

    def facts(self, place: Place, types: frozenset[str]) -> Facts:  # noqa: ARG002
        """Return highest, lowest and weighted rate (7, 8, 9) and volume (B) of each term, under its name in 278."""
        return {
            (entry.type, entry.id): entry
            for term, line in sorted(self._market().repo.lines.items())
            if line.deals
            for entry in _entries(term, line)
            if entry.type in types
        }


def name_of(term: RepoTerm) -> str:
    """Return MDEntryID(278) of a term: `AUTOMATIC_KZT_007`."""
    return f"{term.kind.upper()}_{term.currency}_{term.days:03d}"


def _entries(term: RepoTerm, line: RepoLine) -> list[Entry]:
    name = name_of(term)
    rates = (text.HIGH, line.highest), (text.LOW, line.lowest), (text.AVERAGE, line.average)
    entries = [
        Entry(kind, rate, id=name, symbol=REPO, decimals=RATE_DECIMALS) for kind, rate in rates if rate is not None
    ]
    money = format_decimal(line.money, KOPECKS, KOPECKS)
    volume = Entry(text.VOLUME, None, line.money // MINOR_UNITS, id=name, symbol=REPO, deals=line.deals, turnover=money)
    return [*entries, volume]
