"""An order that asks in, new, changed or formed anew, with what the rules of admission look at."""

import datetime as dt

from kase_fix.engine.state import State, Trading
from kase_fix.matching.order import Order
from kase_fix.messages.commands import NewOrder
from kase_fix.rulebook.market import Market
from kase_fix.values.numbers import Price, Quantity


class Candidate:
    """The terms an order would have."""

    __slots__ = (
        "account",
        "board",
        "display",
        "expire_date",
        "kind",
        "market",
        "price",
        "quantity",
        "side",
        "state",
        "symbol",
        "tif",
        "trading",
        "user",
    )

    def __init__(self, state: State, market: Market, command: NewOrder) -> None:
        """Take a new order's terms."""
        self.state = state
        self.market = market
        self.trading: Trading | None = state.meant(command.symbol, command.board)
        self.user = market.users[command.user]
        self.account = command.account
        self.symbol = command.symbol
        self.board = command.board
        self.side = command.side
        self.kind = command.kind
        self.tif = command.tif
        self.quantity: Quantity = command.quantity
        self.price: Price | None = command.price
        self.display: Quantity | None = command.display
        self.expire_date: dt.date | None = command.expire_date

    @classmethod
    def of(
        cls,
        state: State,
        market: Market,
        order: Order,
        price: Price | None,
        quantity: Quantity,
        display: Quantity | None,
    ) -> "Candidate":
        """Return a living order with these terms."""
        command = NewOrder(
            order.user,
            order.cl_ord_id,
            order.account,
            order.symbol,
            order.side,
            order.kind,
            quantity,
            price,
            order.tif,
            display,
            order.board,
            order.expire_date,
        )
        return cls(state, market, command)

    @property
    def listed(self) -> Trading:
        """Return where the order goes, once `instrument_listed` has passed."""
        assert self.trading is not None
        return self.trading
