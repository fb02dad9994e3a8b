"""The deals of one symbol and the day's statistics.

Prices count 10^-8 of the quoted unit, quantities what OrderQty(38) counts, turnover minor units of the quoted currency:
0 where the price is no money for one unit (yields, per cent of par).
"""

import datetime as dt
from collections import deque
from typing import NamedTuple

from kase_fix.marketdata.turnover import turnover_of
from kase_fix.messages.deal_events import Deal
from kase_fix.values.enums import Side
from kase_fix.values.numbers import Money, Price, Quantity, divide_half_up, money_of

REPEATED = "repeated"
"""Method of a deal that stands for a failed one: told, but no part of the day's prices and sums (R-10)."""
NO_LAST_DEAL = frozenset({REPEATED, "repo_direct", "prolonged"})
"""Methods whose deals are no last deal of their instrument: the price of a direct repo is none of its market's."""
KEPT = 200
"""So many of a symbol's last deals are kept; the statistics count all of the day's."""


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
    """A fold over the `Deal` events of one symbol and one operational day."""

    __slots__ = (
        "_in_money",
        "_weighted",
        "count",
        "high",
        "last",
        "low",
        "opening",
        "paid",
        "quantity",
        "recent",
        "turnover",
    )

    def __init__(self, kept: int = KEPT, in_money: bool = True) -> None:
        self.recent: deque[Trade] = deque(maxlen=kept)
        """The last deals, oldest first."""
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

    def apply(self, number: int, time: int, deal: Deal) -> None:
        """Take in a deal made by command `number` at `time` (nanoseconds UTC)."""
        price, quantity = deal.price, deal.quantity
        turnover = money_of(price, quantity) if self._in_money else 0
        trade = trade_of(number, time, deal, turnover)
        self.recent.append(trade)
        if deal.method == REPEATED:
            return
        self.last = trade
        if self.high is None or self.low is None:
            self.opening = self.high = self.low = price
        elif price > self.high:
            self.high = price
        elif price < self.low:
            self.low = price
        self.count += 1
        self.quantity += quantity
        self.turnover += turnover
        paid = turnover_of(deal)
        if paid is not None:
            self.paid[paid.currency] = self.paid.get(paid.currency, 0) + paid.amount
        self._weighted += price * quantity

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
