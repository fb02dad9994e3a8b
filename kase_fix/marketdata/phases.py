"""In which phase every board is, and what trades on it."""

from typing import NamedTuple

from kase_fix.messages.events import PhaseEntered
from kase_fix.values.enums import Phase


class Turn(NamedTuple):
    """A board turned to a phase."""

    time: int
    """Nanoseconds UTC."""
    board: str
    phase: Phase
    clause: str


class Phases:
    """A fold over the `PhaseEntered` events of one operational day. What no event named is closed."""

    __slots__ = ("_boards", "_symbols", "turns")

    def __init__(self) -> None:
        self._boards: dict[str, Turn] = {}
        self._symbols: dict[tuple[str, str], Phase] = {}
        self.turns: list[Turn] = []
        """The day's turns of all boards, in order."""

    def apply(self, time: int, event: PhaseEntered) -> None:
        """Take in a turn at `time` (nanoseconds UTC)."""
        turn = Turn(time, event.board, event.phase, event.clause)
        self.turns.append(turn)
        self._boards[event.board] = turn
        for symbol in event.symbols:
            self._symbols[event.board, symbol] = event.phase

    def of_board(self, board: str) -> Phase:
        """Return the phase the board turned to last."""
        turn = self._boards.get(board)
        return turn.phase if turn else Phase.CLOSED

    def of_symbol(self, board: str, symbol: str) -> Phase:
        """Return the symbol's phase on this board: closed where it does not trade today."""
        return self._symbols.get((board, symbol), Phase.CLOSED)
