"""Bonds, repo and futures: settlement dates, and the days round a day the dollar does not settle (R-21, R-22)."""

import datetime as dt

import pytest

from kase_fix.calendar.securities import closing_date
from kase_fix.calendar.settlement import not_traded, settlement_dates, why_not_traded
from kase_fix.calendar.working_days import Calendars


def date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("day", "bonds", "netting"),
    [
        ("2020-05-20", "", ""),
        ("2020-05-21", "art. 24 p. 3-1", ""),
        ("2020-05-22", "", "art. 40 p. 4-1 sp. 2"),
        ("2020-05-25", "", "art. 40 p. 4-1 sp. 1"),
        ("2020-05-26", "", ""),
    ],
)
def test_dollar_bonds_and_netting_round_memorial_day(day, bonds, netting, listed, calendars: Calendars):
    """Art. 24 p. 3-1: closed on D-2 alone; art. 40 p. 4-1: closed on D and D-1; R-22."""
    closed = not_traded(listed.values(), date(day), calendars)
    assert closed.get("BRKLe1", "") == bonds
    assert closed.get("RN_BRKLe1_001", "") == netting
    for symbol in ("KZ_24_2410", "US_T_3011", "BRKLb1", "RN_MUM180_0014_001", "R_BRKLb1_007", "FUSD_0620", "KZTO"):
        assert symbol not in closed


def test_the_wide_reading_is_a_setting(listed, calendars: Calendars):
    """R-22: every one of the two trading days before."""
    bond = [listed["BRKLe1"]]
    days = ("2020-05-20", "2020-05-21", "2020-05-22", "2020-05-25")
    assert [len(not_traded(bond, date(day), calendars, wide=True)) for day in days] == [0, 1, 1, 0]


def test_the_schedule_says_why(listed, calendars: Calendars):
    """Issue 3: each line explained."""
    why = "USD does not settle on 2020-05-25 (Memorial Day)"
    assert why_not_traded(listed["BRKLe1"], date("2020-05-21"), calendars) == why
    assert why_not_traded(listed["RN_BRKLe1_001"], date("2020-05-22"), calendars) == why
    assert why_not_traded(listed["RN_BRKLe1_001"], date("2020-05-25"), calendars) == why
    assert why_not_traded(listed["BRKLe1"], date("2020-05-22"), calendars) == ""
    assert why_not_traded(listed["USDKZT_TOD"], date("2020-05-25"), calendars) == "USD: Memorial Day"
    assert why_not_traded(listed["USDKZT_TOM"], date("2020-05-25"), calendars) == ""
    assert why_not_traded(listed["BRKLe1"], date("2020-05-30"), calendars) == "Saturday"


@pytest.mark.parametrize(
    ("day", "symbol", "settled"),
    [
        ("2020-05-27", "MUM180_0014", "2020-05-27"),
        ("2020-05-27", "MUM120_0019", "2020-05-29"),
        ("2020-05-22", "MUM120_0019", "2020-05-26"),
        ("2020-05-22", "BRKLe1", "2020-05-26"),  # as USDKZT_SPT
        ("2020-07-02", "BRKLe2", "2020-07-07"),
        ("2020-05-21", "KZ_24_2410", "2020-05-26"),
        ("2020-05-27", "BRKLb1", "2020-05-27"),
        ("2020-05-25", "KZTO", "2020-05-25"),
        ("2020-05-27", "R_GS_007", "2020-05-27"),
        ("2020-05-27", "RN_BRKLe1_001", "2020-05-27"),
        ("2020-05-27", "FUSD_0620", "2020-05-27"),
    ],
)
def test_settlement_dates_of_securities_and_repo(day, symbol, settled, listed, calendars: Calendars):
    """R-21: T+0, or T+2 with the dates moved as USDKZT's; a repo is opened on the day."""
    assert settlement_dates(listed.values(), date(day), calendars)[symbol] == date(settled)


def test_everything_that_trades_has_a_settlement_date(listed, calendars: Calendars):
    """Art. 4 p. 1: by 2020-05-27 everything listed trades but the swaps from tomorrow."""
    dates = settlement_dates(listed.values(), date("2020-05-27"), calendars)
    missing = set(listed) - set(dates)
    assert all(listed[symbol].first_leg == "TOM" for symbol in missing)
    assert len(missing) == 12


@pytest.mark.parametrize(
    ("symbol", "opened", "closes"),
    [
        ("R_GS_001", "2020-05-27", "2020-05-28"),
        ("R_GS_003", "2020-05-27", "2020-06-01"),  # the 30th is a Saturday
        ("R_GS_007", "2020-05-27", "2020-06-03"),
        ("RN_BRKLe1_007", "2020-05-18", "2020-05-26"),  # the dollar does not settle on the 25th
        ("RN_MUM180_0014_007", "2020-05-18", "2020-05-25"),
    ],
)
def test_a_repo_closes_its_calendar_days_later(symbol, opened, closes, listed, calendars: Calendars):
    """R-24: n calendar days; a day on which someone does not settle moves the closing forward."""
    assert closing_date(listed[symbol], date(opened), calendars) == date(closes)
