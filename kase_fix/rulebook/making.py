"""What a market maker is bound to, as small rules: for admission at entry, for the measure all the time (R-155, R-156).

A side of his quote is his best price and what he shows there: the size is kept at the best price, not behind it.
"""

from typing import NamedTuple

from kase_fix.messages.configuration import Group, Instrument
from kase_fix.messages.making import Liability
from kase_fix.rulebook.price_kind import CLEAN
from kase_fix.values.numbers import PRICE_SCALE, Money, Price, Quantity, divide_half_up, money_of

NO_BUY, NO_SELL, SPREAD, QUANTITY, VOLUME, DEVIATION = "NO_BUY", "NO_SELL", "SPREAD", "QTY", "VOL", "DEVIATION"
"""In what a quote may fall short: MMWarningType(5141)."""
WHOLE = 10_000
"""A hundred per cent in hundredths of one."""


class Quote(NamedTuple):
    """One side: the best price, the quantity shown at it."""

    price: Price
    quantity: Quantity


def has_volume(group: Group) -> bool:
    """Tell whether a quantity at a price of the group's instruments is money: yields are none."""
    return group.price_kind != "yield"


def volume_of(instrument: Instrument, group: Group, quote: Quote) -> Money:
    """Return what a side comes to in minor units of the quote; clean bonds without interest, yields 0."""
    if not has_volume(group):
        return 0
    if instrument.bond is not None and instrument.price_kind == CLEAN:
        return divide_half_up(instrument.bond.nominal * quote.price * quote.quantity, 100 * PRICE_SCALE)
    return money_of(quote.price, quote.quantity)


def spread_too_wide(liability: Liability, buy: Price, sell: Price) -> bool:
    """Tell whether two prices are wider apart than the liability allows; per cent are of the price to buy."""
    spread = sell - buy
    if liability.spread is not None and spread > liability.spread:
        return True
    return liability.spread_hundredths is not None and spread * WHOLE > liability.spread_hundredths * buy


def strays(liability: Liability, price: Price, last_day: Price | None) -> bool:
    """Tell whether a price is farther from the last day's than the liability allows; without one none is."""
    if liability.deviation_hundredths is None or last_day is None:
        return False
    return abs(price - last_day) * WHOLE > liability.deviation_hundredths * last_day


def shortfalls(
    liability: Liability,
    instrument: Instrument,
    group: Group,
    buy: Quote | None,
    sell: Quote | None,
    last_day: Price | None,
) -> tuple[str, ...]:
    """Return in what a quote falls short of the liability, in this module's order; empty: it is kept."""
    sides = [side for side in (buy, sell) if side is not None]
    least, volume = liability.quantity or 0, liability.volume or 0
    found = (
        (NO_BUY, buy is None),
        (NO_SELL, sell is None),
        (SPREAD, buy is not None and sell is not None and spread_too_wide(liability, buy.price, sell.price)),
        (QUANTITY, any(side.quantity < least for side in sides)),
        (VOLUME, any(volume_of(instrument, group, side) < volume for side in sides)),
        (DEVIATION, any(strays(liability, side.price, last_day) for side in sides)),
    )
    return tuple(kind for kind, is_short in found if is_short)
