"""The file of past days' candles: kept day by day, the same when it is made anew, and never half there."""

import datetime as dt
import sqlite3

import pytest

from kase_fix.app.candles.making import make
from kase_fix.journal.past_days import FILE, Archive, NotThere, PastDays
from kase_fix.journal.reading import identity_of
from kase_fix.journal.replay import journal_path, replay
from kase_fix.marketdata.market import Market
from kase_fix.messages.commands import OperationalDayOpened
from kase_fix.messages.day_events import DayOpened
from kase_fix.messages.link_of_feed import MakePastDays
from tests.journal.written import DATE, SYMBOL, closing, opening, trading, write

NEXT_DAY = DATE + dt.timedelta(days=1)


@pytest.fixture
def journal(tmp_path):
    """A day, and the beginning of the next one."""
    follows = OperationalDayOpened(NEXT_DAY, {SYMBOL: NEXT_DAY}, {}, "day:opens", "art. 5 p. 1")
    write(tmp_path, [opening(), trading(), closing(), [follows]])
    return tmp_path


def began(directory):
    """The numbers of the commands that opened the days."""
    found = []

    def take(published, _):
        if any(isinstance(event, DayOpened) for event in published.events):
            found.append(published.number)

    replay(directory, take)
    return found


def lived(directory, archive):
    market = Market()

    def take(published, _):
        if any(isinstance(event, DayOpened) for event in published.events):
            archive.day_opens(published.number, market)
        market.apply(published)

    replay(directory, take)
    return market


def everything(days, until):
    return days.days(until, SYMBOL, DATE, NEXT_DAY), days.minutes(until, SYMBOL, DATE, NEXT_DAY)


def test_a_day_is_added_when_the_next_one_opens_and_made_anew_it_is_the_same(journal):
    identity, days = identity_of(journal_path(journal)), PastDays(journal / FILE)
    first, second = began(journal)
    with pytest.raises(NotThere):
        days.days(second, SYMBOL, DATE, NEXT_DAY)
    days.begin(identity)
    archive = Archive(days, identity, fresh=True)
    lived(journal, archive)
    assert (days.until(identity), archive.missing) == (second, None)
    whole, minutes = everything(days, second)
    [(date, candle)] = whole
    assert date == DATE
    assert sum(one.quantity for one in minutes) == candle.quantity > 0
    with pytest.raises(NotThere):  # who is in another day is told that his past is not there
        days.days(first, SYMBOL, DATE, NEXT_DAY)

    (journal / FILE).unlink()
    make(MakePastDays(str(journal), second))
    assert everything(days, second) == (whole, minutes)
    again = Archive(days, identity)
    again.day_opens(second, Market())
    assert again.missing is None


def test_what_is_missing_is_noticed(journal, tmp_path):
    """No file, one of another journal, one that ends a day too early, and one that cannot be written."""
    identity, days = identity_of(journal_path(journal)), PastDays(journal / FILE)
    first, second = began(journal)
    archive = Archive(days, identity)
    archive.day_opens(second, Market())
    assert archive.missing == second
    days.begin(bytes(16))
    archive.day_opens(second, Market())
    assert archive.missing == second
    days.begin(identity)
    days.add(first, None, {})
    archive.day_opens(second, Market())
    assert archive.missing == second
    archive.day_opens(first, Market())
    assert archive.missing is None
    days.begin(identity)
    with sqlite3.connect(journal / FILE) as file:
        file.execute("DROP TABLE day")
    archive = Archive(days, identity, fresh=True)
    lived(journal, archive)
    assert archive.missing == second
    with pytest.raises(NotThere):
        days.days(second, SYMBOL, DATE, NEXT_DAY)
    assert PastDays(tmp_path / "none" / FILE).until(identity) is None
