"""Before its session a board takes preliminary orders: they rest and do not trade (art. 7 p. 2; R-7)."""

from kase_fix.engine.state import State, Trading
from kase_fix.engine.turn import Turn
from kase_fix.matching.order import Order
from kase_fix.messages.order_state import Refusal
from kase_fix.values.enums import OrderStatus


def refuse(trading: Trading) -> Refusal | None:
    """Take orders: their acceptance has begun (art. 7 p. 2)."""


def waits_for(state: State, trading: Trading, order: Order) -> OrderStatus | None:
    """Nothing: an order counts as soon as it is taken."""


def enter(turn: Turn, trading: Trading, order: Order) -> None:
    """Let the order rest, even where it crosses another (R-7)."""
    trading.book.add(order)
    turn.show(order)


def cancelled(turn: Turn, trading: Trading, order: Order) -> None:
    """Nothing more: the order is gone."""


def shrunk(turn: Turn, trading: Trading, order: Order) -> None:
    """Nothing more: the order has kept its place."""


def begin(turn: Turn, trading: Trading) -> None:
    """The book is empty; the orders of several days are formed by a command of their own (R-5)."""
