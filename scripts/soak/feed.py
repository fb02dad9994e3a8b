"""What vendors were told, judged: no increment is missing, none comes before its snapshot, and the last book is true.

A vendor's book (`logbook`) is read again and the order books are built of W and X alone, by price. The truth they are
held against is what the members were told of their own orders (`checker`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from scripts.soak.logbook import read
from scripts.soak.wire import Message

SOH = "\x01"
SIDES = {"0": "1", "1": "2"}
"""Side(54) of bids and offers, by MDEntryType(269)."""


class Resting(NamedTuple):
    """An order that rests, as its owner knows it."""

    symbol: str
    side: str
    price: Decimal
    left: int
    sure: bool
    """Not so: a stop order whose owner may not have heard that it was triggered."""


class Fed:
    """One vendor's books."""

    def __init__(self, path: Path) -> None:
        self.user = path.name.partition(".")[0]
        self.faults: list[str] = []
        self.counts: Counter[str] = Counter()
        self.books: dict[str, dict[tuple[str, Decimal], int]] = {}
        """Quantities by side and price, by symbol; of the last line."""
        self._numbers: dict[str, int] = {}
        for line in read(path):
            if line.what == "E":
                if line.text.startswith(b"broken"):
                    self.faults.append(f"{self.user}, line {line.place}: {line.text.decode()}")
                elif line.text == b"open":
                    self.books, self._numbers = {}, {}
            elif line.what == "R":
                self._hear(line.place, Message(line.text))

    def _hear(self, place: int, message: Message) -> None:
        if message.kind not in ("W", "X"):
            return
        symbol, entries = message.get(55), list(_entries(message))
        self.counts[message.kind] += 1
        if message.kind == "W":
            self.books[symbol] = {}
            self._numbers[symbol] = int(message.get(83))
            for entry in entries:
                if entry.get("269") in SIDES:
                    self.books[symbol][_level(entry)] = int(entry["271"])
            return
        for entry in entries:
            symbol = entry.get("55", symbol)
            if symbol not in self.books:
                self.faults.append(f"{self.user}, line {place}: an increment of {symbol} before its snapshot")
                return
            if int(entry["83"]) != self._numbers[symbol] + 1:
                self.faults.append(
                    f"{self.user}, line {place}: {symbol}: 83={entry['83']} came behind {self._numbers[symbol]}"
                )
            self._numbers[symbol] = int(entry["83"])
            if entry.get("269") in SIDES:
                self._change(place, symbol, entry)

    def _change(self, place: int, symbol: str, entry: dict[str, str]) -> None:
        book, level = self.books[symbol], _level(entry)
        if (level in book) != (entry["279"] != "0"):
            self.faults.append(f"{self.user}, line {place}: {symbol} {level}: 279={entry['279']} of a level that is so")
        if entry["279"] == "2":
            book.pop(level, None)
        else:
            book[level] = int(entry["271"])


def judge_feed(directory: Path, orders: Iterable[Resting]) -> tuple[Counter[str], list[str]]:
    """Hold what the vendors saw last against what rests. Return counts and faults."""
    truth: dict[str, dict[tuple[str, Decimal], int]] = defaultdict(lambda: defaultdict(int))
    unsure: set[tuple[str, str, Decimal]] = set()
    for order in orders:
        truth[order.symbol][order.side, order.price] += order.left
        if not order.sure:
            unsure.add((order.symbol, order.side, order.price))
    counts: Counter[str] = Counter()
    faults: list[str] = []
    for path in sorted(directory.glob("*.log")):
        fed = Fed(path)
        counts["vendors"] += 1
        counts["snapshots"] += fed.counts["W"]
        counts["increments"] += fed.counts["X"]
        faults += fed.faults
        if not fed.books:
            faults.append(f"{fed.user} was told no book on his last line")
        for symbol, book in fed.books.items():
            for level in sorted({*book, *truth[symbol]}):
                told, is_so = book.get(level, 0), truth[symbol].get(level, 0)
                counts["levels compared"] += 1
                if told != is_so and (symbol, *level) not in unsure:
                    faults.append(f"{fed.user} was told {told} of {symbol} at {level}, members know of {is_so}")
    return counts, faults


def _level(entry: dict[str, str]) -> tuple[str, Decimal]:
    return SIDES[entry["269"]], Decimal(entry["270"])


def _entries(message: Message) -> Iterator[dict[str, str]]:
    """Iterate the entries of the group: each begins with 279 in X, with 269 in W."""
    begins = "279" if message.kind == "X" else "269"
    entry: dict[str, str] | None = None
    for part in message.raw.decode("utf-8", "replace").split(SOH):
        tag, _, value = part.partition("=")
        if tag == begins:
            if entry is not None:
                yield entry
            entry = {}
        if entry is not None:
            entry.setdefault(tag, value)
    if entry is not None:
        yield entry
