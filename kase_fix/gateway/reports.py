"""Execution reports: read off the events in order, given to each user's session while it is on.

A user who is away has his reports wait here; those already given, before a restart or now, are known by his cursor
and are not given again.
"""

import datetime as dt
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import msgspec
import structlog

from kase_fix.calendar.almaty import date_of
from kase_fix.clearing.positions import Positions as PositionsFold
from kase_fix.gateway.acceptor import BEGIN_STRINGS, Acceptor
from kase_fix.gateway.cursor import Cursor, Position
from kase_fix.gateway.dialect import fix44, next_
from kase_fix.gateway.dialect.delivery import recipients
from kase_fix.gateway.dialect.listing import Listed, listing
from kase_fix.gateway.dialect.positions_text import position_report
from kase_fix.gateway.dialect.questions import MassStatus, OrderStatus, Positions, Question
from kase_fix.gateway.orders import Orders
from kase_fix.messages.configuration import User
from kase_fix.messages.events import (
    CancelRefused,
    CommandFailed,
    ConfigurationApplied,
    DayOpened,
    Deal,
    Event,
    OrderRepeated,
    OrderState,
    PhaseEntered,
    Published,
)
from kase_fix.messages.link import Admitted
from kase_fix.values.enums import Phase
from kase_fix.values.numbers import Money

MESSAGE_TYPES = {"new_order": "D", "replace_order": "G", "cancel_order": "F"}
"""RefMsgType(372) of a command that failed."""
ADMISSION_PATIENCE = 2.0
"""Seconds an admission waits for QuickFIX to notice that the user's former connection is gone."""


class Came(msgspec.Struct, frozen=True):
    """The user's session is on."""

    user: str


class Passed(msgspec.Struct, frozen=True):
    """A mark in the queue: set when all before it has been dealt with."""

    event: threading.Event


class Admission(msgspec.Struct):
    """The doorman asks a user in; answered when his cursor is written and his former session is off."""

    id: int
    user: str
    answer: Any
    deadline: float = 0.0


class Asked(msgspec.Struct, frozen=True):
    """A question of a user, in its place behind what he sent before."""

    question: Question


class Outbox:
    """One user's reports: what waits, and how far he was told."""

    __slots__ = ("cursor", "waiting")

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.waiting: deque[tuple[Position, str]] = deque()


