"""The FIX44 dialect: FIX 4.4 with the conventions of MFIX. Text to commands and questions, events to text."""

from kase_fix.gateway.dialect import (
    clearing_reading,
    corrections_text,
    quote_reading,
    reading,
    reference_reading,
    repo_text,
    requests,
    trades_text,
)
from kase_fix.gateway.dialect.delivery import ABOUT_A_REPO, CONFIRMER, OWNER, SELLER, TAKEN_BACK, delivery_id
from kase_fix.gateway.dialect.direct_reading import confirmation
from kase_fix.gateway.dialect.direct_text import FIX44_TAGS, direct_fields, side_of
from kase_fix.gateway.dialect.fix_text import Fields, date_text, utc_microseconds, utc_timestamp
from kase_fix.gateway.dialect.letters_reading import letter
from kase_fix.gateway.dialect.listing import Listing, decimals_of
from kase_fix.gateway.dialect.mass_cancel_text import mass_cancel, mass_cancel_report
from kase_fix.gateway.dialect.problems import Problem
from kase_fix.gateway.dialect.questions import OrderStatus, Question
from kase_fix.gateway.dialect.quote_text import acknowledgement, quote_fields, withdrawn
from kase_fix.gateway.dialect.report_parts import (
    NO_ORDER,
    STATUS,
    Heading,
    after_deal,
    average,
    cl_ord_id,
    confirmation_refused,
    dealt,
    heading,
    not_carried_out,
    order_fields,
    reference_of,
    refusal_words,
    seen,
    unknown_order,
    words_of,
)
from kase_fix.gateway.dialect.terms_text import (
    leg_decimals,
    leg_of,
    leg_order,
    money,
    settlement_of,
    start_cash,
    terms_fields,
)
from kase_fix.messages.commands import CancelOrder
from kase_fix.messages.corrections import DealCorrected
from kase_fix.messages.deal_events import Deal, DealConfirmed, DealFailed
from kase_fix.messages.deal_terms import SwapTerms
from kase_fix.messages.events import CommandFailed, Event
from kase_fix.messages.order_events import (
    CancelRefused,
    ConfirmRefused,
    MassCancelAnswered,
    OrderRefused,
    OrderRepeated,
)
from kase_fix.messages.order_state import OrderState
from kase_fix.messages.quotes import MassQuoteAnswered, QuotesCancelled
from kase_fix.rulebook.refusals import CATALOGUE, UNKNOWN_ORDER
from kase_fix.values.enums import OrderStatus as Status
from kase_fix.values.numbers import format_price

BEGIN_STRING = "FIX.4.4"


def read(message: Fields | str, user: str) -> requests.OrderCommand | Question | Problem:
    """Return what a message of `user` asks for, or the FIX answer that is due instead."""
    return requests.read(_READERS, message, user)


def _cancel_order(fields: Fields, user: str) -> CancelOrder:
    """F cancels the whole rest: OrderQty(38) is not looked at, as FIX 4.4 has it."""
    return requests.cancel_order(fields, user, reading.required(fields, 11), None)


_READERS: dict[str, requests.Reader] = {
    "D": requests.new_order,
    "F": _cancel_order,
    "G": requests.replace_order,
    "H": requests.order_status,
    "S": quote_reading.quote,
    "Z": quote_reading.quote_cancel,
    "i": quote_reading.mass_quote,
    "AD": clearing_reading.deals,
    "AF": requests.mass_status,
    "AN": clearing_reading.positions,
    "AU": confirmation,
    "C": letter,
    "CAR": reference_reading.calendar,
    "CF": reference_reading.party_list,
    "q": mass_cancel,
    "V": requests.market_data,
    "c": requests.security_definition,
    "e": requests.security_status,
    "g": requests.session_status,
    "x": requests.security_list,
}


