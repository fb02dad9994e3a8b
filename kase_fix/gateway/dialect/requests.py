"""Messages that both dialects read alike, each as the command or question it is."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from kase_fix.gateway.dialect import questions, reading
from kase_fix.gateway.dialect.direct_reading import NAMED, direct_terms
from kase_fix.gateway.dialect.fix_text import Fields
from kase_fix.gateway.dialect.problems import (
    Problem,
    SessionReason,
    Unreadable,
    conditionally_missing,
    unread,
    unsupported,
    wrong,
)
from kase_fix.gateway.dialect.questions import Question
from kase_fix.messages.commands import CancelOrder, Confirm, NewOrder, ReplaceOrder
from kase_fix.messages.indicative import Indicate, WithdrawIndicative
from kase_fix.messages.letters import TellOperator
from kase_fix.messages.protection import MassCancel
from kase_fix.messages.quotes import CancelQuotes, MassQuote
from kase_fix.values.enums import TimeInForce
from kase_fix.values.numbers import Quantity

OrderCommand: TypeAlias = (
    TellOperator
    | NewOrder
    | ReplaceOrder
    | CancelOrder
    | Confirm
    | MassCancel
    | MassQuote
    | CancelQuotes
    | Indicate
    | WithdrawIndicative
)
Reader: TypeAlias = Callable[[Fields, str], OrderCommand | Question]

GREATEST_DEPTH = 1_000_000
GREATEST_INTERVAL = 60_000
"""Milliseconds."""
_MARKET_MAKER = "5"
_UNSUBSCRIBE = 2


def read(readers: Mapping[str, Reader], message: Fields | str, user: str) -> OrderCommand | Question | Problem:
    """Read one message of `user` with a dialect's readers by MsgType(35). Never raises for what a client sent."""
    fields = message if isinstance(message, Fields) else Fields(message)
    reader = readers.get(fields.get(35, ""))
    if reader is None:
        return unsupported(fields, fields.get(11, ""))
    try:
        _refuse_broken_utf8(fields)
        return reader(fields, user)
    except Unreadable as unreadable:
        return unreadable.problem


def new_order(fields: Fields, user: str, counterparties: tuple[str, ...] = NAMED) -> NewOrder:
    """Read NewOrderSingle(D); `counterparties` are the PartyRoles(452) of one it may be addressed to."""
    get = fields.get
    kind = reading.kind(fields)
    return NewOrder(
        user=user,
        cl_ord_id=reading.required(fields, 11),
        account=reading.required(fields, 1),
        symbol=reading.required(fields, 55),
        side=reading.side(fields),
        kind=kind,
        quantity=reading.required_quantity(fields, 38),
        price=reading.limit_price(fields, kind),
        tif=reading.time_in_force(fields) or TimeInForce.DAY,
        display=reading.quantity(fields, 111),
        board=get(336, ""),
        expire_date=reading.date(fields, 432),
        text=get(58, ""),
        poss_resend=reading.poss_resend(fields),
        transact_time=get(60, ""),
        market_maker=get(5145) == "Y" or _MARKET_MAKER in get(529, "").split(),
        direct=direct_terms(fields, counterparties),
        stop_price=reading.stop_price(fields, kind),
    )


def replace_order(fields: Fields, user: str) -> ReplaceOrder:
    """Read OrderCancelReplaceRequest(G); OrderQty(38) is the new total. OrderID(37) wins over OrigClOrdID(41)."""
    kind = reading.optional_kind(fields)
    _names_an_order(fields, 37, 41)
    return ReplaceOrder(
        user=user,
        cl_ord_id=reading.required(fields, 11),
        order_id=fields.get(37, ""),
        orig_cl_ord_id=fields.get(41, ""),
        quantity=reading.quantity(fields, 38),
        price=reading.limit_price(fields, kind),
        display=reading.quantity(fields, 111),
        symbol=fields.get(55, ""),
        side=reading.optional_side(fields),
        kind=kind,
        tif=reading.time_in_force(fields),
        poss_resend=reading.poss_resend(fields),
        account=fields.get(1, ""),
        stop_price=reading.stop_price(fields, kind),
        cancel_on_reject=fields.get(9619) == "Y",
    )


