"""What stands in `market_makers.toml`: each liability of a market maker, checked against what it speaks of."""

import re
from collections.abc import Collection, Mapping

from kase_fix.messages.configuration import Board, Group, Instrument, User
from kase_fix.messages.making import Liability
from kase_fix.rulebook.making import WHOLE, has_volume
from kase_fix.rulebook.table import NONE, ConfigurationError, Table, listed

NUMBER = r"[1-9]\d{0,8}"
QUOTED = "continuous"
"""The method of the boards that can be quoted on."""


def read_liabilities(
    tables: Mapping[str, Table],
    users: Collection[User],
    instruments: Collection[Instrument],
    groups: Mapping[str, Group],
    boards: Mapping[str, Board],
) -> tuple[Liability, ...]:
    """Return all of the file, one for each member, instrument and board. Raises `ConfigurationError`."""
    by_symbol = {instrument.symbol: instrument for instrument in instruments}
    firms = {user.firm: user for user in users if "api" in user.services and user.accounts}
    places: dict[tuple[str, str, str], str] = {}
    found = []
    for name, table in tables.items():
        liability = _read(name, table, firms, by_symbol, boards)
        instrument = by_symbol[liability.symbol]
        group = groups[instrument.group]
        _check(liability, table, users, instrument, group, boards[liability.board])
        if liability.place in places:
            raise table.wrong("board", f"no second entry for it: {places[liability.place]} is one")
        places[liability.place] = name
        found.append(liability)
    return tuple(found)


def _read(
    name: str,
    table: Table,
    firms: Collection[str],
    instruments: Collection[str],
    boards: Collection[str],
) -> Liability:
    if not re.fullmatch(NUMBER, name):
        raise ConfigurationError(table.file, name, f'"{name}"', "a number above 0 of at most nine digits as the name")
    liability = Liability(
        number=int(name),
        firm=table.choice("firm", firms),
        symbol=_known(table, "symbol", instruments),
        board=table.choice("board", boards),
        spread=table.price_or_none("spread"),
        spread_hundredths=table.percent_or_none("spread_percent"),
        quantity=table.whole_or_none("quantity", least=1),
        volume=table.money_or_none("volume"),
        deviation_hundredths=table.percent_or_none("deviation"),
        begins=table.time_or_none("begins"),
        ends=table.time_or_none("ends"),
        share_hundredths=table.percent("share"),
        released_after=table.whole_or_none("released_after", least=1),
    )
    table.done()
    return liability


def _known(table: Table, key: str, names: Collection[str]) -> str:
    """Return a name; there are too many of them to list what could stand there."""
    symbol = table.text(key)
    if symbol not in names:
        raise table.wrong(key, "an instrument that is listed")
    return symbol


def _check(
    liability: Liability, table: Table, users: Collection[User], instrument: Instrument, group: Group, board: Board
) -> None:
    """Refuse what could never be quoted, or never be measured."""
    if not any(user.firm == liability.firm and group.market in user.markets for user in users):
        raise table.wrong("firm", f"a member that is admitted to the market {group.market}")
    own = (instrument.board, *instrument.more_boards)
    if board.code not in own or board.method != QUOTED:
        raise table.wrong("board", f"a board of {instrument.symbol} with continuous trading, {listed(own)}")
    if liability.share_hundredths > WHOLE:
        raise table.wrong("share", "per cent up to 100")
    if not has_volume(group):
        for key in ("spread_percent", "volume", "deviation"):
            if table.text_or_none(key):
                raise table.wrong(key, f'"{NONE}": the price of {instrument.symbol} is a yield')
    begins, ends = liability.begins or board.opens, liability.ends or board.closes
    if not board.opens <= begins < ends <= board.closes:
        key = "begins" if liability.begins is not None else "ends"
        raise table.wrong(key, f"times within {board.code}'s {board.opens:%H:%M}-{board.closes:%H:%M}, in this order")
