"""What both sides are told of a deal that the exchange cancels or corrects: ExecType(150)=H and G (R-168).

In FIX44 ExecRefID(19) is ExecID(17) of the fill, also of one that was corrected before; in NEXT, where ExecID(17) is
the deal's number, both are that. LastPx(31) and LastQty(32) are those of the deal: as it stood, or as it stands.
"""

from collections.abc import Mapping

import msgspec

from kase_fix.gateway.dialect.delivery import CONFIRMER, SELLER, TAKEN_BACK
from kase_fix.gateway.dialect.direct_text import as_seen
from kase_fix.gateway.dialect.report_parts import Heading
from kase_fix.messages.corrections import DealBusted
from kase_fix.messages.order_state import OrderState
from kase_fix.values.numbers import format_price

CANCEL, CORRECT = "H", "G"
"""ExecType(150): trade cancel, trade correct."""
TRANSACTIONS: Mapping[str, str] = {CANCEL: "1", CORRECT: "2"}
"""TradeReportTransType(487) of an AE on such a deal: cancel, replace."""


def exec_type(event: TAKEN_BACK) -> str:
    """Return ExecType(150)."""
    return CANCEL if isinstance(event, DealBusted) else CORRECT


def fill_of(event: TAKEN_BACK, side: str) -> str:
    """Return the delivery id of the fill that a side (see `recipients`) was told of: the deal's number and the side."""
    return f"{event.deal.deal_id}-{side}"


def heading_of(event: TAKEN_BACK, side: str, known: OrderState | None, decimals: int) -> Heading:
    """Return the heading: the side's order as it stands, and in words what became of the deal.

    `known` is that order with its latest terms. To who controls its account it is not named.
    """
    order = known or (event.sell if side[0] == SELLER else event.buy)
    words = words_of(event, decimals)
    if side[0] == CONFIRMER:
        return Heading(as_seen(order, CONFIRMER), exec_type(event), "", side=CONFIRMER, words=words)
    return Heading(order, exec_type(event), order.cl_ord_id, words=words)


def words_of(event: TAKEN_BACK, decimals: int) -> tuple[str, str]:
    """Return in English and Russian what became of the deal, why and by which document."""
    name = event.deal.deal_id
    why = f" ({event.reason})" if event.reason else ""
    english = f" by the exchange{why}" + (f" No {event.document}" if event.document else "")
    russian = f" биржей{why}" + (f" № {event.document}" if event.document else "")
    if isinstance(event, DealBusted):
        return f"Deal {name} is cancelled{english}", f"Сделка {name} отменена{russian}"
    was, now = (f"{deal.quantity} x {format_price(deal.price, decimals)}" for deal in (event.before, event.deal))
    return (
        f"Deal {name} is corrected{english}: {now} in place of {was}",
        f"Сделка {name} исправлена{russian}: {now} вместо {was}",
    )


def without_repeated(head: Heading) -> Heading:
    """Return the heading without the deal its order repeats: NEXT says that in 19, which is taken here."""
    direct = head.order.direct
    if direct is None or not direct.replaces:
        return head
    order = msgspec.structs.replace(head.order, direct=msgspec.structs.replace(direct, replaces=""))
    return msgspec.structs.replace(head, order=order)
