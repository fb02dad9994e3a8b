"""The exchange takes orders off, and sets what a user may do at the most (R-111, R-114)."""

import msgspec

from kase_fix.engine.decisions.telling import tell
from kase_fix.engine.indicative import withdraw_those
from kase_fix.engine.turn import Turn
from kase_fix.engine.withdrawal import withdraw_all
from kase_fix.matching.order import Order
from kase_fix.messages.configuration import TradingLimits
from kase_fix.messages.indicative import IndicativeQuote
from kase_fix.messages.order_state import Refusal
from kase_fix.messages.protection import LimitUser, WithdrawOrders
from kase_fix.rulebook import decisions as rules
from kase_fix.rulebook.admission import RULES_OF_THE_EXCHANGE
from kase_fix.rulebook.refusals import UNKNOWN_NAME
from kase_fix.rulebook.refusals_of_protection import WITHDRAWN_BY_EXCHANGE
from kase_fix.values.numbers import format_decimal

CLAUSE = RULES_OF_THE_EXCHANGE
TIYN_DECIMALS = 2


def withdraw_orders(turn: Turn, command: WithdrawOrders) -> Refusal | dict[str, str]:
    """Withdraw all orders of a user, of a firm, in instruments, on boards; what is named must all hold of an order.

    Neither fixing nor specialised trading holds them back. Told to those named, or to all where no member is.
    """
    refusal = rules.entitled(command.by, rules.OFFICES, CLAUSE) or _unknown(turn, command)
    if refusal is not None:
        return refusal
    names = ", ".join(filter(None, (command.user or command.firm, *command.symbols, *command.boards)))
    for user in _concerned(turn, command):
        tell(
            turn,
            f"The exchange withdraws all orders: {names}",
            f"Биржа снимает все заявки: {names}",
            command.by,
            user=user,
            symbol=command.symbols[0] if len(command.symbols) == 1 else "",
        )
    orders = [order for order in turn.state.orders.values() if _is_meant(order, command)]
    withdraw_all(turn, orders, WITHDRAWN_BY_EXCHANGE, clause=CLAUSE)
    if not command.boards:
        withdraw_those(turn, lambda quote: _indicates(quote, command), WITHDRAWN_BY_EXCHANGE)
    return {
        "user": command.user,
        "firm": command.firm,
        "instruments": ", ".join(command.symbols),
        "boards": ", ".join(command.boards),
        "orders": str(len(orders)),
    }


def limit_user(turn: Turn, command: LimitUser) -> Refusal | dict[str, str]:
    """Set limits of a user; what rests stays, the next order is judged by them."""
    state = turn.state
    users = state.market.users if state.market is not None else {}
    refusal = rules.entitled(command.by, rules.OFFICES, CLAUSE)
    if refusal is not None:
        return refusal
    if command.user not in users:
        return Refusal(UNKNOWN_NAME, CLAUSE, ("user", command.user))
    present = state.terms.user_limits.get(command.user, users[command.user].limits)
    limits = msgspec.structs.replace(present, **{name: getattr(command.limits, name) for name in command.changed})
    tell(
        turn,
        f"Limits of {command.user}: {_words(limits, 'order', 'value', 'orders at a time', 'none')}",
        f"Лимиты {command.user}: {_words(limits, 'заявка', 'сумма', 'заявок одновременно', 'нет')}",
        command.by,
        user=command.user,
    )
    state.terms.user_limits[command.user] = limits
    return {
        "user": command.user,
        **{name: "none" if (value := getattr(limits, name)) is None else str(value) for name in command.changed},
    }


def _words(limits: TradingLimits, quantity: str, value: str, orders: str, none: str) -> str:
    tenge = None if limits.value is None else f"{format_decimal(limits.value, TIYN_DECIMALS, TIYN_DECIMALS)} KZT"
    shown = zip((quantity, value, orders), (limits.quantity, tenge, limits.orders), strict=True)
    return "; ".join(f"{name} {none if limit is None else limit}" for name, limit in shown)


def _is_meant(order: Order, command: WithdrawOrders) -> bool:
    return (
        command.user in ("", order.user)
        and command.firm in ("", order.firm)
        and (not command.symbols or order.symbol in command.symbols)
        and (not command.boards or order.board in command.boards)
    )


def _indicates(quote: IndicativeQuote, command: WithdrawOrders) -> bool:
    named = command.user in ("", quote.user) and command.firm in ("", quote.firm)
    return named and (not command.symbols or quote.symbol in command.symbols)


def _concerned(turn: Turn, command: WithdrawOrders) -> tuple[str, ...]:
    """Return whom it is told: the users named, or everybody ("")."""
    market = turn.state.market
    if market is None or not (command.user or command.firm):
        return ("",)
    return tuple(
        user.name
        for user in market.users.values()
        if command.user in ("", user.name) and command.firm in ("", user.firm) and "api" in user.services
    )


def _unknown(turn: Turn, command: WithdrawOrders) -> Refusal | None:
    """Refuse names nobody knows, and a decision that names nothing: it would take off every order there is."""
    state = turn.state
    users = state.market.users if state.market is not None else {}
    boards = state.market.boards if state.market is not None else {}
    wrong = [("instrument", name) for name in command.symbols if name not in state.listings]
    wrong += [("board", name) for name in command.boards if name not in boards]
    if command.user and command.user not in users:
        wrong.append(("user", command.user))
    if command.firm and all(user.firm != command.firm for user in users.values()):
        wrong.append(("member", command.firm))
    if not (command.user or command.firm or command.symbols or command.boards):
        wrong.append(("user, member, instrument or board", ""))
    return Refusal(UNKNOWN_NAME, CLAUSE, wrong[0]) if wrong else None
