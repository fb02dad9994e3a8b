"""Cancel on disconnect: the orders of a user whose session has ended are withdrawn after a grace (R-112).

That he left and that he came back are commands; the end of the grace is a moment of the engine's own clock.
"""

from kase_fix.engine.indicative import withdraw_those
from kase_fix.engine.turn import Turn
from kase_fix.engine.withdrawal import withdraw_what_may_go
from kase_fix.messages.protection import AbsenceDue, UserAway, UserBack, UserCame, UserLeft
from kase_fix.rulebook.admission import RULES_OF_THE_EXCHANGE
from kase_fix.rulebook.market import Market
from kase_fix.rulebook.refusals_of_protection import SESSION_LOST
from kase_fix.values.enums import TimeInForce

SECOND = 1_000_000_000
SEVERAL_DAYS = (TimeInForce.GTC, TimeInForce.GTD)


def left(turn: Turn, market: Market, command: UserLeft) -> None:
    """Note an absence and until when it is of no consequence; one that is noted already goes on as it is."""
    away = turn.state.away
    if command.user in away:
        return
    until = away[command.user] = turn.time + market.configuration.disconnect_grace_seconds * SECOND
    turn.events.append(UserAway(command.user, until, command.cause))


def came(turn: Turn, command: UserCame) -> None:
    """Let the orders of one who is back stay as they are."""
    if turn.state.away.pop(command.user, None) is not None:
        turn.events.append(UserBack(command.user))


def due(turn: Turn, market: Market, command: AbsenceDue) -> None:
    """Withdraw the orders of one who has not come back, as far as their trading lets them go.

    Orders of several days stay unless the setting says otherwise.
    """
    state, user = turn.state, command.user
    until = state.away.get(user)
    if until is None or until > turn.time:
        return
    del state.away[user]
    all_of_them = market.configuration.disconnect_several_days
    orders = [
        order
        for order in state.orders.values()
        if order.user == user and (all_of_them or order.tif not in SEVERAL_DAYS)
    ]
    withdraw_what_may_go(turn, orders, SESSION_LOST, clause=RULES_OF_THE_EXCHANGE)
    withdraw_those(turn, lambda quote: quote.user == user, SESSION_LOST)
    turn.events.append(UserBack(user))
