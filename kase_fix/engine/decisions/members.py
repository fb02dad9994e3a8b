"""Decisions about members, and messages to them (art. 7 p. 2; art. 3 p. 3; art. 4 p. 4)."""

from kase_fix.engine import specialised
from kase_fix.engine.decisions.telling import tell
from kase_fix.engine.indicative import withdraw_those
from kase_fix.engine.turn import Turn
from kase_fix.engine.withdrawal import withdraw_all
from kase_fix.messages.day_events import Announced
from kase_fix.messages.decisions import Announce, RestoreMember, SuspendMember
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook import decisions as rules
from kase_fix.rulebook.refusals import MEMBER_SUSPENDED, UNKNOWN_NAME
from kase_fix.rulebook.refusals_of_methods import SPECIALISED_FAILED


def suspend(turn: Turn, command: SuspendMember) -> Refusal | dict[str, str]:
    """Suspend a member by the authority's document: its orders are withdrawn, none is formed daily any more."""
    state, firm = turn.state, command.firm
    refusal = rules.entitled(command.by, rules.OFFICES, "art. 7 p. 2") or rules.documented(command.by, "art. 7 p. 2")
    refusal = refusal or _unknown(turn, firm)
    if refusal is not None:
        return refusal
    tell(
        turn, f"The member {firm} is suspended from trading", f"Участник торгов {firm} отстранен от торгов", command.by
    )
    state.terms.firms_suspended.add(firm)
    of_firm = [order for order in state.orders.values() if order.firm == firm]
    withdrawn = withdraw_all(turn, of_firm, MEMBER_SUSPENDED, clause="art. 7 p. 2")
    withdraw_those(turn, lambda quote: quote.firm == firm, MEMBER_SUSPENDED)
    for trading in specialised.initiated_by(state, firm):
        specialised.fail(turn, trading, SPECIALISED_FAILED, "art. 7 p. 2")
    return {"firm": firm, "orders": str(len(withdrawn))}


def restore(turn: Turn, command: RestoreMember) -> Refusal | dict[str, str]:
    """Let a member trade again."""
    refusal = rules.entitled(command.by, rules.OFFICES, "art. 7 p. 2") or _unknown(turn, command.firm)
    if refusal is not None:
        return refusal
    tell(turn, f"The member {command.firm} may trade again", f"Участник {command.firm} допущен к торгам", command.by)
    turn.state.terms.firms_suspended.discard(command.firm)
    return {"firm": command.firm}


def announce(turn: Turn, command: Announce) -> Refusal | dict[str, str]:
    """Tell all members, or one user, something through the trading system (art. 3 p. 3; art. 4 p. 4)."""
    refusal = rules.entitled(command.by, rules.OFFICES, "art. 4 p. 4")
    market = turn.state.market
    if refusal is None and command.user and (market is None or command.user not in market.users):
        refusal = Refusal(UNKNOWN_NAME, "art. 4 p. 4", ("user", command.user))
    if refusal is not None:
        return refusal
    turn.events.append(Announced(command.english, command.russian or command.english, command.user))
    return {"text": command.english, "user": command.user} if command.user else {"text": command.english}


def _unknown(turn: Turn, firm: str) -> Refusal | None:
    market = turn.state.market
    if market is not None and any(user.firm == firm for user in market.users.values()):
        return None
    return Refusal(UNKNOWN_NAME, "art. 7 p. 2", ("member", firm))
