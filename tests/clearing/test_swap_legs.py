"""Legs of swaps (art. 15; R-27): dates, second price and amounts, each by hand."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kase_fix.calendar.swaps import Legs, legs
from kase_fix.clearing.legs import Leg
from kase_fix.clearing.swap_legs import base_price, swap
from kase_fix.values.enums import Side
from kase_fix.values.numbers import parse_price

PRICES = st.integers(1, 10**13).map(lambda cents: cents * 10**6)
YIELDS = st.integers(-(10**7), 10**7).map(lambda steps: steps * 10**4)
"""To 1000 % p.a., 4 decimals."""
DATES = Legs(dt.date(2020, 5, 27), dt.date(2020, 5, 28))


@pytest.mark.parametrize(
    ("symbol", "day", "base", "rate", "decimals", "first", "second", "days", "price"),
    [
        # 410 x 0.075 x 3 / 365 = 0.25273...
        ("USDKZT_0_001", "2020-05-29", "410.00", "7.5", 2, "2020-05-29", "2020-06-01", 3, "410.25"),
        # Memorial Day on Monday: 410 x 0.075 x 4 / 365 = 0.33698...
        ("USDKZT_0_001", "2020-05-22", "410.00", "7.5", 2, "2020-05-22", "2020-05-26", 4, "410.34"),
        # On the day itself TOD does not trade: from tomorrow, one day. 410 x 0.075 / 365 = 0.08424...
        ("USDKZT_1_002", "2020-05-25", "410.00", "7.5", 2, "2020-05-26", "2020-05-27", 1, "410.08"),
        # 410 x 0.075 x 365 / 365
        ("USDKZT_0_01Y", "2020-05-27", "410.00", "7.5", 2, "2020-05-27", "2021-05-27", 365, "440.75"),
        # 29 February 2020 counts: 366 days of a year of 365. 410 x 0.075 x 366 / 365 = 30.83424...
        ("USDKZT_0_01Y", "2020-02-27", "410.00", "7.5", 2, "2020-02-27", "2021-03-01", 368, "441.00"),
        # 450.10 x 0.1 x 3 / 365 = 0.36994...
        ("EURKZT_0_001", "2020-05-22", "450.10", "10", 2, "2020-05-22", "2020-05-25", 3, "450.47"),
        # 450.10 x 0.005 x 3 / 365 = 0.01849...
        ("EURKZT_0_001", "2020-05-22", "450.10", "-0.5", 2, "2020-05-22", "2020-05-25", 3, "450.08"),
        # Russia Day on Friday: 5.8 x 0.0525 x 4 / 365 = 0.003336...
        ("RUBKZT_0_001", "2020-06-11", "5.8000", "5.25", 4, "2020-06-11", "2020-06-15", 4, "5.8033"),
        # The golden week: 63.3 x 0.02 x 9 / 365 = 0.031216...
        ("CNYKZT_0_001", "2020-09-30", "63.3000", "2", 4, "2020-09-30", "2020-10-09", 9, "63.3312"),
    ],
)
def test_swaps_by_hand(symbol, day, base, rate, decimals, first, second, days, price, listed, calendars):
    """Art. 15 p. 1, 2, 4, 6; R-27: calendar days between both settlement dates, a year of 365, the pair's decimals."""
    dates = legs(listed[symbol], dt.date.fromisoformat(day), calendars)
    assert (str(dates.first), str(dates.second)) == (first, second)
    assert (dates.second - dates.first).days == days
    found = swap(parse_price(base), parse_price(rate), 10_000, dates, decimals)
    assert (found.first.price, found.second.price) == (parse_price(base), parse_price(price))
    assert found.first.amount == parse_price(base) * 10_000 // 10**6
    assert found.second.amount == parse_price(price) * 10_000 // 10**6


def test_the_buyer_buys_first_and_sells_back():
    """Art. 15 p. 1: 10 000 USD at 410.00 today are 4 100 000.00 KZT, at 410.08 tomorrow 4 100 800.00."""
    found = swap(parse_price("410"), parse_price("7.5"), 10_000, DATES, 2)
    assert found.first == Leg(Side.BUY, parse_price("410"), 10_000, DATES.first, 4_100_000_00)
    assert found.second == Leg(Side.SELL, parse_price("410.08"), 10_000, DATES.second, 4_100_800_00)
    assert [(leg.gets, leg.pays) for leg in found] == [(10_000, 4_100_000_00), (-10_000, -4_100_800_00)]
    assert [leg.side for leg in found.mirror] == [Side.SELL, Side.BUY]
    assert found.mirror.mirror == found


@pytest.mark.parametrize(
    ("rate", "price"), [("0.5", "365.01"), ("-0.5", "365.00"), ("-1.5", "364.99"), ("0", "365.00")]
)
def test_half_a_tiyn_goes_up(rate, price):
    """R-27: 365.00 and a day's 0.5 % are 365.005; less it 364.995: the price is rounded half up, not the interest."""
    found = swap(parse_price("365"), parse_price(rate), 10_000, DATES, 2)
    assert found.second.price == parse_price(price)


def test_the_base_price():
    """R-27: the last deal, else the average of the day before, which is rounded to the pair's decimals; else none."""
    assert base_price(1, 2) == 1
    assert base_price(None, 2) == 2
    assert base_price(None, None) is None
    assert swap(parse_price("410.125"), 0, 10_000, DATES, 2).first.price == parse_price("410.13")
    assert swap(parse_price("410.12499999"), 0, 10_000, DATES, 2).second.price == parse_price("410.12")


@given(PRICES, YIELDS, st.integers(1, 10**5), st.integers(1, 370))
def test_what_the_buyer_pays_the_seller_gets(base, rate, lots, days):
    """Art. 15; R-27: on each date currency and tenge sum to nothing, and the currency comes back whole."""
    found = swap(base, rate, lots * 10_000, Legs(DATES.first, DATES.first + dt.timedelta(days=days)), 2)
    for own, other in zip(found, found.mirror, strict=True):
        assert own.settlement == other.settlement
        assert own.gets + other.gets == 0
        assert own.pays + other.pays == 0
    assert found.first.gets + found.second.gets == 0
    assert found.second.price % 10**6 == 0


@given(PRICES, YIELDS, YIELDS, st.integers(1, 370), st.sampled_from((2, 4)))
def test_the_second_price_grows_with_the_yield(base, one, other, days, decimals):
    """R-27: P2 is monotone in the yield, and P1 at a yield of nothing."""
    dates = Legs(DATES.first, DATES.first + dt.timedelta(days=days))
    low, high = (swap(base, rate, 1, dates, decimals).second.price for rate in sorted((one, other)))
    assert low <= high
    assert swap(base, 0, 1, dates, decimals).second.price == base
    assert (swap(base, one, 1, dates, decimals).second.price - base) * one >= 0
