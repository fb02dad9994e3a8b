"""Limits of deviation (art. 8): how far from the last deal a price may be. Exact integers, nothing is rounded."""

from kase_fix.messages.configuration import Group
from kase_fix.messages.events import Refusal
from kase_fix.rulebook.refusals import BEYOND_LIMIT
from kase_fix.values.numbers import Price, format_decimal, format_price


def reaches_limit(price: Price, last: Price, limit_hundredths: int) -> bool:
    """Tell whether the price is away from the last deal by the limit or more (art. 1 p. 1 sp. 1).

    `limit_hundredths` is in hundredths of a per cent. A price exactly at the limit reaches it.
    """
    return abs(price - last) * 10_000 >= limit_hundredths * abs(last)


def within_overridable_limit(price: Price | None, last: Price | None, group: Group) -> Refusal | None:
    """Refuse a price that strays from the last deal by the limit or more (art. 8 p. 3; art. 12 p. 8, 13 p. 7, 14 p. 7).

    Without a last deal, without a price or where the group sets none (art. 11 p. 8) there is no limit.
    """
    limit = group.limit_hundredths
    if limit is None or price is None or last is None or not reaches_limit(price, last, limit):
        return None
    decimals = group.price_decimals
    found = (format_price(price, decimals), format_decimal(limit, 2, 0), format_price(last, decimals))
    return Refusal(BEYOND_LIMIT, group.clauses.limit, found)
