"""The words of a report: of one event, for one side, in one dialect, now or when its user comes."""

from collections.abc import Mapping

from kase_fix.gateway.cursor import Position
from kase_fix.gateway.dialect import fix44, next_
from kase_fix.gateway.dialect.delivery import ABOUT_A_DEAL, CONFIRMER, COUNTERPARTY, SELLER, TAKEN_BACK
from kase_fix.gateway.dialect.problems import BusinessReason, business_reject
from kase_fix.gateway.orders import Orders
from kase_fix.gateway.scene import Scene
from kase_fix.gateway.stood import BUY, ORDER, SELL, Stood
from kase_fix.messages.configuration import User
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.events import CommandFailed, Event
from kase_fix.messages.order_events import CancelRefused, OrderRepeated
from kase_fix.messages.order_state import OrderState

MESSAGE_TYPES = {
    "new_order": "D",
    "replace_order": "G",
    "cancel_order": "F",
    "confirm": "AU",
    "mass_cancel": "q",
    "tell_operator": "C",
    "mass_quote": "i",
    "cancel_quotes": "Z",
    "indicate": "IQI",
    "withdraw_indicative": "IQC",
}
"""RefMsgType(372) of a command that failed."""
NOT_TOLD = "A report could not be given; ask with H how the order stands"


class Wording:
    """Words reports; used by the reports' thread alone."""

    def __init__(self, orders: Orders, users: Mapping[str, User]) -> None:
        self._orders = orders
        self._users = users
        self.stood = Stood()

    def report(self, user: str, position: Position, at: int, event: Event, dialect: str, scene: Scene) -> str:
        """Return the body of a report on an event of the moment `at` (ns UTC); empty: there is nothing to tell.

        `scene` is that of the event. What is not of the present has to be noted when it is (`note`).
        """
        number, index, side = position
        known = self._known(user, position, event)
        request = MESSAGE_TYPES.get(event.request, "D") if isinstance(event, CommandFailed) else "D"
        if dialect == "FIX44":
            return fix44.report(event, side, number, index, at, scene.listing, known=known, request=request, user=user)
        phase = scene.phase(*_place_of(event))
        return next_.report(
            event, side, number, index, at, scene.listing, known=known, request=request, phase=phase, user=user
        )

    def note(self, number: int, index: int, event: Event) -> None:
        """Note how the orders of an event stand, for those who hear of it later."""
        if isinstance(event, OrderRepeated | CancelRefused):
            self.stood.note(number, index, ORDER, self._orders.told_last(event.order_id))
        elif isinstance(event, ABOUT_A_DEAL):
            for which, order in ((BUY, event.deal.buy), (SELL, event.deal.sell)):
                self.stood.note(number, index, which, self._orders.told_last(order.order_id))

    def _known(self, user: str, position: Position, event: Event) -> OrderState | None:
        """Return the order a report is about where the event has only its number, or it is another's by now.

        To a participant of the confirmation system that on the account he controls; later on as it stands by then.
        """
        side = position[2]
        if isinstance(event, OrderRepeated | CancelRefused):
            return self._standing(user, self._users[user].firm, event.order_id, position, ORDER)
        if not isinstance(event, Deal | ABOUT_A_DEAL):
            return None
        deal = event if isinstance(event, Deal) else event.deal
        bought = deal.buy.account in self._users[user].controls if side == CONFIRMER else side[0] != SELLER
        order, which = (deal.buy, BUY) if bought else (deal.sell, SELL)
        if side == CONFIRMER and not isinstance(event, TAKEN_BACK):
            return order
        if event is deal:
            return None
        return self._standing(user, order.firm, order.order_id, position, which)

    def _standing(self, user: str, firm: str, order_id: str, position: Position, which: int) -> OrderState | None:
        number, index, _ = position
        noted = self.stood.told_last(number, index, which)
        if not noted:
            return self._orders.find(user, firm, order_id)
        order = self._orders.stood(order_id, noted, (number, index))
        return order if order is not None and self._orders.may_see(user, firm, order) else None


def instead(event: Event, position: Position) -> str:
    """Return j for a report that cannot be given. It names the order only where that cannot be what is wrong."""
    deal = event.deal if isinstance(event, ABOUT_A_DEAL) else event
    if position[2][0] in (COUNTERPARTY, CONFIRMER):  # to another than its owner a ClOrdID says nothing
        reference = (
            deal.deal_id if isinstance(deal, Deal) else str(getattr(getattr(event, "order", ""), "order_id", ""))
        )
    elif isinstance(deal, Deal):
        reference = (deal.sell if position[2][0] == SELLER else deal.buy).cl_ord_id
    else:
        reference = str(getattr(getattr(event, "order", event), "cl_ord_id", ""))
    if not (reference.isascii() and reference.isprintable()):
        reference = ""
    request = MESSAGE_TYPES.get(getattr(event, "request", ""), "D")
    return business_reject(0, request, BusinessReason.NOT_AVAILABLE, NOT_TOLD, reference)


def _place_of(event: Event) -> tuple[str, str]:
    deal = event.deal if isinstance(event, ABOUT_A_DEAL) else event
    if isinstance(deal, Deal):
        return deal.board, deal.symbol
    order = getattr(event, "order", None)
    return (order.board, order.symbol) if isinstance(order, OrderState) else ("", "")
