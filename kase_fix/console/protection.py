"""The operator takes orders off, and sets what a user may do at the most: the forms of both commands."""

from kase_fix.console.given import Given, Wrong
from kase_fix.console.listing import Listed
from kase_fix.messages.configuration import TradingLimits
from kase_fix.messages.decisions import Decision
from kase_fix.messages.protection import LimitUser, WithdrawOrders
from kase_fix.values.numbers import GREATEST, NotADecimal, parse_decimal

NONE = "none"
LIMITS = ("quantity", "value", "orders")


def withdraw_orders(given: Given, by: Decision, _: Listed) -> WithdrawOrders:
    """All orders of a user, a firm, in instruments, on boards; several of these must all hold."""
    user = given.text("user", "a user", "")
    firm = given.text("firm", "a member", "")
    symbols = given.names("symbols", "instruments") + given.names("symbol", "an instrument")
    boards = given.names("boards", "boards") + given.names("board", "a board")
    if not (user or firm or symbols or boards):
        raise Wrong("user", "nothing", "a user, or 'firm', 'symbol', 'board'")
    return WithdrawOrders(by, user, firm, symbols, boards)


def limit_user(given: Given, by: Decision, _: Listed) -> LimitUser:
    """The limits that are named change, `none` lifts one; `value` is in tenge."""
    user = given.text("user", "a user")
    changed = tuple(name for name in LIMITS if given.has(name))
    if not changed:
        raise Wrong("quantity", "nothing", "a limit, here or in 'value', 'orders'")
    found = {name: _limit(given, name) for name in changed}
    return LimitUser(by, user, TradingLimits(**found), changed)


def _limit(given: Given, name: str) -> int | None:
    decimals = 2 if name == "value" else 0
    expected = f"a number{' with two decimals at most' if decimals else ''}, or none"
    text = given.text(name, expected)
    if text == NONE:
        return None
    try:
        limit = parse_decimal(text, decimals)
    except NotADecimal:
        raise Wrong(name, text, expected) from None
    if not 0 <= limit <= GREATEST:
        raise Wrong(name, text, expected)
    return limit
