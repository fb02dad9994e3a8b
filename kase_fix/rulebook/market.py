"""The market's configuration as it is looked up: built once for each `ConfigurationLoaded`, then only read."""

from collections.abc import Mapping
from dataclasses import dataclass

from kase_fix.messages.configuration import Board, Group, Instrument, LotLadder, MarketConfiguration, User


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
    symbols_by_board: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, configuration: MarketConfiguration) -> "Market":
        """Return the configuration with its lookups."""
        on_board: dict[str, list[str]] = {board.code: [] for board in configuration.boards}
        for instrument in configuration.instruments:
            on_board[instrument.board].append(instrument.symbol)
        return cls(
            configuration=configuration,
            groups={group.name: group for group in configuration.groups},
            boards={board.code: board for board in configuration.boards},
            instruments={instrument.symbol: instrument for instrument in configuration.instruments},
            ladders={ladder.name: ladder for ladder in configuration.ladders},
            users={user.name: user for user in configuration.users},
            owners={account: user for user in configuration.users for account in user.accounts},
            symbols_by_board={code: tuple(symbols) for code, symbols in on_board.items()},
        )

    def group_of(self, symbol: str) -> Group:
        """Return the group of a listed instrument."""
        return self.groups[self.instruments[symbol].group]

    def board_of(self, symbol: str) -> Board:
        """Return the board of a listed instrument (R-30)."""
        return self.boards[self.instruments[symbol].board]

    def ladder_of(self, symbol: str) -> LotLadder | None:
        """Return the lot ladder of a listed instrument's group, if it has one (art. 11 p. 5)."""
        return self.ladders.get(self.group_of(symbol).lot_ladder)
