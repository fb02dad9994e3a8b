"""The venue's clock (contract: `--rehearsal`, `--speed`): it never goes back."""

import threading
import time

import pytest

from kase_fix.app.clock import RehearsalClock, SystemClock

SECOND = 1_000_000_000


@pytest.fixture
def machine(monkeypatch):
    """The machine's clocks, turned by the test."""

    class Machine:
        wall = 1000 * SECOND
        monotonic = 5 * SECOND

    monkeypatch.setattr(time, "time_ns", lambda: Machine.wall)
    monkeypatch.setattr(time, "monotonic_ns", lambda: Machine.monotonic)
    return Machine


def test_system_clock_never_goes_back(machine):
    clock = SystemClock()
    assert clock.now() == 1000 * SECOND
    machine.wall -= 60 * SECOND
    assert clock.now() == 1000 * SECOND
    machine.wall += 61 * SECOND
    assert clock.now() == 1001 * SECOND
    assert not clock.rehearsal


def test_system_clock_waits_as_long_as_it_takes(machine):
    clock = SystemClock()
    assert clock.wait_for(machine.wall + 2 * SECOND) == 2.0
    assert clock.wait_for(machine.wall - 2 * SECOND) == 0.0


def test_system_clock_stands_at_what_the_journal_knows_of(machine):
    """A journal from a machine whose clock went ahead: its last moment holds until it is reached."""
    clock = SystemClock()
    clock.move(1010 * SECOND)
    assert clock.now() == 1010 * SECOND
    assert clock.wait_for(1011 * SECOND) == 1.0
    machine.wall = 1012 * SECOND
    assert clock.now() == 1012 * SECOND


def test_rehearsal_stands(machine):
    clock = RehearsalClock(7)
    machine.monotonic += 100 * SECOND
    assert clock.now() == 7
    assert clock.wait_for(8) is None
    clock.move(9)
    clock.move(8)
    assert clock.now() == 9
    assert clock.rehearsal


def test_rehearsal_runs_with_a_speed(machine):
    clock = RehearsalClock(0, 10.0)
    machine.monotonic += 3 * SECOND
    assert clock.now() == 30 * SECOND
    assert clock.wait_for(60 * SECOND) == 3.0
    assert clock.wait_for(1) == 0.0


def test_running_rehearsal_goes_on_from_where_it_is_put(machine):
    clock = RehearsalClock(0, 10.0)
    machine.monotonic += 3 * SECOND
    clock.move(20 * SECOND)
    assert clock.now() == 30 * SECOND
    clock.move(100 * SECOND)
    assert clock.now() == 100 * SECOND
    machine.monotonic += SECOND
    assert clock.now() == 110 * SECOND


def test_readers_in_many_threads_never_see_it_go_back():
    clock = RehearsalClock(0, 1000.0)
    went_back = []

    def watch():
        last = 0
        for _ in range(2000):
            now = clock.now()
            if now < last:
                went_back.append((last, now))
            last = now

    threads = [threading.Thread(target=watch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for step in range(200):
        clock.move(step * SECOND)
    for thread in threads:
        thread.join()
    assert went_back == []
