"""The events of the present operational day as the console shows them: in a file that nobody else sees."""

from collections.abc import Iterator
from itertools import islice

import structlog

from kase_fix.journal.day_file import BLOCK, DayFile, Frame
from kase_fix.messages.codec import decode_published, encode_published
from kase_fix.messages.day_events import DayOpened
from kase_fix.messages.events import Published


class DayLog:
    """Read from a position. Where the file cannot be written the day begins anew behind what could not be kept."""

    def __init__(self) -> None:
        self._begin()
        self._logger = structlog.get_logger("console")

    def _begin(self) -> None:
        self._file: DayFile | None = None
        self._tail: list[Frame] = []
        self._waiting = 0
        self._count = 0

    def __len__(self) -> int:
        """Return how many commands are kept."""
        return self._count

    @property
    def first(self) -> int | None:
        """Number of the earliest command kept."""
        if self._file is not None:
            return self._file.first
        return self._tail[0].number if self._tail else None

    def record(self, published: Published) -> None:
        """Keep a command's events; a new day forgets the one before."""
        if any(type(event) is DayOpened for event in published.events):
            self._begin()
        encoded = encode_published(published)
        self._tail.append(Frame(published.number, encoded, False))
        self._waiting += len(encoded)
        self._count += 1
        if self._waiting >= BLOCK:
            self._write()

    def after(self, number: int, limit: int) -> list[Published]:
        """Return the events of at most `limit` commands with a greater number, in order."""
        return [decode_published(data) for data in islice(self._after(number), limit)]

    def _after(self, number: int) -> Iterator[bytes]:
        if self._file is not None:
            yield from self._file.records(number, self._file.blocks)
        yield from (frame.encoded for frame in self._tail if frame.number > number)

    def _write(self) -> None:
        try:
            if self._file is None:
                self._file = DayFile.begin(None, self._tail[0].number)
            self._file.append(self._tail)
        except OSError as error:
            self._logger.warning("the day's events before this cannot be shown any more", error=repr(error))
            self._begin()
        else:
            self._tail = []
            self._waiting = 0
