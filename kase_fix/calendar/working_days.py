"""Working days of the Republic, and the days on which the correspondent banks of each currency settle (R-6).

Defaults come from the public holidays of each country and of the dollar's and the euro's payment systems; what an
operator decided stands over them.
"""

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

import holidays

Decisions: TypeAlias = Mapping[str, Mapping[dt.date, tuple[bool, str]]]
"""Calendar to date to (open or not, why); calendars are `RK` and the currencies."""

RK = "RK"
TENGE = "KZT"
FOREIGN = ("USD", "EUR", "RUB", "CNY")
CALENDARS = (RK, TENGE, *FOREIGN)

_NO_DECISIONS: Decisions = MappingProxyType({})
_ENGLISH = "en_US"
_ESTIMATED = "(estimated)"
_ONE_DAY = dt.timedelta(days=1)


class Calendars:
    """All calendars of the exchange. Asks nothing but the date it is given; remembers nothing."""

    def __init__(self, decisions: Decisions = _NO_DECISIONS) -> None:
        """Put the operator's `decisions` over the defaults."""
        self._decisions = decisions
        self._republic = holidays.country_holidays("KZ", language=_ENGLISH)
        self._banks: dict[str, holidays.HolidayBase] = {
            "USD": holidays.financial_holidays("XFED"),
            "EUR": holidays.financial_holidays("XECB"),
            "RUB": holidays.country_holidays("RU", language=_ENGLISH),
            "CNY": holidays.country_holidays("CN", language=_ENGLISH),
        }

    def works(self, date: dt.date) -> bool:
        """Tell whether this is a working day of the RK, working weekends included (art. 1 p. 1 sp. 8)."""
        decided = self._decided(RK, date)
        if decided is not None:
            return decided[0]
        # Asked first whether it is a holiday, the calendar learns the year and with it the year's working weekends.
        return date not in self._republic and bool(self._republic.is_working_day(date))

    def settles(self, currency: str, date: dt.date) -> bool:
        """Tell whether the correspondent banks settle in this currency on the date (art. 1 p. 1 sp. 9; R-6).

        Foreign currencies never settle on Saturday or Sunday; the tenge settles on every working day of the RK.
        """
        decided = self._decided(currency, date)
        if decided is not None:
            return decided[0]
        if currency == TENGE:
            return self.works(date)
        return date.weekday() < 5 and date not in self._banks[currency]

    def next_working_day(self, date: dt.date) -> dt.date:
        """Return the first working day of the RK after the date."""
        following = date + _ONE_DAY
        while not self.works(following):
            following += _ONE_DAY
        return following

    def why_closed(self, calendar: str, date: dt.date) -> str:
        """Return for people why the date is closed in `RK` or for a currency; empty where it is open.

        What the library only estimates says so in its words ("Eid al-Adha (estimated)").
        """
        if self.works(date) if calendar == RK else self.settles(calendar, date):
            return ""
        decided = self._decided(calendar, date)
        if decided is not None:
            return decided[1]
        if calendar == TENGE:
            return self.why_closed(RK, date)
        name = self._republic.get(date) if calendar == RK else self._banks[calendar].get(date)
        return str(name) if name else f"{date:%A}"

    def estimated(self, date: dt.date) -> tuple[str, ...]:
        """Return the calendars whose being closed on this date rests on an estimate, not on an announced date."""
        return tuple(name for name in (RK, *FOREIGN) if _ESTIMATED in self.why_closed(name, date))

    def _decided(self, calendar: str, date: dt.date) -> tuple[bool, str] | None:
        return self._decisions.get(calendar, {}).get(date)
