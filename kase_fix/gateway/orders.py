"""The orders and deals of the operational day as reports tell them: what H and AF are answered from.

Orders of several days that live on are known on the next day too, by all their names.
"""

import msgspec

from kase_fix.messages.corrections import DealBusted, DealCorrected, OrderRestated
from kase_fix.messages.day_events import DayOpened
from kase_fix.messages.deal_events import Deal, DealFailed
from kase_fix.messages.events import Event
from kase_fix.messages.order_events import (
    OrderAccepted,
    OrderCancelled,
    OrderConfirmed,
    OrderExpired,
    OrderFormed,
    OrderReplaced,
    OrderTriggered,
    PreliminaryEnded,
)
from kase_fix.messages.order_state import OrderState
from kase_fix.rulebook.refusals_of_quotes import QUOTE_WITHDRAWN
from kase_fix.values.enums import OrderStatus

PENDING = (OrderStatus.PENDING_COUNTERPARTY, OrderStatus.PENDING_CONFIRMATION)
TOLD = (
    OrderAccepted,
    OrderReplaced,
    OrderCancelled,
    OrderExpired,
    OrderFormed,
    OrderConfirmed,
    OrderTriggered,
    OrderRestated,
    PreliminaryEnded,
)
_TOLD = frozenset(TOLD)


class Orders:
    """A fold over the day's events: every order's latest state, under all its names."""

    def __init__(self) -> None:
        self._states: dict[str, OrderState] = {}
        self._named: dict[tuple[str, str], dict[str, None]] = {}
        """OrderIDs by user and ClOrdID: a two-sided order and a quote are two orders of one name."""
        self._of_user: dict[str, dict[str, None]] = {}
        self._asked: dict[str, dict[str, None]] = {}
        """Orders of others that somebody was asked to answer or to confirm."""
        self._deals: dict[str, list[tuple[int, int, int, Deal]]] = {}
        self.failed: set[str] = set()
        """Numbers of the day's deals that are not executed."""
        self.taken_back: dict[str, tuple[int, int, int, DealBusted | DealCorrected]] = {}
        """What became last of deals that the exchange has cancelled or corrected, by their number."""

    def apply(self, number: int, index: int, time: int, event: Event) -> None:
        """Take in event `index` of command `number` at `time` (ns UTC)."""
        if isinstance(event, Deal):
            for state in (event.buy, event.sell):
                self._states[state.order_id] = state
            for user in dict.fromkeys((event.buy.user, event.sell.user)):
                self._deals.setdefault(user, []).append((number, index, time, event))
        elif isinstance(event, OrderCancelled) and event.reason == QUOTE_WITHDRAWN and not event.order.filled:
            self._forget(event.order)
        elif type(event) in _TOLD:
            self._note(event.order)  # type: ignore[union-attr]
        elif isinstance(event, DealFailed):
            self.failed.add(event.deal.deal_id)
        elif isinstance(event, DealBusted | DealCorrected):
            self._take_back(event)
            self.taken_back[event.deal.deal_id] = (number, index, time, event)
        elif isinstance(event, DayOpened):
            self._states.clear()
            self.failed.clear()
            self.taken_back.clear()
            self._named.clear()
            self._of_user.clear()
            self._asked.clear()
            self._deals.clear()
            for order in event.standing:
                self._note(order)
            for user, name, order_id in event.names:
                self._named.setdefault((user, name), {})[order_id] = None

    def named(self, user: str, firm: str, order_id: str, cl_ord_id: str) -> list[OrderState]:
        """Return an order of the user's firm by OrderID, else his own by any ClOrdID they had, first entered first.

        By OrderID also one of another that he was asked to answer or to confirm.
        """
        names = (order_id,) if order_id else tuple(self._named.get((user, cl_ord_id), ()))
        found = (self.find(user, firm, name) for name in names)
        return [order for order in found if order is not None]

    def find(self, user: str, firm: str, order_id: str) -> OrderState | None:
        """Return an order of the user's firm, or one that he was asked to answer or to confirm; None: unknown."""
        order = self._states.get(order_id)
        if order is None or (order.firm != firm and order.order_id not in self._asked.get(user, ())):
            return None
        return order

    def present(self, order: OrderState) -> OrderState:
        """Return an order as it stands now; as it is given where it is not known any more."""
        return self._states.get(order.order_id, order)

    def of_user(self, user: str, symbol: str = "") -> list[OrderState]:
        """Return all orders the user entered today, first entered first; with a symbol only those in it."""
        states = [self._states[order_id] for order_id in self._of_user.get(user, ())]
        return [state for state in states if symbol in ("", state.symbol)]

    def waiting_for(self, user: str, symbol: str = "") -> list[OrderState]:
        """Return the orders of others that wait for the user's answer or confirmation, first entered first."""
        states = [self._states[order_id] for order_id in self._asked.get(user, ())]
        return [state for state in states if state.status in PENDING and symbol in ("", state.symbol)]

    def deals_of(self, user: str, symbol: str = "") -> list[tuple[int, int, int, Deal]]:
        """Return the user's deals with the command and event they came with and their time."""
        return [entry for entry in self._deals.get(user, ()) if symbol in ("", entry[3].symbol)]

    def _forget(self, order: OrderState) -> None:
        """Let a quote be gone that was replaced or withdrawn with nothing dealt: a maker makes thousands a day."""
        self._states.pop(order.order_id, None)
        self._of_user.get(order.user, {}).pop(order.order_id, None)
        self._unname(order)

    def _unname(self, order: OrderState) -> None:
        named = self._named.get((order.user, order.cl_ord_id), {})
        named.pop(order.order_id, None)
        if not named:
            self._named.pop((order.user, order.cl_ord_id), None)

    def _take_back(self, event: DealBusted | DealCorrected) -> None:
        """Let both orders stand as they do now, and the deal: of one that is over what it was last told of stays."""
        for order in (event.buy, event.sell):
            known = self._states.get(order.order_id)
            if known is not None and not order.leaves:
                changed = {"filled": order.filled, "average": order.average, "status": order.status, "leaves": 0}
                order = msgspec.structs.replace(known, **changed)
            self._states[order.order_id] = order
        for user in dict.fromkeys((event.buy.user, event.sell.user)):
            self._deals[user] = [
                (*entry[:3], event.deal) if entry[3].deal_id == event.deal.deal_id else entry
                for entry in self._deals.get(user, ())
            ]

    def _note(self, order: OrderState) -> None:
        if order.order_id not in self._states:
            self._of_user.setdefault(order.user, {})[order.order_id] = None
        if order.quote_id and (before := self._states.get(order.order_id)) is not None:
            self._unname(before)  # of its former QuoteIDs nothing is left to ask for
        self._states[order.order_id] = order
        self._named.setdefault((order.user, order.cl_ord_id), {})[order.order_id] = None
        asked = order.direct.counterparty if order.direct is not None else order.confirmer
        if asked not in ("", order.user) and order.status in PENDING:
            self._asked.setdefault(asked, {})[order.order_id] = None
