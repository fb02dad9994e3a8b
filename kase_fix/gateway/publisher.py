"""Market data: for every change of the market what each subscription is told of it.

A thread of its own serves both services: FIX-MD, and the NEXT users of FIX-API, whose clients have one session.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from queue import SimpleQueue
from typing import Any

import msgspec
import structlog

from kase_fix.gateway.acceptor import Acceptor
from kase_fix.gateway.bulletin import Bulletin
from kase_fix.gateway.dialect import marketdata_text as text
from kase_fix.gateway.dialect.instrument_list import security_list
from kase_fix.gateway.dialect.marketdata_text import Entry, Statistics
from kase_fix.gateway.dialect.questions import MarketData, SecurityList
from kase_fix.gateway.dialect.status_text import security_status
from kase_fix.gateway.feed import Feed, Place
from kase_fix.gateway.gate import Gate
from kase_fix.gateway.reports import ONE_ORDERS, Came, Passed
from kase_fix.gateway.subscriptions import Subscription, Subscriptions, subscription_of
from kase_fix.marketdata.deals import Trade
from kase_fix.messages.events import (
    AuctionEnded,
    AuctionIndicated,
    Deal,
    Event,
    OrderShown,
    PhaseEntered,
    Published,
    TradingSuspended,
)

MARKET_DATA = "md"
OF_ORDERS = ONE_ORDERS | {OrderShown}
"""What neither the bulletin nor the hours of the service depend on."""


class AskedFor(msgspec.Struct, frozen=True):
    """A question about the market, from a session of a service."""

    service: str
    question: MarketData | SecurityList


class Gone(msgspec.Struct, frozen=True):
    """A session is off: it is told nothing more."""

    service: str
    user: str


class BoardTurned(msgspec.Struct, frozen=True):
    """A board has turned; the NEXT sessions of a service hear it instrument by instrument."""

    service: str
    board: str


class Publisher:
    """The thread that tells the market what goes on in it."""

    def __init__(
        self,
        acceptors: Mapping[str, Acceptor],
        gates: Mapping[str, Gate],
        history: Iterable[Published],
        reader: "SimpleQueue[Any]",
    ) -> None:
        """Take in the day's events so far; `reader` brings those to come, questions, comings and departures."""
        self._acceptors = acceptors
        self._gates = gates
        self.reader = reader
        self.counts: Counter[str] = Counter()
        self._feed = Feed()
        self._subscriptions = Subscriptions()
        self._bulletin = Bulletin(
            acceptors[MARKET_DATA],
            gates[MARKET_DATA],
            self._feed.market.phases,
            lambda board: self._tell_turn(BoardTurned(MARKET_DATA, board)),
        )
        self._answers = 0
        self._logger = structlog.get_logger("publisher")
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
        while (item := self.reader.get()) is not None:
            try:
                self._deal_with(item)
            except Exception:
                self.counts["failures"] += 1
                self._logger.exception("market data failed", item=type(item).__name__)

    def _deal_with(self, item: object) -> None:
        if isinstance(item, Published):
            self.take(item)
            if len(self._subscriptions):
                self._tell(item)
        elif isinstance(item, AskedFor):
            if not self._gates[item.service].tells(item.question.user):
                return
            if isinstance(item.question, MarketData):
                self._answer(item.service, item.question)
            else:
                self._list(item.service, item.question)
        elif isinstance(item, Came):
            self._gates[MARKET_DATA].came(item.user)
            if self._gates[MARKET_DATA].tells(item.user):
                self._bulletin.greet(item.user, list(self._feed.market.boards), self._feed.market.time)
        elif isinstance(item, Gone):
            self._feed.forget(self._subscriptions.remove(item.service, item.user))
        elif isinstance(item, BoardTurned):
            self._tell_turn(item)
        elif isinstance(item, Passed):
            item.event.set()

    def take(self, published: Published) -> None:
        """Take in a command's events."""
        if self._feed.fold(published):
            self._subscriptions.relist(self._feed.boards)
        whole = self._feed.market.whole
        for event in published.events:
            if type(event) in OF_ORDERS:
                continue
            self._bulletin.tell(event, published.time, any(event is one for one in whole))
            self._gates[MARKET_DATA].apply(event)

    def take_in(self, published: Published) -> None:
        """Take in a command of the day so far, when there is nobody to be told; `has_taken_in` ends that.

        Of what an order shows, again and again, only the last counts: a book is what all orders show now. So it is
        gathered, up to the next event of another kind.
        """
        rest = []
        for event in published.events:
            if isinstance(event, OrderShown):
                self._shown[event.order_id] = event
            elif isinstance(event, Deal) or type(event) not in OF_ORDERS:
                rest.append(event)
        if rest:
            if any(type(event) is not Deal for event in rest):
                self.has_taken_in()
            self.take(Published(published.number, published.time, tuple(rest)))
        else:
            self._feed.market.number, self._feed.market.time = published.number, published.time

    def has_taken_in(self) -> None:
        """Bring the books up to what was taken in."""
        market, shown = self._feed.market, tuple(self._shown.values())
        self._shown.clear()
        self._feed.fold(Published(market.number, market.time, shown))

    def _answer(self, service: str, asked: MarketData) -> None:
        boards = self._feed.boards
        denied = self._subscriptions.judge(service, asked, boards)
        if denied is not None:
            self._acceptors[service].send(asked.user, text.refusal(asked.request_id, denied.reason, denied.words))
            self.counts["requests_refused"] += 1
            return
        if asked.kind == 2:
            self._feed.forget(self._subscriptions.remove(service, asked.user, asked.request_id))
            return
        subscription = subscription_of(service, asked)
        places = subscription.places(boards)
        for place in places:
            self._send_snapshot(subscription, place)
        if asked.kind == 1:
            self._subscriptions.add(service, asked, boards)
            for place in places:
                self._feed.changes(place, subscription.depth)  # from here on what is new is told
                self._feed.auction_changes(place)

    def _send_snapshot(self, subscription: Subscription, place: Place) -> None:
        everywhere = None if subscription.board else self._session_of(subscription)
        entries = self._feed.snapshot(place, subscription.depth, subscription.types, everywhere)
        request, book, session = subscription.request_id, self._book(subscription), self._session(subscription, place)
        self._send(subscription, text.snapshot(request, place.symbol, entries, book, session))

    def _tell(self, published: Published) -> None:
        """Tell every subscription what a command changed: levels, deals, auctions, the session's numbers."""
        deals: dict[Place, list[Trade]] = {}
        touched: dict[Place, None] = {}
        turned: set[Place] = set()
        for event in published.events:
            self._note(event, deals, touched, turned)
        for place in touched:
            self._tell_elsewhere(place, deals.get(place, ()))
            subscribed = self._subscriptions.by_place.get(place)
            if not subscribed:
                continue
            levels = {depth: self._feed.changes(place, depth) for depth in {one.depth for one in subscribed}}
            trades = [self._feed.deal(place, trade) for trade in deals.get(place, ())]
            told = [*trades, *self._feed.auction_changes(place)]
            for subscription in subscribed:
                if subscription.whole:
                    self._send_snapshot(subscription, place)
                    continue
                entries: list[Entry | Statistics] = [
                    entry for entry in (*levels[subscription.depth], *told) if entry.type in subscription.types
                ]
                numbers = bool(trades) or place in turned or not levels[subscription.depth]
                if numbers and self._is_next(subscription):
                    entries.append(self._feed.statistics(place))
                if entries:
                    session = self._session(subscription, place)
                    book = self._book(subscription)
                    self._send(subscription, text.incremental(subscription.request_id, entries, book, session))

    def _tell_elsewhere(self, place: Place, deals: Iterable[Trade]) -> None:
        """Tell those who look at an instrument's own board, having named none, of its deals on another."""
        own = self._feed.own(place.symbol, "")
        if not deals or own == place:
            return
        for subscription in self._subscriptions.by_place.get(own, ()):
            if subscription.board or text.TRADE not in subscription.types:
                continue
            if subscription.whole:
                self._send_snapshot(subscription, own)
                continue
            session = self._session_of(subscription)(place.board)
            entries: list[Entry | Statistics] = [self._feed.deal(own, trade, session) for trade in deals]
            if self._is_next(subscription):
                entries.append(self._feed.statistics(place))
            body = text.incremental(subscription.request_id, entries, self._book(subscription))
            self._send(subscription, body)

    def _note(
        self, event: Event, deals: dict[Place, list[Trade]], touched: dict[Place, None], turned: set[Place]
    ) -> None:
        if isinstance(event, OrderShown):
            touched[self._feed.own(event.symbol, event.board)] = None
        elif isinstance(event, Deal):
            place = self._feed.own(event.symbol, event.board)
            touched[place] = None
            for trade in reversed(self._feed.book(place).deals.recent):
                if trade.deal_id == event.deal_id:
                    deals.setdefault(place, []).append(trade)
                    break
        elif isinstance(event, AuctionIndicated | AuctionEnded):
            touched[self._feed.own(event.symbol, event.board)] = None
        elif isinstance(event, PhaseEntered | TradingSuspended):
            places = [Place(symbol, event.board) for symbol in event.symbols]
            touched.update(dict.fromkeys(places))
            turned.update(places)

    def _tell_turn(self, turned: BoardTurned) -> None:
        """Tell the NEXT sessions of a service of a board's turn: f for each instrument they have subscribed to."""
        market, acceptor = self._feed.market, self._acceptors[turned.service]
        for symbol in market.phases.symbols(turned.board):
            subscribed = self._subscriptions.by_place.get(Place(symbol, turned.board), ())
            users = {one.user for one in subscribed if one.service == turned.service and self._is_next(one)}
            if users:
                clause = market.phases.not_traded(turned.board, symbol) or market.phases.clause_of(turned.board)
                phase = market.phases.of_symbol(turned.board, symbol)
                body = security_status(symbol, turned.board, phase, market.time, clause)
                for user in sorted(users):
                    if self._gates[turned.service].tells(user):
                        acceptor.send(user, body)

    def _list(self, service: str, asked: SecurityList) -> None:
        self._answers += 1
        market = self._feed.market
        settlement = {
            symbol: here.settlement for symbol, here in market.listings.items() if here.settlement is not None
        }
        sessions = {code: self._feed.session(code) for code in market.boards}
        acceptor = self._acceptors[service]
        dialect = acceptor.dialect_of(asked.user)
        response = f"L{market.number}-{self._answers}"
        for body in security_list(
            dialect, asked, response, self._feed.listed.values(), market.phases.of_symbol, settlement, sessions
        ):
            acceptor.send(asked.user, body, has_groups=True)

    def _is_next(self, subscription: Subscription) -> bool:
        return self._acceptors[subscription.service].dialect_of(subscription.user) == "NEXT"

    def _book(self, subscription: Subscription) -> int:
        """Return MDBookType(1021), which only NEXT knows."""
        return subscription.book if self._is_next(subscription) else 0

    def _session(self, subscription: Subscription, place: Place) -> int | str:
        """Return 336 of entries: NEXT has the session's serial, FIX44 a board that is not the instrument's own."""
        if place.board == self._feed.boards[place.symbol][0] and not self._is_next(subscription):
            return ""
        return self._session_of(subscription)(place.board)

    def _session_of(self, subscription: Subscription) -> Callable[[str], int | str]:
        """Return what 336 is for a board in the dialect of a subscription."""
        return self._feed.session if self._is_next(subscription) else str

    def _send(self, subscription: Subscription, body: str) -> None:
        if self._gates[subscription.service].tells(subscription.user):
            self._acceptors[subscription.service].send(subscription.user, body, has_groups=True)
            self.counts["messages"] += 1
