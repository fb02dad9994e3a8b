"""Execution reports: read off the events in order, given to each user's session while it is on.

A user who is away has his reports wait here; those already given, before a restart or now, are known by his cursor
and are not given again.
"""

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import msgspec
import structlog

from kase_fix.calendar.almaty import date_of
from kase_fix.clearing.positions import EVENTS as POSITION_EVENTS
from kase_fix.clearing.positions import Positions as PositionsFold
from kase_fix.gateway.acceptor import BEGIN_STRINGS, Acceptor, StoreUnwritable
from kase_fix.gateway.bulletin import Bulletin
from kase_fix.gateway.cursor import Cursor, Position
from kase_fix.gateway.dialect import fix44, next_, trades_text
from kase_fix.gateway.dialect.delivery import CONFIRMER, COUNTERPARTY, SELLER, recipients
from kase_fix.gateway.dialect.listing import Listed, listing
from kase_fix.gateway.dialect.positions_text import answers_of_fix44, answers_of_next
from kase_fix.gateway.dialect.problems import BusinessReason, business_reject
from kase_fix.gateway.dialect.questions import Deals, MassStatus, OrderStatus, Positions, Question
from kase_fix.gateway.gate import Admission, Gate
from kase_fix.gateway.orders import Orders
from kase_fix.marketdata.market import with_instrument
from kase_fix.marketdata.phases import Phases
from kase_fix.messages.configuration import MarketConfiguration, User
from kase_fix.messages.events import (
    CancelRefused,
    CommandFailed,
    ConfigurationApplied,
    DayOpened,
    Deal,
    DealConfirmed,
    DealFailed,
    Event,
    InstrumentChanged,
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderRefused,
    OrderRepeated,
    OrderReplaced,
    OrderShown,
    OrderState,
    PhaseEntered,
    Published,
    TradingSuspended,
    WindowChanged,
)
from kase_fix.values.enums import Phase

MESSAGE_TYPES = {"new_order": "D", "replace_order": "G", "cancel_order": "F", "confirm": "AU"}
"""RefMsgType(372) of a command that failed."""
ONE_ORDERS = frozenset({OrderAccepted, OrderCancelled, OrderRefused, OrderReplaced, OrderExpired, CancelRefused, Deal})
"""What concerns its parties and neither boards nor sessions: a heavy day has a million of them."""
GROUPS = ("\x01453=", "\x01711=", "\x01552=")
"""A report with one of these groups needs the dictionary, which keeps the members of groups together."""
NOT_TOLD = "A report could not be given; ask with H how the order stands"


class Came(msgspec.Struct, frozen=True):
    """The user's session is on."""

    user: str


class Passed(msgspec.Struct, frozen=True):
    """A mark in the queue: set when all before it has been dealt with."""

    event: threading.Event


class Asked(msgspec.Struct, frozen=True):
    """A question of a user, in its place behind what he sent before."""

    question: Question


class Outbox:
    """One user's reports: what waits, and how far he was told."""

    __slots__ = ("cursor", "waiting")

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.waiting: deque[tuple[Position, str, Event]] = deque()


