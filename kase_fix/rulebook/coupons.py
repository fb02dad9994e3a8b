"""Coupon dates, the periods between them and the interest accrued in one: QuantLib for dates and day counts alone.

Dates and whole days are exact; what QuantLib computes in floats is not used. Fractions of a year are rationals, amounts
integers. Nothing here moves a coupon to a working day: when it is paid is the paying agent's matter.
"""

import datetime as dt
import functools
from fractions import Fraction
from typing import NamedTuple

import QuantLib

from kase_fix.messages.configuration import BondTerms
from kase_fix.rulebook.price_kind import MONTHS_A_YEAR, later
from kase_fix.values.numbers import PRICE_SCALE, Money, Price, divide_half_up

DAY_COUNTS = {
    "30/360": (QuantLib.Thirty360(QuantLib.Thirty360.European), 360),
    "actual/365": (QuantLib.Actual365Fixed(), 365),
    "actual/360": (QuantLib.Actual360(), 360),
}
"""How the days between two dates are counted, and how many make a year; actual/actual goes by the coupon period."""


class Period(NamedTuple):
    """A coupon period: interest runs from `start` on and is paid on `end`."""

    start: dt.date
    end: dt.date


class Payment(NamedTuple):
    """What a security still pays: when, counted from a date in coupon periods, and how much, in 10^-8 % of par."""

    periods: Fraction
    amount: Fraction


def coupon_dates(terms: BondTerms, until: dt.date | None = None) -> tuple[dt.date, ...]:
    """Return the dates coupons are due, counted from the date of issue, the last on maturity (annex 2 p. 1 sp. 3, 5).

    A security without a fixed maturity has as many as begin before `until`. Raises `ValueError` where neither is there.
    """
    if terms.coupon_kind == "none":
        return ()
    last = terms.matures or until
    if last is None:
        raise ValueError("a schedule without end needs a date until which it is asked for")
    if last <= terms.issued:
        return ()
    months = MONTHS_A_YEAR // terms.coupons_a_year
    if terms.matures is None:  # whole periods only: there is no last one that could be shorter
        gone = (last.year - terms.issued.year) * MONTHS_A_YEAR + last.month - terms.issued.month
        last = later(terms.issued, (gone // months + 1) * months)
    schedule = QuantLib.Schedule(
        _quantlib(terms.issued),
        _quantlib(last),
        QuantLib.Period(months, QuantLib.Months),
        QuantLib.NullCalendar(),
        QuantLib.Unadjusted,
        QuantLib.Unadjusted,
        QuantLib.DateGeneration.Forward,
        False,
    )
    return tuple(dt.date(day.year(), day.month(), day.dayOfMonth()) for day in schedule)[1:]


def period_of(terms: BondTerms, date: dt.date) -> Period | None:
    """Return the coupon period that the date lies in; on a coupon's date the next one has begun."""
    if date < terms.issued:
        return None
    start = terms.issued
    for end in coupon_dates(terms, date + dt.timedelta(days=1)):
        if date < end:
            return Period(start, end)
        start = end
    return None


def year_fraction(terms: BondTerms, period: Period, date: dt.date) -> Fraction:
    """Return the part of a year from the period's start to the date, by the security's day count (annex 2 p. 1 sp. 6).

    Actual/actual counts days of a whole coupon period, so that each whole period is the same part of a year.
    """
    if terms.day_count == "actual/actual":
        whole = (regular_end(terms, period) - period.start).days
        return Fraction((date - period.start).days, whole * terms.coupons_a_year)
    return _fraction(terms.day_count, period.start, date)


def regular_end(terms: BondTerms, period: Period) -> dt.date:
    """Return when the period would end were it whole: later than its end where the last one is shorter.

    Counted from the date of issue, as coupon dates are: half a year after 29 February may be 31 August.
    """
    issued, start = terms.issued, period.start
    gone = (start.year - issued.year) * MONTHS_A_YEAR + start.month - issued.month
    return later(issued, gone + MONTHS_A_YEAR // terms.coupons_a_year)


def years_between(terms: BondTerms, start: dt.date, end: dt.date) -> Fraction:
    """Return the years between two dates by the security's day count, where no coupon period divides them."""
    if terms.day_count == "actual/actual":
        return Fraction((end - start).days, (later(start, MONTHS_A_YEAR) - start).days)
    return _fraction(terms.day_count, start, end)


def accrued(terms: BondTerms, date: dt.date) -> Price | None:
    """Return the interest accrued by the date in % of par, rounded half up; None where the coupon is unknown."""
    interest = accrued_exactly(terms, date)
    return None if interest is None else divide_half_up(interest.numerator, interest.denominator)


@functools.lru_cache(maxsize=4096)  # asked for every order that is covered, of few securities and dates
def accrued_per_security(terms: BondTerms, date: dt.date) -> Money | None:
    """Return the interest accrued by the date on one security in minor units of par's currency, rounded half up.

    It is rounded for one security, so that interest on many is so many times that. None: the coupon is unknown.
    """
    interest = accrued_exactly(terms, date)
    if interest is None:
        return None
    money = terms.nominal * interest / (100 * PRICE_SCALE)
    return divide_half_up(money.numerator, money.denominator)


def accrued_exactly(terms: BondTerms, date: dt.date) -> Fraction | None:
    """Return the interest accrued by the date in 10^-8 % of par, not rounded; None where the coupon is unknown."""
    if terms.coupon_kind == "none":
        return Fraction(0)
    if terms.coupon is None:
        return None
    period = period_of(terms, date)
    return Fraction(0) if period is None else terms.coupon * year_fraction(terms, period, date)


def payments(terms: BondTerms, date: dt.date) -> tuple[Payment, ...]:
    """Return what a security with a known coupon and a maturity pays after the date, par with the last coupon.

    The time to the next coupon is what is left of its period, by the day count; each whole period after it counts 1.
    """
    current = period_of(terms, date)
    if current is None or terms.coupon is None:
        return ()
    elapsed = _length(terms, current, date)
    found: list[Payment] = []
    periods, start = -elapsed, current.start
    for end in (day for day in coupon_dates(terms) if day > date):
        period = Period(start, end)
        periods += _length(terms, period, end)
        found.append(Payment(periods, terms.coupon * year_fraction(terms, period, end)))
        start = end
    last = found.pop()
    return (*found, last._replace(amount=last.amount + 100 * PRICE_SCALE))


def _length(terms: BondTerms, period: Period, date: dt.date) -> Fraction:
    """Return the part of a whole coupon period from the period's start to the date."""
    return year_fraction(terms, period, date) / year_fraction(terms, period, regular_end(terms, period))


def _fraction(day_count: str, start: dt.date, end: dt.date) -> Fraction:
    counter, year = DAY_COUNTS[day_count]
    return Fraction(counter.dayCount(_quantlib(start), _quantlib(end)), year)


def _quantlib(date: dt.date) -> QuantLib.Date:
    return QuantLib.Date(date.day, date.month, date.year)
