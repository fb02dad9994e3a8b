"""The continuous counter auction (art. 7 p. 1): an order trades at once with what it crosses, its rest waits.

Where a group has a standby, a cross may open one instead: every cross in bonds (art. 7 p. 3), in USDKZT_TOM a deal
that would stray too far from the last ones (art. 7 p. 1-1).
"""

from kase_fix.engine.phases import standby
from kase_fix.engine.phases.deviation import Bound
from kase_fix.engine.state import State, Trading
from kase_fix.engine.turn import Turn
from kase_fix.matching.continuous import Stopped, always, fillable, match
from kase_fix.matching.frankfurt import own_cross
from kase_fix.matching.order import Order
from kase_fix.matching.standby import Kind, may_begin
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook import refusals
from kase_fix.values.enums import OrderKind, OrderStatus, Side, TimeInForce
from kase_fix.values.numbers import Price, Quantity

METHOD = "continuous"
CLAUSE = "art. 7 p. 1"


def refuse(trading: Trading) -> Refusal | None:
    """Take orders: the window is open (art. 10)."""


def waits_for(state: State, trading: Trading, order: Order) -> OrderStatus | None:
    """Nothing: an order counts as soon as it is taken."""


def enter(turn: Turn, trading: Trading, order: Order) -> None:
    """Trade with what the order crosses, at the resting orders' prices; its rest waits or falls (art. 7 p. 1)."""
    if trading.group.standby == Kind.EVERY_CROSS:
        _rest_or_open_standby(turn, trading, order)
        return
    bounded = trading.group.standby == Kind.DEVIATION and may_begin(turn.time, turn.state.closes(trading))
    if order.tif is TimeInForce.FOK:
        allowed = Bound(trading.listing).allows if bounded else always
        if fillable(trading.book, order, allowed) < order.leaves:
            turn.cancel_rest(order, refusals.FOK_NOT_FILLED, clause=CLAUSE)
            return

    def met(incoming: Order, resting: Order, quantity: Quantity, price: Price) -> None:
        buy, sell = (incoming, resting) if incoming.side is Side.BUY else (resting, incoming)
        turn.deal(trading, buy, sell, quantity, price, incoming.side, METHOD)

    stopped = match(trading.book, order, met, Bound(trading.listing).allows if bounded else always)
    if stopped is None:
        return
    if stopped is Stopped.OWN_ORDER:
        turn.cancel_rest(order, refusals.SELF_TRADE, clause=CLAUSE)
    elif order.acts_as is OrderKind.MARKET:
        turn.cancel_rest(order, refusals.REST_OF_MARKET, clause=CLAUSE)
    elif order.tif is TimeInForce.IOC or not _may_rest(turn.state, trading, order):
        turn.cancel_rest(order, refusals.REST_OF_IOC, clause=CLAUSE)
    else:
        trading.book.add(order)
        turn.show(order)
        if stopped is Stopped.NOT_ALLOWED:
            standby.open_standby(turn, trading, order.order_id)


def cancelled(turn: Turn, trading: Trading, order: Order) -> None:
    """Nothing more: the order is gone."""


def shrunk(turn: Turn, trading: Trading, order: Order) -> None:
    """Nothing more: the order has kept its place."""


def begin(turn: Turn, trading: Trading) -> None:
    """Let preliminary orders that cross trade in order of entry, or open a standby (R-7; art. 7 p. 3 sp. 2)."""
    if not trading.book.crossed:
        return
    if trading.group.standby == Kind.EVERY_CROSS:
        standby.open_standby(turn, trading, "")
        return
    waiting = sorted(trading.book.orders(), key=lambda order: order.priority)  # a change may have cost the place
    for order in waiting:
        turn.withdraw(order)
    for order in waiting:
        if trading.key in turn.state.standbys:  # one before it has opened it: the others gather there
            standby.enter(turn, trading, order)
        else:
            enter(turn, trading, order)


def _may_rest(state: State, trading: Trading, order: Order) -> bool:
    return state.market is None or state.market.may_rest(trading.board, order.firm)


def _rest_or_open_standby(turn: Turn, trading: Trading, order: Order) -> None:
    """Let an order in a bond wait; if it crosses, that opens the standby (art. 7 p. 3 sp. 1)."""
    if own_cross(trading.book, order) is not None:
        turn.cancel_rest(order, refusals.SELF_TRADE, clause=CLAUSE)
        return
    trading.book.add(order)
    turn.show(order)
    if trading.book.crossed:
        standby.open_standby(turn, trading, order.order_id)
