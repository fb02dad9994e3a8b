"""One thread through which everything passes: numbers, moments, durability, order (law 2; R-3)."""

import errno
import threading
import time
from itertools import pairwise, takewhile
from pathlib import Path

import pytest

from kase_fix.app.clock import RehearsalClock
from kase_fix.app.sequencer import GROUP, ClockWentBack
from kase_fix.app.waiting import STALLED_SECONDS
from kase_fix.journal.replay import replay
from kase_fix.journal.writing import JournalUnwritable, JournalWriter
from kase_fix.messages.commands import BoardPhaseChanged, NewOrder
from kase_fix.messages.day_events import PhaseEntered
from kase_fix.messages.events import Published
from kase_fix.messages.order_events import OrderAccepted, OrderRefused
from kase_fix.schedule.transitions import transitions_after
from kase_fix.values.enums import Phase, Side
from tests.app.conftest import CALENDARS, at, numbers, start
from tests.journal.written import MARKET, order


def bid(name, price=440):
    return order(name, "ONE", Side.BUY, 1000, price)


def names(items):
    """The ClOrdIDs of the orders among what came out, and whatever else came."""
    return [item.events[0].order.cl_ord_id if isinstance(item, Published) else item for item in items]


def due_between(after, until):
    """What the schedule has after a moment, up to another one."""
    return list(takewhile(lambda one: one.time <= until, transitions_after(after, MARKET, CALENDARS)))


class HeldWriter:
    """A journal whose disk works only when it is told to."""

    def __init__(self, directory):
        self.genuine = JournalWriter(directory, None)
        self.reached = threading.Semaphore(0)
        self.go_on = threading.Semaphore(0)
        self.held = False
        self.failure = None

    @property
    def size(self):
        return self.genuine.size

    def append(self, *group):
        if isinstance(self.failure, str):
            raise OSError(errno.ENOSPC, self.failure)
        self.genuine.append(*group)

    def begin_sync(self):
        self.genuine.begin_sync()

    def wait(self):
        self.genuine.wait()
        if self.held:
            self.reached.release()
            assert self.go_on.acquire(timeout=20)
        if self.failure is not None:
            raise OSError(errno.EIO, "planted")

    def close(self):
        self.genuine.close()


@pytest.fixture
def held(tmp_path):
    core = start(tmp_path, at("12:00:00"), writer=HeldWriter(tmp_path))
    core.told()
    yield core
    core.writer.held = False
    core.writer.go_on.release(10)
    core.close()


def test_start_catches_up_with_the_clock(tmp_path):
    """Contract, `--rehearsal`: everything up to its moment is applied, in order, each at its own moment."""
    core = start(tmp_path, at("12:00:00"))
    due = due_between(at("00:00:00"), at("12:00:00"))
    core.close()
    assert [(one.time, one.command) for one in core.journal()[2:]] == [(one.time, one.command) for one in due]
    assert [item.number for item in core.told()] == list(range(1, len(due) + 3))


def test_commands_are_numbered_and_dated_in_their_order(core):
    """Names of things: 1, 2, 3, ... over the life of the journal; moments never go back."""
    first = core.sequencer.number + 1
    for index in range(3 * GROUP):
        core.sequencer.submit(bid(f"n{index}"))
    told = core.settle()
    assert numbers(told) == list(range(first, first + 3 * GROUP))
    assert names(told) == [f"n{index}" for index in range(3 * GROUP)]
    journal = core.journal()
    assert [one.number for one in journal] == list(range(1, first + 3 * GROUP))
    assert all(a.time <= b.time for a, b in pairwise(journal))
    assert {item.time for item in told} == {at("12:00:00")}
    assert core.sequencer.number == journal[-1].number
    assert core.sequencer.failures == 0


def test_transitions_come_before_the_orders_of_their_instant(core):
    """R-3: at its first instant in, at its last out."""
    core.sequencer.move_clock(at("16:59:59.999999")).result(20)
    core.sequencer.submit(bid("in"))
    core.sequencer.move_clock(at("17:00:00"))
    core.sequencer.submit(bid("out"))
    kinds = [type(item.events[0]) for item in core.settle() if item.events]
    assert [kind for kind in kinds if kind in (OrderAccepted, PhaseEntered, OrderRefused)] == [
        OrderAccepted,
        PhaseEntered,
        OrderRefused,
    ]


