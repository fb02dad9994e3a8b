"""What all sessions of a service are told unasked, in the order in which it happens: phases, windows, announcements.

A board that turns is one h for FIX44; NEXT knows no h and gets an f for each instrument of the board that it has
subscribed to by V, which is the publisher's work, or by e or g, which is done here. An instrument that turns by itself
is an f for everyone. Nothing is kept for those who are away: a FIX44 session that comes gets the present state of each
board.
"""

import datetime as dt
from collections.abc import Callable

import structlog

from kase_fix.calendar.almaty import instant
from kase_fix.gateway.acceptor import Acceptor
from kase_fix.gateway.dialect import status_text as text
from kase_fix.gateway.dialect.listing import Listing
from kase_fix.gateway.dialect.numbers_text import security_id
from kase_fix.gateway.dialect.problems import BusinessReason, business_reject
from kase_fix.gateway.dialect.questions import Status
from kase_fix.gateway.gate import Gate
from kase_fix.gateway.status_subscriptions import StatusSubscriptions
from kase_fix.marketdata.phases import APART, Phases
from kase_fix.messages.day_events import (
    Announced,
    DayOpened,
    InstrumentChanged,
    PhaseEntered,
    TradingSuspended,
    WindowChanged,
)
from kase_fix.messages.events import Event
from kase_fix.values.enums import Phase

SUBSCRIBE, UNSUBSCRIBE = 1, 2
"""SubscriptionRequestType(263)."""
NO_END = "What is told unasked cannot be ended"
ACTIVE = (Phase.PRELIMINARY, Phase.CONTINUOUS, *sorted(APART))


