"""Prices of orders: present where needed, positive, on the grid, not absurd. Units: 10^-8 of the quoted currency."""

from kase_fix.messages.configuration import Group
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook.refusals import (
    PRICE_ABOVE_MAXIMUM,
    PRICE_MISSING,
    PRICE_NOT_POSITIVE,
    PRICE_NOT_WANTED,
    PRICE_OFF_GRID,
)
from kase_fix.rulebook.refusals_of_stops import (
    STOP_NOT_ABOVE,
    STOP_NOT_BELOW,
    STOP_PRICE_MISSING,
    STOP_PRICE_NOT_WANTED,
)
from kase_fix.values.enums import LIMITED, STOPS, OrderKind, Side
from kase_fix.values.numbers import PRICE_SCALE, Price, format_price

PRICED = (*LIMITED, OrderKind.STOP_LIMIT)


def price_suits_kind(price: Price | None, kind: OrderKind, group: Group) -> Refusal | None:
    """Refuse a limit order without a price and a market order with one (art. 11 p. 6, 12 p. 6, 13 p. 5, 14 p. 5)."""
    if kind in PRICED:
        return Refusal(PRICE_MISSING, group.clauses.price) if price is None else None
    return None if price is None else Refusal(PRICE_NOT_WANTED, group.clauses.price)


def stop_price_suits_kind(price: Price | None, kind: OrderKind, group: Group) -> Refusal | None:
    """Refuse a stop order without a stop price, and any other with one (R-150)."""
    if kind in STOPS:
        return Refusal(STOP_PRICE_MISSING, group.clauses.price) if price is None else None
    return None if price is None else Refusal(STOP_PRICE_NOT_WANTED, group.clauses.price)


def stop_beyond(price: Price, last: Price, side: Side, group: Group) -> Refusal | None:
    """Refuse a stop price that the last deal has reached already: such an order would wait for nothing (R-150)."""
    if price > last if side is Side.BUY else price < last:
        return None
    found = (format_price(price, group.price_decimals), format_price(last, group.price_decimals))
    return Refusal(STOP_NOT_ABOVE if side is Side.BUY else STOP_NOT_BELOW, group.clauses.price, found)


def price_positive(price: Price | None, group: Group) -> Refusal | None:
    """Refuse a price of zero or less: it is so many tenge or dollars for one unit (art. 11 p. 6, 12 p. 6, ...).

    A yield, as of swaps and repo, may be negative (art. 15 p. 10, 40 p. 2).
    """
    if price is None or price > 0 or group.price_kind == "yield":
        return None
    return Refusal(PRICE_NOT_POSITIVE, group.clauses.price, (format_price(price, group.price_decimals),))


def price_on_grid(price: Price | None, group: Group) -> Refusal | None:
    """Refuse a price with more decimals than the group's (art. 11 p. 6, 12 p. 6, 13 p. 5, 14 p. 5)."""
    if price is None or price % price_step(group) == 0:
        return None
    found = (format_price(price, group.price_decimals), str(group.price_decimals))
    return Refusal(PRICE_OFF_GRID, group.clauses.price, found)


def price_within_maximum(price: Price | None, group: Group) -> Refusal | None:
    """Refuse a price above the greatest the group's setting allows; it keeps the arithmetic within its bounds.

    A yield is bounded below as well.
    """
    if price is None or abs(price) <= group.max_price:
        return None
    decimals = group.price_decimals
    found = (format_price(price, decimals), format_price(group.max_price, decimals))
    return Refusal(PRICE_ABOVE_MAXIMUM, group.clauses.price, found)


def price_step(group: Group) -> Price:
    """Return the step of the group's prices in 10^-8 of the quoted unit."""
    step: Price = PRICE_SCALE // 10**group.price_decimals
    return step
