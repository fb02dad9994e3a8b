"""Direct deals: an order addressed to one counterparty, and his mirrored answer (art. 2 p. 5, 6; R-18, R-19).

An order waits beside the book, seen by the two parties alone, until the other answers it with the same order from his
side, refuses it, or the session ends.
"""

import msgspec

from kase_fix.engine import repo
from kase_fix.engine.settling import PROLONGED, REPO_DIRECT, deal_terms
from kase_fix.engine.state import State, Trading
from kase_fix.engine.turn import Turn
from kase_fix.matching.order import Order
from kase_fix.messages.deal_terms import RepoTerms
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook.refusals import SELF_TRADE
from kase_fix.rulebook.refusals_of_methods import COUNTERPARTY_REFUSED
from kase_fix.values.enums import OrderStatus, Side

METHOD = "direct"
REPEATED = "repeated"
CLAUSE = "art. 2 p. 5"


def refuse(trading: Trading) -> Refusal | None:
    """Take orders: the window is open."""


def waits_for(state: State, trading: Trading, order: Order) -> OrderStatus | None:
    """Return that it waits for its counterparty, unless it answers what he has sent already."""
    return None if _mirrored(state, trading, order) is not None else OrderStatus.PENDING_COUNTERPARTY


def enter(turn: Turn, trading: Trading, order: Order) -> None:
    """Make the deal with the order this one mirrors, or let it wait for the counterparty's."""
    other = _mirrored(turn.state, trading, order)
    if other is None:
        turn.put_apart(trading, order)
        return
    if other.account == order.account:
        turn.cancel_rest(order, SELF_TRADE, clause=CLAUSE)
        return
    assert order.price is not None
    assert order.direct is not None
    buy, sell = (order, other) if order.side is Side.BUY else (other, order)
    replaces, method = order.direct.replaces, _method(trading, order)
    for one in (buy, sell):
        one.pending = None
        one.fill(one.leaves, order.price)
    turn.deal(trading, buy, sell, order.quantity, order.price, order.side, method, replaces)
    if method == PROLONGED:
        terms = deal_terms(turn.state, trading, order.price, order.quantity, order.direct)
        assert isinstance(terms, RepoTerms)
        repo.prolong(turn, replaces, terms)
    elif method == REPEATED:
        failed = turn.state.deals.kept[replaces]
        turn.state.deals.put(msgspec.structs.replace(failed, replaced=True))


def cancelled(turn: Turn, trading: Trading, order: Order) -> None:
    """Nothing more: the order is gone."""


def shrunk(turn: Turn, trading: Trading, order: Order) -> None:
    """Enter an order anew of which a part was taken off: it may meet its answer now."""
    enter(turn, trading, order)


def begin(turn: Turn, trading: Trading) -> None:
    """Nothing waits: orders die with their session (R-18)."""


def refused_by_counterparty(turn: Turn, order: Order, user: str, cl_ord_id: str) -> None:
    """End an order because the one it is addressed to will not answer it (R-18)."""
    turn.cancel_rest(order, COUNTERPARTY_REFUSED, cl_ord_id, CLAUSE, by=user)


def end_of_control(turn: Turn) -> None:
    """Let the orders that repeat failed deals die with the hours of the control system (art. 6)."""
    for trading in turn.state.trading.values():
        for order in list(trading.apart.values()):
            if order.direct is not None and order.direct.replaces:
                turn.expire(order, "art. 6")


def _method(trading: Trading, order: Order) -> str:
    """Return how the deal is marked: direct, repeated, a direct repo, or one that is prolonged."""
    replaces = order.direct is not None and bool(order.direct.replaces)
    if trading.board.method == REPO_DIRECT:
        return PROLONGED if replaces else REPO_DIRECT
    return REPEATED if replaces else METHOD


def _mirrored(state: State, trading: Trading, order: Order) -> Order | None:
    """Return the first waiting order that this one answers: the same terms from the other side, each addressed."""
    if order.direct is None or state.market is None:
        return None
    users = state.market.users
    for other in trading.apart.values():
        if (
            other.direct is not None
            and other.pending is OrderStatus.PENDING_COUNTERPARTY
            and other.side is order.side.other
            and (other.price, other.quantity) == (order.price, order.quantity)
            and _agreed(other) == _agreed(order)
            and users[other.direct.counterparty].firm == order.firm
            and users[order.direct.counterparty].firm == other.firm
            and other.order_id != order.order_id
        ):
            return other
    return None


def _agreed(order: Order) -> tuple[object, ...]:
    """Return what both parties must have said alike beside price and quantity."""
    direct = order.direct
    assert direct is not None
    return direct.reference, direct.replaces, direct.closes, direct.closing_price
