"""Securities and repo: settlement dates, and what does not trade round a day the dollar does not settle.

R-21: T+0, or T+2 with the dates moved as those of USDKZT_SPT. R-22: "за N торговых дней до" names one day.
"""

import datetime as dt

from kase_fix.calendar.shifts import on_or_after, second_day
from kase_fix.calendar.working_days import TENGE, Calendars
from kase_fix.messages.configuration import Instrument

DOLLAR = "USD"
BONDS = "art. 24 p. 3-1"
NETTING_ON_THE_DAY = "art. 40 p. 4-1 sp. 1"
NETTING_BEFORE = "art. 40 p. 4-1 sp. 2"


def settlement_date(instrument: Instrument, date: dt.date, calendars: Calendars) -> dt.date:
    """Return when a deal of the date is settled; of a repo, when it is opened (R-21)."""
    if instrument.scheme == "T+2":
        return second_day(date, _currencies(instrument), calendars)
    return date


def closing_date(instrument: Instrument, opened: dt.date, calendars: Calendars) -> dt.date:
    """Return when a repo opened on the date is closed: its calendar days later, or on the next day all settle."""
    return on_or_after(opened + dt.timedelta(days=instrument.days), _currencies(instrument), calendars)


class DollarDays:
    """The days round a date on which the dollar may not settle, looked up once for all instruments."""

    def __init__(self, date: dt.date, calendars: Calendars, wide: bool = False) -> None:
        """`wide` reads "N trading days before" as all of these days, not the N-th alone (R-22)."""
        following = calendars.next_working_day(date)
        second = calendars.next_working_day(following)
        self._days = (date, following, second)
        self._today, self._next, self._second = (not calendars.settles(DOLLAR, day) for day in self._days)
        self._wide = wide

    def closed(self, instrument: Instrument) -> str:
        """Return the clause by which the instrument does not trade, empty where it does (art. 24, 40)."""
        if instrument.settled_in != DOLLAR:
            return ""
        if instrument.scheme == "repo":
            return NETTING_ON_THE_DAY if self._today else NETTING_BEFORE if self._next else ""
        return BONDS if self._second or (self._wide and self._next) else ""

    def why(self, instrument: Instrument, calendars: Calendars) -> str:
        """Return in words why the instrument does not trade, empty where it does."""
        if not self.closed(instrument):
            return ""
        seen = (self._today, self._next) if instrument.scheme == "repo" else (False, self._wide and self._next, True)
        day = next(day for day, stops in zip(self._days, seen, strict=False) if stops)
        return f"{DOLLAR} does not settle on {day} ({calendars.why_closed(DOLLAR, day)})"


def _currencies(instrument: Instrument) -> tuple[str, str]:
    return instrument.settled_in or instrument.quote, TENGE
