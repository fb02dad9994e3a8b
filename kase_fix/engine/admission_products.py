"""What is asked of an order so that its deal can be computed: swaps, repo, bonds (art. 15, 24, 40; R-24, R-27)."""

from kase_fix.engine.candidate import Candidate
from kase_fix.engine.settling import REPO_DIRECT, deal_terms, first_leg, swap_base
from kase_fix.messages.deal_terms import RepoTerms, SwapTerms
from kase_fix.messages.events import Refusal
from kase_fix.rulebook.refusals_of_methods import COUPON_UNKNOWN, LEG_PRICE_WRONG, NO_BASE_PRICE, NO_COLLATERAL_PRICE
from kase_fix.values.numbers import format_price


def deal_computable(order: Candidate) -> Refusal | None:
    """Refuse where a deal's legs or interest cannot be computed today, or would come to nothing."""
    trading = order.listed
    instrument, group = trading.instrument, trading.group
    scheme = instrument.scheme or group.settlement
    if trading.board.method == REPO_DIRECT:
        return None
    if scheme == "swap":
        if swap_base(order.state, instrument) is None:
            leg = first_leg(order.state, instrument)
            pair = leg.symbol if leg else f"{instrument.currency}{instrument.quote}_{instrument.first_leg}"
            return Refusal(NO_BASE_PRICE, "art. 15 p. 10", (order.symbol, pair))
        return _legs_positive(order)
    if scheme == "repo":
        if instrument.underlying not in order.market.configuration.collateral:
            return Refusal(NO_COLLATERAL_PRICE, "art. 40 p. 1", (order.symbol, instrument.underlying))
        return _legs_positive(order)
    if instrument.bond is None or order.price is None:
        return None
    if deal_terms(order.state, trading, order.price, order.quantity) is None:
        return Refusal(COUPON_UNKNOWN, group.clauses.price, (order.symbol,))
    return None


def _legs_positive(order: Candidate) -> Refusal | None:
    """Refuse a yield at which the second leg's price would be nothing or less."""
    if order.price is None:
        return None
    terms = deal_terms(order.state, order.listed, order.price, order.quantity)
    closing = terms.second if isinstance(terms, SwapTerms) else terms.closing if isinstance(terms, RepoTerms) else None
    if closing is None or closing.price > 0:
        return None
    price = format_price(order.price, order.listed.group.price_decimals)
    return Refusal(LEG_PRICE_WRONG, order.listed.group.clauses.price, (order.symbol, price))
