"""What market data a session has asked for, and what of a request can be granted."""

from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from kase_fix.gateway.dialect import marketdata_text as text
from kase_fix.gateway.dialect.questions import MarketData
from kase_fix.gateway.feed import Place

Boards: TypeAlias = Mapping[str, tuple[str, ...]]
"""All boards of a listed symbol, its own first."""

GREATEST_DEPTH = 1000
GREATEST_NUMBER = 50
"""Requests of one session that are kept up to date; each may name as many symbols as it likes, or ALL."""
BY_ORDER = 3
"""MDBookType(1021): a book by order is not published yet."""


class Subscription(msgspec.Struct, frozen=True):
    """One request that is kept up to date."""

    service: str
    user: str
    request_id: str
    symbols: frozenset[str]
    """Empty: all."""
    depth: int
    """Levels a side; 0: all of them."""
    whole: bool
    """MDUpdateType(265)=0: every update is a whole snapshot."""
    types: tuple[str, ...]
    book: int
    board: str = ""
    """Empty: each instrument's own."""

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what the request is known by."""
        return self.service, self.user, self.request_id

    def place(self, symbol: str, boards: tuple[str, ...]) -> Place | None:
        """Return where the symbol was asked for, None where it was not."""
        if self.symbols and symbol not in self.symbols:
            return None
        if not self.board:
            return Place(symbol, boards[0])
        return Place(symbol, self.board) if self.board in boards else None

    def places(self, boards: Boards) -> list[Place]:
        """Return all that was asked for, in the order of the list."""
        found = [self.place(symbol, here) for symbol, here in boards.items()]
        return [place for place in found if place is not None]


class Denied(msgspec.Struct, frozen=True):
    """Why a request is refused: MDReqRejReason(281) and its text."""

    reason: str
    words: str


class Subscriptions:
    """All subscriptions, by session and request."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, str], Subscription] = {}
        self.by_place: dict[Place, list[Subscription]] = {}

    def judge(self, service: str, asked: MarketData, boards: Boards) -> Denied | None:
        """Return why a request cannot be granted, or None."""
        known = (service, asked.user, asked.request_id) in self._kept
        if asked.kind == 2:
            return None if known else Denied(text.UNSUPPORTED_SUBSCRIPTION, f"No subscription {asked.request_id}")
        if asked.kind not in (0, 1):
            return Denied(text.UNSUPPORTED_SUBSCRIPTION, f"SubscriptionRequestType {asked.kind} is not supported")
        if known:
            return Denied(text.DUPLICATE_REQUEST, f"MDReqID {asked.request_id} is in use")
        if asked.kind == 1 and sum(key[:2] == (service, asked.user) for key in self._kept) >= GREATEST_NUMBER:
            words = f"{GREATEST_NUMBER} subscriptions are open; end one, or name several symbols in one"
            return Denied(text.UNSUPPORTED_SUBSCRIPTION, words)
        unknown = [symbol for symbol in asked.symbols if symbol not in boards]
        if unknown:
            return Denied(text.UNKNOWN_SYMBOL, f"Unknown symbol {unknown[0]}")
        elsewhere = [symbol for symbol in asked.symbols or boards if asked.board not in ("", *boards[symbol])]
        if elsewhere and len(elsewhere) == len(asked.symbols or boards):
            return Denied(text.UNKNOWN_SYMBOL, f"{elsewhere[0]} is not traded on the board {asked.board}")
        if not asked.symbols and not asked.all:
            return Denied(text.UNKNOWN_SYMBOL, "No symbol was named")
        if asked.book == BY_ORDER:
            return Denied(text.UNSUPPORTED_DEPTH, "A book by order is not published")
        if not 0 <= asked.depth <= GREATEST_DEPTH:
            return Denied(text.UNSUPPORTED_DEPTH, f"MarketDepth {asked.depth} is not supported")
        if asked.update not in (0, 1):
            return Denied(text.UNSUPPORTED_UPDATE, f"MDUpdateType {asked.update} is not supported")
        odd = [kind for kind in asked.entries if kind not in text.EVERYTHING]
        return Denied(text.UNSUPPORTED_ENTRY, f"MDEntryType {odd[0]} is not supported") if odd else None

    def add(self, service: str, asked: MarketData, boards: Boards) -> Subscription:
        """Keep a granted request up to date from now on."""
        subscription = subscription_of(service, asked)
        self._kept[service, asked.user, asked.request_id] = subscription
        for place in subscription.places(boards):
            self.by_place.setdefault(place, []).append(subscription)
        return subscription

    def relist(self, boards: Boards) -> None:
        """Go on under another list: one who asked for all has what is new."""
        self.by_place = {}
        for subscription in self._kept.values():
            for place in subscription.places(boards):
                self.by_place.setdefault(place, []).append(subscription)

    def remove(self, service: str, user: str, request_id: str | None = None) -> list[tuple[Place, int]]:
        """Forget a request, or with None all of a session's; return places with a depth nobody asks for any more."""
        gone = {key for key in self._kept if key[:2] == (service, user) and request_id in (None, key[2])}
        for key in gone:
            del self._kept[key]
        idle: list[tuple[Place, int]] = []
        for place, subscribed in self.by_place.items() if gone else ():
            left = [one for one in subscribed if one.key not in gone]
            depths = {one.depth for one in subscribed} - {one.depth for one in left}
            idle += [(place, depth) for depth in depths]
            subscribed[:] = left
        return idle

    def __len__(self) -> int:
        return len(self._kept)


def subscription_of(service: str, asked: MarketData) -> Subscription:
    """Return what a granted request asks for; MDBookType(1021)=1 is the top of the book."""
    depth = 1 if asked.book == 1 else asked.depth
    types = asked.entries or text.EVERYTHING
    symbols = frozenset() if asked.all else frozenset(asked.symbols)
    return Subscription(
        service,
        asked.user,
        asked.request_id,
        symbols,
        depth,
        asked.update == 0,
        types,
        2 if depth != 1 else 1,
        asked.board,
    )
