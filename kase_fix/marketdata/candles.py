"""Candles: how an instrument's price went, in pieces of time.

What is no price of the instrument's market (repeated deals, direct repo; R-10) is in none. A piece without a deal has
no candle.
"""

from collections.abc import Iterable
from typing import NamedTuple

from kase_fix.values.numbers import Price, Quantity

MINUTE = 60 * 1_000_000_000
"""Nanoseconds."""


class Candle(NamedTuple):
    """A piece of time with deals. Prices in 10^-8 of their unit."""

    start: int
    """When it begins, minutes since 1970 UTC; a day's: when the minute of its first deal began."""
    open: Price
    high: Price
    low: Price
    close: Price
    quantity: Quantity
    deals: int


class Minutes:
    """A fold over one instrument's deals of one operational day, minute by minute."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: dict[int, Candle] = {}

    def add(self, time: int, price: Price, quantity: Quantity) -> None:
        """Take in a deal done at `time` (nanoseconds UTC)."""
        start = time // MINUTE
        now = self._kept.get(start)
        if now is None:
            self._kept[start] = Candle(start, price, price, price, price, quantity, 1)
        else:
            self._kept[start] = Candle(
                start,
                now.open,
                max(now.high, price),
                min(now.low, price),
                price,
                now.quantity + quantity,
                now.deals + 1,
            )

    def again(self, deals: Iterable[tuple[int, Price, Quantity]]) -> None:
        """Begin anew with these deals (time, price, quantity), in their order: one was cancelled or corrected."""
        self._kept = {}
        for deal in deals:
            self.add(*deal)

    @property
    def candles(self) -> list[Candle]:
        """Return those so far, in order of time: the venue's clock never goes back."""
        return list(self._kept.values())


def joined(candles: Iterable[Candle]) -> Candle | None:
    """Return one candle over several that follow each other; None where there is none."""
    every = list(candles)
    if not every:
        return None
    return Candle(
        every[0].start,
        every[0].open,
        max(one.high for one in every),
        min(one.low for one in every),
        every[-1].close,
        sum(one.quantity for one in every),
        sum(one.deals for one in every),
    )


def in_periods(candles: Iterable[Candle], minutes: int) -> list[Candle]:
    """Return candles of so many minutes, a part of an hour: each begins where the hour's such part does."""
    pieces: dict[int, list[Candle]] = {}
    for one in candles:
        pieces.setdefault(one.start - one.start % minutes, []).append(one)
    found = ((start, joined(piece)) for start, piece in pieces.items())
    return [one._replace(start=start) for start, one in found if one is not None]
