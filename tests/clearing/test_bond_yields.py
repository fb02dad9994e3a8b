"""Yield to maturity and the clean price of a yield, by hand and beside QuantLib's floats."""

import datetime as dt

import msgspec
import pytest
import QuantLib
from hypothesis import given
from hypothesis import strategies as st

from kase_fix.clearing.bond_yields import has_yield, price_of_yield, yield_of_price
from kase_fix.messages.configuration import BondTerms
from kase_fix.values.numbers import format_price, parse_price

PLAIN = BondTerms(
    nominal=1000_00,
    currency="KZT",
    issued=dt.date(2018, 3, 15),
    matures=dt.date(2028, 3, 15),
    coupon=parse_price("9"),
)
NOTE = BondTerms(
    nominal=100_00,
    currency="KZT",
    issued=dt.date(2020, 2, 3),
    matures=dt.date(2021, 2, 3),
    discount=True,
    coupon_kind="none",
    day_count="actual/365",
)
LONG_NOTE = msgspec.structs.replace(NOTE, matures=dt.date(2022, 2, 3), issued=dt.date(2020, 2, 4))


@pytest.mark.parametrize(
    ("terms", "settlement", "rate", "price"),
    [
        (PLAIN, "2020-03-15", "9", "100.0000"),  # at the coupon's own rate par
        (PLAIN, "2027-03-15", "10", "99.0703"),  # 4.5 / 1.05 + 104.5 / 1.1025 = 4.28571 + 94.78458
        (PLAIN, "2027-12-15", "9", "99.9505"),  # half of the last period: 104.5 / 1.0225 - 2.25 = 99.95049
        # (4.5 + 104.5 / 1.045) / 1.045 ** 0.5 - 2.25 = 104.5 / 1.022252... - 2.25 = 102.22524... - 2.25
        (PLAIN, "2027-06-15", "9", "99.9752"),
        (PLAIN, "2027-03-15", "0", "109.0000"),
        (PLAIN, "2027-03-15", "-1", "110.0755"),  # 4.5 / 0.995 + 104.5 / 0.990025 = 4.52261 + 105.55289
        (NOTE, "2020-05-27", "9", "94.1498"),  # 252 days: 100 / (1 + 0.09 x 252 / 365) = 100 / 1.062136...
        (NOTE, "2020-02-04", "9", "91.7431"),  # 365 days: 100 / 1.09
        (LONG_NOTE, "2020-02-04", "10", "82.6446"),  # 730 days: 100 / 1.21
    ],
)
def test_prices_of_yields_by_hand(terms, settlement, rate, price):
    """Annex 2: clean, % of par; the yield of that price is the yield again, as far as four decimals tell."""
    date = dt.date.fromisoformat(settlement)
    found = price_of_yield(terms, date, parse_price(rate))
    assert found is not None
    assert format_price(found, 4) == price
    assert yield_of_price(terms, date, found) == pytest.approx(parse_price(rate), abs=parse_price("0.0003"))


def test_what_has_no_yield():
    """Only where all payments are known: fixed coupons and par, at a date before maturity and not before issue."""
    date = dt.date(2020, 5, 27)
    for change in (
        {"matures": None},
        {"indexed": True},
        {"amortised": True},
        {"capitalised": True},
        {"other_payments": True},
        {"same_dates": False},
        {"coupon_kind": "floating"},
        {"coupon": None},
    ):
        terms = msgspec.structs.replace(PLAIN, **change)
        assert not has_yield(terms), change
        assert price_of_yield(terms, date, parse_price("9")) is None
        assert yield_of_price(terms, date, parse_price("100")) is None
    for outside in (PLAIN.matures, PLAIN.issued - dt.timedelta(days=1)):
        assert price_of_yield(PLAIN, outside, parse_price("9")) is None
        assert yield_of_price(PLAIN, outside, parse_price("100")) is None
    assert price_of_yield(PLAIN, date, parse_price("-200")) is None
    assert yield_of_price(PLAIN, date, parse_price("-2")) is None  # beyond what it has accrued


DATES = st.dates(dt.date(2018, 3, 15), dt.date(2027, 9, 14))
RATES = st.integers(-50_000, 1_000_000).map(lambda steps: steps * 10**4)


@given(DATES, RATES)
def test_prices_agree_with_quantlib(date, rate):
    """QuantLib's floats agree within their precision, for the day count whose periods it takes as we do."""

    def quantlib(day):
        return QuantLib.Date(day.day, day.month, day.year)

    schedule = QuantLib.Schedule(
        quantlib(PLAIN.issued),
        quantlib(PLAIN.matures),
        QuantLib.Period(6, QuantLib.Months),
        QuantLib.NullCalendar(),
        QuantLib.Unadjusted,
        QuantLib.Unadjusted,
        QuantLib.DateGeneration.Forward,
        False,
    )
    counter = QuantLib.Thirty360(QuantLib.Thirty360.European)
    bond = QuantLib.FixedRateBond(0, 100.0, schedule, [0.09], counter)
    theirs = QuantLib.BondFunctions.cleanPrice(
        bond, rate / 10**10, counter, QuantLib.Compounded, QuantLib.Semiannual, quantlib(date)
    )
    ours = price_of_yield(PLAIN, date, rate, decimals=8)
    assert ours is not None
    assert ours / 10**8 == pytest.approx(theirs, rel=1e-9)


@given(DATES, RATES, RATES)
def test_the_price_falls_as_the_yield_grows(date, one, other):
    """The dearer the less it yields; and the yield of the exact price is the yield."""
    low, high = sorted((one, other))
    assert price_of_yield(PLAIN, date, low) >= price_of_yield(PLAIN, date, high)
    exact = price_of_yield(PLAIN, date, one, decimals=8)
    assert yield_of_price(PLAIN, date, exact) == one


def test_every_listed_bond_that_has_a_yield_gives_one(listed):
    """Annex 2: for each the yield of 98 % exists, and the price of this yield is 98 % again."""
    date, found = dt.date(2020, 5, 27), 0
    for one in listed.values():
        if one.bond is None or not has_yield(one.bond):
            continue
        rate = yield_of_price(one.bond, date, parse_price("98"), decimals=8)
        assert rate is not None, one.symbol
        assert price_of_yield(one.bond, date, rate) == parse_price("98"), one.symbol
        found += 1
    assert found > 200


@pytest.mark.parametrize(
    ("terms", "price", "rate"),
    [
        (NOTE, "99", "368.6869"),  # one day: (100 / 99 - 1) x 365
        (NOTE, "0.1", "36463500.0000"),  # 999 x 365 x 100: beyond what is looked for
        (NOTE, "100.01", "-3.6496"),
        (NOTE, "100.1", "-36.4635"),
        (NOTE, "100.2", "-72.8543"),  # beyond too
    ],
)
def test_yields_at_the_bounds(terms, price, rate):
    """Of a note on the eve of maturity: none above 1 000 000 % or below half of what would leave nothing."""
    found = yield_of_price(terms, dt.date(2021, 2, 2), parse_price(price))
    expected = parse_price(rate)
    assert found == (expected if -50 * 10**8 <= expected <= 10**14 else None)


@given(st.integers(1, 300 * 10**4), DATES)
def test_every_price_has_its_yield_or_none(cents, date):
    """The yield is the greatest whose price is not below: one step on the price is below."""
    price = cents * 10**4
    rate = yield_of_price(PLAIN, date, price, decimals=8)
    if rate is not None:
        assert (
            price_of_yield(PLAIN, date, rate + 1, decimals=8) <= price <= price_of_yield(PLAIN, date, rate, decimals=8)
        )
