"""Deals on request, alike in both dialects: AE for each of the user's sides, AQ where there is none or none is told.

Trading is anonymous: a report has the user's own side alone.
"""

import datetime as dt
from collections.abc import Collection, Container, Iterable, Mapping

from kase_fix.calendar.almaty import date_of
from kase_fix.gateway.dialect.corrections_text import TRANSACTIONS
from kase_fix.gateway.dialect.delivery import BUYER, SELLER, delivery_id
from kase_fix.gateway.dialect.fix_text import date_text, utc_timestamp
from kase_fix.gateway.dialect.listing import Listing, decimals_of
from kase_fix.gateway.dialect.questions import Deals
from kase_fix.gateway.dialect.report_parts import NO_SYMBOL, Heading, both_languages, cl_ord_id
from kase_fix.messages.deal_events import Deal, DealFailed
from kase_fix.messages.deal_terms import BondMoney
from kase_fix.values.numbers import format_decimal, format_price

ALL, MATCHING = "0", "1"
"""TradeRequestType(569)."""
SNAPSHOT = "0"
"""SubscriptionRequestType(263)."""
FOUND, UNKNOWN_SYMBOL, TYPE_NOT_SUPPORTED, NOT_AUTHORIZED, OTHER = 0, 1, 8, 9, 99
"""TradeRequestResult(749)."""
COMPLETED, REJECTED = 1, 2
"""TradeRequestStatus(750)."""
WORDS = {
    UNKNOWN_SYMBOL: "The instrument {0.symbol} is not listed",
    TYPE_NOT_SUPPORTED: "TradeRequestType(569) is 0, all deals, or 1, those that match",
    NOT_AUTHORIZED: "The account {0.account} is not yours",
}
OTHER_DAY = "Only the deals of the operational day are told"
NO_SUBSCRIPTION = "Deals are told unasked by ExecutionReport(8): ask with 263=0"

Told = tuple[int, int, int, Deal]
"""Command, event and moment (ns UTC) of a deal, and the deal."""


def answers(
    question: Deals,
    accounts: tuple[str, ...],
    told: Iterable[Told],
    failed: Collection[str],
    instruments: Listing,
    today: dt.date | None,
    users: Container[str] = (),
    copied: bool = False,
    taken_back: Mapping[str, str] = {},
) -> list[str]:
    """Return the answers to AD; `told` are the users' deals of the day, `failed` the numbers of those not executed.

    `users` are those whose sides are told, the asker himself where there are none; `copied` names each as a copy's.
    `taken_back` has ExecType(150) of those that the exchange has cancelled or corrected, by their number.
    """
    result, words = _judged(question, accounts, instruments, today)
    if result != FOUND:
        return [_ack(question, result, REJECTED, words)]
    sides = [(entry, side) for entry in told for side in _sides(question, entry[3], users or (question.user,))]
    if not sides:
        return [_ack(question, FOUND, COMPLETED, "")]
    return [
        _report(question, *entry, side, _kind(entry[3], failed, taken_back), instruments, len(sides), place, copied)
        for place, (entry, side) in enumerate(sides, 1)
    ]


def _kind(deal: Deal, failed: Collection[str], taken_back: Mapping[str, str]) -> str:
    """Return ExecType(150), with TradeReportTransType(487) of what the exchange has cancelled or corrected."""
    kind = taken_back.get(deal.deal_id)
    if kind is not None:
        return f"487={TRANSACTIONS[kind]}\x01150={kind}\x01"
    return "150=H\x01" if deal.deal_id in failed else "150=F\x01"


def _judged(question: Deals, accounts: tuple[str, ...], instruments: Listing, today: dt.date | None) -> tuple[int, str]:
    result = FOUND
    if question.kind not in (ALL, MATCHING):
        result = TYPE_NOT_SUPPORTED
    elif question.subscription != SNAPSHOT:
        return OTHER, NO_SUBSCRIPTION
    elif question.date not in (None, today):
        return OTHER, OTHER_DAY
    elif question.symbol and question.symbol not in instruments:
        result = UNKNOWN_SYMBOL
    elif question.account and question.account not in accounts:
        result = NOT_AUTHORIZED
    return result, WORDS[result].format(question) if result in WORDS else ""


