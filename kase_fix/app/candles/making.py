"""Making the file of past days' candles anew: the whole journal is played again, up to the present day."""

from pathlib import Path

from kase_fix.journal.past_days import FILE, Archive, PastDays
from kase_fix.journal.reading import identity_of
from kase_fix.journal.replay import journal_path, replay
from kase_fix.marketdata.market import Market
from kase_fix.messages.day_events import DayOpened
from kase_fix.messages.events import Published
from kase_fix.messages.link_of_feed import MakePastDays


def make(wanted: MakePastDays) -> None:
    """Make it beside the one that is there, and put it in its place.

    Raises `JournalDamaged`, `WrongRules`, `Difference`, `sqlite3.Error`, `OSError`.
    """
    directory = Path(wanted.directory)
    journal = identity_of(journal_path(directory))
    days, market = PastDays(directory / f"{FILE}.new"), Market()
    days.begin(journal)
    archive = Archive(days, journal, fresh=True)

    def take(published: Published, _: bytes) -> None:
        if any(isinstance(event, DayOpened) for event in published.events):
            archive.day_opens(published.number, market)
        market.apply(published)

    replay(directory, take, last=wanted.until - 1)
    archive.day_opens(wanted.until, market)
    days.take_the_place_of(PastDays(directory / FILE))
