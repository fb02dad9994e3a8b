"""An order that asks in, new, changed or formed anew, with what the rules of admission look at."""

import datetime as dt

from kase_fix.engine.state import State, Trading
from kase_fix.matching.order import Order
from kase_fix.messages.commands import NewOrder
from kase_fix.messages.direct import DirectTerms
from kase_fix.rulebook.market import Market
from kase_fix.values.enums import STOPS, Phase
from kase_fix.values.numbers import Price, Quantity


class Candidate:
    """The terms an order would have."""

    __slots__ = (
        "account",
        "beside",
        "board",
        "changes",
        "direct",
        "display",
        "expire_date",
        "instead_of",
        "kind",
        "market",
        "market_maker",
        "now",
        "phase",
        "price",
        "quantity",
        "side",
        "state",
        "stop_price",
        "symbol",
        "tif",
        "trading",
        "user",
    )

    def __init__(self, state: State, market: Market, command: NewOrder, now: int) -> None:
        """Take the terms of a new order at `now` (ns UTC)."""
        self.now = now
        self.state = state
        self.market = market
        self.trading: Trading | None = state.meant(command.symbol, command.board, command.direct)
        self.phase = Phase.CLOSED if self.trading is None else state.phase(self.trading)
        """What its board does with orders at the moment."""
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
        self.market_maker = command.market_maker
        self.direct: DirectTerms | None = command.direct
        self.stop_price: Price | None = command.stop_price
        self.changes: Order | None = None
        """The living order that would have these terms; None: it is a new one."""
        self.instead_of: tuple[Order, ...] = ()
        """Living orders that leave as it comes: they block nothing and are not counted any more."""
        self.beside: tuple[NewOrder, ...] = ()
        """Other orders that the same command enters before it."""

    @classmethod
    def of(
        cls,
        state: State,
        market: Market,
        order: Order,
        price: Price | None,
        quantity: Quantity,
        display: Quantity | None,
        now: int,
        stop_price: Price | None = None,
    ) -> "Candidate":
        """Return a living order with these terms; a stop order that was triggered as what it is since (R-151)."""
        command = NewOrder(
            order.user,
            order.cl_ord_id,
            order.account,
            order.symbol,
            order.side,
            order.acts_as,
            quantity,
            price,
            order.tif,
            display,
            order.board,
            order.expire_date,
            market_maker=order.market_maker,
            direct=order.direct,
            stop_price=stop_price if order.waits_for_price else None,
        )
        candidate = cls(state, market, command, now)
        candidate.changes = order
        return candidate

    @property
    def waits_for_price(self) -> bool:
        """Tell whether it is a stop order that is to wait for a price: what it will do is judged when it is reached."""
        return self.kind in STOPS

    @property
    def listed(self) -> Trading:
        """Return where the order goes, once `instrument_listed` has passed."""
        assert self.trading is not None
        return self.trading