class Reports:
    """The thread that tells users what became of their orders."""

    def __init__(
        self,
        acceptor: Acceptor,
        users: Iterable[User],
        directory: Path,
        history: list[Published],
        reader: "SimpleQueue[Any]",
    ) -> None:
        """Go on from each user's cursor; `history` are the day's events so far, `reader` brings those to come."""
        self._acceptor = acceptor
        self._users: Mapping[str, User] = {user.name: user for user in users}
        self._outboxes = {
            user.name: Outbox(
                Cursor(
                    directory / "cursors" / user.name,
                    directory / "store" / f"{BEGIN_STRINGS[user.dialect]}-{acceptor.comp_id}-{user.name}",
                )
            )
            for user in self._users.values()
        }
        self.reader = reader
        self.counts: Counter[str] = Counter()
        self._orders = Orders()
        self._positions = PositionsFold()
        self._listing: dict[str, Listed] = {}
        self._phases: dict[str, Phase] = {}
        self._time = 0
        self._answers = 0
        self._admissions: list[Admission] = []
        self._logger = structlog.get_logger("reports")
        for published in history:
            self._take(published)
        self._thread = threading.Thread(target=self._run, name="reports", daemon=True)

    def start(self) -> None:
        """Begin to tell."""
        self._thread.start()

    def stop(self) -> None:
        """End; what waits is found again by the cursors."""
        self.reader.put(None)
        self._thread.join(5.0)

    def waiting(self) -> dict[str, int]:
        """Return how many reports wait, by user; for the operator."""
        return {user: len(outbox.waiting) for user, outbox in self._outboxes.items() if outbox.waiting}

    def _run(self) -> None:
        while True:
            try:
                item = self.reader.get(timeout=0.1 if self._admissions else None)
            except Empty:
                item = Passed(threading.Event())
            if item is None:
                return
            try:
                self._deal_with(item)
            except Exception:
                self.counts["failures"] += 1
                self._logger.exception("a report failed", item=type(item).__name__)
            if self._admissions:
                self._admit_who_can()

    def _deal_with(self, item: object) -> None:
        if isinstance(item, Published):
            self._take(item)
        elif isinstance(item, Asked):
            self._answer(item.question)
        elif isinstance(item, Came):
            self._tell(item.user, self._outboxes[item.user])
        elif isinstance(item, Passed):
            item.event.set()
        elif isinstance(item, Admission):
            item.deadline = time.monotonic() + ADMISSION_PATIENCE
            self._admissions.append(item)

    def _take(self, published: Published) -> None:
        number, at = published.number, published.time
        self._time = at
        for index, event in enumerate(published.events):
            self._orders.apply(number, index, at, event)
            if isinstance(event, Deal | DayOpened | ConfigurationApplied):
                self._positions.apply(event)
            if isinstance(event, PhaseEntered):
                self._phases[event.board] = event.phase
            elif isinstance(event, ConfigurationApplied):
                self._listing = listing(event.market)
            elif isinstance(event, DayOpened):
                self._begin_day()
            for user, side in recipients(event):
                self._report(user, (number, index, side), at, event)

    def _begin_day(self) -> None:
        """Yesterday's reports are no use to anyone today: numbers start anew, H brings what there is."""
        self._phases.clear()
        for outbox in self._outboxes.values():
            outbox.waiting.clear()

    def _report(self, user: str, position: Position, at: int, event: Event) -> None:
        outbox = self._outboxes.get(user)
        if outbox is None or position <= outbox.cursor.position:
            return
        body = self._body(user, position, at, event)
        if body:
            outbox.waiting.append((position, body))
            self._tell(user, outbox)

    def _body(self, user: str, position: Position, at: int, event: Event) -> str:
        number, index, side = position
        known: OrderState | None = None
        if isinstance(event, OrderRepeated | CancelRefused):
            known = self._orders.find(user, self._users[user].firm, event.order_id, "")
        request = MESSAGE_TYPES.get(event.request, "D") if isinstance(event, CommandFailed) else "D"
        if self._acceptor.dialect_of(user) == "FIX44":
            return fix44.report(event, side, number, index, at, self._listing, known=known, request=request)
        phase = self._phases.get(_board_of(event))
        return next_.report(event, side, number, index, at, self._listing, known=known, request=request, phase=phase)

    def _tell(self, user: str, outbox: Outbox) -> None:
        """Give what waits, while the session is on."""
        waiting = outbox.waiting
        while waiting and user in self._acceptor.online:
            position, body = waiting[0]
            self._acceptor.send(user, body)
            outbox.cursor.advance(position)
            waiting.popleft()
            self.counts["reports"] += 1

    def _admit_who_can(self) -> None:
        for admission in list(self._admissions):
            if admission.user not in self._acceptor.online:
                admission.answer(Admitted(admission.id, True))
            elif time.monotonic() >= admission.deadline:
                admission.answer(Admitted(admission.id, False, "Already online"))
            else:
                continue
            self._admissions.remove(admission)

    def _answer(self, question: Question) -> None:
        user = question.user
        if user not in self._acceptor.online:
            return
        self._answers += 1
        if isinstance(question, OrderStatus):
            self._answer_status(question)
        elif isinstance(question, MassStatus):
            self._answer_mass(question)
        elif isinstance(question, Positions):
            self._answer_positions(question)

    def _answer_status(self, question: OrderStatus) -> None:
        order = self._orders.find(question.user, self._users[question.user].firm, question.order_id, question.cl_ord_id)
        if self._acceptor.dialect_of(question.user) == "FIX44":
            body = fix44.order_status(question, order, self._answer_id(), self._time, self._listing)
        else:
            phase = self._phases.get(order.board) if order else None
            body = next_.order_status(question, order, self._time, self._listing, phase)
        self._acceptor.send(question.user, body)

    def _answer_mass(self, question: MassStatus) -> None:
        """All orders as they stand (150=I); in NEXT the deals too (150=F), as its clients expect of H."""
        user = question.user
        orders = self._orders.of_user(user, question.symbol)
        if not orders and self._acceptor.dialect_of(user) == "FIX44":
            extra = fix44.mass_answer(question.reference, 0, True)
            nothing = OrderStatus(user, reference="")
            self._acceptor.send(
                user, fix44.order_status(nothing, None, self._answer_id(), self._time, self._listing, extra)
            )
        for place, order in enumerate(orders, 1):
            asked = OrderStatus(user, reference="")
            if self._acceptor.dialect_of(user) == "FIX44":
                extra = fix44.mass_answer(question.reference, len(orders), place == len(orders))
                body = fix44.order_status(asked, order, self._answer_id(), self._time, self._listing, extra)
            else:
                body = next_.order_status(asked, order, self._time, self._listing, self._phases.get(order.board))
            self._acceptor.send(user, body)
        if self._acceptor.dialect_of(user) == "NEXT":
            for number, index, at, deal in self._orders.deals_of(user, question.symbol):
                for owner, side in recipients(deal):
                    if owner == user:
                        phase = self._phases.get(deal.board)
                        self._acceptor.send(
                            user, next_.report(deal, side, number, index, at, self._listing, phase=phase)
                        )

    def _answer_positions(self, question: Positions) -> None:
        user = self._users[question.user]
        accounts = [account for account in user.accounts if question.account in ("", account)]
        date = question.date or date_of(self._time)
        for account in accounts:
            held = self._positions.of_accounts([account])
            amounts: dict[tuple[str, dt.date | None], Money] = {
                (key.currency, key.settlement): amount for key, amount in held.items()
            }
            body = position_report(self._answer_id(), question.reference, account, date, amounts)
            self._acceptor.send(user.name, body, has_groups=True)

    def _answer_id(self) -> str:
        """Return an ExecID(17) or report id that no other answer of the day has."""
        self._answers += 1
        return f"A{self._time}-{self._answers}"


def _board_of(event: Event) -> str:
    if isinstance(event, Deal):
        return event.board
    order = getattr(event, "order", None)
    return order.board if isinstance(order, OrderState) else ""
