"""Specialised trading: the terms its initiator opens it on, its clock's command, and its book of results (art. 42).

Prices count 10^-8 of their unit (% of par, tenge, % p.a.), shares hundredths of a per cent, moments nanoseconds UTC.
"""

import enum

import msgspec

from kase_fix.messages.decision import Decision
from kase_fix.values.enums import Side
from kase_fix.values.numbers import Price, Quantity


class AuctionKind(enum.StrEnum):
    """What the initiator does."""

    PLACEMENT = "placement"
    SALE = "sale"
    BUYBACK = "buyback"
    ADDITIONAL = "additional"
    """Additional placement, at the price of an auction held before (art. 42 p. 1 sp. 2)."""
    SUBSCRIPTION = "subscription"
    """May take orders for several days."""


class Subject(enum.StrEnum):
    """What the prices of the orders are."""

    PRICE = "price"
    CLEAN = "clean"
    DIRTY = "dirty"
    YIELD = "yield"


class Submission(enum.StrEnum):
    """Who sees the orders: everybody, or each only his own."""

    OPEN = "open"
    CLOSED = "closed"


class Execution(enum.StrEnum):
    """At which price limit orders are executed."""

    OWN = "own"
    SINGLE = "single"
    """The cut-off price."""


class Allocation(enum.StrEnum):
    """How orders share what is too little for all of them."""

    PRO_RATA = "pro_rata"
    TIME = "time"


class Stage(enum.StrEnum):
    """How far a specialised trading has come."""

    ANNOUNCED = "announced"
    ACCEPTING = "accepting"
    CONFIRMING = "confirming"
    """Acceptance is over, orders wait for their custodians."""
    DECIDING = "deciding"
    """The initiator may set the cut-off price."""


class AuctionTerms(msgspec.Struct, frozen=True, array_like=True):
    """On what terms an initiator opens a specialised trading. Acceptance is [opens, closes)."""

    symbol: str
    board: str
    initiator: str
    """The single seller, or of a buy-back the single buyer: a user."""
    account: str
    kind: AuctionKind
    volume: Quantity
    """Declared; the most that is sold or bought."""
    subject: Subject
    opens: int
    closes: int
    submission: Submission = Submission.CLOSED
    market_share: int = 0
    """The most that market orders get of the volume, hundredths of a per cent; 0: none are taken."""
    execution: Execution = Execution.OWN
    allocation: Allocation = Allocation.PRO_RATA
    least: Price | None = None
    """The initiator's reserve, which no cut-off price may be worse than; told to nobody."""

    @property
    def side(self) -> Side:
        """Return the initiator's side."""
        return Side.BUY if self.kind is AuctionKind.BUYBACK else Side.SELL


class OpenSpecialised(msgspec.Struct, frozen=True, array_like=True, tag="open_specialised"):
    """A specialised trading or a subscription is opened on its initiator's terms (art. 4 p. 1; art. 42 p. 1)."""

    by: Decision
    terms: AuctionTerms


class SetCutOff(msgspec.Struct, frozen=True, array_like=True, tag="set_cut_off"):
    """The initiator's cut-off price, given by the operator for him; None: he declares the trading failed."""

    by: Decision
    symbol: str
    board: str
    price: Price | None
    quantity: Quantity | None = None
    """What he sells or buys; None: the declared volume."""


class ConfirmOrder(msgspec.Struct, frozen=True, array_like=True, tag="confirm_order"):
    """A participant of the confirmation system confirms or refuses an order through the operator (art. 42 p. 1)."""

    by: Decision
    user: str
    order_id: str
    agreed: bool


class AuctionDue(msgspec.Struct, frozen=True, array_like=True, tag="auction_due"):
    """A specialised trading's clock has come to its next moment: acceptance opens or closes, confirmation ends."""

    symbol: str
    board: str


class OrderBook(msgspec.Struct, frozen=True, array_like=True):
    """Statistics of some of the orders: how many, how much, and the prices of the limit ones (weighted: `average`)."""

    orders: int = 0
    limit_orders: int = 0
    market_orders: int = 0
    volume: Quantity = 0
    limit_volume: Quantity = 0
    market_volume: Quantity = 0
    share: int = 0
    """Volume in hundredths of a per cent of the declared one: demand to offer, or offer to demand."""
    lowest: Price | None = None
    highest: Price | None = None
    average: Price | None = None


class BookOfResults(msgspec.Struct, frozen=True, array_like=True):
    """What is published of a specialised trading when it is over."""

    participants: int
    """Members who submitted orders."""
    submitted: OrderBook
    """All orders as submitted, those withdrawn or not confirmed too."""
    active: OrderBook
    """Orders not withdrawn by the end of acceptance and confirmed where they had to be."""
    satisfied: OrderBook
    """What was executed: of each order the part it got, at the price it got it."""
    cut_off: Price | None = None
    """None: it failed."""
