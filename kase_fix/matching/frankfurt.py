"""The Frankfurt auction (art. 7 p. 1-1, 3; R-11, R-12): one price, at which the most can be executed.

The book is collected crossed while in standby. At its end every order that accepts the cut-off price takes part with
its full size, hidden part included; all deals are done at that one price; what is left keeps its price and its place.

Orders of one account never meet. That is settled before the price and not while pairing: of two orders of one account
that cross, the later one has no part in the auction (`own_cross` tells it at entry, `own_crosses` finds those that
came in otherwise). Then no account both buys and sells at the cut-off price, whichever it is, the volume needs no
correction, price and time are never passed over, and no cross is left behind.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from kase_fix.matching.book import Book, Half
from kase_fix.matching.continuous import crosses
from kase_fix.matching.order import Order
from kase_fix.values.enums import Side
from kase_fix.values.numbers import Price, Quantity

Levels: TypeAlias = Sequence[tuple[Price, Quantity]]
"""Prices of one side with their full size, best first, each price once."""

Met: TypeAlias = Callable[[Order, Order, Quantity, Price], None]
"""Called after each deal with buyer, seller, quantity and price, both orders already filled."""

Withdraw: TypeAlias = Callable[[Order], None]
"""Takes an order that crosses an earlier one of its account out of the book, and tells (43)."""


class Indication(NamedTuple):
    """What an auction held now would give."""

    price: Price
    volume: Quantity
    surplus_side: Side | None
    """The side on which orders that accept the price stay open; None: there is no surplus."""
    surplus: Quantity


class Fill(NamedTuple):
    """A deal to be done at the cut-off price."""

    buy: Order
    sell: Order
    quantity: Quantity


def indicative(bids: Levels, asks: Levels, reference: Price | None) -> Indication | None:
    """Return the cut-off price of a crossed book, its volume and surplus; None without a cross (R-11, R-12).

    The prices looked at are those of the orders. The largest executable volume wins, then the least surplus, then the
    rule for ties. One pass over the levels that cross, from the lowest price up: demand falls, supply grows.
    """
    if not bids or not asks or bids[0][0] < asks[0][0]:
        return None
    low, high = asks[0][0], bids[0][0]
    buyers = {price: size for price, size in bids if price >= low}
    sellers = {price: size for price, size in asks if price <= high}
    demand, supply = sum(buyers.values()), 0
    best_volume = best_surplus = 0
    ties: list[tuple[Price, int]] = []
    for price in sorted(buyers.keys() | sellers.keys()):
        supply += sellers.get(price, 0)
        volume, surplus = min(demand, supply), demand - supply
        if (volume, -abs(surplus)) > (best_volume, -best_surplus):
            best_volume, best_surplus = volume, abs(surplus)
            ties.clear()
        if (volume, abs(surplus)) == (best_volume, best_surplus):
            ties.append((price, surplus))
        demand -= buyers.get(price, 0)
    price, surplus = _choose(ties, reference)
    side = Side.BUY if surplus > 0 else Side.SELL if surplus < 0 else None
    return Indication(price, best_volume, side, abs(surplus))


def _choose(ties: list[tuple[Price, int]], reference: Price | None) -> tuple[Price, int]:
    """Choose among prices, ascending, of equal volume and equal surplus (R-11 (3) to (5)).

    Surplus on the buy side at all of them: the highest; on the sell side: the lowest; else the nearest to the
    reference price; else, and where there is no reference, the higher.
    """
    if all(surplus > 0 for _, surplus in ties):
        return ties[-1]
    if all(surplus < 0 for _, surplus in ties):
        return ties[0]
    if reference is None:
        return ties[-1]
    return min(reversed(ties), key=lambda tie: abs(tie[0] - reference))


def crossing(book: Book) -> tuple[Levels, Levels]:
    """Return the levels of both sides that cross, best first, with the full size of their orders (R-12)."""
    bid, ask = book.halves[Side.BUY], book.halves[Side.SELL]
    if bid.best is None or ask.best is None:
        return (), ()
    return _levels(bid, ask.best.price), _levels(ask, bid.best.price)


def _levels(half: Half, limit: Price) -> Levels:
    found = []
    for level in half:
        if half.sign * (level.price - limit) < 0:
            break
        found.append((level.price, sum(order.leaves for order in level)))
    return found


def allocate(book: Book, indication: Indication) -> list[Fill]:
    """Pair buyers with sellers for the whole volume, by price, then by place in the queue (R-12).

    The first buyer meets the first seller; whoever is filled makes room for the next of that side.
    """
    fills = []
    buyers = _willing(book.halves[Side.BUY], indication.price)
    sellers = _willing(book.halves[Side.SELL], indication.price)
    open_volume, bought, sold = indication.volume, 0, 0
    buy = sell = None
    while open_volume:
        if buy is None or not bought:
            buy = next(buyers)
            bought = buy.leaves
        if sell is None or not sold:
            sell = next(sellers)
            sold = sell.leaves
        quantity = min(bought, sold, open_volume)
        fills.append(Fill(buy, sell, quantity))
        bought -= quantity
        sold -= quantity
        open_volume -= quantity
    return fills


def _willing(half: Half, price: Price) -> Iterator[Order]:
    """Iterate the orders of a side that accept a price, in their order of priority."""
    for level in half:
        if half.sign * (level.price - price) < 0:
            return
        yield from level


def uncross(book: Book, reference: Price | None, met: Met, withdraw: Withdraw) -> Indication | None:
    """Hold the auction: do all deals at the cut-off price; None, and no deal, where no cross is left (R-12).

    Afterwards the book is not crossed. A rest keeps its place; an iceberg shows its slice anew.
    """
    for order in own_crosses(book):
        withdraw(order)
    indication = indicative(*crossing(book), reference)
    if indication is None:
        return None
    for buy, sell, quantity in allocate(book, indication):
        _take(book, buy, quantity, indication.price)
        _take(book, sell, quantity, indication.price)
        met(buy, sell, quantity, indication.price)
    return indication


def _take(book: Book, order: Order, quantity: Quantity, price: Price) -> None:
    """Execute part of an order, hidden part included, without moving it in its queue."""
    level = order.level
    assert level is not None
    order.fill(quantity, price)
    if order.leaves == 0:
        book.remove(order)
        return
    level.visible += order.shown_at_most - order.visible
    order.visible = order.shown_at_most


def own_cross(book: Book, incoming: Order) -> Order | None:
    """Return the first order of the same account that an order entering or changed in standby would cross.

    Looked at before anything else that a cross may cause: such an order opens no standby and has no part in one (43).
    """
    for level in book.halves[incoming.side.other]:
        if not crosses(incoming, level.price):
            return None
        for order in level:
            if order.account == incoming.account and order is not incoming:
                return order
    return None


def own_crosses(book: Book) -> list[Order]:
    """Return the orders that cross an earlier order of their account which stays, in order of entry.

    They are judged in order of entry, so they are the ones `own_cross` would have kept out had it been asked.
    """
    bid, ask = book.halves[Side.BUY].best, book.halves[Side.SELL].best
    if bid is None or ask is None or bid.price < ask.price:
        return []
    dearest, cheapest = _best_of_each(bid.half, ask.price), _best_of_each(ask.half, bid.price)
    suspect = {name for name, price in dearest.items() if name in cheapest and price >= cheapest[name]}
    if not suspect:
        return []
    both = (*_willing(bid.half, ask.price), *_willing(ask.half, bid.price))
    judged = sorted((order for order in both if order.account in suspect), key=_entry)
    stays: dict[tuple[str, Side], Price] = {}  # the best price of those that stay
    leaves = []
    for order in judged:
        assert order.price is not None
        against = stays.get((order.account, order.side.other))
        if against is not None and crosses(order, against):
            leaves.append(order)
            continue
        key, better = (order.account, order.side), max if order.side is Side.BUY else min
        stays[key] = better(stays.get(key, order.price), order.price)
    return leaves


def _best_of_each(half: Half, price: Price) -> dict[str, Price]:
    """Return the best price of each account among the orders of a side that accept a price."""
    found: dict[str, Price] = {}
    for order in _willing(half, price):
        assert order.price is not None
        found.setdefault(order.account, order.price)
    return found


def _entry(order: Order) -> tuple[int, int, int, str]:
    """Return what sorts the orders of one instrument in time: their place, else entry and the number of the OrderID."""
    return order.priority, order.entered, len(order.order_id), order.order_id
