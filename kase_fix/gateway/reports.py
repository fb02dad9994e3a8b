"""Execution reports: read off the events in order, given to each user's session while it is on (`outboxes`)."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import msgspec
import structlog

from kase_fix.calendar.almaty import date_of
from kase_fix.clearing.positions import EVENTS as POSITION_EVENTS
from kase_fix.clearing.positions import Positions as PositionsFold
from kase_fix.gateway.acceptor import Acceptor
from kase_fix.gateway.boot import Syncing
from kase_fix.gateway.bulletin import Bulletin
from kase_fix.gateway.cursor import Position
from kase_fix.gateway.dialect import fix44, next_
from kase_fix.gateway.dialect.delivery import ABOUT_A_DEAL, CONFIRMER, COUNTERPARTY, SELLER, TAKEN_BACK, recipients
from kase_fix.gateway.dialect.listing import Listed, listing
from kase_fix.gateway.dialect.positions_text import answers_of_fix44, answers_of_next
from kase_fix.gateway.dialect.problems import BusinessReason, business_reject
from kase_fix.gateway.dialect.questions import (
    CalendarDays,
    Deals,
    IndicativeList,
    MakerLiabilities,
    MakerStatistics,
    MassStatus,
    OrderStatus,
    PartyList,
    Positions,
    Question,
    Status,
)
from kase_fix.gateway.drop_copy import DropCopy
from kase_fix.gateway.gate import Admission, Gate
from kase_fix.gateway.indicative import IndicativeBoard
from kase_fix.gateway.makers import MakersDesk
from kase_fix.gateway.order_answers import OrderAnswers
from kase_fix.gateway.orders import Orders
from kase_fix.gateway.outboxes import Outboxes
from kase_fix.gateway.reference import Reference
from kase_fix.marketdata.market import with_instrument
from kase_fix.marketdata.phases import Phases
from kase_fix.messages.configuration import MarketConfiguration, User
from kase_fix.messages.day_events import (
    ConfigurationApplied,
    DayOpened,
    InstrumentChanged,
    PhaseEntered,
    TradingSuspended,
    WindowChanged,
)
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.events import CommandFailed, Event, Published
from kase_fix.messages.link import Admitted
from kase_fix.messages.order_events import (
    CancelRefused,
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderRefused,
    OrderRepeated,
    OrderReplaced,
    OrderShown,
    OrderTriggered,
)
from kase_fix.messages.order_state import OrderState
from kase_fix.rulebook.operational_day import API, DROP_COPY
from kase_fix.values.enums import Phase

MESSAGE_TYPES = {
    "new_order": "D",
    "replace_order": "G",
    "cancel_order": "F",
    "confirm": "AU",
    "mass_cancel": "q",
    "tell_operator": "C",
    "mass_quote": "i",
    "cancel_quotes": "Z",
    "indicate": "IQI",
    "withdraw_indicative": "IQC",
}
"""RefMsgType(372) of a command that failed."""
ONE_ORDERS = frozenset(
    {
        OrderAccepted,
        OrderCancelled,
        OrderRefused,
        OrderReplaced,
        OrderExpired,
        OrderTriggered,
        CancelRefused,
        Deal,
    }
)
"""What concerns its parties and neither boards nor sessions: a heavy day has a million of them."""
CANNOT_STORE = "The service cannot go on"
NOT_TOLD = "A report could not be given; ask with H how the order stands"


class Came(msgspec.Struct, frozen=True):
    """The user's session is on."""

    user: str
    service: str = API


class More(msgspec.Struct, frozen=True):
    """More waits for the user than was given at once."""

    user: str
    service: str = API


class Passed(msgspec.Struct, frozen=True):
    """A mark in the queue: set when all before it has been dealt with."""

    event: threading.Event


