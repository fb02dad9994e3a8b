"""A start: from the furthest sound snapshot that agrees with the journal, then the rest of the journal."""

from itertools import islice
from pathlib import Path

import msgspec
import structlog

from kase_fix.engine.engine import Engine
from kase_fix.engine.revival import NotRevived, revive
from kase_fix.engine.snapshot import Mark
from kase_fix.journal.day_file import NOTHING, DayFile, NotVouched
from kase_fix.journal.log import EventLog
from kase_fix.journal.proving import Difference, Prover, Witness
from kase_fix.journal.reading import identity_of
from kase_fix.journal.replay import Disagrees, Replayed, Start, journal_path, replay
from kase_fix.journal.snapshots import Chain, chains
from kase_fix.messages.events import Published

TRIED = 3
"""So many chains are tried before the whole journal is replayed."""


class Recovered(msgspec.Struct):
    """Where a start goes on."""

    replayed: Replayed
    prover: Prover
    log: EventLog
    identity: bytes
    """The journal's."""
    chain: Chain | None
    """The snapshots it began with."""
    mark: Mark
    """The engine's where the replay began."""
    checks: bytes
    """The checks of the last group's commands."""

    @property
    def began(self) -> int:
        """Return the number of the last command that was not replayed."""
        return 0 if self.chain is None else self.chain.last.number


class Keep:
    """Takes a replay in: its events into the log, their hashes into the proof that goes on."""

    def __init__(self, log: EventLog, prover: Prover) -> None:
        self._log = log
        self._prover = prover

    def __call__(self, published: Published, encoded: bytes) -> None:
        """Keep one command's events."""
        self._prover.applied(published.number, encoded)
        self._log.keep(published, encoded)


def recover(directory: Path, own: bool = False) -> Recovered:
    """Return where the journal of a directory has come to; `own`: its only writer asks, and goes on from there.

    A snapshot that does not agree with the journal, or with the file of the day's events, is left aside. Raises
    `JournalDamaged`, `WrongRules`, `Difference`, and `OSError` where what is `own` cannot be written.
    """
    identity = identity_of(journal_path(directory))
    for chain in islice(chains(directory, identity), TRIED):
        try:
            return _recovered(directory, identity, chain, own)
        except (Difference, Disagrees, NotRevived, NotVouched) as error:
            structlog.get_logger("recovery").warning(
                "a snapshot is left aside", number=chain.last.number, reason=str(error)
            )
    return _recovered(directory, identity, None, own)


def _recovered(directory: Path, identity: bytes, chain: Chain | None, own: bool) -> Recovered:
    log = EventLog(directory if own else None)
    start, prover = (Start(Engine(), Witness(), 0, 0, 0, 0), Prover()) if chain is None else _start(chain)
    if chain is not None:
        vouched = chain.last.events
        file = DayFile.resume(directory, vouched, own) if vouched != NOTHING else None
        log.restore(chain.last.base, chain.last.latest, file)
    mark = start.engine.mark
    replayed = replay(directory, Keep(log, prover), start=start)
    checks = prover.checks_after(replayed.first - 1) if replayed.first else b""
    prover.skip(replayed.witness.proven)
    return Recovered(replayed, prover, log, identity, chain, mark, checks)


def _start(chain: Chain) -> tuple[Start, Prover]:
    """Return the state of a chain's end, and its proof that goes on. Raises `NotRevived`."""
    last = chain.last
    state = revive(last.state, last.sequence, last.configuration, last.market, [link.tables for link in chain.links])
    witness = Witness(last.number, last.first - 1, last.running, last.checks)
    prover = Prover(last.number, last.running, last.checks)
    return Start(Engine(state), witness, last.number, last.time, last.offset, last.first), prover
