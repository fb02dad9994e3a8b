"""How market makers keep what they are bound to: one fold over the events of an operational day (R-155, R-156).

It needs the events from a `DayOpened` on, with the `ConfigurationApplied` that holds on that day before it.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from kase_fix.marketdata.phases import Phases
from kase_fix.marketdata.quoting import Quoting, Shown
from kase_fix.messages.configuration import Group, Instrument, MarketConfiguration
from kase_fix.messages.corrections import DealBusted, DealCorrected
from kase_fix.messages.day_events import (
    ConfigurationApplied,
    DayClosed,
    DayOpened,
    InstrumentChanged,
    PhaseEntered,
    TradingSuspended,
)
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.events import Published
from kase_fix.messages.making import Liability, MakerRelieved
from kase_fix.messages.order_events import OrderAccepted, OrderFormed, OrderShown
from kase_fix.messages.order_state import OrderState
from kase_fix.values.enums import Phase
from kase_fix.values.numbers import Price

Place: TypeAlias = tuple[str, str, str]
"""Member, symbol, board."""


class Makers:
    """Every liability, and how it stands today."""

    def __init__(self) -> None:
        self.time = 0
        """Moment of the last command taken in, nanoseconds UTC."""
        self.quotings: dict[Place, Quoting] = {}
        """Of the operational day that is open or was last, in the order of the configuration."""
        self.instruments: dict[str, Instrument] = {}
        self.groups: dict[str, Group] = {}
        self.changed: set[Place] = set()
        """Of the last command: whose standing is another than before it."""
        self._liabilities: tuple[Liability, ...] = ()
        self._phases = Phases()
        self._date: dt.date | None = None
        self._opened_at = 0
        self._last_deals: dict[str, Price] = {}
        self._owners: dict[str, Place] = {}
        """Of marked orders, by OrderID."""
        self._quotes: dict[Place, dict[str, Shown]] = {}
        self._touched: dict[Place, Quoting] = {}

    def apply(self, published: Published) -> None:
        """Take in all events of one command; only what stands behind it counts, not what passed within it."""
        self.time = published.time
        if self.changed:
            self.changed = set()
        for event in published.events:
            taker = TAKERS.get(type(event))
            if taker is not None:
                taker(self, event)
        if self._touched:
            self._judge()

    def of_firm(self, firm: str, now: int) -> list[Quoting]:
        """Return how a member's liabilities stand at `now`, which is not before the last command."""
        return [one.at(now) for place, one in self.quotings.items() if place[0] == firm]

    def all(self, now: int) -> list[Quoting]:
        """Return how all liabilities stand at `now`."""
        return [one.at(now) for one in self.quotings.values()]

    def group_of(self, symbol: str) -> Group | None:
        """Return the group of a listed instrument."""
        instrument = self.instruments.get(symbol)
        return None if instrument is None else self.groups.get(instrument.group)

    def _judge(self) -> None:
        for place, quoting in self._touched.items():
            before = quoting.idle, quoting.short
            _, symbol, board = place
            quoting.open = self._phases.of_symbol(board, symbol) is Phase.CONTINUOUS
            quoting.judge(self._quotes.get(place, {}), self.instruments.get(symbol), self.group_of(symbol))
            if (quoting.idle, quoting.short) != before:
                self.changed.add(place)
        self._touched = {}

    def _touch(self, places: Iterable[Place]) -> None:
        for place in places:
            quoting = self.quotings.get(place)
            if quoting is not None:
                quoting.elapse(self.time)
                self._touched[place] = quoting

    def _touch_board(self, board: str) -> None:
        self._touch([place for place in self.quotings if place[2] == board])

    def _configure(self, event: ConfigurationApplied) -> None:
        self._list(event.market)
        self._liabilities = event.market.makers
        before, self.quotings = self.quotings, {}
        for liability in self._liabilities:
            quoting = before.get(liability.place)
            if quoting is not None:
                quoting.elapse(self.time)  # what he was bound to until now
                quoting.liability = liability
                self.quotings[liability.place] = quoting
            elif self._date is not None:
                self.quotings[liability.place] = self._begin(liability, self._date)
        self._touched = {}
        self._touch(self.quotings)

    def _list(self, market: MarketConfiguration) -> None:
        self.instruments = {instrument.symbol: instrument for instrument in market.instruments}
        self.groups = {group.name: group for group in market.groups}
        self._phases.take_listing(market)

    def _change(self, event: InstrumentChanged) -> None:
        before, now = self.instruments.get(event.instrument.symbol), event.instrument
        self._touch([place for place in self.quotings if place[1] == now.symbol])
        self.instruments[now.symbol] = now
        changes = before is not None and before.price_kind != now.price_kind and self.time > self._opened_at
        if changes:  # nothing compares with what it cost before
            self._last_deals.pop(now.symbol, None)
            for quoting in self._touched.values():
                if quoting.liability.symbol == now.symbol:
                    quoting.last_day = None

    def _open(self, day: DayOpened) -> None:
        self._opened_at = self.time
        self._date, self._last_deals = day.date, dict(day.last_deals)
        self._phases.begin(day.not_traded)
        self._quotes, self._owners, self._touched = {}, {}, {}
        for order in day.standing:
            self._own(order)
        self.quotings = {one.place: self._begin(one, day.date) for one in self._liabilities}
        self._touch(self.quotings)

    def _begin(self, liability: Liability, date: dt.date) -> Quoting:
        instrument = self.instruments.get(liability.symbol)
        last_day = self._last_deals.get(liability.symbol, None if instrument is None else instrument.last_deal)
        return Quoting(liability, date, self.time, last_day)

    def _close(self, _: DayClosed) -> None:
        self._touch(self.quotings)

    def _turn(self, event: PhaseEntered) -> None:
        self._touch_board(event.board)
        self._phases.apply(self.time, event)

    def _suspend(self, event: TradingSuspended) -> None:
        self._touch_board(event.board)
        self._phases.suspend(event)

    def _enter(self, event: OrderAccepted | OrderFormed) -> None:
        self._own(event.order)

    def _own(self, order: OrderState) -> None:
        if order.market_maker:
            self._owners[order.order_id] = (order.firm, order.symbol, order.board)

    def _show(self, event: OrderShown) -> None:
        place = self._owners.get(event.order_id)
        if place is None:
            return
        self._touch((place,))
        quotes = self._quotes.setdefault(place, {})
        if event.visible:
            quotes[event.order_id] = Shown(event.side, event.price, event.visible)
        else:
            quotes.pop(event.order_id, None)

    def _deal(self, deal: Deal) -> None:
        for order in (deal.buy, deal.sell):
            place = order.firm, deal.symbol, deal.board
            if order.market_maker and place in self.quotings:
                self._touch((place,))
                self.quotings[place].dealt += deal.quantity
                self.quotings[place].deals += 1

    def _take_back(self, event: DealBusted | DealCorrected) -> None:
        """Count a deal no more, or as it was corrected (R-165)."""
        gone = event.deal if isinstance(event, DealBusted) else event.before
        for order in (gone.buy, gone.sell):
            place = order.firm, gone.symbol, gone.board
            if order.market_maker and place in self.quotings:
                self._touch((place,))
                self.quotings[place].dealt -= gone.quantity
                self.quotings[place].deals -= 1
        if isinstance(event, DealCorrected):
            self._deal(event.deal)

    def _relieve(self, event: MakerRelieved) -> None:
        places = [place for place in self.quotings if place[:2] == (event.firm, event.symbol)]
        self._touch(places)
        for place in places:
            self.quotings[place].relieved = event.on


TAKERS: dict[type, Callable[[Makers, Any], None]] = {
    ConfigurationApplied: Makers._configure,
    InstrumentChanged: Makers._change,
    DayOpened: Makers._open,
    DayClosed: Makers._close,
    PhaseEntered: Makers._turn,
    TradingSuspended: Makers._suspend,
    OrderAccepted: Makers._enter,
    OrderFormed: Makers._enter,
    OrderShown: Makers._show,
    Deal: Makers._deal,
    DealBusted: Makers._take_back,
    DealCorrected: Makers._take_back,
    MakerRelieved: Makers._relieve,
}