class Bulletin:
    """One service's bulletin. The phases are the caller's fold; `tell` comes behind it, event by event."""

    def __init__(
        self,
        acceptor: Acceptor,
        gate: Gate,
        phases: Phases,
        turned: Callable[[str], None],
        listing: Callable[[], Listing] = dict,
    ) -> None:
        """`turned` is called with each board that turns as a whole, for the instruments of NEXT.

        `listing` gives what is listed now, which the numbers of securities are taken from.
        """
        self._acceptor = acceptor
        self._gate = gate
        self._phases = phases
        self._turned = turned
        self._listing = listing
        self._subscribed = StatusSubscriptions()
        self._time = 0
        self._date: dt.date | None = None
        self._logger = structlog.get_logger("bulletin")

    def go_on(self, phases: Phases) -> None:
        """Go on with another fold of the same events."""
        self._phases = phases

    def tell(self, event: Event, time: int, whole: bool) -> None:
        """Tell of an event that the phases have taken in; `whole`: all of its board is concerned."""
        self._time = time
        if isinstance(event, Announced):
            self._announce(event, time)
        elif isinstance(event, PhaseEntered):
            if whole:
                self._board(event.board, event.clause)
                if event.phase in ACTIVE:
                    self._not_today(event.board, time)
            else:
                for symbol in event.symbols:
                    self._instrument(event.board, symbol, time, event.clause)
        elif isinstance(event, TradingSuspended):
            if whole:
                self._board(event.board, "Trading is suspended" if event.on else "Trading is resumed")
            else:
                for symbol in event.symbols:
                    self._suspended(event, symbol, time)
        elif isinstance(event, WindowChanged):
            words = f"Trading time today: {event.opens:%H:%M}-{event.closes:%H:%M}"
            for symbol in event.symbols:
                self._instrument(event.board, symbol, time, words)
            if not event.symbols:
                self._to("FIX44", lambda: self._session_status(event.board, words))
                self._tell_of_board(event.board, words)
        elif isinstance(event, InstrumentChanged):
            instrument = event.instrument
            for board in (instrument.board, *instrument.more_boards):
                self._instrument(board, instrument.symbol, time, "Listed, or its parameters have changed")
        elif isinstance(event, DayOpened):
            self._date = event.date

    def greet(self, user: str, boards: list[str], time: int) -> None:
        """Tell a FIX44 session that has come how each board stands, and what stands apart from its board."""
        self._subscribed.forget(user)  # what the user's last session wanted ended with it
        if self._acceptor.dialect_of(user) != "FIX44":
            return
        phases = self._phases
        for board in boards:
            self._send(user, self._session_status(board, phases.clause_of(board)))
            halted = phases.halted(board)
            for symbol in phases.symbols(board):
                phase = phases.of_symbol(board, symbol)
                apart = phase in APART or (phase is Phase.SUSPENDED and not halted)
                if apart or phases.turns_alone(board, symbol):
                    number = self._number(user, symbol)
                    self._send(user, text.security_status(symbol, board, phase, time, number=number))

    def answer(self, asked: Status, boards: list[str], time: int) -> None:
        """Tell one who asks (e, g) how an instrument or the boards stand now, and of NEXT what changes if he wants to.

        FIX44 hears all that changes unasked.
        """
        kind, name = ("e", asked.symbol) if asked.symbol else ("g", asked.board)
        subscribes = self._acceptor.dialect_of(asked.user) == "NEXT"
        if asked.kind == UNSUBSCRIBE:
            if not subscribes:
                self._send(asked.user, business_reject(0, kind, BusinessReason.OTHER, NO_END, asked.reference))
            elif not self._subscribed.end(asked):
                reason = BusinessReason.UNKNOWN_ID
                self._send(asked.user, business_reject(0, kind, reason, "No such subscription", asked.reference))
            return
        of_interest = [board for board in boards if asked.board in ("", board)]
        if not asked.symbol:
            for board in of_interest:
                self._send(asked.user, self._session_status(board, self._phases.clause_of(board), asked.reference))
            if not of_interest:
                self._send(asked.user, text.unknown_session(name, asked.reference))
            elif subscribes:
                self._subscribe(asked)
            return
        listed = [board for board in of_interest if name in self._phases.symbols(board)]
        for board in listed:
            phase = self._phases.of_symbol(board, name)
            number = self._number(asked.user, name)
            self._send(asked.user, text.security_status(name, board, phase, time, asked=asked.reference, number=number))
        if not listed:
            words = f"{name} is not traded there" if asked.board else f"Unknown instrument {name}"
            self._send(asked.user, business_reject(0, kind, BusinessReason.UNKNOWN_SECURITY, words, asked.reference))
        elif subscribes:
            self._subscribe(asked)

    def _subscribe(self, asked: Status) -> None:
        if asked.kind == SUBSCRIBE and not self._subscribed.add(asked):
            kind, words = "e" if asked.symbol else "g", "Too many subscriptions"
            self._send(asked.user, business_reject(0, kind, BusinessReason.OTHER, words, asked.reference))

    def _announce(self, event: Announced, time: int) -> None:
        for dialect, make in (
            ("FIX44", lambda: text.news(event, time)),
            ("NEXT", lambda: text.operator_message(event)),
        ):
            self._to(dialect, make, event.user)

    def _board(self, board: str, clause: str) -> None:
        self._to("FIX44", lambda: self._session_status(board, clause))
        self._turned(board)
        self._tell_of_board(board, clause)
        phases = self._phases
        for asked in self._subscribed.on_board(board, frozenset(phases.symbols(board))):
            if self._gate.tells(asked.user):
                phase, words = phases.of_symbol(board, asked.symbol), phases.not_traded(board, asked.symbol) or clause
                number = self._number(asked.user, asked.symbol)
                body = text.security_status(
                    asked.symbol, board, phase, self._time, words, 0, asked.reference, turned=True, number=number
                )
                self._send(asked.user, body)

    def _tell_of_board(self, board: str, words: str) -> None:
        """Tell those of NEXT who have subscribed to a board."""
        for user, reference in self._subscribed.of_board(board):
            if self._gate.tells(user):
                self._send(user, self._session_status(board, words, reference, turned=True))

    def _session_status(self, board: str, clause: str, asked: str = "", turned: bool = False) -> str:
        phases, hours = self._phases, self._phases.hours(board)
        phase = Phase.SUSPENDED if phases.halted(board) else phases.of_board(board)
        today = None
        if self._date is not None and hours is not None:
            today = (instant(self._date, hours.opens), instant(self._date, hours.closes))
        return text.session_status(board, phase, today, clause, asked, turned)

    def _not_today(self, board: str, time: int) -> None:
        for symbol in self._phases.symbols(board):
            clause = self._phases.not_traded(board, symbol)
            if clause:
                words = f"Not traded today ({clause})"
                number = self._number("", symbol)
                body = text.security_status(symbol, board, Phase.CLOSED, time, words, text.NOT_TODAY, number=number)
                self._to("FIX44", lambda body=body: body)  # type: ignore[misc]

    def _suspended(self, event: TradingSuspended, symbol: str, time: int) -> None:
        words = "Trading is suspended" if event.on else "Trading is resumed"
        phase = self._phases.of_symbol(event.board, symbol)
        resumed = text.RESUMED if not event.on and phase in ACTIVE else 0
        self._of_instrument(event.board, symbol, phase, time, words, resumed)

    def _instrument(self, board: str, symbol: str, time: int, words: str) -> None:
        self._of_instrument(board, symbol, self._phases.of_symbol(board, symbol), time, words)

    def _of_instrument(self, board: str, symbol: str, phase: Phase, time: int, words: str, status: int = 0) -> None:
        """Tell everyone of an instrument, those who have subscribed to it under the ids they did it with."""
        for user in sorted(self._acceptor.online):
            if not self._gate.tells(user):
                continue
            for reference in self._subscribed.of_instrument(user, board, symbol) or [""]:
                number = self._number(user, symbol)
                self._send(
                    user, text.security_status(symbol, board, phase, time, words, status, reference, True, number)
                )

    def _number(self, user: str, symbol: str) -> str:
        """Return 48 and 22 as a user's dialect has them; without a user those of FIX44."""
        listed = self._listing().get(symbol)
        dialect = self._acceptor.dialect_of(user) if user else "FIX44"
        return "" if listed is None else security_id(dialect, listed.instrument)

    def _to(self, dialect: str, make: Callable[[], str], user: str = "") -> None:
        """Send to all who are on, of one dialect or both, or to one of them. A message that fails costs no other."""
        body = ""
        for name in sorted(self._acceptor.online):
            if user in ("", name) and self._gate.tells(name) and dialect in ("", self._acceptor.dialect_of(name)):
                try:
                    body = body or make()
                except Exception:
                    self._failed(name)
                    return
                self._send(name, body)

    def _send(self, user: str, body: str) -> None:
        try:
            self._acceptor.send(user, body, has_groups=body.startswith("35=B"))
        except Exception:
            self._failed(user)

    def _failed(self, user: str) -> None:
        self._acceptor.counts["failures"] += 1
        self._logger.exception("a bulletin failed", user=user)
