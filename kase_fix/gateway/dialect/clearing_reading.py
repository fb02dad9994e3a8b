"""What a client asks of clearing: its positions (AN of both dialects, AL of NEXT) and its deals (AD)."""

from kase_fix.gateway.dialect import reading
from kase_fix.gateway.dialect.fix_text import Fields
from kase_fix.gateway.dialect.questions import Deals, Positions

ALL = "N/A"
"""What clients write for "all" in 1 and 55."""


def positions(fields: Fields, user: str) -> Positions:
    """Read RequestForPositions(AN): Account(1), and Currency(15) or Symbol(55) narrow it down."""
    asset = fields.get(15) or fields.get(55, "")
    return Positions(
        user=user,
        reference=reading.required(fields, 710),
        account=_named(fields.get(1, "")),
        asset=_named(asset),
        date=reading.date(fields, 715),
        kind=fields.get(724, ""),
    )


def positions_of_next(fields: Fields, user: str) -> Positions:
    """Read AL, which asks for all positions of an account or of all, or AN of NEXT."""
    return Positions(
        user=user,
        reference=fields.get(710, ""),
        account=_named(fields.get(1, "")),
        asset=_named(fields.get(15) or fields.get(55, "")),
        date=reading.date(fields, 715),
        kind=fields.get(724, "") if fields.get(35) == "AN" else "",
    )


def deals(fields: Fields, user: str) -> Deals:
    """Read TradeCaptureReportRequest(AD)."""
    return Deals(
        user=user,
        reference=reading.required(fields, 568),
        kind=reading.required(fields, 569),
        subscription=fields.get(263, "0"),
        symbol=_named(fields.get(55, "")),
        side=reading.optional_side(fields),
        account=_named(fields.get(1, "")),
        date=reading.date(fields, 75),
        order_id=fields.get(37, ""),
        cl_ord_id=fields.get(11, ""),
        deal_id=fields.get(880, ""),
    )


def _named(text: str) -> str:
    return "" if text == ALL else text
