"""Market data: a fold over the events, and for every change what each subscription is told of it.

A thread of its own serves both services: FIX-MD, and the NEXT users of FIX-API, whose clients have one session.
"""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Mapping
from queue import SimpleQueue
from typing import Any, TypeAlias

import msgspec
import structlog

from kase_fix.calendar.almaty import instant
from kase_fix.gateway.acceptor import Acceptor
from kase_fix.gateway.dialect import marketdata_text as text
from kase_fix.gateway.dialect.instrument_list import security_list
from kase_fix.gateway.dialect.listing import SESSION_STATES, Listed, listing
from kase_fix.gateway.dialect.marketdata_text import Entry, Statistics
from kase_fix.gateway.dialect.questions import MarketData, SecurityList
from kase_fix.gateway.reports import Passed
from kase_fix.gateway.subscriptions import Subscription, Subscriptions, subscription_of
from kase_fix.marketdata.deals import Trade
from kase_fix.marketdata.depth import Level, difference
from kase_fix.marketdata.market import Listing, Market
from kase_fix.messages.events import Deal, Event, OrderShown, PhaseEntered, Published
from kase_fix.values.enums import Phase, Side
from kase_fix.values.numbers import format_decimal

TYPES = {Side.BUY: text.BID, Side.SELL: text.OFFER}
ACTIONS = {"new": text.NEW, "change": text.CHANGE, "delete": text.DELETE}
ALL_LEVELS = 0

View: TypeAlias = dict[Side, tuple[Level, ...]]
"""What subscriptions of one depth were told last."""


class AskedFor(msgspec.Struct, frozen=True):
    """A question about the market, from a session of a service."""

    service: str
    question: MarketData | SecurityList


class Gone(msgspec.Struct, frozen=True):
    """A session is off: it is told nothing more."""

    service: str
    user: str


