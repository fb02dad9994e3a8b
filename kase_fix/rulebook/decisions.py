"""Who may decide what, and on what ground (art. 2-5, 7-9, 41): tables that decisions are held against."""

from kase_fix.messages.decisions import Decision
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook.refusals import DOCUMENT_MISSING, NOT_ENTITLED, WRONG_GROUND

CHAIRMAN = "chairman"
DEPUTY = "deputy_chairman"
BOARD_MEMBER = "board_member"
MAKLER = "makler"
ADMINISTRATOR = "administrator"
OFFICES = (CHAIRMAN, DEPUTY, BOARD_MEMBER, MAKLER, ADMINISTRATOR)

HEADS = (CHAIRMAN, DEPUTY)
TRADING_TIME_GROUNDS = tuple(f"art. 4 p. 3 sp. {number}" for number in range(1, 6))
OPENING_ASKED_FOR = "art. 4 p. 3 sp. 4"
"""An initiator asks for an opening time: it must lie within the group's trading day."""
OPERATIONAL_DAY_GROUNDS = tuple(f"art. 5 p. 3 sp. {number}" for number in range(1, 6))
CONTROL_GROUNDS = tuple(f"art. 41 p. 2 sp. {number}" for number in (1, 2))
FORCE_MAJEURE = "art. 9"


def entitled(by: Decision, offices: tuple[str, ...], clause: str) -> Refusal | None:
    """Refuse a decision of someone who may not take it. `actor` may name a person after the office: "makler A. B."."""
    if by.actor.split(" ", 1)[0] in offices:
        return None
    return Refusal(NOT_ENTITLED, clause, (by.actor or "nobody",))


def grounded(by: Decision, grounds: tuple[str, ...], clause: str, force_majeure: bool = False) -> Refusal | None:
    """Refuse a ground the clause does not know; in force majeure art. 9 is one."""
    allowed = (*grounds, FORCE_MAJEURE) if force_majeure else grounds
    if by.ground in allowed:
        return None
    return Refusal(WRONG_GROUND, clause, (by.ground or "nothing", ", ".join(allowed)))


def documented(by: Decision, clause: str) -> Refusal | None:
    """Refuse a decision that must rest on a document and names none."""
    return None if by.document else Refusal(DOCUMENT_MISSING, clause)
