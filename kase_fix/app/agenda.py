"""What the schedule has in store after what the journal already knows."""

import datetime as dt
from collections.abc import Iterator
from itertools import chain

from kase_fix.calendar.almaty import SECOND, date_of, instant
from kase_fix.calendar.working_days import Calendars
from kase_fix.engine.state import State
from kase_fix.messages.configuration import MarketConfiguration
from kase_fix.schedule.changes import NO_CHANGES, Changes
from kase_fix.schedule.transitions import Transition, day, transitions_after


class Agenda:
    """The transitions that are still to come, in order; those the journal has are skipped by their keys."""

    def __init__(
        self,
        market: MarketConfiguration,
        calendars: Calendars,
        moment: int,
        date: dt.date | None,
        done: set[str],
        changes: Changes = NO_CHANGES,
    ) -> None:
        """Begin with the date of `moment` (ns UTC).

        `done` are the keys of operational day `date` that were applied, `changes` what was decided for it.
        """
        today = date_of(moment)
        known = done if date == today else set()
        rest = (
            transition
            for transition in day(today, market, calendars, changes if date == today else NO_CHANGES)
            if not _over(transition.key, known)
        )
        tomorrow = instant(today + dt.timedelta(days=1)) - SECOND
        self._coming: Iterator[Transition] = chain(rest, transitions_after(tomorrow, market, calendars))
        self._next = next(self._coming)

    @property
    def next_time(self) -> int:
        """Return when the next transition is due, nanoseconds UTC."""
        return self._next.time

    def take(self, moment: int) -> Transition | None:
        """Return the next transition if it is due at this moment, and go on to the one after it."""
        if self._next.time > moment:
            return None
        taken, self._next = self._next, next(self._coming)
        return taken


def _over(key: str, done: set[str]) -> bool:
    """Tell whether a transition is done, or may not happen any more: no preliminary phase after the opening."""
    name, _, edge = key.rpartition(":")
    return key in done or (edge == "preliminary" and f"{name}:opens" in done)


def plan_of(state: State, calendars: Calendars, moment: int) -> Agenda:
    """Return the agenda from a moment on (ns UTC), by the market and the decisions the engine knows."""
    market = state.market
    if market is None:
        raise LookupError("no configuration was loaded before the schedule was asked for")
    return Agenda(market.configuration, calendars, moment, state.date, set(state.transitions), state.terms.changes)