class Publisher:
    """The thread that tells the market what goes on in it."""

    def __init__(self, acceptors: Mapping[str, Acceptor], history: list[Published], reader: "SimpleQueue[Any]") -> None:
        """Take in the day's events so far; `reader` brings those to come, questions and departures."""
        self._acceptors = acceptors
        self.reader = reader
        self.counts: Counter[str] = Counter()
        self._market = Market()
        self._listed: dict[str, Listed] = {}
        self._subscriptions = Subscriptions()
        self._views: dict[tuple[str, int], View] = {}
        self._answers = 0
        self._logger = structlog.get_logger("publisher")
        for published in history:
            self._fold(published)
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
            self._fold(item)
            if len(self._subscriptions):
                self._tell(item)
        elif isinstance(item, AskedFor):
            if item.question.user not in self._acceptors[item.service].online:
                return
            if isinstance(item.question, MarketData):
                self._answer(item.service, item.question)
            else:
                self._list(item.service, item.question)
        elif isinstance(item, Gone):
            self._subscriptions.remove(item.service, item.user)
        elif isinstance(item, Passed):
            item.event.set()

    def _fold(self, published: Published) -> None:
        configuration = self._market.configuration
        self._market.apply(published)
        if self._market.configuration is not configuration and self._market.configuration is not None:
            self._listed = listing(self._market.configuration)

    def _answer(self, service: str, asked: MarketData) -> None:
        listed = frozenset(self._listed)
        denied = self._subscriptions.judge(service, asked, listed)
        if denied is not None:
            self._acceptors[service].send(asked.user, text.refusal(asked.request_id, denied.reason, denied.words))
            self.counts["requests_refused"] += 1
            return
        if asked.kind == 2:
            self._subscriptions.remove(service, asked.user, asked.request_id)
            return
        subscription = subscription_of(service, asked)
        for symbol in self._listed:
            if subscription.wants(symbol):
                self._send_snapshot(subscription, symbol)
        if asked.kind == 1:
            self._subscriptions.add(service, asked, listed)
            for symbol in self._listed:
                if subscription.wants(symbol):
                    self._changes(symbol, subscription.depth)  # from here on what is new is told

    def _send_snapshot(self, subscription: Subscription, symbol: str) -> None:
        here = self._market.listings[symbol]
        decimals = self._listed[symbol].decimals
        entries: list[Entry] = []
        for side, kind in TYPES.items():
            if kind in subscription.types:
                for place, level in enumerate(here.depth.best(side, subscription.depth or None), 1):
                    entries.append(Entry(kind, level.price, level.quantity, level.orders, place, decimals=decimals))
        last = here.deals.last
        if text.TRADE in subscription.types and last is not None:
            entries.append(self._deal_entry(symbol, last))
        self._send(subscription, text.snapshot(subscription.request_id, symbol, entries, self._book(subscription)))

    def _tell(self, published: Published) -> None:
        """Tell every subscription what a command changed: levels first, then deals and the session's numbers."""
        deals: dict[str, list[Trade]] = {}
        touched: dict[str, None] = {}
        for event in published.events:
            self._note(event, deals, touched)
        for symbol in touched:
            subscribed = self._subscriptions.by_symbol.get(symbol)
            if not subscribed:
                continue
            levels = {depth: self._changes(symbol, depth) for depth in {one.depth for one in subscribed}}
            trades = [self._deal_entry(symbol, trade) for trade in deals.get(symbol, ())]
            for subscription in subscribed:
                if subscription.whole:
                    self._send_snapshot(subscription, symbol)
                    continue
                entries: list[Entry | Statistics] = [
                    entry for entry in (*levels[subscription.depth], *trades) if entry.type in subscription.types
                ]
                if self._acceptors[subscription.service].dialect_of(subscription.user) == "NEXT" and (
                    trades or not levels[subscription.depth]
                ):
                    entries.append(self._statistics(symbol))
                if entries:
                    self._send(
                        subscription, text.incremental(subscription.request_id, entries, self._book(subscription))
                    )

    def _note(self, event: Event, deals: dict[str, list[Trade]], touched: dict[str, None]) -> None:
        if isinstance(event, OrderShown):
            touched[event.symbol] = None
        elif isinstance(event, Deal):
            touched[event.symbol] = None
            for trade in reversed(self._market.listings[event.symbol].deals.recent):
                if trade.deal_id == event.deal_id:
                    deals.setdefault(event.symbol, []).append(trade)
                    break
        elif isinstance(event, PhaseEntered):
            touched.update(dict.fromkeys(event.symbols))

    def _changes(self, symbol: str, depth: int) -> list[Entry]:
        """Return what differs from what subscriptions of this depth were told last, and remember the present."""
        here = self._market.listings[symbol]
        view = self._views.get((symbol, depth), {})
        now: View = {side: here.depth.best(side, depth or None) for side in TYPES}
        self._views[symbol, depth] = now
        decimals = self._listed[symbol].decimals
        session = self._session(symbol)
        entries = []
        for side, kind in TYPES.items():
            for change in difference(view.get(side, ()), now[side]):
                level = change.level
                gone = change.action == "delete"
                entries.append(
                    Entry(
                        kind,
                        level.price,
                        None if gone else level.quantity,
                        0 if gone else level.orders,
                        session=session,
                        action=ACTIONS[change.action],
                        symbol=symbol,
                        decimals=decimals,
                    )
                )
        return entries

    def _deal_entry(self, symbol: str, trade: Trade) -> Entry:
        return Entry(
            text.TRADE,
            trade.price,
            trade.quantity,
            time=trade.time,
            id=trade.deal_id,
            settlement=trade.settlement,
            session=self._session(symbol),
            symbol=symbol,
            decimals=self._listed[symbol].decimals,
        )

    def _statistics(self, symbol: str) -> Statistics:
        here: Listing = self._market.listings[symbol]
        day = here.deals.statistics
        listed = self._listed[symbol]
        date = self._market.day or dt.date(1970, 1, 1)
        return Statistics(
            symbol,
            self._session(symbol),
            SESSION_STATES[self._market.phase(symbol)],
            listed.decimals,
            here.depth.orders,
            day.last,
            day.quantity,
            day.deals,
            format_decimal(day.turnover, 2, 2),
            day.average,
            instant(date, listed.board.opens),
            instant(date, listed.board.closes),
        )

    def _session(self, symbol: str) -> int:
        """Return the serial of the symbol's session: the date and the board's place, so it grows from day to day."""
        date = self._market.day
        place = list(self._market.boards).index(self._listed[symbol].board.code) + 1
        return place if date is None else int(date.strftime("%Y%m%d")) * 100 + place

    def _list(self, service: str, asked: SecurityList) -> None:
        self._answers += 1
        phases: dict[str, Phase] = {code: self._market.phases.of_board(code) for code in self._market.boards}
        settlement = {
            symbol: here.settlement for symbol, here in self._market.listings.items() if here.settlement is not None
        }
        sessions = {listed.board.code: self._session(symbol) for symbol, listed in self._listed.items()}
        acceptor = self._acceptors[service]
        dialect = acceptor.dialect_of(asked.user)
        response = f"L{self._market.number}-{self._answers}"
        for body in security_list(dialect, asked, response, self._listed.values(), phases, settlement, sessions):
            acceptor.send(asked.user, body, has_groups=True)

    def _book(self, subscription: Subscription) -> int:
        """Return MDBookType(1021), which only NEXT knows."""
        next_dialect = self._acceptors[subscription.service].dialect_of(subscription.user) == "NEXT"
        return subscription.book if next_dialect else 0

    def _send(self, subscription: Subscription, body: str) -> None:
        acceptor = self._acceptors[subscription.service]
        if subscription.user in acceptor.online:
            acceptor.send(subscription.user, body, has_groups=True)
            self.counts["messages"] += 1
