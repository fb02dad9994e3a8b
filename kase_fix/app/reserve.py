"""Room on the disk for the last words of a venue that halts because it is full: a Logout must be stored to be sent.

QuickFIX stores every message, its own Logouts too, before it sends it. So some space is held while all is well and
given up where the venue halts.
"""

import os
from contextlib import suppress
from pathlib import Path

import structlog

NAME = "reserve"
BYTES = 4 * 1024 * 1024
"""A Logout to each user, twice that in cursors and numbers, and lines of the log: a few kilobytes a user."""


class Reserve:
    """The reserve of one data directory."""

    def __init__(self, directory: Path) -> None:
        """Hold it; where there is no room for it there is none, and the log says so."""
        self._path = directory / NAME
        try:
            with self._path.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, BYTES)
        except OSError as error:
            self.give_up()
            structlog.get_logger("reserve").warning("no room is held for last words", error=repr(error))

    def give_up(self) -> None:
        """Give the space back to the disk."""
        with suppress(OSError):
            self._path.unlink()
