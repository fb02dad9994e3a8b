"""Deals that the exchange cancels or corrects: its decisions, and what they bring (R-165 to R-169)."""

import msgspec

from kase_fix.messages.deal_events import Deal
from kase_fix.messages.decision import Decision
from kase_fix.messages.order_state import OrderState
from kase_fix.values.numbers import Price, Quantity


class BustDeal(msgspec.Struct, frozen=True, array_like=True, tag="bust_deal"):
    """A deal is cancelled: it counts as never done (R-165)."""

    by: Decision
    deal_id: str


class CorrectDeal(msgspec.Struct, frozen=True, array_like=True, tag="correct_deal"):
    """A deal has another price, or a smaller quantity. None: that stays."""

    by: Decision
    deal_id: str
    price: Price | None = None
    quantity: Quantity | None = None


class DealBusted(msgspec.Struct, frozen=True, array_like=True, tag="deal_busted"):
    """A deal is cancelled by the exchange: ExecType(150)=H to both sides."""

    deal: Deal
    """As it stood until now: a direct repo that was prolonged with its later closing."""
    buy: OrderState
    """The orders as they stand after it. One that ended before a later change of it was told keeps its former terms
    here; what was filled, its average and its state are right."""
    sell: OrderState
    reason: str
    document: str
    clause: str


class DealCorrected(msgspec.Struct, frozen=True, array_like=True, tag="deal_corrected"):
    """A deal is from now on this; its number stays: ExecType(150)=G to both sides."""

    deal: Deal
    before: Deal
    buy: OrderState
    """The orders as they stand after it, as in `DealBusted`."""
    sell: OrderState
    reason: str
    document: str
    clause: str


class OrderRestated(msgspec.Struct, frozen=True, array_like=True, tag="order_restated"):
    """A living order is lessened by what was taken back of a deal (ExecType D, 378=5): that trades no more (R-167)."""

    order: OrderState
    deal_id: str
    clause: str
