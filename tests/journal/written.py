"""A small market of its own, a script of commands, and a journal written as the sequencer writes it."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from kase_fix.engine import RULES_VERSION
from kase_fix.engine.engine import Engine
from kase_fix.journal import replay as replaying
from kase_fix.journal.proving import Prover
from kase_fix.journal.reading import JournalFile
from kase_fix.journal.replay import journal_path, replay
from kase_fix.journal.writing import JournalWriter
from kase_fix.messages.codec import encode_published
from kase_fix.messages.commands import (
    BoardPhaseChanged,
    CancelOrder,
    ConfigurationLoaded,
    NewOrder,
    OperationalDayOpened,
    ReplaceOrder,
    Sequenced,
    VenueOpened,
)
from kase_fix.messages.configuration import Board, Clauses, Group, Instrument, MarketConfiguration, User
from kase_fix.messages.depository import CLOSE, DepositoryDue
from kase_fix.messages.events import Published
from kase_fix.values.enums import OrderKind, Phase, Side, TimeInForce

SYMBOL = "EURKZT_TOM"
DATE = dt.date(2020, 5, 27)
NOON = 1_590_559_200_000_000_000
"""2020-05-27 12:00:00 Almaty."""
MARKET = MarketConfiguration(
    groups=(
        Group(
            name="fx_eur",
            title="EUR",
            market="fx",
            order_prefix="NF",
            lot=1000,
            price_decimals=2,
            clauses=Clauses(window="art. 12 p. 2", lot="art. 12 p. 5", price="art. 12 p. 6", limit="art. 12 p. 8"),
            limit_hundredths=300,
        ),
    ),
    boards=(Board("FX_TOM", "TOM", "continuous", dt.time(10, 30), dt.time(17), "art. 10 p. 1"),),
    instruments=(Instrument(SYMBOL, "fx_eur", "FX_TOM", "EUR", "KZT", "TOM", 450 * 10**8),),
    ladders=(),
    users=tuple(User(name, name, ("fx",), (f"F_{name}",)) for name in ("ONE", "TWO")),
)


def opening():
    """The commands before the first order."""
    return [
        VenueOpened(7, RULES_VERSION),
        ConfigurationLoaded(MARKET, "test"),
        OperationalDayOpened(DATE, {SYMBOL: DATE}, {}, "day:opens", "art. 5 p. 1"),
        BoardPhaseChanged("FX_TOM", Phase.CONTINUOUS, "board:FX_TOM:opens", "art. 10 p. 1"),
    ]


def order(name, user, side, quantity, price, **more):
    """A limit order; the price in whole tenge."""
    kind = OrderKind.MARKET if price is None else OrderKind.LIMIT
    price = None if price is None else int(price * 10**8)
    return NewOrder(user, name, f"F_{user}", SYMBOL, side, kind, quantity, price, **more)


def trading():
    """Orders of every fate."""
    return [
        order("a", "ONE", Side.BUY, 5000, 450, display=2000, text="первая"),
        order("b", "TWO", Side.SELL, 3000, 450),
        ReplaceOrder("ONE", "c", orig_cl_ord_id="a", quantity=4000),
        order("d", "TWO", Side.SELL, 1000, 450.01, tif=TimeInForce.IOC),
        order("e", "TWO", Side.SELL, 1500, 450),
        CancelOrder("TWO", "f", orig_cl_ord_id="b"),
        order("g", "TWO", Side.SELL, 2000, None),
        order("h", "ONE", Side.BUY, 1000, 449),
        CancelOrder("ONE", "", "NF_5"),
        order("i", "TWO", Side.SELL, 1000, 451),
    ]


def closing():
    """The end of the session, and the request to close the day."""
    return [
        BoardPhaseChanged("FX_TOM", Phase.CLOSED, "board:FX_TOM:closes", "art. 10 p. 1"),
        DepositoryDue(CLOSE, "day:closes", "art. 5 p. 4 sp. 2"),
    ]


@dataclass
class Written:
    """What is known of a journal that was written."""

    directory: Path
    ends: list[int] = field(default_factory=list)
    """Offset behind the header and behind each group."""
    numbers: list[int] = field(default_factory=list)
    """Number of the last command before each of them."""
    hashes: list[bytes] = field(default_factory=list)
    """State hash after each prefix of whole groups; the first is that of nothing."""
    commands: list[Sequenced] = field(default_factory=list)

    @property
    def path(self):
        return journal_path(self.directory)

    def bytes(self):
        return self.path.read_bytes()[: self.ends[-1]]


def write(directory, groups, last_proof=True):
    """Write a journal, a list of lists of commands, each list a group."""
    writer = JournalWriter(directory, None)
    engine, prover = Engine(), Prover()
    written = Written(directory, [writer.size], [0], [engine.hash()])
    number = 0
    for group in groups:
        stamped = [Sequenced(number + 1 + i, NOON + number + i, command) for i, command in enumerate(group)]
        writer.append(number + 1, stamped, prover.proof())
        writer.begin_sync()
        for sequenced in stamped:
            apply(engine, prover, sequenced)
        writer.wait()
        number += len(group)
        written.commands += stamped
        remember(written, writer, number, engine)
    proof = prover.proof()
    if last_proof and proof is not None:
        writer.append(number + 1, (), proof)
        remember(written, writer, number, engine)
    writer.close()
    return written


def apply(engine, prover, sequenced):
    """Apply a command and prove it, as the sequencer does."""
    published = Published(sequenced.number, sequenced.time, engine.apply(sequenced))
    prover.applied(sequenced.number, encode_published(published))
    if sequenced.number % replaying.STATE_EVERY == 0:
        prover.state(sequenced.number, engine.hash())


def remember(written, writer, number, engine):
    written.ends.append(writer.size)
    written.numbers.append(number)
    written.hashes.append(engine.hash())


def reopened(directory):
    """Start as a venue does: replay, cut, go on; return the replay."""
    replayed = replay(directory)
    JournalWriter(directory, replayed.end).close()
    return replayed


def read(directory):
    """Read all groups and return where the sound part ends."""
    with JournalFile(journal_path(directory)) as file:
        for _ in file.groups():
            pass
        return file.end
