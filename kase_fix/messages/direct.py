"""What a direct order says beside an order's usual terms (art. 2 p. 5, 6, 39; R-18, R-19)."""

import datetime as dt

import msgspec

from kase_fix.values.numbers import Price


class DirectTerms(msgspec.Struct, frozen=True, array_like=True):
    """What makes an order a direct one: to whom it is addressed, and what was agreed (art. 2 p. 5; R-18, R-19)."""

    counterparty: str
    """The user it is addressed to; as sent it may be a firm."""
    reference: str = ""
    """The parties' own match reference: SecondaryClOrdID(526)."""
    replaces: str = ""
    """The deal a repeated one stands for (art. 6): TradeID(1003)."""
    closes: dt.date | None = None
    """Of a direct repo: the date of its closing (art. 39 sp. 2)."""
    closing_price: Price | None = None
    """Of a direct repo: the price of its closing (art. 39 sp. 1)."""
