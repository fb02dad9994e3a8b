"""What becomes of the two orders of a deal that is cancelled or corrected (R-167).

What is taken back of a deal does not trade again: a living order is lessened by it, and what rests of it rests where it
did; an order that is over stays so, with less filled.
"""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from kase_fix.engine.kept_deals import KeptDeal
from kase_fix.engine.state import State
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.order_state import OrderState
from kase_fix.values.enums import OrderStatus
from kase_fix.values.numbers import Price, Quantity, divide_half_up


class Fill(NamedTuple):
    """What a deal is to an order."""

    quantity: Quantity
    price: Price

    @property
    def value(self) -> int:
        """Return price x quantity, 10^-8."""
        return self.quantity * self.price


NOTHING = Fill(0, 0)


def after(state: State, order: OrderState, was: Fill, now: Fill, kept: Iterable[KeptDeal]) -> OrderState:
    """Change an order of a deal that was `was` and is `now`, and return it as it stands.

    Of one that is over: the deal is kept as it has become already, and is in `kept` with all others of the order.
    """
    living = state.orders.get(order.order_id)
    if living is None:
        return _ended(state, order.order_id, kept)
    living.filled -= was.quantity - now.quantity
    living.quantity -= was.quantity - now.quantity
    living.value -= was.value - now.value
    if living.display is not None:
        living.display = min(living.display, living.quantity)
    return living.state()


def as_of_deal(order: OrderState, was: Fill, now: Fill) -> OrderState:
    """Return an order as it stood after a deal, had that been `now`."""
    filled = order.filled - was.quantity + now.quantity
    value = order.average * order.filled - was.value + now.value
    return msgspec.structs.replace(order, filled=filled, average=divide_half_up(value, filled))


def ended_as(state: State, order_id: str) -> OrderStatus:
    """Return how an order is over: one that was filled until some of it was taken back is cancelled for the rest."""
    ended = state.names.ended(order_id)
    assert ended is not None
    _, status = ended
    if status is OrderStatus.FILLED and any(_is_in(order_id, kept.deal) for kept in state.deals.lessened.values()):
        return OrderStatus.CANCELLED
    return status


def _ended(state: State, order_id: str, kept_deals: Iterable[KeptDeal]) -> OrderState:
    """Return an order that is over, from its deals of today: the engine keeps no orders but the living.

    What an order of several days had filled before today comes with its first deal of today.
    """
    deals = [kept for kept in kept_deals if kept.today and _is_in(order_id, kept.deal)]
    first, last = (_side(order_id, kept.deal) for kept in (deals[0], deals[-1]))
    done = deals[0].deal
    before = first.filled - done.quantity
    value = first.average * first.filled - done.price * done.quantity if before else 0
    standing = [kept.deal for kept in deals if not kept.busted]
    filled = before + sum(deal.quantity for deal in standing)
    value += sum(deal.price * deal.quantity for deal in standing)
    return msgspec.structs.replace(
        last,
        leaves=0,
        filled=filled,
        average=divide_half_up(value, filled) if filled else 0,
        status=ended_as(state, order_id),
    )


def _is_in(order_id: str, deal: Deal) -> bool:
    return order_id in (deal.buy.order_id, deal.sell.order_id)


def _side(order_id: str, deal: Deal) -> OrderState:
    return deal.buy if deal.buy.order_id == order_id else deal.sell
