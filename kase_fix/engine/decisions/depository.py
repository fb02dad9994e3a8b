"""The depository is asked once more (art. 5 p. 4)."""

from kase_fix.calendar.almaty import wall
from kase_fix.clearing.depository import clause_of
from kase_fix.engine.depository import ask
from kase_fix.engine.turn import Turn
from kase_fix.messages.decisions import AskDepository
from kase_fix.messages.depository import BALANCES, REQUESTS
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook.operational_day import CLOSES
from kase_fix.rulebook.refusals import UNKNOWN_NAME
from kase_fix.rulebook.refusals_of_depository import NOT_TO_BE_ASKED


def ask_again(turn: Turn, command: AskDepository) -> Refusal | dict[str, str]:
    """Ask for the balances while today's are not in, or to close while the day's end is past (R-91)."""
    state, what = turn.state, command.what
    if what not in REQUESTS:
        return Refusal(UNKNOWN_NAME, "art. 5 p. 4", ("request", what))
    clause = clause_of(what)
    closes = state.terms.changes.day_closes or CLOSES
    why = ""
    if not state.day_open:
        why = "no operational day is open"
    elif what == BALANCES and state.depository.open:
        why = "today's are in"
    elif what != BALANCES and wall(turn.time).time() < closes:
        why = f"the operational day ends at {closes:%H:%M}"
    if why:
        return Refusal(NOT_TO_BE_ASKED, clause, (what, why))
    ask(turn, what)
    return {"what": what}
