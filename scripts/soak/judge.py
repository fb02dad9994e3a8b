"""The judge: what the members saw and what the journal has, held against each other.

It reads the members' books (`books`) and the journal's bytes (`journal_reading`) and knows nothing else of the venue.
What it asks is what the venue promises (architecture, Delivery): no order that was confirmed is lost, no deal has one
side only, no execution is missing or told twice, no report comes out of order, nothing bought was not sold.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from scripts.soak.books import Book, Seen
from scripts.soak.deals import CANCELLED, TOLD, Deals
from scripts.soak.feed import Resting
from scripts.soak.journal_reading import BUST, OF_QUOTES, Entry
from scripts.soak.special import LIVING, STOPS, Stops, judge_quotes, judge_two_sided, number_of
from scripts.soak.wire import Message

_DELIVERY = re.compile(r"(\d+)-(\d+)-([0-9A-Z])")
_GONE = frozenset("2348C")
_SIGNS = {TOLD: 1, CANCELLED: -1}
"""What LastQty(32) of a report does to CumQty(14)."""


class Judge:
    """Collects what all members saw, then judges it."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []
        self._deals = Deals()
        self._stops = Stops()
        self._two_sided: set[tuple[str, str]] = set()
        self._doubtful: list[tuple[str, str]] = []
        """Order and fault: none where a deal of that order was taken back, and its owner in NEXT had not heard it."""
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
        self._two_sided |= {(book.user, name) for name in book.two_sided}
        told: set[tuple[int, int, str]] = set()
        last = (0, 0, "")
        for seen in book:
            message = seen.message
            delivery = _delivery(message)
            if message.kind == "j":
                self._rejected(book, message)
            if message.kind in ("8", "9"):
                self._answered[book.user] |= {message.get(11), f"#{_command(message)}"}
            elif message.kind == "b":
                self._answered[book.user].add(f"b {message.get(117)}")
            if delivery is None:
                self._asked_for(book, seen)
                continue
            repeated = seen.asked and book.dialect == "NEXT" and message.get(150) in (TOLD, CANCELLED)
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
        if message.get(150) in (TOLD, CANCELLED) and (wrong := self._deals.hear(book.user, message, _command(message))):
            self._fault(book, seen, wrong)
        if order_id not in self._owners:
            self._owners[order_id] = book.user, name
        if not message.get(117):  # a quote's name is that of all its orders
            self._orders_of[book.user, self._owners[order_id][1]].add(order_id)
        if book.user in self._whole:
            for wrong in self._stops.hear(message):
                self._fault(book, seen, wrong)
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
        if before.get(39) in _GONE and message.get(150) != "I" and not _stays_over(before, message):
            self._fault(book, seen, f"{order_id} lives on behind its end")
        quantity = int(message.get(32)) * _SIGNS[message.get(150)] if message.get(150) in _SIGNS else 0
        more = _filled(message) - _filled(before)
        wrong = f"{order_id}: {_filled(before)} filled, {quantity} more, CumQty {message.get(14)}"
        if book.user in self._whole and more != quantity:
            self._fault(book, seen, wrong)
        elif more < quantity:
            self._doubt(book, seen, order_id, wrong)

    def _asked_for(self, book: Book, seen: Seen) -> None:
        """Take in an answer: it must not know less than what was told before."""
        message = seen.message
        order_id = message.get(37)
        if message.kind != "8" or not message.get(11) or message.get(39) == "8":
            return
        before = self._states.get(order_id)
        if before is not None and _filled(message) < _filled(before):
            wrong = f"{order_id} is answered with CumQty {message.get(14)}, it was {before.get(14)}"
            if book.user in self._whole:
                self._fault(book, seen, wrong)
            else:
                self._doubt(book, seen, order_id, wrong)
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

    def judge(self, journal: Iterable[Entry], confirmed: Iterable[str]) -> None:
        """Hold all of it against the journal, against what the operator was told, and against itself."""
        entries = list(journal)
        self._judge_orders({entry.number: entry for entry in entries})
        self._judge_answers(entries)
        self._judge_sums()
        touched = self._deals.touched()
        self.faults += [text for order_id, text in self._doubtful if order_id not in touched]
        self._judge_special(entries, confirmed)

    def resting(self) -> Iterator[Resting]:
        """Iterate the orders that rest, as their owners were told last."""
        for order_id, message in self._closing.items():
            stop = message.get(40) in STOPS
            if message.get(39) not in LIVING or not message.get(44) or self._stops.waits(order_id):
                continue
            sure = not stop or self._owners[order_id][0] in self._whole
            price, left = Decimal(message.get(44)), int(message.get(151))
            yield Resting(message.get(55), message.get(54), price, left, sure)

    def _judge_special(self, entries: list[Entry], confirmed: Iterable[str]) -> None:
        """Deals, stop orders, quotes and orders of two sides."""
        ordered = {entry.number: entry.name for entry in entries if entry.kind == BUST}
        pairs = [(one.number, one.user, one.name) for one in entries if (one.user, one.name) in self._two_sided]
        self.counts["deals"], self.counts["deals cancelled"] = len(self._deals), self._deals.cancelled
        self.counts["stop orders triggered"] = self._stops.triggered
        self.counts["orders of two sides"] = len(pairs)
        self.counts["quotes"] = sum(entry.kind == "i" for entry in entries)
        owned = [(self._owners[order_id][0], message) for order_id, message in self._closing.items()]
        for fault in (
            *self._deals.judge(ordered, confirmed),
            *self._stops.judge(self._deals),
            *judge_quotes(owned),
            *judge_two_sided(pairs, self._closing),
        ):
            self.counts["lost"] += fault.lost
            self.faults.append(fault.text)

    def _judge_orders(self, entries: dict[int, Entry]) -> None:
        """Every order that was confirmed stands in the journal as entered, once, and in the last answer."""
        for order_id, (user, name) in self._owners.items():
            number = number_of(order_id)
            entry = entries.get(number) if number is not None else None
            self.counts["orders confirmed"] += 1
            if entry is None or entry.kind not in "Di" or entry.user != user:
                self._lost(f"{order_id} of {user} ({name}) is not in the journal")
            elif order_id not in self._closing:
                self._lost(f"{order_id} of {user} ({name}) is not in the last answer")
        for (user, name), orders in self._orders_of.items():
            if len(orders) > 1 + ((user, name) in self._two_sided):
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
            name = f"b {entry.name}" if entry.kind in OF_QUOTES else entry.name
            if f"#{entry.number}" not in answered and name not in answered:
                self._lost(f"command {entry.number} ({entry.kind} {entry.name}) of {entry.user} was never answered")

    def _judge_sums(self) -> None:
        """What was filled adds up, and every order stands as its owner was told last."""
        filled = self._deals.filled()
        for order_id, message in self._closing.items():
            if filled[order_id] != _filled(message):
                self._lost(f"{order_id}: its fills make {filled[order_id]}, its CumQty is {message.get(14)}")
        for order_id, told in self._states.items():
            if told.get(117):
                continue  # its changes are told by the acknowledgement of the next quote alone
            final = self._closing.get(order_id) if self._owners[order_id][0] in self._whole else None
            if final is not None and (final.get(39), final.get(151)) != (told.get(39), told.get(151)):
                self._lost(
                    f"{order_id} was last told as {told.get(39)} with {told.get(151)} left, and is {final.get(39)} "
                    f"with {final.get(151)}"
                )

    def _doubt(self, book: Book, seen: Seen, order_id: str, text: str) -> None:
        self._doubtful.append((order_id, f"{book.user}, line {seen.place}: {text}"))

    def _lost(self, text: str) -> None:
        self.counts["lost"] += 1
        self.faults.append(text)

    def _fault(self, book: Book, seen: Seen, text: str) -> None:
        self.faults.append(f"{book.user}, line {seen.place}: {text}")


def _delivery(message: Message) -> tuple[int, int, str] | None:
    found = _DELIVERY.fullmatch(message.get(527))
    return (int(found[1]), int(found[2]), found[3]) if found else None


def _stays_over(before: Message, message: Message) -> bool:
    """Tell whether what follows an order's end leaves it ended: the same state, or a deal of it was taken back."""
    if message.get(150) == CANCELLED:
        return message.get(39) in _GONE
    return message.get(39) == before.get(39)


def _command(message: Message) -> str:
    """Return the number of the command a report tells of: the first part of 527, in FIX44 of ExecID(17) too."""
    return (message.get(527) or message.get(17)).partition("-")[0]


def _filled(message: Message) -> int:
    return int(message.get(14) or 0)
