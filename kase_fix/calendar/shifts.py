"""Days after a deal on which everyone settles (art. 11-14; R-6).

A and B are the first and second working day of the RK after the deal; S(x) says that every currency concerned settles
on x.
"""

import datetime as dt
from collections.abc import Iterable

from kase_fix.calendar.working_days import Calendars


def all_settle(currencies: Iterable[str], date: dt.date, calendars: Calendars) -> bool:
    """Return S(date): every currency settles ("и/или" of art. 12 p. 4 is read "и")."""
    return all(calendars.settles(currency, date) for currency in currencies)


def next_day(date: dt.date, currencies: Iterable[str], calendars: Calendars) -> dt.date:
    """Return the first working day of the RK after `date` with S: T+1 (art. 11 p. 3, 12 p. 4, 13 p. 3, 14 p. 3)."""
    wanted = tuple(currencies)
    following = calendars.next_working_day(date)
    while not all_settle(wanted, following, calendars):
        following = calendars.next_working_day(following)
    return following


def second_day(date: dt.date, currencies: Iterable[str], calendars: Calendars) -> dt.date:
    """Return T+2 (art. 11 p. 3, 12 p. 4, 13 p. 3, 14 p. 3): B, or the next day with S after it.

    Where neither A nor B has S both move: A' is the next day with S after B, and T+2 the next after A'. A holiday on A
    alone moves nothing.
    """
    wanted = tuple(currencies)
    first = calendars.next_working_day(date)
    second = calendars.next_working_day(first)
    if all_settle(wanted, second, calendars):
        return second
    moved = next_day(second, wanted, calendars)
    return moved if all_settle(wanted, first, calendars) else next_day(moved, wanted, calendars)


def on_or_after(date: dt.date, currencies: Iterable[str], calendars: Calendars) -> dt.date:
    """Return the date itself, or the next working day of the RK with S: a term is rolled forward (R-28; art. 15)."""
    wanted = tuple(currencies)
    if calendars.works(date) and all_settle(wanted, date, calendars):
        return date
    return next_day(date, wanted, calendars)
