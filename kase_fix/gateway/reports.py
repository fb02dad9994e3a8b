"""Execution reports: read off the events in order, given to each user's session while it is on (`outboxes`)."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import msgspec
import structlog

from kase_fix.clearing.positions import EVENTS as POSITION_EVENTS
from kase_fix.clearing.positions import Positions as PositionsFold
from kase_fix.gateway.acceptor import Acceptor
from kase_fix.gateway.answering import Answering, Known
from kase_fix.gateway.boot import Syncing
from kase_fix.gateway.bulletin import Bulletin
from kase_fix.gateway.catching_up import CatchingUp, Teller
from kase_fix.gateway.cursor import Position
from kase_fix.gateway.dialect.delivery import recipients
from kase_fix.gateway.dialect.questions import Question
from kase_fix.gateway.drop_copy import DropCopy, copied
from kase_fix.gateway.gate import Admission, Gate
from kase_fix.gateway.indicative import IndicativeBoard
from kase_fix.gateway.makers import MakersDesk
from kase_fix.gateway.order_answers import OrderAnswers
from kase_fix.gateway.orders import Orders
from kase_fix.gateway.orders import Portrait as OrdersPortrait
from kase_fix.gateway.outboxes import Outboxes
from kase_fix.gateway.past import Past
from kase_fix.gateway.portraits import Album, Painter, freeze, thaw
from kase_fix.gateway.reference import Reference
from kase_fix.gateway.scene import Scene
from kase_fix.gateway.stood import Noted
from kase_fix.gateway.wording import Wording, instead
from kase_fix.messages.concern import OF_ORDERS, OF_PARTIES
from kase_fix.messages.configuration import User
from kase_fix.messages.day_events import DayOpened
from kase_fix.messages.events import Event, Published
from kase_fix.messages.link import Admitted
from kase_fix.messages.order_events import OrderShown
from kase_fix.rulebook.operational_day import API, DROP_COPY

PORTRAIT = "reports"
CANNOT_STORE = "The service cannot go on"


class Came(msgspec.Struct, frozen=True):
    """The user's session is on."""

    user: str
    service: str = API


class More(msgspec.Struct, frozen=True):
    """The user has more to hear of the past than he was told at once."""

    user: str
    service: str = API


class Passed(msgspec.Struct, frozen=True):
    """A mark in the queue: set when all before it has been dealt with."""

    event: threading.Event


class Asked(msgspec.Struct, frozen=True):
    """A question of a user, in its place behind what he sent before."""

    question: Question
    service: str = API


class Drawn(msgspec.Struct, frozen=True, array_like=True):
    """The folds of the reports, for a portrait."""

    orders: OrdersPortrait
    stood: Noted
    latest: dict[str, dict[str, Position]]
    """By service and user: the last report there is for him."""
    folds: bytes
    """Positions, and how market makers quote."""


