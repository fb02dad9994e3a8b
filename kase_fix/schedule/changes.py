"""What was decided for one day beside the Regulation's own times (art. 4 p. 1, 3; art. 5 p. 3; art. 41 p. 2)."""

import datetime as dt

import msgspec

from kase_fix.messages.configuration import Board, Instrument


class Window(msgspec.Struct, frozen=True, array_like=True):
    """A trading window [opens, closes) of a day, Almaty wall time."""

    opens: dt.time
    closes: dt.time


class Changes(msgspec.Struct, frozen=True):
    """A day's decisions on times."""

    boards: dict[str, Window] = {}
    """By board code."""
    instruments: dict[tuple[str, str], Window] = {}
    """By board code and symbol."""
    day_closes: dt.time | None = None
    services: dict[str, dt.time] = {}
    """Closing time by service."""


NO_CHANGES = Changes()


def window_of(board: Board, changes: Changes) -> Window:
    """Return a board's window on the day."""
    return changes.boards.get(board.code) or Window(board.opens, board.closes)


def own_window(instrument: Instrument, board: Board, changes: Changes) -> Window | None:
    """Return an instrument's own window on a board, by decision or by its seller's wish (art. 4 p. 1); None: none."""
    decided = changes.instruments.get((board.code, instrument.symbol))
    if decided is not None or instrument.opens is None or board.code != instrument.board:
        return decided
    return Window(instrument.opens, instrument.closes or board.closes)
