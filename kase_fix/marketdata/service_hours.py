"""When the exchange's services were open on a day, against when they are to be (support terms; R-2)."""

import datetime as dt
from typing import NamedTuple

from kase_fix.calendar.almaty import instant
from kase_fix.messages.day_events import ServiceEntered
from kase_fix.rulebook.operational_day import API, CONTROL, MARKET_DATA, SERVICE_HOURS

NAMES = {API: "FIX-API", MARKET_DATA: "FIX-MD", CONTROL: "control and confirmation"}
MINUTE = 60 * 1_000_000_000


class Availability(NamedTuple):
    """A service's day; moments in nanoseconds UTC, minutes whole."""

    service: str
    opens: int
    """By the rules."""
    closes: int
    opened: int | None
    """First opening of the day; None: there was none."""
    until: int
    """Last closing, or the last moment known of while it is open."""
    planned: int
    """Minutes by the rules; of a day that is not over, up to now."""
    actual: int
    """Minutes of them in which it was open."""

    @property
    def hundredths(self) -> int:
        """Return the part of the plan that was kept, hundredths of a per cent, rounded down."""
        return 10_000 if not self.planned else self.actual * 10_000 // self.planned


class ServiceHours:
    """A fold over the `ServiceEntered` events of one operational day."""

    def __init__(self) -> None:
        self._open_since: dict[str, int] = {}
        self._spans: dict[str, list[tuple[int, int]]] = {}

    def apply(self, event: ServiceEntered, time: int) -> None:
        """Take in an opening or a closing at `time`."""
        if event.open:
            self._open_since.setdefault(event.service, time)
        elif (since := self._open_since.pop(event.service, None)) is not None:
            self._spans.setdefault(event.service, []).append((since, time))

    def availability(self, date: dt.date, now: int, trading: tuple[dt.time, dt.time]) -> list[Availability]:
        """Return each service's day as it stands at `now`.

        FIX-API is measured from the first start to the last end of `trading` (R-2), the others on their own hours.
        """
        hours = {API: trading, **{name: SERVICE_HOURS[name][:2] for name in (MARKET_DATA, CONTROL)}}
        return [self._of(name, instant(date, begin), instant(date, end), now) for name, (begin, end) in hours.items()]

    def _of(self, name: str, opens: int, closes: int, now: int) -> Availability:
        spans = list(self._spans.get(name, ()))
        if name in self._open_since:
            spans.append((self._open_since[name], now))
        planned = max(0, min(closes, now) - opens)
        actual = sum(max(0, min(end, closes) - max(begin, opens)) for begin, end in spans)
        opened = spans[0][0] if spans else None
        until = spans[-1][1] if spans else now
        return Availability(name, opens, closes, opened, until, planned // MINUTE, actual // MINUTE)
