"""What a client asks of the exchange's reference data: the calendars (CAR) and the members (CF), in both dialects."""

from kase_fix.gateway.dialect import reading
from kase_fix.gateway.dialect.direct_reading import parties
from kase_fix.gateway.dialect.fix_text import Fields
from kase_fix.gateway.dialect.questions import CalendarDays, PartyList


def calendar(fields: Fields, user: str) -> CalendarDays:
    """Read CalendarRequest(CAR): from StartDate(916) to EndDate(917), or the one day of CalendarDate(5234)."""
    day = reading.date(fields, 5234)
    return CalendarDays(user, reading.date(fields, 916) or day, reading.date(fields, 917) or day)


def party_list(fields: Fields, user: str) -> PartyList:
    """Read PartyDetailsListRequest(CF): RequestedPartyRole(1509) and PartyID(448) narrow it down."""
    return PartyList(
        user=user,
        request_id=reading.required(fields, 1505),
        roles=tuple(dict.fromkeys(fields.every(1509))),
        names=tuple(dict.fromkeys(name for name, _ in parties(fields))),
        subscription=fields.get(263, "0"),
    )
