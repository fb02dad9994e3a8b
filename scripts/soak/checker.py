"""The judge: what the members saw and what the journal has, held against each other.

It reads the members' books (`books`) and the journal's bytes (`journal_reading`) and knows nothing else of the venue.
What it asks is what the venue promises (architecture, Delivery): no order that was confirmed is lost, no deal has one
side only, no execution is missing or told twice, no report comes out of order, nothing bought was not sold.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from scripts.soak.books import Book, Seen
from scripts.soak.journal_reading import Entry, Unsound, requests
from scripts.soak.wire import Message

_DELIVERY = re.compile(r"(\d+)-(\d+)-([0-9A-Z])")
_GONE = frozenset("2348C")
SHOWN = 12


class Fill(NamedTuple):
    """One side of a deal as its party was told."""

    user: str
    order_id: str
    symbol: str
    side: str
    price: Decimal
    quantity: int


class Verdict(NamedTuple):
    """What was found."""

    counts: Counter[str]
    faults: list[str]


class Judge:
    """Collects what all members saw, then judges it."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []
        self._fills: dict[str, dict[str, Fill]] = defaultdict(dict)
        """By deal and side."""
        self._owners: dict[str, tuple[str, str]] = {}
        """User and first ClOrdID of each order."""
        self._orders_of: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._states: dict[str, Message] = {}
        """The last state each order's owner was told of."""
        self._closing: dict[str, Message] = {}
        """The state of each order in the last answer of all."""
        self._answered: dict[str, set[str]] = defaultdict(set)
        """By user: ClOrdIDs that were answered, and `#number` of commands that were."""
        self._whole: set[str] = set()
        """Who was told everything: members of FIX44. Those of NEXT find by asking what was on its way to them."""

    def hear(self, book: Book) -> None:
        """Take in what one member saw."""
        self.counts["members"] += 1
        self.counts["messages"] += book.messages
        self.faults += book.faults
        if book.dialect == "FIX44":
            self._whole.add(book.user)
        told: set[tuple[int, int, str]] = set()
        last = (0, 0, "")
        for seen in book:
            message = seen.message
            delivery = _delivery(message)
            if message.kind == "j":
                self._rejected(book, message)
            if message.kind in ("8", "9"):
                self._answered[book.user] |= {message.get(11), f"#{_command(message)}"}
            if delivery is None:
                self._asked_for(book, seen)
                continue
            repeated = seen.asked and book.dialect == "NEXT" and message.get(150) == "F"
            if delivery in told and not repeated:
                self.counts["doubled"] += 1
                self._fault(book, seen, f"{message.get(527)} was told twice")
            elif delivery < last and not repeated:
                self._fault(book, seen, f"{message.get(527)} came behind {'-'.join(map(str, last))}")
            told.add(delivery)
            self._report(book, seen, later=delivery > last)
            last = max(last, delivery)
        self.counts["reports"] += len(told)

    def _report(self, book: Book, seen: Seen, later: bool) -> None:
        """Take in what a member was told unasked; `later`: it is news."""
        message = seen.message
        order_id, name = message.get(37), message.get(11)
        if message.kind != "8" or message.get(527)[-1] in "CK":
            return
        if message.get(39) == "8" and not order_id.partition("_")[2]:
            return
        if message.get(150) == "F":
            self._fill(book, seen)
        if order_id not in self._owners:
            self._owners[order_id] = book.user, name
        self._orders_of[book.user, self._owners[order_id][1]].add(order_id)
        if later:
            self._follow(book, seen, order_id)

    def _follow(self, book: Book, seen: Seen, order_id: str) -> None:
        """Hold an order's new state against the one before it."""
        message, before = seen.message, self._states.get(order_id)
        self._states[order_id] = message
        if order_id in self._closing:  # the clock did not stop for the last answer: an auction came behind it
            self._closing[order_id] = message
        if before is None:
            return
        if before.get(39) in _GONE and message.get(150) != "I" and message.get(39) != before.get(39):
            self._fault(book, seen, f"{order_id} lives on behind its end")
        quantity = int(message.get(32)) if message.get(150) == "F" else 0
        more = _filled(message) - _filled(before)
        if more != quantity and (book.user in self._whole or more < quantity):
            self._fault(book, seen, f"{order_id}: {_filled(before)} filled, {quantity} more, CumQty {message.get(14)}")

    def _fill(self, book: Book, seen: Seen) -> None:
        message = seen.message
        deal = message.get(880) or message.get(17)
        price, quantity = Decimal(message.get(31)), int(message.get(32))
        fill = Fill(book.user, message.get(37), message.get(55), message.get(54), price, quantity)
        known = self._fills[deal].setdefault(fill.side, fill)
        if known != fill:
            self._fault(book, seen, f"deal {deal} is told in two ways")

    def _asked_for(self, book: Book, seen: Seen) -> None:
        """Take in an answer: it must not know less than what was told before."""
        message = seen.message
        order_id = message.get(37)
        if message.kind != "8" or not message.get(11) or message.get(39) == "8":
            return
        before = self._states.get(order_id)
        if before is not None and _filled(message) < _filled(before):
            self._fault(book, seen, f"{order_id} is answered with CumQty {message.get(14)}, it was {before.get(14)}")
        if before is not None and before.get(39) in _GONE and message.get(39) not in _GONE:
            self._fault(book, seen, f"{order_id} is answered as living behind its end")
        if seen.place > book.asked_last:
            self._closing[order_id] = message
        self._owners.setdefault(order_id, (book.user, message.get(11)))

    def _rejected(self, book: Book, message: Message) -> None:
        self._answered[book.user].add(message.get(379))
        self.counts["rejected (j)"] += 1
        if message.get(380) == "4":
            self.faults.append(f"{book.user}: a defect was answered: {message.get(58)}")

    def judge(self, journal: Iterable[Entry]) -> None:
        """Hold all of it against the journal and against itself."""
        entries = list(journal)
        self._judge_orders({entry.number: entry for entry in entries})
        self._judge_answers(entries)
        self._judge_deals()
        self._judge_sums()

    def _judge_orders(self, entries: dict[int, Entry]) -> None:
        """Every order that was confirmed stands in the journal as entered, once, and in the last answer."""
        for order_id, (user, name) in self._owners.items():
            number = order_id.partition("_")[2]
            entry = entries.get(int(number)) if number.isdecimal() else None
            self.counts["orders confirmed"] += 1
            if entry is None or entry.kind != "D" or entry.user != user:
                self._lost(f"{order_id} of {user} ({name}) is not in the journal")
            elif order_id not in self._closing:
                self._lost(f"{order_id} of {user} ({name}) is not in the last answer")
        for (user, name), orders in self._orders_of.items():
            if len(orders) > 1:
                self.counts["doubled"] += 1
                self.faults.append(f"{name} of {user} became {len(orders)} orders: {sorted(orders)}")

    def _judge_answers(self, entries: list[Entry]) -> None:
        """Every request that the journal has was answered; of one that NEXT sent twice, once."""
        for entry in entries:
            if entry.user not in self._whole and f"#{entry.number}" in self._answered.get(entry.user, ()):
                self._answered[entry.user].add(entry.name)
        for entry in entries:
            answered = self._answered.get(entry.user)
            if answered is None:
                continue
            self.counts["requests"] += 1
            if f"#{entry.number}" not in answered and entry.name not in answered:
                self._lost(f"command {entry.number} ({entry.kind} {entry.name}) of {entry.user} was never answered")

    def _judge_deals(self) -> None:
        """Every deal has two sides, that agree."""
        for deal, sides in self._fills.items():
            self.counts["deals"] += 1
            if sorted(sides) != ["1", "2"]:
                self._lost(f"deal {deal} has one side: {next(iter(sides.values()))}")
            elif len({(fill.symbol, fill.price, fill.quantity) for fill in sides.values()}) != 1:
                self.faults.append(f"the sides of deal {deal} do not agree: {sides}")

    def _judge_sums(self) -> None:
        """What was filled adds up, by order and over the market."""
        filled: Counter[str] = Counter()
        balance: Counter[str] = Counter()
        money: dict[str, Decimal] = defaultdict(Decimal)
        for sides in self._fills.values():
            for fill in sides.values():
                sign = 1 if fill.side == "1" else -1
                filled[fill.order_id] += fill.quantity
                balance[fill.symbol] += sign * fill.quantity
                money[fill.symbol] += sign * fill.quantity * fill.price
        for order_id, message in self._closing.items():
            if filled[order_id] != _filled(message):
                self._lost(f"{order_id}: its fills make {filled[order_id]}, its CumQty is {message.get(14)}")
        for order_id, told in self._states.items():
            final = self._closing.get(order_id) if self._owners[order_id][0] in self._whole else None
            if final is not None and (final.get(39), final.get(151)) != (told.get(39), told.get(151)):
                self._lost(
                    f"{order_id} was last told as {told.get(39)} with {told.get(151)} left, and is {final.get(39)} "
                    f"with {final.get(151)}"
                )
        for symbol in balance:
            if balance[symbol] or money[symbol]:
                self.faults.append(f"{symbol} is not conserved: {balance[symbol]} and {money[symbol]} too many")

    def _lost(self, text: str) -> None:
        self.counts["lost"] += 1
        self.faults.append(text)

    def _fault(self, book: Book, seen: Seen, text: str) -> None:
        self.faults.append(f"{book.user}, line {seen.place}: {text}")


def check(books: Path, journal: Path) -> Verdict:
    """Judge what a run left behind: the directory of the members' books, and the journal."""
    judge = Judge()
    for path in sorted(books.glob("*.log")):
        judge.hear(Book(path))
    try:
        judge.judge(requests(journal))
    except Unsound as unsound:
        judge.faults.append(str(unsound))
    for name in ("lost", "doubled"):
        judge.counts.setdefault(name, 0)
    return Verdict(judge.counts, judge.faults)


def _delivery(message: Message) -> tuple[int, int, str] | None:
    found = _DELIVERY.fullmatch(message.get(527))
    return (int(found[1]), int(found[2]), found[3]) if found else None


def _command(message: Message) -> str:
    """Return the number of the command a report tells of: the first part of 527, in FIX44 of ExecID(17) too."""
    return (message.get(527) or message.get(17)).partition("-")[0]


def _filled(message: Message) -> int:
    return int(message.get(14) or 0)
