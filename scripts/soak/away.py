"""A member comes back and asks for all he was told: how many messages come, how sound, and who waits meanwhile.

`python -m scripts.soak.away --messages 100000`. Every message is a report with a group, Parties(453): direct orders of
FIRMB to FIRMA. While FIRMA's resend runs, ROB01 asks after an order again and again and notes how long each answer
takes.
"""

import argparse
import asyncio
import re
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from scripts.soak.member import Address
from scripts.soak.session import Session
from scripts.soak.venue import Venue
from scripts.soak.wire import Framer, Message, Pairs

PACE = 200
"""Orders that may be unanswered at a time."""
PATIENCE = 60.0
_PARTIES = re.compile(rb"\x01453=1\x01448=FIRMB\x01447=D\x01452=\d+\x01")
_CHANGED = re.compile(rb"\x01(8|9|10|34|43|52|122)=[^\x01]*(?=\x01)")


class Result(NamedTuple):
    """What was seen."""

    told: int
    """Reports with a group that came while he was on."""
    again: int
    """Those that came once more and say the same."""
    seconds: float
    """How long that took."""
    slowest: float
    """The longest another member waited for an answer meanwhile, seconds."""
    answers: int
    """How many answers that member got meanwhile."""


class Caller:
    """One member on one line, for one purpose."""

    def __init__(self, user: str) -> None:
        self.session = Session(user, "FIX44")
        self.heard: list[Message] = []
        self.reports: list[Message] = []
        self.waiting = asyncio.Event()
        self._writer: asyncio.StreamWriter
        self._reading: asyncio.Task[None]

    async def come(self, address: Address) -> None:
        """Log on."""
        reader, self._writer = await asyncio.open_connection(*address, limit=1 << 22)
        self._reading = asyncio.create_task(self._read(reader))
        self._writer.write(self.session.logon())
        await self.until(lambda: self.session.on)

    def say(self, kind: str, fields: Pairs) -> None:
        """Send a message."""
        self._writer.write(self.session.compose(kind, fields))

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for what is to be heard. Raises `TimeoutError`."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self.waiting.clear()
                await self.waiting.wait()

    def leave(self) -> None:
        """Cut the line."""
        self._reading.cancel()
        self._writer.transport.abort()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        framer = Framer()
        while data := await reader.read(1 << 16):
            for raw in framer.feed(data):
                message = Message(raw)
                counts, replies = self.session.take(message)
                for reply in replies:
                    self._writer.write(reply)
                if counts:
                    (self.reports if message.kind == "8" else self.heard).append(message)
            self.waiting.set()


async def measure(directory: Path, messages: int) -> Result:
    """Bring it about on a venue of its own."""
    venue = Venue(directory, 0.0)
    await venue.start()
    try:
        assert await venue.ready(), venue.last_words()
        firma, firmb, other = Caller("FIRMA"), Caller("FIRMB"), Caller("ROB01")
        for each in (firma, firmb, other):
            await each.come(venue.address)
        await _address_orders(firmb, messages)
        await firma.until(lambda: len(firma.reports) >= messages)
        return await _ask_again(venue.address, firma, other)
    finally:
        await venue.end()


async def _address_orders(firmb: Caller, messages: int) -> None:
    answered = 0
    for number in range(messages):
        fields: Pairs = [(11, f"d{number}"), (1, "S_FIRMB_0000"), (55, "BRKLb1"), (54, "2"), (60, "20200527-05:31:00")]
        fields += [
            (38, "1"),
            (40, "2"),
            (44, "98.7500"),
            (59, "0"),
            (453, "1"),
            (448, "FIRMA"),
            (447, "D"),
            (452, "37"),
        ]
        firmb.say("D", fields)
        if number % PACE == PACE - 1:
            answered += PACE
            await firmb.until(partial(_has, firmb, answered - PACE))


async def _ask_again(address: Address, firma: Caller, other: Caller) -> Result:
    """Have FIRMA forget all it heard, and come back."""
    told = [_said(message) for message in firma.reports]
    firma.leave()
    firma.reports = []
    firma.session.forget(1)
    waits: list[float] = []
    questions = asyncio.create_task(_ask_on_and_on(other, waits))
    begun = time.monotonic()
    await firma.come(address)
    await firma.until(lambda: len(firma.reports) >= len(told))
    seconds = time.monotonic() - begun
    questions.cancel()
    again = [_said(message) for message in firma.reports if message.again]
    same = sum(1 for one, two in zip(told, again, strict=False) if one == two)
    return Result(len(told), same, seconds, max(waits), len(waits))


async def _ask_on_and_on(other: Caller, waits: list[float]) -> None:
    number = 0
    while True:
        number += 1
        begun = time.monotonic()
        reference = f"q{number}"
        other.say("H", [(11, "none"), (790, reference), (55, "N/A"), (54, "1")])
        await other.until(partial(_answered, other, reference))
        waits.append(time.monotonic() - begun)
        await asyncio.sleep(0.01)


def _has(caller: Caller, reports: int) -> bool:
    return len(caller.reports) >= reports


def _answered(caller: Caller, reference: str) -> bool:
    return any(one.get(790) == reference for one in caller.reports[-50:])


def _said(message: Message) -> bytes:
    """Return what a report says, whole groups included, whatever the line adds to it."""
    assert _PARTIES.search(message.raw), message.raw
    return _CHANGED.sub(b"", message.raw)


def main() -> int:
    """Measure and tell."""
    parser = argparse.ArgumentParser(prog="away")
    parser.add_argument("--messages", type=int, default=1000)
    given = parser.parse_args()
    result = asyncio.run(measure(Path(tempfile.mkdtemp(prefix="away-")), given.messages))
    print(
        f"{result.told} reports with groups, {result.again} of them the same once more after {result.seconds:.2f} s; "
        f"another member got {result.answers} answers meanwhile, the slowest after {result.slowest * 1000:.0f} ms"
    )
    return 0 if result.told == result.again else 1


if __name__ == "__main__":
    sys.exit(main())