def report(
    event: Event,
    side: str,
    number: int,
    index: int,
    time: int,
    instruments: Listing,
    *,
    known: OrderState | None = None,
    request: str = "D",
    user: str = "",
) -> str:
    """Return what `side` (see `recipients`) is told of event `index` of command `number`; empty: nothing.

    `time` is the command's, nanoseconds UTC. `known` is the order of an `OrderRepeated` as it stands, or the one of a
    deal whose account a custodian controls; `request` the MsgType of the command of a `CommandFailed`; `user`
    whom the report is for, of a repo whose accounts he controls.
    """
    delivery = delivery_id(number, index, side)
    if isinstance(event, Deal):
        if side[1:]:
            return _beside_deal(event, side, user, delivery, time, instruments)
        return _deal(event, side, delivery, time, instruments, known)
    if isinstance(event, TAKEN_BACK):
        return _taken_back(event, side, user, delivery, time, instruments, known)
    if isinstance(event, ABOUT_A_REPO):
        return "" if side[1:] else repo_text.trade_report(event, side, user, delivery, time, instruments)
    if isinstance(event, DealConfirmed):
        decimals, deal = decimals_of(instruments, event.deal.symbol), f"880={event.deal.deal_id}\x01"
        return _execution(after_deal(event, side, known), delivery, delivery, time, decimals, deal)
    if isinstance(event, DealFailed):
        return trades_text.not_executed(event, after_deal(event, side, known), delivery, time, instruments)
    head = heading(event, side)
    if head is not None:
        extra = f"5979={utc_microseconds(time)}\x01" if head.asked_for else f"378={head.restated}\x01"
        return _execution(head, delivery, delivery, time, decimals_of(instruments, head.order.symbol), extra)
    if isinstance(event, OrderRefused):
        return _refused(event, delivery, time, decimals_of(instruments, event.order.symbol))
    if isinstance(event, CancelRefused):
        return _cancel_refused(event, delivery, time)
    if isinstance(event, OrderRepeated):
        asked = OrderStatus(event.user, event.cl_ord_id, event.order_id)
        return order_status(asked, known, delivery, time, instruments)
    if isinstance(event, ConfirmRefused):
        return confirmation_refused(event)
    if isinstance(event, CommandFailed):
        return not_carried_out(event, request)
    if isinstance(event, MassCancelAnswered):
        return mass_cancel_report(event, delivery, time)
    if isinstance(event, MassQuoteAnswered):
        return acknowledgement(event, delivery)
    if isinstance(event, QuotesCancelled):
        return withdrawn(event, delivery)
    return ""


def order_status(
    asked: OrderStatus, order: OrderState | None, exec_id: str, time: int, instruments: Listing, extra: str = ""
) -> str:
    """Answer H by the order's present state: 150=I. Without an order: 39=8, 103=5 (unknown order).

    `exec_id` is ExecID(17), unique among the day's; there is no 527: an answer is not delivered again. `extra` is
    what `mass_answer` gives for each report of an AF.
    """
    extra = reference_of(asked) + extra
    if order is None:
        return unknown_order(asked, exec_id, CATALOGUE[UNKNOWN_ORDER].fix44, time, extra)
    head = seen(order, side_of(order, asked.user))
    return _execution(head, exec_id, "", time, decimals_of(instruments, order.symbol), extra)


def mass_answer(reference: str, total: int, last: bool) -> str:
    """Return 584, 911 and 912 for a report that is one of `total` answers to OrderMassStatusRequest(AF)."""
    return f"584={reference}\x01911={total}\x01912={'Y' if last else 'N'}\x01"


def _execution(head: Heading, exec_id: str, delivery: str, time: int, decimals: int, extra: str = "") -> str:
    orig = f"41={head.orig_cl_ord_id}\x01" if head.orig_cl_ord_id else ""
    secondary = f"527={delivery}\x01" if delivery else ""
    encoding, text = words_of(head, decimals)
    direct = f"{direct_fields(head.order, head.side, decimals, FIX44_TAGS)}{_working(head.order)}"
    return (
        f"35=8\x01{encoding}17={exec_id}\x01{secondary}150={head.exec_type}\x01{cl_ord_id(head.cl_ord_id)}{orig}"
        f"{order_fields(head.order, decimals)}{_mark(head.order)}{direct}{quote_fields(head.order)}"
        f"6={average(head.order, decimals)}\x0160={utc_timestamp(time)}\x01{extra}{text}"
    )


def _mark(order: OrderState) -> str:
    """OrderRestrictions(529)=5 of a market maker's order."""
    return "529=5\x01" if order.market_maker else ""


def _working(order: OrderState) -> str:
    """Return WorkingIndicator(636) of a stop order that is New: N while it waits, Y once it was triggered."""
    if order.stop_price is None or order.status is not Status.NEW:
        return ""
    return f"636={'N' if order.waits_for_price else 'Y'}\x01"


def _deal(
    deal: Deal, side: str, delivery: str, time: int, instruments: Listing, controlled: OrderState | None = None
) -> str:
    decimals = decimals_of(instruments, deal.symbol)
    head = dealt(deal, side, controlled)
    return _execution(head, delivery, delivery, time, decimals, _fill(deal, head.order, decimals, instruments))


