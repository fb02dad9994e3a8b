"""Charts of NEXT: ChartListRequest(CL), and ChartListResponse(CR) with the candles asked for (R-180)."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from kase_fix.gateway.dialect import reading
from kase_fix.gateway.dialect.fix_text import Fields, date_text, utc_timestamp
from kase_fix.gateway.dialect.problems import SessionReason, wrong
from kase_fix.gateway.dialect.questions import DAY_MINUTES, Chart
from kase_fix.marketdata.candles import MINUTE, Candle
from kase_fix.values.numbers import format_price

PERIODS = (1, 5, 15, 30, 60, DAY_MINUTES)
"""ChartPeriod(5251), minutes."""


class Dated(NamedTuple):
    """A candle and the operational day it is of."""

    date: dt.date
    candle: Candle


def chart(fields: Fields, user: str) -> Chart:
    """Read ChartListRequest(CL). Without ChartPeriod(5251), which the clients' dictionary has not, it is of days."""
    period = reading.number(fields, 5251, DAY_MINUTES, DAY_MINUTES)
    if period not in PERIODS:
        words = f"ChartPeriod(5251) is one of {', '.join(map(str, PERIODS))} minutes"
        raise wrong(fields, 5251, SessionReason.OUT_OF_RANGE, words)
    return Chart(
        user=user,
        reference=reading.required(fields, 5089),
        symbol=reading.required(fields, 55),
        first=reading.date(fields, 5091),
        last=reading.date(fields, 5092),
        period=period,
        names_period=5251 in fields,
    )


def answer(asked: Chart, first: dt.date, last: dt.date, candles: Iterable[Dated], decimals: int) -> str:
    """Return the body of CR: a candle without deals is not there, an instrument without deals has no group.

    5251, and 273 with the time at which each candle begins, stand in the answer to who has said 5251.
    """
    entries = [_entry(asked, one, decimals) for one in candles]
    group = f"5099={len(entries)}\x01{''.join(entries)}" if entries else ""
    period = f"5251={asked.period}\x01" if asked.names_period else ""
    return (
        f"35=CR\x015089={asked.reference}\x0155={asked.symbol}\x015091={date_text(first)}\x01"
        f"5092={date_text(last)}\x01{period}{group}"
    )


def _entry(asked: Chart, one: Dated, decimals: int) -> str:
    candle = one.candle
    prices = zip((5101, 5102, 5103, 5104), (candle.open, candle.high, candle.low, candle.close), strict=True)
    text = "".join(f"{tag}={format_price(price, decimals)}\x01" for tag, price in prices)
    begins = ""
    if asked.names_period and asked.period != DAY_MINUTES:
        begins = f"273={utc_timestamp(candle.start * MINUTE).partition('-')[2]}\x01"
    return f"5100={date_text(one.date)}\x01{text}5105={candle.quantity}\x01{begins}"
