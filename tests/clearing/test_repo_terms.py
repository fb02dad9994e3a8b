"""Terms of repo (art. 39, 40; R-24): securities, both prices, both amounts, by hand."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kase_fix.clearing import repo_terms
from kase_fix.clearing.repo_terms import Term
from kase_fix.values.enums import Side
from kase_fix.values.numbers import parse_price

OPENS = dt.date(2020, 5, 27)
WEEK = Term(OPENS, OPENS + dt.timedelta(days=7))
PRICES = st.integers(1, 10**13)
RATES = st.integers(-(10**7), 10**7).map(lambda steps: steps * 10**4)


def test_the_published_sample():
    """Art. 40; R-24: 12 lots at 13 319.92, 28 days, 200 %: 901 securities, 15 363.52 each, 13 842 531.52."""
    term = Term(OPENS, OPENS + dt.timedelta(days=28))
    repo = repo_terms.automatic(12, parse_price("13319.92"), parse_price("200"), term)
    assert repo.opening.quantity == repo.closing.quantity == 901
    assert repo.closing.price == parse_price("15363.52")
    assert repo.closing.amount == 13_842_531_52
    assert repo.opening.price == parse_price("13319.92")
    assert repo.opening.amount == 12_001_247_92  # 901 x 13 319.92
    assert (repo.opening.settlement, repo.closing.settlement) == (OPENS, dt.date(2020, 6, 24))
    assert repo.term == term


def test_the_buyer_of_a_repo_sells_the_securities_first():
    """Art. 40: who buys in the repo sector gets money now, and pays it back with interest."""
    repo = repo_terms.automatic(1, parse_price("1000"), parse_price("9"), WEEK)
    assert (repo.opening.side, repo.closing.side) == (Side.SELL, Side.BUY)
    assert (repo.opening.gets, repo.opening.pays) == (-1000, -1_000_000_00)
    assert (repo.closing.gets, repo.closing.pays) == (1000, 1_001_730_00)  # 1000 x 0.09 x 7 / 365 = 1.726...
    assert (repo.mirror.opening.side, repo.mirror.closing.side) == (Side.BUY, Side.SELL)
    assert repo.mirror.mirror == repo


@pytest.mark.parametrize(
    ("price", "lots", "securities"),
    [
        ("1000", 1, 1000),
        ("1000.01", 1, 1000),
        ("999.99", 1, 1001),
        ("1000000", 1, 1),
        ("1000001", 1, 1),
        ("3", 2, 666667),
    ],
)
def test_as_few_securities_as_cover_the_money(price, lots, securities):
    """Art. 40 p. 1; R-24: rounded up."""
    assert repo_terms.securities_for(lots, parse_price(price)) == securities


def test_netting_counts_securities():
    """Art. 40 p. 1: no lot; the closing price by the same rule. 950 x 0.09 x 7 / 365 = 1.639...."""
    repo = repo_terms.at_rate(37, parse_price("950.00"), parse_price("9"), WEEK)
    assert (repo.opening.quantity, repo.opening.amount) == (37, 35_150_00)
    assert (repo.closing.price, repo.closing.amount) == (parse_price("951.64"), 35_210_68)
    negative = repo_terms.at_rate(37, parse_price("950.00"), parse_price("-9"), WEEK)
    assert negative.closing.price == parse_price("948.36")


def test_direct_repo_by_prices_or_by_rate():
    """Art. 39 sp. 1: both prices agreed, or the opening price and a rate; 4 decimals where prices are agreed."""
    agreed = repo_terms.at_prices(10, parse_price("950.1234"), parse_price("951.9876"), WEEK)
    assert (agreed.opening.amount, agreed.closing.amount, agreed.rate) == (9_501_23, 9_519_88, None)
    by_rate = repo_terms.at_rate(10, parse_price("950.1234"), parse_price("9"), WEEK)
    assert (by_rate.opening.amount, by_rate.closing.amount) == (9_501_23, 9_517_60)  # 951.7633... gives 951.76
    assert by_rate.rate == parse_price("9")


def test_prolongation():
    """Art. 39 sp. 2: a week later; by rate 950 x 0.09 x 14 / 365 = 3.279...; by price as agreed."""
    by_rate = repo_terms.at_rate(10, parse_price("950"), parse_price("9"), WEEK)
    later = dt.date(2020, 6, 10)
    longer = repo_terms.prolonged(by_rate, later)
    assert longer.opening == by_rate.opening
    assert (longer.closing.settlement, longer.closing.price) == (later, parse_price("953.28"))
    assert longer.rate == by_rate.rate
    assert repo_terms.prolonged(by_rate.mirror, later) == longer.mirror
    named = repo_terms.prolonged(by_rate, later, parse_price("954"))
    assert (named.closing.price, named.rate) == (parse_price("954"), None)
    agreed = repo_terms.at_prices(10, parse_price("950"), parse_price("952"), WEEK)
    assert repo_terms.prolonged(agreed, later).closing == agreed.closing._replace(settlement=later)
    assert repo_terms.prolonged(agreed, later, parse_price("953")).closing.amount == 9_530_00
    for closes in (WEEK.closes, OPENS):
        with pytest.raises(ValueError, match="prolonged"):
            repo_terms.prolonged(agreed, closes)


@pytest.mark.parametrize(
    ("symbol", "day", "closes", "days"),
    [
        ("R_GS_001", "2020-05-27", "2020-05-28", 1),
        ("R_GS_001", "2020-05-29", "2020-06-01", 3),  # Friday to Monday
        ("R_GS_007", "2020-04-24", "2020-05-04", 10),  # 1 May and a weekend
        ("R_GS_003", "2020-05-22", "2020-05-25", 3),  # a holiday of the dollar is none of the tenge's
    ],
)
def test_dates_of_repo(symbol, day, closes, days, listed, calendars):
    """Art. 40; R-21, R-24: opened today, closed its calendar days later or on the next working day of the RK."""
    date = dt.date.fromisoformat(day)
    term = repo_terms.term_of(listed[symbol], date, calendars)
    assert (term.opens, str(term.closes), term.days) == (date, closes, days)
    assert repo_terms.agreed_term(date, listed[symbol].days, "KZT", calendars) == term


def test_dates_of_repo_in_dollars(listed, calendars):
    """Art. 40 p. 4-1: what is settled in dollars closes on a day dollars settle: not on Memorial Day."""
    in_dollars = msgspec.structs.replace(listed["R_GS_003"], settled_in="USD")
    date = dt.date(2020, 5, 22)
    assert repo_terms.term_of(in_dollars, date, calendars).closes == dt.date(2020, 5, 26)
    assert repo_terms.agreed_term(date, 3, "USD", calendars).closes == dt.date(2020, 5, 26)


@given(st.integers(1, 10**6), PRICES)
def test_securities_cover_the_money_and_one_less_would_not(lots, price):
    """R-24: securities x P >= money > (securities - 1) x P."""
    securities = repo_terms.securities_for(lots, price)
    money = lots * 1_000_000 * 10**8
    assert securities * price >= money > (securities - 1) * price


@given(st.integers(1, 10**6), PRICES, RATES, st.integers(1, 365))
def test_what_the_buyer_pays_the_seller_gets(lots, price, rate, days):
    """Art. 40: securities and money sum to nothing in both deals; all securities come back."""
    repo = repo_terms.automatic(lots, price, rate, Term(OPENS, OPENS + dt.timedelta(days=days)))
    for own, other in ((repo.opening, repo.mirror.opening), (repo.closing, repo.mirror.closing)):
        assert own.gets + other.gets == 0
        assert own.pays + other.pays == 0
    assert repo.opening.gets + repo.closing.gets == 0
    # A closing price is whole minor units, so the amount is exactly securities x price.
    assert repo.closing.amount * 10**6 == repo.closing.price * repo.closing.quantity or repo.closing.price < 0


@given(PRICES, RATES, RATES, st.integers(1, 365))
def test_the_closing_price_grows_with_the_rate(price, one, other, days):
    """R-24: the closing price is monotone in the rate."""
    term = Term(OPENS, OPENS + dt.timedelta(days=days))
    low, high = (repo_terms.at_rate(1, price, rate, term).closing.price for rate in sorted((one, other)))
    assert low <= high
