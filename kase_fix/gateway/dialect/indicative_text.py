"""Indicative quotes of NEXT: IQR, IQI and IQC as they are read, IQ, IQI and IQC as they are answered (R-164)."""

from collections.abc import Sequence

from kase_fix.gateway.dialect import reading
from kase_fix.gateway.dialect.fix_text import Fields, utc_timestamp
from kase_fix.gateway.dialect.listing import Listing, decimals_of
from kase_fix.gateway.dialect.questions import IndicativeList
from kase_fix.messages.indicative import (
    Indicate,
    IndicativeGone,
    IndicativeQuote,
    IndicativeRefused,
    IndicativeSet,
    WithdrawIndicative,
)
from kase_fix.rulebook import refusals as codes
from kase_fix.rulebook.refusals import english, russian
from kase_fix.rulebook.refusals_of_quotes import (
    ANOTHERS_INDICATIVE,
    NOTHING_INDICATED,
    QUOTE_CROSSED,
    UNKNOWN_INDICATIVE,
)
from kase_fix.values.numbers import Price, Quantity, format_price

ACTIVE, WITHDRAWN = "ACTIVE", "CANCELLED"
"""IndiQuoteStatus(5168)."""
GREATEST_LIST = 200
"""Entries of one IQ; a longer list comes in several."""
DONE, OTHER = 0, 99
"""InsertIndiQuoteStatus(5171), CancelIndiQuoteStatus(5172)."""
INSERT_STATUS = {
    codes.UNKNOWN_INSTRUMENT: 1,
    codes.NOT_ADMITTED: 2,
    codes.MEMBER_SUSPENDED: 2,
    codes.PRICE_OFF_GRID: 3,
    codes.PRICE_NOT_POSITIVE: 3,
    codes.PRICE_ABOVE_MAXIMUM: 3,
    QUOTE_CROSSED: 3,
    NOTHING_INDICATED: 3,
    codes.ZERO_QUANTITY: 4,
    codes.ABOVE_MAXIMUM: 4,
    codes.INSTRUMENT_SUSPENDED: 5,
    codes.TRADING_MOVED: 5,
}
"""1 unknown instrument, 2 no right, 3 price, 4 volume, 5 not traded."""
CANCEL_STATUS = {UNKNOWN_INDICATIVE: 1, ANOTHERS_INDICATIVE: 2}
"""1 unknown quote, 2 another member's."""


def indicative_list(fields: Fields, user: str) -> IndicativeList:
    """Read IndicativeQuoteRequest(IQR); without 263 the list is asked for once."""
    return IndicativeList(user, fields.get(5159, ""), reading.number(fields, 263, 0, 2))


def indicate(fields: Fields, user: str) -> Indicate:
    """Read IndicativeQuoteInsert(IQI)."""
    return Indicate(
        user,
        fields.get(5159, ""),
        reading.required(fields, 5161),
        reading.price(fields, 5164),
        reading.price(fields, 5165),
        reading.quantity(fields, 5166),
        reading.quantity(fields, 5167),
        fields.get(5170, ""),
    )


def withdraw(fields: Fields, user: str) -> WithdrawIndicative:
    """Read IndicativeQuoteCancel(IQC)."""
    reading.required(fields, 5162)
    return WithdrawIndicative(user, fields.get(5159, ""), reading.number(fields, 5162, 0, 999_999_999))


def answer(event: IndicativeSet | IndicativeGone | IndicativeRefused, instruments: Listing) -> str:
    """Return what who asked is told: his IQI or IQC again with its status; of an end nobody asked for an IQC.

    IndiQuoteComment(5170) of a quote that was not taken says why, in both languages.
    """
    if isinstance(event, IndicativeSet):
        return _inserted(event.quote, event.reference, DONE, event.quote.comment, instruments)
    if isinstance(event, IndicativeGone):
        return _cancelled(event.quote.quote_id, event.reference, DONE)
    status = (CANCEL_STATUS if event.asked is None else INSERT_STATUS).get(event.refusal.code, OTHER)
    if event.asked is None:
        return _cancelled(event.quote_id, event.reference, status)
    words = f"{english(event.refusal)} / {russian(event.refusal)}"
    return _inserted(event.asked, event.reference, status, words, instruments)


def quotes(reference: str, shown: Sequence[tuple[IndicativeQuote, str]], instruments: Listing) -> str:
    """Return IndicativeQuoteList(IQ) of these quotes, each with its status; without any there is no group."""
    count = f"5160={len(shown)}\x01" if shown else ""
    return f"35=IQ\x01{_reference(reference)}{count}" + "".join(
        f"5162={quote.quote_id}\x015161={quote.symbol}\x015163={quote.firm}\x01{_terms(quote, instruments)}"
        f"5168={status}\x015169={utc_timestamp(quote.created)}\x01{_comment(quote.comment)}"
        for quote, status in shown
    )


def _inserted(quote: IndicativeQuote, reference: str, status: int, comment: str, instruments: Listing) -> str:
    return (
        f"35=IQI\x01{_reference(reference)}5161={quote.symbol}\x01{_terms(quote, instruments)}{_comment(comment)}"
        f"5171={status}\x01"
    )


def _cancelled(quote_id: int, reference: str, status: int) -> str:
    return f"35=IQC\x01{_reference(reference)}5162={quote_id}\x015172={status}\x01"


def _terms(quote: IndicativeQuote, instruments: Listing) -> str:
    decimals = decimals_of(instruments, quote.symbol)
    return (
        f"{_price(5164, quote.buy, decimals)}{_price(5165, quote.sell, decimals)}"
        f"{_volume(5166, quote.buy_volume)}{_volume(5167, quote.sell_volume)}"
    )


def _reference(reference: str) -> str:
    return f"5159={reference}\x01" if reference else ""


def _comment(comment: str) -> str:
    return f"5170={comment}\x01" if comment else ""


def _price(tag: int, price: Price | None, decimals: int) -> str:
    return "" if price is None else f"{tag}={format_price(price, decimals)}\x01"


def _volume(tag: int, volume: Quantity | None) -> str:
    return "" if volume is None else f"{tag}={volume}\x01"
