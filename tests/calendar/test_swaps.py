"""Swaps (art. 15): the dates of their legs, and which of them trade on a day."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kase_fix.calendar import swaps
from kase_fix.calendar.settlement import not_traded, settlement_dates, why_not_traded
from kase_fix.calendar.working_days import Calendars


def date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("day", "symbol", "first", "second"),
    [
        ("2020-05-27", "USDKZT_0_001", "2020-05-27", "2020-05-28"),
        ("2020-05-27", "USDKZT_0_002", "2020-05-27", "2020-05-29"),
        ("2020-05-27", "USDKZT_0_01W", "2020-05-27", "2020-06-03"),
        ("2020-05-27", "USDKZT_0_01M", "2020-05-27", "2020-06-29"),  # 27 June is a Saturday
        ("2020-05-27", "USDKZT_0_03M", "2020-05-27", "2020-08-27"),
        ("2020-05-27", "USDKZT_0_06M", "2020-05-27", "2020-11-27"),
        ("2020-05-27", "USDKZT_0_01Y", "2020-05-27", "2021-05-27"),
        ("2020-01-31", "USDKZT_0_01M", "2020-01-31", "2020-03-02"),  # 29 February is a Saturday
        ("2020-02-28", "USDKZT_0_01Y", "2020-02-28", "2021-03-01"),
        ("2020-05-18", "USDKZT_0_01W", "2020-05-18", "2020-05-26"),  # 25 May: Memorial Day
        ("2020-05-25", "USDKZT_1_002", "2020-05-26", "2020-05-27"),
        ("2020-05-25", "USDKZT_1_01W", "2020-05-26", "2020-06-02"),
        ("2020-05-21", "EURKZT_0_002", "2020-05-21", "2020-05-25"),
        ("2020-04-13", "EURKZT_1_002", "2020-04-14", "2020-04-15"),
        ("2020-09-30", "CNYKZT_1_002", "2020-10-09", "2020-10-12"),
        ("2020-09-30", "CNYKZT_0_001", "2020-09-30", "2020-10-09"),
    ],
)
def test_legs_of_known_days(day, symbol, first, second, listed, calendars: Calendars):
    """Art. 15 p. 1, 2, 4, 6: terms count from the first leg's date and roll forward to a settlement day."""
    found = swaps.swap_legs(listed.values(), date(day), calendars)[symbol]
    assert [str(leg) for leg in found] == [first, second]
    assert settlement_dates(listed.values(), date(day), calendars)[symbol] == date(first)


def trading(day, currency, listed, calendars) -> list[str]:
    closed = not_traded(listed.values(), date(day), calendars)
    return [
        symbol[7:]
        for symbol, one in listed.items()
        if one.scheme == "swap" and one.currency == currency and symbol not in closed
    ]


LONG = ["01W", "01M", "03M", "06M", "01Y"]


@pytest.mark.parametrize(
    ("day", "currency", "expected"),
    [
        ("2020-05-27", "USD", [f"0_{term}" for term in ("001", "002", *LONG)]),
        ("2020-05-25", "USD", [f"1_{term}" for term in ("002", *LONG)]),  # 1_001 is no swap: both legs TOM
        ("2020-05-25", "EUR", ["0_001", "0_002"]),
        ("2020-04-10", "EUR", []),  # TOM and SPT both fall on 14 April
        ("2020-04-13", "EUR", ["1_002"]),
        ("2020-06-12", "RUB", ["1_002"]),
        ("2020-05-27", "RUB", ["0_001", "0_002"]),
        ("2020-05-27", "CNY", ["0_001", "0_002", "1_002"]),
        ("2020-10-01", "CNY", []),
        ("2020-12-20", "USD", [f"1_{term}" for term in ("002", *LONG)]),  # a working Sunday
    ],
)
def test_which_swaps_trade(day, currency, expected, listed, calendars: Calendars):
    """Art. 15 p. 3, 5: from tomorrow only when not from today; p. 6: the yuan side by side; art. 14 p. 2; R-28."""
    assert trading(day, currency, listed, calendars) == expected


def test_no_swap_whose_legs_fall_on_one_date(listed, calendars: Calendars):
    """R-28: 2020-04-10, Good Friday: no EURKZT_1_002, and the schedule says why."""
    swap = listed["EURKZT_1_002"]
    closed = swaps.closed(swap, date("2020-04-10"), calendars)
    assert closed == ("art. 15 p. 2 sp. 2", "both legs would be settled on 2020-04-14 (R-28)")
    assert not_traded([swap], date("2020-04-10"), calendars) == {"EURKZT_1_002": "art. 15 p. 2 sp. 2"}
    assert why_not_traded(swap, date("2020-04-10"), calendars) == closed.why


def test_each_reason_names_its_clause(listed, calendars: Calendars):
    """Art. 11 p. 2, 14 p. 2, 15 p. 3, 5."""
    closed = not_traded(listed.values(), date("2020-05-27"), calendars)
    assert (closed["USDKZT_1_01W"], closed["EURKZT_1_002"]) == ("art. 15 p. 3", "art. 15 p. 3")
    assert (closed["RUBKZT_1_002"], closed["CNYKZT_1_001"]) == ("art. 15 p. 5", "art. 15 p. 6 sp. 2")
    assert not_traded(listed.values(), date("2020-05-25"), calendars)["USDKZT_0_01W"] == "art. 11 p. 2"
    assert not_traded(listed.values(), date("2020-10-01"), calendars)["CNYKZT_0_001"] == "art. 14 p. 2"
    assert not_traded(listed.values(), date("2020-05-30"), calendars)["USDKZT_0_001"] == "art. 4 p. 1"


def test_the_additional_session_knows_one_day(listed, calendars: Calendars):
    """Art. 15 p. 1-1 sp. 2, 3: USDKZT_0_001, or USDKZT_1_002 when the dollar does not settle today."""
    both = [listed["USDKZT_0_001"], listed["USDKZT_1_002"]]
    usual = not_traded(both, date("2020-05-27"), calendars)
    assert usual == {"USDKZT_1_002@SWAP_USD_ADD": "art. 15 p. 1-1 sp. 3", "USDKZT_1_002": "art. 15 p. 3"}
    holiday = not_traded(both, date("2020-05-25"), calendars)
    assert holiday == {"USDKZT_0_001@SWAP_USD_ADD": "art. 15 p. 1-1 sp. 3", "USDKZT_0_001": "art. 11 p. 2"}


@given(day=st.dates(dt.date(2019, 1, 1), dt.date(2026, 12, 31)))
def test_legs_are_settlement_days_one_after_the_other(day, listed, calendars: Calendars):
    """Art. 15: the closing leg is later; everyone settles on both but TOD, which looks at the foreign currency only."""
    if not calendars.works(day):
        return
    for symbol, legs in swaps.swap_legs(listed.values(), day, calendars).items():
        assert day <= legs.first < legs.second, symbol
        for leg in legs:
            assert calendars.works(leg)
            assert calendars.settles(listed[symbol].currency, leg)
