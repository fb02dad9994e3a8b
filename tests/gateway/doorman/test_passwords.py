"""Proof of passwords, and the small counters beside it."""

import asyncio
import os

import argon2
import pytest

from kase_fix.gateway.doorman import passwords
from kase_fix.gateway.doorman.online import Online
from kase_fix.gateway.doorman.passwords import Busy, Passwords
from kase_fix.gateway.doorman.tally import Occurrences, Tally
from kase_fix.messages.link import DoorUser

HERE = "192.0.2.1"
HASHER = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def user(password: str = "secret") -> DoorUser:
    return DoorUser("FIRMA", HASHER.hash(password), "FIX44", ("api",))


async def test_a_proven_password_is_proven_fast_the_next_time(monkeypatch: pytest.MonkeyPatch):
    proofs: list[str] = []
    verify = passwords._verify
    monkeypatch.setattr(passwords, "_verify", lambda hashed, given: proofs.append(hashed) or verify(hashed, given))
    firma, proven = user(), Passwords()
    proven.imitate([firma])
    assert await proven.prove(firma, b"secret", HERE)
    assert await proven.prove(firma, b"secret", HERE)
    assert proofs == [firma.password_hash]
    assert not await proven.prove(firma, b"wrong", HERE)
    assert not await proven.prove(None, b"secret", HERE)
    assert len(proofs) == 3


async def test_a_changed_password_acts_at_once():
    old, new, proven = user(), user("other"), Passwords()
    proven.imitate([old])
    assert await proven.prove(old, b"secret", HERE)
    assert not await proven.prove(new, b"secret", HERE)
    assert await proven.prove(new, b"other", HERE)


async def test_nobody_costs_what_the_register_costs():
    proven = Passwords()
    proven.imitate([user()])
    assert argon2.extract_parameters(proven._nobody) == argon2.extract_parameters(user().password_hash)


async def test_an_unreadable_hash_proves_nothing():
    broken, proven = DoorUser("X", "plain", "FIX44", ("api",)), Passwords()
    proven.imitate([broken])
    assert not await proven.prove(broken, b"plain", HERE)


async def test_the_queue_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passwords, "GREATEST_QUEUE", 0)
    proven = Passwords()
    proven.imitate([user()])
    outcomes = await asyncio.gather(*(proven.prove(None, b"x", HERE) for _ in range(5)), return_exceptions=True)
    assert [type(each) for each in outcomes] == [bool, bool, Busy, Busy, Busy]
    assert not await proven.prove(None, b"x", HERE)


async def test_nobody_fills_the_queue_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passwords, "GREATEST_OF_ADDRESS", 2)
    proven = Passwords()
    proven.imitate([user()])
    asked = [proven.prove(None, b"x", address) for address in (HERE, HERE, HERE, "192.0.2.2")]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(each) for each in outcomes] == [bool, bool, Busy, bool]


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one processor cannot be told from others")
async def test_a_proof_runs_where_it_is_to_run(monkeypatch: pytest.MonkeyPatch):
    """The venue binds the doorman's threads to the orders' processors, the pool's too: each proof finds its own."""
    ran_on: list[set[int]] = []
    monkeypatch.setattr(passwords, "_verify", lambda *_: ran_on.append(os.sched_getaffinity(0)))
    everywhere = os.sched_getaffinity(0)
    orders, beside = {min(everywhere)}, everywhere - {min(everywhere)}
    proven = Passwords()
    proven.imitate([user()])
    await proven.prove(None, b"x", HERE)
    for wanted in (everywhere, beside):
        proven.processors = wanted
        bind_pool(proven, orders)
        await proven.prove(None, b"x", HERE)
    assert ran_on == [everywhere, everywhere, beside]
    assert os.sched_getaffinity(0) == everywhere  # the loop's own thread stays where it is


def bind_pool(proven: Passwords, processors: set[int]) -> None:
    """Bind the pool's threads from outside."""
    threads = [thread.native_id for thread in proven._pool._threads]
    assert threads
    for thread in threads:
        assert thread is not None
        os.sched_setaffinity(thread, processors)


async def test_a_hash_is_made_where_proofs_run(monkeypatch: pytest.MonkeyPatch):
    ran_on: list[set[int]] = []
    one, proven = min(os.sched_getaffinity(0)), Passwords()
    proven.imitate([user()])
    proven.processors = {one}
    monkeypatch.setattr(argon2.PasswordHasher, "hash", lambda *_: ran_on.append(os.sched_getaffinity(0)))
    await proven.hash(b"x", HERE)
    assert ran_on == [{one}]


async def test_processors_that_are_not_there_stop_no_proof():
    firma, proven = user(), Passwords()
    proven.imitate([firma])
    proven.processors = {100_000}
    assert await proven.prove(firma, b"secret", HERE)


class Seat:
    def __init__(self) -> None:
        self.leaving = False
        self.gone = asyncio.Event()

    def end(self, reason: str) -> None:
        raise NotImplementedError(reason)


async def test_one_place_for_each_user_and_service():
    online, first, second = Online(), Seat(), Seat()
    assert await online.claim("FIRMA", "api", first)
    assert not await online.claim("FIRMA", "api", second)
    assert await online.claim("FIRMA", "md", second)
    online.vacate("FIRMA", "api", second)
    assert online.holder("FIRMA", "api") is first


async def test_one_who_leaves_is_waited_for():
    online, first, second, third = Online(), Seat(), Seat(), Seat()
    assert await online.claim("FIRMA", "api", first)
    first.leaving = True
    waiting = [asyncio.create_task(online.claim("FIRMA", "api", each)) for each in (second, third)]
    await asyncio.sleep(0)
    online.vacate("FIRMA", "api", first)
    first.gone.set()
    assert await asyncio.gather(*waiting) == [True, False]


def test_totals_are_told_when_they_changed():
    tally = Tally()
    assert tally.news() is None
    tally.add("logons")
    tally.add("bytes_in", 7)
    assert tally.news() == {"logons": 1, "bytes_in": 7}
    assert tally.news() is None


def test_names_known_before_are_told_from_the_start():
    tally = Tally(["logons", "refused.busy"])
    assert tally.news() == {"logons": 0, "refused.busy": 0}
    assert tally.news() is None


def test_marks_are_counted_across_pieces():
    stream = b"a\x0110=001\x01b\x0110=\x0110=x"
    for size in range(1, len(stream) + 1):
        marks = Occurrences(b"\x0110=")
        assert sum(marks.count(stream[at : at + size]) for at in range(0, len(stream), size)) == 3
