"""Who failed waits: by user and address, from a second to five minutes, with a clock of the test's own."""

from kase_fix.gateway.doorman import lockout as module
from kase_fix.gateway.doorman.lockout import Lockout

HERE, THERE = "192.0.2.1", "192.0.2.2"


def fail(lockout: Lockout, times: int, now: float = 0.0) -> list[int]:
    """Fail as soon as it is allowed again; return how long each lockout was."""
    waits = []
    for _ in range(times):
        lockout.failed(b"FIRMA", HERE, now)
        waits.append(lockout.seconds_left(b"FIRMA", HERE, now))
        now += waits[-1]
    return waits


def test_it_grows_from_a_second_to_five_minutes():
    assert fail(Lockout(1, 300), 12) == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]


def test_it_ends_and_asking_prolongs_nothing():
    lockout = Lockout(1, 300)
    fail(lockout, 3)  # at 0, 1 and 3 seconds: until 7
    assert [lockout.seconds_left(b"FIRMA", HERE, now) for now in (3, 4, 5.5, 6.9, 7, 8)] == [4, 3, 2, 1, 0, 0]


def test_another_address_and_another_user_are_not_locked_out():
    lockout = Lockout(1, 300)
    fail(lockout, 5)
    assert lockout.seconds_left(b"FIRMA", THERE, 0) == 0
    assert lockout.seconds_left(b"FIRMB", HERE, 0) == 0


def test_a_success_forgets_the_failures():
    lockout = Lockout(1, 300)
    fail(lockout, 5)
    lockout.succeeded(b"FIRMA", HERE)
    assert lockout.seconds_left(b"FIRMA", HERE, 0) == 0
    assert fail(lockout, 1, 1000.0) == [1]


def test_failures_are_forgotten_after_a_quiet_time():
    lockout = Lockout(1, 300)
    fail(lockout, 3)  # until 7
    assert fail(lockout, 1, 307.0) == [8]
    assert fail(lockout, 1, 1000.0) == [1]


def test_a_thousand_failures_are_no_overflow():
    assert fail(Lockout(1, 300), 2000)[-1] == 300


def test_names_without_end_fill_no_memory(monkeypatch):
    monkeypatch.setattr(module, "GREATEST_TABLE", 100)
    lockout = Lockout(1, 300)
    for number in range(1000):
        lockout.failed(b"%d" % number + b"x" * 10_000, HERE, 0.0)
    assert len(lockout._failed) == 100
    assert max(len(user) for user, _ in lockout._failed) == module.GREATEST_USER
    assert lockout.seconds_left(b"999" + b"x" * 10_000, HERE, 0.0) == 1
    assert lockout.seconds_left(b"1" + b"x" * 10_000, HERE, 0.0) == 0


def test_none_where_it_is_set_to_nothing():
    assert fail(Lockout(0, 300), 5) == [0, 0, 0, 0, 0]
