"""What a currency swap consists of: two deals in the currency, opposite, on two dates (art. 15; R-27).

A swap's price is a yield in % p.a., its quantity units of the currency (art. 15 p. 9, 10). Who buys the swap buys the
currency in the first leg and sells it back in the second.
"""

from typing import NamedTuple

from kase_fix.calendar.swaps import Legs
from kase_fix.clearing.legs import Leg, leg, on_grid, with_interest
from kase_fix.values.enums import Side
from kase_fix.values.numbers import Price, Quantity


class Swap(NamedTuple):
    """Both legs as the swap's buyer has them; its seller has the `mirror`."""

    first: Leg
    second: Leg

    @property
    def mirror(self) -> "Swap":
        """Return the swap as its seller has it."""
        return Swap(self.first.mirror, self.second.mirror)


def base_price(last: Price | None, average: Price | None) -> Price | None:
    """Return P1 of R-27: the last deal of the first leg's instrument, else its previous day's weighted average.

    None: there is neither, and no swap can be computed (42).
    """
    return average if last is None else last


def swap(base: Price, rate: Price, quantity: Quantity, dates: Legs, decimals: int) -> Swap:
    """Return the legs of a swap at the yield `rate` on P1 `base` (10^-8); `decimals` are the pair's (R-27).

    P1 that is an average is first rounded half up to the pair's decimals: a leg has a price its pair could trade at. P2
    is P1 x (1 + rate / 100 x days / 365), by the calendar days between both settlement dates.
    """
    price = on_grid(base, decimals)
    second = with_interest(price, rate, (dates.second - dates.first).days, decimals)
    return Swap(leg(Side.BUY, price, quantity, dates.first), leg(Side.SELL, second, quantity, dates.second))
