"""Events read from a position: the day's events in a file, and a queue for each reader.

In memory are only those that do not fill a block yet. Where the file cannot be written they stay in memory, and are
written when it can again.
"""

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple, TypeAlias

import structlog

from kase_fix.journal.day_file import BLOCK, NOTHING, DayFile, Frame, Vouched
from kase_fix.messages.codec import decode_published, encode_published
from kase_fix.messages.concern import is_general
from kase_fix.messages.day_events import ConfigurationApplied, DayOpened
from kase_fix.messages.events import Published

Reader: TypeAlias = "SimpleQueue[Any]"
"""Gets `Published` in order without a gap, and whatever else is passed on between them. It keeps what is not read."""

Subscribe: TypeAlias = "Callable[[], tuple[Iterable[Published], Reader]]"
"""Gives the events so far, and a queue that gets those to come."""


class Kept(NamedTuple):
    """What is kept, for a snapshot."""

    base: bytes
    """The events of the configuration that the first event kept met; empty where none was."""
    latest: bytes
    """Those of the last configuration; empty where none was."""
    vouched: Vouched | None
    """What the file has; None where it could not be written."""
    file: DayFile | None


class History:
    """A day's events so far, read as they are asked for: a heavy day has a million commands'."""

    def __init__(
        self, base: Published | None, file: DayFile | None, tail: Sequence[Frame], general: Sequence[int] = ()
    ) -> None:
        self._base = base
        self._file = file
        self._blocks = 0 if file is None else file.blocks
        self._tail = tail
        self._general = general

    def __iter__(self) -> Iterator[Published]:
        return map(decode_published, self.encoded())

    def encoded(self, after: int = 0) -> Iterator[bytes]:
        """Iterate them as bytes; with a number those of the commands behind it."""
        if self._base is not None and not after:
            yield encode_published(self._base)
        yield from self._after(after)

    def after(self, number: int) -> Iterator[Published]:
        """Iterate those of the commands behind a number."""
        return map(decode_published, self._after(number))

    def general(self, upto: int | None = None) -> Iterator[Published]:
        """Iterate those that concern more than single orders, the configuration first; up to a command, or all."""
        if self._base is not None:
            yield self._base
        for number in self._general:
            if upto is not None and number > upto:
                return
            encoded = self._file.at(number) if self._file is not None else None
            if encoded is not None:
                yield decode_published(encoded)
        for frame in self._tail:
            if frame.general and (upto is None or frame.number <= upto):
                yield decode_published(frame.encoded)

    def _after(self, number: int) -> Iterator[bytes]:
        if self._file is not None:
            yield from self._file.records(number, self._blocks)
        yield from (frame.encoded for frame in self._tail if frame.number > number)


