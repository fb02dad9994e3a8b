"""The fixing of one symbol on one board as the public sees it (R-17): the called price, its surplus once announced."""

import datetime as dt
from typing import NamedTuple

from kase_fix.messages.auction_events import FixingCalled, FixingEnded, FixingSurplus
from kase_fix.values.numbers import Price, Quantity


class Called(NamedTuple):
    """The present round."""

    round: int
    price: Price
    until: dt.time | None
    """Almaty wall time of the time-out; None: the session's end."""
    buy: Quantity | None = None
    """What is bought and sold at the price; None: the surplus is not announced."""
    sell: Quantity | None = None


class Fixing:
    """A fold over the fixings of one symbol, one board and one operational day."""

    __slots__ = ("called",)

    def __init__(self) -> None:
        self.called: Called | None = None
        """None: it is not in fixing."""

    def apply(self, event: FixingCalled | FixingSurplus | FixingEnded) -> None:
        """Take in a call, a surplus, or the end."""
        if isinstance(event, FixingEnded):
            self.called = None
        elif isinstance(event, FixingCalled):
            self.called = Called(event.round, event.price, event.until)
        elif self.called is not None:
            self.called = self.called._replace(buy=event.buy, sell=event.sell)
