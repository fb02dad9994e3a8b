"""How far a user's reports have been given to his FIX session (architecture, Delivery).

The cursor is a small file of ours, written after each report; a second line says how far it and the session's store
were surely on the disk. What QuickFIX has stored counts as given too, for it
brings that by a resend; after a crash between the two the store's end knows more than the file.
"""

import os
import re
from pathlib import Path
from typing import TypeAlias

from kase_fix.gateway.dialect.delivery import delivery_id, parse_delivery_id
from kase_fix.gateway.store import body_of, files_of, latest

Position: TypeAlias = tuple[int, int, str]
"""Command, event, side: positions grow as reports are given."""
BEFORE_ALL: Position = (0, 0, "")
_WIDTH = 64
_DELIVERY = re.compile(rb"\x01527=([0-9]+-[0-9]+-[0BCKS][12]?)\x01")


class Cursor:
    """The position of one user, in a file."""

    def __init__(self, path: Path, session_store: Path, another_boot: bool = False) -> None:
        """Find the position: the file's or the session store's, whichever is further.

        After another boot of the machine only what was synced is sure: the position is that.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self._store = session_store
        self.another_boot = another_boot
        self._synced = self._read(_WIDTH)
        self.position: Position = self._synced if another_boot else max(self._read(0), last_stored(session_store))
        if self.position != BEFORE_ALL:
            self.advance(self.position)

    def advance(self, position: Position) -> None:
        """Note that the report at this position was given."""
        self.position = position
        os.pwrite(self._file, _line(position), 0)

    def sync(self) -> None:
        """Have store and cursor on the disk, then note how far that is. Raises `OSError`."""
        position = self.position
        if position == self._synced:
            return
        for path in files_of(self._store):
            with path.open("rb") as file:
                os.fdatasync(file.fileno())
        os.fdatasync(self._file)
        os.pwrite(self._file, _line(position), _WIDTH)
        os.fdatasync(self._file)
        self._synced = position

    def _read(self, offset: int) -> Position:
        return _parsed(os.pread(self._file, _WIDTH, offset).decode("ascii", "replace").strip())

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def last_stored(session_store: Path) -> Position:
    """Return the position of the last report in a QuickFIX file store (path without its ending), from its end back."""
    body = body_of(session_store)
    if not body.exists():
        return BEFORE_ALL
    with body.open("rb") as file:
        for _, offset, size in latest(session_store):
            file.seek(offset)
            found = _DELIVERY.search(file.read(size))
            if found:
                return _parsed(found.group(1).decode("ascii"))
    return BEFORE_ALL


def _line(position: Position) -> bytes:
    return delivery_id(*position).ljust(_WIDTH - 1).encode("ascii") + b"\n"


def _parsed(text: str) -> Position:
    try:
        return parse_delivery_id(text)
    except ValueError:
        return BEFORE_ALL
