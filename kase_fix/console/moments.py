"""Moments as people in Almaty read and write them over HTTP; inside they are integer nanoseconds UTC."""

import datetime as dt

from kase_fix.calendar.almaty import instant, parse_instant, wall

EARLIEST, LATEST = dt.date(1971, 1, 1), dt.date(2199, 12, 31)
"""Nobody rehearses later years, and their nanoseconds would soon not fit into 64 bits."""


def iso(moment: int) -> str:
    """Return nanoseconds UTC as ISO 8601 in Almaty's wall time with its offset, cut to microseconds."""
    return wall(moment).isoformat()


def iso_local(date: dt.date, time: dt.time) -> str:
    """Return an Almaty wall time of a date as ISO 8601 with its offset."""
    return iso(instant(date, time))


def parse_iso(text: str) -> int:
    """Return an ISO 8601 moment as nanoseconds UTC; without an offset it is Almaty's wall time. Raises `ValueError`."""
    moment = parse_instant(text)
    if not instant(EARLIEST) <= moment <= instant(LATEST):
        raise ValueError(f"{text} lies outside {EARLIEST} to {LATEST}")
    return moment
