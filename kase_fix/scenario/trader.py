"""A trading robot: quotes around the last price, changes its mind, takes what others show."""

import itertools
import random
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from kase_fix.scenario.client import Client, LineDown
from kase_fix.scenario.wire import Message, Pairs, now_utc

MOST_LIVING = 10
NARROW = 7
"""Ten-thousandths from the last price: within the first row of the dollar's ladder of lots (annex 1)."""
PULL = Decimal("0.0001")
"""How far quotes lean back to where the market was found, so that prices do not wander off in a long rehearsal."""
GREATEST_LOTS = 20
GONE = frozenset("2348C")
LIVING = frozenset("015")
BUY, SELL = "1", "2"


class Listing(NamedTuple):
    """An instrument that is open now."""

    symbol: str
    lot: int
    decimals: int
    last: Decimal


class Order(NamedTuple):
    """An order of ours that stands in the book."""

    cl_ord_id: str
    symbol: str
    side: str
    quantity: int


class Trader:
    """One robot at FIX-API. `counts` says what it sent and what became of it."""

    def __init__(self, client: Client, chance: random.Random, prefix: str) -> None:
        self.client = client
        self.counts: Counter[str] = Counter()
        self._chance = chance
        self._names = (f"{prefix}-{number}" for number in itertools.count(1))
        self._pending: set[str] = set()
        self._living: dict[str, Order] = {}
        self._anchors: dict[str, Decimal] = {}

    def listen(self) -> None:
        """Take note of all that arrived."""
        for message in self.client.take_all():
            if message.kind == "8":
                self._reported(message)
            elif message.kind in ("9", "j", "3"):
                self.counts["refused"] += 1
                self._living.pop(message.get(37) or "", None)

    def _reported(self, message: Message) -> None:
        status, order_id, name = message.get(39) or "", message.get(37) or "", message.get(11) or ""
        if message.get(150) == "F":
            self.counts["fills"] += 1
            self.counts["filled"] += _whole(message.get(32))
        if name in self._pending:
            self._pending.discard(name)
            self.counts["refused" if status == "8" else "confirmed"] += 1
        if status in GONE:
            self._living.pop(order_id, None)
        elif status in LIVING and message.get(55):
            quantity = _whole(message.get(38)) or _whole(message.get(151))
            self._living[order_id] = Order(name, message.get(55) or "", message.get(54) or "", quantity)

    def act(self, listings: list[Listing]) -> None:
        """Do one thing: quote, take, change or withdraw. A line that is down is no reason to stop."""
        listing = self._chance.choice(listings)
        choice = self._chance.random()
        try:
            if self._living and (len(self._living) >= MOST_LIVING or choice < 0.15):
                self._cancel(*next(iter(self._living.items())))
            elif self._living and choice < 0.30:
                self._replace(*self._chance.choice([*self._living.items()]), listings)
            else:
                self._order(listing, aggressive=choice > 0.80)
        except LineDown:
            self.counts["unsent"] += 1

    def _order(self, listing: Listing, *, aggressive: bool) -> None:
        side = self._chance.choice((BUY, SELL))
        lots = self._chance.randint(1, GREATEST_LOTS)
        price = self._price(listing, side, aggressive=aggressive)
        name = next(self._names)
        body = [(11, name), (1, f"F_{self.client.user}_0000"), (55, listing.symbol), (54, side), (60, now_utc())]
        body += [(38, str(lots * listing.lot)), (40, "2"), (44, price), (59, "3" if aggressive else "0")]
        self._say("D", name, body)

    def _cancel(self, order_id: str, order: Order) -> None:
        name = next(self._names)
        body = [(11, name), (37, order_id), (41, order.cl_ord_id), (55, order.symbol), (54, order.side)]
        self._living.pop(order_id)
        self._say("F", name, [*body, (60, now_utc())])

    def _replace(self, order_id: str, order: Order, listings: list[Listing]) -> None:
        listing = next((one for one in listings if one.symbol == order.symbol), None)
        if listing is None or not order.quantity:
            return
        name = next(self._names)
        body = [(11, name), (37, order_id), (41, order.cl_ord_id), (38, str(order.quantity))]
        body.append((44, self._price(listing, order.side, aggressive=False)))
        if self.client.session.dialect == "FIX44":
            account = f"F_{self.client.user}_0000"
            body += [(1, account), (55, order.symbol), (54, order.side), (40, "2"), (60, now_utc())]
        self._say("G", name, body)

    def _say(self, kind: str, name: str, body: Pairs) -> None:
        self.client.send(kind, body)
        self._pending.add(name)
        self.counts["sent"] += 1

    def _price(self, listing: Listing, side: str, *, aggressive: bool) -> str:
        """Return a price near the last one: on the order's own side of it, or through it."""
        away = Decimal(self._chance.randint(0, NARROW)) / 10_000
        better = (side == BUY) == aggressive
        step = Decimal(1).scaleb(-listing.decimals)
        anchor = self._anchors.setdefault(listing.symbol, listing.last)
        lean = max(-PULL, min(PULL, anchor / listing.last - 1))
        return str((listing.last * (1 + lean + (away if better else -away))).quantize(step, ROUND_HALF_UP))


def _whole(text: str | None) -> int:
    try:
        return int(Decimal(text or 0))
    except ArithmeticError:
        return 0
