"""Events: what happened. Everything anyone is told is read off these.

Fields are only appended, with a default; a tag is never used again. The moment of an event is that of its command.
Texts for people are not here: a refusal carries its code and what was found, the catalogue in `rulebook` words it.
"""

import datetime as dt
from typing import TypeAlias

import msgspec

from kase_fix.messages.configuration import Instrument, MarketConfiguration
from kase_fix.messages.deal_terms import DealTerms, Standing, Traded
from kase_fix.messages.decisions import Decision
from kase_fix.messages.depository import BalancesLoaded, DepositoryAsked, DepositoryDropped, DepositoryReplied
from kase_fix.messages.direct import DirectTerms
from kase_fix.messages.protection import Scope, UserAway, UserBack
from kase_fix.messages.repo import OpenRepo, RepoClosed, RepoClosing, RepoProlonged, RepoReady, RepoTerminated
from kase_fix.messages.specialised import AuctionTerms, BookOfResults, Stage
from kase_fix.values.enums import OrderKind, OrderStatus, Phase, Side, TimeInForce
from kase_fix.values.numbers import Price, Quantity


class Refusal(msgspec.Struct, frozen=True, array_like=True):
    """Why a command was not carried out: a code of the catalogue, the clause it rests on, and what was found."""

    code: str
    clause: str
    found: tuple[str, ...] = ()
    """The arguments of the catalogue's text, in its order, already as text."""


class OrderState(msgspec.Struct, frozen=True, array_like=True):
    """An order as it stands after the event that carries it."""

    order_id: str
    user: str
    firm: str
    cl_ord_id: str
    account: str
    symbol: str
    board: str
    side: Side
    kind: OrderKind
    tif: TimeInForce
    quantity: Quantity
    leaves: Quantity
    filled: Quantity
    status: OrderStatus
    price: Price | None
    average: Price
    """Average price of the deals so far, rounded half up; 0 where there is none."""
    display: Quantity | None
    expire_date: dt.date | None
    text: str
    transact_time: str
    entered: int
    """Moment of entry, nanoseconds UTC."""
    market_maker: bool = False
    direct: DirectTerms | None = None
    """Of a direct order; its counterparty is a user."""
    confirmer: str = ""
    """The participant of the confirmation system who controls its account, where he must confirm it (art. 42)."""


class ConfigurationApplied(msgspec.Struct, frozen=True, array_like=True, tag="configuration_applied"):
    """The market is from now on this."""

    market: MarketConfiguration


class DayOpened(msgspec.Struct, frozen=True, array_like=True, tag="day_opened"):
    """The operational day has begun; a projection that starts here needs no event from before it.

    `last_deals` is the price of the last deal before today by symbol.
    """

    date: dt.date
    settlement: dict[str, dt.date]
    not_traded: dict[str, str]
    last_deals: dict[str, Price]
    clause: str
    standing: tuple[OrderState, ...] = ()
    """The orders of several days that live on, in order of entry (R-5)."""
    repos: tuple[OpenRepo, ...] = ()
    """The repos that are open, in order of their opening."""
    obligations: tuple[Standing, ...] = ()
    """What is not settled yet of the deals of earlier days, by account, asset and date; nothing is 0."""
    averages: dict[str, Price] = {}
    """Weighted average of the last session with deals before today, by symbol (art. 18, 40 p. 3)."""


class DayClosed(msgspec.Struct, frozen=True, array_like=True, tag="day_closed"):
    """The operational day is over."""

    date: dt.date
    clause: str


class PhaseEntered(msgspec.Struct, frozen=True, array_like=True, tag="phase_entered"):
    """A board has turned to this phase; `symbols` are the instruments of it that trade today."""

    board: str
    phase: Phase
    clause: str
    symbols: tuple[str, ...]
    until: int = 0
    """When the phase ends by the schedule, nanoseconds UTC; 0: not known."""


class ServiceEntered(msgspec.Struct, frozen=True, array_like=True, tag="service"):
    """A service has opened or closed: `api`, `md` or `control`."""

    service: str
    open: bool
    clause: str
    unusual: dt.time | None = None
    """The Almaty time at which it closed, where that is another than its usual one."""


class DepositoryAnswerRefused(msgspec.Struct, frozen=True, array_like=True, tag="depository_answer_refused"):
    """An answer of the depository is not taken: nobody asked for it, it came before, or its sums do not agree."""

    request: str
    refusal: Refusal


class DecisionTaken(msgspec.Struct, frozen=True, array_like=True, tag="decided"):
    """A decision of the exchange is in force; members were told of it before (`Announced`).

    `what` is the command's tag, `detail` its terms as text, for people and for `/api/events`.
    """

    what: str
    by: Decision
    detail: dict[str, str]


