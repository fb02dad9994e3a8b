"""Suspension and resumption of trading in instruments and on boards (art. 4 p. 3)."""

from kase_fix.engine.decisions.telling import tell
from kase_fix.engine.phases import fixing_rounds, rules_of, standby
from kase_fix.engine.state import State, Trading
from kase_fix.engine.turn import Turn
from kase_fix.messages.day_events import TradingSuspended
from kase_fix.messages.decisions import Resume, Suspend
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook import decisions as rules
from kase_fix.rulebook.refusals import UNKNOWN_NAME
from kase_fix.values.enums import Phase

CLAUSE = "art. 4 p. 3"


def suspend(turn: Turn, command: Suspend) -> Refusal | dict[str, str]:
    """Stop trading; orders stay and may be withdrawn, a standby or a fixing is broken off and deals nothing."""
    refusal, meant, names = _read(turn.state, command, True)
    if refusal is not None:
        return refusal
    tell(turn, f"Trading is suspended: {names}", f"Торги приостановлены: {names}", command.by)
    broken_off = [trading for trading in meant if trading.key in turn.state.fixings]
    for trading in broken_off:
        tell(turn, *fixing_rounds.broken_off_words(trading.symbol), command.by, symbol=trading.symbol)
    for trading in meant:
        turn.state.terms.suspended.add(trading.key)
    _announce(turn, meant, True)
    for trading in meant:
        if trading.key in turn.state.standbys:
            standby.break_off(turn, trading)
    for trading in broken_off:
        fixing_rounds.break_off(turn, trading)
    return {"instruments": ", ".join(command.symbols), "boards": ", ".join(command.boards)}


def resume(turn: Turn, command: Resume) -> Refusal | dict[str, str]:
    """Let trading go on; orders that cross by now, preliminary ones or those of a standby, meet as at an opening."""
    refusal, meant, names = _read(turn.state, command, False)
    if refusal is not None:
        return refusal
    tell(turn, f"Trading is resumed: {names}", f"Торги возобновлены: {names}", command.by)
    for trading in meant:
        turn.state.terms.suspended.discard(trading.key)
    _announce(turn, meant, False)
    for trading in meant:
        if turn.state.phase(trading) is Phase.CONTINUOUS:
            rules_of(turn.state, trading).begin(turn, trading)
    return {"instruments": ", ".join(command.symbols), "boards": ", ".join(command.boards)}


def _read(state: State, command: Suspend | Resume, on: bool) -> tuple[Refusal | None, list[Trading], str]:
    """Return what is meant and not so already, with its names; or why the command cannot be carried out."""
    names = ", ".join((*command.symbols, *command.boards))
    refusal = rules.entitled(command.by, rules.OFFICES, CLAUSE)
    boards = state.market.boards if state.market is not None else {}
    unknown = [symbol for symbol in command.symbols if symbol not in state.listings]
    unknown += [board for board in command.boards if board not in boards]
    if refusal is None and (unknown or not names):
        refusal = Refusal(UNKNOWN_NAME, CLAUSE, ("instrument or board", ", ".join(unknown)))
    meant = [
        trading
        for trading in state.trading.values()
        if (trading.symbol in command.symbols or trading.board.code in command.boards)
        and (trading.key in state.terms.suspended) is not on
    ]
    return refusal, meant, names


def _announce(turn: Turn, meant: list[Trading], on: bool) -> None:
    by_board: dict[str, list[str]] = {}
    for trading in meant:
        by_board.setdefault(trading.board.code, []).append(trading.symbol)
    turn.events.extend(TradingSuspended(board, tuple(symbols), on) for board, symbols in by_board.items())