class Reports:
    """The thread that tells users what became of their orders."""

    def __init__(
        self,
        acceptor: Acceptor,
        gate: Gate,
        turned: Callable[[str], None],
        users: Iterable[User],
        directory: Path,
        history: Iterable[Published],
        reader: "SimpleQueue[Any]",
    ) -> None:
        """Go on from each user's cursor; `history` are the day's events so far, `reader` brings those to come.

        `turned` is called with each board that turns.
        """
        self._acceptor = acceptor
        self._gate = gate
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
        self._configuration: MarketConfiguration | None = None
        self._phases = Phases()
        self._bulletin = Bulletin(acceptor, gate, self._phases, turned)
        self._time = 0
        self._answers = 0
        self._logger = structlog.get_logger("reports")
        for published in history:
            self.take(published)
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
        while (item := self.reader.get()) is not None:
            try:
                self._deal_with(item)
            except Exception:
                self.counts["failures"] += 1
                self._logger.exception("a report failed", item=type(item).__name__)

    def _deal_with(self, item: object) -> None:
        if isinstance(item, Published):
            self.take(item)
        elif isinstance(item, Asked):
            self._answer(item.question)
        elif isinstance(item, Came):
            self._gate.came(item.user)
            if self._gate.tells(item.user):
                try:
                    self._bulletin.greet(item.user, self._boards(), self._time)
                except Exception:
                    self._failed("a greeting", user=item.user)
            self._tell(item.user, self._outboxes[item.user])
        elif isinstance(item, Passed):
            item.event.set()
        elif isinstance(item, Admission):
            self._gate.ask(item)  # what the user was told before is on record now

    def take(self, published: Published) -> None:
        """Take in a command's events, and tell of them whom they concern."""
        number, at = published.number, published.time
        self._time = at
        for index, event in enumerate(published.events):
            kind = type(event)
            if kind is OrderShown:  # the public's alone, and the most frequent
                continue
            try:
                self._orders.apply(number, index, at, event)
                if kind in POSITION_EVENTS:
                    self._positions.apply(event)
                if kind not in ONE_ORDERS:
                    self._bulletin.tell(event, at, self._follow(event, at))
            except Exception:
                self._failed("what all are told", number=number, index=index)
            for user, side in recipients(event):
                self._report(user, (number, index, side), at, event)
            if kind in ONE_ORDERS:
                continue
            try:
                self._gate.apply(event)
            except Exception:
                self._failed("the gate", number=number, index=index)

    def _failed(self, what: str, **where: object) -> None:
        """Count and log a defect; it must cost nobody else his report."""
        self.counts["failures"] += 1
        self._logger.exception("a report failed", what=what, **where)

    def _follow(self, event: Event, at: int) -> bool:
        """Follow the listing and the phases; tell whether a whole board turned."""
        if isinstance(event, PhaseEntered):
            return self._phases.apply(at, event)
        if isinstance(event, TradingSuspended):
            return self._phases.suspend(event)
        if isinstance(event, WindowChanged):
            self._phases.change_window(event)
        elif isinstance(event, ConfigurationApplied):
            self._list(event.market)
        elif isinstance(event, InstrumentChanged) and self._configuration is not None:
            self._list(with_instrument(self._configuration, event.instrument))
        elif isinstance(event, DayOpened):
            self._phases.begin(event.not_traded)
            self._begin_day()
        return False

    def _list(self, market: MarketConfiguration) -> None:
        self._configuration = market
        self._listing = listing(market)
        self._phases.take_listing(market)

    def _boards(self) -> list[str]:
        return [board.code for board in self._configuration.boards] if self._configuration is not None else []

    def _phase(self, board: str, symbol: str) -> Phase | None:
        """Return the phase of an order's instrument; None for one that names no board."""
        return self._phases.of_symbol(board, symbol) if board else None

    def _begin_day(self) -> None:
        """Yesterday's reports are no use to anyone today: numbers start anew, H brings what there is."""
        for outbox in self._outboxes.values():
            outbox.waiting.clear()

    def _report(self, user: str, position: Position, at: int, event: Event) -> None:
        outbox = self._outboxes.get(user)
        if outbox is None or position <= outbox.cursor.position:
            return
        try:
            body = self._body(user, position, at, event)
        except Exception:
            self._failed("a report's text", user=user, position=position)
            body = _instead(event, position)
        if body:
            outbox.waiting.append((position, body, event))
            self._tell(user, outbox)

    def _body(self, user: str, position: Position, at: int, event: Event) -> str:
        number, index, side = position
        known: OrderState | None = None
        if isinstance(event, OrderRepeated | CancelRefused):
            known = self._orders.find(user, self._users[user].firm, event.order_id, "")
        elif isinstance(event, Deal | DealConfirmed | DealFailed):
            known = self._known(user, side, event)
        request = MESSAGE_TYPES.get(event.request, "D") if isinstance(event, CommandFailed) else "D"
        if self._acceptor.dialect_of(user) == "FIX44":
            return fix44.report(event, side, number, index, at, self._listing, known=known, request=request, user=user)
        phase = self._phase(*_place_of(event))
        return next_.report(
            event, side, number, index, at, self._listing, known=known, request=request, phase=phase, user=user
        )

    def _known(self, user: str, side: str, event: Deal | DealConfirmed | DealFailed) -> OrderState | None:
        """Return the order a deal's report is about where it is not the deal's own.

        To a participant of the confirmation system that on the account he controls; later on as it stands by then.
        """
        deal = event if isinstance(event, Deal) else event.deal
        if side == CONFIRMER:
            return deal.buy if deal.buy.account in self._users[user].controls else deal.sell
        if event is deal:
            return None
        order = deal.sell if side == SELLER else deal.buy
        return self._orders.find(user, order.firm, order.order_id, "")

    def _tell(self, user: str, outbox: Outbox) -> None:
        """Give what waits, while the session is on; j stands for what cannot be given."""
        waiting = outbox.waiting
        while waiting and not self._acceptor.unwritable and self._gate.tells(user):
            position, body, event = waiting[0]
            try:
                self._send(user, body)
                self.counts["reports"] += 1
            except StoreUnwritable:
                self._failed("the sessions' store", user=user, position=position)
                return  # the venue halts; the next start finds by the cursor what was not given
            except Exception:
                self._failed("a report's sending", user=user, position=position)
                self._excuse(user, _instead(event, position))
            waiting.popleft()
            self._advance(user, outbox.cursor, position)

    def _advance(self, user: str, cursor: Cursor, position: Position) -> None:
        try:
            cursor.advance(position)
        except Exception:
            self._acceptor.unwritable = True
            self._failed("a cursor", user=user, position=position)

    def _send(self, user: str, body: str) -> None:
        self._acceptor.send(user, body, has_groups=any(group in body for group in GROUPS))

    def _excuse(self, user: str, body: str) -> None:
        try:
            self._acceptor.send(user, body)
        except Exception:
            self._failed("an excuse", user=user)

    def _answer(self, question: Question) -> None:
        user = question.user
        if not self._gate.tells(user):
            return
        self._answers += 1
        if isinstance(question, OrderStatus):
            self._answer_status(question)
        elif isinstance(question, MassStatus):
            self._answer_mass(question)
        elif isinstance(question, Positions):
            self._answer_positions(question)
        elif isinstance(question, Deals):
            self._answer_deals(question)

    def _answer_status(self, question: OrderStatus) -> None:
        order = self._orders.find(question.user, self._users[question.user].firm, question.order_id, question.cl_ord_id)
        if self._acceptor.dialect_of(question.user) == "FIX44":
            body = fix44.order_status(question, order, self._answer_id(), self._time, self._listing)
        else:
            phase = self._phase(order.board, order.symbol) if order else None
            body = next_.order_status(question, order, self._time, self._listing, phase)
        self._send(question.user, body)

    def _answer_mass(self, question: MassStatus) -> None:
        """All orders as they stand (150=I), then those of others that wait for him; in NEXT the deals too (150=F)."""
        user = question.user
        orders = [*self._orders.of_user(user, question.symbol), *self._orders.waiting_for(user, question.symbol)]
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
                phase = self._phase(order.board, order.symbol)
                body = next_.order_status(asked, order, self._time, self._listing, phase)
            self._send(user, body)
        if self._acceptor.dialect_of(user) == "NEXT":
            for number, index, at, deal in self._orders.deals_of(user, question.symbol):
                for owner, side in recipients(deal):
                    if owner == user:
                        phase = self._phase(deal.board, deal.symbol)
                        self._send(user, next_.report(deal, side, number, index, at, self._listing, phase=phase))

    def _answer_positions(self, question: Positions) -> None:
        user = self._users[question.user]
        held = self._positions.of_accounts(user.accounts)
        in_dialect = answers_of_fix44 if self._acceptor.dialect_of(user.name) == "FIX44" else answers_of_next
        for body in in_dialect(question, self._answer_id(), date_of(self._time), user.accounts, held):
            self._acceptor.send(user.name, body, has_groups=True)

    def _answer_deals(self, question: Deals) -> None:
        user = self._users[question.user]
        told, failed = self._orders.deals_of(user.name), self._orders.failed
        for body in trades_text.answers(question, user.accounts, told, failed, self._listing, date_of(self._time)):
            self._acceptor.send(user.name, body, has_groups=True)

    def _answer_id(self) -> str:
        """Return an ExecID(17) or report id that no other answer of the day has."""
        self._answers += 1
        return f"A{self._time}-{self._answers}"


