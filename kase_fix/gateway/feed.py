"""What the market looks like in entries of W and X: levels, deals, auctions, the session in numbers, board by board."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeAlias

import msgspec

from kase_fix.calendar.almaty import instant
from kase_fix.gateway.dialect import marketdata_text as text
from kase_fix.gateway.dialect.listing import SESSION_STATES, Listed, listing
from kase_fix.gateway.dialect.marketdata_text import Entry, Statistics
from kase_fix.marketdata.auction import Outcome
from kase_fix.marketdata.deals import Trade
from kase_fix.marketdata.depth import Level, difference
from kase_fix.marketdata.market import BoardBook, Market
from kase_fix.messages.events import Published
from kase_fix.values.enums import Side
from kase_fix.values.numbers import format_decimal

TYPES = {Side.BUY: text.BID, Side.SELL: text.OFFER}
SURPLUS = {Side.BUY: text.MORE_BUYERS, Side.SELL: text.MORE_SELLERS}
ACTIONS = {"new": text.NEW, "change": text.CHANGE, "delete": text.DELETE}

View: TypeAlias = dict[Side, tuple[Level, ...]]
"""What subscriptions of one depth were told last."""


class Place(NamedTuple):
    """An instrument on a board."""

    symbol: str
    board: str


class Feed:
    """The market's fold and how it is put into entries."""

    def __init__(self) -> None:
        self.market = Market()
        self.listed: dict[str, Listed] = {}
        self.boards: dict[str, tuple[str, ...]] = {}
        """All boards of a symbol, its own first."""
        self._views: dict[tuple[Place, int], View] = {}
        self._auctions: dict[Place, dict[tuple[str, str], Entry]] = {}

    def fold(self, published: Published) -> bool:
        """Take in a command's events; tell whether what is listed has changed."""
        configuration = self.market.configuration
        self.market.apply(published)
        now = self.market.configuration
        if now is configuration or now is None:
            return False
        self.listed = listing(now)
        self.boards = {symbol: tuple(board.code for board in one.boards) for symbol, one in self.listed.items()}
        return True

    def book(self, place: Place) -> BoardBook:
        """Return the book and the deals of a place."""
        return self.market.listings[place.symbol].on(place.board)

    def own(self, symbol: str, board: str) -> Place:
        """Return the place of an event: of one that names no board the instrument's own."""
        boards = self.boards.get(symbol, ())
        return Place(symbol, board if board in boards or not boards else boards[0])

    def snapshot(
        self, place: Place, depth: int, types: tuple[str, ...], session_of: Callable[[str], int | str] | None = None
    ) -> list[Entry]:
        """Return everything of a place: levels best first (`depth` 0: all), and the last deal.

        With `session_of`, which gives 336 of a board, it is the instrument's last deal on any board.
        """
        here = self.book(place)
        decimals = self.listed[place.symbol].decimals
        entries: list[Entry] = []
        for side, kind in TYPES.items():
            if kind in types:
                for position, level in enumerate(here.depth.best(side, depth or None), 1):
                    price, quantity, orders = level
                    entries.append(Entry(kind, price, quantity, orders, position, decimals=decimals))
        last = here.deals.last if session_of is None else self.market.listings[place.symbol].last
        if text.TRADE in types and last is not None:
            elsewhere = session_of is not None and last.board != place.board
            session = session_of(last.board) if session_of is not None and elsewhere else 0
            entries.append(self.deal(place, last, session))
        entries.extend(entry for entry in self._auction(place).values() if entry.type in types)
        return entries

    def changes(self, place: Place, depth: int) -> list[Entry]:
        """Return what differs from what subscriptions of this depth were told last, and remember the present."""
        here = self.book(place)
        view = self._views.get((place, depth), {})
        now: View = {side: here.depth.best(side, depth or None) for side in TYPES}
        self._views[place, depth] = now
        decimals = self.listed[place.symbol].decimals
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
                        action=ACTIONS[change.action],
                        symbol=place.symbol,
                        decimals=decimals,
                    )
                )
        return entries

    def auction_changes(self, place: Place) -> list[Entry]:
        """Return what of the auctions differs from what was told last, and remember the present."""
        before, now = self._auctions.get(place, {}), self._auction(place)
        if before == now:
            return []
        self._auctions[place] = now
        replace = msgspec.structs.replace
        gone = [
            replace(entry, quantity=None, time=0, action=text.DELETE) for key, entry in before.items() if key not in now
        ]
        return gone + [
            replace(entry, action=text.CHANGE if key in before else text.NEW)
            for key, entry in now.items()
            if entry != before.get(key)
        ]

    def _auction(self, place: Place) -> dict[tuple[str, str], Entry]:
        """Return price and surplus of the auction as it would end now, then of the day's last one."""
        auction = self.book(place).auction
        entries: dict[tuple[str, str], Entry] = {}
        for outcome, flag in ((auction.indication, text.THEORETICAL), (auction.cut_off, "")):
            if outcome is not None:
                for entry in self._outcome(place, outcome, flag):
                    entries[entry.type, flag] = entry
        return entries

    def _outcome(self, place: Place, outcome: Outcome, flag: str) -> list[Entry]:
        symbol, time = place.symbol, outcome.time
        decimals = self.listed[symbol].decimals
        price = Entry(
            text.CLEARING, outcome.price, outcome.volume, time=time, symbol=symbol, decimals=decimals, flag=flag
        )
        if outcome.surplus_side is None or not outcome.surplus:
            return [price]
        side = SURPLUS[outcome.surplus_side]
        surplus = Entry(text.IMBALANCE, None, outcome.surplus, time=time, symbol=symbol, condition=side, flag=flag)
        return [price, surplus]

    def forget(self, idle: Iterable[tuple[Place, int]]) -> None:
        """Remember no more what was told last where nobody is told anything more."""
        for place, depth in idle:
            self._views.pop((place, depth), None)

    def deal(self, place: Place, trade: Trade, session: int | str = 0) -> Entry:
        """Return a deal; `session` is 336 where it was done on another board than what is told of."""
        return Entry(
            text.TRADE,
            trade.price,
            trade.quantity,
            time=trade.time,
            id=trade.deal_id,
            settlement=trade.settlement,
            session=session,
            symbol=place.symbol,
            decimals=self.listed[place.symbol].decimals,
            condition=text.METHODS.get(trade.method, ""),
        )

    def statistics(self, place: Place) -> Statistics:
        """Return the session of a place in numbers; a volume in money only where the price is money."""
        here = self.book(place)
        day = here.deals.statistics
        listed = self.listed[place.symbol]
        hours = self.market.phases.hours(place.board, place.symbol)
        date = self.market.day or dt.date(1970, 1, 1)
        return Statistics(
            place.symbol,
            self.session(place.board),
            SESSION_STATES[self.market.phases.of_symbol(place.board, place.symbol)],
            listed.decimals,
            here.depth.orders,
            day.last,
            day.quantity,
            day.deals,
            format_decimal(day.turnover, 2, 2) if listed.group.price_kind == "money" else "",
            day.average,
            instant(date, hours.opens) if hours else 0,
            instant(date, hours.closes) if hours else 0,
        )

    def session(self, board: str) -> int:
        """Return the serial of a board's session: the date and the board's place, so it grows from day to day."""
        date = self.market.day
        place = list(self.market.boards).index(board) + 1
        return place if date is None else int(date.strftime("%Y%m%d")) * 100 + place