def _fill(deal: Deal, order: OrderState, decimals: int, instruments: Listing) -> str:
    multi = "442=3\x01" if isinstance(deal.terms, SwapTerms) else ""
    return (
        f"31={format_price(deal.price, decimals)}\x0132={deal.quantity}\x0164={date_text(settlement_of(deal))}\x01"
        f"880={deal.deal_id}\x01{terms_fields(deal, order, instruments)}{start_cash(deal)}{multi}"
    )


def _taken_back(
    event: TAKEN_BACK,
    side: str,
    user: str,
    delivery: str,
    time: int,
    instruments: Listing,
    known: OrderState | None,
) -> str:
    """Return 150=H or G on the order; beside it what a correction makes of a swap's legs, and what becomes of a repo.

    The legs of a cancelled swap are not told of: they were no fills (150=I).
    """
    deal = event.deal
    if side[1:] and isinstance(deal.terms, SwapTerms):
        corrected = isinstance(event, DealCorrected)
        return _leg(deal, side, delivery, time, instruments, known) if corrected else ""
    if side[1:]:
        return "" if side[0] == CONFIRMER else repo_text.trade_report(event, side, user, delivery, time, instruments)
    decimals = decimals_of(instruments, deal.symbol)
    head = corrections_text.heading_of(event, side, known, decimals)
    fill = f"19={corrections_text.fill_of(event, side)}\x01{_fill(deal, head.order, decimals, instruments)}"
    return _execution(head, delivery, delivery, time, decimals, fill)


def _beside_deal(deal: Deal, side: str, user: str, delivery: str, time: int, instruments: Listing) -> str:
    """A leg of a swap, or the repo that a deal opens."""
    if not isinstance(deal.terms, SwapTerms):
        return "" if side[0] == CONFIRMER else repo_text.trade_report(deal, side, user, delivery, time, instruments)
    return _leg(deal, side, delivery, time, instruments)


def _leg(deal: Deal, side: str, delivery: str, time: int, instruments: Listing, known: OrderState | None = None) -> str:
    leg, number = leg_of(deal, side)
    order = known or (deal.sell if side[0] == SELLER else deal.buy)
    decimals = leg_decimals(deal, instruments)
    # 150=I: the swap's own report is the order's fill, and what sums fills up must not count it three times
    head = Heading(leg_order(order, leg), "I", order.cl_ord_id)
    swap = delivery.removesuffix(side[1:])
    fill = (
        f"31={format_price(leg.price, decimals)}\x0132={leg.quantity}\x0164={date_text(leg.settlement)}\x01"
        f"880={number}\x0119={swap}\x01381={money(leg.amount)}\x0115={leg.currency}\x01442=2\x01"
    )
    return _execution(head, delivery, delivery, time, decimals_of(instruments, deal.symbol), fill)


def _refused(event: OrderRefused, delivery: str, time: int, decimals: int) -> str:
    encoding, words = refusal_words(event.refusal)
    order = event.order
    direct = direct_fields(order, OWNER, decimals, FIX44_TAGS)
    return (
        f"35=8\x01{encoding}17={delivery}\x01527={delivery}\x01150=8\x0111={order.cl_ord_id}\x01"
        f"{order_fields(order, decimals)}{_mark(order)}{direct}6=0\x0160={utc_timestamp(time)}\x01"
        f"5979={utc_microseconds(time)}\x01"
        f"103={CATALOGUE[event.refusal.code].fix44}\x01{words}"
    )


def _cancel_refused(event: CancelRefused, delivery: str, time: int) -> str:
    encoding, words = refusal_words(event.refusal)
    unknown = event.refusal.code == UNKNOWN_ORDER
    order_id = NO_ORDER if unknown or not event.order_id else event.order_id
    account = f"1={event.account}\x01" if event.account else ""
    return (
        f"35=9\x01{encoding}37={order_id}\x01527={delivery}\x0111={event.cl_ord_id or NO_ORDER}\x01"
        f"41={event.orig_cl_ord_id or NO_ORDER}\x0139={STATUS[event.status]}\x01{account}60={utc_timestamp(time)}\x01"
        f"434={'1' if event.request == 'cancel' else '2'}\x01102={CATALOGUE[event.refusal.code].cancel}\x01{words}"
    )