class Asked(msgspec.Struct, frozen=True):
    """A question of a user, in its place behind what he sent before."""

    question: Question
    service: str = API


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
        another_boot: bool = False,
        copies: DropCopy | None = None,
        reference: Reference | None = None,
        now: Callable[[], int] = lambda: 0,
    ) -> None:
        """Go on from each user's cursor; `history` are the day's events so far, `reader` brings those to come.

        `turned` is called with each board that turns. What is taken in before `start` may have been given on a former
        boot of the machine, if this is another one. `now` is the venue's clock: what is measured in time is told as of
        then, or as of the last command taken in where that is later.
        """
        self._acceptor = acceptor
        self._gate = gate
        self._users: Mapping[str, User] = {user.name: user for user in users}
        self.reader = reader
        self.counts: Counter[str] = Counter()
        self._outboxes = Outboxes(acceptor, gate, self._users.values(), directory, self.counts, _instead, another_boot)
        self._copies = copies
        self._outboxes.later = lambda user: reader.put(More(user))
        if copies is not None:
            copies.outboxes.later = lambda user: reader.put(More(user, DROP_COPY))
        self._postponed: list[Asked | Passed] = []
        self._reference = reference
        self._makers = MakersDesk(self._users, self._tell, now)
        self._indicative = IndicativeBoard(self._tell)
        self.syncing = Syncing([*self._outboxes.cursors(), *(copies.outboxes.cursors() if copies is not None else ())])
        self._orders = Orders()
        self._positions = PositionsFold()
        self._listing: dict[str, Listed] = {}
        self._configuration: MarketConfiguration | None = None
        self._phases = Phases()
        self._order_answers = OrderAnswers(self._orders, self._phases, self._answer_id)
        self._bulletin = Bulletin(acceptor, gate, self._phases, turned)
        self._time = 0
        self._answers = 0
        self._logger = structlog.get_logger("reports")
        for published in history:
            self.take(published)
        self._thread = threading.Thread(target=self._run, name="reports", daemon=True)

    def start(self) -> None:
        """Begin to tell."""
        self._outboxes.start()
        if self._copies is not None:
            self._copies.outboxes.start()
        self.syncing.start()
        self._thread.start()

    def stop(self) -> None:
        """End; what waits is found again by the cursors."""
        self.reader.put(None)
        self._thread.join(5.0)
        self.syncing.stop()

    def waiting(self) -> dict[str, int]:
        """Return how many reports wait, by user; for the operator."""
        return self._outboxes.waiting()

    def _run(self) -> None:
        while (item := self.reader.get()) is not None:
            self._attempt(item)

    def _attempt(self, item: object) -> None:
        try:
            self._deal_with(item)
        except Exception:
            self.counts["failures"] += 1
            self._logger.exception("a report failed", item=type(item).__name__)

    def _deal_with(self, item: object) -> None:
        if isinstance(item, Published):
            self.take(item)
        elif isinstance(item, More):
            self._go_on(item)
        elif isinstance(item, Asked | Passed) and self._comes_behind_more(item):
            self._postponed.append(item)
        elif isinstance(item, Came | Admission | Asked) and item.service == DROP_COPY:
            self._deal_with_copies(item)
        elif isinstance(item, Asked):
            self._answer(item.question)
        elif isinstance(item, Came):
            self._gate.came(item.user)
            self._makers.forget(item.user)
            self._indicative.forget(item.user)
            if self._gate.tells(item.user):
                try:
                    self._bulletin.greet(item.user, self._boards(), self._time)
                except Exception:
                    self._failed("a greeting", user=item.user)
            self._outboxes.tell(item.user)
        elif isinstance(item, Passed):
            item.event.set()
        elif isinstance(item, Admission):
            if (
                self._acceptor.unwritable
            ):  # a Logon with 141=Y would empty the store, and nothing else knows what was told
                item.answer(Admitted(item.id, False, CANNOT_STORE))
            else:
                self._gate.ask(item)  # what the user was told before is on record now

    def _go_on(self, item: More) -> None:
        """Give the next of what waits, then what was asked for behind it, in its order."""
        outboxes = self._copies.outboxes if item.service == DROP_COPY and self._copies is not None else self._outboxes
        outboxes.go_on(item.user)
        postponed, self._postponed = self._postponed, []
        for each in postponed:
            self._attempt(each)

    def _comes_behind_more(self, item: Asked | Passed) -> bool:
        """Tell whether what was told before is still to be given to whom it concerns."""
        copies = self._copies.outboxes if self._copies is not None else None
        if isinstance(item, Passed):
            return self._outboxes.any_goes_on() or (copies is not None and copies.any_goes_on())
        if item.service == DROP_COPY:
            return copies is not None and copies.goes_on(item.question.user)
        return self._outboxes.goes_on(item.question.user)

    def _deal_with_copies(self, item: Came | Admission | Asked) -> None:
        if self._copies is None:
            return
        if isinstance(item, Came):
            self._copies.came(item.user)
        elif isinstance(item, Asked):
            self._copies.answer(item.question, self._orders, self._order_answers)
        else:
            self._copies.ask(item)

    def take(self, published: Published) -> None:
        """Take in a command's events, and tell of them whom they concern."""
        number, at = published.number, published.time
        self._time = self._order_answers.time = at
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
                if self._copies is not None:
                    self._copies.apply(event)
            except Exception:
                self._failed("the gate", number=number, index=index)
        try:
            self._makers.take(published)
        except Exception:
            self._failed("market makers", number=number)
        try:
            self._indicative.take(published, self._listing)
        except Exception:
            self._failed("indicative quotes", number=number)

    def _tell(self, user: str, body: str) -> None:
        """Tell a user something that is not kept for him where he is away."""
        if self._gate.tells(user):
            self._acceptor.send(user, body, has_groups=True)

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
        self._listing = self._order_answers.listing = listing(market)
        self._phases.take_listing(market)

    def _boards(self) -> list[str]:
        return [board.code for board in self._configuration.boards] if self._configuration is not None else []

    def _phase(self, board: str, symbol: str) -> Phase | None:
        """Return the phase of an order's instrument; None for one that names no board."""
        return self._phases.of_symbol(board, symbol) if board else None

    def _begin_day(self) -> None:
        """Yesterday's reports are no use to anyone today: numbers start anew, H brings what there is."""
        self._outboxes.clear()
        if self._copies is not None:
            self._copies.begin_day()

    def _report(self, user: str, position: Position, at: int, event: Event) -> None:
        if user not in self._users:
            return
        if self._outboxes.lacks(user, position):
            body = self._text(user, position, at, event, self._acceptor.dialect_of(user))
            if body:
                self._outboxes.add(user, position, body, event)
        if self._copies is not None:
            self._copies.take(user, position, event, lambda dialect: self._text(user, position, at, event, dialect))

    def _text(self, user: str, position: Position, at: int, event: Event, dialect: str) -> str:
        try:
            return self._body(user, position, at, event, dialect)
        except Exception:
            self._failed("a report's text", user=user, position=position)
            return _instead(event, position)

    def _body(self, user: str, position: Position, at: int, event: Event, dialect: str) -> str:
        number, index, side = position
        known: OrderState | None = None
        if isinstance(event, OrderRepeated | CancelRefused):
            known = self._orders.find(user, self._users[user].firm, event.order_id)
        elif isinstance(event, Deal | ABOUT_A_DEAL):
            known = self._known(user, side, event)
        request = MESSAGE_TYPES.get(event.request, "D") if isinstance(event, CommandFailed) else "D"
        if dialect == "FIX44":
            return fix44.report(event, side, number, index, at, self._listing, known=known, request=request, user=user)
        phase = self._phase(*_place_of(event))
        return next_.report(
            event, side, number, index, at, self._listing, known=known, request=request, phase=phase, user=user
        )

    def _known(self, user: str, side: str, event: Deal | ABOUT_A_DEAL) -> OrderState | None:
        """Return the order a deal's report is about where it is not the deal's own.

        To a participant of the confirmation system that on the account he controls; later on as it stands by then.
        """
        deal = event if isinstance(event, Deal) else event.deal
        if side == CONFIRMER:
            order = deal.buy if deal.buy.account in self._users[user].controls else deal.sell
            return self._orders.find(user, order.firm, order.order_id) if isinstance(event, TAKEN_BACK) else order
        if event is deal:
            return None
        order = deal.sell if side[0] == SELLER else deal.buy
        return self._orders.find(user, order.firm, order.order_id)

    def _answer(self, question: Question) -> None:
        user = question.user
        if not self._gate.tells(user):
            return
        self._answers += 1
        dialect = self._acceptor.dialect_of(user)
        if isinstance(question, OrderStatus):
            named = self._orders.named(user, self._users[user].firm, question.order_id, question.cl_ord_id)
            for order in named or (None,):
                self._outboxes.send(user, self._order_answers.status(dialect, question, order))
        elif isinstance(question, MassStatus):
            for _, body in self._order_answers.mass(dialect, question, (user,)):
                self._outboxes.send(user, body)
        elif isinstance(question, Positions):
            self._answer_positions(question)
        elif isinstance(question, Deals):
            for body in self._order_answers.deals(question, (self._users[user],)):
                self._acceptor.send(user, body, has_groups=True)
        elif isinstance(question, Status):
            self._bulletin.answer(question, self._boards(), self._time)
        elif isinstance(question, MakerLiabilities | MakerStatistics):
            self._makers.answer(question)
        elif isinstance(question, IndicativeList):
            self._indicative.answer(question, self._listing)
        elif isinstance(question, CalendarDays | PartyList) and self._reference is not None:
            for body in self._reference.answer(question, date_of(self._time), self._answer_id()):
                self._acceptor.send(user, body, has_groups=True)

    def _answer_positions(self, question: Positions) -> None:
        user = self._users[question.user]
        held = self._positions.of_accounts(user.accounts)
        in_dialect = answers_of_fix44 if self._acceptor.dialect_of(user.name) == "FIX44" else answers_of_next
        for body in in_dialect(question, self._answer_id(), date_of(self._time), user.accounts, held):
            self._acceptor.send(user.name, body, has_groups=True)

    def _answer_id(self) -> str:
        """Return an ExecID(17) or report id that no other answer of the day has."""
        self._answers += 1
        return f"A{self._time}-{self._answers}"


def _place_of(event: Event) -> tuple[str, str]:
    deal = event.deal if isinstance(event, ABOUT_A_DEAL) else event
    if isinstance(deal, Deal):
        return deal.board, deal.symbol
    order = getattr(event, "order", None)
    return (order.board, order.symbol) if isinstance(order, OrderState) else ("", "")


def _instead(event: Event, position: Position) -> str:
    """Return j for a report that cannot be given. It names the order only where that cannot be what is wrong."""
    deal = event.deal if isinstance(event, ABOUT_A_DEAL) else event
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