class Reports:
    """The thread that tells users what became of their orders."""

    def __init__(
        self,
        acceptor: Acceptor,
        gate: Gate,
        turned: Callable[[str], None],
        users: Iterable[User],
        directory: Path,
        past: Past,
        reader: "SimpleQueue[Any]",
        another_boot: bool = False,
        copies: DropCopy | None = None,
        reference: Reference | None = None,
        now: Callable[[], int] = lambda: 0,
        album: Album | None = None,
    ) -> None:
        """Go on from each user's cursor, when the day so far is taken in; `reader` brings what is to come.

        `past` has all that is taken in. `turned` is called with each board that turns. What is taken in before `start`
        may have been given on a former boot of the machine, if this is another one. `now` is the venue's clock: what
        is measured in time is told as of then, or as of the last command taken in where that is later.
        """
        self._acceptor = acceptor
        self._gate = gate
        self._users: Mapping[str, User] = {user.name: user for user in users}
        self.reader = reader
        self.counts: Counter[str] = Counter()
        self._outboxes = Outboxes(acceptor, gate, self._users.values(), directory, self.counts, instead, another_boot)
        self._copies = copies
        self._makers = MakersDesk(self._users, self._tell, now)
        self._indicative = IndicativeBoard(self._tell)
        self.syncing = Syncing([*self._outboxes.cursors(), *(copies.outboxes.cursors() if copies is not None else ())])
        self._orders = Orders(past)
        self._positions = PositionsFold()
        self._scene = Scene()
        self._wording = Wording(self._orders, self._users)
        self._order_answers = OrderAnswers(self._orders, self._scene, self._answer_id)
        self._bulletin = Bulletin(acceptor, gate, self._scene.phases, turned, lambda: self._scene.listing)
        self._catching_up = CatchingUp(past, self._scene)
        known = Known(
            self._orders,
            self._order_answers,
            lambda: self._positions,
            self._bulletin,
            self._makers,
            self._indicative,
            reference,
            self._scene,
        )
        self._answering = Answering(acceptor, self._users, self._outboxes, known, self._answer_id)
        self._tellers = {API: Teller(self._outboxes, {name: (name,) for name in self._users}, self._worded)}
        if copies is not None:
            self._tellers[DROP_COPY] = copies.teller(self._worded_copy)
        self._behind: set[tuple[str, str]] = set()
        """Who goes on hearing of the past, by service."""
        self._postponed: list[Asked | Passed] = []
        """What comes behind that."""
        self._number = 0
        """The last command taken in."""
        self._painter = Painter(album, PORTRAIT) if album is not None else None
        self._time = 0
        self._answers = 0
        self._began = time.time_ns()
        """By the machine's clock: a rehearsal's may stand still from one start to the next."""
        self._logger = structlog.get_logger("reports")
        self._thread = threading.Thread(target=self._run, name="reports", daemon=True)

    def start(self) -> None:
        """Begin to tell."""
        self._outboxes.start(self._number)
        if self._copies is not None:
            self._copies.outboxes.start(self._number)
        self.syncing.start()
        self._thread.start()

    def stop(self) -> None:
        """End; what waits is found again by the cursors."""
        self.reader.put(None)
        self._thread.join(5.0)
        self.syncing.stop()

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
            self._catch_up(item.service, item.user)
            self._go_on()
        elif isinstance(item, Asked | Passed) and self._comes_behind(item):
            self._postponed.append(item)
        elif isinstance(item, Came | Admission | Asked) and item.service == DROP_COPY:
            self._deal_with_copies(item)
        elif isinstance(item, Asked):
            if self._gate.tells(item.question.user):
                self._answering.answer(item.question, self._time)
        elif isinstance(item, Came):
            self._gate.came(item.user)
            self._makers.forget(item.user)
            self._indicative.forget(item.user)
            if self._gate.tells(item.user):
                try:
                    self._bulletin.greet(item.user, self._scene.boards(), self._time)
                except Exception:
                    self._failed("a greeting", user=item.user)
            self._come_back(API, item.user)
        elif isinstance(item, Passed):
            item.event.set()
        elif isinstance(item, Admission):
            if (
                self._acceptor.unwritable
            ):  # a Logon with 141=Y would empty the store, and nothing else knows what was told
                item.answer(Admitted(item.id, False, CANNOT_STORE))
            else:
                self._gate.ask(item)  # what the user was told before is on record now

    def _deal_with_copies(self, item: Came | Admission | Asked) -> None:
        if self._copies is None:
            return
        if isinstance(item, Came):
            self._copies.came(item.user)
            self._come_back(DROP_COPY, item.user)
        elif isinstance(item, Asked):
            self._copies.answer(item.question, self._orders, self._order_answers)
        else:
            self._copies.ask(item)

    def take(self, published: Published) -> None:
        """Take in a command's events, and tell of them whom they concern."""
        number, at = published.number, published.time
        self._number = number
        self._time = self._order_answers.time = at
        for index, event in enumerate(published.events):
            kind = type(event)
            if kind is OrderShown:  # the public's alone, and the most frequent
                continue
            try:
                self._orders.apply(number, index, at, event)
                if kind in POSITION_EVENTS:
                    self._positions.apply(event)
                if kind not in OF_PARTIES:
                    self._bulletin.tell(event, at, self._follow(event, number, at))
            except Exception:
                self._failed("what all are told", number=number, index=index)
            reports = [self._report(user, (number, index, side), at, event) for user, side in recipients(event)]
            if not all(reports):
                self._wording.note(number, index, event)
            if kind not in OF_PARTIES:
                self._pass_gates(event, number, index)
        try:
            self._makers.take(published)
        except Exception:
            self._failed("market makers", number=number)
        try:
            self._indicative.take(published, self._scene.listing)
        except Exception:
            self._failed("indicative quotes", number=number)
        if self._painter is not None and self._painter.is_due(number):
            self._painter.draw(published, self.portrait())

    @property
    def needs_all(self) -> bool:
        """Return False: a portrait will do."""
        return False

    def take_in(self, published: Published) -> None:
        """Take in a command's events of the day so far."""
        self.take(published)

    def take_general(self, published: Published) -> None:
        """Take in what of a command concerns more than single orders: the rest is in the portrait that follows."""
        self._number, self._time = published.number, published.time
        for index, event in enumerate(published.events):
            if type(event) not in OF_ORDERS:
                self._bulletin.tell(event, published.time, self._follow(event, published.number, published.time))
                self._pass_gates(event, published.number, index)
        self._indicative.take(published, self._scene.listing)

    def portrait(self) -> Callable[[], bytes]:
        """Return the rest as it is now, to be put into bytes by whoever has time for that."""
        services = {API: self._outboxes}
        if self._copies is not None:
            services[DROP_COPY] = self._copies.outboxes
        drawn = Drawn(
            self._orders.portrait(),
            self._wording.stood.portrait(),
            {service: outboxes.latest() for service, outboxes in services.items()},
            freeze((self._positions, self._makers.fold)),
        )
        return partial(msgspec.msgpack.encode, drawn)

    def restore(self, body: bytes, number: int) -> None:
        """Go on from a portrait drawn behind a command, when what was general up to it is taken in.

        Raises where it is none, and nothing is as it was then.
        """
        drawn = msgspec.msgpack.decode(body, type=Drawn)
        self._orders.restore(drawn.orders)
        self._wording.stood.restore(drawn.stood)
        self._positions, self._makers.fold = thaw(drawn.folds)
        self._outboxes.expect(drawn.latest[API])
        if self._copies is not None:
            self._copies.outboxes.expect(drawn.latest.get(DROP_COPY, {}))
        self._number = number
        if self._painter is not None:
            self._painter.goes_on(number)

    def _pass_gates(self, event: Event, number: int, index: int) -> None:
        try:
            self._gate.apply(event)
            if self._copies is not None:
                self._copies.apply(event)
        except Exception:
            self._failed("the gate", number=number, index=index)

    def _tell(self, user: str, body: str) -> None:
        """Tell a user something that is not kept for him where he is away."""
        if self._gate.tells(user):
            self._acceptor.send(user, body, has_groups=True)

    def _failed(self, what: str, **where: object) -> None:
        """Count and log a defect; it must cost nobody else his report."""
        self.counts["failures"] += 1
        self._logger.exception("a report failed", what=what, **where)

    def _follow(self, event: Event, number: int, at: int) -> bool:
        """Follow the listing and the phases; tell whether a whole board turned."""
        if isinstance(event, DayOpened):
            self._begin_day()
            if self._painter is not None:
                self._painter.begin(number)
        return self._scene.apply(event, at)

    def _begin_day(self) -> None:
        """Yesterday's reports are no use to anyone today: numbers start anew, H brings what there is."""
        self._wording.stood.clear()
        self._outboxes.clear()
        if self._copies is not None:
            self._copies.begin_day()

    def _report(self, user: str, position: Position, at: int, event: Event) -> bool:
        """Give a report and its copies; tell whether nobody has to wait for it."""
        if user not in self._users:
            return True
        scene, told = self._scene, True
        if self._outboxes.lacks(user, position):
            made = partial(self._worded, user, user, position, at, event, scene)
            told = self._outboxes.offer(user, position, event, made)
        if self._copies is not None:
            told &= self._copies.take(
                user, position, event, lambda who: self._worded_copy(who, user, position, at, event, scene)
            )
        return told

    def _worded(self, user: str, member: str, position: Position, at: int, event: Event, scene: Scene) -> str:
        return self._text(member, position, at, event, self._acceptor.dialect_of(user), scene)

    def _worded_copy(self, user: str, member: str, position: Position, at: int, event: Event, scene: Scene) -> str:
        assert self._copies is not None
        body = self._text(member, position, at, event, self._copies.dialect_of(user), scene)
        return copied(body, member) if body else ""

    def _text(self, user: str, position: Position, at: int, event: Event, dialect: str, scene: Scene) -> str:
        try:
            return self._wording.report(user, position, at, event, dialect, scene)
        except Exception:
            self._failed("a report's text", user=user, position=position)
            return instead(event, position)

    def _come_back(self, service: str, user: str) -> None:
        if (service, user) not in self._behind:
            self._catch_up(service, user)

    def _catch_up(self, service: str, user: str) -> None:
        """Tell one who is on the next of what he has missed; where there is more, others have their turn before."""
        self._behind.discard((service, user))
        try:
            more = self._catching_up.tell(self._tellers[service], user, self._number)
        except Exception:
            self._failed("what was missed", user=user)  # he stays behind; it is tried again when he comes again
            return
        if more:
            self._behind.add((service, user))
            self.reader.put(More(user, service))

    def _comes_behind(self, item: Asked | Passed) -> bool:
        """Tell whether what was told before is still to be given to whom it concerns."""
        return bool(self._behind) if isinstance(item, Passed) else (item.service, item.question.user) in self._behind

    def _go_on(self) -> None:
        """Attend to what was postponed, in its order."""
        postponed, self._postponed = self._postponed, []
        for item in postponed:
            self._attempt(item)

    def _answer_id(self) -> str:
        """Return an ExecID(17) or report id that no other answer of the day has."""
        self._answers += 1
        return f"A{self._began}-{self._answers}"
