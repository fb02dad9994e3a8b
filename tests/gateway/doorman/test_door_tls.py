"""The TLS port of a doorman's process: handshakes, certificates of clients, and those who do not shake hands."""

import asyncio
import os
import shutil
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import mkdtemp

import pytest
import pytest_asyncio

from kase_fix.app.tls import rehearsed
from kase_fix.messages.link import DoorTls

from .world import PASSWORD, USERS, Peer, World, heartbeat, logon, user

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def files():
    directory = Path(mkdtemp())
    yield rehearsed(directory / "tls", (), USERS)
    shutil.rmtree(directory)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(files: DoorTls) -> AsyncIterator[World]:
    each = World(files)
    await each.start()
    yield each
    await each.close()


def context(files: DoorTls, name: str = "", version: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    """What a client needs: the authority, and its own certificate where it has one."""
    made = ssl.create_default_context(cafile=files.client_ca)
    if name:
        made.load_cert_chain(Path(files.certificate).parent / "clients" / f"{name}.pem")
    if version is not None:
        made.maximum_version = version
    return made


async def logs_on(world: World, client: Peer, name: str = "FIRMA") -> Peer:
    await client.send(logon(name))
    acceptor = await world.acceptor()
    asked = await acceptor.message()
    assert (asked[35], asked[49]) == (b"A", name.encode())
    return acceptor


async def hears_an_answer(world: World, context: ssl.SSLContext) -> bool:
    """Tell whether a Logon is answered, if only by a no: in TLS 1.3 a client learns late that his handshake failed."""
    try:
        client = await world.tls_client(context)
        await client.send(logon("FIRMA", "wrong", t141="Y"))
        return bool(await client.end())
    except (ssl.SSLError, ConnectionError):
        return False


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("name", ["", "FIRMA"])
async def test_a_session_over_tls(world: World, files: DoorTls, version: ssl.TLSVersion, name: str):
    client = await world.tls_client(context(files, name, version))
    assert client.writer.get_extra_info("ssl_object").version() == version.name.replace("v1_", "v1.")
    acceptor = await logs_on(world, client)
    assert PASSWORD.encode() not in acceptor.received
    await client.send(heartbeat(2))
    assert (await acceptor.message())[34] == b"2"
    whole = b"whatever QuickFIX says " * 50_000
    await acceptor.send(whole)
    acceptor.writer.close()
    assert await client.end() == whole


async def test_the_last_words_reach_a_client_over_tls(world: World, files: DoorTls):
    client = await world.tls_client(context(files))
    await client.send(logon("FIRMA", "wrong", t141="Y") + heartbeat(2) * 100)
    assert (await client.message())[58] == b"Wrong password"
    assert await client.end() == b""


async def test_a_certificate_speaks_for_its_own_user_only(world: World, files: DoorTls):
    refused = world.totals.get("refused.certificate", 0)
    client = await world.tls_client(context(files, "FIRMB"))
    await client.send(logon("FIRMA", t141="Y"))
    assert (await client.message())[58] == b"Wrong user"
    assert await client.end() == b""
    await world.counted(refused__certificate=refused + 1)
    assert world._accepted.empty()


async def test_tls_1_1_is_not_spoken(world: World, files: DoorTls):
    old = context(files)
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await world.tls_client(old)


async def test_another_authority_s_certificate_is_refused(world: World, tmp_path: Path, files: DoorTls):
    theirs = rehearsed(tmp_path / "tls", (), ["FIRMA"])
    false = context(files, "")
    false.load_cert_chain(Path(theirs.certificate).parent / "clients" / "FIRMA.pem")
    left = world.totals.get("left.no_handshake", 0)
    assert not await hears_an_answer(world, false)
    await world.counted(left__no_handshake=left + 1)
    assert world._accepted.empty()


async def test_one_who_shakes_no_hands_is_shown_out_and_holds_nobody_up(world: World, files: DoorTls):
    left = world.totals.get("left.no_handshake", 0)
    await world.settle(*map(user, USERS), first_message_seconds=4)
    strangers = [await asyncio.open_connection("127.0.0.1", world.tls_port) for _ in range(20)]
    for number, (_, writer) in enumerate(strangers):
        writer.write((b"", b"\x16\x03\x01", logon("FIRMA"), os.urandom(500))[number % 4])
    client = await world.tls_client(context(files))
    acceptor = await logs_on(world, client)
    for number in range(2, 12):
        await client.send(heartbeat(number))
        assert (await acceptor.message())[34] == b"%d" % number
    for reader, writer in strangers:
        await Peer(reader, writer).end()
    await world.counted(left__no_handshake=left + 20)
    acceptor.writer.close()
    await client.end()
    await world.settle(*map(user, USERS))


async def test_strangers_to_tls_are_counted_like_others(world: World, files: DoorTls):
    """Each is a stranger from its first packet on, and none after it has gone."""
    await world.settle(*map(user, USERS), strangers=3)
    turned = world.totals.get("turned_away.crowd", 0)
    strangers = [await asyncio.open_connection("127.0.0.1", world.tls_port) for _ in range(5)]
    await world.counted(turned_away__crowd=turned + 2)
    left = world.totals.get("left.no_handshake", 0)
    for _, writer in strangers:
        writer.close()
    await world.counted(left__no_handshake=left + 3)
    acceptor = await logs_on(world, client := await world.tls_client(context(files)))
    acceptor.writer.close()
    await client.end()
    await world.settle(*map(user, USERS))


async def test_where_certificates_are_required_none_is_let_in_without(files: DoorTls):
    own = World(DoorTls(files.certificate, files.key, files.client_ca, "required"))
    await own.start()
    assert not await hears_an_answer(own, context(files))
    acceptor = await logs_on(own, client := await own.tls_client(context(files, "FIRMA")))
    acceptor.writer.close()
    await client.end()
    await own.close()
