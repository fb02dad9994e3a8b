"""The book of one symbol on one board as the public sees it: price levels, best first, of the orders on show.

Prices count 10^-8 of the quoted unit, quantities what OrderQty(38) counts.
"""

from collections.abc import Sequence
from itertools import islice
from typing import Literal, NamedTuple, TypeAlias

from sortedcontainers import SortedDict

from kase_fix.messages.events import OrderShown
from kase_fix.values.enums import Side
from kase_fix.values.numbers import Price, Quantity


class Level(NamedTuple):
    """All orders on show at one price."""

    price: Price
    quantity: Quantity
    orders: int


class Change(NamedTuple):
    """One step from one list of levels to another; a level is known by its price.

    A `delete` carries the level as it was, `new` and `change` carry it as it is.
    """

    action: Literal["new", "change", "delete"]
    level: Level


Shown: TypeAlias = tuple[Side, Price, Quantity]


class _Ladder:
    """One side. Keys are prices, negated for bids, so that the best always comes first."""

    __slots__ = ("_levels", "_sign", "_top", "_wanted")

    def __init__(self, sign: int) -> None:
        self._sign = sign
        self._levels: SortedDict[int, list[int]] = SortedDict()
        self._top: tuple[Level, ...] | None = ()
        self._wanted: int | None = 0

    def __len__(self) -> int:
        return len(self._levels)

    def change(self, price: Price, quantity: int, orders: int) -> None:
        """Add to the level at `price` (negative: take away); a level without orders is gone."""
        key = price * self._sign
        level = self._levels.get(key)
        if level is None:
            self._levels[key] = [quantity, orders]
        else:
            level[0] += quantity
            level[1] += orders
            if not level[1]:
                del self._levels[key]
        top = self._top
        if top and len(top) == self._wanted and key > top[-1].price * self._sign:
            return  # it happened behind the last level that somebody asked for: the kept answer still holds
        self._top = None

    def best(self, count: int | None) -> tuple[Level, ...]:
        if self._top is None or self._wanted != count:
            levels, sign = self._levels, self._sign
            self._top = tuple([Level(key * sign, *levels[key]) for key in islice(levels, count)])
            self._wanted = count
        return self._top


class Depth:
    """A fold over the `OrderShown` events of one symbol on one board."""

    __slots__ = ("_orders", "_sides")

    def __init__(self) -> None:
        self._orders: dict[str, Shown] = {}
        self._sides = {Side.BUY: _Ladder(-1), Side.SELL: _Ladder(1)}

    def apply(self, event: OrderShown) -> None:
        """Take in what an order shows from now on; it replaces what the same order showed before."""
        order_id, visible = event.order_id, event.visible
        side, price = event.side, event.price
        before = self._orders.get(order_id)
        if visible:
            self._orders[order_id] = (side, price, visible)
            if before is None:
                self._sides[side].change(price, visible, 1)
            elif before[1] == price and before[0] == side:
                self._sides[side].change(price, visible - before[2], 0)
            else:
                self._sides[before[0]].change(before[1], -before[2], -1)
                self._sides[side].change(price, visible, 1)
        elif before is not None:
            del self._orders[order_id]
            self._sides[before[0]].change(before[1], -before[2], -1)

    def best(self, side: Side, count: int | None = None) -> tuple[Level, ...]:
        """Return the best `count` levels (None: all), best first; the same object as long as none of them changes."""
        return self._sides[side].best(count)

    def levels(self, side: Side) -> int:
        """Return how many price levels there are."""
        return len(self._sides[side])

    @property
    def orders(self) -> int:
        """How many orders are on show."""
        return len(self._orders)


def difference(before: Sequence[Level], after: Sequence[Level]) -> list[Change]:
    """Return what turns the levels `before` into `after`, both of one side: deletes first, then in order of `after`.

    A level that leaves a list of the best N because a better one came in is a `delete` like any other, and comes back
    as `new`, so a reader never holds more than N.
    """
    old = {level.price: level for level in before}
    kept = {level.price for level in after}
    changes = [Change("delete", level) for level in before if level.price not in kept]
    for level in after:
        was = old.get(level.price)
        if was is None:
            changes.append(Change("new", level))
        elif was != level:
            changes.append(Change("change", level))
    return changes
