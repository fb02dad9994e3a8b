"""Yield to maturity of a clean price, and the clean price of a yield, as auctions by yield need it.

Prices are % of par, yields % p.a., both 10^-8. Coupons are compounded as often as they are paid, over the part of the
present period that is left and whole periods after it; with one payment left, and without coupons up to a year,
interest is simple; without coupons beyond a year it is compounded yearly. Powers of fractions are decimals of fixed
precision: unlike floats they are the same on every machine.
"""

import datetime as dt
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction
from typing import TypeAlias

from kase_fix.messages.configuration import BondTerms
from kase_fix.rulebook.coupons import accrued_exactly, payments, years_between
from kase_fix.values.numbers import PRICE_DECIMALS, PRICE_SCALE, Price

DECIMALS = 4
"""Of prices in % of par and of yields (art. 24; the groups' `price_decimals`)."""
PRECISION = Context(prec=40, rounding=ROUND_HALF_UP)
PAR: Price = 100 * PRICE_SCALE
FIRST_STEP: Price = 16 * PRICE_SCALE
"""A yield is first looked for between nothing and this, then further out, four times as far at each step."""
GREATEST_YIELD: Price = 1_000_000 * PRICE_SCALE
"""Beyond it no yield is looked for: a price next to nothing on the eve of maturity."""

Curve: TypeAlias = Callable[[Price], Decimal]
"""Clean price in 10^-8 % of par by yield, falling; the yield is above -100 % for one compounding."""


def has_yield(terms: BondTerms) -> bool:
    """Tell whether all that the security will pay is known: a maturity, coupons fixed, nothing but these and par."""
    if terms.matures is None or terms.indexed or terms.amortised or terms.capitalised or terms.other_payments:
        return False
    return terms.coupon_kind == "none" or (
        terms.coupon_kind == "fixed" and terms.coupon is not None and terms.same_dates
    )


def price_of_yield(terms: BondTerms, settlement: dt.date, rate: Price, decimals: int = DECIMALS) -> Price | None:
    """Return the clean price of a yield, rounded half up; None where the terms or the date have none."""
    curve = _curve(terms, settlement)
    if curve is None or rate <= _least(terms):
        return None
    step: Price = 10 ** (PRICE_DECIMALS - decimals)
    with localcontext(PRECISION):
        return int((curve(rate) / step).to_integral_value()) * step


def yield_of_price(terms: BondTerms, settlement: dt.date, price: Price, decimals: int = DECIMALS) -> Price | None:
    """Return the yield to maturity of a clean price, rounded half up (at 8 decimals cut off); None: it has none."""
    curve = _curve(terms, settlement)
    if curve is None:
        return None
    with localcontext(PRECISION):
        found = _solve(curve, price, _least(terms) // 2)
    if found is None:
        return None
    # The yield lies in [found, found + 1), which is enough to tell how it rounds.
    step: Price = 10 ** (PRICE_DECIMALS - decimals)
    return (found + step // 2) // step * step


def _curve(terms: BondTerms, settlement: dt.date) -> Curve | None:
    if not has_yield(terms) or terms.matures is None or not terms.issued <= settlement < terms.matures:
        return None
    if terms.coupon_kind == "none":
        return _without_coupons(years_between(terms, settlement, terms.matures))
    return _with_coupons(terms, settlement)


def _solve(curve: Curve, price: Price, least: Price) -> Price | None:
    """Return the greatest whole yield whose price is not below this one, by the false position; None: none in bounds.

    A side that stays has its weight halved (Illinois), so that a dozen steps do where halving takes fifty.
    """
    low, high = (0, FIRST_STEP) if curve(0) >= price else (-FIRST_STEP, 0)
    while curve(high) >= price:
        if high >= GREATEST_YIELD:
            return None
        low, high = high, min(high * 4, GREATEST_YIELD)
    while curve(low) < price:
        if low <= least:
            return None
        low, high = max(low * 4, least), low
    above, below = curve(low) - price, price - curve(high)
    stayed = 0
    while high - low > 1:
        middle = low + int((high - low) * above / (above + below))
        middle = min(max(middle, low + 1), high - 1)
        value = curve(middle) - price
        if value >= 0:
            low, above, below = middle, value, below / 2 if stayed > 0 else below
            stayed = 1
        else:
            high, below, above = middle, -value, above / 2 if stayed < 0 else above
            stayed = -1
    return low


def _without_coupons(years: Fraction) -> Curve:
    time = _decimal(years)

    def price(rate: Price) -> Decimal:
        growth = Decimal(rate) / PAR
        factor: Decimal = 1 + growth * time if years <= 1 else (1 + growth) ** time
        return PAR / factor

    return price


def _with_coupons(terms: BondTerms, settlement: dt.date) -> Curve:
    times, amounts = zip(*payments(terms, settlement), strict=True)
    # The first time is a part of a period, all others but a shorter last one follow at whole periods.
    steps = [_decimal(time - before) for before, time in zip((Fraction(0), *times), times, strict=False)]
    flows = [_decimal(amount) for amount in amounts]
    accrued = _decimal(accrued_exactly(terms, settlement) or Fraction(0))
    compoundings = terms.coupons_a_year

    def price(rate: Price) -> Decimal:
        growth = Decimal(rate) / PAR / compoundings
        if len(flows) == 1:
            return flows[0] / (1 + growth * steps[0]) - accrued
        whole = 1 / (1 + growth)
        worth, discount = Decimal(0), Decimal(1)
        for step, flow in zip(steps, flows, strict=True):
            discount *= whole if step == 1 else whole**step
            worth += flow * discount
        return worth - accrued

    return price


def _least(terms: BondTerms) -> Price:
    """Return the yield at which one compounding leaves nothing; no yield is that low."""
    return -PAR * (1 if terms.coupon_kind == "none" else terms.coupons_a_year)


def _decimal(number: Fraction) -> Decimal:
    with localcontext(PRECISION):
        return Decimal(number.numerator) / number.denominator
