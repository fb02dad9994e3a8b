"""A member comes back and asks for all he was told: how many messages come, how sound, and who waits meanwhile.

`python -m scripts.soak.away --messages 100000`. Every message is a report with a group, Parties(453): direct orders of
FIRMB to FIRMA, and their cancels. While FIRMA's resend runs, ROB01 asks after an order again and again, in a process of
his own, and notes how long each answer takes.
"""

import argparse
import asyncio
import multiprocessing
import re
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import Empty
from typing import NamedTuple

from scripts.soak.member import Address
from scripts.soak.session import Session
from scripts.soak.venue import Venue
from scripts.soak.wire import Framer, Message, Pairs

PACE = 200
"""Requests that may be unanswered at a time."""
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
    lines: int
    """How often he had to come: one who reads too slowly is cut, and goes on from where he was."""


class Caller:
    """One member on one line, for one purpose."""

    def __init__(self, user: str) -> None:
        self.session = Session(user, "FIX44")
        self.heard: list[Message] = []
        self.reports: list[Message] = []
        self.waiting = asyncio.Event()
        self.ended = False
        self._writer: asyncio.StreamWriter
        self._reading: asyncio.Task[None]

    async def come(self, address: Address) -> None:
        """Log on."""
        self.ended = False
        reader, self._writer = await asyncio.open_connection(*address, limit=1 << 22)
        self._reading = asyncio.create_task(self._read(reader))
        self._writer.write(self.session.logon())
        await self.until(lambda: self.session.on or self.ended)

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
        self.ended = True
        self.waiting.set()


async def measure(directory: Path, messages: int) -> Result:
    """Bring it about on a venue of its own."""
    venue = Venue(directory, 0.0)
    await venue.start()
    try:
        assert await venue.ready(), venue.last_words()
        firma, firmb = Caller("FIRMA"), Caller("FIRMB")
        for each in (firma, firmb):
            await each.come(venue.address)
        await _address_orders(firma, firmb, messages)
        await firma.until(lambda: len(firma.reports) >= messages)
        context = multiprocessing.get_context("spawn")
        queue = context.Queue()
        other = context.Process(target=ask_on_and_on, args=(venue.address, queue), daemon=True)
        other.start()
        await asyncio.to_thread(queue.get, timeout=PATIENCE)  # he is on
        begun = time.monotonic()
        told, again, seconds, lines = await _ask_again(venue.address, firma)
        other.kill()
        waits = [wait for at, wait in _all_of(queue) if at + wait > begun]
        return Result(told, again, seconds, max(waits), len(waits), lines)
    finally:
        await venue.end()


async def _address_orders(firma: Caller, firmb: Caller, messages: int) -> None:
    """Address orders to FIRMA and cancel them: he is told of both."""
    for number in range(0, messages, 2):
        order: Pairs = [(55, "BRKLb1"), (54, "2"), (60, "20200527-05:31:00")]
        terms: Pairs = [(1, "S_FIRMB_0000"), (38, "1"), (40, "2"), (44, "98.7500"), (59, "0")]
        party: Pairs = [(453, "1"), (448, "FIRMA"), (447, "D"), (452, "37")]
        firmb.say("D", [(11, f"d{number}"), *order, *terms, *party])
        firmb.say("F", [(11, f"f{number}"), (41, f"d{number}"), *order])
        if number % PACE == 0:
            for each in (firma, firmb):
                await each.until(partial(_has, each, number - PACE))


async def _ask_again(address: Address, firma: Caller) -> tuple[int, int, float, int]:
    """Have FIRMA forget all it heard, and come back."""
    told = [_said(message) for message in firma.reports]
    firma.leave()
    firma.reports = []
    firma.session.forget(1)
    begun = time.monotonic()
    lines = 0
    while len(firma.reports) < len(told):
        lines += 1
        await firma.come(address)
        await firma.until(lambda: firma.ended or len(firma.reports) >= len(told))
    seconds = time.monotonic() - begun
    await asyncio.sleep(1.0)  # an answer that waited for all of it comes now
    again = [_said(message) for message in firma.reports if message.again]
    same = sum(1 for one, two in zip(told, again, strict=False) if one == two)
    return len(told), same, seconds, lines


def ask_on_and_on(address: Address, waits: "multiprocessing.Queue[tuple[float, float]]") -> None:
    """Ask after an order every 10 ms; put down when, and how long the answer took."""
    session = Session("ROB01", "FIX44")
    with socket.create_connection(address) as line:
        line.sendall(session.logon())
        framer, number = Framer(), 0
        while True:
            begun = time.monotonic()
            reference = f"q{(number := number + 1)}"
            if session.on:
                fields: Pairs = [(11, "none"), (790, reference), (55, "N/A"), (54, "1")]
                line.sendall(session.compose("H", fields))
            answered = False
            while not answered:
                for message in map(Message, framer.feed(line.recv(1 << 16))):
                    for reply in session.take(message)[1]:
                        line.sendall(reply)
                    answered |= message.get(790) == reference or message.kind == "A"
            waits.put((begun, time.monotonic() - begun))
            time.sleep(0.01)


def _all_of(queue: "multiprocessing.Queue[tuple[float, float]]") -> list[tuple[float, float]]:
    """Return what is in the queue."""
    found = []
    with suppress(Empty):
        while True:
            found.append(queue.get(timeout=0.3))
    return found


def _has(caller: Caller, reports: int) -> bool:
    return len(caller.reports) >= reports


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
        f"{result.told} reports with groups, {result.again} of them the same once more after {result.seconds:.2f} s "
        f"on {result.lines} lines; another member got {result.answers} answers meanwhile, "
        f"the slowest after {result.slowest * 1000:.0f} ms"
    )
    return 0 if result.told == result.again else 1


if __name__ == "__main__":
    sys.exit(main())
