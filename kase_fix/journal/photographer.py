"""Takes snapshots while the exchange works: the sequencer hands over what a mark has, a thread writes the file.

The engine takes a mark every few thousand commands anyway, for its own sake; a snapshot is such a mark and what came
since the last one. Only gathering that costs the sequencer anything: some milliseconds.
"""

import threading
from pathlib import Path
from queue import SimpleQueue

import msgspec
import structlog

from kase_fix.engine.engine import Engine
from kase_fix.engine.revival import encode_configuration, follows, gained
from kase_fix.engine.snapshot import Mark
from kase_fix.journal import day_file
from kase_fix.journal.day_file import NOTHING, DayFile
from kase_fix.journal.log import EventLog
from kase_fix.journal.proving import Prover
from kase_fix.journal.recovery import Recovered
from kase_fix.journal.snapshots import Chain, Snapshot, forget, program, write

EVERY = 20_000
"""Commands between two snapshots at the least; a start replays hardly more."""
PENDING = 2
"""Snapshots that wait for the disk at the most; while there are so many none is taken."""


class _Half(msgspec.Struct):
    """What is known of a snapshot when its command is applied; its events follow when they are published."""

    mark: Mark
    snapshot: Snapshot


class Photographer:
    """Takes a snapshot at the first mark after so many commands, and where a new operational day begins."""

    def __init__(self, directory: Path, journal: bytes, log: EventLog, chain: Chain | None, mark: Mark) -> None:
        """Go on behind the chain a start began with; `mark` is the engine's at its end."""
        self._directory = directory
        self._journal = journal
        self._log = log
        self._seen = mark
        self._before: Mark | None = None
        self._number = 0
        self._half: _Half | None = None
        self._link: tuple[int, bytes] | None = None
        self._broken = False
        if chain is not None:
            self._before, self._number = mark, chain.last.number
            self._link = chain.last.number, chain.hash
        self._waiting = 0
        self.taken = 0
        """How many were written since the start."""
        self._logger = structlog.get_logger("snapshots")
        self._chain = [link.number for link in chain.links] if chain is not None else []
        forget(directory, frozenset(self._chain))
        self._queue: SimpleQueue[tuple[Snapshot, DayFile | None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._write_all, name="snapshots", daemon=True)
        self._thread.start()

    def overlook(self, mark: Mark) -> None:
        """Take no snapshot of a mark that was taken before the commands to come."""
        self._seen = mark

    def applied(self, engine: Engine, prover: Prover, time: int, offset: int, first: int) -> None:
        """Look at the engine behind each command; `offset` and `first` are of the command's group in the journal."""
        mark = engine.mark
        if mark is self._seen:
            return
        self._seen = mark
        begins = self._before is None or not follows(mark, self._before)
        if begins or prover.upto - self._number >= EVERY:
            self.take(mark, prover.upto, time, offset, first, prover.running, prover.checks_after(first - 1))

    def take(self, mark: Mark, number: int, time: int, offset: int, first: int, running: bytes, checks: bytes) -> None:
        """Begin a snapshot of the command applied last, at which the mark was taken; the fields are `Snapshot`'s."""
        if self._waiting >= PENDING or self._half is not None:
            return
        before = self._before if self._before is not None and follows(mark, self._before) else None
        self._half = _Half(
            mark,
            Snapshot(
                program(),
                self._journal,
                0 if before is None else self._number,
                b"",
                number,
                time,
                offset,
                first,
                running,
                checks,
                mark.bytes,
                mark.sequence,
                encode_configuration(mark.configuration),
                encode_configuration(mark.market.configuration if mark.market is not None else None),
                gained(mark, before),
                b"",
                b"",
                NOTHING,
            ),
        )

    def published(self, number: int) -> None:
        """Complete what was begun when the events up to its command are in the log: it is durable now."""
        half = self._half
        if half is None or number < half.snapshot.number:
            return
        self._half = None
        snapshot = half.snapshot
        kept = self._log.vouch()
        if kept.vouched is None:
            self._logger.warning("no snapshot without the day's events; the next start takes longer")
            return
        self._before, self._number = half.mark, snapshot.number
        self._waiting += 1
        whole = msgspec.structs.replace(snapshot, base=kept.base, latest=kept.latest, events=kept.vouched)
        self._queue.put((whole, kept.file))

    def close(self) -> None:
        """Write what waits and end."""
        self._queue.put(None)
        self._thread.join(5.0)

    def _write_all(self) -> None:
        while (item := self._queue.get()) is not None:
            try:
                self._write(*item)
            except OSError as error:
                self._broken = True
                self._logger.warning("a snapshot could not be written; the next start takes longer", error=repr(error))
            finally:
                self._waiting -= 1
            del item  # or it would stay until the next one comes

    def _write(self, snapshot: Snapshot, events: DayFile | None) -> None:
        if not snapshot.before:
            self._link, self._broken = None, False
        if self._broken:
            return  # its chain has a gap
        if self._link is not None:
            snapshot = msgspec.structs.replace(snapshot, link=self._link[1])
        if events is not None:
            events.sync()  # before a snapshot vouches for it
        digest = write(self._directory, snapshot)
        self._link = snapshot.number, digest
        self.taken += 1
        self._chain = [*self._chain, snapshot.number] if snapshot.before else [snapshot.number]
        if len(self._chain) == 2:  # a lone one might lack its proof in the journal: until now the last chain stays
            forget(self._directory, frozenset(self._chain))
            day_file.forget(self._directory, snapshot.events.first)


def go_on(directory: Path, recovered: Recovered) -> Photographer:
    """Return the one who goes on behind a start; where that replayed much, it takes a snapshot at once."""
    replayed = recovered.replayed
    engine = replayed.engine
    photographer = Photographer(directory, recovered.identity, recovered.log, recovered.chain, recovered.mark)
    photographer.overlook(engine.mark)
    number = replayed.end.number
    if number - recovered.began >= EVERY:
        running, last = recovered.prover.running, replayed.last_time
        photographer.take(engine.take_mark(), number, last, replayed.offset, replayed.first, running, recovered.checks)
        photographer.published(number)
    return photographer
