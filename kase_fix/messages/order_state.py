"""What an order is after an event, and why a command was not carried out: what most events carry."""

import datetime as dt

import msgspec

from kase_fix.messages.direct import DirectTerms
from kase_fix.values.enums import STOPS, OrderKind, OrderStatus, Side, TimeInForce
from kase_fix.values.numbers import Price, Quantity


class Refusal(msgspec.Struct, frozen=True, array_like=True):
    """Why a command was not carried out: a code of the catalogue, the clause it rests on, and what was found."""

    code: str
    clause: str
    found: tuple[str, ...] = ()
    """The arguments of the catalogue's text, in its order, already as text."""


class OrderState(msgspec.Struct, frozen=True, array_like=True):
    """An order as it stands after the event that carries it."""

    order_id: str
    user: str
    firm: str
    cl_ord_id: str
    account: str
    symbol: str
    board: str
    side: Side
    kind: OrderKind
    tif: TimeInForce
    quantity: Quantity
    leaves: Quantity
    filled: Quantity
    status: OrderStatus
    price: Price | None
    average: Price
    """Average price of the deals so far, rounded half up; 0 where there is none."""
    display: Quantity | None
    expire_date: dt.date | None
    text: str
    transact_time: str
    entered: int
    """Moment of entry, nanoseconds UTC."""
    market_maker: bool = False
    direct: DirectTerms | None = None
    """Of a direct order; its counterparty is a user."""
    confirmer: str = ""
    """The participant of the confirmation system who controls its account, where he must confirm it (art. 42)."""
    stop_price: Price | None = None
    """StopPx(99) of a stop order."""
    triggered: bool = False
    """Whether a deal has reached the stop price: from then on it is a market or limit order."""
    quote_id: str = ""
    """QuoteID(117) of the quote of which it is a side; empty: it is an order like others."""
    quote_entry: str = ""
    """QuoteEntryID(299) of that quote."""

    @property
    def waits_for_price(self) -> bool:
        """Tell whether it is a stop order that no deal has reached yet: nobody but its member knows of it."""
        return self.kind in STOPS and not self.triggered
