"""What is asked of a quote before its two orders are looked at (R-161, R-163; art. 1 p. 1 sp. 10, p. 2)."""

from kase_fix.engine.state import State, Trading
from kase_fix.messages.configuration import User
from kase_fix.messages.order_state import Refusal
from kase_fix.messages.quotes import QuoteEntry
from kase_fix.rulebook.admission import RULES_OF_THE_EXCHANGE
from kase_fix.rulebook.market import Market
from kase_fix.rulebook.refusals import FIRM_QUOTES_ONLY, KIND_NOT_ENABLED, METHOD_NOT_ENABLED
from kase_fix.rulebook.refusals_of_quotes import MAY_NOT_QUOTE, QUOTE_CROSSED
from kase_fix.values.enums import Phase
from kase_fix.values.numbers import format_price

MARKET_MAKER = "market_maker"
"""Role of the member register: who has it may quote wherever he is admitted, bound to it or not."""


def may_quote(user: User, market: Market, trading: Trading) -> Refusal | None:
    """Refuse who is no market maker; where the National Bank's firm quotes alone rest everyone but it (art. 15, 40)."""
    board = trading.board
    if board.firm_quotes_of:
        if market.may_rest(board, user.firm):
            return None
        return Refusal(FIRM_QUOTES_ONLY, board.firm_quotes_clause, (board.code, board.firm_quotes_of))
    if MARKET_MAKER in user.roles or is_bound(user, market, trading):
        return None
    return Refusal(MAY_NOT_QUOTE, RULES_OF_THE_EXCHANGE, (user.name, trading.symbol))


def is_bound(user: User, market: Market, trading: Trading) -> bool:
    """Tell whether the user's member is bound to quote there: his quotes count as a market maker's (R-155, R-161)."""
    return (user.firm, trading.symbol, trading.board.code) in market.liabilities


def quotable(state: State, trading: Trading) -> Refusal | None:
    """Refuse quotes by another method than the continuous auction, in fixing and in specialised trading."""
    board = trading.board
    if board.method != "continuous":
        return Refusal(METHOD_NOT_ENABLED, board.clause, (trading.symbol, board.method))
    if state.phase(trading) in (Phase.FIXING, Phase.SPECIALISED):
        return Refusal(KIND_NOT_ENABLED, trading.group.clauses.methods, ("quote", trading.symbol))
    return None


def crossed(entry: QuoteEntry, trading: Trading) -> Refusal | None:
    """Refuse a quote that would deal with itself: a bid that is not below its offer."""
    if entry.bid is None or entry.offer is None or entry.bid < entry.offer:
        return None
    decimals = trading.group.price_decimals
    found = format_price(entry.bid, decimals), format_price(entry.offer, decimals)
    return Refusal(QUOTE_CROSSED, RULES_OF_THE_EXCHANGE, found)
