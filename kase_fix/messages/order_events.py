"""Events of orders: what has become of each, and the answers to requests about them."""

import msgspec

from kase_fix.messages.order_state import OrderState, Refusal
from kase_fix.messages.protection import Scope
from kase_fix.values.enums import OrderStatus, Side
from kase_fix.values.numbers import Price, Quantity


class PreliminaryEnded(msgspec.Struct, frozen=True, array_like=True, tag="preliminary_ended"):
    """An application for daily preliminary orders is over, or was skipped today, and why (art. 7 p. 2)."""

    order: OrderState
    refusal: Refusal


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
    found: tuple[str, ...] = ()
    """What was found, in the order of the catalogue's text, where the reason is a refusal of a triggered order."""


class OrderTriggered(msgspec.Struct, frozen=True, array_like=True, tag="triggered"):
    """A deal has reached the order's stop price: ExecType L; it is a market or limit order from now on (R-151)."""

    order: OrderState
    price: Price
    """The deal's."""
    warning: Refusal | None = None
    """A warning limit its price reaches: the order stands, its sender is told (art. 8 p. 2)."""


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


class OrderConfirmed(msgspec.Struct, frozen=True, array_like=True, tag="confirmed"):
    """Who controls its account has confirmed an order; it counts from now on (art. 42 p. 1)."""

    order: OrderState


class ConfirmRefused(msgspec.Struct, frozen=True, array_like=True, tag="confirm_refused"):
    """A confirmation could not be taken: told to who sent it."""

    user: str
    reference: str
    refusal: Refusal
