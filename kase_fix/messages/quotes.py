"""Quotes of market makers and of the National Bank: what they ask for, and what is answered (R-161 to R-163)."""

import enum

import msgspec

from kase_fix.messages.order_state import Refusal
from kase_fix.values.numbers import Price, Quantity


class QuoteEntry(msgspec.Struct, frozen=True, array_like=True):
    """A quote in one instrument. A side of no size is withdrawn, a side of some is an order of that size."""

    set_id: str
    """QuoteSetID(302); empty for a Quote(S)."""
    entry_id: str
    """QuoteEntryID(299); empty for a Quote(S)."""
    symbol: str
    board: str = ""
    """TradingSessionID(336); empty: the instrument's board."""
    bid: Price | None = None
    bid_size: Quantity = 0
    offer: Price | None = None
    offer_size: Quantity = 0


class MassQuote(msgspec.Struct, frozen=True, array_like=True, tag="mass_quote"):
    """MassQuote(i), or Quote(S) with one entry: each entry replaces the user's quote in its instrument."""

    user: str
    cl_ord_id: str
    """QuoteID(117)."""
    account: str
    entries: tuple[QuoteEntry, ...]
    level: int = 2
    """QuoteResponseLevel(301)."""
    single: bool = False
    """It was a Quote(S)."""
    poss_resend: bool = False


class QuoteScope(enum.StrEnum):
    """QuoteCancelType(298): which quotes are withdrawn."""

    INSTRUMENTS = "1"
    ALL = "4"


class CancelQuotes(msgspec.Struct, frozen=True, array_like=True, tag="cancel_quotes"):
    """QuoteCancel(Z): take the user's quotes back; all that is named must hold of a quote."""

    user: str
    cl_ord_id: str
    """QuoteID(117), told back and not looked at."""
    scope: QuoteScope
    symbols: tuple[str, ...] = ()
    board: str = ""
    account: str = ""
    level: int = 2


class QuoteResult(msgspec.Struct, frozen=True, array_like=True):
    """What has become of an entry."""

    set_id: str
    entry_id: str
    symbol: str
    board: str
    refusal: Refusal | None = None
    """None: it is the user's quote now."""


class MassQuoteAnswered(msgspec.Struct, frozen=True, array_like=True, tag="mass_quote_answered"):
    """What has become of a mass quote: MassQuoteAcknowledgement(b), or QuoteStatusReport(AI) of a Quote(S)."""

    user: str
    cl_ord_id: str
    account: str
    level: int
    single: bool
    entries: tuple[QuoteResult, ...] = ()
    refusal: Refusal | None = None
    """Why nothing of it was looked at."""
    repeated: bool = False
    """It was carried out before and came again; nothing was done."""


class QuotesCancelled(msgspec.Struct, frozen=True, array_like=True, tag="quotes_cancelled"):
    """What has become of a QuoteCancel(Z): MassQuoteAcknowledgement(b)."""

    user: str
    cl_ord_id: str
    account: str
    level: int
    scope: QuoteScope
    withdrawn: int = 0
    """Sides of quotes."""
    left: int = 0
    """Sides that may not be withdrawn now (fixing)."""
    refusal: Refusal | None = None