def _place_of(event: Event) -> tuple[str, str]:
    deal = event.deal if isinstance(event, DealConfirmed | DealFailed) else event
    if isinstance(deal, Deal):
        return deal.board, deal.symbol
    order = getattr(event, "order", None)
    return (order.board, order.symbol) if isinstance(order, OrderState) else ("", "")


def _instead(event: Event, position: Position) -> str:
    """Return j for a report that cannot be given. It names the order only where that cannot be what is wrong."""
    deal = event.deal if isinstance(event, DealConfirmed | DealFailed) else event
    if position[2][0] in (COUNTERPARTY, CONFIRMER):  # to another than its owner a ClOrdID says nothing
        reference = (
            deal.deal_id if isinstance(deal, Deal) else str(getattr(getattr(event, "order", ""), "order_id", ""))
        )
    elif isinstance(deal, Deal):
        reference = (deal.sell if position[2][0] == SELLER else deal.buy).cl_ord_id
    else:
        reference = str(getattr(getattr(event, "order", event), "cl_ord_id", ""))
    if not (reference.isascii() and reference.isprintable()):
        reference = ""
    request = MESSAGE_TYPES.get(getattr(event, "request", ""), "D")
    return business_reject(0, request, BusinessReason.NOT_AVAILABLE, NOT_TOLD, reference)
