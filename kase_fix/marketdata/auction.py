"""The auction of one symbol on one board as the public sees it (R-13): as it would end now, and as the last one ended.

When a standby ends at random is no part of it: that is published by nobody (art. 7 p. 1-2, 4).
"""

from typing import NamedTuple

from kase_fix.messages.auction_events import AuctionEnded, AuctionIndicated, SpecialisedResult
from kase_fix.values.enums import Side
from kase_fix.values.numbers import Price, Quantity


class Outcome(NamedTuple):
    """What an auction gives at one price."""

    price: Price
    volume: Quantity
    surplus_side: Side | None
    """Which side is left over; None: neither."""
    surplus: Quantity
    time: int
    """Since when it is so, nanoseconds UTC."""


class Auction:
    """A fold over the auctions of one symbol, one board and one operational day."""

    __slots__ = ("cut_off", "indication")

    def __init__(self) -> None:
        self.indication: Outcome | None = None
        """What it would give if it ended now; None: no standby, or nothing crosses in it."""
        self.cut_off: Outcome | None = None
        """What the day's last one gave; one without a price is not counted (R-12)."""

    def apply(self, time: int, event: AuctionIndicated | AuctionEnded | SpecialisedResult) -> None:
        """Take in a change of the indication, or an auction's end, at `time` (nanoseconds UTC).

        Of specialised trading the cut-off price is what it was held in: a price or a yield (art. 42 p. 1).
        """
        outcome = None
        if isinstance(event, SpecialisedResult):
            if event.results.cut_off is not None:
                self.cut_off = Outcome(event.results.cut_off, event.results.satisfied.volume, None, 0, time)
            return
        if event.price is not None:
            outcome = Outcome(event.price, event.volume, event.surplus_side, event.surplus, time)
        if isinstance(event, AuctionIndicated):
            self.indication = outcome
        else:
            self.indication = None
            self.cut_off = outcome or self.cut_off
