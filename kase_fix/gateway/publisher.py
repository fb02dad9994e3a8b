"""Market data: for every change of the market what each stream of a desk tells of it.

A thread of its own: of FIX-MD in its process, and in the venue's of the NEXT users of FIX-API, whose clients have one
session. Who falls behind what happens tells each stream less often, until it has caught up (R-186).
"""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

import msgspec
import structlog

from kase_fix.gateway.acceptor import Acceptor
from kase_fix.gateway.bulletin import Bulletin
from kase_fix.gateway.charts import chart
from kase_fix.gateway.desk import Desk
from kase_fix.gateway.dialect import marketdata_text as text
from kase_fix.gateway.dialect.numbers_text import security_id
from kase_fix.gateway.dialect.questions import Chart, MarketData, SecurityList, Status
from kase_fix.gateway.dialect.status_text import security_status
from kase_fix.gateway.feed import Place
from kase_fix.gateway.gate import Gate
from kase_fix.gateway.instruments import Instruments
from kase_fix.gateway.portraits import Album, Painter, freeze, thaw
from kase_fix.gateway.reports import Came, Passed
from kase_fix.gateway.streams import Entitlement
from kase_fix.journal.past_days import Archive, PastDays
from kase_fix.marketdata.market import Market
from kase_fix.messages.concern import OF_ORDERS
from kase_fix.messages.day_events import ConfigurationApplied, DayOpened, InstrumentChanged, LimitSet
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.events import Published
from kase_fix.messages.order_events import OrderAccepted, OrderFormed, OrderShown, OrderTriggered

MARKET_DATA = "md"
PORTRAIT = "market"
COUNTED = (Deal, OrderAccepted, OrderFormed, OrderTriggered)
"""What of the day so far is taken in each, in order; of `OrderShown` only the last counts."""
LOOK_SECONDS = 0.05
"""How often the venue's clock is looked at while something waits for it."""
BEHIND_SECONDS = 0.5
"""So late events are told one by one; later than that each stream waits as long between two updates as it is late."""


class AskedFor(msgspec.Struct, frozen=True):
    """A question about the market, from a session of a service."""

    service: str
    question: MarketData | SecurityList | Status | Chart
    ended: int | None = None
    """How many sessions of the user had ended when it came: a later one is not answered what an earlier one asked.

    None: it is of the one that is on.
    """


class Gone(msgspec.Struct, frozen=True):
    """A session is off: it is told nothing more."""

    service: str
    user: str


class BoardTurned(msgspec.Struct, frozen=True):
    """A board has turned; the NEXT sessions of a service hear it instrument by instrument."""

    service: str
    board: str


class Arrived(NamedTuple):
    """Events that came together, and when: seconds of the machine."""

    published: tuple[Published, ...]
    at: float


class Then(NamedTuple):
    """Something to do behind what came before."""

    do: Callable[[], None]


