"""What the execution reports of both dialects have in common, written for speed: one f-string a report."""

from collections.abc import Mapping

import msgspec

from kase_fix.gateway.dialect.delivery import CONFIRMER, COUNTERPARTY, OWNER, SELLER
from kase_fix.gateway.dialect.direct_text import (
    PENDING,
    as_seen,
    deal_confirmed,
    deal_failed,
    deal_waits,
    to_confirm,
    what_it_waits_for,
    what_trades_no_more,
)
from kase_fix.gateway.dialect.fix_text import date_text, utc_timestamp
from kase_fix.gateway.dialect.problems import BusinessReason, business_reject
from kase_fix.gateway.dialect.questions import OrderStatus as OrderStatusRequest
from kase_fix.messages.corrections import OrderRestated
from kase_fix.messages.deal_events import Deal, DealConfirmed, DealFailed
from kase_fix.messages.events import CommandFailed, Event
from kase_fix.messages.order_events import (
    ConfirmRefused,
    OrderAccepted,
    OrderCancelled,
    OrderConfirmed,
    OrderExpired,
    OrderFormed,
    OrderReplaced,
    OrderTriggered,
    PreliminaryEnded,
)
from kase_fix.messages.order_state import OrderState, Refusal
from kase_fix.rulebook.refusals import (
    DEFECT,
    MEMBER_SUSPENDED,
    PRICE_KIND_CHANGED,
    UNKNOWN_ORDER,
    english,
    russian,
)
from kase_fix.rulebook.refusals_of_methods import COUNTERPARTY_REFUSED, METHODS_CHANGED, NOT_FIXED
from kase_fix.rulebook.refusals_of_protection import SESSION_LOST, WITHDRAWN_BY
from kase_fix.values.enums import OrderKind, OrderStatus, TimeInForce
from kase_fix.values.numbers import Price, format_price

STATUS = {
    OrderStatus.NEW: "0",
    OrderStatus.PARTIALLY_FILLED: "1",
    OrderStatus.FILLED: "2",
    OrderStatus.CANCELLED: "4",
    OrderStatus.REJECTED: "8",
    OrderStatus.EXPIRED: "C",
    OrderStatus.PENDING_COUNTERPARTY: "A",
    OrderStatus.PENDING_CONFIRMATION: "A",
}
"""OrdStatus(39). A replaced order lives on under its OrderID, so it never shows 5."""

_KINDS = {
    OrderKind.MARKET: "40=1\x01",
    OrderKind.LIMIT: "40=2\x01",
    OrderKind.STOP: "40=3\x01",
    OrderKind.STOP_LIMIT: "40=4\x01",
    OrderKind.SWAP: "40=G\x01",
    OrderKind.DIRECT_REPO: "40=R\x01",
    OrderKind.AUTOMATIC_REPO: "40=A\x01",
    OrderKind.OTHER: "",
}
_TIMES_IN_FORCE = {tif: f"59={tif.value}\x01" for tif in TimeInForce}

NO_ORDER = "NONE"
"""OrderID(37) where there is none, as FIX has it."""
NO_SYMBOL = "[N/A]"
UNDISCLOSED_SIDE = "7"
REQUESTED = "requested"
"""`OrderCancelled.reason` where the member asked."""
RENEWED = "1"
"""ExecRestatementReason(378): an order of several days enters its next one (GT renewal)."""
LESSENED = "5"
"""ExecRestatementReason(378): partial decline of OrderQty."""
MARKET = "8"
"""ExecRestatementReason(378): the exchange acted on its own."""


class Heading(msgspec.Struct, frozen=True):
    """What stands above an order in its report."""

    order: OrderState
    exec_type: str
    """ExecType(150) of FIX 4.4; NEXT says `I` for all of these."""
    cl_ord_id: str
    """ClOrdID(11): the request's where one was made, else the order's."""
    orig_cl_ord_id: str = ""
    """OrigClOrdID(41)."""
    text: str = ""
    """Text(58)."""
    asked_for: bool = True
    """False where the exchange acted on its own."""
    restated: str = MARKET
    """ExecRestatementReason(378) where it did."""
    reason: Refusal | None = None
    """Text(58) and EncodedText(355) in the words of the catalogue: a warning, or why an order does not trade today."""
    side: str = OWNER
    """Whose report it is; only the owner's carries his ClOrdID."""
    removed_by: str = ""
    """Who asked for the end of an order, where it was not its owner."""
    words: tuple[str, str] = ("", "")
    """Text(58) and EncodedText(355) that are no refusal's."""
    triggered: Price | None = None
    """Price of the deal that triggered a stop order."""


