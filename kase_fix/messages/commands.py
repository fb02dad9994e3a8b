"""Commands: whatever may change the state of the market. Frozen, tagged, written to the journal in order.

Fields are only appended, with a default; a tag is never used again. Times are not here: a command's moment (integer
nanoseconds UTC) and number are given by the sequencer and stand beside it in `Sequenced`.
"""

import datetime as dt
from typing import TypeAlias

import msgspec

from kase_fix.messages.configuration import MarketConfiguration
from kase_fix.messages.decisions import DecisionCommand
from kase_fix.messages.depository import DepositoryAnswered, DepositoryDue
from kase_fix.messages.direct import DirectTerms
from kase_fix.messages.fixing import FixingDue
from kase_fix.messages.indicative import Indicate, WithdrawIndicative
from kase_fix.messages.letters import TellOperator
from kase_fix.messages.protection import AbsenceDue, MassCancel, UserCame, UserLeft
from kase_fix.messages.quotes import CancelQuotes, MassQuote
from kase_fix.messages.repo import ReadinessDue
from kase_fix.messages.specialised import AuctionDue
from kase_fix.values.enums import OrderKind, Phase, Side, TimeInForce
from kase_fix.values.numbers import Price, Quantity


class VenueOpened(msgspec.Struct, frozen=True, array_like=True, tag="venue_opened"):
    """The first command of every journal: the seed of all chance, and the version of the rules."""

    seed: int
    rules_version: int


class ConfigurationLoaded(msgspec.Struct, frozen=True, array_like=True, tag="configuration_loaded"):
    """From here on the market is this (architecture, law 6). `source` says for people where it came from."""

    market: MarketConfiguration
    source: str = ""


class OperationalDayOpened(msgspec.Struct, frozen=True, array_like=True, tag="day_opened"):
    """The operational day begins (art. 5 p. 1).

    `settlement` is the settlement date of a deal done today, by symbol (art. 11-14); `not_traded` names the symbols
    that do not trade today, with the clause that says so.
    """

    date: dt.date
    settlement: dict[str, dt.date]
    not_traded: dict[str, str]
    transition: str = ""
    clause: str = ""
    closings: dict[str, dt.date] = {}
    """Of swaps and repo: when the second leg of a deal done today is settled, by symbol (art. 15, 38-40)."""


class BoardPhaseChanged(msgspec.Struct, frozen=True, array_like=True, tag="board_phase"):
    """The scheduler turns a board to another phase. `transition` names the entry of the day's schedule, once a day."""

    board: str
    phase: Phase
    transition: str
    clause: str
    symbols: tuple[str, ...] = ()
    """Only these instruments of the board, where one has a window of its own (art. 4 p. 1, 3); empty: all others."""


class ServiceTurned(msgspec.Struct, frozen=True, array_like=True, tag="service"):
    """A service of the exchange opens or closes: `api`, `md`, `control` (art. 5, 41; support terms, annex 1)."""

    service: str
    open: bool
    transition: str
    clause: str


class PreliminaryOrdersDue(msgspec.Struct, frozen=True, array_like=True, tag="preliminary_due"):
    """The day's preliminary orders are formed from the applications in force (art. 7 p. 2)."""

    transition: str
    clause: str


class StandbyDue(msgspec.Struct, frozen=True, array_like=True, tag="standby_due"):
    """A standby's clock has come to a moment of its own: the length is found, drawn, or over (art. 7 p. 1-2, 4)."""

    symbol: str
    board: str


class NewOrder(msgspec.Struct, frozen=True, array_like=True, tag="new_order"):
    """NewOrderSingle(D) of `user`."""

    user: str
    cl_ord_id: str
    account: str
    symbol: str
    side: Side
    kind: OrderKind
    quantity: Quantity
    price: Price | None = None
    tif: TimeInForce = TimeInForce.DAY
    display: Quantity | None = None
    """MaxFloor(111): the most of an iceberg that is shown at a time; None: all of it."""
    board: str = ""
    """TradingSessionID(336); empty: the instrument's board."""
    expire_date: dt.date | None = None
    text: str = ""
    poss_resend: bool = False
    transact_time: str = ""
    """The client's TransactTime(60) as sent: kept, never judged."""
    market_maker: bool = False
    direct: DirectTerms | None = None
    """None: it is addressed to nobody."""
    two_sided: bool = False
    """DoubleOrder(5146): another order of the other side comes with it, `spread` away from `price` (R-160)."""
    spread: Price | None = None
    """Spread(218), in the units of `price`."""
    stop_price: Price | None = None
    """StopPx(99): a stop order waits until a deal reaches it (R-150)."""


class ReplaceOrder(msgspec.Struct, frozen=True, array_like=True, tag="replace_order"):
    """OrderCancelReplaceRequest(G). The order is named by `order_id`, else by `orig_cl_ord_id`.

    `quantity` is the new total (filled part included); None for what stays as it is. With `cancel_on_reject`
    (CancelOrigOnReject, 9619, of FIX44) an order whose change is refused is withdrawn.
    """

    user: str
    cl_ord_id: str
    order_id: str = ""
    orig_cl_ord_id: str = ""
    quantity: Quantity | None = None
    price: Price | None = None
    display: Quantity | None = None
    symbol: str = ""
    side: Side | None = None
    kind: OrderKind | None = None
    tif: TimeInForce | None = None
    poss_resend: bool = False
    account: str = ""
    stop_price: Price | None = None
    cancel_on_reject: bool = False


class CancelOrder(msgspec.Struct, frozen=True, array_like=True, tag="cancel_order"):
    """OrderCancelRequest(F). `quantity` (NEXT) takes that much off the open rest; None takes all of it."""

    user: str
    cl_ord_id: str
    order_id: str = ""
    orig_cl_ord_id: str = ""
    quantity: Quantity | None = None
    symbol: str = ""
    side: Side | None = None
    poss_resend: bool = False
    account: str = ""


class Confirm(msgspec.Struct, frozen=True, array_like=True, tag="confirm"):
    """A participant of the confirmation system confirms or refuses an order (art. 42): ConfirmationAck(AU)."""

    user: str
    reference: str
    """The OrderID: ConfirmID(664)."""
    agreed: bool
    """AffirmStatus(940): 3 affirmed, 2 rejected."""
    text: str = ""


Command: TypeAlias = (
    VenueOpened
    | ConfigurationLoaded
    | OperationalDayOpened
    | BoardPhaseChanged
    | ServiceTurned
    | PreliminaryOrdersDue
    | StandbyDue
    | FixingDue
    | AuctionDue
    | DepositoryDue
    | DepositoryAnswered
    | NewOrder
    | ReplaceOrder
    | CancelOrder
    | Confirm
    | ReadinessDue
    | MassCancel
    | MassQuote
    | CancelQuotes
    | Indicate
    | WithdrawIndicative
    | UserLeft
    | UserCame
    | AbsenceDue
    | TellOperator
    | DecisionCommand
)


class Sequenced(msgspec.Struct, frozen=True, array_like=True):
    """A command with its number (1, 2, 3, ... over the life of the journal) and its moment (nanoseconds UTC)."""

    number: int
    time: int
    command: Command
