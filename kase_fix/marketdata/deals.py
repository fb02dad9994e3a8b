"""The deals of one symbol and the day's statistics.

Prices count 10^-8 of the quoted unit, quantities what OrderQty(38) counts, turnover minor units of the quoted currency:
0 where the price is no money for one unit (yields, per cent of par).
"""

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from kase_fix.marketdata.tape import CANCELLED, COUNTS, Row, Tape
from kase_fix.marketdata.turnover import Paid, turnover_of
from kase_fix.messages.corrections import DealBusted, DealCorrected
from kase_fix.messages.deal_events import Deal
from kase_fix.values.enums import Side
from kase_fix.values.numbers import Money, Price, Quantity, divide_half_up, money_of

REPEATED = "repeated"
"""Method of a deal that stands for a failed one: told, but no part of the day's prices and sums (R-10)."""
NO_LAST_DEAL = frozenset({REPEATED, "repo_direct", "prolonged"})
"""Methods whose deals are no last deal of their instrument: the price of a direct repo is none of its market's."""
KEPT = 200
"""So many of a symbol's last deals are shown; the statistics count all of the day's."""


class Trade(NamedTuple):
    """A deal as the public sees it: without its parties."""

    deal_id: str
    number: int
    """Number of the command that made it."""
    time: int
    """Nanoseconds UTC."""
    price: Price
    quantity: Quantity
    turnover: Money
    settlement: dt.date
    aggressor: Side
    method: str
    board: str = ""
    cancelled: bool = False
    """Whether the exchange has cancelled it (R-165)."""


def trade_of(number: int, time: int, deal: Deal, turnover: Money = 0) -> Trade:
    """Return a deal made by command `number` at `time` (nanoseconds UTC) as the public sees it."""
    return Trade(
        deal.deal_id,
        number,
        time,
        deal.price,
        deal.quantity,
        turnover,
        deal.settlement,
        deal.aggressor,
        deal.method,
        deal.board,
    )


def done_at(trade: Trade) -> int:
    """Return what puts deals of different boards into the order in which they were done."""
    return trade.number


class Statistics(NamedTuple):
    """The day so far; prices are None as long as there was no deal."""

    open: Price | None
    high: Price | None
    low: Price | None
    last: Price | None
    average: Price | None
    """Weighted by quantity, rounded half up."""
    deals: int
    quantity: Quantity
    turnover: Money


class Deals:
    """A fold over the deals of one symbol on one board and one operational day."""

    __slots__ = (
        "_board",
        "_in_money",
        "_tape",
        "_weighted",
        "count",
        "high",
        "last",
        "low",
        "opening",
        "paid",
        "quantity",
        "turnover",
    )

    def __init__(self, in_money: bool = True) -> None:
        self.last: Trade | None = None
        """The last deal of the day that counts."""
        self.opening: Price | None = None
        self.high: Price | None = None
        self.low: Price | None = None
        self.count = 0
        self.quantity: Quantity = 0
        self.turnover: Money = 0
        self.paid: dict[str, Money] = {}
        """What the deals come to by currency (R-102)."""
        self._weighted = 0
        self._in_money = in_money
        self._tape = Tape()
        self._board = ""

    @property
    def recent(self) -> list[Trade]:
        """Return the last deals, oldest first, those that were cancelled too."""
        return [self._trade(row) for row in islice(self._tape.backwards(), KEPT)][::-1]

    def counted(self) -> Iterator[Row]:
        """Iterate the deals that count, first done first."""
        return self._tape.rows()

    def apply(self, number: int, time: int, deal: Deal) -> None:
        """Take in a deal made by command `number` at `time` (nanoseconds UTC)."""
        price, quantity = deal.price, deal.quantity
        self._board = deal.board
        self._tape.add(number, time, deal, counts=deal.method != REPEATED)
        if deal.method == REPEATED:
            return
        turnover = self._money(price, quantity)
        self.last = trade_of(number, time, deal, turnover)
        if self.high is None or self.low is None:
            self.opening = self.high = self.low = price
        elif price > self.high:
            self.high = price
        elif price < self.low:
            self.low = price
        self.count += 1
        self.quantity += quantity
        self.turnover += turnover
        self._pay(turnover_of(deal), 1)
        self._weighted += price * quantity

    def bust(self, event: DealBusted) -> bool:
        """Let a deal count no more; tell whether it was one of these."""
        deal = event.deal
        known = self._tape.cancel(deal.deal_id)
        if known and deal.method != REPEATED:
            self.count -= 1
            self._pay(turnover_of(deal), -1)
            self._measure()
        return known

    def correct(self, event: DealCorrected) -> None:
        """Let a deal have been done as it was corrected."""
        deal = event.deal
        if self._tape.correct(deal.deal_id, deal.price, deal.quantity) and deal.method != REPEATED:
            self._pay(turnover_of(event.before), -1)
            self._pay(turnover_of(deal), 1)
            self._measure()

    def _measure(self) -> None:
        """Reckon prices and sums anew from the deals that count."""
        done = list(self._tape.counted())
        prices = [price for price, _ in done]
        self.opening = prices[0] if prices else None
        self.high, self.low = max(prices, default=None), min(prices, default=None)
        self.quantity = sum(quantity for _, quantity in done)
        self.turnover = sum(self._money(price, quantity) for price, quantity in done)
        self._weighted = sum(price * quantity for price, quantity in done)
        last = next((row for row in self._tape.backwards() if row.state == COUNTS), None)
        self.last = None if last is None else self._trade(last)

    def _pay(self, paid: Paid | None, sign: int) -> None:
        if paid is None:
            return
        amount = self.paid.get(paid.currency, 0) + sign * paid.amount
        if amount:
            self.paid[paid.currency] = amount
        else:
            self.paid.pop(paid.currency, None)

    def _money(self, price: Price, quantity: Quantity) -> Money:
        return money_of(price, quantity) if self._in_money else 0

    def _trade(self, row: Row) -> Trade:
        return Trade(
            row.deal_id,
            row.number,
            row.time,
            row.price,
            row.quantity,
            self._money(row.price, row.quantity),
            row.settlement,
            row.aggressor,
            row.method,
            self._board,
            row.state == CANCELLED,
        )

    @property
    def statistics(self) -> Statistics:
        """The day so far."""
        last = self.last
        return Statistics(
            open=self.opening,
            high=self.high,
            low=self.low,
            last=last.price if last else None,
            average=divide_half_up(self._weighted, self.quantity) if self.quantity else None,
            deals=self.count,
            quantity=self.quantity,
            turnover=self.turnover,
        )