class Publisher:
    """The thread that tells the market what goes on in it."""

    def __init__(
        self,
        acceptors: Mapping[str, Acceptor],
        gates: Mapping[str, Gate],
        history: Iterable[Published],
        reader: "SimpleQueue[Any]",
        entitlements: Mapping[str, Entitlement] | None = None,
        now: Callable[[], int] = time.time_ns,
        past: PastDays | None = None,
        archive: Archive | None = None,
        album: Album | None = None,
    ) -> None:
        """Take in the day's events so far; `reader` brings those to come, questions, comings and departures.

        `now` is the venue's clock, which delays are counted by. `past` are the candles of past days, `archive` adds
        each day to them: one publisher's only. Portraits of the market are kept in `album`, by one publisher too.
        """
        self._acceptors = acceptors
        self._gates = gates
        self.reader = reader
        self.counts: Counter[str] = Counter()
        self._entitlements = entitlements or {}
        self._now = now
        self._past = past
        self._archive = archive
        delays = {0, *(one.delay for one in self._entitlements.values())}
        self._desks = {delay: Desk(self._send, self._entitlements) for delay in sorted(delays)}
        self._late: dict[int, deque[Published]] = {delay: deque() for delay in self._desks if delay}
        self._feed = self._desks[0].feed
        self._painter = Painter(album, PORTRAIT) if album is not None else None
        self._instruments = Instruments(self._feed, acceptors)
        self._bulletin = (
            Bulletin(
                acceptors[MARKET_DATA],
                gates[MARKET_DATA],
                self._feed.market.phases,
                lambda board: self._tell_turn(BoardTurned(MARKET_DATA, board)),
                lambda: self._feed.listed,
            )
            if MARKET_DATA in acceptors
            else None
        )
        """What FIX-MD tells unasked; what FIX-API does the reports tell (`Reports`)."""
        self._logger = structlog.get_logger("publisher")
        self._ended = Counter[tuple[str, str]]()
        """By service and user: sessions."""
        self._shown: dict[str, OrderShown] = {}
        """While the day so far is taken in: what each order showed last."""
        for published in history:
            self.take_in(published)
        self.has_taken_in()
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)

    def start(self) -> None:
        """Begin to tell."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self.reader.put(None)
        self._thread.join(5.0)

    def _run(self) -> None:
        wait: float | None = None
        while True:
            try:
                item = self.reader.get(timeout=wait)
            except Empty:
                item = Passed(threading.Event())
            if item is None:
                return
            try:
                self._deal_with(item)
                wait = self._keep_up()
            except Exception:
                self.counts["failures"] += 1
                self._logger.exception("market data failed", item=type(item).__name__)

    def _deal_with(self, item: object) -> None:
        if isinstance(item, Published):
            self.take(item)
        elif isinstance(item, Arrived):
            for published in item.published:
                late = time.monotonic() - item.at
                self.take(published, late if late > BEHIND_SECONDS else 0.0)
        elif isinstance(item, AskedFor):
            asker = item.service, item.question.user
            if not self._gates[item.service].tells(item.question.user) or item.ended not in (None, self._ended[asker]):
                return
            if isinstance(item.question, MarketData):
                self._answer(item.service, item.question)
            elif isinstance(item.question, Chart):
                self._draw(item.service, item.question)
            elif isinstance(item.question, Status):
                if self._bulletin is not None:
                    self._bulletin.answer(item.question, list(self._feed.market.boards), self._feed.market.time)
            else:
                self._instruments.answer(item.service, item.question)
        elif isinstance(item, Came):
            gate = self._gates[item.service]
            gate.came(item.user)
            if gate.tells(item.user) and self._bulletin is not None:
                self._bulletin.greet(item.user, list(self._feed.market.boards), self._feed.market.time)
        elif isinstance(item, Gone):
            self._ended[item.service, item.user] += 1
            self._desk_of(item.user).forget(item.service, item.user)
            self._instruments.forget(item.service, item.user)
        elif isinstance(item, BoardTurned):
            self._tell_turn(item)
        elif isinstance(item, Passed):
            self._keep_up()
            item.event.set()
        elif isinstance(item, Then):
            self._catch_up(time.monotonic())
            self._keep_up()
            item.do()

    def take(self, published: Published, late: float = 0.0) -> None:
        """Take in a command's events and tell of them; those who hear late do when it is time.

        `late`: so many seconds ago they came, where that is long enough to save messages.
        """
        desk, now = self._desks[0], time.monotonic()
        if late and not desk.late:
            self.counts["fell_behind"] += 1
        desk.late = late or desk.late
        self._note_the_day(published)
        desk.take(published, now)
        if desk.late and any(type(event) not in OF_ORDERS for event in published.events):
            desk.let_go(now)  # what happened before a board turned is told before it
            desk.late = late
        self._take_late(published)
        self._announce(published)
        self._portray(published)

    def _portray(self, published: Published) -> None:
        """Draw a portrait of the market where it is time."""
        if self._painter is None:
            return
        if any(isinstance(event, DayOpened) for event in published.events):
            self._painter.begin(published.number)
        if self._painter.is_due(published.number):
            frozen = freeze(self._feed.market)
            self._painter.draw(published, lambda: frozen)

    @property
    def needs_all(self) -> bool:
        """Tell whether no portrait will do: those who hear late are told of the market as it was a while ago."""
        return bool(self._late)

    def take_general(self, published: Published) -> None:
        """Take in what of a command concerns more than single orders: the market is in the portrait that follows."""
        self._note_the_day(published)
        for event in published.events:
            if type(event) not in OF_ORDERS and self._bulletin is not None:
                self._bulletin.tell(event, published.time, False)
                self._gates[MARKET_DATA].apply(event)

    def restore(self, body: bytes, number: int) -> None:
        """Go on from a portrait drawn behind a command. Raises where it is none, and is then as before."""
        market = thaw(body)
        if not isinstance(market, Market) or market.number != number:
            raise ValueError("it shows another market")
        self._feed.go_on(market)
        if self._bulletin is not None:
            self._bulletin.go_on(market.phases)
        if self._painter is not None:
            self._painter.goes_on(number)

    def _take_late(self, published: Published) -> None:
        """Keep a command for those who hear late; what is listed they know from the beginning."""
        for delay, line in self._late.items():
            line.append(published)
            listed = tuple(event for event in published.events if isinstance(event, ConfigurationApplied))
            if listed and self._desks[delay].feed.market.configuration is None:
                self._desks[delay].take(Published(published.number, published.time, listed), 0.0)

    def _announce(self, published: Published) -> None:
        whole = self._feed.market.whole
        for event in published.events:
            if type(event) in OF_ORDERS:
                continue
            if self._bulletin is not None:
                self._bulletin.tell(event, published.time, any(event is one for one in whole))
                self._gates[MARKET_DATA].apply(event)
            if isinstance(event, InstrumentChanged):
                self._instruments.changed(event.instrument.symbol, self._gates)
            elif isinstance(event, LimitSet):
                self._instruments.changed(event.symbol, self._gates)

    def _keep_up(self) -> float | None:
        """Tell what it is time for; return after how many seconds to look again, None where nothing waits."""
        now = time.monotonic()
        if self.reader.empty():
            self._catch_up(now)
        for delay, line in self._late.items():
            while line and line[0].time + delay <= self._now():
                self._desks[delay].take(line.popleft(), now)
        waits = [due - now for desk in self._desks.values() if (due := desk.speak(now)) is not None]
        if any(self._late.values()):
            waits.append(LOOK_SECONDS)
        return max(0.0, min(waits)) if waits else None

    def _catch_up(self, now: float) -> None:
        """Nothing more waits to be taken in: each change is told at once again."""
        if self._desks[0].late:
            self._desks[0].let_go(now)

    def _desk_of(self, user: str) -> Desk:
        return self._desks[self._entitlements.get(user, Entitlement()).delay]

    def take_in(self, published: Published) -> None:
        """Take in a command of the day so far, when there is nobody to be told; `has_taken_in` ends that.

        Of what an order shows, again and again, only the last counts: a book is what all orders show now. So it is
        gathered, up to the next event that may change what is listed. Those who hear late are told of it as of all
        else.
        """
        self._take_late(published)
        rest = []
        for event in published.events:
            if isinstance(event, OrderShown):
                self._shown[event.order_id] = event
            elif isinstance(event, COUNTED) or type(event) not in OF_ORDERS:
                rest.append(event)
        if rest:
            if not all(isinstance(event, COUNTED) for event in rest):
                self.has_taken_in()
            kept = Published(published.number, published.time, tuple(rest))
            self._note_the_day(kept)
            self._desks[0].take(kept, 0.0)
            self._announce(kept)
            if self._painter is not None and any(isinstance(event, DayOpened) for event in rest):
                self._painter.begin(published.number)
        else:
            self._feed.market.number, self._feed.market.time = published.number, published.time

    def has_taken_in(self) -> None:
        """Bring the books up to what was taken in."""
        market, shown = self._feed.market, tuple(self._shown.values())
        self._shown.clear()
        self._feed.fold(Published(market.number, market.time, shown))

    def _note_the_day(self, published: Published) -> None:
        """Have the day's candles kept before another day begins."""
        if self._archive is not None and any(type(event) is DayOpened for event in published.events):
            self._archive.day_opens(published.number, self._feed.market)

    def _draw(self, service: str, asked: Chart) -> None:
        """Answer CL from the day as he who asks has it, late where his data are."""
        desk = self._desk_of(asked.user)
        entitled = desk.entitled(asked.user, asked.symbol)
        body = chart(asked, desk.feed.market, desk.feed.listed, entitled, self._past, desk.feed.market.began)
        self._acceptors[service].send(asked.user, body, has_groups=True)

    def _answer(self, service: str, asked: MarketData) -> None:
        denied = self._desk_of(asked.user).ask(service, self._acceptors[service].dialect_of(asked.user), asked)
        if denied is not None:
            self._acceptors[service].send(asked.user, text.refusal(asked.request_id, denied.reason, denied.words))
            self.counts["requests_refused"] += 1

    def _send(self, service: str, readers: list[tuple[str, str]], body: str) -> None:
        tells = self._gates[service].tells
        present = [reader for reader in readers if tells(reader[0])]
        if present:
            self._acceptors[service].send_all(present, body)
            self.counts["messages"] += len(present)

    def _tell_turn(self, turned: BoardTurned) -> None:
        """Tell the NEXT sessions of a service of a board's turn: f for each instrument they have subscribed to."""
        market, acceptor = self._feed.market, self._acceptors[turned.service]
        for symbol in market.phases.symbols(turned.board):
            place = Place(symbol, turned.board)
            users = {user for desk in self._desks.values() for user in desk.readers(place, turned.service, "NEXT")}
            if users:
                clause = market.phases.not_traded(turned.board, symbol) or market.phases.clause_of(turned.board)
                phase = market.phases.of_symbol(turned.board, symbol)
                number = security_id("NEXT", self._feed.listed[symbol].instrument)
                body = security_status(symbol, turned.board, phase, market.time, clause, number=number)
                for user in sorted(users):
                    if self._gates[turned.service].tells(user):
                        acceptor.send(user, body)
