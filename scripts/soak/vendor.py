"""A vendor at FIX-MD: a line that comes back, a session on it, and everything it is told in a book of its own."""

import asyncio
import random
import time
from contextlib import suppress
from pathlib import Path

from scripts.soak.logbook import Logbook
from scripts.soak.member import Address
from scripts.soak.session import Session
from scripts.soak.wire import Framer, Message, Pairs

VENDORS = {"VENDOR1": "FIX44", "VENDOR2": "NEXT"}
SYMBOLS = ("USDKZT_TOM", "EURKZT_TOM", "RUBKZT_TOM")
"""Instruments in continuous trading all day: what rests is what the members know of."""
RETRY = 0.15
PATIENCE = 12.0


class Vendor:
    """One vendor."""

    def __init__(self, user: str, dialect: str, address: Address, directory: Path, seed: str) -> None:
        self.user = user
        self.book = Logbook(directory, user, dialect)
        self.came = 0
        """How often he was let in and told the whole book of every instrument."""
        self.answered = ""
        """TestReqID(112) of the last test that was answered."""
        self._session = Session(user, dialect, venue="KASEMD")
        self._address = address
        self._chance = random.Random(f"{seed}-{user}")
        self._lines = self._tests = 0
        self._whole: set[str] = set()
        self._writer: asyncio.StreamWriter | None = None
        self._ended = False

    async def run(self) -> None:
        """Come, and come back, until `end`."""
        while not self._ended:
            with suppress(OSError, ValueError, asyncio.IncompleteReadError):
                await self._live()
            if self._writer is not None:
                self.book.write("E", b"closed")
                self._writer.transport.abort()
                self._writer = None
            await asyncio.sleep(RETRY * (0.5 + self._chance.random()))
        self.book.close()

    def end(self) -> None:
        """Leave for good."""
        self._ended = True
        if self._writer is not None:
            self._writer.transport.abort()

    def test(self) -> str:
        """Ask whether the venue is there; what it had to tell is in front of its answer. Return the test's name."""
        self._tests += 1
        name = f"test{self._tests}"
        if self._session.on:
            self._say("1", [(112, name)])
        return name

    async def _live(self) -> None:
        reader, self._writer = await asyncio.open_connection(*self._address)
        self.book.write("E", b"open")
        self._send(self._session.logon())
        framer, heard = Framer(), time.monotonic()
        while True:
            try:
                async with asyncio.timeout(0.5):
                    data = await reader.read(1 << 16)
            except TimeoutError:
                if time.monotonic() - heard > PATIENCE:
                    return
                if self._session.on:
                    self._say("0", [])
                continue
            if not data:
                return
            heard = time.monotonic()
            for raw in framer.feed(data):
                self._hear(Message(raw))
            if self._session.broken:
                self.book.write("E", b"broken " + self._session.broken.encode())
                self._ended = True
                return

    def _hear(self, message: Message) -> None:
        self.book.write("R", message.raw)
        counts, replies = self._session.take(message)
        for reply in replies:
            self._send(reply)
        if message.kind == "A" and self._session.on:
            self._lines += 1
            self._whole = set()
            self._say("V", self._request())
        if not counts:
            return
        if message.kind == "0" and message.get(112):
            self.answered = message.get(112)
        elif message.kind == "W":
            self._whole.add(message.get(55))
            if len(self._whole) == len(SYMBOLS):
                self.came += 1
                self._whole = set()

    def _request(self) -> Pairs:
        fields: Pairs = [(262, f"r{self._lines}"), (263, "1"), (264, "0"), (265, "1"), (266, "Y")]
        fields += [(267, "3"), (269, "0"), (269, "1"), (269, "2"), (146, str(len(SYMBOLS)))]
        return [*fields, *((55, symbol) for symbol in SYMBOLS)]

    def _say(self, kind: str, fields: Pairs) -> None:
        self._send(self._session.compose(kind, fields))

    def _send(self, data: bytes) -> None:
        if self._writer is not None and not self._writer.transport.is_closing():
            self._writer.write(data)
