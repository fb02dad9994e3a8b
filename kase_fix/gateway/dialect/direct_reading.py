"""What a client says of a direct order, and a custodian's word on an order of others: D and AU of both dialects."""

from kase_fix.gateway.dialect import reading
from kase_fix.gateway.dialect.fix_text import SOH, Fields
from kase_fix.gateway.dialect.problems import SessionReason, conditionally_missing, unread, wrong
from kase_fix.messages.commands import Confirm
from kase_fix.messages.direct import DirectTerms

PARTIES, REPLACED_DEAL = 453, 1003
_OF_DIRECT = frozenset({PARTIES, REPLACED_DEAL})
_CONTRA_TRADER, _CONTRA_FIRM, _NO_ROLE = "37", "17", ""
NAMED = (_CONTRA_TRADER, _CONTRA_FIRM)
"""PartyRole(452) of a counterparty, the more exact one first; the client of FIX44 is 3."""
NAMED_OR_ALONE = (*NAMED, _NO_ROLE)
"""The same in NEXT, whose clients give PartyID(448) without a role."""
_AFFIRMED = {"3": True, "2": False}
_RECEIVED = "1"


def direct_terms(fields: Fields, roles: tuple[str, ...]) -> DirectTerms | None:
    """Return to whom an order is addressed and what was agreed; None: to nobody.

    Parties(453), SecondaryClOrdID(526), TradeID(1003) of the deal it repeats; of a direct repo EndDate(917) and the
    price of its closing, Price2(640). Raises `Unreadable` where a deal is to be repeated with nobody (380=5).
    """
    if _OF_DIRECT.isdisjoint(fields):
        return None
    counterparty = _counterparty(fields, roles)
    if not counterparty:
        if REPLACED_DEAL in fields:
            text = "A repeated deal names its counterparty in Parties(453)"
            raise conditionally_missing(fields, text, fields.get(11, ""))
        return None
    return DirectTerms(
        counterparty,
        fields.get(526, ""),
        fields.get(REPLACED_DEAL, ""),
        reading.date(fields, 917),
        reading.price(fields, 640),
    )


def confirmation(fields: Fields, user: str) -> Confirm:
    """Read ConfirmationAck(AU): ConfirmID(664) is the OrderID, AffirmStatus(940) 3 confirms and 2 rejects.

    1 only says that something was received, which is no decision: it is answered by j.
    """
    order_id = reading.required(fields, 664)
    status = reading.required(fields, 940)
    if status == _RECEIVED:
        raise unread(fields, "AffirmStatus(940) is 3 to confirm, 2 to reject; 1 changes nothing", order_id)
    agreed = _AFFIRMED.get(status)
    if agreed is None:
        raise wrong(fields, 940, SessionReason.OUT_OF_RANGE, "Value of tag 940 is out of range")
    return Confirm(user, order_id, agreed, fields.get(58, ""))


def _counterparty(fields: Fields, roles: tuple[str, ...]) -> str:
    """Return the PartyID(448) with the first of these roles that is there; empty: there is none."""
    found: dict[str, str] = {}
    for name, role in parties(fields):
        found.setdefault(role, name)
    return next((found[role] for role in roles if found.get(role)), "")


def parties(fields: Fields) -> list[tuple[str, str]]:
    """Return (448, 452) of each entry of Parties(453), in order; no role is empty."""
    entries: list[tuple[str, str]] = []
    for part in fields.text.split(SOH):
        tag, _, value = part.partition("=")
        if tag == "448":
            entries.append((value, _NO_ROLE))
        elif tag == "452" and entries:
            entries[-1] = (entries[-1][0], value)
    return entries
