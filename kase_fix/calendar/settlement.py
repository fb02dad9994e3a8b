"""When deals in foreign currencies are settled, and what is not traded on a date (art. 11-14; R-6).

A and B are the first and second working day of the RK after the deal; S(x) says that every currency concerned settles
on x.
"""

import datetime as dt
from collections.abc import Iterable

from kase_fix.calendar.working_days import TENGE, Calendars
from kase_fix.messages.configuration import Instrument

NOT_TRADED: dict[tuple[str, str], str] = {
    ("USD", "KZT"): "art. 11 p. 2",
    ("EUR", "KZT"): "art. 12 p. 3",
    ("EUR", "USD"): "art. 12 p. 3",
    ("RUB", "KZT"): "art. 13 p. 2",
    ("CNY", "KZT"): "art. 14 p. 2",
}
"""Clause by (currency, quote)."""

ALL_TERMS_STOP = ("CNY",)
"""Currencies that do not trade at all on a day they do not settle (art. 14 p. 2)."""

NO_WORKING_DAY = "art. 4 p. 1"
BANKS_DO_NOT_SETTLE = "art. 1 p. 1 sp. 9"


def settlement_date(instrument: Instrument, date: dt.date, calendars: Calendars) -> dt.date:
    """Return the settlement date of a deal of `date`, a day on which the instrument trades.

    Clauses: TOD the day itself (art. 11-14 p. 1); TOM and SPT art. 11 p. 3, 12 p. 4, 13 p. 3, 14 p. 3. Raises
    `ValueError` for another term.
    """
    currencies = (instrument.currency, instrument.quote)
    if instrument.term == "TOD":
        return date
    if instrument.term == "TOM":
        return next_day(date, currencies, calendars)
    if instrument.term == "SPT":
        return second_day(date, currencies, calendars)
    raise ValueError(f"{instrument.symbol} has the term {instrument.term}")


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


def not_traded(instruments: Iterable[Instrument], date: dt.date, calendars: Calendars) -> dict[str, str]:
    """Return the symbols that do not trade on the date, each with the clause that says so.

    TOD looks at the foreign currency only, EURUSD at both (art. 11 p. 2, 12 p. 3, 13 p. 2, 14 p. 2); the yuan does not
    trade at all on a day it does not settle; nothing trades on a day that is no working day of the RK (art. 4 p. 1).
    """
    closed: dict[str, str] = {}
    works = calendars.works(date)
    for instrument in instruments:
        pair = (instrument.currency, instrument.quote)
        foreign = [currency for currency in pair if currency != TENGE]
        needed = [currency for currency in foreign if instrument.term == "TOD" or currency in ALL_TERMS_STOP]
        if not works:
            closed[instrument.symbol] = NO_WORKING_DAY
        elif not all_settle(needed, date, calendars):
            closed[instrument.symbol] = NOT_TRADED.get(pair, BANKS_DO_NOT_SETTLE)
    return closed


def settlement_dates(instruments: Iterable[Instrument], date: dt.date, calendars: Calendars) -> dict[str, dt.date]:
    """Return the settlement date by symbol of deals of `date`, for the instruments that trade on it."""
    listed = tuple(instruments)
    closed = not_traded(listed, date, calendars)
    return {
        instrument.symbol: settlement_date(instrument, date, calendars)
        for instrument in listed
        if instrument.symbol not in closed
    }
