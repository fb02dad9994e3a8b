"""OrderMassCancelRequest(q) and its report (r), alike in both dialects (R-110)."""

from kase_fix.gateway.dialect import reading
from kase_fix.gateway.dialect.direct_reading import parties
from kase_fix.gateway.dialect.fix_text import Fields, utc_timestamp
from kase_fix.gateway.dialect.problems import conditionally_missing
from kase_fix.gateway.dialect.report_parts import NO_ORDER, both_languages, refusal_words
from kase_fix.messages.order_events import MassCancelAnswered
from kase_fix.messages.protection import MassCancel, Scope
from kase_fix.rulebook.refusals import UNKNOWN_INSTRUMENT
from kase_fix.rulebook.refusals_of_protection import UNKNOWN_BOARD

REJECTED = "0"
"""MassCancelResponse(531)."""
REASONS = {UNKNOWN_INSTRUMENT: 1, UNKNOWN_BOARD: 6}
"""MassCancelRejectReason(532)."""
OTHER = 99
LISTED = 500
"""Of more orders than these the report has only their number (533): each has a report of its own."""
AFFECTED = "\x01534="
"""A report with this group needs the dictionary, which keeps the members of groups together."""


def mass_cancel(fields: Fields, user: str) -> MassCancel:
    """Read OrderMassCancelRequest(q): 530 is 1 (an instrument, 55), 6 (a board, 336) or 7 (all).

    54 and 1 narrow each down; a party (448) is the own firm or another user of it. Raises `Unreadable`: 373=5 for
    another 530, 380=5 where 55 or 336 is missing.
    """
    name = reading.required(fields, 11)
    scope = reading.one_of(fields, 530, tuple(Scope))
    for wanted, tag in ((Scope.INSTRUMENT, 55), (Scope.BOARD, 336)):
        if scope is wanted and not fields.get(tag):
            raise conditionally_missing(
                fields, f"With MassCancelRequestType(530)={scope} there must be tag {tag}", name
            )
    return MassCancel(
        user=user,
        cl_ord_id=name,
        scope=scope,
        symbol=fields.get(55, "") if scope is Scope.INSTRUMENT else "",
        board="" if scope is Scope.ALL else fields.get(336, ""),
        side=reading.optional_side(fields),
        account=fields.get(1, ""),
        party=next((party for party, _ in parties(fields)), ""),
        poss_resend=reading.poss_resend(fields),
    )


def mass_cancel_report(event: MassCancelAnswered, delivery: str, time: int) -> str:
    """Return OrderMassCancelReport(r): how many orders are withdrawn (533), which (534), and what of them is left.

    37 is the number of the request, 527 the delivery id as in every report.
    """
    encoding, words = _words(event)
    response, reason = event.scope.value, ""
    if event.refusal is not None:
        response, reason = REJECTED, f"532={REASONS.get(event.refusal.code, OTHER)}\x01"
    board = f"336={event.board}\x01" if event.board else ""
    symbol = f"55={event.symbol}\x01" if event.symbol else ""
    side = f"54={event.side.value}\x01" if event.side is not None else ""
    return (
        f"35=r\x01{encoding}11={event.cl_ord_id}\x0137={event.order_id or NO_ORDER}\x01527={delivery}\x01"
        f"530={event.scope.value}\x01531={response}\x01{reason}533={len(event.withdrawn)}\x01{_affected(event)}"
        f"{board}{symbol}{side}60={utc_timestamp(time)}\x01{words}"
    )


def _affected(event: MassCancelAnswered) -> str:
    orders = event.withdrawn
    if not 0 < len(orders) <= LISTED:
        return ""
    group = "".join(f"41={cl_ord_id}\x01535={order_id}\x01" for cl_ord_id, order_id in orders)
    return f"534={len(orders)}\x01{group}"


def _words(event: MassCancelAnswered) -> tuple[str, str]:
    if event.refusal is not None:
        return refusal_words(event.refusal)
    if event.repeated:
        return both_languages("Carried out before; nothing was done now", "Исполнено ранее; повторно не исполнялось")
    if event.left:
        return both_languages(
            f"{event.left} more may not be withdrawn now", f"Не могут быть сняты сейчас, заявок: {event.left}"
        )
    return "", ""
