"""Working days of the Republic, days of the banks, and the Almaty clock face."""

import datetime as dt

import pytest

from kase_fix.calendar.almaty import date_of, instant, parse_instant, wall
from kase_fix.calendar.working_days import CALENDARS, FOREIGN, TENGE, Calendars
from kase_fix.rulebook import files, sections


def date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2020-05-27", True),
        ("2020-05-08", False),  # moved from Monday 11 May
        ("2020-05-11", True),
        ("2020-01-05", True),  # working Sunday
        ("2020-01-03", False),
        ("2020-12-20", True),  # working Sunday
        ("2020-12-18", False),
        ("2020-12-19", False),
        ("2020-07-06", False),
        ("2020-07-31", False),
        ("2021-07-03", True),  # working Saturday
    ],
)
def test_working_days_of_the_republic(day, works):
    """Art. 1 p. 1 sp. 8; R-6: with the days that were moved. A fresh calendar each time: no order of asking matters."""
    assert Calendars().works(date(day)) is works


def test_foreign_banks_rest_on_working_weekends(calendars: Calendars):
    """R-6: correspondent banks never settle on Saturday or Sunday; the tenge settles on every working day."""
    for currency in FOREIGN:
        assert not calendars.settles(currency, date("2020-12-20"))
        assert calendars.settles(currency, date("2020-12-21"))
    assert calendars.settles(TENGE, date("2020-12-20"))
    assert not calendars.settles("RUB", date("2021-02-20"))  # a working Saturday of Russia
    assert not calendars.settles("CNY", date("2020-06-28"))  # a working Sunday of China


def test_operators_decisions_stand_over_the_defaults():
    """R-6: operator's files override, either way, weekends too."""
    calendars = Calendars(
        {
            "RK": {date("2020-05-30"): (True, "moved"), date("2020-05-29"): (False, "order No. 1")},
            "USD": {date("2020-05-25"): (True, "bank is open"), date("2020-05-26"): (False, "bank is closed")},
        }
    )
    assert calendars.next_working_day(date("2020-05-28")) == date("2020-05-30")
    assert calendars.settles("KZT", date("2020-05-30"))
    assert calendars.settles("USD", date("2020-05-25"))
    assert calendars.why_closed("USD", date("2020-05-26")) == "bank is closed"
    assert calendars.why_closed("RK", date("2020-05-29")) == "order No. 1"


def test_people_are_told_why_and_whether_it_is_an_estimate(calendars: Calendars):
    """R-6: estimated dates are shown as such."""
    assert calendars.why_closed("USD", date("2020-05-25")) == "Memorial Day"
    assert calendars.why_closed("USD", date("2020-05-27")) == ""
    assert calendars.why_closed("RK", date("2020-05-30")) == "Saturday"
    assert calendars.why_closed("KZT", date("2020-07-06")) == "Capital Day"
    assert calendars.estimated(date("2020-07-31")) == ()


def test_both_rooms_know_the_same_calendars():
    """What a file may name is what the calendar knows."""
    assert (*CALENDARS,) == files.CALENDARS
    assert set(sections.CURRENCIES) == {TENGE, *FOREIGN}


def test_almaty_was_six_hours_ahead_and_is_five():
    """UTC+6 until 2024-03-01, UTC+5 since."""
    assert instant(date("2020-05-27"), dt.time(10, 15)) == 1590552900 * 10**9
    assert wall(1590552900 * 10**9).isoformat() == "2020-05-27T10:15:00+06:00"
    assert wall(instant(date("2024-03-04"), dt.time(10, 15))).isoformat() == "2024-03-04T10:15:00+05:00"
    assert wall(instant(date("2024-02-29"), dt.time(10, 15))).isoformat() == "2024-02-29T10:15:00+06:00"


def test_the_date_is_almatys():
    """ExpireDate and the trading day are judged by the venue's date."""
    midnight = instant(date("2020-05-27"))
    assert date_of(midnight) == date("2020-05-27")
    assert date_of(midnight - 1) == date("2020-05-26")


def test_a_moment_is_read_as_almaty_time():
    """Contract: `--rehearsal DATETIME` is Almaty; an offset is obeyed."""
    expected = instant(date("2020-05-27"), dt.time(10, 29))
    assert parse_instant("2020-05-27T10:29:00") == parse_instant("2020-05-27 10:29") == expected
    assert parse_instant("2020-05-27T04:29:00+00:00") == expected
    for text in ("2020-05-27", "yesterday", ""):
        with pytest.raises(ValueError, match=r"."):
            parse_instant(text)
