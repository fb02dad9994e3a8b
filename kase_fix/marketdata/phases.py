"""In which phase every board is, what trades on it, and when."""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from kase_fix.messages.configuration import MarketConfiguration
from kase_fix.messages.day_events import PhaseEntered, TradingSuspended, WindowChanged
from kase_fix.values.enums import Phase

APART = {Phase.STANDBY, Phase.FIXING, Phase.SPECIALISED}
"""Phases into which single instruments turn, apart from their board."""


class Turn(NamedTuple):
    """A board turned to a phase."""

    time: int
    """Nanoseconds UTC."""
    board: str
    phase: Phase
    clause: str


class Hours(NamedTuple):
    """A trading window of today, Almaty wall time."""

    opens: dt.time
    closes: dt.time


class Phases:
    """A fold over the turns of one operational day. What no event named is closed.

    An instrument with a window of its own (art. 4 p. 1, 3) turns by itself: its turns are not its board's.
    """

    __slots__ = ("_boards", "_changed", "_hours", "_listed", "_not_traded", "_own", "_suspended", "_symbols", "turns")

    def __init__(self) -> None:
        self._boards: dict[str, Turn] = {}
        self._symbols: dict[tuple[str, str], Phase] = {}
        self._listed: dict[str, tuple[str, ...]] = {}
        self._hours: dict[str, Hours] = {}
        self._own: dict[tuple[str, str], Hours] = {}
        self._changed: dict[tuple[str, str], Hours] = {}
        self._suspended: set[tuple[str, str]] = set()
        self._not_traded: Mapping[str, str] = {}
        self.turns: list[Turn] = []
        """The day's turns of all boards, in order."""

    def take_listing(self, market: MarketConfiguration) -> None:
        """Take in which instruments trade on which boards, and when by the configuration."""
        listed: dict[str, list[str]] = {board.code: [] for board in market.boards}
        self._hours = {board.code: Hours(board.opens, board.closes) for board in market.boards}
        self._own = {}
        for instrument in market.instruments:
            for code in (instrument.board, *instrument.more_boards):
                listed.setdefault(code, []).append(instrument.symbol)
            if instrument.opens is not None:
                closes = instrument.closes or self._hours[instrument.board].closes
                self._own[instrument.board, instrument.symbol] = Hours(instrument.opens, closes)
        self._listed = {code: tuple(symbols) for code, symbols in listed.items()}

    def begin(self, not_traded: Mapping[str, str]) -> None:
        """Begin an operational day: all is closed, windows are the configuration's. What is suspended stays so."""
        self._boards.clear()
        self._symbols.clear()
        self._changed.clear()
        self._not_traded = not_traded
        self.turns = []

    def apply(self, time: int, event: PhaseEntered) -> bool:
        """Take in a turn at `time` (nanoseconds UTC); tell whether the board turned as a whole."""
        whole = self._is_whole(event)
        for symbol in event.symbols:
            self._symbols[event.board, symbol] = event.phase
        if not whole:
            return False
        turn = Turn(time, event.board, event.phase, event.clause)
        self.turns.append(turn)
        self._boards[event.board] = turn
        return True

    def change_window(self, event: WindowChanged) -> None:
        """Take in another window of today, of a board (no symbols) or of some of its instruments."""
        for symbol in event.symbols or ("",):
            self._changed[event.board, symbol] = Hours(event.opens, event.closes)

    def suspend(self, event: TradingSuspended) -> bool:
        """Take in that trading stops or goes on; tell whether the whole board does."""
        board = event.board
        before = self.halted(board)
        keys = {(board, symbol) for symbol in event.symbols}
        self._suspended = self._suspended | keys if event.on else self._suspended - keys
        if event.on:
            return not before and self.halted(board)
        return before and not any((board, symbol) in self._suspended for symbol in self.symbols(board))

    def of_board(self, board: str) -> Phase:
        """Return the phase the board turned to last."""
        turn = self._boards.get(board)
        return turn.phase if turn else Phase.CLOSED

    def of_symbol(self, board: str, symbol: str) -> Phase:
        """Return the symbol's phase on this board: closed where it does not trade today."""
        if (board, symbol) in self._suspended:
            return Phase.SUSPENDED
        return self._symbols.get((board, symbol), Phase.CLOSED)

    def clause_of(self, board: str) -> str:
        """Return the clause the board's last turn rests on; empty before the first."""
        turn = self._boards.get(board)
        return turn.clause if turn else ""

    def halted(self, board: str) -> bool:
        """Tell whether all of a board is suspended."""
        listed = self._listed.get(board, ())
        return bool(listed) and all((board, symbol) in self._suspended for symbol in listed)

    def hours(self, board: str, symbol: str = "") -> Hours | None:
        """Return today's window of a board, or of an instrument on it; None for a board nobody knows."""
        own = self._changed.get((board, symbol)) or self._own.get((board, symbol)) if symbol else None
        return own or self._changed.get((board, "")) or self._hours.get(board)

    def turns_alone(self, board: str, symbol: str) -> bool:
        """Tell whether an instrument has a window of its own on a board."""
        return (board, symbol) in self._own or (board, symbol) in self._changed

    def not_traded(self, board: str, symbol: str) -> str:
        """Return the clause that keeps an instrument from trading today, on this board or at all; empty: it trades."""
        return self._not_traded.get(symbol) or self._not_traded.get(f"{symbol}@{board}", "")

    def symbols(self, board: str) -> tuple[str, ...]:
        """Return what is listed on a board."""
        return self._listed.get(board, ())

    def _is_whole(self, event: PhaseEntered) -> bool:
        """An instrument's own turn names only such as turn alone, or nothing while others of the board trade.

        A standby, a fixing, a specialised trading and their ends are always an instrument's own (art. 7 p. 1-1, 3;
        R-17; art. 42 p. 1).
        """
        board = event.board
        present = {self._symbols.get((board, symbol)) for symbol in event.symbols}
        if Phase.SPECIALISED in (event.phase, *present):
            return False
        if event.phase in APART or (event.phase is Phase.CONTINUOUS and len(present) == 1 and present <= APART):
            return False
        if event.symbols:
            return any(not self.turns_alone(board, symbol) for symbol in event.symbols)
        return not any(
            not self.turns_alone(board, symbol) and not self.not_traded(board, symbol)
            for symbol in self._listed.get(board, ())
        )
