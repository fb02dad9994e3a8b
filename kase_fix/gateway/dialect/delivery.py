"""Who is told of an event, and the delivery id of each report: SecondaryExecID(527) of both dialects."""

from kase_fix.messages.events import (
    CancelRefused,
    CommandFailed,
    ConfirmRefused,
    Deal,
    DealConfirmed,
    Event,
    OrderAccepted,
    OrderCancelled,
    OrderConfirmed,
    OrderExpired,
    OrderFormed,
    OrderRefused,
    OrderRepeated,
    OrderReplaced,
    PreliminaryEnded,
)
from kase_fix.rulebook.refusals import SELF_TRADE
from kase_fix.values.enums import OrderStatus

BUYER = "B"
SELLER = "S"
OWNER = "0"
"""The owner of the order, or the one user an event concerns."""
COUNTERPARTY = "C"
"""To whom a direct order is addressed: told of it until it is answered (R-18)."""
CONFIRMER = "K"
"""The participant of the confirmation system who controls an account: told of its orders and deals (art. 42)."""
SIDES = (OWNER, BUYER, COUNTERPARTY, CONFIRMER, SELLER)
"""In the order in which one event is told to one user: the ids of his reports grow (`Cursor`)."""

_ABOUT_AN_ORDER = (
    OrderAccepted,
    OrderRefused,
    OrderReplaced,
    OrderCancelled,
    OrderExpired,
    OrderFormed,
    OrderConfirmed,
    PreliminaryEnded,
)
_WHILE_PENDING = (OrderAccepted, OrderReplaced)
_AT_THE_END = (OrderCancelled, OrderExpired)
_ABOUT_A_REQUEST = (CancelRefused, ConfirmRefused, OrderRepeated, CommandFailed)


def recipients(event: Event) -> tuple[tuple[str, str], ...]:
    """Return (user, side) of every report an event gives rise to; a deal with oneself gives two.

    Of a deal also those who have to confirm it (art. 42 p. 2, 3).
    """
    if isinstance(event, Deal):
        return (event.buy.user, BUYER), *((name, CONFIRMER) for name in event.awaits), (event.sell.user, SELLER)
    if isinstance(event, DealConfirmed):
        return ((event.by, CONFIRMER),)
    if isinstance(event, _ABOUT_AN_ORDER):
        order = event.order
        if order.direct is None and not order.confirmer:
            return ((order.user, OWNER),)
        others = [
            (user, side)
            for user, side in ((_addressed(event), COUNTERPARTY), (_confirms(event), CONFIRMER))
            if user not in ("", order.user)
        ]
        return (order.user, OWNER), *others
    if isinstance(event, _ABOUT_A_REQUEST) and event.user:
        return ((event.user, OWNER),)
    return ()


def _addressed(event: Event) -> str:
    """Return whom a direct order waits for, or waited for to its end; empty: nobody, or not any more.

    One that met its answer is filled whole; one that met its sender's own order was never told of.
    """
    if isinstance(event, _WHILE_PENDING):
        waits = event.order.status is OrderStatus.PENDING_COUNTERPARTY
    elif isinstance(event, _AT_THE_END):
        waits = not event.order.filled and getattr(event, "reason", "") != SELF_TRADE
    else:
        return ""
    return event.order.direct.counterparty if waits and event.order.direct is not None else ""


def _confirms(event: Event) -> str:
    """Return who controls the order's account, of an order he was asked to confirm; empty: nobody."""
    asked = (*_WHILE_PENDING, *_AT_THE_END, OrderConfirmed)
    return event.order.confirmer if isinstance(event, asked) else ""


def delivery_id(number: int, index: int, side: str) -> str:
    """Return the id of the report on event `index` (from 0) of command `number` to `side`."""
    return f"{number}-{index}-{side}"


def parse_delivery_id(text: str) -> tuple[int, int, str]:
    """Return (command, event, side). Raises `ValueError` where the text is no delivery id."""
    number, index, side = text.split("-")
    if side not in SIDES:
        raise ValueError(text)
    return int(number), int(index), side
