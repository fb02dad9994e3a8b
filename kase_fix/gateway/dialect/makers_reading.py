"""What a market maker asks in NEXT: what he is bound to (MR), how his quotes stand (MT)."""

from kase_fix.gateway.dialect import reading
from kase_fix.gateway.dialect.fix_text import Fields
from kase_fix.gateway.dialect.questions import MakerLiabilities, MakerStatistics

UNSUBSCRIBE = 2
GREATEST_PLACE = 999_999_999


def liabilities(fields: Fields, user: str) -> MakerLiabilities:
    """Read MMLiabilityRequest(MR)."""
    return MakerLiabilities(user, reading.required(fields, 5128), reading.number(fields, 263, 0, UNSUBSCRIBE))


def statistics(fields: Fields, user: str) -> MakerStatistics:
    """Read MMStatRequest(MT): of the instrument of Symbol(55) or MMakerInstrId(5122), else of all of his (R-159)."""
    return MakerStatistics(
        user=user,
        reference=reading.required(fields, 5128),
        subscription=reading.number(fields, 263, 0, UNSUBSCRIBE),
        symbol=fields.get(55, ""),
        place=reading.number(fields, 5122, 0, GREATEST_PLACE),
    )
