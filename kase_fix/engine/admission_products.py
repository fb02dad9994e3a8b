"""What is asked of an order so that its deal can be computed: swaps, repo, bonds (art. 15, 24, 40; R-24, R-27)."""

from kase_fix.engine.candidate import Candidate
from kase_fix.engine.settling import REPO_DIRECT, deal_terms, first_leg, swap_base
from kase_fix.messages.deal_terms import DealTerms, RepoTerms, SwapTerms
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook.refusals import ABOVE_MAXIMUM
from kase_fix.rulebook.refusals_of_methods import COUPON_UNKNOWN, LEG_PRICE_WRONG, NO_BASE_PRICE, NO_COLLATERAL_PRICE
from kase_fix.values.numbers import GREATEST, Money, Price, format_price


def deal_computable(order: Candidate) -> Refusal | None:
    """Refuse where a deal's legs or interest cannot be computed today, or would come to nothing."""
    trading = order.listed
    instrument, group = trading.instrument, trading.group
    scheme = instrument.scheme or group.settlement
    if trading.board.method == REPO_DIRECT:
        return _countable(order, None if order.price is None else _terms(order, order.price))
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
    terms = _terms(order, order.price)
    if terms is None:
        return Refusal(COUPON_UNKNOWN, group.clauses.price, (order.symbol,))
    return _countable(order, terms)


def _legs_positive(order: Candidate) -> Refusal | None:
    """Refuse a yield at which the second leg's price would be nothing or less."""
    if order.price is None:
        return None
    terms = _terms(order, order.price)
    closing = terms.second if isinstance(terms, SwapTerms) else terms.closing if isinstance(terms, RepoTerms) else None
    if closing is None or closing.price > 0:
        return _countable(order, terms)
    price = format_price(order.price, order.listed.group.price_decimals)
    return Refusal(LEG_PRICE_WRONG, order.listed.group.clauses.price, (order.symbol, price))


def _terms(order: Candidate, price: Price) -> DealTerms | None:
    """Return what a deal of the whole order would promise."""
    return deal_terms(order.state, order.listed, price, order.quantity, order.direct)


def _countable(order: Candidate, terms: DealTerms | None) -> Refusal | None:
    """Refuse more than can be written down: an amount beyond 64 bits would stop the journal."""
    amount = 0 if terms is None else max(map(abs, _amounts(terms)))
    if amount <= GREATEST:
        return None
    most = order.quantity * GREATEST // amount
    return Refusal(ABOVE_MAXIMUM, order.listed.group.clauses.lot, (str(order.quantity), str(most)))


def _amounts(terms: DealTerms) -> tuple[Money, ...]:
    """Return what is paid in a deal."""
    if isinstance(terms, SwapTerms):
        return terms.first.amount, terms.second.amount
    if isinstance(terms, RepoTerms):
        return terms.opening.amount, terms.closing.amount
    return terms.principal, terms.accrued, terms.amount
