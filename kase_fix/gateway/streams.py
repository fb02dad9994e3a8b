"""What goes out for one instrument on one board on the same terms, once for all who asked for that.

A stream counts its entries: RptSeq(83) grows by one with each entry of X, and W says which one was the last. So a
reader knows that nothing is missing, and a new W begins anew where something is.
"""

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from kase_fix.gateway.dialect import marketdata_text as text
from kase_fix.gateway.dialect.marketdata_text import Entry, Statistics, Terms
from kase_fix.gateway.feed import Facts, Feed, Levels, Orders, Place
from kase_fix.marketdata.deals import Trade
from kase_fix.messages.configuration import User

Told: TypeAlias = tuple[Trade, str]
"""A deal, and what became of it: MDUpdateAction(279) new, changed where it was corrected, deleted where cancelled."""


class Wish(NamedTuple):
    """What those have in common who get the same messages."""

    service: str
    dialect: str
    depth: int
    """Levels a side; 0: all of them."""
    by_order: bool
    types: frozenset[str]
    everywhere: bool
    """The deals of the instrument's other boards too: no board was named."""
    whole: bool
    """MDUpdateType(265)=0: every update is a whole snapshot."""
    interval: int
    """Milliseconds between two updates; 0: each at once."""

    @property
    def book(self) -> int:
        """MDBookType(1021)."""
        return 3 if self.by_order else 1 if self.depth == 1 else 2


class Stream:
    """The messages of one place on these terms; `due` is when it may speak again, seconds of the machine."""

    __slots__ = ("_deals", "_elsewhere", "_facts", "_feed", "_levels", "_orders", "_turned", "due", "number", "place",
                 "readers", "waits", "wish")  # fmt: skip

    def __init__(self, feed: Feed, place: Place, wish: Wish) -> None:
        """Begin with the market as it is: from here on what is new is told."""
        self.place = place
        self.wish = wish
        self.readers: list[tuple[str, str]] = []
        """Who gets it: user and MDReqID(262)."""
        self.number = 0
        self.due = 0.0
        self.waits = False
        """Whether something is still to be told."""
        self._feed = feed
        self._levels: Levels = {}
        self._orders: Orders = {}
        self._facts: Facts = feed.facts(place, wish.types)
        self._deals: list[Entry] = []
        self._elsewhere: dict[Place, None] = {}
        self._turned = False
        self._changes()

    def note(self, deals: Iterable[Told], turned: bool) -> None:
        """Take note of what has happened here since it spoke last."""
        self.waits = True
        self._turned = self._turned or turned
        if text.TRADE in self.wish.types:
            self._deals += [self._feed.deal(self.place, trade, action=action) for trade, action in deals]

    def note_elsewhere(self, place: Place, deals: Iterable[Told]) -> None:
        """Take note of deals in the instrument on another board."""
        if text.TRADE in self.wish.types:
            self.waits = True
            session = self._session_of(place.board)
            self._deals += [self._feed.deal(self.place, trade, session, action) for trade, action in deals]
            self._elsewhere[place] = None

    def update(self) -> str:
        """Return the body of what is to be told now, with an empty MDReqID; empty where nothing is."""
        entries: list[Entry | Statistics] = []
        entries += self._changes()
        book_changed = bool(entries)
        entries += self._deals
        facts = self._feed.facts(self.place, self.wish.types)
        entries += self._feed.fact_changes(self._facts, facts)
        if self.wish.dialect == "NEXT":
            if self._elsewhere:
                entries += [one for place in self._elsewhere for one in self._feed.statistics(place)]
            elif self._deals or self._turned or not book_changed:
                entries += self._feed.statistics(self.place)
        self._facts = facts
        self._deals, self._elsewhere, self._turned, self.waits = [], {}, False, False
        if self.wish.whole:
            self.number += 1
            return self.snapshot("")
        if not entries:
            return ""
        first = self.number + 1
        self.number += len(entries)
        return text.incremental("", entries, self._terms(), first)

    def snapshot(self, request_id: str) -> str:
        """Return W as of now; what waits has to be told first."""
        entries: list[Entry] = []
        feed, wish = self._feed, self.wish
        if wish.by_order:
            entries += feed.all_orders(self.place, feed.orders(self.place, wish.depth))
        else:
            entries += feed.all_levels(self.place, feed.levels(self.place, wish.depth))
        entries = [entry for entry in entries if entry.type in wish.types]
        if text.TRADE in wish.types:
            entries += feed.last_deal(self.place, self._session_of if wish.everywhere else None)
        entries += feed.facts(self.place, wish.types).values()
        return text.snapshot(request_id, self.place.symbol, entries, self._terms(), self.number)

    def _changes(self) -> list[Entry]:
        feed, place, wish = self._feed, self.place, self.wish
        entries: list[Entry]
        if wish.by_order:
            orders = feed.orders(place, wish.depth)
            entries, self._orders = feed.order_changes(place, self._orders, orders), orders
        else:
            levels = feed.levels(place, wish.depth)
            entries, self._levels = feed.level_changes(place, self._levels, levels), levels
        return [entry for entry in entries if entry.type in wish.types]

    def _terms(self) -> Terms:
        """Return 336 too: NEXT has the session's serial, FIX44 a board that is not the instrument's own."""
        is_next = self.wish.dialect == "NEXT"
        named = is_next or self.place.board != self._feed.boards[self.place.symbol][0]
        return Terms(is_next, self.wish.book, self._session_of(self.place.board) if named else "")

    def _session_of(self, board: str) -> int | str:
        """Return what 336 is for a board in the dialect."""
        return self._feed.session(board) if self.wish.dialect == "NEXT" else board


class Entitlement(NamedTuple):
    """What market data a user may have."""

    markets: tuple[str, ...] = ()
    """Empty: all of them."""
    delay: int = 0
    """Nanoseconds they are late."""


def entitlement_of(user: User) -> Entitlement:
    """Return what the register says."""
    return Entitlement(user.md_markets, user.md_delay * 1_000_000_000)
