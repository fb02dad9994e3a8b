"""The book of one symbol on one board as the public sees it: price levels, best first, of the orders on show.

Prices count 10^-8 of the quoted unit, quantities what OrderQty(38) counts.
"""

from collections.abc import Sequence
from itertools import islice
from typing import Literal, NamedTuple, TypeAlias

from sortedcontainers import SortedDict

from kase_fix.messages.order_events import OrderShown
from kase_fix.values.enums import Side
from kase_fix.values.numbers import Price, Quantity


class Level(NamedTuple):
    """All orders on show at one price."""

    price: Price
    quantity: Quantity
    orders: int


Action: TypeAlias = Literal["new", "change", "delete"]


class Change(NamedTuple):
    """One step from one list of levels to another; a level is known by its price.

    A `delete` carries the level as it was, `new` and `change` carry it as it is.
    """

    action: Action
    level: Level
    position: int
    """Where it stands, from 1, at the moment of this step: the steps before it are done, those after it are not."""


class Resting(NamedTuple):
    """What one order shows."""

    order_id: str
    price: Price
    quantity: Quantity


class OrderChange(NamedTuple):
    """One step from one list of orders to another; an order is known by its number and its price."""

    action: Action
    order: Resting


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

    __slots__ = ("_orders", "_queues", "_sides")

    def __init__(self) -> None:
        self._orders: dict[str, Shown] = {}
        self._sides = {Side.BUY: _Ladder(-1), Side.SELL: _Ladder(1)}
        self._queues: dict[tuple[Side, Price], dict[str, Quantity]] | None = None
        """The orders of each level, from when somebody has asked for them on."""

    def apply(self, event: OrderShown) -> None:
        """Take in what an order shows from now on; it replaces what the same order showed before."""
        order_id, visible = event.order_id, event.visible
        side, price = event.side, event.price
        before = self._orders.get(order_id)
        if self._queues is not None:
            self._queue(self._queues, event, before)
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

    def resting(self, side: Side, count: int | None = None) -> tuple[Resting, ...]:
        """Return all orders of the best `count` levels (None: all), best level first, in a level as they came."""
        if self._queues is None:
            self._queues = {}
            for order_id, (of_side, price, visible) in self._orders.items():
                self._queues.setdefault((of_side, price), {})[order_id] = visible
        return tuple(
            Resting(order_id, level.price, visible)
            for level in self.best(side, count)
            for order_id, visible in self._queues[side, level.price].items()
        )

    def levels(self, side: Side) -> int:
        """Return how many price levels there are."""
        return len(self._sides[side])

    @property
    def orders(self) -> int:
        """How many orders are on show."""
        return len(self._orders)

    @staticmethod
    def _queue(queues: dict[tuple[Side, Price], dict[str, Quantity]], event: OrderShown, before: Shown | None) -> None:
        if before is not None and not (event.visible and before[:2] == (event.side, event.price)):
            old = before[:2]
            del queues[old][event.order_id]
            if not queues[old]:
                del queues[old]
        if event.visible:
            queues.setdefault((event.side, event.price), {})[event.order_id] = event.visible


def difference(before: Sequence[Level], after: Sequence[Level]) -> list[Change]:
    """Return what turns the levels `before` into `after`, both of one side: deletes first, then in order of `after`.

    A level that leaves a list of the best N because a better one came in is a `delete` like any other, and comes back
    as `new`, so a reader never holds more than N. Deletes come worst first: each position is right when its turn comes.
    """
    old = {level.price: level for level in before}
    kept = {level.price for level in after}
    changes = [
        Change("delete", level, position)
        for position, level in zip(range(len(before), 0, -1), reversed(before), strict=True)
        if level.price not in kept
    ]
    for position, level in enumerate(after, 1):
        was = old.get(level.price)
        if was is None:
            changes.append(Change("new", level, position))
        elif was != level:
            changes.append(Change("change", level, position))
    return changes


def order_difference(before: Sequence[Resting], after: Sequence[Resting]) -> list[OrderChange]:
    """Return what turns the orders `before` into `after`: deletes first; one with another price is deleted and new."""
    old = {order[:2]: order for order in before}
    kept = {order[:2] for order in after}
    changes = [OrderChange("delete", order) for order in before if order[:2] not in kept]
    for order in after:
        was = old.get(order[:2])
        if was is None:
            changes.append(OrderChange("new", order))
        elif was != order:
            changes.append(OrderChange("change", order))
    return changes
