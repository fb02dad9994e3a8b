"""What a deal in bonds comes to (annex 2; R-20): clean prices with accrued interest, dirty ones as they are."""

import datetime as dt
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kase_fix.clearing.bond_amounts import bond_amount
from kase_fix.messages.configuration import BondTerms
from kase_fix.rulebook.coupons import accrued_per_security, coupon_dates, period_of, year_fraction
from kase_fix.rulebook.price_kind import later
from kase_fix.values.numbers import parse_price


def on(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("day_count", "interest"),
    [
        # 90.00 a year: 1, 90 and 179 days of 360
        ("30/360", {"2020-03-15": 0, "2020-03-16": 25, "2020-06-15": 22_50, "2020-09-14": 44_75, "2020-09-15": 0}),
        # 45.00 a coupon: 1, 92 and 183 days of 184: 0.2445..., 22.50, 44.7554...
        ("actual/actual", {"2020-03-15": 0, "2020-03-16": 24, "2020-06-15": 22_50, "2020-09-14": 44_76}),
        # 90.00 a year: 1, 92 and 183 days of 365: 0.2465..., 22.6849..., 45.1232...
        ("actual/365", {"2020-03-15": 0, "2020-03-16": 25, "2020-06-15": 22_68, "2020-09-14": 45_12}),
        # of 360: 0.25, 23.00, 45.75
        ("actual/360", {"2020-03-15": 0, "2020-03-16": 25, "2020-06-15": 23_00, "2020-09-14": 45_75}),
        # Over 29 February, 15 September to 15 March: 164 and 166 days of 360
        ("30/360", {"2020-02-29": 41_00, "2020-03-01": 41_50, "2019-03-01": 41_50, "2019-02-28": 40_75}),
        # 167 and 168 days of 182 in the leap year, 166 and 167 of 181 in the one before: 45.00 x 166 / 181 = 41.2707...
        ("actual/actual", {"2020-02-29": 41_29, "2020-03-01": 41_54, "2019-02-28": 41_27, "2019-03-01": 41_52}),
        # 90.00 x 167 / 365 = 41.178..., x 168 / 365 = 41.4246...
        ("actual/365", {"2020-02-29": 41_18, "2020-03-01": 41_42}),
        ("actual/360", {"2020-02-29": 41_75, "2020-03-01": 42_00}),
    ],
)
def test_accrued_interest_by_hand(day_count, interest, plain):
    """Annex 2 p. 1 sp. 6: first, middle and last day of a coupon period, and a leap year, on 1 000.00 at 9 %."""
    terms = msgspec.structs.replace(plain, day_count=day_count)
    assert {date: accrued_per_security(terms, on(date)) for date in interest} == interest


def test_a_clean_price_and_its_interest(plain):
    """Art. 24 p. 2: 7 bonds at 101.2345 % of 1 000.00 are 7 086.415; 22.50 each on 15 June make 157.50 more."""
    found = bond_amount("clean", plain, parse_price("101.2345"), 7, on("2020-06-15"))
    assert found is not None
    assert (found.principal, found.accrued, found.amount) == (7_086_42, 157_50, 7_243_92)


def test_interest_is_rounded_for_one_security(plain):
    """Half up at two decimals, then times the quantity: 0.2445... is 0.24, and 24.00 on a hundred, not 24.46."""
    terms = msgspec.structs.replace(plain, day_count="actual/actual")
    found = bond_amount("clean", terms, parse_price("100"), 100, on("2020-03-16"))
    assert found is not None
    assert (found.principal, found.accrued) == (100_000_00, 24_00)
    half = msgspec.structs.replace(plain, nominal=100_00, coupon=parse_price("1.8"))  # 1.80 / 360 = 0.005 exactly
    assert accrued_per_security(half, on("2020-03-16")) == 1


def test_a_dirty_price_has_its_interest_in_it(plain):
    """Annex 2 p. 2: money for one security, 4 decimals: 3 at 1 234.5678 are 3 703.7034."""
    found = bond_amount("dirty", plain, parse_price("1234.5678"), 3, on("2020-06-15"))
    assert found is not None
    assert (found.principal, found.accrued, found.amount) == (3_703_70, 0, 3_703_70)


def test_discount_and_unknown_coupons(plain):
    """Annex 2 p. 1: a discount security has no interest; without a known coupon there is only a dirty amount."""
    discount = msgspec.structs.replace(plain, discount=True, coupon_kind="none", coupon=None)
    found = bond_amount("clean", discount, parse_price("92.5"), 10, on("2020-06-15"))
    assert found is not None
    assert (found.principal, found.accrued) == (9_250_00, 0)
    unknown = msgspec.structs.replace(plain, coupon_kind="floating", coupon=None)
    assert bond_amount("clean", unknown, parse_price("100"), 1, on("2020-06-15")) is None
    assert bond_amount("dirty", unknown, parse_price("100"), 1, on("2020-06-15")) is not None


def test_every_listed_bond_accrues_without_a_jump(listed):
    """Annex 2: day by day over a coupon period interest never falls, grows by 3 days' at most, and is 0 on the coupon.

    Three days: 30/360 counts 30 for February.
    """
    bonds = [one for one in listed.values() if one.bond is not None and one.bond.coupon_kind != "none"]
    assert len(bonds) > 300
    for one in bonds:
        terms = one.bond
        period = period_of(terms, on("2020-05-27"))
        assert period is not None, one.symbol
        days = [period.start + dt.timedelta(days=day) for day in range((period.end - period.start).days)]
        interest = [accrued_per_security(terms, day) for day in days]
        most = terms.nominal * terms.coupon * 3 // (360 * 10**10) + 2
        assert interest[0] == accrued_per_security(terms, period.end) == 0, one.symbol
        steps = [after - before for before, after in pairwise(interest)]
        assert all(0 <= step <= most for step in steps), one.symbol
        assert interest[-1] > 0, one.symbol
        whole = terms.nominal * terms.coupon * year_fraction(terms, period, period.end) / 10**10
        assert whole - most <= interest[-1] <= whole + 1, one.symbol


@given(
    issued=st.dates(dt.date(2015, 1, 1), dt.date(2020, 12, 31)),
    coupons=st.sampled_from((1, 2, 4, 12)),
    number=st.integers(0, 20),
)
def test_a_whole_period_of_actual_actual_is_the_same_part_of_a_year(issued, coupons, number):
    """Annex 2 p. 1 sp. 6: also where a month is too short for the day: half a year from 29 February is 31 August."""
    terms = BondTerms(
        nominal=1000_00,
        currency="KZT",
        issued=issued,
        matures=later(issued, 12 * 21),
        coupon=parse_price("9"),
        coupons_a_year=coupons,
        day_count="actual/actual",
    )
    end = coupon_dates(terms)[number]
    period = period_of(terms, end - dt.timedelta(days=1))
    assert period is not None
    assert year_fraction(terms, period, period.end) * coupons == 1
