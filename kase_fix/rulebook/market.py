"""The market's configuration as it is looked up: built once for each `ConfigurationLoaded`, then only read."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from kase_fix.messages.configuration import Board, Group, Instrument, LotLadder, MarketConfiguration, User
from kase_fix.messages.making import Liability
from kase_fix.rulebook.lots import lot_of
from kase_fix.values.numbers import Quantity


@dataclass(frozen=True, slots=True)
class Market:
    """Every entry by its name, in the order of the files; build it with `Market.of`.

    A name that is not there is a `KeyError`: ask with `get` what came from outside, with `[...]` what the loader has
    already checked.
    """

    configuration: MarketConfiguration
    groups: Mapping[str, Group]
    boards: Mapping[str, Board]
    instruments: Mapping[str, Instrument]
    ladders: Mapping[str, LotLadder]
    users: Mapping[str, User]
    owners: Mapping[str, User]
    """Account to the user it belongs to."""
    controllers: Mapping[str, str]
    """Account to the participant of the confirmation system who controls it, the first of them (art. 42)."""
    symbols_by_board: Mapping[str, tuple[str, ...]]
    """Every symbol that trades on the board, be it its only one or not."""
    liabilities: Mapping[tuple[str, str, str], Liability]
    """Of market makers, by member, symbol and board (R-155)."""

    @classmethod
    def of(cls, configuration: MarketConfiguration) -> "Market":
        """Return the configuration with its lookups."""
        on_board: dict[str, list[str]] = {board.code: [] for board in configuration.boards}
        for instrument in configuration.instruments:
            for code in (instrument.board, *instrument.more_boards):
                on_board[code].append(instrument.symbol)
        return cls(
            configuration=configuration,
            groups={group.name: group for group in configuration.groups},
            boards={board.code: board for board in configuration.boards},
            instruments={instrument.symbol: instrument for instrument in configuration.instruments},
            ladders={ladder.name: ladder for ladder in configuration.ladders},
            users={user.name: user for user in configuration.users},
            owners={account: user for user in configuration.users for account in user.accounts},
            controllers={account: user.name for user in reversed(configuration.users) for account in user.controls},
            symbols_by_board={code: tuple(symbols) for code, symbols in on_board.items()},
            liabilities={one.place: one for one in configuration.makers},
        )

    def group_of(self, symbol: str) -> Group:
        """Return the group of a listed instrument."""
        return self.groups[self.instruments[symbol].group]

    def board_of(self, symbol: str) -> Board:
        """Return the default board of a listed instrument: what an order means that names none (R-30)."""
        return self.boards[self.instruments[symbol].board]

    def boards_of(self, symbol: str) -> tuple[Board, ...]:
        """Return all boards of a listed instrument, the default one first."""
        instrument = self.instruments[symbol]
        return tuple(self.boards[code] for code in (instrument.board, *instrument.more_boards))

    def on_board(self, symbol: str, code: str) -> Board | None:
        """Return the board an order for (symbol, code) means, the default for an empty code; None: it is not on it."""
        instrument = self.instruments.get(symbol)
        if instrument is None:
            return None
        code = code or instrument.board
        return self.boards[code] if code == instrument.board or code in instrument.more_boards else None

    def window_of(self, symbol: str, code: str = "") -> tuple[dt.time, dt.time]:
        """Return when a listed instrument trades on a board of its: its own window, else the board's (art. 4 p. 1)."""
        instrument = self.instruments[symbol]
        board = self.boards[code or instrument.board]
        return instrument.opens or board.opens, instrument.closes or board.closes

    def may_rest(self, board: Board, firm: str) -> bool:
        """Tell whether a member's orders may wait on a board: the National Bank's alone where it quotes (art. 15)."""
        quoting = self.users.get(board.firm_quotes_of)
        return not board.firm_quotes_of or (quoting is not None and quoting.firm == firm)

    def lot_of(self, symbol: str) -> Quantity:
        """Return the lot of a listed instrument (art. 2 p. 5; art. 26 p. 1)."""
        return lot_of(self.instruments[symbol], self.group_of(symbol))

    def ladder_of(self, symbol: str) -> LotLadder | None:
        """Return the lot ladder of a listed instrument's group, if it has one (art. 11 p. 5)."""
        return self.ladders.get(self.group_of(symbol).lot_ladder)
