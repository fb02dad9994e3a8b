"""Clean, dirty or undetermined (annex 2; R-20), and the coupons a bond's terms give."""

import datetime as dt
from fractions import Fraction

import msgspec
import pytest
import QuantLib
from hypothesis import given
from hypothesis import strategies as st

from kase_fix.messages.configuration import BondTerms, PriceDecision
from kase_fix.rulebook.coupons import Period, accrued, coupon_dates, period_of, year_fraction
from kase_fix.rulebook.market import Market
from kase_fix.rulebook.price_kind import classify, later, traded_kind, warnings, whole_periods
from kase_fix.values.numbers import parse_price

PLAIN = BondTerms(
    nominal=100_000,
    currency="KZT",
    issued=dt.date(2018, 3, 15),
    matures=dt.date(2028, 3, 15),
    coupon=parse_price("9"),
)
"""Meets all of annex 2 p. 1."""


def like(**terms) -> BondTerms:
    return msgspec.structs.replace(PLAIN, **terms)


@pytest.mark.parametrize(
    ("terms", "kind", "failed"),
    [
        ({}, "clean", []),
        ({"day_count": "actual/actual"}, "clean", []),
        ({"coupon_kind": "floating", "coupon_known_days": 2}, "clean", []),
        ({"coupon_kind": "floating", "coupon_known_days": 1}, "undetermined", [7]),
        ({"coupon_kind": "floating"}, "undetermined", [7]),
        ({"coupon_kind": "none", "coupon": None}, "undetermined", [7]),
        ({"indexed": True}, "dirty", [1]),
        ({"indexed": True, "amortised": True}, "dirty", [1, 8]),
        ({"matures": dt.date(2028, 4, 15)}, "undetermined", [3]),
        ({"matures": None}, "undetermined", [3, 4]),
        ({"same_dates": False}, "undetermined", [5]),
        ({"day_count": "actual/365"}, "undetermined", [6]),
        ({"day_count": "actual/360"}, "undetermined", [6]),
        ({"amortised": True}, "undetermined", [8]),
        ({"capitalised": True}, "undetermined", [9]),
        ({"other_payments": True}, "undetermined", [10]),
        ({"discount": True, "coupon_kind": "none", "day_count": "actual/365"}, "clean", [6, 7]),
        ({"discount": True, "coupon_kind": "none", "indexed": True}, "clean", [1, 7]),
    ],
)
def test_each_criterion_of_annex_2(terms, kind, failed):
    """Annex 2 p. 1, 2; art. 19, 20, 24, 25, 32, 33 p. 2: discount or all of p. 1 is clean, indexed is dirty."""
    found = classify(like(**terms))
    assert found.kind == kind
    missed = [one.clause for one in found.criteria if not one.met and one.clause.startswith("annex 2 p. 1")]
    assert missed == [f"annex 2 p. 1 sp. {number}" for number in failed]
    assert [one.clause for one in found.criteria] == [
        *(f"annex 2 p. 1 sp. {number}" for number in (1, 3, 4, 5, 6, 7, 8, 9, 10)),
        *(f"annex 2 p. 2 sp. {number}" for number in (1, 2, 3)),
    ]


def test_the_reasons_can_be_read():
    """Issue 3: criterion by criterion, with the reason it reports."""
    reasons = classify(like(indexed=True, coupon_kind="floating", coupon_known_days=3)).reasons
    assert reasons[0] == "annex 2 p. 1 sp. 1: not met, its par is indexed"
    assert reasons[1] == "annex 2 p. 1 sp. 3: met, 2018-03-15 to 2028-03-15 is a multiple of 6 months"
    assert reasons[5] == "annex 2 p. 1 sp. 7: met, its coupon floats, known 3 working days before its period"
    assert reasons[-2:] == (
        "annex 2 p. 2 sp. 2: met, its par is indexed",
        "annex 2 p. 2 sp. 3: met, 1 of the criteria of p. 1 not met",
    )


def test_the_decision_is_what_trades(market: Market):
    """Art. 24 p. 2, R-20: without a decision undetermined trades dirty; a contradiction is reported and holds."""
    clean = PriceDecision("clean", "41", dt.date(2020, 5, 27))
    dirty = PriceDecision("dirty", "42", dt.date(2020, 5, 27))
    assert [traded_kind(PLAIN, decision) for decision in (None, clean, dirty)] == ["clean", "clean", "dirty"]
    undetermined = like(amortised=True)
    assert [traded_kind(undetermined, decision) for decision in (None, clean, dirty)] == ["dirty", "clean", "dirty"]
    bond = market.instruments["BRKLb1"]
    decided = [
        msgspec.structs.replace(bond, price_decision=dirty),
        msgspec.structs.replace(bond, bond=undetermined, price_decision=clean),
        msgspec.structs.replace(bond, symbol="JB", bond=like(indexed=True), price_decision=clean),
    ]
    assert warnings(decided) == [
        "BRKLb1 trades dirty by decision 42 of 2020-05-27, but annex 2 makes it clean",
        "JB trades clean by decision 41 of 2020-05-27, but annex 2 makes it dirty",
    ]


