"""An order in a snapshot: what is written of it, and the order that is made of that."""

import datetime as dt

import msgspec

from kase_fix.matching.order import Order
from kase_fix.messages.commands import NewOrder
from kase_fix.messages.direct import DirectTerms
from kase_fix.values.enums import OrderKind, OrderStatus, Side, TimeInForce
from kase_fix.values.numbers import Price, Quantity


class LivingOrder(msgspec.Struct, frozen=True, array_like=True):
    """An order in a book. `value` is text: it may exceed 64 bits."""

    order_id: str
    user: str
    firm: str
    cl_ord_id: str
    account: str
    symbol: str
    board: str
    side: Side
    kind: OrderKind
    tif: TimeInForce
    quantity: Quantity
    leaves: Quantity
    visible: Quantity
    filled: Quantity
    value: str
    price: Price | None
    display: Quantity | None
    expire_date: dt.date | None
    text: str
    transact_time: str
    entered: int
    priority: int
    market_maker: bool
    direct: DirectTerms | None
    confirmer: str
    pending: OrderStatus | None
    apart: bool
    stop_price: Price | None = None
    triggered: bool = False
    waiting: bool = False
    quote_id: str = ""
    quote_entry: str = ""


def living(order: Order) -> LivingOrder:
    """Return what is kept of an order."""
    return LivingOrder(
        order.order_id,
        order.user,
        order.firm,
        order.cl_ord_id,
        order.account,
        order.symbol,
        order.board,
        order.side,
        order.kind,
        order.tif,
        order.quantity,
        order.leaves,
        order.visible,
        order.filled,
        str(order.value),
        order.price,
        order.display,
        order.expire_date,
        order.text,
        order.transact_time,
        order.entered,
        order.priority,
        order.market_maker,
        order.direct,
        order.confirmer,
        order.pending,
        order.apart,
        order.stop_price,
        order.triggered,
        order.waiting,
        quote_id=order.quote_id,
        quote_entry=order.quote_entry,
    )


def revived(kept: LivingOrder) -> Order:
    """Return the order of which this was kept; its place in a book, and what it shows there, are the caller's."""
    command = NewOrder(
        kept.user,
        kept.cl_ord_id,
        kept.account,
        kept.symbol,
        kept.side,
        kept.kind,
        kept.quantity,
        kept.price,
        kept.tif,
        kept.display,
        kept.board,
        kept.expire_date,
        kept.text,
        transact_time=kept.transact_time,
        market_maker=kept.market_maker,
        direct=kept.direct,
        stop_price=kept.stop_price,
    )
    order = Order(kept.order_id, command, kept.firm, kept.board, kept.entered)
    order.leaves, order.filled, order.value = kept.leaves, kept.filled, int(kept.value)
    order.priority, order.triggered = kept.priority, kept.triggered
    order.confirmer, order.pending = kept.confirmer, kept.pending
    order.quote_id, order.quote_entry = kept.quote_id, kept.quote_entry
    return order
