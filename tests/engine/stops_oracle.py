"""A naive venue with stop orders: a list that is searched from its beginning after every deal (R-150 to R-152)."""

from dataclasses import dataclass

from tests.matching.oracle import NaiveBook


@dataclass
class Waiting:
    name: str
    account: str
    buy: bool
    stop: int
    price: int | None
    quantity: int
    life: str


class NaiveVenue:
    """Its `log` has what happens, in order: ("triggered", name) and ("deal", incoming, resting, quantity, price)."""

    def __init__(self, last: int) -> None:
        self.book = NaiveBook()
        self.waiting: list[Waiting] = []
        self.last = last
        self.log: list[tuple[object, ...]] = []
        self._prices: list[int] = []

    def wait(self, order: Waiting) -> bool:
        """Let a stop order wait, or refuse it."""
        right = self._on_the_right_side(order, order.stop)
        if right:
            self.waiting.append(order)
        return right

    def order(self, name, account, buy, price, quantity, life) -> bool:
        """Enter a limit or market order, and all that follows from it; or refuse it."""
        if price is None and not self._opponents(buy):
            return False
        self._enter(Waiting(name, account, buy, 0, price, quantity, life))
        while self._prices:
            price = self._prices.pop(0)
            for order in list(self.waiting):
                if price >= order.stop if order.buy else price <= order.stop:
                    self.waiting.remove(order)
                    self.log.append(("triggered", order.name))
                    if order.price is not None or self._opponents(order.buy):
                        self._enter(order)
        return True

    def cancel(self, name) -> None:
        self.waiting = [order for order in self.waiting if order.name != name]
        self.book.cancel(name)

    def restop(self, name, stop) -> None:
        """Give a waiting order another stop price: it goes behind all others."""
        order = next((order for order in self.waiting if order.name == name), None)
        if order is not None and stop != order.stop and self._on_the_right_side(order, stop):
            order.stop = stop
            self.waiting.remove(order)
            self.waiting.append(order)

    def _enter(self, order: Waiting) -> None:
        terms = order.account, order.buy, order.price, order.quantity
        if order.life == "fok" and self.book.fillable(*terms) < order.quantity:
            return
        before = len(self.book.deals)
        self.book.enter(order.name, *terms, rests=order.life == "day")
        for deal in self.book.deals[before:]:
            self.log.append(("deal", *deal))
            self.last = deal[3]
            self._prices.append(self.last)

    def _opponents(self, buy) -> bool:
        return any(order.buy is not buy for order in self.book.orders)

    def _on_the_right_side(self, order, stop) -> bool:
        return stop > self.last if order.buy else stop < self.last
