"""Coupon dates, the periods between them and the interest accrued in one: QuantLib for dates and day counts alone.

Dates and whole days are exact; what QuantLib computes in floats is not used. Fractions of a year are rationals, amounts
integers. Nothing here moves a coupon to a working day: when it is paid is the paying agent's matter.
"""

import datetime as dt
from fractions import Fraction
from typing import NamedTuple

import QuantLib

from kase_fix.messages.configuration import BondTerms
from kase_fix.rulebook.price_kind import MONTHS_A_YEAR, later
from kase_fix.values.numbers import Price, divide_half_up

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
        months = MONTHS_A_YEAR // terms.coupons_a_year
        whole = (later(period.start, months) - period.start).days
        return Fraction((date - period.start).days, whole * terms.coupons_a_year)
    counter, year = DAY_COUNTS[terms.day_count]
    return Fraction(counter.dayCount(_quantlib(period.start), _quantlib(date)), year)


def accrued(terms: BondTerms, date: dt.date) -> Price | None:
    """Return the interest accrued by the date in % of par, rounded half up; None where the coupon is unknown."""
    if terms.coupon_kind == "none":
        return 0
    if terms.coupon is None:
        return None
    period = period_of(terms, date)
    if period is None:
        return 0
    interest = terms.coupon * year_fraction(terms, period, date)
    return divide_half_up(interest.numerator, interest.denominator)


def _quantlib(date: dt.date) -> QuantLib.Date:
    return QuantLib.Date(date.day, date.month, date.year)
