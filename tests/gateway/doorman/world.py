"""What stands around a doorman's process in a test: a venue on the link, an acceptor behind, clients in front."""

import asyncio
import os
import shutil
import socket
import ssl
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from tempfile import TemporaryFile

import argon2

from kase_fix.gateway.doorman import fields
from kase_fix.gateway.doorman.framing import Frame, Framer
from kase_fix.messages.link import (
    Admit,
    Admitted,
    Counted,
    DoorLimits,
    DoorService,
    DoorSettings,
    DoorTls,
    DoorUser,
    Listening,
    Rekey,
    Rekeyed,
    Said,
    SendAway,
    decode_frame,
    encode_frame,
)

PASSWORD = "rehearsal"
PATIENCE = 20.0
HASH = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
USERS = ("FIRMA", "FIRMB", "FIRMC", "02001")


def user(name: str, hashed: str = HASH, addresses: tuple[str, ...] = ()) -> DoorUser:
    return DoorUser(name, hashed, "NEXT" if name.isdigit() else "FIX44", ("api",), addresses)


def limits(**changes: float) -> DoorLimits:
    """Return limits that no test meets unless it asks for them."""
    return DoorLimits(**({"lockout_first_seconds": 0, "connections_per_second": 1000} | changes))


class Peer:
    """One end of a TCP connection that speaks FIX, or anything else."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.received = b""
        self._framer = Framer(1 << 20)
        self._frames: list[bytes] = []

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def message(self) -> dict[int, bytes]:
        """Wait for the next message."""
        async with asyncio.timeout(PATIENCE):
            while not self._frames:
                data = await self.reader.read(1 << 16)
                assert data, "closed"
                self.received += data
                self._frames += [each.data for each in self._framer.feed(data) if isinstance(each, Frame)]
        return dict(fields.split(self._frames.pop(0)))

    async def end(self) -> bytes:
        """Wait for the end of the connection and return what came before it."""
        rest = b""
        async with asyncio.timeout(PATIENCE):
            with suppress(ConnectionError):
                while data := await self.reader.read(1 << 16):
                    rest += data
        self.writer.close()
        return rest


class World:
    """A venue that lets everybody in unless told otherwise."""

    def __init__(self, tls: DoorTls = DoorTls()) -> None:  # noqa: B008 (frozen)
        self.process: asyncio.subprocess.Process
        self.port = self.tls_port = 0
        self._tls = tls
        self._directory = tempfile.mkdtemp()
        self._path = f"{self._directory}/acceptor"
        self.admits: list[Admit] = []
        self.rekeys: list[Rekey] = []
        self.sent_away: asyncio.Queue[SendAway] = asyncio.Queue()
        self.keeps = True
        self.refuse: dict[str, str] = {}
        self.totals: dict[str, int] = {}
        self.log = TemporaryFile()  # noqa: SIM115
        self._told = asyncio.Condition()
        self._accepted: asyncio.Queue[Peer] = asyncio.Queue()
        self._listening: asyncio.Queue[Listening] = asyncio.Queue()
        self._upstream: asyncio.Server
        self._link: asyncio.StreamWriter
        self._listener: asyncio.Task[None]

    async def start(self) -> None:
        self._upstream = await asyncio.start_unix_server(self._accept, self._path)
        ours, theirs = socket.socketpair()
        with theirs:
            command = (sys.executable, "-m", "kase_fix.gateway.doorman", str(theirs.fileno()))
            self.process = await asyncio.create_subprocess_exec(*command, pass_fds=[theirs.fileno()], stderr=self.log)
        reader, self._link = await asyncio.open_unix_connection(sock=ours)
        self._listener = asyncio.create_task(self._listen(reader))
        await self.settle(*map(user, USERS))

    async def settle(self, *users: DoorUser, **changes: float) -> None:
        """Send settings, with these limits changed, and wait until they act."""
        services = (DoorService("api", "127.0.0.1", 0, 0, self._path, "KASE"),)
        self.say(DoorSettings(users, services, limits(**changes), self._tls))
        async with asyncio.timeout(PATIENCE):
            ports = (await self._listening.get()).ports
        self.port, self.tls_port = ports["api"], ports.get("api_tls", 0)

    def logged(self) -> str:
        """Return what the doorman has logged."""
        return os.pread(self.log.fileno(), 1 << 20, 0).decode()

    def say(self, said: Said) -> None:
        self._link.write(encode_frame(said))

    async def hang_up(self) -> int:
        """End the link and return the doorman's exit code."""
        self._link.close()
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    async def close(self) -> None:
        await self.hang_up()
        self._listener.cancel()
        self._upstream.close()
        self.log.close()
        shutil.rmtree(self._directory)

    async def client(self, address: str = "127.0.0.1") -> Peer:
        """Connect, from one of loopback's many addresses."""
        local = (address, 0)
        return Peer(*await asyncio.open_connection("127.0.0.1", self.port, local_addr=local, limit=1 << 26))

    async def tls_client(self, context: ssl.SSLContext) -> Peer:
        """Connect to the TLS port."""
        connecting = asyncio.open_connection("127.0.0.1", self.tls_port, ssl=context, limit=1 << 26)
        async with asyncio.timeout(PATIENCE):
            return Peer(*await connecting)

    async def acceptor(self) -> Peer:
        """Wait for the doorman to connect to the acceptor."""
        async with asyncio.timeout(PATIENCE):
            return await self._accepted.get()

    @asynccontextmanager
    async def session(self, name: str) -> AsyncIterator[tuple[Peer, Peer]]:
        """A client that is logged on, and the acceptor's end of his session: its Logon is read and answered."""
        client = await self.client()
        await client.send(logon(name))
        acceptor = await self.acceptor()
        await acceptor.message()
        await acceptor.send(heartbeat(1))  # any message will do
        await client.message()
        yield client, acceptor
        acceptor.writer.close()
        await client.end()

    async def counted(self, **least: int) -> None:
        """Wait until the totals have grown to these (`__` stands for a point)."""
        expected = {name.replace("__", "."): count for name, count in least.items()}
        async with asyncio.timeout(PATIENCE), self._told:
            await self._told.wait_for(lambda: all(self.totals.get(name, 0) >= n for name, n in expected.items()))

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._accepted.put_nowait(Peer(reader, writer))

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                length = int.from_bytes(await reader.readexactly(4), "big")
                match decode_frame(await reader.readexactly(length)):
                    case Admit() as admit:
                        self.admits.append(admit)
                        text = self.refuse.get(admit.user)
                        self.say(Admitted(admit.id, text is None, text or ""))
                    case Rekey() as rekey:
                        self.rekeys.append(rekey)
                        self.say(Rekeyed(rekey.id, self.keeps))
                    case SendAway() as asked:
                        self.sent_away.put_nowait(asked)
                    case Listening() as listening:
                        self._listening.put_nowait(listening)
                    case Counted(totals=totals):
                        async with self._told:
                            self.totals = totals
                            self._told.notify_all()


def logon(name: str, password: str = PASSWORD, number: int = 1, **changes: str) -> bytes:
    """Return a Logon; `t141="Y"` sets a tag, `t141=""` leaves it out."""
    values = {35: "A", 49: name, 56: "KASE", 34: str(number), 52: fields.sending_time().decode(), 98: "0", 108: "30"}
    values |= {554: password, 58: "made by hand"}
    if name.isdigit():
        values |= {1137: "7", 141: "Y", 553: name}
    values |= {int(key[1:]): value for key, value in changes.items()}
    begin = fields.FIXT if name.isdigit() else b"FIX.4.4"
    return fields.join(begin, [(tag, value.encode()) for tag, value in values.items() if value])


def heartbeat(number: int, name: str = "FIRMA", kind: bytes = b"0") -> bytes:
    values = ((35, kind), (49, name.encode()), (56, b"KASE"), (34, b"%d" % number), (52, fields.sending_time()))
    return fields.join(b"FIX.4.4", values)


def logout(number: int, name: str = "FIRMA") -> bytes:
    return heartbeat(number, name, b"5")
