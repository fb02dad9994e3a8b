"""What members write to the operator passes through as it is."""

from kase_fix.engine.turn import Turn
from kase_fix.messages.letters import OperatorTold, TellOperator
from kase_fix.rulebook.market import Market


def tell_operator(turn: Turn, market: Market, command: TellOperator) -> None:
    """Hand a member's message on, with his firm; somebody the register does not know has none."""
    user = market.users.get(command.user)
    firm = user.firm if user is not None else ""
    turn.events.append(OperatorTold(command.user, firm, command.subject, command.text, command.reference))
