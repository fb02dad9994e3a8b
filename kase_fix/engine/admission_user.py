"""What one user may do at the most: size and value of an order, living orders at a time (R-114, R-115)."""

from kase_fix.calendar.working_days import TENGE
from kase_fix.clearing.obligations import REPO_DIRECT
from kase_fix.engine.candidate import Candidate
from kase_fix.engine.settling import deal_terms
from kase_fix.engine.specialised_result import real_price
from kase_fix.messages.configuration import TradingLimits
from kase_fix.messages.deal_terms import BondMoney, RepoTerms, SwapTerms
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook.admission import RULES_OF_THE_EXCHANGE
from kase_fix.rulebook.refusals_of_protection import USER_ORDERS, USER_QUANTITY, USER_VALUE
from kase_fix.values.numbers import PRICE_SCALE, Money, divide_half_up, format_decimal, money_of

NO_LIMITS = TradingLimits()


def within_user_limits(order: Candidate) -> Refusal | None:
    """Refuse what is above a limit of the user, as decided or as the register has it (art. 1 p. 2; R-114)."""
    name = order.user.name
    limits = order.state.terms.user_limits.get(name, order.user.limits)
    if limits == NO_LIMITS:
        return None
    if limits.quantity is not None and order.quantity > limits.quantity:
        return _refusal(USER_QUANTITY, str(order.quantity), str(limits.quantity), name)
    living = order.state.of_user.get(name, 0) + len(order.beside) - len(order.instead_of)
    if limits.orders is not None and order.changes is None and living >= limits.orders:
        return _refusal(USER_ORDERS, name, str(living))
    value = None if limits.value is None else value_of(order)
    if value is not None and limits.value is not None and value > limits.value:
        return _refusal(USER_VALUE, format_decimal(value, 2, 2), format_decimal(limits.value, 2, 2), name)
    return None


def value_of(order: Candidate) -> Money | None:
    """Return what an order comes to in tiyn, at its price, its stop price or the last deal's; None: nobody can say.

    Of a swap the first leg, of a repo the opening, of a bond the money with interest (R-102); another currency by the
    last deal of its pair for tomorrow (R-103).
    """
    trading, price = order.listed, order.price
    at = trading.last_deal if order.stop_price is None else order.stop_price
    price = at if price is None else real_price(order.state, trading, price)
    if price is None:
        return None
    terms = deal_terms(order.state, trading, price, order.quantity, order.direct)
    if isinstance(terms, SwapTerms):
        return _in_tiyn(order, terms.first.amount, terms.first.currency)
    if isinstance(terms, RepoTerms):
        return _in_tiyn(order, terms.opening.amount, terms.opening.currency)
    if isinstance(terms, BondMoney):
        return _in_tiyn(order, terms.amount, terms.currency)
    if trading.group.price_kind == "yield" or trading.board.method == REPO_DIRECT:
        return None
    return _in_tiyn(order, money_of(price, order.quantity), trading.instrument.quote)


def _in_tiyn(order: Candidate, amount: Money, currency: str) -> Money | None:
    if currency == TENGE:
        return amount
    pair = order.state.listings.get(f"{currency}{TENGE}_TOM")
    if pair is None or pair.last_deal is None:
        return None
    return divide_half_up(amount * pair.last_deal, PRICE_SCALE)


def _refusal(code: str, *found: str) -> Refusal:
    return Refusal(code, RULES_OF_THE_EXCHANGE, found)