def test_running_clock_lets_transitions_go_first(tmp_path, monkeypatch):
    """R-3: with a speed the clock runs on while it is moved; what it passes comes before the orders that follow."""
    now = [0]
    monkeypatch.setattr(time, "monotonic_ns", lambda: now[0])
    clock = RehearsalClock(at("12:00:00"), 60.0)
    core = start(tmp_path, at("12:00:00"), clock=clock)
    core.settle()
    genuine = clock.move

    def move(moment):
        genuine(moment)
        now[0] += 10**9  # a second in which the venue's clock goes on a minute

    monkeypatch.setattr(clock, "move", move)
    core.sequencer.move_clock(at("16:59:30"))
    core.sequencer.submit(bid("late"))
    told = core.settle()
    core.close()
    assert isinstance(told[-1].events[0], OrderRefused)
    assert isinstance(told[-2].events[0], PhaseEntered)
    assert (told[-2].time, told[-1].time) == (at("17:00:00"), at("17:00:30"))


def test_clock_moves_through_several_days(core):
    """Contract, `POST /api/clock`: through all transitions on the way, applied when it answers."""
    due = [transition.command for transition in due_between(at("12:00:00"), at("2020-06-02T12:00:00"))]
    before = len(core.journal())
    number = core.sequencer.move_clock(at("2020-06-02T12:00:00")).result(20)
    journal = core.journal()
    assert [one.command for one in journal[before:]] == due
    assert number == journal[-1].number == core.sequencer.number
    assert core.clock.now() == at("2020-06-02T12:00:00")
    dates = [command.date.day for command in due if type(command).__name__ == "OperationalDayOpened"]
    assert dates == [28, 29, 1, 2]


def test_clock_moves_by_seconds_and_stays_where_it_is(core):
    core.sequencer.move_clock(600 * 10**9, relative=True).result(20)
    core.sequencer.move_clock(0, relative=True).result(20)
    core.sequencer.move_clock(at("12:10:00")).result(20)
    assert core.clock.now() == at("12:10:00")


def test_running_clock_can_be_moved_by_nothing(tmp_path, monkeypatch):
    """A clock that runs on between two looks is not taken for one that goes back."""
    now = [0]

    def monotonic():
        now[0] += 1000
        return now[0]

    monkeypatch.setattr(time, "monotonic_ns", monotonic)
    core = start(tmp_path, 0, clock=RehearsalClock(at("12:00:00"), 1.0))
    assert core.sequencer.move_clock(0, relative=True).result(20) == core.sequencer.number
    core.close()


@pytest.mark.parametrize(("moment", "relative"), [(at("11:59:59"), False), (-1, True)])
def test_clock_never_goes_back(core, moment, relative):
    """Contract, `POST /api/clock`: back in time is refused, and nothing happens."""
    with pytest.raises(ClockWentBack):
        core.sequencer.move_clock(moment, relative).result(20)
    assert core.clock.now() == at("12:00:00")
    assert core.settle() == []


def test_what_is_passed_on_keeps_its_place(core):
    """A question is answered behind what its asker sent before, and before what he sent after."""
    core.sequencer.submit(bid("a"))
    core.sequencer.pass_on(core.reader, "between")
    core.sequencer.submit(bid("b"))
    core.sequencer.answer(core.reader, lambda number: number)
    core.sequencer.submit(bid("c"))
    told = core.settle()
    assert names(told) == ["a", "between", "b", numbers(told)[1], "c"]


