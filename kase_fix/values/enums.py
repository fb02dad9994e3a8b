"""The words of an order. The values are our own and never change: they stand in the journal."""

import enum


class Side(enum.IntEnum):
    """Side(54)."""

    BUY = 1
    SELL = 2

    @property
    def other(self) -> "Side":
        """Return the side a counterparty has."""
        return Side.SELL if self is Side.BUY else Side.BUY


class OrderKind(enum.IntEnum):
    """OrdType(40): what the price of an order means."""

    MARKET = 1
    LIMIT = 2
    STOP = 3
    STOP_LIMIT = 4
    SWAP = 5
    """A limit order of the swap market, its price a yield: `G` of NEXT."""
    DIRECT_REPO = 6
    """A limit order of direct repo: `R` of NEXT."""
    AUTOMATIC_REPO = 7
    """A limit order of automatic repo, its price a rate: `A` of NEXT."""
    OTHER = 99
    """A kind the dialect knows and this venue does not trade; refused by rule."""


LIMITED = (OrderKind.LIMIT, OrderKind.SWAP, OrderKind.DIRECT_REPO, OrderKind.AUTOMATIC_REPO)
"""Limit orders, by whatever name their market has for them."""

STOPS = (OrderKind.STOP, OrderKind.STOP_LIMIT)
"""Orders that wait for a price and are market or limit orders from then on."""


class TimeInForce(enum.IntEnum):
    """TimeInForce(59). TIF 7, which NEXT clients send, enters as DAY (R-4)."""

    DAY = 0
    GTC = 1
    AT_OPENING = 2
    IOC = 3
    FOK = 4
    GTX = 5
    GTD = 6


class OrderStatus(enum.IntEnum):
    """OrdStatus(39), as an order's present or final state."""

    NEW = 0
    PARTIALLY_FILLED = 1
    FILLED = 2
    CANCELLED = 3
    REJECTED = 4
    EXPIRED = 5
    PENDING_COUNTERPARTY = 6
    """A direct order the counterparty has not answered yet (R-18)."""
    PENDING_CONFIRMATION = 7
    """It waits for a participant of the confirmation system (art. 42)."""


class Phase(enum.StrEnum):
    """What a board does with orders at the moment. More phases come with the methods; none changes its value."""

    CLOSED = "closed"
    PRELIMINARY = "preliminary"
    CONTINUOUS = "continuous"
    STANDBY = "standby"
    SUSPENDED = "suspended"
    FIXING = "fixing"
    """Quantities for a price the makler calls (R-17)."""
    SPECIALISED = "specialised"
    """A specialised trading, from the first order it takes to its end (art. 42 p. 1)."""
