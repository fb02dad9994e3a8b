"""Fixing, the reserve method: quantities are sent for the price the makler calls (art. 11-15, 19, 20, 24, ...; R-17).

Its orders live beside the book, which stays as it is and does not trade meanwhile. Each belongs to the round in which
it was sent. What begins and ends a fixing is in `fixing_rounds`; here is what an order does to it.
"""

from kase_fix.engine.phases import fixing_rounds
from kase_fix.engine.state import State, Trading
from kase_fix.engine.turn import Turn
from kase_fix.matching.order import Order
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook.refusals import SELF_TRADE
from kase_fix.values.enums import OrderStatus


def refuse(trading: Trading) -> Refusal | None:
    """Take orders: those for the called price (`admission_fixing`)."""


def waits_for(state: State, trading: Trading, order: Order) -> OrderStatus | None:
    """Nothing: an order counts as soon as it is taken."""


def enter(turn: Turn, trading: Trading, order: Order) -> None:
    """Let the order count in the present round; one of an account on its other side has no part (43)."""
    present = turn.state.fixings[trading.key].present
    others = fixing_rounds.living(trading, present)
    if any(other.account == order.account and other.side is order.side.other for other in others):
        turn.cancel_rest(order, SELF_TRADE, clause=trading.group.clauses.methods)
        return
    turn.put_apart(trading, order)
    present.orders[order.order_id] = None
    fixing_rounds.touched(turn, trading, order)


def cancelled(turn: Turn, trading: Trading, order: Order) -> None:
    """Look whether the price is fixed without the order that was withdrawn."""
    fixing_rounds.touched(turn, trading, order)


def shrunk(turn: Turn, trading: Trading, order: Order) -> None:
    """Look whether the price is fixed with the order lessened."""
    fixing_rounds.touched(turn, trading, order)


def begin(turn: Turn, trading: Trading) -> None:
    """Nothing more: `fixing_rounds.order` has begun it."""
