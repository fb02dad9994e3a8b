"""The calendars on request: CA of both dialects, the working days of the Republic and of the banks abroad."""

import datetime as dt
from collections.abc import Callable, Iterable

from kase_fix.calendar.working_days import RK, Calendars
from kase_fix.gateway.dialect.fix_text import date_text
from kase_fix.gateway.dialect.problems import BusinessReason, business_reject
from kase_fix.gateway.dialect.questions import CalendarDays

COUNTRIES = {"KZ": RK, "US": "USD", "EU": "EUR", "RU": "RUB", "CN": "CNY"}
"""CountryCode(5237) to the calendar: the Republic's, and those of currencies' correspondent banks (art. 1 p. 1)."""
WORKING, DAY_OFF = "W", "H"
"""DayType(5238)."""
USUAL_DAYS = 31
GREATEST_DAYS = 366
DAYS_IN_MESSAGE = 31
YEARS = 5
"""So many years back and ahead are told: before there was another law, later ones are guesses."""


def answers(asked: CalendarDays, today: dt.date, calendars: Calendars) -> list[str]:
    """Return the bodies of the answer to CAR, a month in each; or j where the period makes no sense (R-170)."""
    first = asked.first or today
    last = asked.last or first + dt.timedelta(days=USUAL_DAYS - 1)
    if words := _senseless(first, last, today):
        return [business_reject(0, "CAR", BusinessReason.OTHER, words)]
    days = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    works = {"KZ": calendars.works} | {
        country: _settling(calendars, currency) for country, currency in COUNTRIES.items() if currency != RK
    }
    return [_message(days[at : at + DAYS_IN_MESSAGE], works) for at in range(0, len(days), DAYS_IN_MESSAGE)]


def _senseless(first: dt.date, last: dt.date, today: dt.date) -> str:
    if last < first:
        return "EndDate(917) is before StartDate(916)"
    if (last - first).days >= GREATEST_DAYS:
        return f"At most {GREATEST_DAYS} days are told at once"
    if not (today.year - YEARS <= first.year and last.year <= today.year + YEARS):
        return f"Days of the years {today.year - YEARS} to {today.year + YEARS} are told"
    return ""


def _settling(calendars: Calendars, currency: str) -> Callable[[dt.date], bool]:
    return lambda date: calendars.settles(currency, date)


def _message(days: Iterable[dt.date], works: dict[str, Callable[[dt.date], bool]]) -> str:
    entries = [
        f"5234={date_text(day)}\x015235={len(works)}\x01"
        + "".join(f"5237={country}\x015238={WORKING if on(day) else DAY_OFF}\x01" for country, on in works.items())
        for day in days
    ]
    return f"35=CA\x015232={len(entries)}\x01{''.join(entries)}"