def order_fields(order: OrderState, decimals: int, statuses: Mapping[OrderStatus, str] = STATUS) -> str:
    """Return 37, 1, 55, 54, 38, 40, 44, 99, 59, 432, 111, 336, 39, 151 and 14: the order as it stands."""
    price = "" if order.price is None else f"44={format_price(order.price, decimals)}\x01"
    if order.stop_price is not None:
        price += f"99={format_price(order.stop_price, decimals)}\x01"
    expires = "" if order.expire_date is None else f"432={date_text(order.expire_date)}\x01"
    display = "" if order.display is None else f"111={order.display}\x01"
    board = f"336={order.board}\x01" if order.board else ""
    account = f"1={order.account}\x01" if order.account else ""
    return (
        f"37={order.order_id or NO_ORDER}\x01{account}55={order.symbol}\x0154={order.side.value}\x01"
        f"38={order.quantity}\x01{_KINDS[order.kind]}{price}{_TIMES_IN_FORCE[order.tif]}{expires}{display}{board}"
        f"39={statuses[order.status]}\x01151={order.leaves}\x0114={order.filled}\x01"
    )


def heading(event: Event, side: str = OWNER) -> Heading | None:
    """Return the heading of an event about one living or dead order; None for deals, refusals and all others.

    `side` is whose report it is: to another than the owner the order's ClOrdIDs say nothing, OrderID(37) is the key.
    """
    head = _heading(event)
    if head is None or side == OWNER:
        return head
    own_request, text = "", head.text
    if isinstance(event, OrderCancelled):
        own_request = event.request_cl_ord_id if event.by and side == COUNTERPARTY else ""
        text = text or (f"{event.order.user} has withdrawn the order" if event.reason == REQUESTED else "")
    return msgspec.structs.replace(
        head,
        order=as_seen(head.order, side),
        cl_ord_id=own_request,
        orig_cl_ord_id="",
        text=text,
        reason=None if isinstance(event, OrderAccepted | OrderTriggered) else head.reason,
        side=side,
    )


def seen(order: OrderState, side: str) -> Heading:
    """Return the heading of an order's present state (150=I) as this side sees it."""
    return Heading(as_seen(order, side), "I", order.cl_ord_id if side == OWNER else "", side=side)


def dealt(deal: Deal, side: str, controlled: OrderState | None = None) -> Heading:
    """Return the heading of a deal's report, and whose confirmation it waits for.

    Who controls an account gets it on the order of that account.
    """
    if side == CONFIRMER and controlled is not None:
        words = to_confirm(deal.deal_id) if deal.awaits else ("", "")
        return Heading(as_seen(controlled, side), "F", "", side=side, words=words)
    order = deal.sell if side[0] == SELLER else deal.buy
    return Heading(order, "F", order.cl_ord_id, words=deal_waits(deal, side) if deal.awaits else ("", ""))


def after_deal(event: DealConfirmed | DealFailed, side: str, known: OrderState | None) -> Heading:
    """Return the heading of what has become of a deal: on the order as it stands, of whatever side."""
    deal = event.deal
    words = deal_confirmed(deal.deal_id)
    if isinstance(event, DealFailed):
        words = deal_failed(deal.deal_id, event.clause)
    if side == CONFIRMER:
        return Heading(as_seen(known or deal.buy, side), "I", "", side=side, words=words)
    order = known or (deal.sell if side == SELLER else deal.buy)
    return Heading(order, "I", order.cl_ord_id, words=words)


def _heading(event: Event) -> Heading | None:
    if isinstance(event, OrderAccepted):
        kind = "A" if event.order.status in PENDING else "0"
        return Heading(event.order, kind, event.order.cl_ord_id, reason=event.warning)
    if isinstance(event, OrderConfirmed):
        return Heading(event.order, "0", event.order.cl_ord_id)
    if isinstance(event, OrderCancelled):
        return _heading_of_cancelled(event)
    if isinstance(event, OrderReplaced):
        request = event.request_cl_ord_id or event.order.cl_ord_id
        return Heading(event.order, "5", request, event.orig_cl_ord_id if event.orig_cl_ord_id != request else "")
    if isinstance(event, OrderExpired):
        text = f"Expired with its session ({event.clause})" if event.clause else "Expired with its session"
        return Heading(event.order, "C", event.order.cl_ord_id, text=text, asked_for=False)
    if isinstance(event, OrderTriggered):
        order, price = event.order, event.price
        return Heading(order, "L", order.cl_ord_id, asked_for=False, reason=event.warning, triggered=price)
    if isinstance(event, OrderFormed):
        return Heading(event.order, "D", event.order.cl_ord_id, asked_for=False, restated=RENEWED)
    if isinstance(event, OrderRestated):
        words = what_trades_no_more(event.order, event.deal_id)
        return Heading(event.order, "D", event.order.cl_ord_id, asked_for=False, restated=LESSENED, words=words)
    if isinstance(event, PreliminaryEnded):
        return Heading(event.order, "D", event.order.cl_ord_id, asked_for=False, reason=event.refusal)
    return None


