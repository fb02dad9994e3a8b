"""The whole market as the public sees it: one fold over all events, for market data and the console.

It needs the events from a `DayOpened` on, with the `ConfigurationApplied` that holds on that day before it.
"""

import datetime as dt
from collections.abc import Mapping

import msgspec

from kase_fix.marketdata.auction import Auction
from kase_fix.marketdata.candles import Minutes
from kase_fix.marketdata.crowd import Crowd
from kase_fix.marketdata.deals import NO_LAST_DEAL, Deals, Trade, done_at
from kase_fix.marketdata.depth import Depth
from kase_fix.marketdata.fixing import Fixing
from kase_fix.marketdata.phases import Phases
from kase_fix.marketdata.repo_terms import RepoByTerm
from kase_fix.marketdata.turnover import Paid, in_tenge
from kase_fix.messages.auction_events import (
    AuctionEnded,
    AuctionIndicated,
    FixingCalled,
    FixingEnded,
    FixingSurplus,
    SpecialisedResult,
)
from kase_fix.messages.configuration import Board, Group, Instrument, MarketConfiguration
from kase_fix.messages.corrections import DealBusted, DealCorrected
from kase_fix.messages.day_events import (
    ConfigurationApplied,
    DayClosed,
    DayOpened,
    InstrumentChanged,
    LimitSet,
    PhaseEntered,
    TradingSuspended,
    WindowChanged,
)
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.events import Event, Published
from kase_fix.messages.order_events import OrderAccepted, OrderFormed, OrderShown, OrderTriggered
from kase_fix.values.enums import Phase
from kase_fix.values.numbers import Money, Price

RATE_OF = "KZT_TOM"
"""What a currency's pair for tomorrow ends with."""


class BoardBook:
    """One instrument on one board on the present day."""

    __slots__ = ("auction", "board", "crowd", "deals", "depth", "fixing", "not_traded")

    def __init__(self, board: str, in_money: bool) -> None:
        self.board = board
        self.depth = Depth()
        self.deals = Deals(in_money=in_money)
        self.auction = Auction()
        self.crowd = Crowd()
        self.fixing = Fixing()
        self.not_traded = ""
        """The clause that keeps it from trading on this board today; empty: it trades."""


