"""The listed instruments as the dialects need them: how many decimals a price has, what it is paid in, its board."""

from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from kase_fix.messages.configuration import Board, Group, Instrument, MarketConfiguration
from kase_fix.values.enums import Phase


class Listed(msgspec.Struct, frozen=True):
    """One instrument with its group and board."""

    instrument: Instrument
    group: Group
    board: Board
    decimals: int
    """Decimals a price is shown with."""
    in_tenge: bool
    """Whether its price is tenge for one unit, so that a deal has a volume in tenge."""
    boards: tuple[Board, ...] = ()
    """All its boards, `board` first (R-30)."""


Listing: TypeAlias = Mapping[str, Listed]


def listing(market: MarketConfiguration) -> dict[str, Listed]:
    """Return all instruments by symbol, in the configuration's order."""
    groups = {group.name: group for group in market.groups}
    boards = {board.code: board for board in market.boards}
    return {
        instrument.symbol: Listed(
            instrument,
            groups[instrument.group],
            boards[instrument.board],
            groups[instrument.group].price_decimals,
            instrument.quote == "KZT" and groups[instrument.group].price_kind == "money",
            tuple(boards[code] for code in (instrument.board, *instrument.more_boards)),
        )
        for instrument in market.instruments
    }


def decimals_of(instruments: Listing, symbol: str) -> int:
    """Return the decimals of a symbol's prices; 0 (as many as the number needs) for a symbol nobody listed."""
    listed = instruments.get(symbol)
    return 0 if listed is None else listed.decimals


SESSION_STATES: dict[Phase, str] = {
    Phase.CLOSED: "C",
    Phase.SUSPENDED: "C",
    Phase.PRELIMINARY: "P",
    Phase.CONTINUOUS: "T",
    Phase.STANDBY: "F",
    Phase.FIXING: "T",
    Phase.SPECIALISED: "S",
}
"""TradingSessionSubID(625) of both dialects."""
