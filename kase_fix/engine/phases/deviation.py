"""Which deals of continuous trading are done: all, or those near enough to the last prices (art. 7 p. 1-1; R-15)."""

from kase_fix.engine.state import Listing
from kase_fix.matching.standby import deviation_reference, inside_bound
from kase_fix.values.numbers import Price


class Bound:
    """The bound as one order meets it: the first deal of the day changes what the next is compared with."""

    __slots__ = ("_cut_off", "_first", "_previous")

    def __init__(self, listing: Listing) -> None:
        self._cut_off = listing.cut_off
        self._first = listing.first_today
        self._previous = listing.previous

    def allows(self, price: Price) -> bool:
        """Tell whether a deal at this price is done now; if so it counts for the ones after it."""
        inside = inside_bound(price, deviation_reference(self._cut_off, self._first, self._previous))
        if inside and self._first is None:
            self._first = price
        return inside