class DecisionRefused(msgspec.Struct, frozen=True, array_like=True, tag="decision_refused"):
    """A decision was not carried out: a clause does not allow it."""

    what: str
    by: Decision
    refusal: Refusal


class Announced(msgspec.Struct, frozen=True, array_like=True, tag="announced"):
    """Members are told through the trading system (35=B, C): to all, or with `user` to one."""

    english: str
    russian: str
    user: str = ""
    symbol: str = ""


class LimitSet(msgspec.Struct, frozen=True, array_like=True, tag="limit_set"):
    """An instrument's limit of deviation is from now on this: `overridable` or `hard`; None: lifted."""

    symbol: str
    kind: str
    hundredths: int | None


class WindowChanged(msgspec.Struct, frozen=True, array_like=True, tag="window_changed"):
    """Today's window of a board, or of some instruments of it, is from now on this. Almaty times."""

    board: str
    symbols: tuple[str, ...]
    opens: dt.time
    closes: dt.time


class InstrumentChanged(msgspec.Struct, frozen=True, array_like=True, tag="instrument_changed"):
    """An instrument is listed, or has other parameters, from now on."""

    instrument: Instrument


class TradingSuspended(msgspec.Struct, frozen=True, array_like=True, tag="suspended"):
    """Instruments stop (`on`) or go on trading, by board."""

    board: str
    symbols: tuple[str, ...]
    on: bool


class PreliminaryEnded(msgspec.Struct, frozen=True, array_like=True, tag="preliminary_ended"):
    """An application for daily preliminary orders is over, or was skipped today, and why (art. 7 p. 2)."""

    order: OrderState
    refusal: Refusal


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


class OrderFormed(msgspec.Struct, frozen=True, array_like=True, tag="formed"):
    """The day's preliminary order was formed from its application: ExecType D, the OrderID stays (R-5)."""

    order: OrderState


class OrderAccepted(msgspec.Struct, frozen=True, array_like=True, tag="accepted"):
    """The order is taken: ExecType(150)=0."""

    order: OrderState
    warning: Refusal | None = None
    """A warning limit its price reaches: the order stands, its sender is told (art. 8 p. 2)."""


class OrderRefused(msgspec.Struct, frozen=True, array_like=True, tag="refused"):
    """The order is not taken: 39=8, 150=8, 103."""

    order: OrderState
    refusal: Refusal


class OrderReplaced(msgspec.Struct, frozen=True, array_like=True, tag="replaced"):
    """The order has new terms (ExecType 5); `order.cl_ord_id` is the request's, `orig_cl_ord_id` the one before."""

    order: OrderState
    orig_cl_ord_id: str
    request_cl_ord_id: str = ""


class OrderCancelled(msgspec.Struct, frozen=True, array_like=True, tag="cancelled"):
    """The rest of the order is gone (ExecType 4).

    `reason` is `requested`, or a code of the catalogue: `rest_of_market`, `rest_of_ioc`, `fok_not_filled`,
    `self_trade`. `request_cl_ord_id` is the ClOrdID of the cancel, empty where nobody asked.
    """

    order: OrderState
    reason: str
    request_cl_ord_id: str = ""
    clause: str = ""
    by: str = ""
    """Who asked, where it was not the owner: the counterparty, or who controls the account."""


class OrderExpired(msgspec.Struct, frozen=True, array_like=True, tag="expired"):
    """The order died with its session (ExecType C; R-4)."""

    order: OrderState
    clause: str


class OrderShown(msgspec.Struct, frozen=True, array_like=True, tag="shown"):
    """What of a resting order is on show now, at its price: for market data, never sent to the member.

    Emitted for every order that rests, changes its visible part, or leaves (visible 0). `order_id` keys it.
    """

    order_id: str
    symbol: str
    side: Side
    price: Price
    visible: Quantity
    board: str = ""


class CancelRefused(msgspec.Struct, frozen=True, array_like=True, tag="cancel_refused"):
    """F or G was not carried out: OrderCancelReject(9), or in kind where a client knows no 9.

    `order_id` is that of the order if it is the sender's, else what the request named.
    """

    user: str
    request: str
    """`cancel` or `replace`."""
    cl_ord_id: str
    orig_cl_ord_id: str
    order_id: str
    status: OrderStatus
    """REJECTED where the order is unknown."""
    refusal: Refusal
    symbol: str = ""
    account: str = ""


