"""Events of deals: made, confirmed, failed."""

import datetime as dt

import msgspec

from kase_fix.messages.deal_terms import DealTerms, Traded
from kase_fix.messages.order_state import OrderState
from kase_fix.values.enums import Side
from kase_fix.values.numbers import Price, Quantity


class Deal(msgspec.Struct, frozen=True, array_like=True, tag="deal"):
    """Two orders met. `buy` and `sell` are the orders as they stand after it."""

    deal_id: str
    symbol: str
    board: str
    price: Price
    quantity: Quantity
    settlement: dt.date
    aggressor: Side
    method: str
    buy: OrderState
    sell: OrderState
    replaces: str = ""
    """The failed deal that a repeated one stands for (art. 6)."""
    terms: DealTerms | None = None
    """Of a swap, a repo or a bond; None: price x quantity is all."""
    awaits: tuple[str, ...] = ()
    """Participants of the confirmation system who have to confirm it (art. 42 p. 2, 3)."""
    traded: Traded | None = None
    """What changes hands; None: `terms` has it all, in their legs."""
    controllers: tuple[str, ...] = ()
    """Who controls the buyer's and the seller's account, participants of the confirmation system; empty: neither's."""


class DealConfirmed(msgspec.Struct, frozen=True, array_like=True, tag="deal_confirmed"):
    """Who controls an account has confirmed a deal that uses it (art. 42 p. 2, 3)."""

    deal: Deal
    by: str


class DealFailed(msgspec.Struct, frozen=True, array_like=True, tag="deal_failed"):
    """A deal is not executed: its parties may repeat it where the board allows that (art. 6; R-19)."""

    deal: Deal
    clause: str = "art. 6"
