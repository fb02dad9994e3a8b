"""A trading robot: quotes around the last price, changes its mind, takes what others show."""

import itertools
import random
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from kase_fix.scenario.client import Client, LineDown
from kase_fix.scenario.wire import Message, Pairs, now_utc

MAIN = "USDKZT_TOM"
"""Where the market is: most of what robots do they do here, and each of them keeps both sides quoted."""
SHARE_OF_MAIN = 0.65
MOST_LIVING = 10
CANCELS, CHANGES, TAKES = 0.12, 0.24, 0.64
"""Of all turns: below the first a cancel, below the second a change, from the third on what others show is taken."""
NARROW = 7
"""Ten-thousandths from the last price: within the first row of the dollar's ladder of lots (annex 1)."""
PULL = Decimal("0.0001")
"""How far quotes lean back to where the market was found, so that prices do not wander off in a long rehearsal."""
GREATEST_QUOTE, GREATEST_TAKE = 20, 10
"""Lots. Takers are the smaller ones: the book must not be swept empty."""
GONE = frozenset("2348C")
LIVING = frozenset("015")
BUY, SELL = "1", "2"
LEG_OF_SWAP, LEG_OF_SWAP_IN_NEXT = "2", "SWAP_LEG_DEAL"
"""MultiLegReportingType(442), DealType(5188)."""


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


class Request(NamedTuple):
    """What a robot has asked and not been answered yet."""

    order_id: str
    number: int
    """MsgSeqNum(34) it went out with."""


