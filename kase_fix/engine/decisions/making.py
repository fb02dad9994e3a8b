"""The exchange relieves a market maker of what he is bound to, until the day ends (R-158)."""

from kase_fix.engine.decisions.telling import tell
from kase_fix.engine.turn import Turn
from kase_fix.messages.making import MakerRelieved, RelieveMaker
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook import decisions as rules
from kase_fix.rulebook.admission import RULES_OF_THE_EXCHANGE as CLAUSE
from kase_fix.rulebook.refusals_of_making import NOT_RELIEVED


def relieve_maker(turn: Turn, command: RelieveMaker) -> Refusal | dict[str, str]:
    """Relieve a member of quoting an instrument on all boards, or bind him again; his users are told."""
    firm, symbol, market = command.firm, command.symbol, turn.state.market
    refusal = rules.entitled(command.by, rules.OFFICES, CLAUSE)
    if refusal is not None:
        return refusal
    if market is None or not any(place[:2] == (firm, symbol) for place in market.liabilities):
        return Refusal(NOT_RELIEVED, CLAUSE, (firm, symbol))
    english = "need not quote" if command.on else "must quote"
    russian = "освобожден от котирования" if command.on else "обязан котировать"
    for user in market.users.values():
        if user.firm == firm and "api" in user.services:
            tell(turn, f"{firm} {english} {symbol}", f"{firm} {russian} {symbol}", command.by, user.name, symbol)
    turn.events.append(MakerRelieved(firm, symbol, command.on))
    return {"firm": firm, "symbol": symbol, "on": "yes" if command.on else "no"}
