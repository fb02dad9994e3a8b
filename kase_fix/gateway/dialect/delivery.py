"""Who is told of an event, and the delivery id of each report: SecondaryExecID(527) of both dialects."""

from kase_fix.messages.events import (
    CancelRefused,
    CommandFailed,
    Deal,
    Event,
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderFormed,
    OrderRefused,
    OrderRepeated,
    OrderReplaced,
    PreliminaryEnded,
)

BUYER = "B"
SELLER = "S"
OWNER = "0"
"""The side of an event that concerns one user only."""

_ABOUT_AN_ORDER = (
    OrderAccepted,
    OrderRefused,
    OrderReplaced,
    OrderCancelled,
    OrderExpired,
    OrderFormed,
    PreliminaryEnded,
)
_ABOUT_A_REQUEST = (CancelRefused, OrderRepeated, CommandFailed)


def recipients(event: Event) -> tuple[tuple[str, str], ...]:
    """Return (user, side) of every report an event gives rise to; a deal with oneself gives two."""
    if isinstance(event, Deal):
        return (event.buy.user, BUYER), (event.sell.user, SELLER)
    if isinstance(event, _ABOUT_AN_ORDER):
        return ((event.order.user, OWNER),)
    if isinstance(event, _ABOUT_A_REQUEST) and event.user:
        return ((event.user, OWNER),)
    return ()


def delivery_id(number: int, index: int, side: str) -> str:
    """Return the id of the report on event `index` (from 0) of command `number` to `side`."""
    return f"{number}-{index}-{side}"


def parse_delivery_id(text: str) -> tuple[int, int, str]:
    """Return (command, event, side). Raises `ValueError` where the text is no delivery id."""
    number, index, side = text.split("-")
    if side not in (BUYER, SELLER, OWNER):
        raise ValueError(text)
    return int(number), int(index), side
