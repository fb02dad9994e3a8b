"""The exchange's reference data on request: its calendars, its members."""

import datetime as dt
from collections.abc import Callable, Container, Iterable

from kase_fix.calendar.working_days import Calendars
from kase_fix.gateway.dialect import calendar_text, party_text
from kase_fix.gateway.dialect.questions import CalendarDays, PartyList
from kase_fix.messages.configuration import User


class Reference:
    """What is asked of the register and the calendars, as they are for the whole run; both dialects have it alike."""

    def __init__(self, calendars: Calendars, users: Iterable[User], suspended: Callable[[], Container[str]]) -> None:
        """`suspended` tells which users the exchange lets in no more."""
        self._calendars = calendars
        self._users = tuple(users)
        self._suspended = suspended

    def answer(self, asked: CalendarDays | PartyList, today: dt.date, report_id: str) -> list[str]:
        """Return the bodies of the answer; `report_id` is that of a report of members."""
        if isinstance(asked, CalendarDays):
            return calendar_text.answers(asked, today, self._calendars)
        return party_text.answers(asked, report_id, self._users, self._suspended())
