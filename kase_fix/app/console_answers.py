"""What the console asks is answered, what an operator decides carried out, each in its place behind the events."""

import datetime as dt
from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, TypeAlias, cast

import msgspec
import structlog

from kase_fix.app.clock import Clock
from kase_fix.app.depository.orders import WrongOrder
from kase_fix.app.depository.port import Depository
from kase_fix.app.depository.simulated import Simulated
from kase_fix.app.depository.view import depository_view
from kase_fix.app.members import Members
from kase_fix.app.operator_views import completed, schedule_view, terms_view
from kase_fix.app.sequencer import ClockWentBack, Sequencer
from kase_fix.calendar.almaty import date_of
from kase_fix.calendar.working_days import Calendars
from kase_fix.engine.engine import Engine
from kase_fix.engine.state import State
from kase_fix.gateway.services import Services
from kase_fix.journal.log import EventLog, Reader
from kase_fix.messages.link import Answer, Ask, Decide
from kase_fix.schedule.changes import NO_CHANGES

Body: TypeAlias = dict[str, int | str | bool | list[dict[str, int | str | bool]]]
NANOSECONDS = 1_000_000_000
LOOK_SECONDS = 5.0


class Sources(NamedTuple):
    """Whom the answers come from."""

    sequencer: Sequencer
    engine: Engine
    log: EventLog
    clock: Clock
    services: Services
    members: Members
    depository: Depository
    calendars: Calendars
    totals: Callable[[], dict[str, int]]


class ConsoleAnswers:
    """Answers into the queue of events that the console is fed from: it has all up to `number` when it reads one."""

    def __init__(self, sources: Sources, feed: Reader) -> None:
        """`feed` is the console's queue."""
        self._from = sources
        self._feed = feed
        self._verbs: Mapping[str, Callable[[Ask], Body]] = {
            "position": lambda _: {},
            "status": lambda _: {**sources.totals(), "sessions": sources.services.sessions()},
            "clock": lambda _: {"rehearsal": sources.clock.rehearsal},
            "clock_to": self._move_clock,
            "clock_by": self._move_clock,
            "terms": lambda _: self._seen(lambda state: _json(terms_view(state, sources.clock.now()))),
            "depository": lambda _: self._seen(lambda state: _json(depository_view(state, sources.depository))),
            "member": lambda ask: _json(sources.members.order(_words(ask))),
            "order_depository": self._order_depository,
            "schedule": self._schedule,
        }
        self._logger = structlog.get_logger("venue")

    def hear(self, said: Ask | Decide) -> None:
        """Answer; called in a thread of its own, since some answers wait."""
        if isinstance(said, Ask):
            self._answer(said)
        else:
            self._decide(said)

    def _decide(self, decide: Decide) -> None:
        """Carry out a decision and answer when its events were handed to the sessions."""
        error = ""
        try:
            self._from.sequencer.submit(completed(decide.command, self._from.calendars))
            self._from.services.settle()
        except Exception as failed:
            error = self._defect(failed)
        self._say(decide.id, {}, error)

    def _answer(self, ask: Ask) -> None:
        trouble = self._from.sequencer.trouble()
        if trouble:  # nothing comes through the sequencer any more
            number, now = self._from.sequencer.number, self._from.clock.now()
            self._from.log.pass_on(self._feed, Answer(ask.id, False, number, now, {}, f"it halts: {trouble}"))
            return
        error, body = "", Body()
        verb = self._verbs.get(ask.verb)
        if verb is None:
            error = f"unknown verb {ask.verb}"
        else:
            try:
                body = verb(ask)
            except (ClockWentBack, ValueError) as refused:  # `WrongOrder` too
                error = str(refused)
            except Exception as failed:
                error = self._defect(failed)
        self._say(ask.id, body, error)

    def _say(self, asked: int, body: Body, error: str) -> None:
        now = self._from.clock.now
        self._from.sequencer.answer(self._feed, lambda number: Answer(asked, not error, number, now(), body, error))

    def _defect(self, failed: Exception) -> str:
        """Log why the console cannot be answered, and return what it is told instead."""
        self._logger.exception("the console could not be answered")
        return f"A defect of the venue ({type(failed).__name__})"

    def _seen(self, look: Callable[[State], Any]) -> Any:
        """Return what a look at the state finds, between two commands. Raises `ValueError` where none comes."""
        seen: Reader = SimpleQueue()
        self._from.sequencer.answer(seen, lambda _: look(self._from.engine.state))
        try:
            return seen.get(timeout=LOOK_SECONDS)
        except Empty:
            raise ValueError("the state could not be looked at") from None

    def _schedule(self, ask: Ask) -> Body:
        """Return the schedule of a date, of the venue's own where none is named; today's with its decisions."""
        text = str(ask.arguments.get("date", ""))
        date = dt.date.fromisoformat(text) if text else date_of(self._from.clock.now())
        market, today, changes = self._seen(
            lambda state: (state.market and state.market.configuration, state.date, state.terms.changes)
        )
        return _json(schedule_view(date, market, self._from.calendars, changes if date == today else NO_CHANGES))

    def _order_depository(self, ask: Ask) -> Body:
        """Order something of the simulated depository, between two commands. Raises `ValueError`."""
        simulated, words = self._from.depository, _words(ask)
        if not isinstance(simulated, Simulated):
            raise ValueError("only the simulated depository of a rehearsal takes orders")

        def order(_: State) -> dict[str, Any] | WrongOrder:
            try:
                return simulated.order(words, self._from.clock.now())
            except WrongOrder as wrong:
                return wrong

        ordered = self._seen(order)
        if isinstance(ordered, WrongOrder):
            raise ordered
        return _json(cast("dict[str, Any]", ordered))

    def _move_clock(self, ask: Ask) -> Body:
        if not self._from.clock.rehearsal:
            raise ValueError("the clock is the system's; only a rehearsal's can be moved")
        if ask.verb == "clock_to":
            moved = self._from.sequencer.move_clock(int(ask.arguments["time"]))
        else:
            moved = self._from.sequencer.move_clock(int(ask.arguments["seconds"]) * NANOSECONDS, relative=True)
        moved.result()
        self._from.services.settle()
        return {}


def _words(ask: Ask) -> dict[str, str]:
    return msgspec.json.decode(str(ask.arguments["json"]), type=dict[str, str])


def _json(content: dict[str, Any]) -> Body:
    return {"json": msgspec.json.encode(content).decode()}
