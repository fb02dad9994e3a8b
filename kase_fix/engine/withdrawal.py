"""Many orders taken off at once: by their user, for his absence, by the exchange (R-110 to R-112)."""

from collections.abc import Iterable

from kase_fix.engine.admission_fixing import withdrawal_allowed
from kase_fix.engine.admission_specialised import may_withdraw
from kase_fix.engine.phases import rules_of
from kase_fix.engine.turn import Turn
from kase_fix.matching.order import Order


def withdraw_all(
    turn: Turn, orders: Iterable[Order], reason: str, request_cl_ord_id: str = "", clause: str = "", by: str = ""
) -> list[Order]:
    """End these orders as cancelled, in their order, whatever their trading allows; return them.

    What follows from a withdrawal may be deals, in which none of them has a part: it comes when all are gone.
    """
    gone = list(orders)
    for order in gone:
        turn.withdraw(order)
        turn.cancel_rest(order, reason, request_cl_ord_id, clause, by)
    _follow(turn, gone)
    return gone


def withdraw_what_may_go(
    turn: Turn, orders: Iterable[Order], reason: str, request_cl_ord_id: str = "", clause: str = "", by: str = ""
) -> tuple[list[Order], int]:
    """End those of these orders that their trading lets go, first entered first; return them, and how many stay.

    Fixing holds back what would make an announced surplus grow, specialised trading all after acceptance (R-83, R-77).
    """
    gone, left = [], 0
    for order in list(orders):
        trading = turn.state.on(order)
        if withdrawal_allowed(turn.state, trading, order, None) or may_withdraw(turn.state, trading):
            left += 1
            continue
        gone.append(order)
        turn.withdraw(order)
        turn.cancel_rest(order, reason, request_cl_ord_id, clause, by)
    _follow(turn, gone)
    return gone, left


def _follow(turn: Turn, gone: list[Order]) -> None:
    for order in gone:
        trading = turn.state.on(order)
        rules_of(turn.state, trading, order).cancelled(turn, trading, order)