def _sides(question: Deals, deal: Deal, users: Container[str]) -> list[str]:
    """Return the users' sides of a deal that the question is about; 569=0 asks for all, whatever else it says."""
    own = [(side, order) for side, order in ((BUYER, deal.buy), (SELLER, deal.sell)) if order.user in users]
    if question.kind == ALL:
        return [side for side, _ in own]
    return [
        side
        for side, order in own
        if question.symbol in ("", deal.symbol)
        and question.side in (None, order.side)
        and question.account in ("", order.account)
        and question.order_id in ("", order.order_id)
        and question.cl_ord_id in ("", order.cl_ord_id)
        and question.deal_id in ("", deal.deal_id)
    ]


def _report(
    question: Deals,
    number: int,
    index: int,
    time: int,
    deal: Deal,
    side: str,
    kind: str,
    instruments: Listing,
    total: int,
    place: int,
    copied: bool,
) -> str:
    """AE. One that was not executed is 150=H, a trade cancelled; the other fields are those of its fill.

    One that was corrected is told as it stands.
    """
    order = deal.sell if side == SELLER else deal.buy
    identity = delivery_id(number, index, side)
    price = format_price(deal.price, decimals_of(instruments, deal.symbol))
    return (
        f"35=AE\x01571={identity}\x01568={question.reference}\x01{kind}748={total}\x01"
        f"912={'Y' if place == total else 'N'}\x01880={deal.deal_id}\x0117={identity}\x01527={identity}\x01570=N\x01"
        f"55={deal.symbol}\x0132={deal.quantity}\x0131={price}\x01"
        f"75={date_text(date_of(time))}\x0160={utc_timestamp(time)}\x0164={date_text(deal.settlement)}\x01"
        f"552=1\x0154={order.side.value}\x0137={order.order_id}\x0111={order.cl_ord_id}\x011={order.account}\x01"
        f"336={deal.board}\x01{_money(deal)}{copy_mark(order.user) if copied else ''}"
    )


def not_executed(event: DealFailed, head: Heading, delivery: str, time: int, instruments: Listing) -> str:
    """Return AE, unasked, of a deal that is not executed: 487=1, 150=H, on the user's order or one he controls.

    An ExecutionReport with 150=H would change the sum of the order's fills, which stays.
    """
    deal, order = event.deal, head.order
    encoding, words = both_languages(*head.words)
    price = format_price(deal.price, decimals_of(instruments, deal.symbol))
    return (
        f"35=AE\x01{encoding}571={delivery}\x01487=1\x01856=0\x01150=H\x01880={deal.deal_id}\x01527={delivery}\x01"
        f"570=N\x0155={deal.symbol}\x0132={deal.quantity}\x0131={price}\x0175={date_text(date_of(time))}\x01"
        f"60={utc_timestamp(time)}\x0164={date_text(deal.settlement)}\x01552=1\x0154={order.side.value}\x01"
        f"37={order.order_id}\x01{cl_ord_id(head.cl_ord_id)}1={order.account}\x01336={deal.board}\x01{_money(deal)}{words}"
    )


def copy_mark(member: str) -> str:
    """Return CopyMsgIndicator(797) and Username(553): this is a copy of what a member is told."""
    return f"797=Y\x01553={member}\x01"


def _money(deal: Deal) -> str:
    """AccruedInterestAmt(159) and NetMoney(118) of a bond: what the price alone does not tell."""
    if not isinstance(deal.terms, BondMoney):
        return ""
    return f"159={_amount(deal.terms.accrued)}\x01118={_amount(deal.terms.amount)}\x01"


def _amount(money: int) -> str:
    return format_decimal(money, 2, 2)


def _ack(question: Deals, result: int, status: int, words: str) -> str:
    """AQ: no deals (749=0, 750=1), or why none are told (750=2)."""
    text = f"58={words}\x01" if words else ""
    return (
        f"35=AQ\x01568={question.reference}\x01569={question.kind}\x01748=0\x01749={result}\x01750={status}\x01"
        f"55={question.symbol or NO_SYMBOL}\x01{text}"
    )
