"""Fixing in rounds of called prices (R-17): surplus, when a price is fixed, who deals, and which round on time-out.

Quantities count what OrderQty(38) counts. Nothing here knows of books, clocks or people: a round is its living orders.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from kase_fix.matching.frankfurt import Fill
from kase_fix.matching.order import Order
from kase_fix.values.enums import Side
from kase_fix.values.numbers import Price, Quantity


class Round(msgspec.Struct, array_like=True):
    """A price that was called, and the orders sent for it."""

    number: int
    """1, 2, 3, ... within its fixing."""
    price: Price
    orders: dict[str, None]
    """OrderIDs; those that are over are among them."""
    announced: bool = False
    """Whether its surplus was told: from then on it may not grow."""


class Fixing(msgspec.Struct, array_like=True):
    """An instrument in fixing on a board: its rounds, the present one last."""

    rounds: list[Round]
    until: dt.time | None
    """Almaty wall time of the time-out; None: the session's end."""
    shared: bool
    """Whether the instrument turned with its board before, and does so again after it."""

    @property
    def present(self) -> Round:
        """Return the round whose price is called now."""
        return self.rounds[-1]

    def round_of(self, order_id: str) -> Round | None:
        """Return the round an order was sent for; None: it takes no part."""
        return next((one for one in self.rounds if order_id in one.orders), None)


class Standing(NamedTuple):
    """What is bought and sold in a round."""

    buy: Quantity
    sell: Quantity

    @property
    def volume(self) -> Quantity:
        """Return what would be dealt now."""
        return min(self.buy, self.sell)

    @property
    def imbalance(self) -> Quantity:
        """Return how much more is bought than sold; negative: more is sold."""
        return self.buy - self.sell

    @property
    def surplus(self) -> Quantity:
        """Return what stays open on one side."""
        return abs(self.imbalance)

    @property
    def surplus_side(self) -> Side | None:
        """Return the side that stays open; None: neither."""
        if self.imbalance == 0:
            return None
        return Side.BUY if self.imbalance > 0 else Side.SELL

    def changed(self, side: Side, by: Quantity) -> "Standing":
        """Return the standing with so much more, or less, on a side."""
        buy, sell = (by, 0) if side is Side.BUY else (0, by)
        return Standing(self.buy + buy, self.sell + sell)


def standing(orders: Iterable[Order]) -> Standing:
    """Return the sums of a round's living orders."""
    sums = {Side.BUY: 0, Side.SELL: 0}
    for order in orders:
        sums[order.side] += order.leaves
    return Standing(sums[Side.BUY], sums[Side.SELL])


def is_fixed(now: Standing, lot: Quantity) -> bool:
    """Tell whether the price is fixed: something can be dealt and less than one lot is left over (R-17)."""
    return now.volume > 0 and now.surplus < lot


def allocate(orders: Iterable[Order]) -> list[Fill]:
    """Pair buyers with sellers in order of time; the surplus side is filled by time, its last ones not at all (R-17).

    An order's time is its priority: a change that adds to it puts it behind all others.
    """
    in_time = sorted(orders, key=_place)
    buyers = iter([order for order in in_time if order.side is Side.BUY])
    sellers = iter([order for order in in_time if order.side is Side.SELL])
    fills: list[Fill] = []
    buy, sell = next(buyers, None), next(sellers, None)
    bought = sold = 0
    while buy is not None and sell is not None:
        quantity = min(buy.leaves - bought, sell.leaves - sold)
        fills.append(Fill(buy, sell, quantity))
        bought += quantity
        sold += quantity
        if bought == buy.leaves:
            buy, bought = next(buyers, None), 0
        if sold == sell.leaves:
            sell, sold = next(sellers, None), 0
    return fills


def best(rounds: Sequence[Standing]) -> int | None:
    """Return the place of the round a time-out executes: largest volume, then least surplus, then the later (R-17).

    None: nothing can be dealt in any.
    """
    found: int | None = None
    for place, now in enumerate(rounds):
        if now.volume and (found is None or _worth(now) >= _worth(rounds[found])):
            found = place
    return found


def _worth(now: Standing) -> tuple[Quantity, Quantity]:
    return now.volume, -now.surplus


def _place(order: Order) -> tuple[int, int, int, str]:
    return order.priority, order.entered, len(order.order_id), order.order_id