class Listing:
    """One instrument on the present day, on all its boards."""

    __slots__ = (
        "average_before",
        "books",
        "group",
        "instrument",
        "last",
        "minutes",
        "not_traded",
        "reference",
        "settlement",
    )

    def __init__(self, instrument: Instrument, group: Group) -> None:
        self.instrument = instrument
        self.group = group
        self.books: dict[str, BoardBook] = {}
        """By board; the first is the instrument's own, where an order that names none goes (R-30)."""
        self._make_books()
        self.last: Trade | None = None
        """The last deal of today on any board."""
        self.minutes = Minutes()
        """Today's candles, of the deals on all boards."""
        self.reference: Price | None = instrument.last_deal
        """Price of the last deal before today."""
        self.average_before: Price | None = instrument.average
        """Weighted average of the last session with deals before today."""
        self.settlement: dt.date | None = None
        """When a deal done today is settled; None: it cannot be done today."""
        self.not_traded = ""
        """The clause that keeps it from trading today; empty: it trades."""

    @property
    def symbol(self) -> str:
        """The instrument's code."""
        return self.instrument.symbol

    @property
    def depth(self) -> Depth:
        """The book on the instrument's own board."""
        return self.books[self.instrument.board].depth

    @property
    def deals(self) -> Deals:
        """The day's deals on the instrument's own board."""
        return self.books[self.instrument.board].deals

    @property
    def last_price(self) -> Price | None:
        """Price of the last deal of any day and board."""
        return self.last.price if self.last else self.reference

    def on(self, board: str) -> BoardBook:
        """Return the book of a board; of the instrument's own where the name is empty or none of its boards."""
        return self.books.get(board) or self.books[self.instrument.board]

    def begin(self, day: DayOpened) -> None:
        """Forget yesterday."""
        symbol = self.symbol
        self.books = {}
        self._make_books()
        self.last = None
        self.minutes = Minutes()
        self.reference = day.last_deals.get(symbol, self.instrument.last_deal)
        self.average_before = day.averages.get(symbol, self.instrument.average)
        self.settlement = day.settlement.get(symbol)
        self.not_traded = day.not_traded.get(symbol, "")
        for book in self.books.values():
            book.not_traded = self.not_traded or day.not_traded.get(f"{symbol}@{book.board}", "")

    def take_back(self, event: DealBusted | DealCorrected) -> None:
        """Let a deal count no more, or as it was corrected."""
        here = self.on(event.deal.board)
        if isinstance(event, DealCorrected):
            here.deals.correct(event)
        elif here.deals.bust(event):
            here.crowd.bust(event.deal)
        lasts = [book.deals.last for book in self.books.values()]
        counted = [last for last in lasts if last is not None and last.method not in NO_LAST_DEAL]
        self.last = max(counted, key=done_at, default=None)
        done = sorted((row for book in self.books.values() for row in book.deals.counted()), key=lambda row: row.number)
        self.minutes.again((row.time, row.price, row.quantity) for row in done if row.method not in NO_LAST_DEAL)

    def relist(self, instrument: Instrument, group: Group) -> None:
        """Go on under other parameters; a board that stays keeps its book and its deals."""
        self.instrument, self.group = instrument, group
        self._make_books()

    def _make_books(self) -> None:
        boards = (self.instrument.board, *self.instrument.more_boards)
        in_money = self.group.price_kind == "money"
        self.books = {board: self.books.get(board) or BoardBook(board, in_money) for board in boards}