class EventLog:
    """Keeps the events of the operational day, from the last configuration before it on.

    One thread writes: `keep`, `publish` and `vouch` are its. It alone waits for the disk, never holding the lock.
    """

    def __init__(self, directory: Path | None = None) -> None:
        """Keep them in files of a data directory; without one, where nobody else finds them."""
        self._directory = directory
        self._lock = threading.Lock()
        self._file: DayFile | None = None
        self._before: DayFile | None = None
        """Yesterday's: who is behind may still ask for what was in it."""
        self._tail: list[Frame] = []
        self._waiting = 0
        """Bytes of events that are in no block yet."""
        self._due = BLOCK
        self._base: Published | None = None
        """The configuration that the first event kept met."""
        self._configuration: Published | None = None
        self._readers: list[Reader] = []
        self._logger = structlog.get_logger("events")
        self._encoded_readers: list[Reader] = []
        self._general_readers: list[Reader] = []

    def vouch(self) -> Kept:
        """Have the file take what is not in it, and return what is kept."""
        self._write()
        with self._lock:
            vouched = None
            if not self._tail:
                vouched = NOTHING if self._file is None else self._file.vouched
            return Kept(_encoded(self._base), _encoded(self._configuration), vouched, self._file)

    def restore(self, base: bytes, latest: bytes, file: DayFile | None) -> None:
        """Go on from what `vouch` returned."""
        self._base = decode_published(base) if base else None
        self._configuration = decode_published(latest) if latest else None
        self._file = file

    def keep(self, published: Published, encoded: bytes) -> None:
        """Keep a command's events without telling anyone: at the start, from the journal."""
        self._end_day_before(published)
        with self._lock:
            self._keep(published, encoded)
        self._write_what_is_due()

    def publish(self, published: Published, encoded: bytes) -> None:
        """Keep and pass on the events of a command that is durable."""
        self._end_day_before(published)
        with self._lock:
            self._keep(published, encoded)
            for reader in self._readers:
                reader.put(published)
            if self._general_readers and is_general(published):
                for reader in self._general_readers:
                    reader.put(published)
            for reader in self._encoded_readers:
                reader.put(encoded)
        self._write_what_is_due()

    def pass_on(self, reader: Reader, item: object) -> None:
        """Put something that is no event into a reader's queue, in its place between the events."""
        with self._lock:
            reader.put(item)

    def subscribe(self) -> tuple[History, Reader]:
        """Return what is kept, and a queue that gets everything after it."""
        history, (reader,) = self.subscribe_all(1)
        return history, reader

    def subscribe_all(self, count: int) -> tuple[History, list[Reader]]:
        """Return what is kept, and so many queues that each get everything after it."""
        readers: list[Reader] = [SimpleQueue() for _ in range(count)]
        with self._lock:
            self._readers.extend(readers)
            return self._history(), readers

    def history(self) -> History:
        """Return what is kept."""
        with self._lock:
            return self._history()

    def at(self, number: int) -> Published | None:
        """Return the events of a command of the day, or of the day before; None where they are not kept."""
        found = self.today(number)
        if found is not None:
            return found
        with self._lock:
            before = self._before
        encoded = before.at(number) if before is not None else None
        return decode_published(encoded) if encoded is not None else None

    def today(self, number: int) -> Published | None:
        """Return the events of a command of the day; None where it is of another day or they are not kept."""
        with self._lock:
            place = bisect_left(self._tail, number, key=_number_of)
            if place < len(self._tail) and self._tail[place].number == number:
                return decode_published(self._tail[place].encoded)
            file = self._file
        encoded = file.at(number) if file is not None else None
        return decode_published(encoded) if encoded is not None else None

    def latest_general(self, upto: int) -> int:
        """Return the number of the last command up to one that concerned more than single orders; 0: none."""
        with self._lock:
            for frame in reversed(self._tail):
                if frame.general and frame.number <= upto:
                    return frame.number
            known = self._file.general if self._file is not None else ()
            place = bisect_right(known, upto)
            return known[place - 1] if place else 0

    def _history(self) -> History:
        general = self._file.general if self._file is not None else ()
        return History(self._base, self._file, list(self._tail), general[:])

    def subscribe_general(self) -> tuple[Iterator[Published], Reader]:
        """Return what is kept that concerns more than single orders, and a queue that gets what does after it."""
        reader: Reader = SimpleQueue()
        with self._lock:
            self._general_readers.append(reader)
            return self._history().general(), reader

    def subscribe_encoded(self) -> tuple[History, Reader]:
        """Return what is kept, and a queue that gets everything after it as the bytes that are kept."""
        reader: Reader = SimpleQueue()
        with self._lock:
            self._encoded_readers.append(reader)
            return self._history(), reader

    def unsubscribe(self, reader: Reader) -> None:
        """Put nothing more into a queue of bytes."""
        with self._lock:
            self._encoded_readers = [one for one in self._encoded_readers if one is not reader]

    def _keep(self, published: Published, encoded: bytes) -> None:
        for event in published.events:
            if isinstance(event, DayOpened):
                self._begin_day()
                self._base = self._configuration
            elif isinstance(event, ConfigurationApplied):
                self._configuration = published
                if self._file is None and not self._tail:
                    self._base = published
                    return
        if not published.events:
            return
        self._tail.append(Frame(published.number, encoded, is_general(published)))
        self._waiting += len(encoded)

    def _end_day_before(self, published: Published) -> None:
        """Have all of a day in its file before the next one takes its place."""
        if any(isinstance(event, DayOpened) for event in published.events):
            self._write()

    def _begin_day(self) -> None:
        self._before = self._file
        self._file = None
        self._tail = []
        self._waiting, self._due = 0, BLOCK

    def _write_what_is_due(self) -> None:
        if self._waiting >= self._due:
            self._write()

    def _write(self) -> None:
        """Write a block of what waits; where that fails it waits on. Readers go on meanwhile: they find it waiting."""
        if not self._tail or (self._file is not None and not self._file.writable):
            return
        try:
            if self._file is None:
                self._file = DayFile.begin(self._directory, self._tail[0].number)
            file = self._file
            block = file.write(self._tail)
        except OSError as error:
            if self._due == BLOCK:
                self._logger.warning("the day's events stay in memory: they cannot be written", error=repr(error))
            self._due = self._waiting + BLOCK
        else:
            with self._lock:
                file.note(block)
                self._tail = []
                self._waiting, self._due = 0, BLOCK


def _number_of(frame: Frame) -> int:
    return frame.number


def _encoded(published: Published | None) -> bytes:
    return b"" if published is None else encode_published(published)
