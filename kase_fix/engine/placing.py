"""An order that is admitted comes into being: its user is told, and its phase does with it what it does."""

from kase_fix.engine.phases import rules_of
from kase_fix.engine.state import Trading
from kase_fix.engine.turn import Turn
from kase_fix.matching.order import Order
from kase_fix.messages.order_events import OrderAccepted
from kase_fix.rulebook.limits import warn_near


def order_id_of(turn: Turn, trading: Trading, place: int = 0) -> str:
    """Return the OrderID(37) of an order of this command; where it enters several, `place` tells them apart."""
    number = f"{trading.group.order_prefix}_{turn.number}"
    return f"{number}.{place}" if place else number


def place(turn: Turn, trading: Trading, order: Order) -> None:
    """Enter an order that is admitted."""
    state = turn.state
    order.priority = turn.number
    state.orders[order.order_id] = order
    state.cover(order)
    rules = rules_of(state, trading, order)
    order.pending = rules.waits_for(state, trading, order)
    price = None if order.waits_for_price else order.price  # a stop order makes no price yet
    turn.events.append(OrderAccepted(order.state(), warn_near(price, trading.listing.reference, trading.group)))
    rules.enter(turn, trading, order)
