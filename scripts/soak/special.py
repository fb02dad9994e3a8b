"""Orders that are not of one message and one side: stop orders, quotes, and orders of two sides."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from scripts.soak.deals import Deals, Fault
from scripts.soak.wire import Message

STOPS = frozenset("34")
LIVING = frozenset("01")
_TRIGGERED = re.compile(r"Triggered by a deal at ([0-9.]+)")


class Stops:
    """Stop orders of members who are told everything: no deal before the triggering, no triggering without a deal."""

    def __init__(self) -> None:
        self._waiting: dict[str, Message] = {}
        """By order: its last state before it was triggered."""
        self._triggered: set[str] = set()
        self._by: list[tuple[str, str, Decimal]] = []

    @property
    def triggered(self) -> int:
        """How many were triggered."""
        return len(self._triggered)

    def hear(self, message: Message) -> Iterator[str]:
        """Take in a report on an order, in order; yield what is wrong."""
        order_id = message.get(37)
        if message.get(150) == "L":
            yield from self._trigger(order_id, message)
        elif message.get(150) == "F" and order_id in self._waiting:
            yield f"{order_id} was dealt and never triggered"
        elif message.get(40) in STOPS and order_id not in self._triggered and message.get(39) in LIVING:
            self._waiting[order_id] = message

    def _trigger(self, order_id: str, message: Message) -> Iterator[str]:
        before = self._waiting.pop(order_id, None)
        if order_id in self._triggered:
            yield f"{order_id} was triggered twice"
        self._triggered.add(order_id)
        found = _TRIGGERED.search(message.get(58))
        if before is None or found is None:
            yield f"{order_id} was triggered and was no stop order, or by nothing"
            return
        price, stop = Decimal(found[1]), Decimal(before.get(99))
        if price < stop if message.get(54) == "1" else price > stop:
            yield f"{order_id} was triggered at {price}, its stop price is {stop}"
        self._by.append((order_id, message.get(55), price))

    def waits(self, order_id: str) -> bool:
        """Tell whether an order was not triggered."""
        return order_id in self._waiting

    def judge(self, deals: Deals) -> Iterator[Fault]:
        """Hold the triggerings against the deals."""
        for order_id, symbol, price in self._by:
            if not deals.had_price(symbol, price):
                yield Fault(f"{order_id} was triggered by a deal at {price} that nobody was told of")


def judge_quotes(closing: Iterable[tuple[str, Message]]) -> Iterator[Fault]:
    """A market maker has one quote in an instrument: of the orders of his quotes at most one lives on each side."""
    living: Counter[tuple[str, str, str, str]] = Counter()
    for user, message in closing:
        if message.get(117) and message.get(39) in LIVING:
            living[user, message.get(55), message.get(336), message.get(54)] += 1
    for place, count in living.items():
        if count > 1:
            yield Fault(f"{count} orders of quotes live at {place}")


def judge_two_sided(names: Iterable[tuple[int, str, str]], closing: dict[str, Message]) -> Iterator[Fault]:
    """Command, user and ClOrdID of each order of two sides: both are there, one to buy and one to sell, or none."""
    sides: dict[int, list[str]] = defaultdict(list)
    for order_id, message in closing.items():
        number = number_of(order_id)
        if number is not None:
            sides[number].append(message.get(54))
    for number, user, name in names:
        if sorted(sides[number]) not in ([], ["1", "2"]):
            yield Fault(f"{name} of {user}, an order of two sides, has these: {sides[number]}", lost=True)


def number_of(order_id: str) -> int | None:
    """Return the number of the command that entered an order: `NF_9`, or `NF_9.2` where it is one of several."""
    number = order_id.partition("_")[2].partition(".")[0]
    return int(number) if number.isdecimal() else None
