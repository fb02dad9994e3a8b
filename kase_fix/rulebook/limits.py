"""Limits of deviation (art. 8): how far from the last deal a price may be. Exact integers, nothing is rounded."""

from kase_fix.messages.configuration import Group
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook.refusals import BEYOND_HARD_LIMIT, BEYOND_LIMIT, NEAR_LIMIT
from kase_fix.values.numbers import Price, format_decimal, format_price


def reaches_limit(price: Price, last: Price, limit_hundredths: int) -> bool:
    """Tell whether the price is away from the last deal by the limit or more (art. 1 p. 1 sp. 1).

    `limit_hundredths` is in hundredths of a per cent. A price exactly at the limit reaches it.
    """
    return abs(price - last) * 10_000 >= limit_hundredths * abs(last)


def refuse_beyond(price: Price | None, reference: Price | None, hundredths: int | None, group: Group) -> Refusal | None:
    """Refuse a price at or beyond an overridable limit as it stands today (art. 8 p. 3; art. 18, 22, 31).

    `hundredths` is the group's limit or what the makler has made of it; None: there is none. `reference` is the price
    it is measured from; without one there is no limit.
    """
    return _beyond(price, reference, hundredths, group, BEYOND_LIMIT, group.clauses.limit)


def refuse_beyond_hard(
    price: Price | None, reference: Price | None, hundredths: int | None, group: Group
) -> Refusal | None:
    """Refuse a price at or beyond a hard limit (art. 8 p. 4)."""
    return _beyond(price, reference, hundredths, group, BEYOND_HARD_LIMIT, "art. 8 p. 4")


def warn_near(price: Price | None, reference: Price | None, group: Group) -> Refusal | None:
    """Return the warning a price deserves that reaches the warning limit; the order stands (art. 8 p. 2)."""
    return _beyond(price, reference, group.warning_hundredths, group, NEAR_LIMIT, "art. 8 p. 2")


def _beyond(
    price: Price | None, reference: Price | None, hundredths: int | None, group: Group, code: str, clause: str
) -> Refusal | None:
    if hundredths is None or price is None or reference is None or not reaches_limit(price, reference, hundredths):
        return None
    decimals = group.price_decimals
    found = (format_price(price, decimals), format_decimal(hundredths, 2, 0), format_price(reference, decimals))
    return Refusal(code, clause, found)
