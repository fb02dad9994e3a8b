"""Specialised trading: orders gather beside the book until their initiator sets a cut-off price (art. 42 p. 1).

Whether an order may come, change or go at its stage is `admission_specialised`'s matter.
"""

from kase_fix.engine.specialised import carry_out, show, tell_result, touched
from kase_fix.engine.specialised_result import outcome_of
from kase_fix.engine.state import State, Trading
from kase_fix.engine.turn import Turn
from kase_fix.matching.order import Order
from kase_fix.matching.specialised_clock import Submitted
from kase_fix.messages.order_state import Refusal
from kase_fix.values.enums import OrderStatus


def refuse(trading: Trading) -> Refusal | None:
    """Take orders: the stage was judged before."""


def waits_for(state: State, trading: Trading, order: Order) -> OrderStatus | None:
    """Return that an order on a controlled account waits for who controls it, and note him as its confirmer.

    The single seller's or buyer's own orders need no confirmation (art. 42 p. 1).
    """
    if order.side is state.specialised[trading.key].terms.side or state.market is None:
        return None
    order.confirmer = state.market.controllers.get(order.account, "")
    return OrderStatus.PENDING_CONFIRMATION if order.confirmer else None


def enter(turn: Turn, trading: Trading, order: Order) -> None:
    """Let a member's order wait for the end; the initiator's is the cut-off and brings it (art. 4 p. 1)."""
    auction = turn.state.specialised[trading.key]
    if order.side is auction.terms.side:
        assert order.price is not None
        outcome = outcome_of(turn.state, trading, order.price, order.quantity)
        tell_result(turn, trading, order.price, outcome)
        carry_out(turn, trading, order, outcome)
        return
    turn.put_apart(trading, order)
    auction.submitted[order.order_id] = Submitted(order.firm, order.price, order.quantity)
    show(turn, auction, order)


def cancelled(turn: Turn, trading: Trading, order: Order) -> None:
    """Let the initiator decide if it was the last order that waited for a confirmation."""
    if order.confirmer:
        touched(turn, trading)


def shrunk(turn: Turn, trading: Trading, order: Order) -> None:
    """Show what is left of the order where orders are shown; what was confirmed stays so."""
    show(turn, turn.state.specialised[trading.key], order)


def begin(turn: Turn, trading: Trading) -> None:
    """Nothing more: `engine.specialised` has begun it."""
