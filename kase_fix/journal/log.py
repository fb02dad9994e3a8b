"""Events read from a position: the day's events kept in memory, and a queue for each reader."""

import threading
from collections import deque
from queue import SimpleQueue
from typing import Any, TypeAlias

from kase_fix.messages.codec import decode_published
from kase_fix.messages.events import ConfigurationApplied, DayOpened, Published

Reader: TypeAlias = "SimpleQueue[Any]"
"""Gets `Published` in order without a gap, and whatever else is passed on between them."""


class EventLog:
    """Keeps the events of the operational day, from the last configuration before it on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: deque[bytes] = deque()
        self._base: Published | None = None
        """The configuration that the first event kept met."""
        self._configuration: Published | None = None
        self._readers: list[Reader] = []

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

    def subscribe(self) -> tuple[list[Published], Reader]:
        """Return what is kept, and a queue that gets everything after it."""
        reader: Reader = SimpleQueue()
        with self._lock:
            self._readers.append(reader)
            kept, base = list(self._kept), self._base
        history = [decode_published(data) for data in kept]
        return ([base, *history] if base is not None else history), reader

    def _keep(self, published: Published, encoded: bytes) -> None:
        for event in published.events:
            if isinstance(event, DayOpened):
                self._kept.clear()
                self._base = self._configuration
            elif isinstance(event, ConfigurationApplied):
                self._configuration = published
                if not self._kept:
                    self._base = published
                    return
        if published.events:
            self._kept.append(encoded)
