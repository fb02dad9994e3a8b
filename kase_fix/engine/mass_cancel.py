"""OrderMassCancelRequest(q): all orders a user means are withdrawn by one command, each with its report (R-110)."""

from kase_fix.engine.indicative import withdraw_those
from kase_fix.engine.state import State
from kase_fix.engine.turn import Turn
from kase_fix.engine.withdrawal import withdraw_what_may_go
from kase_fix.matching.order import Order
from kase_fix.messages.order_events import MassCancelAnswered
from kase_fix.messages.order_state import Refusal
from kase_fix.messages.protection import MassCancel, Scope
from kase_fix.rulebook.admission import RULES_OF_THE_EXCHANGE
from kase_fix.rulebook.market import Market
from kase_fix.rulebook.refusals import DUPLICATE_ORDER, REQUESTED, UNKNOWN_INSTRUMENT
from kase_fix.rulebook.refusals_of_protection import NO_SUCH_PARTY, UNKNOWN_BOARD, WITHDRAWN_BY

PREFIX = "MC_"
"""In front of the number of a mass cancel, which stands where an order's OrderID(37) does."""


def mass_cancel(turn: Turn, market: Market, command: MassCancel) -> None:
    """Withdraw what is meant, or refuse the whole request; its ClOrdID is used up where it was carried out."""
    known = turn.state.names.used(command.user, command.cl_ord_id)
    if known is not None and command.poss_resend and known.startswith(PREFIX):
        turn.events.append(_answer(command, known, repeated=True))
        return
    refusal = Refusal(DUPLICATE_ORDER, "", (command.cl_ord_id,)) if known is not None else None
    refusal = refusal or _refuse(turn.state, market, command)
    if refusal is not None:
        turn.events.append(_answer(command, "", refusal=refusal))
        return
    number = f"{PREFIX}{turn.number}"
    turn.state.names.use(command.user, command.cl_ord_id, number, is_order=False)
    own, others = _parted(_meant(turn.state, market, command), command.user)
    gone, left = withdraw_what_may_go(turn, own, REQUESTED, command.cl_ord_id)
    more, stay = withdraw_what_may_go(turn, others, WITHDRAWN_BY, clause=RULES_OF_THE_EXCHANGE, by=command.user)
    if command.side is None and not (command.account or command.board):
        users = _users(market, command)
        withdraw_those(turn, lambda one: one.user in users and command.symbol in ("", one.symbol), REQUESTED)
    withdrawn = tuple((order.cl_ord_id, order.order_id) for order in (*gone, *more))
    turn.events.append(_answer(command, number, withdrawn, left + stay))


def _answer(
    command: MassCancel,
    number: str,
    withdrawn: tuple[tuple[str, str], ...] = (),
    left: int = 0,
    refusal: Refusal | None = None,
    repeated: bool = False,
) -> MassCancelAnswered:
    return MassCancelAnswered(
        command.user,
        command.cl_ord_id,
        number,
        command.scope,
        command.symbol,
        command.board,
        command.side,
        withdrawn,
        left,
        refusal,
        repeated,
    )


def _refuse(state: State, market: Market, command: MassCancel) -> Refusal | None:
    """Refuse what names an unknown instrument or board, or a party that is not of the sender's firm."""
    if command.scope is Scope.INSTRUMENT and command.symbol not in state.listings:
        return Refusal(UNKNOWN_INSTRUMENT, "art. 1 p. 1 sp. 3", (command.symbol,))
    if command.board and command.board not in market.boards:
        return Refusal(UNKNOWN_BOARD, RULES_OF_THE_EXCHANGE, (command.board,))
    if command.party and not _users(market, command):
        return Refusal(NO_SUCH_PARTY, RULES_OF_THE_EXCHANGE, (command.party,))
    return None


def _users(market: Market, command: MassCancel) -> set[str]:
    """Return whose orders are meant: the sender's, or those of the party he names in his own firm."""
    firm = market.users[command.user].firm
    if not command.party:
        return {command.user}
    return {user.name for user in market.users.values() if user.firm == firm and command.party in (firm, user.name)}


def _meant(state: State, market: Market, command: MassCancel) -> list[Order]:
    """Return the living orders that are meant, first entered first."""
    users = _users(market, command)
    return [
        order
        for order in state.orders.values()
        if order.user in users
        and (command.scope is not Scope.INSTRUMENT or order.symbol == command.symbol)
        and (command.scope is Scope.ALL or command.board in ("", order.board))
        and command.side in (None, order.side)
        and command.account in ("", order.account)
    ]


def _parted(orders: list[Order], user: str) -> tuple[list[Order], list[Order]]:
    return [order for order in orders if order.user == user], [order for order in orders if order.user != user]
