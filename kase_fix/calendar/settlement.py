"""When deals are settled, and what is not traded on a date: one answer for the instruments of every group.

Currencies are here (art. 11-14; R-6), swaps, securities and repo in modules of their own.
"""

import datetime as dt
from collections.abc import Iterable, Mapping

from kase_fix.calendar import securities, swaps
from kase_fix.calendar.shifts import all_settle, next_day, second_day
from kase_fix.calendar.working_days import RK, TENGE, Calendars
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
CURRENCY = ("currency", "")
"""Schemes of art. 11-14; an instrument that names none is a currency."""


def settlement_date(instrument: Instrument, date: dt.date, calendars: Calendars) -> dt.date:
    """Return the settlement date of a deal of `date`, a day on which the instrument trades.

    Of a currency: TOD the day itself (art. 11-14 p. 1); TOM and SPT art. 11 p. 3, 12 p. 4, 13 p. 3, 14 p. 3. Of a swap
    and a repo the first leg's. Raises `ValueError` for a currency's other term.
    """
    if instrument.scheme == "swap":
        return swaps.legs(instrument, date, calendars).first
    if instrument.scheme not in CURRENCY:
        return securities.settlement_date(instrument, date, calendars)
    currencies = (instrument.currency, instrument.quote)
    if instrument.term == "TOD":
        return date
    if instrument.term == "TOM":
        return next_day(date, currencies, calendars)
    if instrument.term == "SPT":
        return second_day(date, currencies, calendars)
    raise ValueError(f"{instrument.symbol} has the term {instrument.term}")


def not_traded(
    instruments: Iterable[Instrument], date: dt.date, calendars: Calendars, wide: bool = False
) -> dict[str, str]:
    """Return what does not trade on the date, each with the clause that says so.

    A key is a symbol, or `SYMBOL@BOARD` where it is one of the symbol's boards (art. 15 p. 1-1 sp. 3). Nothing trades
    on a day that is no working day of the RK (art. 4 p. 1). `wide` is the other reading of R-22.
    """
    listed = tuple(instruments)
    if not calendars.works(date):
        return {instrument.symbol: NO_WORKING_DAY for instrument in listed}
    dollar = securities.DollarDays(date, calendars, wide)
    closed: dict[str, str] = {}
    for instrument in listed:
        if instrument.scheme == "swap":
            reason = swaps.closed(instrument, date, calendars)
            clause = "" if reason is None else reason.clause
            for board, why in swaps.closed_on_boards(instrument, date, calendars).items():
                closed[f"{instrument.symbol}@{board}"] = why
        elif instrument.scheme in CURRENCY:
            clause = _currency_closed(instrument, date, calendars)
        else:
            clause = dollar.closed(instrument)
        if clause:
            closed[instrument.symbol] = clause
    return closed


def why_not_traded(instrument: Instrument, date: dt.date, calendars: Calendars, wide: bool = False) -> str:
    """Return in words why an instrument does not trade on a date, empty where it does; the clause is `not_traded`'s."""
    if not calendars.works(date):
        return calendars.why_closed(RK, date)
    if instrument.scheme == "swap":
        reason = swaps.closed(instrument, date, calendars)
        return "" if reason is None else reason.why
    if instrument.scheme not in CURRENCY:
        return securities.DollarDays(date, calendars, wide).why(instrument, calendars)
    if not _currency_closed(instrument, date, calendars):
        return ""
    pair = ((currency, calendars.why_closed(currency, date)) for currency in (instrument.currency, instrument.quote))
    return ", ".join(f"{currency}: {reason}" for currency, reason in pair if reason)


def settlement_dates(
    instruments: Iterable[Instrument], date: dt.date, calendars: Calendars, wide: bool = False
) -> dict[str, dt.date]:
    """Return the settlement date by symbol of deals of `date`, for the instruments that trade on it."""
    listed = tuple(instruments)
    closed = not_traded(listed, date, calendars, wide)
    dates: dict[tuple[str, ...], dt.date] = {}
    settled: dict[str, dt.date] = {}
    for instrument in listed:
        if instrument.symbol not in closed:
            key = (
                instrument.scheme,
                instrument.term,
                instrument.first_leg,
                instrument.settled_in,
                instrument.quote,
                instrument.currency if instrument.scheme in (*CURRENCY, "swap") else "",
            )
            if key not in dates:
                dates[key] = settlement_date(instrument, date, calendars)
            settled[instrument.symbol] = dates[key]
    return settled


def closing_dates(
    instruments: Iterable[Instrument], settled: Mapping[str, dt.date], date: dt.date, calendars: Calendars
) -> dict[str, dt.date]:
    """Return when the second leg of deals of `date` is settled, by symbol, for swaps and repo that trade on it.

    `settled` are the first legs' dates (art. 15, 40).
    """
    closings: dict[str, dt.date] = {}
    for instrument in instruments:
        opened = settled.get(instrument.symbol)
        if opened is not None and instrument.scheme == "swap":
            closings[instrument.symbol] = swaps.legs(instrument, date, calendars).second
        elif opened is not None and instrument.scheme == "repo":
            closings[instrument.symbol] = securities.closing_date(instrument, opened, calendars)
    return closings


def _currency_closed(instrument: Instrument, date: dt.date, calendars: Calendars) -> str:
    """TOD looks at the foreign currency only, EURUSD at both; the yuan stops whole (art. 11-14 p. 2, 3)."""
    pair = (instrument.currency, instrument.quote)
    foreign = [currency for currency in pair if currency != TENGE]
    needed = [currency for currency in foreign if instrument.term == "TOD" or currency in ALL_TERMS_STOP]
    if all_settle(needed, date, calendars):
        return ""
    return NOT_TRADED.get(pair, BANKS_DO_NOT_SETTLE)
