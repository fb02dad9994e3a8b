"""The allocation of a specialised trading: who gets how much of the volume at which price (domain.md; R-23).

The initiator has set a cut-off price. Limit orders at it or better for him are executed by price, at their own prices
or at the cut-off one; where the volume ends, the orders of that price share it pro rata or by time. Market orders have
at most their share of the volume, and get it at the weighted average of the executed limit orders; what they leave of
it goes to the limit orders (R-71). Orders stand in order of time; nothing here knows of books or events.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from kase_fix.messages.specialised import Allocation, AuctionTerms, Execution, OrderBook, Subject
from kase_fix.values.enums import Side
from kase_fix.values.numbers import PRICE_DECIMALS, Price, Quantity, divide_half_up

WHOLE = 10_000
"""All of a volume in hundredths of a per cent."""


class Bid(NamedTuple):
    """An order that takes part: its name, its price (None: a market order), its open quantity."""

    name: str
    price: Price | None
    quantity: Quantity


class Part(NamedTuple):
    """What an order gets, and at which price."""

    name: str
    quantity: Quantity
    price: Price
    market: bool = False


class Rule(NamedTuple):
    """How the volume is allocated."""

    dearest_first: bool
    """Whether a higher price is better for the initiator."""
    volume: Quantity
    market_share: int
    lot: Quantity
    step: Price
    """Least difference of two prices: averages are rounded to it, half up."""
    single: bool
    pro_rata: bool


def rule_of(terms: AuctionTerms, volume: Quantity, lot: Quantity, decimals: int) -> Rule:
    """Return the rule that terms mean for the volume the initiator sells or buys."""
    return Rule(
        (terms.side is Side.SELL) is not (terms.subject is Subject.YIELD),
        volume,
        terms.market_share,
        lot,
        step_of(decimals),
        terms.execution is Execution.SINGLE,
        terms.allocation is Allocation.PRO_RATA,
    )


def step_of(decimals: int) -> Price:
    """Return the least difference of two prices with so many decimals, in 10^-8."""
    return int(10 ** (PRICE_DECIMALS - decimals))


def as_good(price: Price, as_price: Price, dearest_first: bool) -> bool:
    """Tell whether a price is as good for the initiator as another, or better."""
    return price >= as_price if dearest_first else price <= as_price


def allocate(bids: Sequence[Bid], cut_off: Price, rule: Rule) -> list[Part]:
    """Return what each order gets: limit orders by price and time, then market ones by time; none gets nothing.

    Without a limit order at the cut-off price or better there is nothing to price market orders by: nobody gets
    anything. Where market orders leave limit ones nothing the cut-off price stands for the average (R-72).
    """
    limits = [bid for bid in bids if bid.price is not None and as_good(bid.price, cut_off, rule.dearest_first)]
    if not limits:
        return []
    market = [bid for bid in bids if bid.price is None]
    room = rule.volume * rule.market_share // WHOLE
    room = min(room - room % rule.lot, sum(bid.quantity for bid in market))
    parts = [
        Part(bid.name, quantity, cut_off if rule.single or bid.price is None else bid.price)
        for bid, quantity in _by_price(limits, rule.volume - room, rule)
    ]
    average = average_of(((part.price, part.quantity) for part in parts), rule.step)
    price = cut_off if average is None else average
    parts += [Part(bid.name, quantity, price, market=True) for bid, quantity in _share(market, room, rule)]
    return [part for part in parts if part.quantity]


def average_of(priced: Iterable[tuple[Price, Quantity]], step: Price) -> Price | None:
    """Return the weighted average of prices, rounded half up to the step; None where there are none."""
    value = volume = 0
    for price, quantity in priced:
        value += price * quantity
        volume += quantity
    return divide_half_up(value, volume * step) * step if volume else None


def statistics(orders: Sequence[tuple[bool, Price | None, Quantity]], declared: Quantity, step: Price) -> OrderBook:
    """Return the statistics of orders: (is a market order, its price, its quantity), against the declared volume."""
    limit = [quantity for market, _, quantity in orders if not market]
    market = [quantity for market, _, quantity in orders if market]
    priced = [(price, quantity) for _, price, quantity in orders if price is not None]
    return OrderBook(
        len(orders),
        len(limit),
        len(market),
        sum(limit) + sum(market),
        sum(limit),
        sum(market),
        divide_half_up((sum(limit) + sum(market)) * WHOLE, declared),
        min((price for price, _ in priced), default=None),
        max((price for price, _ in priced), default=None),
        average_of(priced, step),
    )


def _by_price(limits: list[Bid], volume: Quantity, rule: Rule) -> list[tuple[Bid, Quantity]]:
    """Fill limit orders by price; those of the price at which the volume ends share what is left of it."""
    sign = -1 if rule.dearest_first else 1
    ordered = sorted(limits, key=lambda bid: sign * (bid.price or 0))  # stable: by time within a price
    given: list[tuple[Bid, Quantity]] = []
    for _, level in groupby(ordered, key=lambda bid: bid.price):
        shared = _share(list(level), volume, rule)
        given += shared
        volume -= sum(quantity for _, quantity in shared)
    return given


def _share(bids: list[Bid], volume: Quantity, rule: Rule) -> list[tuple[Bid, Quantity]]:
    """Divide a volume among orders of equal right: pro rata, rounded down to the lot, the rest by time (R-23)."""
    wanted = sum(bid.quantity for bid in bids)
    given = [0] * len(bids)
    if rule.pro_rata and wanted > volume:
        given = [bid.quantity * volume // wanted // rule.lot * rule.lot for bid in bids]
    left = volume - sum(given)
    for place, bid in enumerate(bids):
        more = min(bid.quantity - given[place], left)
        given[place] += more
        left -= more
    return list(zip(bids, given, strict=True))
