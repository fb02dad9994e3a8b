"""A makler at his desk: a market with one fixing in it, and the words to run it."""

from kase_fix.messages.auction_events import FixingEnded
from kase_fix.messages.fixing import AnnounceSurplus, CallPrice, EndFixing, OrderFixing
from kase_fix.values.numbers import format_price, parse_price
from tests.engine.desk import EUR, FX, Desk


class Makler(Desk):
    """Runs a fixing in the euro, unless another instrument is said."""

    symbol, board = EUR, FX

    def fixing(self, price="450.00", until=None, **by):
        return self.decide(OrderFixing, self.symbol, self.board, parse_price(price), until, **by)

    def call(self, price, **by):
        return self.decide(CallPrice, self.symbol, self.board, parse_price(price), **{"actor": "makler", **by})

    def announce(self, **by):
        return self.decide(AnnounceSurplus, self.symbol, self.board, **{"actor": "makler", **by})

    def end(self, **by):
        return self.decide(EndFixing, self.symbol, self.board, **{"actor": "makler", **by})

    @property
    def running(self):
        return self.state.fixings[f"{self.symbol}@{self.board}"]

    def living(self):
        """OrderIDs beside the book."""
        return list(self.state.trading[f"{self.symbol}@{self.board}"].apart)


def ended(events):
    """(price as text, volume, reason) of the only end of a fixing among events."""
    (found,) = [event for event in events if isinstance(event, FixingEnded)]
    return None if found.price is None else format_price(found.price, 2), found.volume, found.reason
