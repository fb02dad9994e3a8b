"""What a member saw, put together from his book: every report once, in the order of its numbers.

Here is also judged what concerns the line alone: that numbers grow by one, that none is left out, that none stands for
two messages, that nothing comes again without PossDupFlag(43).
"""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from scripts.soak.logbook import Line, read
from scripts.soak.wire import Message

SESSION_MESSAGES = frozenset(["0", "1", "2", "3", "4", "5", "A"])
_OF_THE_LINE = frozenset([b"8", b"9", b"10", b"34", b"43", b"49", b"52", b"56", b"97", b"122"])


class Seen(NamedTuple):
    """A message of the market."""

    place: int
    """Its place in the book."""
    message: Message
    asked: bool
    """It came while a question for everything (H, AF) waited for its last answer."""


class Book:
    """One member's."""

    def __init__(self, path: Path) -> None:
        self.user, self.dialect = path.name.split(".")[:2]
        self.faults: list[str] = []
        self.messages = 0
        self.two_sided: set[str] = set()
        """ClOrdID of every order of two sides, DoubleOrder(5146), that was sent."""
        self.asked_last = 0
        """Where the last question for everything stands."""
        self._epochs: list[dict[int, Seen]] = []
        self._told: dict[int, int] = {}
        """A digest of what each number of the epoch stands for."""
        self._counted: list[tuple[int, int]] = []
        self._highest = 0
        self._last: int | None = None
        self._asking: set[str] = set()
        for line in read(path):
            self._take(line)
        self._end_epoch(whole=self.dialect == "FIX44")

    def __iter__(self) -> Iterator[Seen]:
        for epoch in self._epochs:
            yield from (epoch[number] for number in sorted(epoch))

    def _take(self, line: Line) -> None:
        if line.what == "E":
            if line.text.startswith(b"broken"):
                self._fault(line, line.text.decode())
            self._last = None
            self._asking.clear()
        elif line.what == "S":
            self._sent(line, Message(line.text))
        else:
            self._received(line, Message(line.text))

    def _sent(self, line: Line, message: Message) -> None:
        if message.kind == "D" and message.get(5146) == "Y":
            self.two_sided.add(message.get(11))
        if message.kind in ("H", "AF") and (reference := message.get(371) or message.get(584)):
            self._asking.add(reference)
            self.asked_last = line.place

    def _received(self, line: Line, message: Message) -> None:
        kind, number = message.kind, message.number
        self.messages += 1
        if kind == "A" and message.get(141) == "Y":
            self._end_epoch(whole=False)
            self._epochs.append({})
        elif kind == "5" and self._last is None:
            return  # a refusal from in front of the session
        if not message.again:
            if self._last is not None and number != self._last + 1:
                self._fault(line, f"number {number} came behind {self._last}")
            self._last = number
        self._highest = max(self._highest, number)
        if kind == "4":
            self._counted.append((number, int(message.get(36))))
        elif kind in SESSION_MESSAGES:
            self._counted.append((number, number + 1))
        else:
            self._keep(line, message)

    def _keep(self, line: Line, message: Message) -> None:
        number, digest = message.number, _digest(message.raw)
        known = self._told.get(number)
        if known is None:
            self._told[number] = digest
            self._epochs[-1][number] = Seen(line.place, message, bool(self._asking))
        elif known != digest:
            self._fault(line, f"number {number} stands for two messages")
        elif not message.again:
            self._fault(line, f"number {number} came twice without PossDupFlag")
        self._asking.discard(message.get(790))
        if message.get(912) == "Y":
            self._asking.discard(message.get(584))

    def _end_epoch(self, whole: bool) -> None:
        """Look for numbers that never came; of numbers that began anew, the last may have been lost with the line."""
        if whole:
            there = set(self._told)
            for first, following in self._counted:
                there.update(range(first, following))
            missing = [number for number in range(1, self._highest + 1) if number not in there]
            if missing:
                self.faults.append(f"{self.user}: numbers that never came: {missing[:5]}")
        self._told, self._counted, self._highest = {}, [], 0

    def _fault(self, line: Line, text: str) -> None:
        self.faults.append(f"{self.user}, line {line.place}: {text}")


def _digest(raw: bytes) -> int:
    """Return a checksum of what a message says, whatever the line adds to it."""
    parts = [part for part in raw.split(b"\x01") if part.partition(b"=")[0] not in _OF_THE_LINE]
    return zlib.crc32(b"\x01".join(sorted(parts)))
