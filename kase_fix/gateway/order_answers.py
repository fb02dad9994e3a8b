"""What H, AF and AD are answered with, in the words of the asker's dialect: orders and deals as they stand now."""

from collections.abc import Callable, Collection, Container, Iterable, Iterator

from kase_fix.calendar.almaty import date_of
from kase_fix.gateway.dialect import fix44, next_, trades_text
from kase_fix.gateway.dialect.corrections_text import exec_type
from kase_fix.gateway.dialect.delivery import SELLER, recipients
from kase_fix.gateway.dialect.questions import Deals, MassStatus, OrderStatus
from kase_fix.gateway.dialect.trades_text import Told
from kase_fix.gateway.orders import Orders
from kase_fix.gateway.scene import Scene
from kase_fix.messages.configuration import User
from kase_fix.messages.corrections import DealBusted
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.order_state import OrderState


class OrderAnswers:
    """Used by the reports' thread alone, whose folds it reads; `time` is set by their owner."""

    def __init__(self, orders: Orders, scene: Scene, new_id: Callable[[], str]) -> None:
        """`new_id` gives an ExecID(17) that no other answer of the day has."""
        self.time = 0
        self._orders = orders
        self._scene = scene
        self._new_id = new_id

    def status(self, dialect: str, asked: OrderStatus, order: OrderState | None, extra: str = "") -> str:
        """Return 8 with 150=I on one order, or that it is unknown; `extra` stands in those of FIX44 for an AF."""
        if dialect == "FIX44":
            return fix44.order_status(asked, order, self._new_id(), self.time, self._scene.listing, extra)
        phase = self._scene.phase(order.board, order.symbol) if order else None
        return next_.order_status(asked, order, self.time, self._scene.listing, phase)

    def mass(self, dialect: str, asked: MassStatus, users: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Iterate (user, body): all orders of these users, then those of others that wait for them; in NEXT deals too.

        FIX44 hears where there is none.
        """
        of_users = [
            (user, order)
            for user in users
            for order in (*self._orders.of_user(user, asked.symbol), *self._orders.waiting_for(user, asked.symbol))
        ]
        if dialect == "FIX44":
            if not of_users:
                extra = fix44.mass_answer(asked.reference, 0, True)
                yield "", self.status(dialect, OrderStatus(asked.user), None, extra)
            for place, (user, order) in enumerate(of_users, 1):
                extra = fix44.mass_answer(asked.reference, len(of_users), place == len(of_users))
                yield user, self.status(dialect, OrderStatus(user), order, extra)
            return
        for user, order in of_users:
            yield user, self.status(dialect, OrderStatus(user), order)
        for user in dict.fromkeys(users):
            for number, index, at, deal in self._orders.deals_of(user, asked.symbol):
                for owner, side in recipients(deal):
                    if owner == user:
                        yield user, self._deal(deal, side, (number, index, at))

    def deals(self, asked: Deals, users: Collection[User], copied: bool = False) -> list[str]:
        """Return AE for each side these users have in a deal, or AQ; `copied`: each names the user it is a copy of."""
        told: dict[tuple[int, int], Told] = {}
        for user in users:
            told |= {entry[:2]: entry for entry in self._orders.deals_of(user.name)}
        accounts = tuple(account for user in users for account in user.accounts)
        names: Container[str] = tuple(user.name for user in users)
        in_order = [told[key] for key in sorted(told)]
        taken_back = {name: exec_type(last[3]) for name, last in self._orders.taken_back.items()}
        return trades_text.answers(
            asked,
            accounts,
            in_order,
            self._orders.failed,
            self._scene.listing,
            date_of(self.time),
            names,
            copied,
            taken_back,
        )

    def _deal(self, deal: Deal, side: str, told: tuple[int, int, int]) -> str:
        """Return a deal of the day in NEXT as it stands; one that is cancelled by its cancellation."""
        phase = self._scene.phase(deal.board, deal.symbol)
        number, index, at, event = self._orders.taken_back.get(deal.deal_id, (*told, None))
        if not isinstance(event, DealBusted):
            return next_.report(deal, side, *told, self._scene.listing, phase=phase)
        order = self._orders.present(deal.sell if side[0] == SELLER else deal.buy)
        return next_.report(event, side, number, index, at, self._scene.listing, known=order, phase=phase)
