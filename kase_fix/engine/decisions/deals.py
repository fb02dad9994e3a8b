"""Decisions about deals that were done (art. 6; R-19)."""

from kase_fix.engine.decisions.telling import tell
from kase_fix.engine.turn import Turn
from kase_fix.messages.decisions import FailDeal
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook import decisions as rules
from kase_fix.rulebook.refusals import UNKNOWN_NAME


def fail(turn: Turn, command: FailDeal) -> Refusal | dict[str, str]:
    """Mark a deal as not executed and tell its parties; from then on they may repeat it (art. 6)."""
    deals = turn.state.deals
    kept = deals.kept.get(command.deal_id)
    refusal = rules.entitled(command.by, rules.OFFICES, "art. 6")
    if refusal is not None or kept is None or not kept.lasting or kept.failed or kept.busted:
        return refusal or Refusal(UNKNOWN_NAME, "art. 6", ("unsettled deal that may be repeated", command.deal_id))
    deal = kept.deal
    for user in dict.fromkeys((deal.buy.user, deal.sell.user)):
        tell(
            turn,
            f"Deal {command.deal_id} in {deal.symbol} is not executed",
            f"Сделка {command.deal_id} по {deal.symbol} не исполнена",
            command.by,
            user=user,
            symbol=deal.symbol,
        )
    turn.fail(kept, "art. 6")
    return {"deal": command.deal_id, "symbol": deal.symbol}
