"""Orders that are marked as a market maker's: who may mark them, and what they must be (R-157)."""

from kase_fix.engine.candidate import Candidate
from kase_fix.matching.book import Half
from kase_fix.matching.order import Order
from kase_fix.messages.making import Liability
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook.admission import RULES_OF_THE_EXCHANGE
from kase_fix.rulebook.making import Quote, spread_too_wide, strays, volume_of
from kase_fix.rulebook.refusals_of_making import (
    MAKER_DEVIATION,
    MAKER_MUST_REST,
    MAKER_QUANTITY,
    MAKER_SPREAD,
    MAKER_VOLUME,
    NOT_A_MAKER,
)
from kase_fix.values.enums import LIMITED, Side, TimeInForce
from kase_fix.values.numbers import Price, format_decimal, format_price

RESTING = (TimeInForce.DAY, TimeInForce.GTC, TimeInForce.GTD)


def marked_rightly(order: Candidate) -> Refusal | None:
    """Refuse the mark of one who is no market maker of the instrument, and on an order that is no quote."""
    if not order.market_maker:
        return None
    liability = _liability(order)
    if liability is None:
        return _refusal(NOT_A_MAKER, order.user.firm, order.symbol, order.listed.board.code)
    if order.kind not in LIMITED or order.tif not in RESTING or order.price is None:
        return _refusal(MAKER_MUST_REST, order.symbol)
    return _size_wrong(order, liability, Quote(order.price, _shown(order)))


def quoted_rightly(order: Candidate) -> Refusal | None:
    """Refuse a market maker's price that strays from the last day's, or leaves his two best prices too wide apart."""
    liability = _liability(order) if order.market_maker else None
    if liability is None or order.price is None:
        return None
    decimals, last_day = order.listed.group.price_decimals, order.listed.listing.previous
    if last_day is not None and strays(liability, order.price, last_day):
        per_cent = format_decimal(liability.deviation_hundredths or 0, 2, 0)
        found = format_price(order.price, decimals), per_cent, format_price(last_day, decimals)
        return _refusal(MAKER_DEVIATION, *found)
    own, other = (_best(order, side) for side in (order.side, order.side.other))
    if other is None:
        return None
    is_buy = order.side is Side.BUY
    best = order.price if own is None else (max if is_buy else min)(own, order.price)
    buy, sell = (best, other) if is_buy else (other, best)
    if not spread_too_wide(liability, buy, sell):
        return None
    found = format_price(buy, decimals), format_price(sell, decimals), _widest(liability, decimals)
    return _refusal(MAKER_SPREAD, *found)


def _liability(order: Candidate) -> Liability | None:
    return order.market.liabilities.get((order.user.firm, order.symbol, order.listed.board.code))


def _shown(order: Candidate) -> int:
    return order.quantity if order.display is None else min(order.display, order.quantity)


def _size_wrong(order: Candidate, liability: Liability, quote: Quote) -> Refusal | None:
    if liability.quantity is not None and quote.quantity < liability.quantity:
        return _refusal(MAKER_QUANTITY, str(quote.quantity), str(liability.quantity))
    volume = volume_of(order.listed.instrument, order.listed.group, quote)
    if liability.volume is not None and volume < liability.volume:
        return _refusal(MAKER_VOLUME, format_decimal(volume, 2, 2), format_decimal(liability.volume, 2, 2))
    return None


def _best(order: Candidate, side: Side) -> Price | None:
    """Return the member's best marked price of a side: in the book, but for what is changed or leaves, or beside it."""
    half: Half = order.listed.book.halves[side]
    resting = (one.price for level in half for one in level if _is_own(order, one))
    coming = (one.price for one in order.beside if one.side is side and one.market_maker)
    prices = [price for price in (next(resting, None), *coming) if price is not None]
    return (max if side is Side.BUY else min)(prices, default=None)


def _is_own(order: Candidate, resting: Order) -> bool:
    stays = resting is not order.changes and resting not in order.instead_of
    return resting.market_maker and resting.firm == order.user.firm and stays


def _widest(liability: Liability, decimals: int) -> str:
    parts = [] if liability.spread is None else [format_price(liability.spread, decimals)]
    if liability.spread_hundredths is not None:
        parts.append(f"{format_decimal(liability.spread_hundredths, 2, 0)} %")
    return ", ".join(parts)


def _refusal(code: str, *found: str) -> Refusal:
    return Refusal(code, RULES_OF_THE_EXCHANGE, found)
