"""The checked-in market under the real schedule: instruments of any chapter, on any day, and words for them."""

from functools import cache

import msgspec

from kase_fix.calendar.almaty import parse_instant
from kase_fix.engine.engine import Engine
from kase_fix.marketdata.market import Market
from kase_fix.messages.commands import ConfigurationLoaded, NewOrder, VenueOpened
from kase_fix.messages.day_events import PhaseEntered
from kase_fix.messages.events import Published
from kase_fix.messages.order_events import OrderAccepted, OrderRefused
from kase_fix.rulebook.files import load_market
from kase_fix.values.enums import OrderKind, TimeInForce
from kase_fix.values.numbers import parse_price
from tests.engine.desk import Desk
from tests.engine.market import CFG, one


@cache
def checked_in():
    return load_market(CFG)


def market_with(*symbols, groups=None, **changed):
    """The checked-in market with these instruments alone; `changed` is {symbol: {field: value}}.

    A swap brings the pair of its first leg along, whose price it is computed from.
    """
    market = checked_in()
    listed = {instrument.symbol: instrument for instrument in market.instruments}
    legs = (f"{one.currency}{one.quote}_{one.first_leg}" for one in map(listed.get, symbols) if one.first_leg)
    wanted = dict.fromkeys((*symbols, *legs))
    chosen = tuple(msgspec.structs.replace(listed[symbol], **changed.get(symbol, {})) for symbol in wanted)
    return msgspec.structs.replace(market, instruments=chosen, groups=groups or market.groups)


class Venue(Desk):
    """A desk whose members trade each instrument on their account of its market; the first symbol is the usual one."""

    def __init__(self, *symbols, day="2020-05-27", to="12:00", **changed):
        self.engine = Engine()
        self.commands, self.told, self.names = [], [], 0
        self.symbol = symbols[0]
        self.now = parse_instant(f"{day}T00:00:00")
        self.send(VenueOpened(7, 1))
        self.send(ConfigurationLoaded(market_with(*symbols, **changed)))
        self._plan()
        self.to(to)

    def order(self, user, side, quantity, price=None, symbol="", **more):
        symbol = symbol if symbol in self.state.listings else self.symbol
        market = self.state.listings[symbol].group.market
        self.names += 1
        more.setdefault("kind", OrderKind.MARKET if price is None else OrderKind.LIMIT)
        more.setdefault("tif", TimeInForce.DAY)
        more.setdefault("account", f"{'F' if market == 'fx' else 'S'}_{user}_0000")
        price = None if price is None else parse_price(price)
        terms = {"symbol": symbol, "side": side, "quantity": quantity, "price": price}
        return self.send(NewOrder(user, f"c{self.names}", **terms, **more))

    def buy(self, user, quantity, price=None, symbol="", **more):
        return super().buy(user, quantity, price, symbol, **more)

    def sell(self, user, quantity, price=None, symbol="", **more):
        return super().sell(user, quantity, price, symbol, **more)

    def taken(self, *terms, **more):
        """The OrderID of a purchase by FIRMA that is taken."""
        return one(self.buy("FIRMA", *terms, **more), OrderAccepted).order.order_id

    def no(self, *terms, user="FIRMA", **more):
        """Code and clause by which a purchase is refused."""
        refusal = one(self.buy(user, *terms, **more), OrderRefused).refusal
        return refusal.code, refusal.clause

    def dealt(self, quantity, price, symbol="", board=""):
        """Let FIRMB sell to FIRMA; a bond's standby has run its time afterwards. Return what happened."""
        before = len(self.told)
        self.sell("FIRMB", quantity, price, symbol, board=board)
        self.buy("FIRMA", quantity, price, symbol, board=board)
        while (due := self.engine.next_due_time()) is not None:
            self.now = due
            self.send(self.engine.next_due())
        return [event for events in self.told[before:] for event in events]

    def public(self):
        """What market data makes of all that was told."""
        folded = Market()
        for number, events in enumerate(self.told, start=1):
            folded.apply(Published(number, number, events))
        return folded

    def turns(self, board):
        """[(phase, clause)] of a board as far as it has turned."""
        return [
            (event.phase.value, event.clause)
            for events in self.told
            for event in events
            if isinstance(event, PhaseEntered) and event.board == board
        ]
