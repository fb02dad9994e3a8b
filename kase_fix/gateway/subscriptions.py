"""What market data a session has asked for, and what of a request can be granted."""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple, TypeAlias

import msgspec

from kase_fix.gateway.dialect import marketdata_text as text
from kase_fix.gateway.dialect.questions import MarketData
from kase_fix.gateway.feed import Place
from kase_fix.gateway.repo_feed import REPO
from kase_fix.gateway.streams import Wish

Boards: TypeAlias = Mapping[str, tuple[str, ...]]
"""All boards of a listed symbol, its own first."""

GREATEST_DEPTH = 1000
GREATEST_NUMBER = 50
"""Requests of one session that are kept up to date; each may name as many symbols as it likes, or ALL."""
GREATEST_PLACES = 5000
"""Instruments that all these requests together may come to: each request counts those it names."""
TOP, BY_PRICE, BY_ORDER = 1, 2, 3
"""MDBookType(1021)."""


class Subscription(msgspec.Struct, frozen=True):
    """One request that is kept up to date."""

    user: str
    request_id: str
    wish: Wish
    symbols: frozenset[str]
    """Empty: all instruments, which `REPO` is none of."""
    board: str = ""
    """Empty: each instrument's own."""

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what the request is known by."""
        return self.wish.service, self.user, self.request_id

    def place(self, symbol: str, boards: tuple[str, ...]) -> Place | None:
        """Return where the symbol was asked for, None where it was not."""
        if symbol not in self.symbols if self.symbols else symbol == REPO:
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


class Lists(NamedTuple):
    """What is listed, and what of it a user may have."""

    listed: Boards
    entitled: Boards


class Subscriptions:
    """All subscriptions, by session and request."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, str], Subscription] = {}
        self._places: dict[tuple[str, str, str], int] = {}

    def judge(self, service: str, asked: MarketData, lists: Lists) -> Denied | None:
        """Return why a request cannot be granted, or None."""
        known = (service, asked.user, asked.request_id) in self._kept
        if asked.kind == 2:
            return None if known else Denied(text.UNSUPPORTED_SUBSCRIPTION, f"No subscription {asked.request_id}")
        if asked.kind not in (0, 1):
            return Denied(text.UNSUPPORTED_SUBSCRIPTION, f"SubscriptionRequestType {asked.kind} is not supported")
        if known:
            return Denied(text.DUPLICATE_REQUEST, f"MDReqID {asked.request_id} is in use")
        return self._too_many(service, asked, lists.entitled) or _unknown(asked, lists) or _unsupported(asked)

    def _too_many(self, service: str, asked: MarketData, entitled: Boards) -> Denied | None:
        if asked.kind != 1:
            return None
        mine = [key for key in self._kept if key[:2] == (service, asked.user)]
        if len(mine) >= GREATEST_NUMBER:
            words = f"{GREATEST_NUMBER} subscriptions are open; end one, or name several symbols in one"
            return Denied(text.BANDWIDTH, words)
        count = len(entitled) if asked.all else len(asked.symbols)
        if sum(self._places[key] for key in mine) + count > GREATEST_PLACES:
            return Denied(text.BANDWIDTH, f"{GREATEST_PLACES} instruments are the most for all subscriptions together")
        return None

    def add(self, subscription: Subscription, boards: Boards) -> list[Place]:
        """Keep a granted request up to date from now on; return all it asks for."""
        places = subscription.places(boards)
        self._kept[subscription.key] = subscription
        self._places[subscription.key] = len(places)
        return places

    def remove(self, service: str, user: str, request_id: str | None = None) -> list[Subscription]:
        """Forget a request, or with None all of a session's; return them."""
        gone = [key for key in self._kept if key[:2] == (service, user) and request_id in (None, key[2])]
        for key in gone:
            del self._places[key]
        return [self._kept.pop(key) for key in gone]

    def __iter__(self) -> Iterator[Subscription]:
        return iter(self._kept.values())

    def __len__(self) -> int:
        return len(self._kept)


def _unknown(asked: MarketData, lists: Lists) -> Denied | None:
    boards = lists.entitled
    unknown = [symbol for symbol in asked.symbols if symbol not in boards]
    if unknown and unknown[0] in lists.listed:
        return Denied(text.NO_PERMISSION, f"You are not entitled to market data of {unknown[0]}")
    if unknown:
        return Denied(text.UNKNOWN_SYMBOL, f"Unknown symbol {unknown[0]}")
    if not asked.symbols and not asked.all:
        return Denied(text.UNKNOWN_SYMBOL, "No symbol was named")
    wanted: Collection[str] = asked.symbols or boards
    elsewhere = [symbol for symbol in wanted if asked.board not in ("", *boards[symbol])]
    if elsewhere and len(elsewhere) == len(wanted):
        return Denied(text.UNKNOWN_SYMBOL, f"{elsewhere[0]} is not traded on the board {asked.board}")
    return None


def _unsupported(asked: MarketData) -> Denied | None:
    if not 0 <= asked.depth <= GREATEST_DEPTH:
        return Denied(text.UNSUPPORTED_DEPTH, f"MarketDepth {asked.depth} is not supported")
    if asked.update not in (0, 1):
        return Denied(text.UNSUPPORTED_UPDATE, f"MDUpdateType {asked.update} is not supported")
    if asked.aggregated is not None and asked.book and asked.aggregated == (asked.book == BY_ORDER):
        words = f"AggregatedBook and MDBookType {asked.book} contradict each other"
        return Denied(text.UNSUPPORTED_AGGREGATION, words)
    odd = [kind for kind in asked.entries if kind not in text.KNOWN]
    return Denied(text.UNSUPPORTED_ENTRY, f"MDEntryType {odd[0]} is not supported") if odd else None


def subscription_of(service: str, dialect: str, asked: MarketData) -> Subscription:
    """Return what a granted request asks for; MDBookType(1021)=1 is the top of the book, 3 or 266=N its orders."""
    wish = Wish(
        service,
        dialect,
        1 if asked.book == TOP else asked.depth,
        asked.book == BY_ORDER or asked.aggregated is False,
        frozenset(asked.entries or text.EVERYTHING),
        not asked.board,
        asked.update == 0,
        asked.interval,
    )
    symbols = frozenset() if asked.all else frozenset(asked.symbols)
    return Subscription(asked.user, asked.request_id, wish, symbols, asked.board)
