"""A stop order that no deal has reached waits beside the book, unseen, whatever the phase (R-150).

What triggers it, and what becomes of it then, is in `engine.triggering`.
"""

from kase_fix.engine.state import State, Trading
from kase_fix.engine.turn import Turn
from kase_fix.matching.order import Order
from kase_fix.messages.order_state import Refusal
from kase_fix.values.enums import OrderStatus


def refuse(trading: Trading) -> Refusal | None:
    """Nothing of its own: the phase of the board says whether orders are taken."""


def waits_for(state: State, trading: Trading, order: Order) -> OrderStatus | None:
    """Nothing that others would have to do: OrdStatus is New."""


def enter(turn: Turn, trading: Trading, order: Order) -> None:  # noqa: ARG001
    """Let the order wait for its price."""
    trading.stops.add(order)


def cancelled(turn: Turn, trading: Trading, order: Order) -> None:
    """Nothing more: the order is gone, and had no part in what the book does."""


def shrunk(turn: Turn, trading: Trading, order: Order) -> None:
    """Nothing more: the order waits as before."""


def begin(turn: Turn, trading: Trading) -> None:
    """Nothing: a board's phase is never this."""
