"""Fixing, the reserve method (art. 11-15, 19, 20, 24, 25, 32, 33, 40; R-17): what the heads and the makler command.

A board that is empty means the instrument's own (R-30).
"""

import datetime as dt

import msgspec

from kase_fix.messages.decision import Decision
from kase_fix.values.numbers import Price


class OrderFixing(msgspec.Struct, frozen=True, array_like=True, tag="order_fixing"):
    """The reserve method is used from now on, and this is the first price called."""

    by: Decision
    symbol: str
    board: str
    price: Price
    until: dt.time | None = None
    """Almaty wall time of its time-out; None: the session's end."""


class CallPrice(msgspec.Struct, frozen=True, array_like=True, tag="call_price"):
    """The makler closes the present round and opens the next one at another price."""

    by: Decision
    symbol: str
    board: str
    price: Price


class AnnounceSurplus(msgspec.Struct, frozen=True, array_like=True, tag="announce_surplus"):
    """The makler tells the surplus of the present round; from then on it may not grow."""

    by: Decision
    symbol: str
    board: str


class EndFixing(msgspec.Struct, frozen=True, array_like=True, tag="end_fixing"):
    """The makler breaks the fixing off: nothing is dealt."""

    by: Decision
    symbol: str
    board: str


class FixingDue(msgspec.Struct, frozen=True, array_like=True, tag="fixing_due"):
    """A fixing has come to its time-out."""

    symbol: str
    board: str
