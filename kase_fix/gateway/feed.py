"""What the market looks like in entries of W and X: levels, orders, deals, facts of the session, board by board."""

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import msgspec

from kase_fix.calendar.almaty import instant
from kase_fix.gateway.dialect import marketdata_text as text
from kase_fix.gateway.dialect.listing import SESSION_STATES, Listed, listing
from kase_fix.gateway.dialect.marketdata_text import Entry, Statistics
from kase_fix.marketdata.auction import Outcome
from kase_fix.marketdata.deals import Deals, Trade
from kase_fix.marketdata.depth import Level, Resting, difference, order_difference
from kase_fix.marketdata.market import BoardBook, Market
from kase_fix.messages.events import Published
from kase_fix.values.enums import Phase, Side
from kase_fix.values.numbers import Price, format_decimal

TYPES = {Side.BUY: text.BID, Side.SELL: text.OFFER}
SURPLUS = {Side.BUY: text.MORE_BUYERS, Side.SELL: text.MORE_SELLERS}
ACTIONS = {"new": text.NEW, "change": text.CHANGE, "delete": text.DELETE}
KOPECKS = 2
"""Decimals of money."""

Levels: TypeAlias = dict[Side, tuple[Level, ...]]
Orders: TypeAlias = dict[Side, tuple[Resting, ...]]
Facts: TypeAlias = dict[tuple[str, str], Entry]
"""By 269 and 286 what there is one of, as the highest price or the price of the auction; repo by term by 269, 278."""


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
        self._sessions: dict[str, int] = {}
        self._sessions_of: dt.date | None = None

    def fold(self, published: Published) -> bool:
        """Take in a command's events; tell whether what is listed has changed."""
        configuration = self.market.configuration
        self.market.apply(published)
        if self.market.configuration is configuration or self.market.configuration is None:
            return False
        self._list()
        return True

    def go_on(self, market: Market) -> None:
        """Go on with another fold of the same events."""
        self.market = market
        self._list()

    def _list(self) -> None:
        self._sessions, self._sessions_of = {}, None
        self.listed = listing(self.market.configuration) if self.market.configuration is not None else {}
        self.boards = {symbol: tuple(board.code for board in one.boards) for symbol, one in self.listed.items()}

    def book(self, place: Place) -> BoardBook:
        """Return the book and the deals of a place."""
        return self.market.listings[place.symbol].on(place.board)

    def own(self, symbol: str, board: str) -> Place:
        """Return the place of an event: of one that names no board the instrument's own."""
        boards = self.boards.get(symbol, ())
        return Place(symbol, board if board in boards or not boards else boards[0])

    def levels(self, place: Place, depth: int) -> Levels:
        """Return the best levels (`depth` 0: all)."""
        book = self.book(place).depth
        return {side: book.best(side, depth or None) for side in TYPES}

    def orders(self, place: Place, depth: int) -> Orders:
        """Return the orders of the best levels (`depth` 0: all)."""
        book = self.book(place).depth
        return {side: book.resting(side, depth or None) for side in TYPES}

    def all_levels(self, place: Place, now: Levels) -> list[Entry]:
        """Return levels as entries of W, best first."""
        decimals = self.listed[place.symbol].decimals
        return [
            Entry(kind, price, quantity, orders, position, decimals=decimals)
            for side, kind in TYPES.items()
            for position, (price, quantity, orders) in enumerate(now[side], 1)
        ]

    def all_orders(self, place: Place, now: Orders) -> list[Entry]:
        """Return orders as entries of W, best first."""
        decimals = self.listed[place.symbol].decimals
        return [
            Entry(kind, price, quantity, id=order_id, decimals=decimals)
            for side, kind in TYPES.items()
            for order_id, price, quantity in now[side]
        ]

    def level_changes(self, place: Place, before: Levels, now: Levels) -> list[Entry]:
        """Return what turns the levels told before into those of now, as entries of X."""
        decimals = self.listed[place.symbol].decimals
        entries = []
        for side, kind in TYPES.items():
            if before.get(side, ()) is now[side]:
                continue
            for action, (price, quantity, orders), position in difference(before.get(side, ()), now[side]):
                gone = action == "delete"
                entries.append(
                    Entry(
                        kind,
                        price,
                        None if gone else quantity,
                        0 if gone else orders,
                        position,
                        action=ACTIONS[action],
                        symbol=place.symbol,
                        decimals=decimals,
                    )
                )
        return entries

    def order_changes(self, place: Place, before: Orders, now: Orders) -> list[Entry]:
        """Return what turns the orders told before into those of now, as entries of X."""
        decimals = self.listed[place.symbol].decimals
        return [
            Entry(
                kind,
                order.price,
                None if action == "delete" else order.quantity,
                id=order.order_id,
                action=ACTIONS[action],
                symbol=place.symbol,
                decimals=decimals,
            )
            for side, kind in TYPES.items()
            for action, order in order_difference(before.get(side, ()), now[side])
        ]

    def last_deal(self, place: Place, session_of: Callable[[str], int | str] | None) -> list[Entry]:
        """Return the last deal of a place; with `session_of`, which gives 336 of a board, of all boards."""
        last = self.book(place).deals.last if session_of is None else self.market.listings[place.symbol].last
        if last is None:
            return []
        elsewhere = session_of is not None and last.board != place.board
        return [self.deal(place, last, session_of(last.board) if session_of is not None and elsewhere else 0)]

    def fact_changes(self, before: Facts, now: Facts) -> list[Entry]:
        """Return what of the facts differs from what was told before, as entries of X."""
        if before == now:
            return []
        replace = msgspec.structs.replace
        gone = [
            replace(entry, quantity=None, time=0, action=text.DELETE) for key, entry in before.items() if key not in now
        ]
        return gone + [
            replace(entry, action=text.CHANGE if key in before else text.NEW)
            for key, entry in now.items()
            if entry != before.get(key)
        ]

    def facts(self, place: Place, types: frozenset[str]) -> Facts:
        """Return the session's prices and volume; price and surplus of the auction now, then of the last one."""
        found = {key: entry for key, entry in self._session_facts(place, types).items() if key[0] in types}
        if text.CLEARING not in types and text.IMBALANCE not in types:
            return found
        auction = self.book(place).auction
        for outcome, flag in ((auction.indication, text.THEORETICAL), (auction.cut_off, "")):
            if outcome is not None:
                for entry in self._outcome(place, outcome, flag):
                    if entry.type in types:
                        found[entry.type, flag] = entry
        return found

    def _session_facts(self, place: Place, types: frozenset[str]) -> Facts:
        """Return 4, 5, 7, 8, 9 and B: opening, closing, yesterday's closing, highest, lowest, average, volume."""
        market, here = self.market, self.book(place)
        deals, own = here.deals, place.board == self.boards[place.symbol][0]
        last = deals.last
        closed = last is not None and market.phases.of_symbol(place.board, place.symbol) is Phase.CLOSED
        prices = (
            (text.OPENING, "", market.opening(place.symbol, place.board)),
            (text.CLOSING, text.YESTERDAY, market.listings[place.symbol].reference if own else None),
            (text.CLOSING, "", last.price if closed and last is not None else None),
            (text.HIGH, "", deals.high),
            (text.LOW, "", deals.low),
            (text.AVERAGE, "", deals.statistics.average if text.AVERAGE in types else None),
        )
        facts = {
            (kind, flag): self._fact(place, kind, price, flag) for kind, flag, price in prices if price is not None
        }
        if text.VOLUME in types and deals.count:
            facts[text.VOLUME, ""] = Entry(
                text.VOLUME,
                None,
                deals.quantity,
                symbol=place.symbol,
                deals=deals.count,
                turnover=self._in_tenge(deals),
                members=here.crowd.dealers,
            )
        return facts

    def _fact(self, place: Place, kind: str, price: Price, flag: str) -> Entry:
        return Entry(kind, price, symbol=place.symbol, decimals=self.listed[place.symbol].decimals, flag=flag)

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

    def deal(self, place: Place, trade: Trade, session: int | str = 0, action: str = text.NEW) -> Entry:
        """Return a deal; `session` is 336 where it was done on another board than what is told of.

        Of one that is cancelled (`action` 2) its MDEntryID(278) and its price are left.
        """
        gone = action == text.DELETE
        return Entry(
            text.TRADE,
            trade.price,
            None if gone else trade.quantity,
            time=trade.time,
            id=trade.deal_id,
            settlement=None if gone else trade.settlement,
            session=session,
            action=action,
            symbol=place.symbol,
            decimals=self.listed[place.symbol].decimals,
            condition=text.METHODS.get(trade.method, ""),
        )

    def statistics(self, place: Place) -> list[Statistics]:
        """Return the session of a place in numbers; 5068 in tenge where the price is no money."""
        here = self.book(place)
        day = here.deals.statistics
        listed = self.listed[place.symbol]
        hours = self.market.phases.hours(place.board, place.symbol)
        date = self.market.day or dt.date(1970, 1, 1)
        in_money = listed.group.price_kind == "money"
        day_so_far = Statistics(
            place.symbol,
            self.session(place.board),
            SESSION_STATES[self.market.phases.of_symbol(place.board, place.symbol)],
            listed.decimals,
            here.depth.orders,
            day.last,
            day.quantity,
            day.deals,
            format_decimal(day.turnover, KOPECKS, KOPECKS) if in_money else self._in_tenge(here.deals),
            day.average,
            instant(date, hours.opens) if hours else 0,
            instant(date, hours.closes) if hours else 0,
            here.crowd.orders,
            here.crowd.dealers,
            here.crowd.members,
            self.market.listings[place.symbol].reference,
            self.market.listings[place.symbol].average_before,
        )
        return [day_so_far]

    def _in_tenge(self, deals: Deals) -> str:
        """Return what deals come to (R-102, R-103), empty where that is not known."""
        if deals.count and not deals.paid:
            return ""
        return format_decimal(self.market.in_tenge(deals.paid), KOPECKS, KOPECKS)

    def session(self, board: str) -> int:
        """Return the serial of a board's session: the date and the board's place, so it grows from day to day."""
        date = self.market.day
        if board not in self._sessions or date != self._sessions_of:
            first = 1 if date is None else int(date.strftime("%Y%m%d")) * 100 + 1
            self._sessions_of = date
            self._sessions = {code: place for place, code in enumerate(self.market.boards, first)}
        return self._sessions[board]
