"""Which events concern single orders alone: a heavy day has millions of them, and of all others some thousands."""

from kase_fix.messages.deal_events import Deal
from kase_fix.messages.events import Published
from kase_fix.messages.order_events import (
    CancelRefused,
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderRefused,
    OrderReplaced,
    OrderShown,
    OrderTriggered,
)

OF_PARTIES = frozenset(
    {
        OrderAccepted,
        OrderCancelled,
        OrderRefused,
        OrderReplaced,
        OrderExpired,
        OrderTriggered,
        CancelRefused,
        Deal,
    }
)
"""What concerns its parties and neither boards nor sessions."""
OF_ORDERS = OF_PARTIES | {OrderShown}
"""And what of them the public sees."""


def is_general(published: Published) -> bool:
    """Tell whether an event of a command concerns more than single orders."""
    return any(type(event) not in OF_ORDERS for event in published.events)
