"""Who may trade what, and on whose account. Rights of members are set by the Exchange's Rules (art. 1 p. 2)."""

from kase_fix.messages.configuration import Board, Group, Instrument, User
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook.refusals import (
    NO_RIGHT_ON_ACCOUNT,
    NOT_A_PARTICIPANT,
    NOT_ADMITTED,
    NOT_TRADED_TODAY,
    UNKNOWN_INSTRUMENT,
    WRONG_ACCOUNT,
    WRONG_ACCOUNT_MARKET,
    WRONG_BOARD,
)

RULES_OF_THE_EXCHANGE = "art. 1 p. 2"
FX_ACCOUNT = "F_"


def instrument_listed(symbol: str, instrument: Instrument | None) -> Refusal | None:
    """Refuse a symbol that is not admitted to circulation (art. 1 p. 1 sp. 3)."""
    return Refusal(UNKNOWN_INSTRUMENT, "art. 1 p. 1 sp. 3", (symbol,)) if instrument is None else None


def instrument_on_board(instrument: Instrument, code: str, board: Board) -> Refusal | None:
    """Refuse a TradingSessionID that is not the instrument's board; an empty one means it (art. 4 p. 1; R-30)."""
    if code in ("", board.code):
        return None
    return Refusal(WRONG_BOARD, board.clause, (instrument.symbol, code))


def participant_admitted(user: User, board: Board) -> Refusal | None:
    """Refuse a user who is none of the session's participants (art. 15 p. 1-1 sp. 4)."""
    if not board.participants or any(set(roles.split("+")) <= set(user.roles) for roles in board.participants):
        return None
    return Refusal(NOT_A_PARTICIPANT, board.participants_clause, (user.name, board.code))


def traded_today(symbol: str, not_traded: dict[str, str], board: str = "") -> Refusal | None:
    """Refuse an instrument that does not trade today (art. 11 p. 2, 12 p. 3, 13 p. 2, 14 p. 2, 15, 24 p. 3-1, 40).

    `not_traded` gives the clause by symbol, or by `SYMBOL@BOARD` where it is one board only, as the opening of the
    operational day brought it.
    """
    clause = not_traded.get(f"{symbol}@{board}") or not_traded.get(symbol)
    return None if clause is None else Refusal(NOT_TRADED_TODAY, clause, (symbol,))


def member_admitted(user: User, group: Group) -> Refusal | None:
    """Refuse a member who is not admitted to the group's market (art. 1 p. 2)."""
    if group.market in user.markets:
        return None
    return Refusal(NOT_ADMITTED, RULES_OF_THE_EXCHANGE, (user.name, group.market))


def account_usable(account: str, owner: User | None, user: User) -> Refusal | None:
    """Refuse an account nobody has, and one of another user (art. 1 p. 2). `owner` is whose account it is."""
    if owner is None:
        return Refusal(WRONG_ACCOUNT, RULES_OF_THE_EXCHANGE, (account,))
    if owner.name != user.name:
        return Refusal(NO_RIGHT_ON_ACCOUNT, RULES_OF_THE_EXCHANGE, (account,))
    return None


def account_of_market(account: str, group: Group) -> Refusal | None:
    """Refuse a securities account for currencies and the reverse (art. 1 p. 2): `F_...` are the FX accounts."""
    if account.startswith(FX_ACCOUNT) == (group.market == "fx"):
        return None
    return Refusal(WRONG_ACCOUNT_MARKET, RULES_OF_THE_EXCHANGE, (account, group.market))
