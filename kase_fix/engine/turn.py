"""One command's turn: the state it may change, its number and moment, and the events it has brought so far."""

import msgspec

from kase_fix.clearing.obligations import obligations_of, reverse
from kase_fix.engine.kept_deals import KeptDeal
from kase_fix.engine.settling import REPO_DIRECT, deal_terms, opened
from kase_fix.engine.state import State, Trading, trading_key
from kase_fix.matching.order import Order
from kase_fix.messages.deal_events import Deal, DealFailed
from kase_fix.messages.events import Event
from kase_fix.messages.order_events import OrderCancelled, OrderExpired, OrderShown
from kase_fix.values.enums import OrderStatus, Side
from kase_fix.values.numbers import Price, Quantity


class Turn:
    """What a rule needs to know of the command being applied, and where it leaves its events."""

    __slots__ = ("ahead", "events", "number", "reached", "state", "time")

    def __init__(self, state: State, number: int, time: int) -> None:
        self.state = state
        self.number = number
        self.time = time
        """Nanoseconds UTC."""
        self.events: list[Event] = []
        self.ahead = 0
        """How many events are still to be put before those that follow: a deal is numbered by its final place."""
        self.reached: list[tuple[str, Price]] = []
        """Prices of the deals done where stop orders wait, with the `trading_key`; `triggering` follows them up."""

    def show(self, order: Order) -> None:
        """Tell what of an order is on show now."""
        assert order.price is not None
        order.shown = order.visible > 0
        self.events.append(
            OrderShown(order.order_id, order.symbol, order.side, order.price, order.visible, order.board)
        )

    def close(self, order: Order, status: OrderStatus) -> None:
        """Strike an order that is over from the living and remember how it ended."""
        if order.apart:
            self.state.on(order).apart.pop(order.order_id, None)
        order.pending = None
        covered = self.state.covered.get(order.account)
        if covered is not None:
            covered.pop(order.order_id, None)
        if order.quote_id:
            self._strike_quote(order)
        if self.state.orders.pop(order.order_id, None) is not None:
            self.state.of_user[order.user] -= 1
        self.state.names.end(order, status)

    def _strike_quote(self, order: Order) -> None:
        key = order.user, trading_key(order.symbol, order.board)
        sides = self.state.quotes.get(key, {})
        if sides.get(order.side) is order:
            del sides[order.side]
            if not sides:
                del self.state.quotes[key]

    def withdraw(self, order: Order) -> None:
        """Take a resting order out of its book and off the show; one that waits outside for its day is not in it.

        A stop order that waits for a price is taken from among those that do.
        """
        if order.waiting:
            self.state.on(order).stops.remove(order)
            return
        if order.level is None:
            if order.shown:  # beside the book, in open submission (art. 42 p. 1)
                order.visible = 0
                self.show(order)
            return
        self.state.on(order).book.remove(order)
        self.show(order)

    def put_apart(self, trading: Trading, order: Order) -> None:
        """Let an order live beside the book, behind all others there."""
        order.apart = True
        trading.apart.pop(order.order_id, None)
        trading.apart[order.order_id] = order

    def cancel_rest(
        self,
        order: Order,
        reason: str,
        request_cl_ord_id: str = "",
        clause: str = "",
        by: str = "",
        found: tuple[str, ...] = (),
    ) -> None:
        """End an order whose rest is not in the book (any more) as cancelled; `by` is who asked if not its owner.

        `found` are the arguments of the reason's text where it needs more than a name.
        """
        self.close(order, OrderStatus.CANCELLED)
        state = order.state(OrderStatus.CANCELLED, leaves=0)
        self.events.append(OrderCancelled(state, reason, request_cl_ord_id, clause, by, found))

    def deal(
        self,
        trading: Trading,
        buy: Order,
        sell: Order,
        quantity: Quantity,
        price: Price,
        aggressor: Side,
        method: str,
        replaces: str = "",
    ) -> None:
        """Tell of a deal between two orders that are filled already, and remember it as the last one (R-10).

        Whoever of them rests shows what is left of it; whoever is filled is done. One that repeats a failed deal is no
        last one, nor is a direct repo, whose price is no price of the security's market.
        """
        state, listing = self.state, trading.listing
        agreed_repo = trading.board.method == REPO_DIRECT
        terms = deal_terms(state, trading, price, quantity, buy.direct)
        controllers = self._controllers(buy, sell)
        awaits = _awaits(buy, sell, controllers) if listing.kept and not agreed_repo else ()
        counts = not replaces and not agreed_repo
        if counts:
            listing.dealt(price, quantity)
            if trading.stops:
                self.reached.append((trading.key, price))
        deal = Deal(
            f"{self.number}-{len(self.events) + self.ahead}",
            trading.symbol,
            trading.board.code,
            price,
            quantity,
            state.settlement[trading.symbol],
            aggressor,
            method,
            buy.state(),
            sell.state(),
            replaces,
            terms,
            awaits,
            listing.traded,
            controllers,
        )
        self.events.append(deal)
        state.ledger.post(obligations_of(deal))
        lasting = listing.kept and not agreed_repo
        state.deals.put(KeptDeal(deal, awaits=awaits, lasting=lasting, today=True, counts=counts))
        if terms is not None:
            opened(state, deal)
        for order in (buy, sell):
            if order.leaves == 0:
                self.close(order, OrderStatus.FILLED)
            if order.shown:
                self.show(order)

    def fail(self, kept: KeptDeal, clause: str) -> None:
        """Mark a deal as not executed and take back what it obliged its parties to; a repo it opened is none."""
        self.state.deals.put(msgspec.structs.replace(kept, failed=True, awaits=()))
        self.state.repos.pop(kept.deal.deal_id, None)
        self.state.ledger.post(reverse(obligations_of(kept.deal)))
        self.events.append(DealFailed(kept.deal, clause))

    def _controllers(self, buy: Order, sell: Order) -> tuple[str, ...]:
        """Return who controls the accounts of a deal, the buyer's first; nothing where nobody controls either."""
        market = self.state.market
        if market is None:
            return ()
        names = market.controllers.get(buy.account, ""), market.controllers.get(sell.account, "")
        return names if any(names) else ()

    def expire(self, order: Order, clause: str) -> None:
        """End a resting order with its session (R-4)."""
        self.withdraw(order)
        self.close(order, OrderStatus.EXPIRED)
        self.events.append(OrderExpired(order.state(OrderStatus.EXPIRED, leaves=0), clause))


def _awaits(buy: Order, sell: Order, controllers: tuple[str, ...]) -> tuple[str, ...]:
    """Return who has to confirm a deal of these orders: who controls an account and did not confirm the order."""
    named = zip((buy, sell), controllers, strict=False)
    return tuple(dict.fromkeys(name for order, name in named if name and not order.confirmer))