def _heading_of_cancelled(event: OrderCancelled) -> Heading:
    """Both ClOrdIDs where a request took the order off, the reason in words where nobody asked."""
    order = event.order
    request = event.request_cl_ord_id or order.cl_ord_id
    orig = order.cl_ord_id if request != order.cl_ord_id else ""
    if event.reason == REQUESTED:
        return Heading(order, "4", request, orig)
    by_reason = {
        MEMBER_SUSPENDED: order.firm,
        PRICE_KIND_CHANGED: order.symbol,
        NOT_FIXED: order.symbol,
        METHODS_CHANGED: order.symbol,
        COUNTERPARTY_REFUSED: event.by,
        WITHDRAWN_BY: event.by,
        SESSION_LOST: order.user,
    }
    named = by_reason.get(event.reason, order.account)  # one name is all such a reason has, but where more is said
    reason = Refusal(event.reason, event.clause, event.found or (named,))
    if event.by:  # the request was another's, and so is its name
        request, orig = order.cl_ord_id, ""
    return Heading(order, "4", request, orig, asked_for=False, reason=reason, removed_by=event.by)


def words_of(head: Heading, decimals: int) -> tuple[str, str]:
    """Return MessageEncoding(347) for the header, and what the heading has to say: 58, with 355 where it can.

    Of an order that waits for another's word: what it waits for, or what he is to do.
    """
    if head.triggered is not None:
        return both_languages(*_triggered_by(head.triggered, head.reason, decimals))
    if head.reason is not None:
        return refusal_words(head.reason)
    if head.words[0]:
        return both_languages(*head.words)
    if head.order.status in PENDING and not head.text:
        return both_languages(*what_it_waits_for(head.order, head.side, decimals))
    return "", f"58={head.text}\x01" if head.text else ""


def _triggered_by(price: Price, warning: Refusal | None, decimals: int) -> tuple[str, str]:
    """Return in English and Russian what triggered a stop order, and the warning its own price deserves."""
    at = format_price(price, decimals)
    words = f"Triggered by a deal at {at}", f"Стоп-заявка активирована сделкой по цене {at}"
    if warning is None:
        return words
    return f"{words[0]}. {english(warning)}", f"{words[1]}. {russian(warning)}"


def refusal_words(refusal: Refusal) -> tuple[str, str]:
    """Return MessageEncoding(347) for the header, and Text(58) in English with EncodedText(355) in Russian."""
    return both_languages(english(refusal), russian(refusal))


def cl_ord_id(name: str) -> str:
    """Return ClOrdID(11), nothing where there is none."""
    return f"11={name}\x01" if name else ""


def both_languages(english_words: str, russian_words: str) -> tuple[str, str]:
    """Return MessageEncoding(347) for the header, and 58 with 354 and 355."""
    length = len(russian_words.encode())
    return "347=UTF-8\x01", f"58={english_words}\x01354={length}\x01355={russian_words}\x01"


def average(order: OrderState, decimals: int) -> str:
    """Return AvgPx(6): 0 before the first deal, else at least `decimals` decimals and as many more as it needs."""
    return format_price(order.average, decimals) if order.average else "0"


def unknown_order(asked: OrderStatusRequest, exec_id: str, reject_reason: int, time: int, extra: str) -> str:
    """Return the report on an order nobody knows: 150=I, 39=8 and OrdRejReason(103)."""
    encoding, words = refusal_words(Refusal(UNKNOWN_ORDER, "", (asked.order_id or asked.cl_ord_id,)))
    cl_ord_id = f"11={asked.cl_ord_id}\x01" if asked.cl_ord_id else ""
    return (
        f"35=8\x01{encoding}37={asked.order_id or NO_ORDER}\x01{cl_ord_id}17={exec_id}\x01150=I\x0139=8\x01"
        f"55={asked.symbol or NO_SYMBOL}\x0154={asked.side or UNDISCLOSED_SIDE}\x01103={reject_reason}\x01"
        f"151=0\x0114=0\x016=0\x0160={utc_timestamp(time)}\x01{extra}{words}"
    )


def reference_of(asked: OrderStatusRequest) -> str:
    """Return OrdStatusReqID(790), if the client gave one."""
    return f"790={asked.reference}\x01" if asked.reference else ""


def confirmation_refused(event: ConfirmRefused) -> str:
    """Return j for a confirmation (AU) that could not be taken: 379 is its ConfirmID(664)."""
    unknown = event.refusal.code == UNKNOWN_ORDER
    reason = BusinessReason.UNKNOWN_ID if unknown else BusinessReason.OTHER
    return business_reject(0, "AU", reason, english(event.refusal), event.reference)


def not_carried_out(event: CommandFailed, request: str) -> str:
    """Return j for a command that met a defect (architecture, law 4); what the defect is stays in the house."""
    text = english(Refusal(DEFECT, "", (event.cl_ord_id,)))
    return business_reject(0, request, BusinessReason.NOT_AVAILABLE, text, event.cl_ord_id)
