"""The market's state: what `apply` reads and changes."""

import datetime as dt
import hashlib

from kase_fix.matching.book import Book
from kase_fix.matching.order import Order
from kase_fix.messages.configuration import Board, Group, Instrument, MarketConfiguration
from kase_fix.rulebook.market import Market
from kase_fix.values.enums import OrderStatus, Phase
from kase_fix.values.numbers import Price


class Trading:
    """An instrument as it trades: its parameters, its book, and the price that limits look at."""

    __slots__ = ("board", "book", "group", "instrument", "last_deal", "symbol")

    def __init__(self, instrument: Instrument, group: Group, board: Board) -> None:
        self.symbol = instrument.symbol
        self.instrument = instrument
        self.group = group
        self.board = board
        self.book = Book(instrument.symbol)
        self.last_deal: Price | None = instrument.last_deal
        """Price of the last deal of any day (art. 8; annex 1); None where there never was one."""


class Names:
    """The ClOrdIDs used since the operational day began and the orders that ended in it.

    Additions are logged so that they can be taken back, and hashed as they come, so that a day of a million orders
    costs the state hash nothing.
    """

    __slots__ = ("digest", "ended", "log", "used")

    def __init__(self) -> None:
        self.used: dict[tuple[str, str], str] = {}
        """(user, ClOrdID) -> OrderID of the order that was entered, changed or cancelled with it."""
        self.ended: dict[str, tuple[str, OrderStatus]] = {}
        """OrderID -> (firm, how it ended)."""
        self.log: list[tuple[str, str] | str] = []
        self.digest = hashlib.blake2b(digest_size=16)

    def use(self, user: str, cl_ord_id: str, order_id: str) -> None:
        """Take a ClOrdID for an order; nothing where it is empty: NEXT clients may cancel by OrderID(37) alone."""
        if not cl_ord_id:
            return
        self.used[user, cl_ord_id] = order_id
        self.log.append((user, cl_ord_id))
        self.digest.update(f"{user}\0{cl_ord_id}\0{order_id}\n".encode())

    def end(self, order: Order, status: OrderStatus) -> None:
        """Remember that an order is over."""
        self.ended[order.order_id] = (order.firm, status)
        self.log.append(order.order_id)
        self.digest.update(f"{order.order_id}\0{status.value}\n".encode())

    def take_back(self, length: int) -> None:
        """Forget all additions after the first `length`; the digest is the caller's to restore."""
        for entry in self.log[length:]:
            if isinstance(entry, str):
                self.ended.pop(entry, None)
            else:
                self.used.pop(entry, None)
        del self.log[length:]


class State:
    """Everything the engine knows. Only commands change it."""

    __slots__ = (
        "configuration",
        "date",
        "day_open",
        "market",
        "names",
        "not_traded",
        "orders",
        "phases",
        "seed",
        "settlement",
        "trading",
        "transitions",
    )

    def __init__(self) -> None:
        self.seed = 0
        self.configuration: MarketConfiguration | None = None
        self.market: Market | None = None
        self.trading: dict[str, Trading] = {}
        self.orders: dict[str, Order] = {}
        """Living orders by OrderID, in order of entry."""
        self.names = Names()
        self.date: dt.date | None = None
        """The operational day that is open or was last."""
        self.day_open = False
        self.settlement: dict[str, dt.date] = {}
        self.not_traded: dict[str, str] = {}
        self.phases: dict[str, Phase] = {}
        self.transitions: set[str] = set()
        """Keys of the transitions of the day's schedule that are done."""

    def phase(self, board: str) -> Phase:
        """Return the phase a board is in; closed where nothing was said."""
        return self.phases.get(board, Phase.CLOSED)

    def find(self, firm: str, user: str, order_id: str, orig_cl_ord_id: str) -> str:
        """Return the OrderID a request means, empty where there is none: OrderID(37) wins over OrigClOrdID(41).

        Only orders of the sender's firm are found; anyone else's are as unknown as those that never were.
        """
        named = order_id or self.names.used.get((user, orig_cl_ord_id), "")
        order = self.orders.get(named)
        if order is not None:
            return named if order.firm == firm else ""
        ended = self.names.ended.get(named)
        return named if ended is not None and ended[0] == firm else ""
