"""What a mark leaves out of its bytes, as bytes: with both a state outlives the process.

`Mark.bytes` has the state without its append-only tables (`Names`, `KeptDeals`): these grow all day, so that only what
they gained since an earlier mark is written. Their digests stand in the mark's bytes, and `revive` compares.
"""

from collections.abc import Sequence

import msgspec

from kase_fix.engine.kept_deals import KeptDeals
from kase_fix.engine.kept_sequence import sequence_of
from kase_fix.engine.names import Names, NamesGained
from kase_fix.engine.snapshot import Mark, dump, load
from kase_fix.engine.state import State
from kase_fix.messages.configuration import MarketConfiguration
from kase_fix.rulebook.market import Market


class Gained(msgspec.Struct, frozen=True, array_like=True):
    """What the tables gained between two marks, in order."""

    names: NamesGained
    deals: list[bytes]


_encoder = msgspec.msgpack.Encoder()
_gained = msgspec.msgpack.Decoder(Gained)
_configuration = msgspec.msgpack.Decoder(MarketConfiguration | None)


class NotRevived(ValueError):
    """The bytes do not give the state they were taken of."""


def follows(mark: Mark, before: Mark) -> bool:
    """Tell whether the tables of a mark are those of an earlier one, grown."""
    return (
        mark.names is before.names
        and mark.deals is before.deals
        and mark.names_mark.uses >= before.names_mark.uses
        and mark.deals_mark[0] >= before.deals_mark[0]
    )


def gained(mark: Mark, before: Mark | None) -> bytes:
    """Return what a mark's tables have beyond those of an earlier one (None: all), before another command is applied.

    A fresh mark only: what the tables gained after it would be mixed in.
    """
    first_name, first_deal = (before.names_mark, before.deals_mark[0]) if before is not None else (None, 0)
    return _encoder.encode(Gained(mark.names.gained(mark.names_mark, first_name), mark.deals.put_since(first_deal)))


def encode_configuration(configuration: MarketConfiguration | None) -> bytes:
    """Return a configuration as a snapshot keeps it."""
    return _encoder.encode(configuration)


def revive(data: bytes, sequence: bytes, configuration: bytes, market: bytes, tables: Sequence[bytes]) -> State:
    """Return the state of a mark: its bytes, their sequence, both configurations, and all that its tables gained.

    Raises `NotRevived` where this does not give the very bytes again.
    """
    try:
        names, deals = Names(), KeptDeals()
        living: list[tuple[str, list[tuple[int, str, str]]]] = []
        for more in map(_gained.decode, tables):
            names.take_in(more.names)
            for record in more.deals:
                deals.take_in(record)
            living = more.names.living
        names.live(living)
        in_force = _configuration.decode(market)
        state = load(
            data,
            sequence,
            _configuration.decode(configuration),
            None if in_force is None else Market.of(in_force),
            names,
            deals,
        )
        if not names.names_all(state.orders.values()):
            raise NotRevived("a living order is without its name")
        again = dump(state), sequence_of(state)
    except Exception as error:
        raise NotRevived(f"{type(error).__name__}: {error}") from error
    if again != (data, sequence):
        raise NotRevived("the state that was read is not the one that was written")
    return state
