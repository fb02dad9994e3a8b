"""What a cut-off price gives: who gets how much, and the book of results of it."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from kase_fix.clearing.bond_yields import price_of_yield
from kase_fix.engine.state import State, Trading
from kase_fix.matching.order import Order
from kase_fix.matching.specialised import Bid, Part, allocate, rule_of, statistics, step_of
from kase_fix.matching.specialised_clock import Specialised
from kase_fix.messages.specialised import BookOfResults, Subject
from kase_fix.values.numbers import Price, Quantity


class Outcome(NamedTuple):
    """The parts of the volume in the subject's terms, and the price of each deal."""

    parts: list[Part]
    results: BookOfResults
    price_of: Callable[[Part], Price]
    """The price a part is dealt at: its own, or of a yield the clean price it means."""


def outcome_of(state: State, trading: Trading, cut_off: Price, volume: Quantity) -> Outcome:
    """Return what a cut-off price for a volume would give now; nothing changes."""
    auction = state.specialised[trading.key]
    rule = rule_of(auction.terms, volume, trading.group.lot, trading.group.price_decimals)
    bids = [Bid(order.order_id, order.price, order.leaves) for order in _counting(trading)]
    parts = allocate(bids, cut_off, rule)

    def price_of(part: Part) -> Price:
        price = dealt_at(state, trading, auction, part.price)
        assert price is not None  # asked before the cut-off order was admitted
        return price

    return Outcome(parts, results_of(trading, auction, cut_off, parts), price_of)


def results_of(trading: Trading, auction: Specialised, cut_off: Price | None, parts: Iterable[Part]) -> BookOfResults:
    """Return the book of results: all orders as submitted, those that count, and what was executed."""
    declared, step = auction.terms.volume, step_of(trading.group.price_decimals)
    submitted = [(one.price is None, one.price, one.quantity) for one in auction.submitted.values()]
    active = [(order.price is None, order.price, order.leaves) for order in _counting(trading)]
    satisfied = [(part.market, part.price, part.quantity) for part in parts]
    return BookOfResults(
        len({one.firm for one in auction.submitted.values()}),
        statistics(submitted, declared, step),
        statistics(active, declared, step),
        statistics(satisfied, declared, step),
        cut_off,
    )


def real_price(state: State, trading: Trading, price: Price) -> Price | None:
    """Return what an order's price means in money or % of par: itself, but in an auction by yield its clean price."""
    auction = state.specialised.get(trading.key)
    return price if auction is None else dealt_at(state, trading, auction, price)


def dealt_at(state: State, trading: Trading, auction: Specialised, price: Price) -> Price | None:
    """Return the price of a deal: a yield means the clean price it gives on the settlement date; None: it has none."""
    bond = trading.instrument.bond
    if auction.terms.subject is not Subject.YIELD:
        return price
    if bond is None:
        return None
    return price_of_yield(bond, state.settlement[trading.symbol], price, trading.group.price_decimals)


def _counting(trading: Trading) -> list[Order]:
    """Return the orders that need no confirmation or have it, in order of time."""
    living = sorted(trading.apart.values(), key=lambda order: order.priority)
    return [order for order in living if order.pending is None]
