"""In which sequence things came that the bytes of a state have sorted: events are made in it.

The bytes are sorted so that the same state gives the same hash however it came about. What two instruments opened at
one moment say first is no part of the market's state, but of what the journal proves: a state that is read back goes
on in the very sequence of the one that was written.
"""

from typing import Any

import msgspec

from kase_fix.engine.state import State

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(dict[str, list[int]])


def sequence_of(state: State) -> bytes:
    """Return in which sequence the state's tables are: of each that is not sorted, the places in sorted order."""
    kept: dict[str, list[int]] = {}
    for name, table in _tables(state).items():
        keys = sorted(table)
        if keys != list(table):
            place = {key: number for number, key in enumerate(keys)}
            kept[name] = [place[key] for key in table]
    return _encoder.encode(kept)


def arrange(state: State, sequence: bytes) -> None:
    """Bring a state's tables into the sequence they had. Raises `msgspec.DecodeError`, `LookupError`."""
    kept = _decoder.decode(sequence)
    for name, table in _tables(state).items():
        keys = sorted(table)
        wanted = [keys[number] for number in kept[name]] if name in kept else keys
        if wanted != list(table):
            there = dict(table)
            table.clear()
            table.update((key, there[key]) for key in wanted)


def _tables(state: State) -> dict[str, dict[Any, Any]]:
    terms, changes = state.terms, state.terms.changes
    tables: dict[str, dict[Any, Any]] = {
        "settlement": state.settlement,
        "not traded": state.not_traded,
        "phases": state.phases,
        "standbys": state.standbys,
        "fixings": state.fixings,
        "specialised": state.specialised,
        "closings": state.closings,
        "balances": state.balances,
        "away": state.away,
        "indicative": state.indicative,
        "limits": terms.limits,
        "hard limits": terms.hard_limits,
        "user limits": terms.user_limits,
        "instruments": terms.instruments,
        "applications": terms.applications,
        "board windows": changes.boards,
        "instrument windows": changes.instruments,
        "services": changes.services,
    }
    for account, amounts in state.balances.items():
        tables[f"balances {account}"] = amounts
    for key, trading in state.trading.items():
        if trading.apart:
            tables[f"apart {key}"] = trading.apart
    return tables