def test_defect_in_an_answer_loses_that_answer_alone(core):
    """Law 4: the rest of the exchange goes on."""
    core.sequencer.submit(bid("a"))
    core.sequencer.answer(core.reader, lambda _: 1 // 0)
    core.sequencer.submit(bid("b"))
    assert names(core.settle()) == ["a", "b"]
    assert not core.sequencer.stopped.is_set()


def test_nothing_is_told_before_it_is_durable(held):
    """Law 2: neither events nor answers behind them come out while the disk works."""
    before = held.sequencer.number
    held.writer.held = True
    held.sequencer.submit(bid("a"))
    held.sequencer.answer(held.reader, lambda number: number)
    assert held.writer.reached.acquire(timeout=20)
    assert held.told() == []
    assert held.sequencer.number == before
    held.writer.held = False
    held.writer.go_on.release()
    assert names(held.settle()) == ["a", before + 1]


@pytest.mark.parametrize("failure", ["no space is left", errno.EIO])
def test_disk_error_halts_the_venue_and_nothing_is_told(held, failure):
    """Law 2: what could not be written is not answered; the venue stops and says why."""
    before = held.sequencer.number
    held.writer.failure = failure
    held.sequencer.submit(bid("a"))
    assert held.sequencer.stopped.wait(20)
    assert isinstance(held.sequencer.failure, JournalUnwritable)
    told = {errno.EIO: "(EIO)", "no space is left": "no space is left (ENOSPC)"}[failure]
    assert held.sequencer.trouble().startswith("the journal cannot be written: ")
    assert held.sequencer.trouble().endswith(told)
    held.sequencer.submit(bid("b"))
    assert held.told() == []
    assert held.sequencer.number == before


def test_a_defect_is_not_called_a_failure_of_the_disk(held, monkeypatch):
    """What halts the venue has its right name: another error, from anywhere else, is none of the journal's."""
    monkeypatch.setattr(held.log, "publish", lambda *_: Path("/nowhere/at/all").read_bytes())
    held.sequencer.submit(bid("a"))
    assert held.sequencer.stopped.wait(20)
    assert not isinstance(held.sequencer.failure, JournalUnwritable)
    assert held.sequencer.trouble().startswith("a defect of the venue: FileNotFoundError")


def test_a_disk_that_does_not_take_the_days_events_is_noticed_too(held, monkeypatch):
    """They are written behind the journal, by the same thread, and are no reason to halt where they only fail."""
    reached, go_on, genuine = threading.Event(), threading.Event(), held.log.publish

    def hang(*published):
        reached.set()
        assert go_on.wait(60)
        genuine(*published)

    with monkeypatch.context() as hanging:
        hanging.setattr(held.log, "publish", hang)
        held.sequencer.submit(bid("a"))
        assert reached.wait(60)
        assert held.sequencer.stalled() == ""
        now = time.monotonic
        hanging.setattr(time, "monotonic", lambda: now() + STALLED_SECONDS)
        assert held.sequencer.stalled().startswith("the journal's disk does not answer: 1")
    go_on.set()
    assert names(held.settle()) == ["a"]
    assert held.sequencer.trouble() == ""


def test_a_disk_that_does_not_come_back_is_noticed(held, monkeypatch):
    """A write that takes too long is no reason to wait for ever: the venue is to halt and say so."""
    held.writer.held = True
    assert held.sequencer.trouble() == ""
    held.sequencer.submit(bid("a"))
    assert held.writer.reached.acquire(timeout=20)
    assert held.sequencer.trouble() == ""
    genuine = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: genuine() + STALLED_SECONDS)
    assert held.sequencer.trouble().startswith("the journal's disk does not answer: 1")
    assert held.told() == []
    monkeypatch.undo()
    held.writer.held = False
    held.writer.go_on.release()
    assert names(held.settle()) == ["a"]
    assert held.sequencer.trouble() == ""


def test_what_is_queued_before_the_end_is_applied(tmp_path):
    """Contract, SIGTERM: all that was taken is carried out, more than a group of it too, and proven."""
    core = start(tmp_path, at("12:00:00"))
    for index in range(2 * GROUP + 10):
        core.sequencer.submit(bid(f"n{index}"))
    core.close()
    assert core.sequencer.failure is None
    told = core.told()
    assert names(told[-1:]) == [f"n{2 * GROUP + 9}"]
    replayed = replay(tmp_path)
    assert replayed.end.number == replayed.witness.proven == core.sequencer.number == told[-1].number


def test_restart_goes_on_where_the_journal_ended(tmp_path):
    """Contract, `--data`: numbers, the clock and the day's transitions go on; nothing is done twice."""
    core = start(tmp_path, at("12:00:00"))
    core.sequencer.submit(bid("a"))
    core.close()
    before = core.journal()
    again = start(tmp_path, at("10:00:00"))
    assert again.clock.now() == at("12:00:00")
    assert again.told() == []
    assert again.journal() == before
    again.sequencer.move_clock(at("17:00:00")).result(20)
    again.sequencer.submit(bid("b"))
    again.settle()
    again.close()
    after = [one.command for one in again.journal()[len(before) :]]
    assert BoardPhaseChanged in map(type, after)
    assert isinstance(after[-1], NewOrder)
    assert not any(isinstance(one, BoardPhaseChanged) and one.phase is Phase.CONTINUOUS for one in after)
    assert replay(tmp_path).witness.proven == len(before) + len(after)


def test_restart_on_a_later_day_closes_the_old_one_first(tmp_path):
    """Contract, `--data`: a later DATETIME moves the clock there through all transitions."""
    core = start(tmp_path, at("12:00:00"))
    core.sequencer.submit(bid("a"))
    core.close()
    again = start(tmp_path, at("2020-05-28T12:00:00"))
    kinds = [type(event).__name__ for item in again.told() for event in item.events]
    assert kinds.index("OrderExpired") < kinds.index("DayClosed") < kinds.index("DayOpened")
    again.close()
