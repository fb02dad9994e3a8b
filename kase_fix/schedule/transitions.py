"""The session scheduler: from a date and what was decided to the day's transitions, in order.

Nothing here reads a clock: whoever has one asks what comes after a moment.
"""

import datetime as dt
from collections.abc import Iterator

import msgspec

from kase_fix.calendar.almaty import date_of, instant
from kase_fix.calendar.settlement import closing_dates, not_traded, settlement_dates
from kase_fix.calendar.working_days import Calendars
from kase_fix.messages.commands import (
    BoardPhaseChanged,
    OperationalDayOpened,
    PreliminaryOrdersDue,
    ServiceTurned,
)
from kase_fix.messages.configuration import Board, MarketConfiguration
from kase_fix.messages.depository import BALANCES, CLOSE, DepositoryDue
from kase_fix.messages.repo import ReadinessDue
from kase_fix.rulebook import operational_day
from kase_fix.rulebook.operational_day import (
    API,
    BALANCES_CLAUSE,
    CLOSES,
    CONSENT_CLAUSE,
    OPENS,
    OPENS_CLAUSE,
    READINESS,
    SERVICE_HOURS,
)
from kase_fix.schedule.changes import NO_CHANGES, Changes, Window, own_window, window_of
from kase_fix.values.enums import Phase

SPECIALISED = "specialised"
DAY_OPENS = "day:opens"
DAY_CLOSES = "day:closes"
"""The depository is asked to close the day; it closes, and FIX-API with it, when the answer is in."""
BALANCES_DUE = "depository:balances"
PRELIMINARY_DUE = "preliminary:due"
LATE = 1_000_000
"""What comes a millisecond after a time that counts is too late, nanoseconds."""


class Transition(msgspec.Struct, frozen=True):
    """One turn of the clock: at `time` the `command` is due."""

    time: int
    """Nanoseconds UTC."""
    key: str
    """Unique within the day; the command carries it as its `transition`."""
    command: (
        OperationalDayOpened | BoardPhaseChanged | ServiceTurned | PreliminaryOrdersDue | ReadinessDue | DepositoryDue
    )
    clause: str
    board: str = ""
    """The board that turns; empty where it is the operational day or a service."""
    rank: int = 0
    """Order at one instant (R-3): sessions end, the day ends, services close; then everything opens."""


BOARD_CLOSES, DAY_ENDS, SERVICE_CLOSES, DAY_BEGINS, SERVICE_OPENS, PRELIMINARY, FORMING, BOARD_OPENS = range(8)


def day(
    date: dt.date, market: MarketConfiguration, calendars: Calendars, changes: Changes = NO_CHANGES
) -> tuple[Transition, ...]:
    """Return the transitions of a working day in order; none on any other day (art. 4 p. 1, art. 5, art. 10-41).

    `changes` are the decisions for this date. At one instant what closes comes before what opens (R-3).
    """
    if not calendars.works(date):
        return ()
    due = [*_operational_day(date, market, calendars, changes), *_services(date, changes), *_readiness(date)]
    for board in market.boards:
        if board.method == SPECIALISED:  # a single seller or buyer opens it, in a window of his own (art. 4 p. 1)
            continue
        due += _turns(date, board, window_of(board, changes), f"board:{board.code}")
        for instrument in market.instruments:
            window = own_window(instrument, board, changes)
            if window is not None:
                due += _turns(date, board, window, f"board:{board.code}:{instrument.symbol}", (instrument.symbol,))
    preliminary = sorted({board.preliminary for board in market.boards if board.preliminary is not None})
    for moment in preliminary:
        clause = next(board.preliminary_clause for board in market.boards if board.preliminary == moment)
        key = PRELIMINARY_DUE if len(preliminary) == 1 else f"{PRELIMINARY_DUE}:{moment:%H%M}"
        command = PreliminaryOrdersDue(key, clause)
        due.append(Transition(instant(date, moment), key, command, clause, rank=FORMING))
    due.sort(key=lambda transition: (transition.time, transition.rank))  # stable: then in order of the files
    return tuple(due)


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