class MassCancelAnswered(msgspec.Struct, frozen=True, array_like=True, tag="mass_cancel_answered"):
    """What has become of a mass cancel: OrderMassCancelReport(r), behind the reports on its orders (R-110)."""

    user: str
    cl_ord_id: str
    order_id: str
    """The number of the request, `MC_123`; empty where it was refused."""
    scope: Scope
    symbol: str
    board: str
    side: Side | None
    withdrawn: tuple[tuple[str, str], ...] = ()
    """ClOrdID and OrderID of each order that was withdrawn, in order of entry."""
    left: int = 0
    """How many of those meant may not be withdrawn now (fixing, specialised trading)."""
    refusal: Refusal | None = None
    repeated: bool = False
    """It was carried out before and came again; nothing was done."""


class OrderRepeated(msgspec.Struct, frozen=True, array_like=True, tag="repeated"):
    """A possible resend of an order that is known already: answered by its present state (150=I)."""

    user: str
    cl_ord_id: str
    order_id: str


class Deal(msgspec.Struct, frozen=True, array_like=True, tag="deal"):
    """Two orders met. `buy` and `sell` are the orders as they stand after it."""

    deal_id: str
    symbol: str
    board: str
    price: Price
    quantity: Quantity
    settlement: dt.date
    aggressor: Side
    method: str
    buy: OrderState
    sell: OrderState
    replaces: str = ""
    """The failed deal that a repeated one stands for (art. 6)."""
    terms: DealTerms | None = None
    """Of a swap, a repo or a bond; None: price x quantity is all."""
    awaits: tuple[str, ...] = ()
    """Participants of the confirmation system who have to confirm it (art. 42 p. 2, 3)."""
    traded: Traded | None = None
    """What changes hands; None: `terms` has it all, in their legs."""
    controllers: tuple[str, ...] = ()
    """Who controls the buyer's and the seller's account, participants of the confirmation system; empty: neither's."""


class OrderConfirmed(msgspec.Struct, frozen=True, array_like=True, tag="confirmed"):
    """Who controls its account has confirmed an order; it counts from now on (art. 42 p. 1)."""

    order: OrderState


class ConfirmRefused(msgspec.Struct, frozen=True, array_like=True, tag="confirm_refused"):
    """A confirmation could not be taken: told to who sent it."""

    user: str
    reference: str
    refusal: Refusal


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


class DealConfirmed(msgspec.Struct, frozen=True, array_like=True, tag="deal_confirmed"):
    """Who controls an account has confirmed a deal that uses it (art. 42 p. 2, 3)."""

    deal: Deal
    by: str


class DealFailed(msgspec.Struct, frozen=True, array_like=True, tag="deal_failed"):
    """A deal is not executed: its parties may repeat it where the board allows that (art. 6; R-19)."""

    deal: Deal
    clause: str = "art. 6"


class CommandFailed(msgspec.Struct, frozen=True, array_like=True, tag="command_failed"):
    """A defect: the command was not applied and the state is as before it (architecture, law 4)."""

    defect: str
    user: str = ""
    cl_ord_id: str = ""
    request: str = ""
    """Tag of the command (`new_order`, `cancel_order`, ...)."""


Event: TypeAlias = (
    ConfigurationApplied
    | DayOpened
    | DayClosed
    | PhaseEntered
    | ServiceEntered
    | DepositoryAsked
    | DepositoryReplied
    | DepositoryDropped
    | DepositoryAnswerRefused
    | BalancesLoaded
    | DecisionTaken
    | DecisionRefused
    | Announced
    | LimitSet
    | WindowChanged
    | InstrumentChanged
    | TradingSuspended
    | PreliminaryEnded
    | AuctionIndicated
    | AuctionDrawn
    | AuctionEnded
    | FixingCalled
    | FixingSurplus
    | FixingEnded
    | OrderFormed
    | OrderAccepted
    | OrderRefused
    | OrderReplaced
    | OrderCancelled
    | OrderExpired
    | OrderShown
    | CancelRefused
    | OrderRepeated
    | OrderConfirmed
    | ConfirmRefused
    | SpecialisedOpened
    | SpecialisedTurned
    | SpecialisedResult
    | Deal
    | DealConfirmed
    | DealFailed
    | RepoClosing
    | RepoReady
    | RepoClosed
    | RepoTerminated
    | RepoProlonged
    | CommandFailed
    | MassCancelAnswered
    | UserAway
    | UserBack
)


class Published(msgspec.Struct, frozen=True, array_like=True):
    """All events of one command, in order: the unit in which projections read."""

    number: int
    time: int
    """The command's moment, nanoseconds UTC."""
    events: tuple[Event, ...]
