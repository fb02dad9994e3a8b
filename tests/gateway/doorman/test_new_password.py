"""A new password passes neither QuickFIX nor the venue, holds where the venue has kept its hash, and must be strong."""

from collections.abc import AsyncIterator

import argon2
import pytest
import pytest_asyncio

from kase_fix.gateway.doorman import fields
from kase_fix.gateway.doorman.new_password import weakness
from tests.gateway.doorman.world import PASSWORD, World, logon

NEW = "Almaty-2020"


@pytest_asyncio.fixture
async def world() -> AsyncIterator[World]:
    each = World()
    await each.start()
    yield each
    await each.close()


def request(number: int = 2, **changes: str) -> bytes:
    values = {35: "BE", 49: "FIRMA", 56: "KASE", 34: str(number), 52: "20200527-05:00:00", 923: "u1", 924: "3"}
    values |= {553: "FIRMA", 554: PASSWORD, 925: NEW} | {int(key[1:]): value for key, value in changes.items()}
    return fields.join(b"FIX.4.4", [(tag, value.encode()) for tag, value in values.items()])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("short-1", "8 to 64"),
        ("x" * 65, "8 to 64"),
        ("aabbaabbaa", "different"),
        ("my-firma-is-mine", "name"),
        ("пароль-2020", "ASCII"),
        (PASSWORD, "old one"),
        (NEW, ""),
    ],
)
def test_what_is_weak(given, words):
    found = weakness(given, PASSWORD, "FIRMA")
    assert (words in found) if words else not found


@pytest.mark.parametrize(
    ("changes", "status", "asked"),
    [
        ({}, b"5", 1),
        ({"t554": "wrong"}, b"4", 0),
        ({"t925": "weak"}, b"0", 0),
        ({"t553": "FIRMB"}, b"3", 0),
        ({"t924": "4"}, b"1", 0),
        ({"t924": "2"}, b"6", 0),
        ({"t926": "5", "t554": "wrong"}, b"4", 0),
    ],
)
async def test_a_user_request_goes_on_with_its_answer_and_without_passwords(world, changes, status, asked):
    async with world.session("FIRMA") as (client, acceptor):
        await client.send(request(**changes) + request(3, t924="4"))
        heard = await acceptor.message()
        assert (heard[35], heard[34], heard[923], heard[926]) == (b"BE", b"2", b"u1", status)
        assert not {554, 925} & set(heard)
        assert (await acceptor.message())[34] == b"3"
        assert len(world.rekeys) == asked
        for rekey in world.rekeys:
            assert rekey.user == "FIRMA"
            assert argon2.PasswordHasher().verify(rekey.password_hash, NEW)


async def test_what_the_venue_does_not_keep_does_not_hold(world):
    world.keeps = False
    async with world.session("FIRMA") as (client, acceptor):
        await client.send(request())
        assert (await acceptor.message())[926] == b"6"


async def test_a_logon_with_a_weak_new_password_is_refused_and_changes_nothing(world):
    client = await world.client()
    await client.send(logon("02001", t925="weak"))
    answer = await client.message()
    assert (answer[35], answer[58]) == (b"5", b"A password has 8 to 64 characters")
    await client.end()
    assert world.rekeys == []


async def test_a_wrong_password_changes_nothing(world):
    client = await world.client()
    await client.send(logon("02001", password="wrong", t925=NEW))
    assert (await client.message())[58] == b"Wrong password"
    await client.end()
    assert world.rekeys == []
