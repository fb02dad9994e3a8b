"""Boards that wait for the stock market's operational day to be opened by the depository (art. 5 p. 4 sp. 1)."""

import msgspec

from kase_fix.calendar.almaty import wall
from kase_fix.clearing.depository import Held
from kase_fix.engine.state import State, Trading
from kase_fix.engine.turn import Turn
from kase_fix.messages.day_events import Announced
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook.operational_day import BALANCES_CLAUSE
from kase_fix.rulebook.refusals_of_depository import STOCK_MARKET_CLOSED
from kase_fix.values.enums import Phase


def waits(state: State, board: str) -> bool:
    """Tell whether a board may not open yet: the day's balances are not in."""
    if state.depository.open or state.market is None:
        return False
    known = state.market.boards.get(board)
    return known is not None and known.waits_for_depository


def hold(turn: Turn, board: str, symbols: tuple[str, ...], phase: Phase, clause: str) -> None:
    """Keep a turn until the balances are in; members are told once a day that their market is late."""
    state = turn.state
    for symbol in symbols or ("",):
        state.depository = state.depository.holding(Held(board, symbol, phase, clause))
    if phase is not Phase.CLOSED and not state.depository.told:
        state.depository = msgspec.structs.replace(state.depository, told=True)
        turn.events.append(
            Announced(
                "Securities and repo do not open yet: the Central Depository has not sent the balances",
                "Торги ценными бумагами и операции репо пока не открываются: остатки от Центрального депозитария "
                "не получены",
            )
        )


def held_turn(state: State, trading: Trading) -> Held | None:
    """Return the turn that an instrument waits for on a board."""
    depository = state.depository
    if not depository.held:
        return None
    own = depository.turn_held(trading.board.code, trading.symbol)
    return own if own is not None or state.turns_alone(trading) else depository.turn_held(trading.board.code, "")


def refuse_unopened(state: State, trading: Trading, always: bool = False) -> Refusal | None:
    """Refuse what would be in time but for the depository (art. 5 p. 4 sp. 1); `always`: whatever the hour.

    Trading that is called for by itself (specialised) takes no orders either.
    """
    if not waits(state, trading.board.code):
        return None
    if not always and held_turn(state, trading) is None and state.phase(trading) is Phase.CLOSED:
        return None
    return Refusal(STOCK_MARKET_CLOSED, BALANCES_CLAUSE, (trading.symbol,))


def leave_board(state: State, board: str, symbol: str) -> None:
    """Let an instrument that turns by itself from now on keep the turn it waited for with its board (art. 4 p. 3)."""
    shared = state.depository.turn_held(board, "")
    if shared is not None and state.depository.turn_held(board, symbol) is None:
        state.depository = state.depository.holding(Held(board, symbol, shared.phase, shared.clause))


def put_off(state: State, board: str, symbols: tuple[str, ...]) -> None:
    """Forget an opening that is not to come now any more: its window was moved (art. 4 p. 3)."""
    for symbol in symbols or ("",):
        held = state.depository.turn_held(board, symbol)
        if held is not None and held.phase is Phase.CONTINUOUS:
            state.depository = state.depository.holding(Held(board, symbol, Phase.CLOSED, held.clause))


def preliminary_orders_past(turn: Turn, board: str) -> bool:
    """Tell whether the moment is past at which a board's preliminary orders are formed (art. 7 p. 2)."""
    assert turn.state.market is not None
    moment = turn.state.market.boards[board].preliminary
    return moment is not None and wall(turn.time).time() >= moment
