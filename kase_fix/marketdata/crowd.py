"""How many take part in an instrument's trading on a board: the members with deals and with orders today, by number.

Direct orders are nobody's business before they are dealt (R-18), stop orders before they are triggered (R-150): they do
not count.
"""

from collections import Counter

from kase_fix.messages.deal_events import Deal
from kase_fix.messages.order_events import OrderAccepted, OrderFormed, OrderTriggered


class Crowd:
    """A fold over the orders and deals of one symbol, one board and one operational day."""

    __slots__ = ("_dealers", "_members", "orders")

    def __init__(self) -> None:
        self.orders = 0
        """Orders taken today."""
        self._members: set[str] = set()
        self._dealers: Counter[str] = Counter()
        """How many sides of deals each has."""

    def enter(self, event: OrderAccepted | OrderFormed | OrderTriggered) -> None:
        """Count an order that was taken, a stop order as it is triggered."""
        if event.order.direct is None and not event.order.waits_for_price:
            self.orders += 1
            self._members.add(event.order.firm)

    def deal(self, deal: Deal) -> None:
        """Count who dealt."""
        self._dealers[deal.buy.firm] += 1
        self._dealers[deal.sell.firm] += 1

    def bust(self, deal: Deal) -> None:
        """Count no more who dealt in it alone."""
        for firm in (deal.buy.firm, deal.sell.firm):
            self._dealers[firm] -= 1
            if not self._dealers[firm]:
                del self._dealers[firm]

    @property
    def members(self) -> int:
        """How many members have sent orders today."""
        return len(self._members)

    @property
    def dealers(self) -> int:
        """How many members have dealt today."""
        return len(self._dealers)