class Market:
    """Every listing, the boards and the day."""

    def __init__(self) -> None:
        self.number = 0
        """The last command taken in."""
        self.time = 0
        """Its moment, nanoseconds UTC."""
        self.configuration: MarketConfiguration | None = None
        self.listings: dict[str, Listing] = {}
        """By symbol, in the order of the configuration."""
        self.boards: dict[str, Board] = {}
        self.phases = Phases()
        self.limits: dict[str, int | None] = {}
        """Overridable limits of deviation as set for today, hundredths of a per cent (None: lifted), by symbol."""
        self.hard_limits: dict[str, int | None] = {}
        """Hard ones likewise."""
        self.day: dt.date | None = None
        """The last operational day opened."""
        self.began = 0
        """The command that opened it; 0: none was seen."""
        self.open = False
        """Whether it is still open."""
        self.repo = RepoByTerm()
        """The day's repo of all instruments."""
        self.whole: list[Event] = []
        """Those events of the last command that concern a whole board: its turns, its halt."""
        self._opened: DayOpened | None = None

    def apply(self, published: Published) -> None:
        """Take in all events of one command, in order."""
        if self.whole:
            self.whole = []
        for event in published.events:
            # In order of how often they come; what the public may not know is no branch here.
            if type(event) is OrderShown:
                listing = self.listings.get(event.symbol)
                if listing is not None:
                    listing.on(event.board).depth.apply(event)
            elif type(event) is Deal:
                listing = self.listings.get(event.symbol)
                self.repo.put(event)
                if listing is not None:
                    here = listing.on(event.board)
                    deals = here.deals
                    deals.apply(published.number, published.time, event)
                    here.crowd.deal(event)
                    if event.method not in NO_LAST_DEAL:
                        listing.last = deals.last
                        listing.minutes.add(published.time, event.price, event.quantity)
            elif type(event) is OrderAccepted or isinstance(event, OrderFormed | OrderTriggered):
                listing = self.listings.get(event.order.symbol)
                if listing is not None:
                    listing.on(event.order.board).crowd.enter(event)
            elif isinstance(event, AuctionIndicated | AuctionEnded | SpecialisedResult):
                listing = self.listings.get(event.symbol)
                if listing is not None:
                    listing.on(event.board).auction.apply(published.time, event)
            elif isinstance(event, FixingCalled | FixingSurplus | FixingEnded):
                listing = self.listings.get(event.symbol)
                if listing is not None:
                    listing.on(event.board).fixing.apply(event)
            elif type(event) is PhaseEntered:
                if self.phases.apply(published.time, event):
                    self.whole.append(event)
            elif type(event) is DayOpened:
                self._begin(event)
                self.began = published.number
            elif type(event) is DayClosed:
                self.open = False
            elif type(event) is ConfigurationApplied:
                self._configure(event.market)
            elif type(event) is InstrumentChanged and self.configuration is not None:
                self._configure(with_instrument(self.configuration, event.instrument))
            elif type(event) is LimitSet:
                (self.limits if event.kind == "overridable" else self.hard_limits)[event.symbol] = event.hundredths
            elif type(event) is WindowChanged:
                self.phases.change_window(event)
            elif type(event) is DealBusted or type(event) is DealCorrected:
                (self.repo.bust if type(event) is DealBusted else self.repo.correct)(event.deal)
                listing = self.listings.get(event.deal.symbol)
                if listing is not None:
                    listing.take_back(event)
            elif type(event) is TradingSuspended and self.phases.suspend(event):
                self.whole.append(event)
        self.number = published.number
        self.time = published.time

    def phase(self, symbol: str) -> Phase:
        """Return the phase of a symbol on its main board. Raises `KeyError` for an unknown one."""
        return self.phases.of_symbol(self.listings[symbol].instrument.board, symbol)

    def opening(self, symbol: str, board: str) -> Price | None:
        """Return the opening price of a symbol's session on a board, None where there is none (yet).

        The first deal's; of government securities in automatic repo the average of the last session with deals (art.
        40 p. 3 sp. 1); a state package has none (art. 26 p. 3).
        """
        listing = self.listings[symbol]
        if listing.group.opening_price == "last session's average":
            return listing.average_before
        return None if listing.group.opening_price == "none" else listing.on(board).deals.opening

    def in_tenge(self, paid: Mapping[str, Money]) -> Money:
        """Return sums by currency in tiyn, at the last deals of the currencies for tomorrow (R-103)."""
        total = 0
        for currency, amount in paid.items():
            pair = self.listings.get(f"{currency}{RATE_OF}")
            price = pair.last_price if pair is not None else None
            rates = {} if price is None else {currency: price}
            total += in_tenge(Paid(amount, currency), rates) or 0
        return total

    def _begin(self, day: DayOpened) -> None:
        self._opened = day
        self.day = day.date
        self.open = True
        self.phases.begin(day.not_traded)
        self.limits, self.hard_limits = {}, {}
        self.repo = RepoByTerm()
        for listing in self.listings.values():
            listing.begin(day)

    def _configure(self, market: MarketConfiguration) -> None:
        # A configuration may change during the day: what goes on being listed keeps its book and its deals.
        groups = {group.name: group for group in market.groups}
        before = self.listings
        self.configuration = market
        self.boards = {board.code: board for board in market.boards}
        self.listings = {}
        for instrument in market.instruments:
            listing = before.get(instrument.symbol)
            if listing is None:
                listing = Listing(instrument, groups[instrument.group])
                if self._opened is not None:
                    listing.begin(self._opened)
            else:
                listing.relist(instrument, groups[instrument.group])
            self.listings[instrument.symbol] = listing
        self.phases.take_listing(market)


def with_instrument(market: MarketConfiguration, instrument: Instrument) -> MarketConfiguration:
    """Return the configuration with an instrument listed, or with the parameters it has now."""
    instruments = {one.symbol: one for one in market.instruments} | {instrument.symbol: instrument}
    return msgspec.structs.replace(market, instruments=tuple(instruments.values()))
