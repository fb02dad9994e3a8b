"""What is told of quotes in FIX44: MassQuoteAcknowledgement(b) and QuoteStatusReport(AI) (R-161, R-162).

The acknowledgement speaks for the orders underneath: that they enter, change and end with a quote is told by no report
of theirs; their deals are, and any end that was not asked for by a quote.
"""

from itertools import groupby

from kase_fix.gateway.dialect.report_parts import both_languages, refusal_words
from kase_fix.messages.order_state import OrderState, Refusal
from kase_fix.messages.quotes import MassQuoteAnswered, QuoteResult, QuotesCancelled
from kase_fix.rulebook import refusals as codes
from kase_fix.rulebook.refusals_of_protection import USER_ORDERS, USER_QUANTITY, USER_VALUE
from kase_fix.rulebook.refusals_of_quotes import MAY_NOT_QUOTE, QUOTE_CROSSED, TOO_MANY_ENTRIES

ACCEPTED, REJECTED, NOT_FOUND = "0", "5", "9"
"""QuoteStatus(297); of a withdrawal it is QuoteCancelType(298) given back."""
SETS = "\x01296="
"""A report with this group needs the dictionary, which keeps the members of groups together."""
NEGATIVE, EACH = 1, 2
"""QuoteResponseLevel(301)."""
OTHER = 99
_UNKNOWN, _CLOSED, _LIMIT, _DUPLICATE, _SPREAD, _PRICE, _NOT_AUTHORIZED = 1, 2, 3, 6, 7, 8, 9
REASONS = {
    codes.UNKNOWN_INSTRUMENT: _UNKNOWN,
    codes.SESSION_CLOSED: _CLOSED,
    codes.NOT_TRADED_TODAY: _CLOSED,
    codes.INSTRUMENT_SUSPENDED: _CLOSED,
    codes.TRADING_MOVED: _CLOSED,
    codes.ABOVE_MAXIMUM: _LIMIT,
    USER_ORDERS: _LIMIT,
    USER_QUANTITY: _LIMIT,
    USER_VALUE: _LIMIT,
    TOO_MANY_ENTRIES: _LIMIT,
    codes.DUPLICATE_ORDER: _DUPLICATE,
    QUOTE_CROSSED: _SPREAD,
    codes.PRICE_MISSING: _PRICE,
    codes.PRICE_OFF_GRID: _PRICE,
    codes.PRICE_NOT_POSITIVE: _PRICE,
    codes.PRICE_ABOVE_MAXIMUM: _PRICE,
    codes.BEYOND_LIMIT: _PRICE,
    codes.BEYOND_HARD_LIMIT: _PRICE,
    MAY_NOT_QUOTE: _NOT_AUTHORIZED,
    codes.FIRM_QUOTES_ONLY: _NOT_AUTHORIZED,
    codes.NOT_ADMITTED: _NOT_AUTHORIZED,
    codes.NOT_A_PARTICIPANT: _NOT_AUTHORIZED,
    codes.MEMBER_SUSPENDED: _NOT_AUTHORIZED,
    codes.NO_RIGHT_ON_ACCOUNT: _NOT_AUTHORIZED,
}
"""QuoteRejectReason(300) and QuoteEntryRejectReason(368): the same numbers; any other refusal is 99."""


def quote_fields(order: OrderState) -> str:
    """Return QuoteID(117) and QuoteEntryID(299) of a quote's order; nothing of others."""
    if not order.quote_id:
        return ""
    entry = f"299={order.quote_entry}\x01" if order.quote_entry else ""
    return f"117={order.quote_id}\x01{entry}"


def acknowledgement(event: MassQuoteAnswered, delivery: str) -> str:
    """Return b of a mass quote, AI of a single one; empty where the client wanted none (301)."""
    refused = [one for one in event.entries if one.refusal is not None]
    negative = event.refusal is not None or bool(refused)
    if event.level < NEGATIVE or (event.level < EACH and not negative):
        return ""
    all_refused = event.refusal is not None or (bool(refused) and len(refused) == len(event.entries))
    status = REJECTED if all_refused else ACCEPTED
    if event.single:
        return _status_report(event, delivery, status)
    entries = () if event.refusal is not None or event.repeated else event.entries if event.level >= EACH else refused
    encoding, words = _words(event.refusal, event.repeated)
    encoding = encoding or ("347=UTF-8\x01" if refused else "")
    return f"35=b\x01{encoding}{_head(event, delivery, status)}{_reason(event.refusal)}{words}{_sets(entries)}"


def withdrawn(event: QuotesCancelled, delivery: str) -> str:
    """Return b of a QuoteCancel(Z): 297 is its 298, 5 where it was refused, 9 where there was nothing to withdraw."""
    if event.level < NEGATIVE or (event.level < EACH and event.refusal is None and event.withdrawn):
        return ""
    status = event.scope.value
    if event.refusal is not None:
        status = REJECTED
    elif not (event.withdrawn or event.left) and event.scope.value == "1":
        status = NOT_FOUND
    encoding, words = _words(event.refusal)
    if event.left:
        encoding, words = both_languages(
            f"{event.left} more may not be withdrawn now", f"Не могут быть сняты сейчас, заявок: {event.left}"
        )
    return f"35=b\x01{encoding}{_head(event, delivery, status)}{_reason(event.refusal)}{words}"


def _head(event: MassQuoteAnswered | QuotesCancelled, delivery: str, status: str) -> str:
    account = f"1={event.account}\x01" if event.account else ""
    return f"117={event.cl_ord_id}\x01527={delivery}\x01297={status}\x01301={event.level}\x01{account}"


def _status_report(event: MassQuoteAnswered, delivery: str, status: str) -> str:
    (entry,) = event.entries
    refusal = event.refusal or entry.refusal
    encoding, words = _words(refusal, event.repeated)
    board = f"336={entry.board}\x01" if entry.board else ""
    return (
        f"35=AI\x01{encoding}117={event.cl_ord_id}\x01527={delivery}\x0155={entry.symbol}\x01{board}"
        f"1={event.account}\x01297={status}\x01{_reason(refusal)}{words}"
    )


def _reason(refusal: Refusal | None) -> str:
    return "" if refusal is None else f"300={REASONS.get(refusal.code, OTHER)}\x01"


def _words(refusal: Refusal | None, repeated: bool = False) -> tuple[str, str]:
    if refusal is not None:
        return refusal_words(refusal)
    if repeated:
        return both_languages("Carried out before; nothing was done now", "Исполнено ранее; повторно не исполнялось")
    return "", ""


def _sets(entries: tuple[QuoteResult, ...] | list[QuoteResult]) -> str:
    sets = [(name, list(inside)) for name, inside in groupby(entries, key=lambda one: one.set_id)]
    if not sets:
        return ""
    return f"296={len(sets)}\x01" + "".join(
        f"302={name}\x01304={len(inside)}\x01295={len(inside)}\x01{''.join(map(_entry, inside))}"
        for name, inside in sets
    )


def _entry(result: QuoteResult) -> str:
    board = f"336={result.board}\x01" if result.board else ""
    reason = words = ""
    if result.refusal is not None:
        reason = f"368={REASONS.get(result.refusal.code, OTHER)}\x01"
        _, words = refusal_words(result.refusal)
    return f"299={result.entry_id}\x0155={result.symbol}\x01{board}{reason}{words}"
