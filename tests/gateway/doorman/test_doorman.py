"""The doorman's process between a venue, an acceptor and clients, over real sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from kase_fix.gateway.doorman.resends import GREATEST_IN_PERIOD
from kase_fix.messages.link import Cut

from .test_resends import resend_request
from .world import HASH, PASSWORD, PATIENCE, USERS, World, heartbeat, logon, logout, user

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncIterator[World]:
    each = World()
    await each.start()
    yield each
    await each.close()


@pytest_asyncio.fixture(loop_scope="module")
async def own() -> AsyncIterator[World]:
    """A world for one test alone."""
    each = World()
    await each.start()
    yield each
    await each.close()


async def test_a_logon_goes_on_rebuilt_and_both_ways_are_open(world: World):
    client = await world.client()
    await client.send(logon("02001", t925="newer-secret", t95="10", t96="raw-secret"))
    acceptor = await world.acceptor()
    asked = await acceptor.message()
    assert list(asked) == [8, 9, 35, 49, 56, 34, 52, 98, 108, 141, 553, 1137, 10]
    assert (asked[8], asked[35], asked[49], asked[553]) == (b"FIXT.1.1", b"A", b"02001", b"02001")
    assert (world.admits[-1].user, world.admits[-1].service, world.admits[-1].reset) == ("02001", "api", True)
    await acceptor.send(b"whatever QuickFIX says")
    assert await client.reader.readexactly(22) == b"whatever QuickFIX says"
    sent = [heartbeat(number) for number in (2, 3)]
    await client.send(b"".join(sent))
    assert (await acceptor.message())[34] == b"2"
    assert (await acceptor.message())[34] == b"3"
    await client.send(logon("02001", number=4))
    assert 554 not in await acceptor.message()
    assert world.admits[-1].reset
    assert b"secret" not in acceptor.received
    assert PASSWORD.encode() not in acceptor.received
    acceptor.writer.close()
    assert await client.end() == b""


async def test_what_comes_with_a_logon_goes_on_behind_its_answer(world: World):
    """QuickFIX would leave it lying until more comes."""
    client = await world.client()
    await client.send(logon("FIRMA") + heartbeat(2))
    acceptor = await world.acceptor()
    assert (await acceptor.message())[35] == b"A"
    await client.send(heartbeat(3))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await acceptor.reader.read(1)
    await acceptor.send(heartbeat(1))
    assert [(await acceptor.message())[34] for _ in range(2)] == [b"2", b"3"]
    acceptor.writer.close()
    await client.end()


@pytest.mark.parametrize("name", ["FIRMA", "NOBODY", "02001"])
async def test_unknown_user_and_wrong_password_look_the_same(world: World, name: str):
    client = await world.client()
    await client.send(logon(name, "wrong", t141="Y"))
    said = await client.message()
    assert (said[35], said[34], said[49], said[56]) == (b"5", b"1", b"KASE", name.encode())
    assert said[58] == b"Wrong password"
    assert said.get(1137) == (b"7" if name.isdigit() else None)
    assert await client.end() == b""


@pytest.mark.parametrize(
    "first",
    [
        logon("FIRMA", "wrong"),
        logon("NOBODY", "wrong"),
        logon("FIRMA", t108="90"),
        logon("FIRMA", t56="KASEMD"),
        logon("FIRMA", t553="FIRMB"),
        logon("02001", t141="", t1137="9"),
        logon("FIRMA").replace(b"98=0\x01", b"98=0\x0149=FIRMB\x01"),
        heartbeat(1),
        b"GET / HTTP/1.1\r\n\r\n",
        b"8=FIX.4.4\x019=-1\x01" + logon("FIRMA"),
        logon("FIRMA")[:-4] + b"abc\x01",
    ],
    ids=range(11),
)
async def test_without_a_reset_a_bad_beginning_gets_no_answer(world: World, first: bytes):
    client = await world.client()
    await client.send(first)
    assert await client.end() == b""
    assert world._accepted.empty()


async def test_a_dialect_must_fit_and_the_venue_may_refuse(world: World):
    client = await world.client()
    await client.send(logon("FIRMA", t141="Y", t1137="7").replace(b"FIX.4.4", b"FIX.4.2")[:-7] + b"10=000\x01")
    assert await client.end() == b""
    world.refuse["FIRMC"] = "Not before tomorrow"
    client = await world.client()
    await client.send(logon("FIRMC", t141="Y"))
    assert (await client.message())[58] == b"Not before tomorrow"
    assert await client.end() == b""
    del world.refuse["FIRMC"]
    assert world._accepted.empty()


async def test_one_connection_for_each_user(world: World):
    async with world.session("FIRMA") as (first, acceptor):
        second = await world.client()
        await second.send(logon("FIRMA", t141="Y"))
        assert (await second.message())[58] == b"Already online"
        assert await second.end() == b""
        await first.send(heartbeat(2))
        assert (await acceptor.message())[34] == b"2"


async def test_one_who_hangs_up_may_come_back_at_once(world: World):
    async with world.session("FIRMA") as (first, acceptor):
        first.writer.close()
        again = await world.client()
        await again.send(logon("FIRMA", number=2))
        assert await acceptor.end() == b""
        second = await world.acceptor()
        assert (await second.message())[34] == b"2"
        second.writer.close()
        await again.end()


async def test_what_the_acceptor_still_says_reaches_one_who_says_no_more(world: World):
    async with world.session("FIRMA") as (client, acceptor):
        client.writer.write_eof()
        assert await acceptor.reader.read() == b""
        await acceptor.send(b"farewell")
        acceptor.writer.close()
        assert await client.end() == b"farewell"


async def test_garbage_inside_a_session_is_ignored(world: World):
    garbled = world.totals.get("garbled", 0)
    async with world.session("FIRMA") as (client, acceptor):
        for byte in b"noise" + heartbeat(2):
            await client.send(bytes([byte]))
        assert (await acceptor.message())[34] == b"2"
        await client.send(heartbeat(3) + b"8=FIX.4.4\x019=-1\x0135=0\x0110=000\x01")
        assert (await acceptor.message())[34] == b"3"
        await client.send(b"8=FIX.4.4\x019=99999999\x01" + heartbeat(4)[:-4] + b"999\x01" + heartbeat(5))
        assert (await acceptor.message())[34] == b"5"
        assert acceptor.received.count(b"8=FIX") == 4
        await world.counted(garbled=garbled + 4, garbled__length=1, messages_in=4, bytes_in=100)


async def test_ten_equal_resend_requests_are_asked_once(world: World):
    async with world.session("FIRMA") as (client, acceptor):
        await client.send(b"".join(resend_request(number, 1) for number in range(2, 12)))
        kinds = [(await acceptor.message())[35] for _ in range(10)]
        assert kinds == [b"2"] + [b"0"] * 9


async def test_one_who_asks_for_ever_other_ranges_is_sent_away(world: World):
    """The venue is asked for a Logout; till then nothing he says goes on but his own."""
    async with world.session("FIRMB") as (client, acceptor):
        await client.send(b"".join(resend_request(number, number, "FIRMB", number) for number in range(2, 40)))
        async with asyncio.timeout(PATIENCE):
            asked = await world.sent_away.get()
        assert (asked.user, asked.service) == ("FIRMB", "api")
        await client.send(heartbeat(40, "FIRMB") + logout(41, "FIRMB"))
        for _ in range(2, 2 + GREATEST_IN_PERIOD):
            assert (await acceptor.message())[35] == b"2"
        assert (await acceptor.message())[35] == b"5"
        acceptor.writer.close()
        await client.end()
        await world.counted(left__resend_abuse=1)
    assert world.sent_away.empty()


async def test_a_second_logon_ends_the_session_in_words(world: World):
    async with world.session("FIRMA") as (client, acceptor):
        await client.send(logon("FIRMA", number=2) + heartbeat(3))
        async with asyncio.timeout(PATIENCE):
            assert "141" in (await world.sent_away.get()).text
        acceptor.writer.close()
        await client.end()
        await world.counted(left__logon_again=1)
        assert b"35=0" not in acceptor.received


async def test_a_logon_sent_again_is_for_quickfix_to_judge(world: World):
    async with world.session("FIRMA") as (client, acceptor):
        await client.send(logon("FIRMA", t43="Y") + heartbeat(2))
        assert [(await acceptor.message())[35] for _ in range(2)] == [b"A", b"0"]
    assert world.sent_away.empty()


async def test_a_slow_stranger_holds_nobody_up_and_is_cut(world: World):
    stranger = await world.client()
    await stranger.send(b"8=FIX.4.4\x019=70\x0135=A\x01")
    async with world.session("FIRMA") as (client, acceptor):
        for number in range(2, 12):
            await stranger.send(b"F")
            await client.send(heartbeat(number))
            await acceptor.message()  # while the stranger has not said all of its first message
    await world.settle(*map(user, USERS), first_message_seconds=0.1)
    stranger = await world.client()
    await stranger.send(b"8=FIX.4.4\x019=70\x01")
    assert await stranger.end() == b""
    await world.settle(*map(user, USERS))


async def test_one_who_does_not_read_is_cut(world: World):
    cut = world.totals.get("left.slow", 0)
    async with world.session("FIRMA") as (client, acceptor):
        client.writer.transport.pause_reading()
        flood = asyncio.create_task(acceptor.send(b"x" * (64 << 20)))
        await world.counted(left__slow=cut + 1)
        client.writer.transport.abort()
        await asyncio.wait([flood])
        assert isinstance(flood.exception(), ConnectionError | None)


async def test_one_for_whom_something_waits_too_long_is_cut(world: World):
    """Two megabytes are no more than may wait, and more than kernels take; half a second is too long."""
    await world.settle(*map(user, USERS), unsent_seconds=0.5)
    stale, slow = world.totals.get("left.stale", 0), world.totals.get("left.slow", 0)
    async with world.session("FIRMA") as (client, acceptor):
        client.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.writer.transport.pause_reading()
        await acceptor.send(b"x" * (2 << 20))
        await world.counted(left__stale=stale + 1)
        client.writer.transport.abort()
    assert world.totals["left.slow"] == slow
    assert '"reason": "stale"' in world.logged()
    await world.settle(*map(user, USERS))


async def test_one_who_reads_slowly_but_all_the_time_stays(world: World):
    """He is behind, but never for long: what waits changes."""
    await world.settle(*map(user, USERS), unsent_seconds=1.5)
    async with world.session("FIRMA") as (client, acceptor):
        sent = asyncio.create_task(acceptor.send(heartbeat(2) * 60_000))
        read = 0
        for _ in range(40):
            read += len(await client.reader.read(100_000))
            await asyncio.sleep(0.05)
        while read < len(heartbeat(2)) * 60_000:
            read += len(data := await client.reader.read(1 << 20))
            assert data
        await sent
        await client.send(heartbeat(2))
        assert (await acceptor.message())[34] == b"2"
    await world.settle(*map(user, USERS))


async def test_the_venue_cuts(world: World):
    async with world.session("FIRMB") as (client, acceptor):
        world.say(Cut("FIRMB", "api", "by the administrator"))
        assert await client.end() == b""
        assert await acceptor.end() == b""


async def test_a_new_register_acts_at_once(world: World):
    await world.settle(user("FIRMB"))
    client = await world.client()
    await client.send(logon("FIRMA", t141="Y"))
    assert (await client.message())[58] == b"Wrong password"
    await world.settle(*map(user, USERS))
    async with world.session("FIRMA"):
        pass


async def test_nobody_behind_the_door(own: World):
    own._upstream.close()
    client = await own.client()
    await client.send(logon("FIRMA", t141="Y"))
    assert (await client.message())[58] == b"Service is not available"
    await client.end()
    await own.counted(refused__no_upstream=1, connections=1)


async def test_the_end_of_the_link_is_the_end_of_the_doorman(own: World):
    async with own.session("FIRMA") as (client, _):
        assert await own.hang_up() == 0
        assert await client.end() == b""
    with pytest.raises(ConnectionRefusedError):
        await own.client()
    log = own.logged()
    assert "logged on" in log
    assert PASSWORD not in log
    assert HASH not in log
