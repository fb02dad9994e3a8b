"""The day's deals of one place as columns of numbers: what its prices are reckoned from anew after a cancellation.

A heavy day has a hundred thousand deals: fifty bytes each, nothing for the cycle collector to visit.
"""

import datetime as dt
from array import array
from collections.abc import Iterator
from typing import NamedTuple

from kase_fix.messages.deal_events import Deal
from kase_fix.values.enums import Side
from kase_fix.values.numbers import Price, Quantity

TOLD, COUNTS, CANCELLED = 0, 1, 2
"""A deal that is no part of the day's prices, one that is, one that was cancelled."""


class Row(NamedTuple):
    """A deal on the tape. Price in 10^-8 of its unit, time in nanoseconds UTC."""

    deal_id: str
    number: int
    """Of the command that made it."""
    time: int
    price: Price
    quantity: Quantity
    settlement: dt.date
    aggressor: Side
    method: str
    state: int


class Tape:
    """Deals in their order."""

    __slots__ = (
        "_buyers",
        "_ids",
        "_methods",
        "_names",
        "_numbers",
        "_prices",
        "_quantities",
        "_settlements",
        "_states",
        "_times",
    )

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._numbers = array("q")
        self._times = array("q")
        self._prices = array("q")
        self._quantities = array("q")
        self._settlements: list[dt.date] = []
        self._buyers = bytearray()
        self._methods = bytearray()
        self._states = bytearray()
        self._names: list[str] = []
        """Methods by their number in the column."""

    def add(self, number: int, time: int, deal: Deal, counts: bool = True) -> None:
        """Take in a deal made by command `number` at `time` (ns UTC); `counts`: its price is one of the day's."""
        if deal.method not in self._names:
            self._names.append(deal.method)
        self._ids.append(deal.deal_id)
        self._numbers.append(number)
        self._times.append(time)
        self._prices.append(deal.price)
        self._quantities.append(deal.quantity)
        self._settlements.append(deal.settlement)
        self._buyers.append(deal.aggressor is Side.BUY)
        self._methods.append(self._names.index(deal.method))
        self._states.append(COUNTS if counts else TOLD)

    def cancel(self, deal_id: str) -> bool:
        """Mark a deal as cancelled; tell whether it is here."""
        place = self._place(deal_id)
        if place is not None:
            self._states[place] = CANCELLED
        return place is not None

    def correct(self, deal_id: str, price: Price, quantity: Quantity) -> bool:
        """Let a deal have been done so; tell whether it is here."""
        place = self._place(deal_id)
        if place is not None:
            self._prices[place], self._quantities[place] = price, quantity
        return place is not None

    def counted(self) -> Iterator[tuple[Price, Quantity]]:
        """Iterate price and quantity of the deals that count, first done first."""
        rows = zip(self._prices, self._quantities, self._states, strict=True)
        return ((price, quantity) for price, quantity, state in rows if state == COUNTS)

    def rows(self) -> Iterator[Row]:
        """Iterate the deals that count, first done first."""
        return (self._row(place) for place, state in enumerate(self._states) if state == COUNTS)

    def backwards(self) -> Iterator[Row]:
        """Iterate all deals, last done first."""
        return (self._row(place) for place in range(len(self._ids) - 1, -1, -1))

    def __len__(self) -> int:
        return len(self._ids)

    def _row(self, place: int) -> Row:
        return Row(
            self._ids[place],
            self._numbers[place],
            self._times[place],
            self._prices[place],
            self._quantities[place],
            self._settlements[place],
            Side.BUY if self._buyers[place] else Side.SELL,
            self._names[self._methods[place]],
            self._states[place],
        )

    def _place(self, deal_id: str) -> int | None:
        """Return where a deal is; the late ones, which are cancelled most, are found first."""
        for place in range(len(self._ids) - 1, -1, -1):
            if self._ids[place] == deal_id:
                return place
        return None
