"""The session scheduler: from a date and what was decided to the day's transitions, in order.

Nothing here reads a clock: whoever has one asks what comes after a moment.
"""

import datetime as dt
from collections.abc import Iterator

import msgspec

from kase_fix.calendar.almaty import date_of, instant
from kase_fix.calendar.settlement import not_traded, settlement_dates
from kase_fix.calendar.working_days import Calendars
from kase_fix.messages.commands import BoardPhaseChanged, OperationalDayClosed, OperationalDayOpened
from kase_fix.messages.configuration import Board, MarketConfiguration
from kase_fix.rulebook.operational_day import CLOSES, CLOSES_CLAUSE, OPENS, OPENS_CLAUSE
from kase_fix.values.enums import Phase

DAY_OPENS = "day:opens"
DAY_CLOSES = "day:closes"


class Transition(msgspec.Struct, frozen=True):
    """One turn of the clock: at `time` the `command` is due."""

    time: int
    """Nanoseconds UTC."""
    key: str
    """Unique within the day; the command carries it as its `transition`."""
    command: OperationalDayOpened | BoardPhaseChanged | OperationalDayClosed
    clause: str
    board: str = ""
    """The board that turns; empty where it is the operational day."""


def day(date: dt.date, market: MarketConfiguration, calendars: Calendars) -> tuple[Transition, ...]:
    """Return the transitions of a working day in order; none on any other day (art. 4 p. 1, art. 5 p. 1, 2, art. 10).

    At one instant what closes comes before what opens (R-3), a board opens after the operational day and closes before
    it does.
    """
    if not calendars.works(date):
        return ()
    due: list[tuple[int, int, Transition]] = [
        (1, 0, _day_opens(date, market, calendars)),
        (3, 0, _day_closes(date)),
    ]
    for place, board in enumerate(market.boards):
        due.append((0, place, _turn(date, board, board.closes, "closes", Phase.CLOSED)))
        due.append((2, place, _turn(date, board, board.opens, "opens", Phase.CONTINUOUS)))
    due.sort(key=lambda entry: (entry[2].time, entry[0], entry[1]))
    return tuple(transition for _, _, transition in due)


def transitions_after(time_ns: int, market: MarketConfiguration, calendars: Calendars) -> Iterator[Transition]:
    """Yield every transition later than the moment, day after day without end; a day is worked out when it is reached.

    The first is what is next. After a change of the market or the calendars ask anew.
    """
    date = date_of(time_ns)
    if not calendars.works(date):
        date = calendars.next_working_day(date)
    while True:
        for transition in day(date, market, calendars):
            if transition.time > time_ns:
                yield transition
        date = calendars.next_working_day(date)


def _day_opens(date: dt.date, market: MarketConfiguration, calendars: Calendars) -> Transition:
    command = OperationalDayOpened(
        date=date,
        settlement=settlement_dates(market.instruments, date, calendars),
        not_traded=not_traded(market.instruments, date, calendars),
        transition=DAY_OPENS,
        clause=OPENS_CLAUSE,
    )
    return Transition(instant(date, OPENS), DAY_OPENS, command, OPENS_CLAUSE)


def _day_closes(date: dt.date) -> Transition:
    command = OperationalDayClosed(date=date, transition=DAY_CLOSES, clause=CLOSES_CLAUSE)
    return Transition(instant(date, CLOSES), DAY_CLOSES, command, CLOSES_CLAUSE)


def _turn(date: dt.date, board: Board, time: dt.time, what: str, phase: Phase) -> Transition:
    key = f"board:{board.code}:{what}"
    command = BoardPhaseChanged(board=board.code, phase=phase, transition=key, clause=board.clause)
    return Transition(instant(date, time), key, command, board.clause, board.code)
