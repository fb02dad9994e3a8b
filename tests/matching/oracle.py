"""A naive continuous auction: a list of orders searched from its beginning. It shares no code with the book."""

from dataclasses import dataclass


@dataclass
class Resting:
    name: int
    account: str
    buy: bool
    price: int
    leaves: int
    display: int | None
    turn: int
    visible: int


class NaiveBook:
    """Price, then the moment the visible part came into the queue."""

    def __init__(self):
        self.orders: list[Resting] = []
        self.turn = 0
        self.deals: list[tuple[int, int, int, int]] = []

    def _next_turn(self):
        self.turn += 1
        return self.turn

    def _best_against(self, buy, limit):
        found = [
            order
            for order in self.orders
            if order.buy != buy and (limit is None or (order.price <= limit if buy else order.price >= limit))
        ]
        sign = 1 if buy else -1
        return min(found, key=lambda order: (sign * order.price, order.turn), default=None)

    def enter(self, name, account, buy, price, quantity, display=None, rests=True):
        """Match, then rest; return (left over, stopped by own order)."""
        leaves = quantity
        while leaves:
            resting = self._best_against(buy, price)
            if resting is None:
                break
            if resting.account == account:
                return leaves, True
            traded = min(leaves, resting.visible)
            self.deals.append((name, resting.name, traded, resting.price))
            leaves -= traded
            resting.leaves -= traded
            resting.visible -= traded
            if resting.leaves == 0:
                self.orders.remove(resting)
            elif resting.visible == 0:
                resting.visible = min(resting.display, resting.leaves)
                resting.turn = self._next_turn()
        if leaves and rests and price is not None:
            visible = leaves if display is None else min(display, leaves)
            self.orders.append(Resting(name, account, buy, price, leaves, display, self._next_turn(), visible))
        return leaves, False

    def cancel(self, name):
        self.orders = [order for order in self.orders if order.name != name]

    def shrink(self, name, leaves):
        order = next(order for order in self.orders if order.name == name)
        order.leaves = leaves
        order.visible = min(order.visible, leaves)

    def fillable(self, account, buy, price, quantity):
        """How much would trade now: tried on a copy."""
        copy = NaiveBook()
        copy.orders = [Resting(**vars(order)) for order in self.orders]
        copy.turn = self.turn
        left, _ = copy.enter(-1, account, buy, price, quantity, rests=False)
        return quantity - left

    def queue(self):
        """(name, leaves, visible) of all orders: bids then asks, best first, in order of time."""
        bids = sorted((o for o in self.orders if o.buy), key=lambda o: (-o.price, o.turn))
        asks = sorted((o for o in self.orders if not o.buy), key=lambda o: (o.price, o.turn))
        return [(o.name, o.leaves, o.visible) for o in bids + asks]
