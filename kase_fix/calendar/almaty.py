"""Almaty wall time and the integer nanoseconds UTC that commands carry, one into the other.

Almaty was UTC+6 until 2024-03-01 and is UTC+5 since; the time zone database knows.
"""

import datetime as dt
from zoneinfo import ZoneInfo

ALMATY = ZoneInfo("Asia/Almaty")
SECOND = 1_000_000_000
"""Nanoseconds."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


def instant(date: dt.date, time: dt.time = dt.time()) -> int:
    """Return the nanoseconds UTC of an Almaty wall time; of one that occurs twice, the first."""
    wall = dt.datetime.combine(date, time, tzinfo=ALMATY)
    return (wall - _EPOCH) // _MICROSECOND * 1000


def wall(time_ns: int) -> dt.datetime:
    """Return the Almaty wall time, with its offset, of nanoseconds UTC; what is below a microsecond is cut off."""
    return (_EPOCH + dt.timedelta(microseconds=time_ns // 1000)).astimezone(ALMATY)


def date_of(time_ns: int) -> dt.date:
    """Return the venue's date at this moment: what a trading day and ExpireDate are judged by."""
    return wall(time_ns).date()


def parse_instant(text: str) -> int:
    """Return the nanoseconds UTC of "2020-05-27T10:29:00", an Almaty time; with an offset the offset is obeyed.

    Raises `ValueError` for text that is no date with a time.
    """
    moment = dt.datetime.fromisoformat(text)
    if len(text) <= len("2020-05-27"):
        raise ValueError(f"no time in {text}")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ALMATY)
    return (moment - _EPOCH) // _MICROSECOND * 1000