def _operational_day(
    date: dt.date, market: MarketConfiguration, calendars: Calendars, changes: Changes
) -> list[Transition]:
    """The operational day, and FIX-API with it; what the depository is asked for (art. 5 p. 1-4; R-2)."""
    settled = settlement_dates(market.instruments, date, calendars, market.all_days_before)
    opened = OperationalDayOpened(
        date=date,
        settlement=settled,
        not_traded=not_traded(market.instruments, date, calendars, market.all_days_before),
        transition=DAY_OPENS,
        clause=OPENS_CLAUSE,
        closings=closing_dates(market.instruments, settled, date, calendars),
    )
    balances = DepositoryDue(BALANCES, BALANCES_DUE, BALANCES_CLAUSE)
    close = DepositoryDue(CLOSE, DAY_CLOSES, CONSENT_CLAUSE)
    begin, end = instant(date, OPENS), instant(date, changes.day_closes or CLOSES)
    return [
        Transition(begin, DAY_OPENS, opened, OPENS_CLAUSE, rank=DAY_BEGINS),
        _service(begin, API, True, OPENS_CLAUSE),
        Transition(
            instant(date, operational_day.BALANCES), BALANCES_DUE, balances, BALANCES_CLAUSE, rank=SERVICE_OPENS
        ),
        Transition(end, DAY_CLOSES, close, CONSENT_CLAUSE, rank=DAY_ENDS),
    ]


def _readiness(date: dt.date) -> list[Transition]:
    """From when readiness to close repo comes too late: just after the time that still counts (art. 38 p. 1-1; R-3)."""
    due = []
    for session, (time, clause) in READINESS.items():
        key = f"repo:readiness:{session}"
        moment = instant(date, time) + LATE
        due.append(Transition(moment, key, ReadinessDue(session, key, clause), clause, rank=SERVICE_CLOSES))
    return due


def _services(date: dt.date, changes: Changes) -> list[Transition]:
    """FIX-MD and the control and confirmation system (support terms, annex 1; art. 41 p. 1, 2)."""
    due = []
    for name, (opens, closes, clause) in SERVICE_HOURS.items():
        due.append(_service(instant(date, opens), name, True, clause))
        due.append(_service(instant(date, changes.services.get(name, closes)), name, False, clause))
    return due


def _service(time: int, name: str, opens: bool, clause: str) -> Transition:
    key = f"service:{name}:{'opens' if opens else 'closes'}"
    rank = SERVICE_OPENS if opens else SERVICE_CLOSES
    return Transition(time, key, ServiceTurned(name, opens, key, clause), clause, rank=rank)


def _turns(date: dt.date, board: Board, window: Window, name: str, symbols: tuple[str, ...] = ()) -> list[Transition]:
    """A board's preliminary phase, opening and closing (art. 7 p. 2; art. 10, 16, 21, 30, 36, 38)."""
    turns = [
        _turn(instant(date, window.opens), board, f"{name}:opens", Phase.CONTINUOUS, BOARD_OPENS, symbols),
        _turn(instant(date, window.closes), board, f"{name}:closes", Phase.CLOSED, BOARD_CLOSES, symbols),
    ]
    if board.preliminary is not None and board.preliminary < window.opens:
        at = instant(date, board.preliminary)
        turns.append(_turn(at, board, f"{name}:preliminary", Phase.PRELIMINARY, PRELIMINARY, symbols))
    return turns


def _turn(time: int, board: Board, key: str, phase: Phase, rank: int, symbols: tuple[str, ...]) -> Transition:
    clause = board.preliminary_clause if phase is Phase.PRELIMINARY else board.clause
    command = BoardPhaseChanged(board=board.code, phase=phase, transition=key, clause=clause, symbols=symbols)
    return Transition(time, key, command, clause, board.code, rank)
