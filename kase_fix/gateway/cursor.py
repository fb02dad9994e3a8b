"""How far a user's reports have been given to his FIX session (architecture, Delivery).

The cursor is a small file of ours, written after each report; a second line says how far it and the session's store
were surely on the disk. Each has a checksum: a position that a bad disk has made of another would hide reports. What
QuickFIX has stored counts as given too, for it brings that by a resend; after a crash between the two the store's end
knows more than the file.
"""

import os
import re
import weakref
import zlib
from pathlib import Path
from typing import TypeAlias

from kase_fix.gateway.dialect.delivery import delivery_id, parse_delivery_id
from kase_fix.gateway.store import body_of, files_of, lacks_its_end, latest

Position: TypeAlias = tuple[int, int, str]
"""Command, event, side: positions grow as reports are given."""
BEFORE_ALL: Position = (0, 0, "")
_WIDTH = 64
_DELIVERY = re.compile(rb"\x01527=([0-9]+-[0-9]+-[0BCKS][12]?)\x01")


class Cursor:
    """The position of one user, in a file."""

    def __init__(self, path: Path, session_store: Path, another_boot: bool = False) -> None:
        """Find the position: the file's or the session store's, whichever is further.

        After another boot of the machine only what was synced is sure: the position is that. It stays so until the
        session has stored something again, however often we start meanwhile: what its store had may have reached
        nobody. A line that is damaged counts for nothing.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self._close = weakref.finalize(self, os.close, self._file)  # once, by `close` or with the object
        self._store = session_store
        self.another_boot = another_boot
        synced, newest = self._read(_WIDTH), self._read(0)
        lines_are_sound = synced is not None and newest is not None and newest >= synced
        lacking = lacks_its_end(session_store)
        self.damaged = not lines_are_sound or lacking
        """It cannot be believed, or the store lost what was given: what is behind it may have been received."""
        self._synced = synced or BEFORE_ALL
        said = self._synced if self.damaged or newest is None else newest
        waits = lacking and newest == self._synced  # another boot was met before, and nothing was stored since
        sure = said if waits else max(said, last_stored(session_store))
        self.position: Position = self._synced if another_boot else sure
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

    def _read(self, offset: int) -> Position | None:
        """Return the position a line says; None where it was written and is no longer what was written."""
        line = os.pread(self._file, _WIDTH, offset).rstrip(b"\0")
        if not line:
            return BEFORE_ALL
        text, _, check = line.decode("ascii", "replace").strip().partition(" ")
        if check != _check(text) or (found := _parsed(text)) == BEFORE_ALL:
            return None
        return found

    def close(self) -> None:
        """Close the file."""
        self._close()


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
    text = delivery_id(*position)
    return f"{text} {_check(text)}".ljust(_WIDTH - 1).encode("ascii") + b"\n"


def _check(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"


def _parsed(text: str) -> Position:
    try:
        return parse_delivery_id(text)
    except ValueError:
        return BEFORE_ALL
