"""Indicative quotes of NEXT: prices that bind nobody, shown to all, never in a book (R-164)."""

import msgspec

from kase_fix.messages.order_state import Refusal
from kase_fix.values.numbers import Price, Quantity


class IndicativeQuote(msgspec.Struct, frozen=True, array_like=True):
    """What a member is said to buy and sell an instrument at; None where it says nothing."""

    quote_id: int
    """IndiQuoteId(5162); a change keeps it."""
    user: str
    """Who put it as it is."""
    firm: str
    symbol: str
    buy: Price | None
    sell: Price | None
    buy_volume: Quantity | None
    sell_volume: Quantity | None
    comment: str
    created: int
    """When it was put as it is, nanoseconds UTC."""


class Indicate(msgspec.Struct, frozen=True, array_like=True, tag="indicate"):
    """IndicativeQuoteInsert(IQI): the member's quote in an instrument is from now on this."""

    user: str
    reference: str
    """IndiQuoteRequestRef(5159)."""
    symbol: str
    buy: Price | None = None
    sell: Price | None = None
    buy_volume: Quantity | None = None
    sell_volume: Quantity | None = None
    comment: str = ""


class WithdrawIndicative(msgspec.Struct, frozen=True, array_like=True, tag="withdraw_indicative"):
    """IndicativeQuoteCancel(IQC): take a quote of the own member back."""

    user: str
    reference: str
    quote_id: int


class IndicativeSet(msgspec.Struct, frozen=True, array_like=True, tag="indicative_set"):
    """A quote is new, or changed."""

    quote: IndicativeQuote
    reference: str


class IndicativeGone(msgspec.Struct, frozen=True, array_like=True, tag="indicative_gone"):
    """A quote is withdrawn; those of a day that ends go with it, without a word."""

    quote: IndicativeQuote
    user: str
    """Who asked for it, else who put it: he is told."""
    reason: str
    """`requested`, or a code of the catalogue."""
    reference: str = ""


class IndicativeRefused(msgspec.Struct, frozen=True, array_like=True, tag="indicative_refused"):
    """A quote was not taken, or not withdrawn."""

    user: str
    reference: str
    refusal: Refusal
    asked: IndicativeQuote | None = None
    """The quote as it would be; None: a withdrawal was refused."""
    quote_id: int = 0
    """The one that was to be withdrawn."""
