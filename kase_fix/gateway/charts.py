"""Charts on request (CL): today's candles from the fold, those of past days from their file (R-180)."""

import datetime as dt
from collections.abc import Mapping

from kase_fix.calendar.almaty import date_of
from kase_fix.gateway.dialect import chart_text
from kase_fix.gateway.dialect.chart_text import Dated
from kase_fix.gateway.dialect.listing import Listed
from kase_fix.gateway.dialect.problems import BusinessReason, business_reject
from kase_fix.gateway.dialect.questions import DAY_MINUTES, Chart
from kase_fix.journal.past_days import NotThere, PastDays
from kase_fix.marketdata.candles import MINUTE, Candle, in_periods, joined
from kase_fix.marketdata.market import Market

DAYS, DAYS_OF_PIECES = 366, 31
"""So many days at the most are in one answer: of candles of days, of shorter ones."""
GREATEST = 500
"""So many candles at the most are in one answer: some 50 kB."""
MONTH = dt.timedelta(days=30)


class Refused(Exception):
    """The question cannot be answered: BusinessRejectReason(380) and Text(58)."""

    def __init__(self, reason: BusinessReason, words: str) -> None:
        super().__init__(words)
        self.reason = reason


def chart(
    asked: Chart,
    market: Market,
    listed: Mapping[str, Listed],
    entitled: bool,
    past: PastDays | None,
    began: int,
) -> str:
    """Return the body of CR, or of j that says why not.

    `began` is the number of the command that opened the market's day, before which are the past days.
    """
    try:
        one = listed.get(asked.symbol)
        if one is None:
            raise Refused(BusinessReason.UNKNOWN_SECURITY, f"Unknown instrument {asked.symbol}")
        if not entitled:
            words = f"You are not entitled to market data of {asked.symbol}"
            raise Refused(BusinessReason.NOT_AUTHORIZED, words)
        if market.day is None:
            raise Refused(BusinessReason.NOT_AVAILABLE, "No operational day has begun yet")
        first, last = _bounds(asked, market.day)
        candles = _past(asked, first, last, market.day, past, began)
        if first <= market.day <= last:
            today = market.listings[asked.symbol].minutes.candles
            candles += [Dated(market.day, candle) for candle in _pieces(today, asked.period)]
        if len(candles) > GREATEST:
            words = f"{len(candles)} candles are more than {GREATEST}: ask for fewer days, or a longer period"
            raise Refused(BusinessReason.OTHER, words)
        return chart_text.answer(asked, first, last, candles, one.decimals)
    except Refused as refused:
        return business_reject(0, "CL", refused.reason, str(refused), asked.reference)


def _bounds(asked: Chart, today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the days asked for: to today, of days from a month before, of shorter candles one day."""
    last = asked.last or today
    first = asked.first or (last - MONTH if asked.period == DAY_MINUTES else last)
    if first > last:
        raise Refused(BusinessReason.OTHER, "ChartFromDate(5091) is later than ChartToDate(5092)")
    if first > today:
        raise Refused(BusinessReason.OTHER, f"ChartFromDate(5091) lies ahead: today is {today}")
    last = min(last, today)
    greatest = DAYS if asked.period == DAY_MINUTES else DAYS_OF_PIECES
    if (last - first).days >= greatest:
        raise Refused(BusinessReason.OTHER, f"At most {greatest} days are answered at once for this period")
    return first, last


def _past(
    asked: Chart, first: dt.date, last: dt.date, today: dt.date, past: PastDays | None, began: int
) -> list[Dated]:
    if first >= today:
        return []
    last = min(last, today - dt.timedelta(days=1))
    try:
        if past is None:
            raise NotThere
        if asked.period == DAY_MINUTES:
            return [Dated(*row) for row in past.days(began, asked.symbol, first, last)]
        pieces = _pieces(past.minutes(began, asked.symbol, first, last), asked.period)
        return [Dated(date_of(candle.start * MINUTE), candle) for candle in pieces]
    except NotThere:
        words = "Past days are being put together; ask again in a while, or for today alone"
        raise Refused(BusinessReason.NOT_AVAILABLE, words) from None


def _pieces(minutes: list[Candle], period: int) -> list[Candle]:
    if period != DAY_MINUTES:
        return in_periods(minutes, period)
    whole = joined(minutes)
    return [] if whole is None else [whole]
