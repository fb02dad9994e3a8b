"""Events read from a position: the day's events kept in memory, and a queue for each reader."""

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from queue import SimpleQueue
from typing import Any, NamedTuple, TypeAlias

from kase_fix.messages.codec import decode_published, encode_published
from kase_fix.messages.day_events import ConfigurationApplied, DayOpened
from kase_fix.messages.events import Published

Reader: TypeAlias = "SimpleQueue[Any]"
"""Gets `Published` in order without a gap, and whatever else is passed on between them."""


class Kept(NamedTuple):
    """What is kept, as bytes."""

    day: int
    """How many days the log saw open: what was kept before the last of them is gone."""
    base: bytes
    """The events of the configuration that the first event kept met; empty where none was."""
    latest: bytes
    """Those of the last configuration; empty where none was."""
    events: list[bytes]


class History:
    """A day's events so far, read from their bytes as they are asked for: a heavy day has a million commands'."""

    def __init__(self, base: Published | None, kept: Sequence[bytes]) -> None:
        self._base = base
        self._kept = kept

    def __iter__(self) -> Iterator[Published]:
        if self._base is not None:
            yield self._base
        yield from map(decode_published, self._kept)

    def encoded(self) -> Iterator[bytes]:
        """Iterate them as bytes."""
        if self._base is not None:
            yield encode_published(self._base)
        yield from self._kept


class EventLog:
    """Keeps the events of the operational day, from the last configuration before it on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: deque[bytes] = deque()
        self._base: Published | None = None
        """The configuration that the first event kept met."""
        self._configuration: Published | None = None
        self._readers: list[Reader] = []
        self.day = 0
        """How many days it saw open."""

    def kept(self, day: int, after: int) -> Kept:
        """Return what is kept behind the first `after` of them; all of it where that was another day."""
        with self._lock:
            events = list(islice(self._kept, after if day == self.day else 0, None))
            return Kept(self.day, _encoded(self._base), _encoded(self._configuration), events)

    def restore(self, base: bytes, latest: bytes, events: Sequence[bytes]) -> None:
        """Go on from what `kept` returned."""
        self._base = decode_published(base) if base else None
        self._configuration = decode_published(latest) if latest else None
        self._kept.extend(events)
        self.day += 1

    def keep(self, published: Published, encoded: bytes) -> None:
        """Keep a command's events without telling anyone: at the start, from the journal."""
        with self._lock:
            self._keep(published, encoded)

    def publish(self, published: Published, encoded: bytes) -> None:
        """Keep and pass on the events of a command that is durable."""
        with self._lock:
            self._keep(published, encoded)
            for reader in self._readers:
                reader.put(published)

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
            return History(self._base, list(self._kept)), readers

    def _keep(self, published: Published, encoded: bytes) -> None:
        for event in published.events:
            if isinstance(event, DayOpened):
                self._kept.clear()
                self.day += 1
                self._base = self._configuration
            elif isinstance(event, ConfigurationApplied):
                self._configuration = published
                if not self._kept:
                    self._base = published
                    return
        if published.events:
            self._kept.append(encoded)


def _encoded(published: Published | None) -> bytes:
    return b"" if published is None else encode_published(published)