@given(
    issued=st.dates(dt.date(2000, 1, 1), dt.date(2030, 12, 31)),
    coupons=st.sampled_from((1, 2, 3, 4, 6, 12)),
    months=st.integers(1, 240),
    more=st.sampled_from((0, 0, 0, 1, -1, 17)),
)
def test_whole_periods_are_those_of_the_schedule(issued, coupons, months, more):
    """Annex 2 p. 1 sp. 3: whole periods from issue to maturity, as QuantLib's own schedule calls regular."""
    matures = later(issued, months) + dt.timedelta(days=more)
    if matures <= issued:
        return
    terms = like(issued=issued, matures=matures, coupons_a_year=coupons)
    dates = coupon_dates(terms)
    assert dates[-1] == matures
    assert list(dates) == sorted(set(dates))
    steps = [later(issued, 12 // coupons * count) for count in range(1, len(dates) + 1)]
    assert dates[:-1] == tuple(steps[:-1])
    assert whole_periods(terms) is (dates[-1] == steps[-1])


def test_coupon_dates_and_periods():
    """Annex 2 p. 1 sp. 5: the same dates every year; interest of a coupon's own date is the next period's."""
    dates = coupon_dates(PLAIN)
    assert len(dates) == 20
    assert {(date.month, date.day) for date in dates} == {(3, 15), (9, 15)}
    assert period_of(PLAIN, dt.date(2020, 5, 27)) == Period(dt.date(2020, 3, 15), dt.date(2020, 9, 15))
    assert period_of(PLAIN, dt.date(2020, 3, 15)) == Period(dt.date(2020, 3, 15), dt.date(2020, 9, 15))
    assert period_of(PLAIN, dt.date(2018, 3, 14)) is None
    assert period_of(PLAIN, dt.date(2028, 3, 15)) is None
    end_of_month = like(issued=dt.date(2019, 8, 31), matures=dt.date(2020, 8, 31))
    assert coupon_dates(end_of_month) == (dt.date(2020, 2, 29), dt.date(2020, 8, 31))
    assert coupon_dates(like(coupon_kind="none")) == ()


def test_a_security_without_maturity_has_coupons_for_as_long_as_asked():
    """Annex 2 p. 1 sp. 4."""
    endless = like(matures=None)
    assert coupon_dates(endless, dt.date(2019, 3, 16)) == (
        dt.date(2018, 9, 15),
        dt.date(2019, 3, 15),
        dt.date(2019, 9, 15),
    )
    assert period_of(endless, dt.date(2050, 3, 14)) == Period(dt.date(2049, 9, 15), dt.date(2050, 3, 15))
    assert period_of(endless, dt.date(2050, 3, 15)) == Period(dt.date(2050, 3, 15), dt.date(2050, 9, 15))
    with pytest.raises(ValueError, match="until"):
        coupon_dates(endless)


@pytest.mark.parametrize(
    ("day_count", "fraction", "interest"),
    [
        ("30/360", Fraction(72, 360), "1.8"),
        ("actual/365", Fraction(73, 365), "1.8"),
        ("actual/360", Fraction(73, 360), "1.825"),
        ("actual/actual", Fraction(73, 368), "1.78532609"),
    ],
)
def test_accrued_interest_by_day_count(day_count, fraction, interest):
    """Annex 2 p. 1 sp. 6: 2020-03-15 to 2020-05-27 at 9 % p.a., exact, rounded half up at the end."""
    terms, date = like(day_count=day_count), dt.date(2020, 5, 27)
    period = period_of(terms, date)
    assert period is not None
    assert year_fraction(terms, period, date) == fraction
    assert accrued(terms, date) == parse_price(interest)
    assert accrued(terms, dt.date(2020, 3, 15)) == 0


def test_accrued_interest_at_the_edges():
    """No coupon accrues nothing; a coupon nobody knows yet accrues nothing that can be told."""
    assert accrued(like(coupon_kind="none", coupon=None), dt.date(2020, 5, 27)) == 0
    assert accrued(like(coupon_kind="floating", coupon=None), dt.date(2020, 5, 27)) is None
    assert accrued(PLAIN, dt.date(2028, 3, 15)) == 0
    assert accrued(like(day_count="actual/actual"), dt.date(2020, 9, 14)) == parse_price("4.47554348")


@given(st.dates(dt.date(2018, 3, 15), dt.date(2028, 3, 14)))
def test_actual_actual_agrees_with_quantlib(date):
    """QuantLib's own fraction is a float: it agrees within its precision, ours is exact."""
    terms = like(day_count="actual/actual")
    period = period_of(terms, date)
    assert period is not None
    start, end, now = (QuantLib.Date(day.day, day.month, day.year) for day in (*period, date))
    theirs = QuantLib.ActualActual(QuantLib.ActualActual.ISMA).yearFraction(start, now, start, end)
    assert float(year_fraction(terms, period, date)) == pytest.approx(theirs, abs=1e-12)


def test_every_listed_bond_has_a_schedule(market: Market):
    """Annex 2: the terms of the register are enough for coupons."""
    for instrument in market.instruments.values():
        if instrument.bond is None:
            continue
        assert instrument.bond.issued <= dt.date(2020, 5, 27), instrument.symbol
        if instrument.bond.coupon_kind != "none":
            assert coupon_dates(instrument.bond, dt.date(2020, 5, 27)), instrument.symbol
            assert accrued(instrument.bond, dt.date(2020, 5, 27)) is not None, instrument.symbol