def cancel_order(fields: Fields, user: str, cl_ord_id: str, quantity: Quantity | None) -> CancelOrder:
    """Read OrderCancelRequest(F). OrderID(37) wins over OrigClOrdID(41)."""
    _names_an_order(fields, 37, 41)
    return CancelOrder(
        user=user,
        cl_ord_id=cl_ord_id,
        order_id=fields.get(37, ""),
        orig_cl_ord_id=fields.get(41, ""),
        quantity=quantity,
        symbol=fields.get(55, ""),
        side=reading.optional_side(fields),
        poss_resend=reading.poss_resend(fields),
        account=fields.get(1, ""),
    )


def order_status(fields: Fields, user: str) -> questions.OrderStatus:
    """Read OrderStatusRequest(H) for one order."""
    _names_an_order(fields, 37, 11)
    return questions.OrderStatus(
        user=user,
        cl_ord_id=fields.get(11, ""),
        order_id=fields.get(37, ""),
        reference=fields.get(790, ""),
        symbol=fields.get(55, ""),
        side=fields.get(54, ""),
    )


def mass_status(fields: Fields, user: str) -> questions.MassStatus:
    """Read OrderMassStatusRequest(AF)."""
    return questions.MassStatus(user=user, reference=reading.required(fields, 584), symbol=fields.get(55, ""))


def security_list(fields: Fields, user: str) -> questions.SecurityList:
    """Read SecurityListRequest(x)."""
    return questions.SecurityList(
        user=user,
        request_id=reading.required(fields, 320),
        kind=reading.required(fields, 559),
        symbol=fields.get(55, ""),
        subscription=reading.number(fields, 263, 0, 2),
    )


def security_definition(fields: Fields, user: str) -> questions.SecurityList:
    """Read SecurityDefinitionRequest(c): nothing is proposed here, so only 321=0 is answered."""
    if reading.required(fields, 321) != "0":
        raise unread(fields, "SecurityRequestType(321) must be 0", fields.get(320, ""))
    symbol, subscription = reading.required(fields, 55), reading.number(fields, 263, 0, 2)
    return questions.SecurityList(user, reading.required(fields, 320), "0", symbol, subscription, definition=True)


def security_status(fields: Fields, user: str) -> questions.Status:
    """Read SecurityStatusRequest(e)."""
    symbol = reading.required(fields, 55)
    return questions.Status(user, reading.required(fields, 324), _subscription(fields), symbol, fields.get(336, ""))


def session_status(fields: Fields, user: str) -> questions.Status:
    """Read TradingSessionStatusRequest(g)."""
    return questions.Status(user, reading.required(fields, 335), _subscription(fields), "", fields.get(336, ""))


def market_data(fields: Fields, user: str) -> questions.MarketData:
    """Read MarketDataRequest(V). A missing depth is the whole book, a missing 265 increments, no 269 all of them."""
    symbols = tuple(dict.fromkeys(fields.every(55)))
    kind = _subscription(fields)
    if not symbols and kind != _UNSUBSCRIBE:
        reading.required(fields, 55)
    return questions.MarketData(
        user=user,
        request_id=reading.required(fields, 262),
        kind=kind,
        depth=reading.number(fields, 264, 0, GREATEST_DEPTH),
        update=reading.number(fields, 265, 1, 1),
        book=reading.number(fields, 1021, 0, 3),
        entries=tuple(dict.fromkeys(fields.every(269))),
        symbols=tuple(symbol for symbol in symbols if symbol != "ALL"),
        all="ALL" in symbols,
        board=fields.get(336, ""),
        aggregated={"Y": True, "N": False}.get(fields.get(266, "")),
        interval=reading.number(fields, 5250, 0, GREATEST_INTERVAL),
    )


def _subscription(fields: Fields) -> int:
    reading.required(fields, 263)
    return reading.number(fields, 263, 0, 2)


def _names_an_order(fields: Fields, by_exchange: int, by_client: int) -> None:
    if not (fields.get(by_exchange) or fields.get(by_client)):
        text = f"The order must be named by tag {by_exchange} or {by_client}"
        raise conditionally_missing(fields, text, fields.get(11, ""))


def _refuse_broken_utf8(fields: Fields) -> None:
    """Raise for text that cannot be written to the journal: bytes that were no UTF-8 arrive as lone surrogates."""
    if fields.text.isascii():
        return
    for tag, value in fields.items():
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise wrong(fields, tag, SessionReason.WRONG_FORMAT, f"Tag {tag} is not UTF-8") from None
