"""The NEXT dialect: FIXT.1.1 with FIX.5.0 and the exchange's own tags. Text to commands, events to text."""

import datetime as dt

import msgspec

from kase_fix.calendar.working_days import TENGE
from kase_fix.gateway.dialect import (
    chart_text,
    clearing_reading,
    corrections_text,
    indicative_text,
    makers_reading,
    questions,
    reading,
    reference_reading,
    repo_text,
    requests,
)
from kase_fix.gateway.dialect.delivery import ABOUT_A_REPO, SELLER, TAKEN_BACK, delivery_id
from kase_fix.gateway.dialect.direct_reading import NAMED_OR_ALONE, confirmation
from kase_fix.gateway.dialect.direct_text import NEXT_TAGS, direct_fields, side_of
from kase_fix.gateway.dialect.fix_text import Fields, date_text, utc_timestamp
from kase_fix.gateway.dialect.letters_reading import letter
from kase_fix.gateway.dialect.listing import SESSION_STATES, Listing, decimals_of
from kase_fix.gateway.dialect.mass_cancel_text import mass_cancel, mass_cancel_report
from kase_fix.gateway.dialect.problems import BusinessReason, Problem, business_reject
from kase_fix.gateway.dialect.questions import OrderStatus, Question
from kase_fix.gateway.dialect.report_parts import (
    STATUS,
    Heading,
    after_deal,
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
from kase_fix.gateway.dialect.terms_text import leg_decimals, leg_of, leg_order, money, settlement_of, terms_fields
from kase_fix.marketdata.turnover import turnover_of
from kase_fix.messages.commands import CancelOrder, NewOrder
from kase_fix.messages.deal_events import Deal, DealConfirmed, DealFailed
from kase_fix.messages.deal_terms import SwapTerms
from kase_fix.messages.events import CommandFailed, Event
from kase_fix.messages.indicative import IndicativeGone, IndicativeRefused, IndicativeSet
from kase_fix.messages.order_events import (
    CancelRefused,
    ConfirmRefused,
    MassCancelAnswered,
    OrderRefused,
    OrderRepeated,
)
from kase_fix.messages.order_state import OrderState
from kase_fix.rulebook.refusals import CATALOGUE, UNKNOWN_ORDER, english
from kase_fix.values.enums import OrderStatus as Status
from kase_fix.values.enums import Phase, Side
from kase_fix.values.numbers import format_price, money_of

BEGIN_STRING = "FIXT.1.1"
NO_DEAL = "N/A"
"""ExecID(17) where there is no deal. Also what clients write for "all" in 1 and 55 of AL."""
EXCHANGE = "KASE"
"""WhoRemoved(5187) where no member asked."""
REGULAR, SWAP, LEG = "REGULAR_DEAL", "SWAP_DEAL", "SWAP_LEG_DEAL"
"""DealType(5188)."""
_STATUSES = {**STATUS, Status.PENDING_COUNTERPARTY: "J", Status.PENDING_CONFIRMATION: "H"}
"""OrdStatus(39), with the exchange's own values."""


def read(message: Fields | str, user: str) -> requests.OrderCommand | Question | Problem:
    """Return what a message of `user` asks for, or the FIX answer that is due instead."""
    return requests.read(_READERS, message, user)


def _new_order(fields: Fields, user: str) -> NewOrder:
    """D: a party without a role is the counterparty; DoubleOrder(5146) with Spread(218) makes two orders (R-160)."""
    order = requests.new_order(fields, user, NAMED_OR_ALONE)
    if fields.get(5146) != "Y":
        return order
    return msgspec.structs.replace(order, two_sided=True, spread=reading.price(fields, 218))


def _cancel_order(fields: Fields, user: str) -> CancelOrder:
    """F: OrderID(37) is the key and ClOrdID(11) need not be there; OrderQty(38) makes it a partial cancel."""
    return requests.cancel_order(fields, user, fields.get(11, ""), reading.quantity(fields, 38))


def _order_status(fields: Fields, user: str) -> Question:
    """H without an order asks for everything of the user, from the archive where 5175 and 5176 give days."""
    if fields.get(11) or fields.get(37):
        return requests.order_status(fields, user)
    return questions.MassStatus(
        user=user,
        reference=fields.get(371, ""),
        symbol=fields.get(55, ""),
        date_from=reading.date(fields, 5175),
        date_to=reading.date(fields, 5176),
    )


_READERS: dict[str, requests.Reader] = {
    "D": _new_order,
    "F": _cancel_order,
    "G": requests.replace_order,
    "H": _order_status,
    "IQC": indicative_text.withdraw,
    "IQI": indicative_text.indicate,
    "IQR": indicative_text.indicative_list,
    "AD": clearing_reading.deals,
    "AL": clearing_reading.positions_of_next,
    "AN": clearing_reading.positions_of_next,
    "AU": confirmation,
    "C": letter,
    "CAR": reference_reading.calendar,
    "CF": reference_reading.party_list,
    "CL": chart_text.chart,
    "MR": makers_reading.liabilities,
    "MT": makers_reading.statistics,
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
    phase: Phase | None = None,
    user: str = "",
) -> str:
    """Return what `side` (see `recipients`) is told of event `index` of command `number`; empty: nothing.

    `time` is the command's, nanoseconds UTC. `known` is the order of an `OrderRepeated` or `CancelRefused` as it
    stands, if it is the user's; `request` the MsgType of the command of a `CommandFailed`; `phase` that of the board,
    for TradingSessionSubID(625).
    """
    delivery = f"527={delivery_id(number, index, side)}\x01"
    if isinstance(event, Deal):
        if side[1:]:
            return _beside_deal(event, side, delivery, time, instruments, phase)
        return _deal(event, side, delivery, time, instruments, phase, known)
    if isinstance(event, TAKEN_BACK):
        return _taken_back(event, side, delivery, time, instruments, phase, known)
    if isinstance(event, ABOUT_A_REPO):
        return repo_text.in_words(event, side, user) if side[1:] else repo_text.repo_information(event)
    if isinstance(event, DealConfirmed | DealFailed):
        after, deal_id = after_deal(event, side, known), event.deal.deal_id
        return _execution(after, "I", deal_id, time, instruments, phase, f"{delivery}5185={deal_id}\x01")
    head = heading(event, side)
    if head is not None:
        return _execution(head, "I", NO_DEAL, time, instruments, phase, delivery + _removed(head, time))
    if isinstance(event, OrderRefused):
        encoding, words = refusal_words(event.refusal)
        extra = f"{delivery}103={CATALOGUE[event.refusal.code].next}\x01{words}"
        head = Heading(event.order, "8", event.order.cl_ord_id)
        return _execution(head, "8", NO_DEAL, time, instruments, phase, extra, encoding)
    if isinstance(event, CancelRefused):
        return _cancel_refused(event, known, delivery, time, instruments, phase)
    if isinstance(event, OrderRepeated):
        asked = OrderStatus(event.user, event.cl_ord_id, event.order_id)
        return order_status(asked, known, time, instruments, phase, delivery)
    if isinstance(event, ConfirmRefused):
        return confirmation_refused(event)
    if isinstance(event, CommandFailed):
        return not_carried_out(event, request)
    if isinstance(event, IndicativeSet | IndicativeGone | IndicativeRefused):
        return indicative_text.answer(event, instruments)
    if isinstance(event, MassCancelAnswered):
        return mass_cancel_report(event, delivery_id(number, index, side), time)
    return ""


def order_status(
    asked: OrderStatus,
    order: OrderState | None,
    time: int,
    instruments: Listing,
    phase: Phase | None = None,
    extra: str = "",
) -> str:
    """Answer H by the order's present state: 150=I. Without an order: 39=8 and 103 (unknown order)."""
    extra = reference_of(asked) + extra
    if order is None:
        return unknown_order(asked, NO_DEAL, CATALOGUE[UNKNOWN_ORDER].next, time, extra)
    head = seen(order, side_of(order, asked.user))
    return _execution(head, "I", NO_DEAL, time, instruments, phase, extra)


def _execution(
    head: Heading,
    exec_type: str,
    exec_id: str,
    time: int,
    instruments: Listing,
    phase: Phase | None,
    extra: str,
    encoding: str = "",
) -> str:
    order = head.order
    orig = f"41={head.orig_cl_ord_id}\x01" if head.orig_cl_ord_id else ""
    decimals = decimals_of(instruments, order.symbol)
    own_encoding, text = words_of(head, decimals)
    direct = direct_fields(order, head.side, decimals, NEXT_TAGS)
    maker = "529=5\x015145=Y\x01" if order.market_maker else ""
    session = "" if phase is None else f"625={SESSION_STATES[phase]}\x01"
    return (
        f"35=8\x01{encoding or own_encoding}17={exec_id}\x01150={exec_type}\x01{cl_ord_id(head.cl_ord_id)}{orig}"
        f"{order_fields(order, decimals, _STATUSES)}{direct}6=0\x0160={utc_timestamp(time)}\x01"
        f"553={order.user}\x01{maker}{session}{extra}{text}"
    )


def _removed(head: Heading, time: int) -> str:
    """Return 5187 and 5177 of an order that is gone: who took it off, and when."""
    if head.exec_type not in ("4", "C"):
        return ""
    who = head.removed_by or (head.order.user if head.asked_for else EXCHANGE)
    return f"5187={who}\x015177={utc_timestamp(time)}\x01"


def _deal(
    deal: Deal,
    side: str,
    delivery: str,
    time: int,
    instruments: Listing,
    phase: Phase | None,
    controlled: OrderState | None = None,
) -> str:
    """A fill; 39 is H while it waits for a custodian. Of 5178-5183 only what is the user's own is filled in."""
    head = dealt(deal, side, controlled)
    if deal.awaits:
        order = msgspec.structs.replace(head.order, status=Status.PENDING_CONFIRMATION)
        head = msgspec.structs.replace(head, order=order)
    fill = f"{delivery}{_fill(deal, head.order, instruments)}"
    return _execution(head, "F", deal.deal_id, time, instruments, phase, fill)


def _fill(deal: Deal, order: OrderState, instruments: Listing) -> str:
    kind = SWAP if isinstance(deal.terms, SwapTerms) else REGULAR
    return (
        f"31={format_price(deal.price, decimals_of(instruments, deal.symbol))}\x0132={deal.quantity}\x01"
        f"{_settles(settlement_of(deal))}{_volume(deal, instruments)}5185={deal.deal_id}\x015188={kind}\x01"
        f"{_own(deal, order.side)}{terms_fields(deal, order, instruments)}"
    )


def _taken_back(
    event: TAKEN_BACK,
    side: str,
    delivery: str,
    time: int,
    instruments: Listing,
    phase: Phase | None,
    known: OrderState | None,
) -> str:
    """Return 150=H or G on the order, with 17 and 19 the deal's number; of a swap each leg too, they were 150=F.

    RI has nothing to say that a repo is cancelled by; corrected it is told of anew.
    """
    deal, kind = event.deal, corrections_text.exec_type(event)
    if side[1:] and not isinstance(deal.terms, SwapTerms):
        return repo_text.repo_information(deal) if kind == corrections_text.CORRECT else ""
    if side[1:]:
        reference = f"{delivery}19={leg_of(deal, side)[1]}\x01"
        return _leg(deal, side, reference, time, instruments, phase, known, kind)
    decimals = decimals_of(instruments, deal.symbol)
    head = corrections_text.without_repeated(corrections_text.heading_of(event, side, known, decimals))
    fill = f"{delivery}19={deal.deal_id}\x01{_fill(deal, head.order, instruments)}"
    return _execution(head, kind, deal.deal_id, time, instruments, phase, fill)


def _beside_deal(deal: Deal, side: str, delivery: str, time: int, instruments: Listing, phase: Phase | None) -> str:
    """A leg of a swap with the number of its own, 5231 that of the swap; or the repo that a deal opens."""
    if not isinstance(deal.terms, SwapTerms):
        return repo_text.repo_information(deal)
    return _leg(deal, side, delivery, time, instruments, phase)


def _leg(
    deal: Deal,
    side: str,
    delivery: str,
    time: int,
    instruments: Listing,
    phase: Phase | None,
    known: OrderState | None = None,
    exec_type: str = "F",
) -> str:
    leg, number = leg_of(deal, side)
    order = known or (deal.sell if side[0] == SELLER else deal.buy)
    volume = f"152={money(leg.amount)}\x01" if leg.currency == TENGE else ""
    fill = (
        f"{delivery}31={format_price(leg.price, leg_decimals(deal, instruments))}\x0132={leg.quantity}\x01"
        f"{_settles(leg.settlement)}{volume}5185={number}\x015188={LEG}\x015231={deal.deal_id}\x01"
        f"{_own(deal, order.side)}"
    )
    head = Heading(leg_order(order, leg), exec_type, order.cl_ord_id)
    return _execution(head, exec_type, number, time, instruments, phase, fill)


def _own(deal: Deal, side: Side) -> str:
    """Trading is anonymous: 5179 and 5181 of a buyer, 5180 and 5182 of a seller."""
    if side is Side.SELL:
        return f"5180={deal.sell.account}\x015182={deal.sell.order_id}\x01"
    return f"5179={deal.buy.account}\x015181={deal.buy.order_id}\x01"


def _settles(date: dt.date) -> str:
    """168 is a UTCTimestamp in the clients' dictionary: midnight UTC falls on the same day in Almaty."""
    return f"168={date_text(date)}-00:00:00\x01"


def _volume(deal: Deal, instruments: Listing) -> str:
    """152, what a deal comes to in tenge: of a swap the first leg, of a repo its opening, of a bond with interest."""
    if deal.terms is not None:
        paid = turnover_of(deal)
        return f"152={money(paid.amount)}\x01" if paid is not None and paid.currency == TENGE else ""
    listed = instruments.get(deal.symbol)
    return f"152={money(money_of(deal.price, deal.quantity))}\x01" if listed is not None and listed.in_tenge else ""


def _cancel_refused(
    event: CancelRefused,
    known: OrderState | None,
    delivery: str,
    time: int,
    instruments: Listing,
    phase: Phase | None,
) -> str:
    """These clients know no 9: the order as it stands with the reason in 58, or j where there is none."""
    if known is not None:
        head = msgspec.structs.replace(seen(known, side_of(known, event.user)), reason=event.refusal)
        return _execution(head, "I", NO_DEAL, time, instruments, phase, delivery)
    reason = BusinessReason.UNKNOWN_ID if event.refusal.code == UNKNOWN_ORDER else BusinessReason.OTHER
    kind = "F" if event.request == "cancel" else "G"
    reference = event.cl_ord_id or event.order_id
    return business_reject(0, kind, reason, english(event.refusal), reference)
