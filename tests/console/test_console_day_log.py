"""The day's events as `/api/events` shows them: from any position, whatever became of the disk."""

import pytest

from kase_fix.console import day_log as module
from kase_fix.console.day_log import DayLog
from kase_fix.journal.day_file import DayFile
from kase_fix.messages.events import Published
from tests.journal.test_log import NEXT_DAY, run
from tests.journal.written import closing, opening, trading


class Told:
    """Takes what a log would publish."""

    def __init__(self, log):
        self.log, self.told = log, []

    def publish(self, published, _):
        if published.events:
            self.log.record(published)
            self.told.append(published)


@pytest.fixture
def told(monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 400)
    return Told(DayLog())


def test_pages_from_any_position_are_the_days_events_in_order(told):
    run(told, *opening(), *trading(), *closing())
    of_day = [one for one in told.told if one.number >= 3]
    assert (told.log.first, len(told.log)) == (3, len(of_day))
    for after in range(of_day[-1].number + 2):
        expected = [one for one in of_day if one.number > after]
        assert told.log.after(after, 3) == expected[:3]
        assert told.log.after(after, 100) == expected


def test_a_new_day_forgets_the_one_before(told):
    engine, all_told = run(told, *opening(), *trading(), *closing())
    run(told, NEXT_DAY, engine=engine, number=len(all_told))
    (only,) = told.log.after(0, 10)
    assert isinstance(only, Published)
    assert only.number == told.log.first == len(all_told) + 1


def test_where_the_disk_takes_nothing_the_latest_are_still_shown(told, monkeypatch, capsys):
    engine, first = run(told, *opening())

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(DayFile, "append", full)
        engine, second = run(told, *trading(), engine=engine, number=len(first))
    assert "cannot be shown" in capsys.readouterr().out
    _, third = run(told, *closing(), engine=engine, number=len(first) + len(second))
    last = [one for one in third if one.events]
    assert told.log.after(0, 100)[-len(last) :] == last
    assert told.log.first > 3
