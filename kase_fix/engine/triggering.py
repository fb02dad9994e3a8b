"""Stop orders that the deals of a command have reached become market or limit orders (R-151, R-152).

It follows when all else a command does is done: an order that deals at three prices is not interrupted, a standby ends
before its price counts. Each order is triggered once, so that what follows from what ends.
"""

from kase_fix.engine import admission
from kase_fix.engine.candidate import Candidate
from kase_fix.engine.phases import continuous
from kase_fix.engine.state import State, Trading
from kase_fix.engine.turn import Turn
from kase_fix.matching.order import Order
from kase_fix.messages.order_events import OrderTriggered
from kase_fix.rulebook.limits import warn_near
from kase_fix.values.enums import Phase
from kase_fix.values.numbers import Price


def follow(turn: Turn) -> None:
    """Trigger what the deals reach, deal by deal, of one deal by time of entry; theirs come after all before them.

    Where continuous trading does not go on, nothing is triggered: what a standby was opened by has reached nothing.
    """
    for key, price in turn.reached:  # it grows meanwhile
        trading = turn.state.trading.get(key)
        if trading is None:
            continue
        for order in trading.stops.reached(price):
            if not _goes_on(turn.state, trading):
                break
            _trigger(turn, trading, order, price)


def _goes_on(state: State, trading: Trading) -> bool:
    return state.phase(trading) is Phase.CONTINUOUS and trading.key not in state.terms.suspended


def _trigger(turn: Turn, trading: Trading, order: Order, price: Price) -> None:
    """Enter an order as what it is from now on, its time that of this command; or cancel it by a rule it breaks."""
    market = turn.state.market
    assert market is not None
    trading.stops.remove(order)
    order.triggered, order.priority = True, turn.number
    warning = warn_near(order.price, trading.listing.reference, trading.group)
    turn.events.append(OrderTriggered(order.state(), price, warning))
    terms = order.price, order.quantity, order.display
    candidate = Candidate.of(turn.state, market, order, *terms, turn.time)
    refusal = admission.refuse(candidate, admission.WHEN_TRIGGERED)
    if refusal is not None:
        turn.cancel_rest(order, refusal.code, clause=refusal.clause, found=refusal.found)
        return
    continuous.enter(turn, trading, order)
