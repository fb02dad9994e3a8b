"""A leg: one of the two deals a swap or a repo is made of, and the price that interest makes of a price.

Units: prices 10^-8 of the quoted currency for one unit, rates 10^-8 % p.a. (may be negative), amounts minor units. Both
sides of a deal take the same amount, so what one pays is what the other gets.
"""

import datetime as dt
from typing import NamedTuple

from kase_fix.values.enums import Side
from kase_fix.values.numbers import PRICE_DECIMALS, PRICE_SCALE, Money, Price, Quantity, divide_half_up, money_of

DAYS_A_YEAR = 365
"""Swaps and repo count calendar days of a year of 365, leap years too (R-24, R-27)."""


class Leg(NamedTuple):
    """One leg as its holder sees it; the counterparty's is its `mirror`."""

    side: Side
    price: Price
    quantity: Quantity
    """Units of the currency, or securities."""
    settlement: dt.date
    amount: Money
    """Price x quantity, rounded half up; never signed."""

    @property
    def mirror(self) -> "Leg":
        """Return the same leg as the counterparty sees it."""
        return self._replace(side=self.side.other)

    @property
    def gets(self) -> Quantity:
        """What the holder gets of what is traded; negative: delivers."""
        return self.quantity if self.side is Side.BUY else -self.quantity

    @property
    def pays(self) -> Money:
        """What the holder pays in minor units of the quote; negative: is paid."""
        return self.amount if self.side is Side.BUY else -self.amount


def leg(side: Side, price: Price, quantity: Quantity, settlement: dt.date) -> Leg:
    """Return the leg with its amount."""
    return Leg(side, price, quantity, settlement, money_of(price, quantity))


def on_grid(price: Price, decimals: int) -> Price:
    """Return the price rounded half up to so many decimals."""
    return _rounded(price, 1, decimals)


def with_interest(price: Price, rate: Price, days: int, decimals: int) -> Price:
    """Return price x (1 + rate / 100 x days / 365), rounded half up to so many decimals (R-24, R-27).

    The whole price is rounded, not the interest: at a negative rate 365.00 less 0.005 is 364.995 and gives 365.00. Only
    a rate that eats up all of the price gives less than nothing, which `divide_half_up` rounds away from zero.
    """
    year = DAYS_A_YEAR * 100 * PRICE_SCALE
    return _rounded(price * (year + rate * days), year, decimals)


def _rounded(numerator: int, denominator: int, decimals: int) -> Price:
    step: Price = 10 ** (PRICE_DECIMALS - decimals)
    return divide_half_up(numerator, denominator * step) * step
