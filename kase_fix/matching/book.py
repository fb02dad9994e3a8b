"""The order book of one instrument on one board: price levels, each a queue in order of time.

The levels of a side stand in a sorted map by key (the price for bids, minus the price for asks, so the best is always
the greatest); the best one is kept at hand. A level is a linked queue and an order knows its level: entry, cancel and
fill touch nothing else.
"""

import itertools
from collections.abc import Iterator

from sortedcontainers import SortedDict

from kase_fix.matching.order import Order
from kase_fix.values.enums import Side
from kase_fix.values.numbers import Price, Quantity


class Level:
    """All orders at one price of one side, first in first; `visible` is the sum of what they show."""

    __slots__ = ("count", "first", "half", "key", "last", "price", "visible")

    def __init__(self, half: "Half", key: int, price: Price) -> None:
        self.half = half
        self.key = key
        self.price = price
        self.first: Order | None = None
        self.last: Order | None = None
        self.visible: Quantity = 0
        self.count = 0

    def __iter__(self) -> Iterator[Order]:
        order = self.first
        while order is not None:
            following = order.after  # read first: the caller may take the order out
            yield order
            order = following


class Half:
    """One side of a book."""

    __slots__ = ("best", "levels", "side", "sign")

    def __init__(self, side: Side) -> None:
        self.side = side
        self.sign = 1 if side is Side.BUY else -1
        self.levels: SortedDict[int, Level] = SortedDict()
        self.best: Level | None = None

    def __iter__(self) -> Iterator[Level]:
        """Iterate the levels, best first."""
        for key in reversed(self.levels):
            yield self.levels[key]


class Book:
    """Both sides, and the four things that can happen to an order in it."""

    __slots__ = ("halves", "symbol")

    def __init__(self, symbol: str) -> None:
        self.symbol = symbol
        self.halves = {Side.BUY: Half(Side.BUY), Side.SELL: Half(Side.SELL)}

    def add(self, order: Order, visible: Quantity | None = None) -> None:
        """Queue a limit order behind all others of its price and show what it may show, or just `visible` of it."""
        assert order.price is not None
        half = self.halves[order.side]
        key = half.sign * order.price
        level = half.levels.get(key)
        if level is None:
            level = half.levels[key] = Level(half, key, order.price)
            if half.best is None or key > half.best.key:
                half.best = level
        order.visible = order.shown_at_most if visible is None else visible
        level.visible += order.visible
        self._append(level, order)

    def remove(self, order: Order) -> None:
        """Take an order out; its level goes with its last order."""
        level = order.level
        assert level is not None
        level.visible -= order.visible
        order.visible = 0
        self._unlink(level, order)
        if level.count == 0:
            half = level.half
            del half.levels[level.key]
            if half.best is level:
                half.best = half.levels.peekitem(-1)[1] if half.levels else None

    def fill(self, order: Order, quantity: Quantity, price: Price) -> None:
        """Execute part of what a resting order shows; an iceberg's next slice goes to the end of the queue."""
        level = order.level
        assert level is not None
        assert 0 < quantity <= order.visible
        order.fill(quantity, price)
        if order.leaves == 0:
            level.visible -= quantity
            order.visible -= quantity
            self.remove(order)
            return
        order.visible -= quantity
        level.visible -= quantity
        if order.visible == 0:
            order.visible = order.shown_at_most
            level.visible += order.visible
            self._unlink(level, order)
            self._append(level, order)

    def shrink(self, order: Order, leaves: Quantity) -> None:
        """Lessen an order's open rest to `leaves` (> 0) and keep its place; an iceberg's hidden part goes first."""
        level = order.level
        assert level is not None
        assert 0 < leaves <= order.leaves
        order.quantity -= order.leaves - leaves
        order.leaves = leaves
        lost = order.visible - min(order.visible, leaves)
        order.visible -= lost
        level.visible -= lost

    def orders(self) -> Iterator[Order]:
        """Iterate all orders: bids then asks, best first, each level in order of time."""
        for half in self.halves.values():
            for level in half:
                yield from level

    def _append(self, level: Level, order: Order) -> None:
        order.level = level
        order.before, order.after = level.last, None
        if level.last is None:
            level.first = order
        else:
            level.last.after = order
        level.last = order
        level.count += 1

    def _unlink(self, level: Level, order: Order) -> None:
        before, after = order.before, order.after
        if before is None:
            level.first = after
        else:
            before.after = after
        if after is None:
            level.last = before
        else:
            after.before = before
        order.before = order.after = None  # no cycles are left for the collector
        order.level = None
        level.count -= 1

    @property
    def crossed(self) -> bool:
        """Tell whether a bid meets an ask: possible only while orders rest without trading."""
        bid, ask = self.halves[Side.BUY].best, self.halves[Side.SELL].best
        return bid is not None and ask is not None and bid.price >= ask.price

    def _check(self, may_cross: bool = False) -> None:
        """Assert every invariant; for tests."""
        for side, half in self.halves.items():
            assert half.best is (half.levels.peekitem(-1)[1] if half.levels else None)
            for key, level in half.levels.items():
                assert level.key == key == half.sign * level.price
                orders = list(level)
                assert orders
                assert level.count == len(orders)
                assert level.first is orders[0]
                assert level.last is orders[-1]
                assert level.visible == sum(order.visible for order in orders)
                for before, after in itertools.pairwise(orders):
                    assert before.after is after
                    assert after.before is before
                for order in orders:
                    assert order.level is level
                    assert order.side is side
                    assert order.price == level.price
                    assert 0 < order.visible <= order.leaves
                    assert order.quantity == order.filled + order.leaves
                    assert order.display is None or order.visible <= order.display
        assert may_cross or not self.crossed, "the book is crossed"
