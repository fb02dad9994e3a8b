"""Market data as of one moment: the market's fold, and the streams that tell of it what was asked for.

There is one desk for those who hear of everything at once, and one for each delay of the register, which takes in the
same events that much later.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import structlog

from kase_fix.gateway.dialect import marketdata_text as text
from kase_fix.gateway.dialect.questions import MarketData
from kase_fix.gateway.feed import Feed, Place
from kase_fix.gateway.repo_feed import MARKET as REPO_MARKET
from kase_fix.gateway.repo_feed import PLACE as REPO_PLACE
from kase_fix.gateway.repo_feed import RepoFeed
from kase_fix.gateway.streams import Entitlement, Stream, Told, Wish
from kase_fix.gateway.subscriptions import Boards, Denied, Lists, Subscription, Subscriptions, subscription_of
from kase_fix.marketdata.deals import trade_of
from kase_fix.messages.auction_events import AuctionEnded, AuctionIndicated, SpecialisedResult
from kase_fix.messages.corrections import DealBusted, DealCorrected
from kase_fix.messages.day_events import PhaseEntered, TradingSuspended
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.deal_terms import RepoTerms
from kase_fix.messages.events import Published
from kase_fix.messages.order_events import OrderShown

ACTIONS: dict[type, str] = {Deal: text.NEW, DealBusted: text.DELETE, DealCorrected: text.CHANGE}
"""MDUpdateAction(279) of a deal."""
Send: TypeAlias = Callable[[str, list[tuple[str, str]], str], None]
"""Gives a body to readers (user and MDReqID) of a service."""


class Desk:
    """The streams of one delay. Not for several threads."""

    def __init__(self, send: Send, entitlements: Mapping[str, Entitlement]) -> None:
        """`entitlements` by user; who is not there may have everything."""
        self.feed = Feed()
        self._repo = RepoFeed(lambda: self.feed.market)
        self.failures = 0
        self.late = 0.0
        """By so many seconds what is taken in is late: no stream speaks more often than that."""
        self._send = send
        self._entitlements = entitlements
        self._subscriptions = Subscriptions()
        self._streams: dict[tuple[Place, Wish], Stream] = {}
        self._by_place: dict[Place, list[Stream]] = {}
        self._waiting: dict[tuple[Place, Wish], Stream] = {}
        self._logger = structlog.get_logger("desk")

    def take(self, published: Published, now: float) -> None:
        """Take in a command's events and tell of them; `now` in seconds of the machine."""
        if self.feed.fold(published):
            self._relist()
        if self._streams:
            for place, (deals, turned) in self._touched(published).items():
                self._tell(place, deals, turned, now)

    def ask(self, service: str, dialect: str, asked: MarketData) -> Denied | None:
        """Answer a request, or return why it cannot be granted."""
        lists = Lists(self.feed.boards | self._repo.boards, self._entitled(asked.user))
        denied = self._subscriptions.judge(service, asked, lists)
        if denied is not None:
            return denied
        if asked.kind == 2:
            self.forget(service, asked.user, asked.request_id)
            return None
        subscription = subscription_of(service, dialect, asked)
        if asked.kind == 1:
            for place in self._subscriptions.add(subscription, lists.entitled):
                self._join(subscription, place)
        else:
            for place in subscription.places(lists.entitled):
                body = Stream(self._feed_of(place), place, subscription.wish).snapshot(asked.request_id)
                self._send(service, [(asked.user, asked.request_id)], body)
        return None

    def entitled(self, user: str, symbol: str) -> bool:
        """Tell whether a user may have data of a symbol."""
        return symbol in self._entitled(user)

    def forget(self, service: str, user: str, request_id: str | None = None) -> None:
        """End a request, or with None all of a session's."""
        for subscription in self._subscriptions.remove(service, user, request_id):
            reader = (subscription.user, subscription.request_id)
            for key, stream in list(self._streams.items()):
                if key[1] == subscription.wish and reader in stream.readers:
                    stream.readers.remove(reader)
                    if not stream.readers:
                        self._drop(key, stream)

    def speak(self, now: float) -> float | None:
        """Let those speak whose interval is over; return when the next one's is, None where nobody waits."""
        for stream in list(self._waiting.values()):
            if stream.due <= now:
                self._update(stream, now)
        return min((stream.due for stream in self._waiting.values()), default=None)

    def let_go(self, now: float) -> None:
        """Let those speak that only wait because what is taken in is late."""
        self.late = 0.0
        for stream in self._streams.values():
            if not stream.wish.interval:
                stream.due = 0.0
        self.speak(now)

    def readers(self, place: Place, service: str, dialect: str) -> set[str]:
        """Return who of a service and a dialect gets data of a place."""
        return {
            user
            for stream in self._by_place.get(place, ())
            if (stream.wish.service, stream.wish.dialect) == (service, dialect)
            for user, _ in stream.readers
        }

    def _join(self, subscription: Subscription, place: Place) -> None:
        key = place, subscription.wish
        stream = self._streams.get(key)
        if stream is None:
            stream = self._streams[key] = Stream(self._feed_of(place), place, subscription.wish)
            self._by_place.setdefault(place, []).append(stream)
        elif stream.waits:  # what others still wait for is in the snapshot already
            self._update(stream, stream.due)
        reader = subscription.user, subscription.request_id
        self._send(subscription.wish.service, [reader], stream.snapshot(subscription.request_id))
        stream.readers.append(reader)

    def _drop(self, key: tuple[Place, Wish], stream: Stream) -> None:
        del self._streams[key]
        self._waiting.pop(key, None)
        self._by_place[key[0]].remove(stream)

    def _relist(self) -> None:
        """Go on under another list: who asked for all has what is new, and nobody what is gone."""
        joined = {(key, reader) for key, stream in self._streams.items() for reader in stream.readers}
        for key, stream in list(self._streams.items()):
            if key[0] != REPO_PLACE and key[0].board not in self.feed.boards.get(key[0].symbol, ()):
                self._drop(key, stream)
        for subscription in self._subscriptions:
            reader = subscription.user, subscription.request_id
            for place in subscription.places(self._entitled(subscription.user)):
                if ((place, subscription.wish), reader) not in joined:
                    self._join(subscription, place)

    def _entitled(self, user: str) -> Boards:
        markets = self._entitlements.get(user, Entitlement()).markets
        repo = self._repo.boards if not markets or REPO_MARKET in markets else {}
        if not markets:
            return self.feed.boards | repo
        boards, listed = self.feed.boards, self.feed.listed
        return {symbol: boards[symbol] for symbol in boards if listed[symbol].group.market in markets} | repo

    def _feed_of(self, place: Place) -> Feed:
        return self._repo if place == REPO_PLACE else self.feed

    def _tell(self, place: Place, deals: list[Told], turned: bool, now: float) -> None:
        for stream in self._by_place.get(place, ()):
            stream.note(deals, turned)
            self._update(stream, now)
        own = place if place == REPO_PLACE else self.feed.own(place.symbol, "")
        if deals and own != place:
            for stream in self._by_place.get(own, ()):
                if stream.wish.everywhere:
                    stream.note_elsewhere(place, deals)
                    self._update(stream, now)

    def _update(self, stream: Stream, now: float) -> None:
        """Let a stream speak, or wait for its interval to be over. One that fails costs no other."""
        if stream.due > now:
            self._waiting[stream.place, stream.wish] = stream
            return
        self._waiting.pop((stream.place, stream.wish), None)
        if stream.wish.interval or self.late:
            stream.due = now + max(stream.wish.interval / 1000, self.late)
        try:
            body = stream.update()
            if body:
                self._send(stream.wish.service, stream.readers, body)
        except Exception:
            self.failures += 1
            self._logger.exception("market data failed", place=stream.place)

    def _touched(self, published: Published) -> dict[Place, tuple[list[Told], bool]]:
        """Return where something was changed: the deals there, and whether its session turned."""
        own = self.feed.own
        touched: dict[Place, tuple[list[Told], bool]] = {}
        for event in published.events:
            if isinstance(event, OrderShown | AuctionIndicated | AuctionEnded | SpecialisedResult):
                touched.setdefault(own(event.symbol, event.board), ([], False))
            elif isinstance(event, Deal | DealBusted | DealCorrected):
                action = ACTIONS[type(event)]
                deal = event if isinstance(event, Deal) else event.deal
                trades, _ = touched.setdefault(own(deal.symbol, deal.board), ([], False))
                trades.append((trade_of(published.number, published.time, deal), action))
                if isinstance(deal.terms, RepoTerms):
                    touched.setdefault(REPO_PLACE, ([], False))
            elif isinstance(event, PhaseEntered | TradingSuspended):
                for symbol in event.symbols:
                    place = Place(symbol, event.board)
                    touched[place] = touched.get(place, ([], False))[0], True
        return touched
