"""A living order: the one mutable thing the book holds. What leaves the engine is its frozen `OrderState`."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from kase_fix.messages.commands import NewOrder
from kase_fix.messages.direct import DirectTerms
from kase_fix.messages.order_state import OrderState
from kase_fix.values.enums import STOPS, OrderKind, OrderStatus, Side, TimeInForce
from kase_fix.values.numbers import Price, Quantity, divide_half_up

if TYPE_CHECKING:
    from kase_fix.matching.book import Level


def order_number(order_id: str) -> tuple[int, int]:
    """Return the numbers in an OrderID, in the order in which orders came in: its command's, and its place there."""
    command, _, place = order_id.rpartition("_")[2].partition(".")
    return int(command), int(place or 0)


class Order:
    """An order from its entry to its end.

    `leaves` is the open rest, hidden part included; `visible` is what the book shows of it. `value` is the sum of
    price x quantity over its deals (10^-8 of the quoted unit), kept exact for the average. `before`, `after` and
    `level` are its place in the book and belong to it.
    """

    __slots__ = (
        "account",
        "after",
        "apart",
        "before",
        "board",
        "cl_ord_id",
        "confirmer",
        "cover",
        "direct",
        "display",
        "entered",
        "expire_date",
        "filled",
        "firm",
        "kind",
        "leaves",
        "level",
        "market_maker",
        "order_id",
        "pending",
        "price",
        "priority",
        "quantity",
        "quote_entry",
        "quote_id",
        "shown",
        "side",
        "stop_price",
        "symbol",
        "text",
        "tif",
        "transact_time",
        "triggered",
        "user",
        "value",
        "visible",
        "waiting",
    )

    def __init__(self, order_id: str, command: NewOrder, firm: str, board: str, entered: int) -> None:
        """Make the order of a command; it is in no book yet and shows nothing."""
        self.order_id = order_id
        self.user = command.user
        self.firm = firm
        self.cl_ord_id = command.cl_ord_id
        self.account = command.account
        self.symbol = command.symbol
        self.board = board
        self.side: Side = command.side
        self.kind: OrderKind = command.kind
        self.tif: TimeInForce = command.tif
        self.quantity: Quantity = command.quantity
        self.leaves: Quantity = command.quantity
        self.filled: Quantity = 0
        self.value = 0
        self.price: Price | None = command.price
        self.display: Quantity | None = command.display
        self.expire_date: dt.date | None = command.expire_date
        self.text = command.text
        self.transact_time = command.transact_time
        self.entered = entered
        self.priority = 0
        """Number of the command that gave it its place in time: its entry, or a later change that cost it."""
        self.market_maker = command.market_maker
        self.direct: DirectTerms | None = command.direct
        self.confirmer = ""
        """Who must confirm it (art. 42); empty: nobody."""
        self.pending: OrderStatus | None = None
        """What it waits for before it counts; None: nothing."""
        self.cover: tuple[object, Any] | None = None
        """What it needs on its account, and what that was computed from: the collateral's to know."""
        self.apart = False
        """Whether it lives beside the book: a direct order, one of a fixing or of a specialised trading."""
        self.stop_price: Price | None = command.stop_price
        self.triggered = False
        """Whether a deal has reached its stop price."""
        self.waiting = False
        """Whether it stands among the stop orders that a deal may reach (`Stops`)."""
        self.quote_id = ""
        """QuoteID(117) of the quote of which it is a side; empty: it is an order like others."""
        self.quote_entry = ""
        """QuoteEntryID(299) of that quote."""
        self.visible: Quantity = 0
        self.shown = False
        """Whether the market sees it: it was told of what it shows, and not that it shows nothing."""
        self.before: Order | None = None
        self.after: Order | None = None
        self.level: Level | None = None

    @property
    def status(self) -> OrderStatus:
        """Return the state of a living order, or FILLED where nothing is left."""
        if self.pending is not None:
            return self.pending
        if self.leaves == 0 and self.filled == self.quantity:
            return OrderStatus.FILLED
        return OrderStatus.PARTIALLY_FILLED if self.filled else OrderStatus.NEW

    @property
    def waits_for_price(self) -> bool:
        """Tell whether it is a stop order that no deal has reached yet."""
        return self.kind in STOPS and not self.triggered

    @property
    def acts_as(self) -> OrderKind:
        """Return the kind it trades as: a triggered stop order is a market order, a stop-limit one a limit order."""
        if not self.triggered:
            return self.kind
        return OrderKind.MARKET if self.kind is OrderKind.STOP else OrderKind.LIMIT

    @property
    def shown_at_most(self) -> Quantity:
        """Return what may be on show now: the whole rest, or an iceberg's next slice of it (MaxFloor, 111)."""
        return self.leaves if self.display is None else min(self.display, self.leaves)

    def fill(self, quantity: Quantity, price: Price) -> None:
        """Take a deal into account; the book's own sums are the book's matter."""
        self.leaves -= quantity
        self.filled += quantity
        self.value += quantity * price

    def state(self, status: OrderStatus | None = None, leaves: Quantity | None = None) -> OrderState:
        """Return the order as it stands, or as it ended with `status` and `leaves`."""
        filled = self.filled
        return OrderState(
            self.order_id,
            self.user,
            self.firm,
            self.cl_ord_id,
            self.account,
            self.symbol,
            self.board,
            self.side,
            self.kind,
            self.tif,
            self.quantity,
            self.leaves if leaves is None else leaves,
            filled,
            self.status if status is None else status,
            self.price,
            divide_half_up(self.value, filled) if filled else 0,
            self.display,
            self.expire_date,
            self.text,
            self.transact_time,
            self.entered,
            self.market_maker,
            self.direct,
            self.confirmer,
            self.stop_price,
            self.triggered,
            quote_id=self.quote_id,
            quote_entry=self.quote_entry,
        )