class Trader:
    """One robot at FIX-API. `lasts` are the last prices robots have seen, shared by all of them."""

    def __init__(
        self, client: Client, chance: random.Random, prefix: str, lasts: dict[str, Decimal] | None = None
    ) -> None:
        self.client = client
        self.counts: Counter[str] = Counter()
        self._chance = chance
        self._names = (f"{prefix}-{number}" for number in itertools.count(1))
        self._pending: dict[str, Request] = {}
        self._lost: dict[str, Request] = {}
        self._living: dict[str, Order] = {}
        self._anchors: dict[str, Decimal] = {}
        self._lasts = {} if lasts is None else lasts

    def totals(self) -> dict[str, int]:
        """Return what was sent and what became of it: `sent` is confirmed + refused + waiting + lost.

        `unsent` of those met a line that was down (they go out again when the exchange asks for them); `lost` are those
        that were unanswered when the numbers began anew.
        """
        return {**self.counts, "waiting": len(self._pending), "lost": len(self._lost)}

    def numbers_began_anew(self) -> None:
        """Count what is unanswered as lost: the exchange will not ask for it. A late answer still finds it."""
        self._lost |= self._pending
        self._pending.clear()

    def listen(self) -> None:
        """Take note of all that arrived."""
        for message in self.client.take_all():
            if message.kind == "8":
                self._reported(message)
            elif message.kind == "9":
                self._answered(message.get(11) or "", "refused")
                self._living.pop(message.get(37) or "", None)
            elif message.kind == "j":
                self._answered(message.get(379) or "", "refused")
            elif message.kind == "3":
                self._answered(self._sent_as(int(message.get(45) or 0)), "refused")

    def _reported(self, message: Message) -> None:
        if message.get(442) == LEG_OF_SWAP or message.get(5188) == LEG_OF_SWAP_IN_NEXT:
            return  # the order's deal is the swap itself
        status, order_id, name = message.get(39) or "", message.get(37) or "", message.get(11) or ""
        symbol = message.get(55) or ""
        if message.get(150) == "F":
            self.counts["fills"] += 1
            self.counts["filled"] += _whole(message.get(32))
            self._lasts[symbol] = Decimal(message.get(31) or 0)
        if message.get(150) == "I" and message.get(355) is not None:
            # NEXT knows no 9: a refused change or cancel comes as the order, which stands as it was, with a reason
            name = next((one for one, request in self._pending.items() if request.order_id == order_id), name)
            self._answered(name, "refused")
        else:
            self._answered(name, "refused" if status == "8" else "confirmed")
        if status in GONE:
            self._living.pop(order_id, None)
        elif status in LIVING and symbol:
            quantity = _whole(message.get(38)) or _whole(message.get(151))
            self._living[order_id] = Order(message.get(11) or "", symbol, message.get(54) or "", quantity)

    def _answered(self, name: str, how: str) -> None:
        if self._pending.pop(name, None) is not None or self._lost.pop(name, None) is not None:
            self.counts[how] += 1

    def _sent_as(self, number: int) -> str:
        return next((name for name, request in self._pending.items() if request.number == number), "")

    def act(self, listings: list[Listing]) -> None:
        """Do one thing: quote, take, change or withdraw. A line that is down is no reason to stop."""
        listing = self._pick(listings)
        choice = self._chance.random()
        side = self._side_without_quote(listing)
        try:
            if len(self._living) >= MOST_LIVING or (self._living and choice < CANCELS):
                self._cancel(*next(iter(self._living.items())))
            elif self._living and choice < CHANGES:
                self._replace(*self._chance.choice([*self._living.items()]), listings)
            elif side:
                self._order(listing, side, aggressive=False)
            else:
                self._order(listing, self._chance.choice((BUY, SELL)), aggressive=choice >= TAKES)
        except LineDown:
            self.counts["unsent"] += 1

    def _pick(self, listings: list[Listing]) -> Listing:
        if self._chance.random() < SHARE_OF_MAIN:
            for listing in listings:
                if listing.symbol == MAIN:
                    return listing
        return self._chance.choice(listings)

    def _side_without_quote(self, listing: Listing) -> str:
        """Return the side of the main instrument on which this robot has nothing; empty: none."""
        if listing.symbol != MAIN:
            return ""
        quoted = {order.side for order in self._living.values() if order.symbol == MAIN}
        return next((side for side in (BUY, SELL) if side not in quoted), "")

    def _order(self, listing: Listing, side: str, *, aggressive: bool) -> None:
        lots = self._chance.randint(1, GREATEST_TAKE if aggressive else GREATEST_QUOTE)
        price = self._price(listing, side, aggressive=aggressive)
        name = next(self._names)
        body = [(11, name), (1, f"F_{self.client.user}_0000"), (55, listing.symbol), (54, side), (60, now_utc())]
        body += [(38, str(lots * listing.lot)), (40, "2"), (44, price), (59, "3" if aggressive else "0")]
        self._say("D", name, body)

    def _cancel(self, order_id: str, order: Order) -> None:
        name = next(self._names)
        body = [(11, name), (37, order_id), (41, order.cl_ord_id), (55, order.symbol), (54, order.side)]
        self._living.pop(order_id)
        self._say("F", name, [*body, (60, now_utc())], order_id)

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
        self._say("G", name, body, order_id)

    def _say(self, kind: str, name: str, body: Pairs, order_id: str = "") -> None:
        self.counts["sent"] += 1
        self._pending[name] = Request(order_id, self.client.session.next_out)
        self.client.send(kind, body)

    def _price(self, listing: Listing, side: str, *, aggressive: bool) -> str:
        """Return a price near the last one: on the order's own side of it, or as far through it as quotes stand."""
        away = Decimal(NARROW if aggressive else self._chance.randint(0, NARROW)) / 10_000
        better = (side == BUY) == aggressive
        step = Decimal(1).scaleb(-listing.decimals)
        last = self._lasts.get(listing.symbol) or listing.last
        anchor = self._anchors.setdefault(listing.symbol, last)
        lean = max(-PULL, min(PULL, anchor / last - 1))
        return str((last * (1 + lean + (away if better else -away))).quantize(step, ROUND_HALF_UP))


def _whole(text: str | None) -> int:
    try:
        return int(Decimal(text or 0))
    except ArithmeticError:
        return 0
