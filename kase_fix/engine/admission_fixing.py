"""What is asked of an order while its instrument is in fixing (art. 11-15, 19, 20, 24, 25, 32, 33, 40; R-17)."""

from kase_fix.engine.candidate import Candidate
from kase_fix.engine.phases import fixing_rounds
from kase_fix.engine.state import State, Trading
from kase_fix.matching.fixing import Fixing, Standing, standing
from kase_fix.matching.order import Order
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook.refusals import KIND_NOT_ENABLED
from kase_fix.rulebook.refusals_of_methods import NOT_THE_CALLED_PRICE, ONLY_WITHDRAWN, SURPLUS_GROWS
from kase_fix.values.enums import OrderKind, Phase, TimeInForce
from kase_fix.values.numbers import Quantity, format_price


def in_fixing(order: Candidate) -> bool:
    """Tell whether an order comes to an instrument in fixing: rules of the continuous auction do not hold there."""
    return order.phase is Phase.FIXING


def suits_fixing(order: Candidate) -> Refusal | None:
    """Refuse in fixing anything but limit and market orders of the day that show all of themselves.

    What was sent for an earlier price, or waits in the book, is not changed: it can be withdrawn.
    """
    fixing = _fixing(order)
    if fixing is None:
        return None
    clause = order.listed.group.clauses.methods
    if order.changes is not None and order.changes.order_id not in fixing.present.orders:
        return Refusal(ONLY_WITHDRAWN, clause, (order.symbol,))
    kind = order.kind.name.lower().replace("_", " ")
    if order.kind not in (OrderKind.LIMIT, OrderKind.MARKET) or order.tif is not TimeInForce.DAY:
        return Refusal(KIND_NOT_ENABLED, clause, (f"{kind} {order.tif.name.lower()}", order.symbol))
    if order.display is not None:
        return Refusal(KIND_NOT_ENABLED, clause, ("iceberg", order.symbol))
    return None


def at_called_price(order: Candidate) -> Refusal | None:
    """Refuse a limit that is not the called price; a market order takes it."""
    fixing = _fixing(order)
    if fixing is None or order.price in (None, fixing.present.price):
        return None
    group = order.listed.group
    assert order.price is not None
    found = (format_price(order.price, group.price_decimals), format_price(fixing.present.price, group.price_decimals))
    return Refusal(NOT_THE_CALLED_PRICE, group.clauses.methods, found)


def surplus_does_not_grow(order: Candidate) -> Refusal | None:
    """Refuse an order, or a change of one, by which an announced surplus would grow."""
    fixing = _fixing(order)
    if fixing is None or not fixing.present.announced:
        return None
    before = fixing_rounds.present(order.state, order.listed)
    more = order.quantity - (order.changes.quantity if order.changes is not None else 0)
    return _grows(before, before.changed(order.side, more), order.listed)


def withdrawal_allowed(state: State, trading: Trading, order: Order, part: Quantity | None) -> Refusal | None:
    """Refuse to withdraw an order, or a part of it, by which its round's surplus would grow.

    In the present round that holds from its announcement on; of an earlier round always: it may be executed yet.
    """
    fixing = state.fixings.get(trading.key)
    called = fixing.round_of(order.order_id) if fixing is not None else None
    if fixing is None or called is None or (called is fixing.present and not called.announced):
        return None
    before = standing(fixing_rounds.living(trading, called))
    less = order.leaves if part is None else min(part, order.leaves)
    return _grows(before, before.changed(order.side, -less), trading)


def _fixing(order: Candidate) -> Fixing | None:
    fixings = order.state.fixings
    return fixings.get(order.listed.key) if fixings else None


def _grows(before: Standing, after: Standing, trading: Trading) -> Refusal | None:
    if after.surplus <= before.surplus:
        return None
    return Refusal(SURPLUS_GROWS, trading.group.clauses.methods, (str(before.surplus), str(after.surplus)))
