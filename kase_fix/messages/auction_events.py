"""Events of what is not continuous: standby and its auction, fixing, specialised trading."""

import datetime as dt

import msgspec

from kase_fix.messages.specialised import AuctionTerms, BookOfResults, Stage
from kase_fix.values.enums import Side
from kase_fix.values.numbers import Price, Quantity


class AuctionIndicated(msgspec.Struct, frozen=True, array_like=True, tag="indicated"):
    """The auction as it would end now (R-13): told as it changes. No `price`: nothing crosses any more."""

    symbol: str
    board: str
    price: Price | None
    volume: Quantity
    surplus_side: Side | None
    surplus: Quantity


class AuctionDrawn(msgspec.Struct, frozen=True, array_like=True, tag="drawn"):
    """The random end of a standby was drawn (art. 7 p. 1-2, 4; R-14): nanoseconds UTC. Not published."""

    symbol: str
    board: str
    ends: int


class AuctionEnded(msgspec.Struct, frozen=True, array_like=True, tag="auction_ended"):
    """The auction was held at this cut-off price; no `price`: no cross was left, nothing was dealt (R-12)."""

    symbol: str
    board: str
    price: Price | None
    volume: Quantity
    surplus_side: Side | None
    surplus: Quantity
    clause: str


class FixingCalled(msgspec.Struct, frozen=True, array_like=True, tag="fixing_called"):
    """The makler has called a price: quantities are sent for it from now on (R-17)."""

    symbol: str
    board: str
    round: int
    """1, 2, 3, ... within the fixing."""
    price: Price
    until: dt.time | None = None
    """Almaty wall time of its time-out; None: the session's end."""


class FixingSurplus(msgspec.Struct, frozen=True, array_like=True, tag="fixing_surplus"):
    """What is bought and sold at the called price: told when the makler says so, and on every change after it."""

    symbol: str
    board: str
    round: int
    price: Price
    buy: Quantity
    sell: Quantity


class FixingEnded(msgspec.Struct, frozen=True, array_like=True, tag="fixing_ended"):
    """The fixing is over, and this was dealt at this price; no `price`: nothing was.

    `reason` is `fixed`, `timed out` or `broken off`.
    """

    symbol: str
    board: str
    price: Price | None
    volume: Quantity
    reason: str


class SpecialisedOpened(msgspec.Struct, frozen=True, array_like=True, tag="specialised_opened"):
    """A specialised trading is opened on these terms, the initiator's reserve left out; told anew each day it lasts."""

    terms: AuctionTerms


class SpecialisedTurned(msgspec.Struct, frozen=True, array_like=True, tag="specialised_turned"):
    """A specialised trading has come to this stage (art. 42 p. 1)."""

    symbol: str
    board: str
    stage: Stage
    until: int = 0
    """When acceptance or confirmation ends, nanoseconds UTC; 0: when the initiator decides."""


class SpecialisedResult(msgspec.Struct, frozen=True, array_like=True, tag="specialised_result"):
    """A specialised trading is over; `failed` is empty, or a code of the catalogue that says why nothing was sold."""

    symbol: str
    board: str
    results: BookOfResults
    failed: str = ""
    clause: str = ""
