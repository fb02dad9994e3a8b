"""Settlement dates of articles 11-14, and what does not trade when."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kase_fix.calendar.settlement import not_traded, settlement_dates
from kase_fix.calendar.working_days import Calendars


def date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


# Deal day, pair, settlement of TOD, TOM, SPT; "-" is not traded, "" is not looked at.
TABLE = """
2020-05-21 USDKZT 2020-05-21 2020-05-22 2020-05-26
2020-05-21 EURKZT 2020-05-21 2020-05-22 2020-05-25
2020-05-21 EURUSD 2020-05-21 2020-05-22 2020-05-26
2020-05-22 USDKZT 2020-05-22 2020-05-26 2020-05-26
2020-05-22 EURKZT 2020-05-22 2020-05-25 2020-05-26
2020-05-22 EURUSD 2020-05-22 2020-05-26 2020-05-26
2020-05-25 USDKZT -          2020-05-26 2020-05-27
2020-05-25 EURKZT 2020-05-25 2020-05-26 2020-05-27
2020-05-25 EURUSD -          2020-05-26 2020-05-27
2020-06-24 CNYKZT 2020-06-24 2020-06-29 2020-06-30
2020-06-25 CNYKZT -          -          -
2020-07-02 USDKZT 2020-07-02 2020-07-03 2020-07-07
2020-09-30 CNYKZT 2020-09-30 2020-10-09 2020-10-12
2020-12-15 USDKZT 2020-12-15 2020-12-21 2020-12-21
2020-12-15 EURKZT 2020-12-15 2020-12-21 2020-12-21
2020-12-15 EURUSD 2020-12-15 2020-12-21 2020-12-21
2020-12-15 RUBKZT 2020-12-15 2020-12-21 2020-12-21
2020-12-15 CNYKZT 2020-12-15 2020-12-21 2020-12-21
2020-12-31 RUBKZT 2020-12-31 2021-01-11 2021-01-12
2021-04-01 EURKZT 2021-04-01 2021-04-06 2021-04-07
"""


@pytest.mark.parametrize("row", TABLE.split("\n")[1:-1])
def test_settlement_dates_of_known_days(row, instruments, calendars: Calendars):
    """Art. 11 p. 2, 3; art. 12 p. 3, 4; art. 13 p. 2, 3; art. 14 p. 2, 3; R-6."""
    day, pair, *expected = row.split()
    dates = settlement_dates(instruments.values(), date(day), calendars)
    found = [str(dates.get(f"{pair}_{term}", "-")) for term in ("TOD", "TOM", "SPT")]
    assert found == expected


@pytest.mark.parametrize(
    ("day", "closed"),
    [
        ("2020-05-27", {}),
        ("2020-05-25", {"USDKZT_TOD": "art. 11 p. 2", "EURUSD_TOD": "art. 12 p. 3"}),
        ("2020-04-13", {"EURKZT_TOD": "art. 12 p. 3", "EURUSD_TOD": "art. 12 p. 3"}),
        ("2020-06-12", {"RUBKZT_TOD": "art. 13 p. 2"}),
        ("2020-06-25", {f"CNYKZT_{term}": "art. 14 p. 2" for term in ("TOD", "TOM", "SPT")}),
        (
            "2020-12-20",  # a working Sunday: no foreign bank settles
            {
                "USDKZT_TOD": "art. 11 p. 2",
                "EURKZT_TOD": "art. 12 p. 3",
                "EURUSD_TOD": "art. 12 p. 3",
                "RUBKZT_TOD": "art. 13 p. 2",
                "CNYKZT_TOD": "art. 14 p. 2",
                "CNYKZT_TOM": "art. 14 p. 2",
                "CNYKZT_SPT": "art. 14 p. 2",
            },
        ),
    ],
)
def test_what_does_not_trade(day, closed, instruments, calendars: Calendars):
    """Art. 11 p. 2, 12 p. 3, 13 p. 2, 14 p. 2."""
    assert not_traded(instruments.values(), date(day), calendars) == closed


def test_nothing_trades_on_a_day_off(instruments, calendars: Calendars):
    """Art. 4 p. 1: trading is held on every working day of the RK."""
    closed = not_traded(instruments.values(), date("2020-05-08"), calendars)
    assert closed == dict.fromkeys(instruments, "art. 4 p. 1")


def test_a_holiday_on_a_alone_does_not_move_spot(instruments):
    """Art. 11 p. 3; R-6: only where both A and B fail do both move."""
    only_a = Calendars({"USD": {date("2020-06-02"): (False, "notice")}})
    both = Calendars({"USD": {date("2020-06-02"): (False, "notice"), date("2020-06-03"): (False, "notice")}})
    only_b = Calendars({"USD": {date("2020-06-03"): (False, "notice")}})
    wanted = [instruments["USDKZT_TOM"], instruments["USDKZT_SPT"]]

    def found(calendars: Calendars) -> list[str]:
        return [str(day) for day in settlement_dates(wanted, date("2020-06-01"), calendars).values()]

    assert found(only_a) == ["2020-06-03", "2020-06-03"]
    assert found(only_b) == ["2020-06-02", "2020-06-04"]
    assert found(both) == ["2020-06-04", "2020-06-05"]


def test_the_tenge_is_a_currency_concerned(instruments):
    """Art. 1 p. 1 sp. 9 names the tenge: XXXKZT waits for it, EURUSD does not."""
    calendars = Calendars({"KZT": {date("2020-06-02"): (False, "notice")}})
    dates = settlement_dates(instruments.values(), date("2020-06-01"), calendars)
    assert dates["EURKZT_TOM"] == date("2020-06-03")
    assert dates["EURUSD_TOM"] == date("2020-06-02")


@given(day=st.dates(dt.date(2019, 1, 1), dt.date(2026, 12, 31)))
def test_settlement_is_always_on_a_day_everyone_settles(day, instruments, calendars: Calendars):
    """Art. 11-14: a working day of the RK on which every bank concerned settles, TOM not after SPT."""
    dates = settlement_dates(instruments.values(), day, calendars)
    for symbol, settled in dates.items():
        instrument = instruments[symbol]
        assert settled >= day
        assert calendars.works(settled)
        if instrument.term != "TOD":
            assert settled > day
            assert calendars.settles(instrument.currency, settled)
            assert calendars.settles(instrument.quote, settled)
        if instrument.term == "SPT":
            assert dates[symbol.replace("SPT", "TOM")] <= settled
