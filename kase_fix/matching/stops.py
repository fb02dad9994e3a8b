"""Stop orders that wait outside the book for a deal's price: by side and stop price (R-150, R-151).

A deal reaches a buyer's order at its stop price or above it, a seller's at its stop price or below it.
"""

from collections.abc import Iterator

from sortedcontainers import SortedDict

from kase_fix.matching.order import Order
from kase_fix.values.enums import Side
from kase_fix.values.numbers import Price


class Stops:
    """The waiting stop orders of one instrument on one board. Prices in 10^-8 of their unit."""

    __slots__ = ("_levels",)

    def __init__(self) -> None:
        self._levels: dict[Side, SortedDict[Price, dict[str, Order]]] = {side: SortedDict() for side in Side}

    def __bool__(self) -> bool:
        return any(self._levels.values())

    def add(self, order: Order) -> None:
        """Let an order wait."""
        assert order.stop_price is not None
        assert not order.waiting
        self._levels[order.side].setdefault(order.stop_price, {})[order.order_id] = order
        order.waiting = True

    def remove(self, order: Order) -> None:
        """Let an order wait no more."""
        assert order.stop_price is not None
        levels = self._levels[order.side]
        level = levels[order.stop_price]
        del level[order.order_id]
        if not level:
            del levels[order.stop_price]
        order.waiting = False

    def reached(self, price: Price) -> list[Order]:
        """Return the orders that a deal at this price reaches, of both sides, by time of entry; they are left in."""
        buyers, sellers = self._levels[Side.BUY], self._levels[Side.SELL]
        found = [order for stop in buyers.irange(maximum=price) for order in buyers[stop].values()]
        found += [order for stop in sellers.irange(minimum=price) for order in sellers[stop].values()]
        return sorted(found, key=lambda order: order.priority)

    def orders(self) -> Iterator[Order]:
        """Iterate all of them: buyers then sellers, by stop price."""
        for levels in self._levels.values():
            for level in levels.values():
                yield from level.values()
