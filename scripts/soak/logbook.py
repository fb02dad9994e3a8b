r"""What a member saw, in a file: one line for each message and each event of his line.

`index nanoseconds S|R|E text`: the index grows by one, the time is the machine's monotonic clock, S was sent, R was
received, E is an event: `open`, `closed`. SOH stands for itself; no message of this market has a line feed in it.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Line(NamedTuple):
    """A line of the book."""

    place: int
    time: int
    what: str
    text: bytes


class Logbook:
    """Writes one member's book."""

    def __init__(self, directory: Path, user: str, dialect: str) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._file = (directory / f"{user}.{dialect}.log").open("wb")
        self._index = 0

    def write(self, what: str, text: bytes) -> None:
        """Add a line."""
        self._file.write(b"%d %d %s %s\n" % (self._index, time.monotonic_ns(), what.encode(), text))
        self._index += 1

    def flush(self) -> None:
        """Have everything be in the file."""
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read(path: Path) -> Iterator[Line]:
    """Iterate the lines of a book. Raises ValueError where one is missing."""
    with path.open("rb") as file:
        for expected, line in enumerate(file):
            index, time_, what, text = line.rstrip(b"\n").split(b" ", 3)
            if int(index) != expected:
                raise ValueError(f"{path}: line {expected} is missing")
            yield Line(int(index), int(time_), what.decode(), text)
