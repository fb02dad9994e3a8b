"""Outside its window a board takes no orders; those left from the session die as it closes (art. 4 p. 1; R-4)."""

from kase_fix.engine.state import State, Trading
from kase_fix.engine.turn import Turn
from kase_fix.matching.order import Order, order_number
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook import refusals
from kase_fix.values.enums import OrderStatus, TimeInForce


def refuse(trading: Trading) -> Refusal | None:
    """Refuse: the board's window has not begun or is over (art. 4 p. 1; art. 10)."""
    board = trading.board
    found = (trading.symbol, board.opens.isoformat("minutes"), board.closes.isoformat("minutes"))
    return Refusal(refusals.SESSION_CLOSED, board.clause, found)


def waits_for(state: State, trading: Trading, order: Order) -> OrderStatus | None:
    """Nothing: an order counts as soon as it is taken."""


def enter(turn: Turn, trading: Trading, order: Order) -> None:
    """Never reached: `refuse` comes first."""
    raise AssertionError(f"{order.order_id} entered {trading.symbol} while it is closed, in command {turn.number}")


def cancelled(turn: Turn, trading: Trading, order: Order) -> None:
    """Nothing more: the order is gone."""


def shrunk(turn: Turn, trading: Trading, order: Order) -> None:
    """Nothing more: the order has kept its place."""


def begin(turn: Turn, trading: Trading) -> None:
    """Let the session's orders die in the order of their entry (R-3, R-4); those of several days leave the book (R-5).

    An order of several days dies with the session of its last one.
    """
    today = turn.state.date
    for order in in_order_of_entry(trading):
        if order.tif is TimeInForce.GTC or (
            order.tif is TimeInForce.GTD
            and order.expire_date is not None
            and today is not None
            and order.expire_date > today
        ):
            turn.withdraw(order)
        else:
            turn.expire(order, trading.board.clause)


def in_order_of_entry(trading: Trading) -> list[Order]:
    """Return the orders of a book, and those beside it, as they came in (R-3)."""
    living = (*trading.book.orders(), *trading.apart.values(), *trading.stops.orders())
    return sorted(living, key=lambda order: (order.entered, order_number(order.order_id)))
