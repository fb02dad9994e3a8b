"""Another boot of the machine: what was written and not synced before it may be gone (quickfix-facts: no fsync).

QuickFIX and the delivery cursors write without waiting for the disk. So, every few seconds, a thread syncs each
session's store and then notes how far it has got. After another boot reports go on from that note, marked as possibly
received before, and numbers jump ahead of all that a client may have seen.
"""

import os
import threading
from collections.abc import Iterable
from pathlib import Path

from kase_fix.gateway.cursor import Cursor

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
SYNC_SECONDS = 2.0
JUMP = 1_000_000
"""So far numbers jump: more than a session is sent between two notes."""


def is_another(directory: Path, boot_id: Path = BOOT_ID) -> bool:
    """Tell whether this directory was last used on another boot; a fresh one was not."""
    noted = directory / "boot"
    return noted.exists() and noted.read_text(encoding="ascii") != boot_id.read_text(encoding="ascii")


def note(directory: Path, boot_id: Path = BOOT_ID) -> None:
    """Note this boot, durably."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "boot").open("w", encoding="ascii") as file:
        file.write(boot_id.read_text(encoding="ascii"))
        file.flush()
        os.fsync(file.fileno())


def possibly_received(body: str) -> str:
    """Return the body of a report with PossResend(97)=Y in its header."""
    kind, _, rest = body.partition("\x01")
    return f"{kind}\x0197=Y\x01{rest}"


class Syncing:
    """The thread that syncs stores and notes how far it has got."""

    def __init__(self, cursors: Iterable[Cursor]) -> None:
        self._cursors = list(cursors)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="store-sync", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Sync once more and end."""
        self._ending.set()
        self._thread.join(5.0)

    def sync(self) -> None:
        """Sync what has moved since the last time; a disk that fails is the journal's to report.

        One that failed is not synced again: a second sync may find nothing to do and vouch for what is lost (fsync(2)).
        Its note stays where it was, and after another boot reports go on from there.
        """
        for cursor in [*self._cursors]:
            try:
                cursor.sync()
            except OSError:
                self._cursors.remove(cursor)

    def _run(self) -> None:
        while not self._ending.wait(SYNC_SECONDS):
            self.sync()
        self.sync()
