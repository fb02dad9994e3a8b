"""Confirmation of deals by who controls an account they use, within the control system's hours (art. 41, 42 p. 2, 3).

A deal stands from the moment it is done; one that is refused, or not confirmed by the end of the hours, is failed.
"""

import msgspec

from kase_fix.engine.kept_deals import KeptDeal
from kase_fix.engine.state import State
from kase_fix.engine.turn import Turn
from kase_fix.messages.commands import Confirm
from kase_fix.messages.day_events import Announced
from kase_fix.messages.deal_events import DealConfirmed
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook.operational_day import CONTROL
from kase_fix.rulebook.refusals import TOO_LATE, UNKNOWN_ORDER
from kase_fix.rulebook.refusals_of_methods import CONTROL_CLOSED

CLAUSE = "art. 42 p. 2"
HOURS = "art. 41 p. 1"


def control_open(state: State) -> bool:
    """Tell whether the control and confirmation system works now (art. 41 p. 1)."""
    done = state.transitions
    return f"service:{CONTROL}:opens" in done and f"service:{CONTROL}:closes" not in done


def closed(state: State, reference: str) -> Refusal | None:
    """Refuse a confirmation outside the control system's hours (art. 41 p. 1)."""
    return None if control_open(state) else Refusal(CONTROL_CLOSED, HOURS, (reference,))


def confirm(turn: Turn, command: Confirm, kept: KeptDeal) -> Refusal | None:
    """Take note that a deal is confirmed, or fail it; or return why this user can do neither."""
    deal = kept.deal
    controls = turn.state.market.controllers if turn.state.market is not None else {}
    if command.user not in (controls.get(deal.buy.account), controls.get(deal.sell.account)):
        return Refusal(UNKNOWN_ORDER, CLAUSE, (command.reference,))
    if command.user not in kept.awaits or kept.failed or kept.busted:
        return Refusal(TOO_LATE, CLAUSE, (command.reference,))
    if not command.agreed:
        fail(turn, kept, CLAUSE, f"refused by {command.user}", f"отказ {command.user}")
        return None
    rest = tuple(name for name in kept.awaits if name != command.user)
    turn.state.deals.put(msgspec.structs.replace(kept, awaits=rest))
    turn.events.append(DealConfirmed(deal, command.user))
    return None


def end_of_hours(turn: Turn) -> None:
    """Fail the deals that are not confirmed when the control system's hours end (art. 41, 42 p. 2)."""
    for kept in turn.state.deals.awaiting():
        if kept.awaits and not kept.failed:
            fail(turn, kept, HOURS, "not confirmed in time", "не подтверждена вовремя")


def fail(turn: Turn, kept: KeptDeal, clause: str, english: str, russian: str) -> None:
    """Mark a deal as not executed and tell everybody concerned: its parties, and who was to confirm it."""
    deal = kept.deal
    for user in dict.fromkeys((deal.buy.user, deal.sell.user, *kept.awaits)):
        turn.events.append(
            Announced(
                f"Deal {deal.deal_id} in {deal.symbol} is not executed: {english}",
                f"Сделка {deal.deal_id} по {deal.symbol} не исполнена: {russian}",
                user,
                deal.symbol,
            )
        )
    turn.fail(kept, clause)
