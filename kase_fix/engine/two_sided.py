"""Two-sided orders of NEXT: one message makes a buy and a sell (DoubleOrder 5146, Spread 218; R-160).

Price(44) is that of the side the message states; the other is a spread away from it, above a buy, below a sell. Both
are taken or neither. From then on each is an order of its own, under one ClOrdID.
"""

import msgspec

from kase_fix.engine import admission
from kase_fix.engine.candidate import Candidate
from kase_fix.engine.placing import order_id_of, place
from kase_fix.engine.state import State, Trading
from kase_fix.engine.turn import Turn
from kase_fix.matching.order import Order
from kase_fix.messages.commands import CancelOrder, NewOrder, ReplaceOrder
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook.admission import RULES_OF_THE_EXCHANGE
from kase_fix.rulebook.market import Market
from kase_fix.rulebook.refusals_of_quotes import SPREAD_MISSING, TWO_SIDED_KIND
from kase_fix.values.enums import LIMITED, Side, TimeInForce

OTHER_SIDE = 2
"""Place of the other side's order in its command."""
AT_ONCE = (TimeInForce.IOC, TimeInForce.FOK)


def refuse(state: State, market: Market, command: NewOrder, now: int) -> Refusal | None:
    """Refuse what cannot have two sides, and the other side where admission does (the stated one is admitted)."""
    if command.kind not in LIMITED or command.tif in AT_ONCE or command.direct is not None:
        return Refusal(TWO_SIDED_KIND, RULES_OF_THE_EXCHANGE, (command.symbol,))
    if command.spread is None or command.spread <= 0:
        return Refusal(SPREAD_MISSING, RULES_OF_THE_EXCHANGE)
    other = Candidate(state, market, _other_side(command), now)
    other.beside = (command,)
    return admission.refuse(other)


def place_other_side(turn: Turn, trading: Trading, command: NewOrder, stated: Order) -> None:
    """Enter the other side's order behind the stated one."""
    order_id = order_id_of(turn, trading, OTHER_SIDE)
    turn.state.names.use(command.user, command.cl_ord_id, order_id)  # it may outlive the stated one, and its day
    place(turn, trading, Order(order_id, _other_side(command), stated.firm, stated.board, turn.time))


def meant(state: State, command: ReplaceOrder | CancelOrder, order_id: str) -> str:
    """Return the OrderID a request means whose ClOrdID(41) is that of two orders, `order_id` the stated side's.

    Side(54) tells which; else it is the stated one, or the other where that alone lives.
    """
    other = living_other_side(state, command, order_id)
    if other is None:
        return order_id
    if command.side is not None:
        return other.order_id if command.side is other.side else order_id
    return order_id if order_id in state.orders else other.order_id


def living_other_side(state: State, command: ReplaceOrder | CancelOrder, order_id: str) -> Order | None:
    """Return the other side's order if it lives and bears the ClOrdID(41) by which a request names both."""
    if command.order_id:
        return None
    other = state.orders.get(f"{order_id}.{OTHER_SIDE}")
    return other if other is not None and other.cl_ord_id == command.orig_cl_ord_id else None


def names_both(command: CancelOrder) -> bool:
    """Tell whether a cancel means both sides: it names the ClOrdID(41) alone, no side and no part."""
    return not command.order_id and command.side is None and command.quantity is None


def _other_side(command: NewOrder) -> NewOrder:
    assert command.price is not None
    assert command.spread is not None
    away = command.spread if command.side is Side.BUY else -command.spread
    return msgspec.structs.replace(command, side=command.side.other, price=command.price + away)
