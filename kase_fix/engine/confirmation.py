"""Confirmation of orders by who controls their account, a participant of the confirmation system (art. 42 p. 1)."""

from kase_fix.engine import deal_confirmation, repo
from kase_fix.engine.specialised import show, touched, withdraw
from kase_fix.engine.turn import Turn
from kase_fix.matching.order import Order
from kase_fix.messages.commands import Confirm
from kase_fix.messages.order_events import ConfirmRefused, OrderConfirmed
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook.market import Market
from kase_fix.rulebook.refusals import TOO_LATE, UNKNOWN_ORDER
from kase_fix.rulebook.refusals_of_methods import CONFIRMATION_REFUSED, NOT_WAITING
from kase_fix.values.enums import OrderStatus

CLAUSE = "art. 42 p. 1"


def confirm(turn: Turn, market: Market, command: Confirm) -> None:
    """Confirm an order or a deal, or refuse to; tell that one is ready to close a repo (art. 38 p. 1-1, 42).

    Who sent it is told if it cannot be taken.
    """
    refusal = taken(turn, market, command)
    if refusal is not None:
        turn.events.append(ConfirmRefused(command.user, command.reference, refusal))


def taken(turn: Turn, market: Market, command: Confirm) -> Refusal | None:
    """Do what a confirmation says of a closing deal of repo, a deal or an order; or return why it cannot be done."""
    state, reference = turn.state, command.reference
    closing, kept = repo.closing_of(state, reference), state.deals.kept.get(reference)
    if closing is not None:
        return repo.ready(turn, market, command, closing)
    if kept is not None and kept.lasting:
        return deal_confirmation.closed(state, reference) or deal_confirmation.confirm(turn, command, kept)
    return settle(turn, market, command.user, reference, command.agreed)


def settle(turn: Turn, market: Market, user: str, order_id: str, agreed: bool) -> Refusal | None:
    """Let an order count from now on, or end it as its confirmer has refused it; or return why neither can be done."""
    found = _find(turn, market, user, order_id)
    if isinstance(found, Refusal):
        return found
    trading = turn.state.on(found)
    if agreed:
        found.pending = None
        turn.events.append(OrderConfirmed(found.state()))
        show(turn, turn.state.specialised[trading.key], found)
    else:
        withdraw(turn, found, CONFIRMATION_REFUSED, CLAUSE, by=user)
    touched(turn, trading)
    return None


def _find(turn: Turn, market: Market, user: str, order_id: str) -> Order | Refusal:
    """Return the order that waits for this user, or why there is none; orders he does not control are unknown."""
    state = turn.state
    controls = market.users[user].controls if user in market.users else ()
    order = state.orders.get(order_id)
    if order is not None and order.account in controls:
        waits = order.pending is OrderStatus.PENDING_CONFIRMATION
        return order if waits else Refusal(NOT_WAITING, CLAUSE, (order_id,))
    ended = state.names.ended(order_id)
    if order is None and ended is not None and _controls_of(market, controls, ended[0]):
        return Refusal(TOO_LATE, CLAUSE, (order_id,))
    return Refusal(UNKNOWN_ORDER, CLAUSE, (order_id,))


def _controls_of(market: Market, controls: tuple[str, ...], firm: str) -> bool:
    """Tell whether one of the controlled accounts is the firm's."""
    owners = (market.owners.get(account) for account in controls)
    return any(owner is not None and owner.firm == firm for owner in owners)
