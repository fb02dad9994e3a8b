"""Sizes of orders: lots, the dollar's ladder of least sizes, greatest size, the visible part of an iceberg.

A quantity counts units of the traded currency (R-29). Direct deals know no lots (art. 2 p. 5): their method leaves
these rules out.
"""

from kase_fix.messages.configuration import Group, Instrument, LotLadder
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook.refusals import (
    ABOVE_MAXIMUM,
    BELOW_MINIMUM,
    DISPLAY_NOT_IN_LOTS,
    KIND_NOT_ENABLED,
    NOT_IN_LOTS,
    ZERO_QUANTITY,
)
from kase_fix.values.enums import LIMITED, OrderKind
from kase_fix.values.numbers import Price, Quantity, divide_half_up, format_decimal, format_price


def lot_of(instrument: Instrument, group: Group) -> Quantity:
    """Return the instrument's own lot where its seller sets one (art. 26 p. 1), else its group's (art. 2 p. 5)."""
    return group.lot if instrument.lot is None else instrument.lot


def quantity_positive(quantity: Quantity, group: Group) -> Refusal | None:
    """Refuse a quantity of zero or less: no lot is so small (art. 11 p. 5, 12 p. 5, 13 p. 4, 14 p. 4)."""
    return None if quantity > 0 else Refusal(ZERO_QUANTITY, group.clauses.lot, (str(quantity),))


def quantity_in_lots(quantity: Quantity, group: Group) -> Refusal | None:
    """Refuse a quantity that is no multiple of the lot (art. 11 p. 5, 12 p. 5, 13 p. 4, 14 p. 4)."""
    if quantity % group.lot == 0:
        return None
    return Refusal(NOT_IN_LOTS, group.clauses.lot, (str(quantity), str(group.lot)))


def quantity_within_maximum(quantity: Quantity, group: Group) -> Refusal | None:
    """Refuse a quantity above the greatest the group's setting allows (lots and sizes: art. 2 p. 5)."""
    if quantity <= group.max_quantity:
        return None
    return Refusal(ABOVE_MAXIMUM, group.clauses.lot, (str(quantity), str(group.max_quantity)))


def deviation_hundredths(price: Price, last: Price) -> int:
    """Return |price - last| / |last| in hundredths of a per cent, rounded half up (annex 1; R-8)."""
    return divide_half_up(abs(price - last) * 10_000, abs(last))


def least_quantity(price: Price, last: Price, ladder: LotLadder) -> Quantity:
    """Return the least order size at this price; beyond the last row the last row holds (annex 1; R-8)."""
    deviation = deviation_hundredths(price, last)
    for step in ladder.steps:
        if deviation <= step.up_to_hundredths:
            return step.least
    return ladder.steps[-1].least


def quantity_by_ladder(
    quantity: Quantity, price: Price | None, last: Price | None, group: Group, ladder: LotLadder | None
) -> Refusal | None:
    """Refuse a quantity below the least for its price's deviation from the last deal (art. 11 p. 5, annex 1; R-8).

    `price` is the limit, or for a market order the worst price it would trade at (None where it would not trade);
    `quantity` is the order's full size, an iceberg's too. Without a last deal only the multiple of the lot applies.
    """
    if ladder is None or price is None or not last:
        return None
    least = least_quantity(price, last, ladder)
    if quantity >= least:
        return None
    deviation = format_decimal(deviation_hundredths(price, last), 2, 2)
    found = (str(quantity), str(least), deviation, format_price(last, group.price_decimals))
    return Refusal(BELOW_MINIMUM, ladder.clause, found)


def display_in_lots(
    display: Quantity | None, quantity: Quantity, kind: OrderKind, symbol: str, group: Group
) -> Refusal | None:
    """Refuse a visible part (MaxFloor) that is no positive multiple of the lot or exceeds the order (art. 2 p. 5).

    Only limit orders, stop-limit ones too, may hide a part: no market order ever stands in the book (art. 7 p. 1).
    """
    if display is None:
        return None
    if kind not in (*LIMITED, OrderKind.STOP_LIMIT):
        found = (f"{kind.name.lower().replace('_', ' ')} with a visible quantity", symbol)
        return Refusal(KIND_NOT_ENABLED, "art. 7 p. 1", found)
    if 0 < display <= quantity and display % group.lot == 0:
        return None
    return Refusal(DISPLAY_NOT_IN_LOTS, group.clauses.lot, (str(display), str(group.lot), str(quantity)))
