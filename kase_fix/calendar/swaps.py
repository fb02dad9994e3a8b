"""Currency swaps: when their legs are settled, and which swaps trade on a date (art. 15; R-28)."""

import calendar
import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from kase_fix.calendar.shifts import next_day, on_or_after, second_day
from kase_fix.calendar.working_days import Calendars
from kase_fix.messages.configuration import Instrument

ONLY_TODAY: dict[str, str] = {"USD": "art. 11 p. 2", "EUR": "art. 12 p. 3", "RUB": "art. 13 p. 2"}
"""Why a swap that begins today does not trade: its first leg does not."""
ONLY_TOMORROW: dict[str, str] = {"USD": "art. 15 p. 3", "EUR": "art. 15 p. 3", "RUB": "art. 15 p. 5"}
"""Swaps that begin tomorrow trade only on days on which those that begin today do not."""
YUAN_STOPS = "art. 14 p. 2"
ONE_DAY_ONLY = "art. 15 p. 1-1 sp. 3"
LATER_LEG: dict[str, str] = {
    "USD": "art. 15 p. 1 sp. 2",
    "EUR": "art. 15 p. 2 sp. 2",
    "RUB": "art. 15 p. 4 sp. 2",
    "CNY": "art. 15 p. 6 sp. 2",
}
"""The closing leg is settled later than the opening one."""
MONTHS = {"01M": 1, "03M": 3, "06M": 6, "01Y": 12}


SECOND_LEGS = {"001": "TOM", "002": "SPT"}
"""The pair whose deals are settled on the second leg's day; longer terms have none."""


class Legs(NamedTuple):
    """Settlement dates of a swap's two legs."""

    first: dt.date
    second: dt.date


class Closed(NamedTuple):
    """Why a swap does not trade: the clause, and in words."""

    clause: str
    why: str


def legs(instrument: Instrument, date: dt.date, calendars: Calendars) -> Legs:
    """Return when both legs of a swap dealt on the date are settled (art. 15 p. 1, 2, 4, 6).

    The first leg is TOD or TOM; the second is TOM (001), SPT (002), or counts from the first leg's date and is rolled
    forward to a day everyone settles (01W, 01M, 03M, 06M, 01Y).
    """
    pair = (instrument.currency, instrument.quote)
    first = date if instrument.first_leg == "TOD" else next_day(date, pair, calendars)
    if instrument.term == "001":
        return Legs(first, next_day(date, pair, calendars))
    if instrument.term == "002":
        return Legs(first, second_day(date, pair, calendars))
    return Legs(first, on_or_after(_after(first, instrument.term), pair, calendars))


def leg_symbols(instrument: Instrument) -> tuple[str, str]:
    """Return the pairs of a swap's two legs (art. 15): `USDKZT_TOD` and `USDKZT_TOM`, or `USDKZT_01W`."""
    pair = f"{instrument.currency}{instrument.quote}"
    return f"{pair}_{instrument.first_leg}", f"{pair}_{SECOND_LEGS.get(instrument.term, instrument.term)}"


def swap_legs(instruments: Iterable[Instrument], date: dt.date, calendars: Calendars) -> dict[str, Legs]:
    """Return the legs by symbol of the swaps that trade on the date."""
    return {
        instrument.symbol: legs(instrument, date, calendars)
        for instrument in instruments
        if instrument.scheme == "swap" and closed(instrument, date, calendars) is None
    }


def closed(instrument: Instrument, date: dt.date, calendars: Calendars) -> Closed | None:
    """Return why a swap does not trade on a working day of the RK; None: it does (art. 15 p. 3, 5, 6; R-28).

    Dollar, euro and rouble begin today, or, when TOD does not trade, tomorrow. The yuan does both side by side, and
    neither on a day it does not settle.
    """
    currency = instrument.currency
    settles = calendars.settles(currency, date)
    if currency not in ONLY_TODAY:
        if not settles:
            return Closed(YUAN_STOPS, f"{currency} does not settle today")
    elif instrument.first_leg == "TOD" and not settles:
        return Closed(ONLY_TODAY[currency], f"{currency} does not settle today, nor does the first leg")
    elif instrument.first_leg != "TOD" and settles:
        return Closed(ONLY_TOMORROW[currency], f"{currency} settles today, so swaps begin today")
    first, second = legs(instrument, date, calendars)
    if first >= second:
        return Closed(LATER_LEG[currency], f"both legs would be settled on {first} (R-28)")
    return None


def closed_on_boards(instrument: Instrument, date: dt.date, calendars: Calendars) -> dict[str, str]:
    """Return the boards of its own on which a swap does not trade, each with the clause (art. 15 p. 1-1 sp. 3).

    The additional session knows one day only: from today, or from tomorrow when the dollar does not settle today.
    """
    needed = instrument.first_leg == "TOD"
    if calendars.settles(instrument.currency, date) == needed:
        return {}
    return dict.fromkeys(instrument.more_boards, ONE_DAY_ONLY)


def _after(date: dt.date, term: str) -> dt.date:
    """Return the date so much later; a month that is too short gives its last day."""
    if term == "01W":
        return date + dt.timedelta(weeks=1)
    years, month = divmod(date.month - 1 + MONTHS[term], 12)
    year, month = date.year + years, month + 1
    return dt.date(year, month, min(date.day, calendar.monthrange(year, month)[1]))
