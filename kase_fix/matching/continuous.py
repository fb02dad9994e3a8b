"""The continuous counter auction (art. 7 p. 1): an incoming order meets the resting ones by price, then time.

A deal is done at the price of the resting order. Orders of one account never meet: matching stops there.
"""

import enum
from collections.abc import Callable
from typing import TypeAlias

from kase_fix.matching.book import Book, Half
from kase_fix.matching.order import Order
from kase_fix.values.enums import OrderKind, Side
from kase_fix.values.numbers import Price, Quantity

Met: TypeAlias = Callable[[Order, Order, Quantity, Price], None]
"""Called after each deal with incoming, resting, quantity and price, both orders already filled."""


def crosses(order: Order, price: Price) -> bool:
    """Tell whether an incoming order accepts this price of the other side."""
    return crosses_price(order.side, order.kind, order.price, price)


def crosses_price(side: Side, kind: OrderKind, limit: Price | None, price: Price) -> bool:
    """Tell whether an order of this side, kind and limit accepts a price of the other side."""
    if kind is OrderKind.MARKET or limit is None:
        return True
    return price <= limit if side is Side.BUY else price >= limit


class Stopped(enum.Enum):
    """Why matching went no further although the incoming order has a rest."""

    NO_CROSS = "no cross"
    OWN_ORDER = "own order"
    NOT_ALLOWED = "not allowed"
    """The price of the prospective deal is not one for continuous trading (art. 7 p. 1-1)."""


def always(_: Price) -> bool:
    """Allow every price."""
    return True


def match(book: Book, incoming: Order, met: Met, allowed: Callable[[Price], bool] = always) -> Stopped | None:
    """Match an incoming order against the book; tell what stopped it, or None where it is filled.

    `allowed` is asked for the price of each prospective deal, an own order having been looked at before. The incoming
    order is not put into the book. A resting iceberg trades slice by slice, each slice at its place in the queue.
    """
    opposite = book.halves[incoming.side.other]
    account = incoming.account
    while incoming.leaves:
        level = opposite.best
        if level is None or not crosses(incoming, level.price):
            return Stopped.NO_CROSS
        resting = level.first
        assert resting is not None
        if resting.account == account:
            return Stopped.OWN_ORDER
        if not allowed(level.price):
            return Stopped.NOT_ALLOWED
        quantity = min(incoming.leaves, resting.visible)
        price = level.price
        incoming.fill(quantity, price)
        book.fill(resting, quantity, price)
        met(incoming, resting, quantity, price)
    return None


def fillable(book: Book, incoming: Order, allowed: Callable[[Price], bool] = always) -> Quantity:
    """Return how much of the incoming order `match` would execute now, up to its rest (for fill-or-kill).

    Hidden parts count: they trade too, behind what the others of their level show. Where an order of the sender's
    own account stands in a level, only what trades before it counts.
    """
    wanted = incoming.leaves
    found = 0
    for level in book.halves[incoming.side.other]:
        if found >= wanted or not crosses(incoming, level.price) or not allowed(level.price):
            break
        own = any(order.account == incoming.account for order in level)
        for order in level:
            if order.account == incoming.account:
                return min(found, wanted)
            # A slice behind the first one trades only after all others of the level had their turn.
            found += order.visible if own else order.leaves
    return min(found, wanted)


def worst_price(book: Book, side: Side, quantity: Quantity, account: str) -> Price | None:
    """Return the worst price a market order of this size and account would trade at; None where at none (R-8)."""
    opposite: Half = book.halves[side.other]
    reached: Price | None = None
    for level in opposite:
        if level.first is not None and level.first.account == account:
            break
        reached = level.price
        quantity -= sum(order.leaves for order in level)
        if quantity <= 0 or any(order.account == account for order in level):
            break
    return reached
