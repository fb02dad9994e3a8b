"""The data directory's disk looked at while nobody trades: full, failing or standing still, it is known soon.

Every command tests the disk, but heartbeats are stored too: where one cannot be, QuickFIX ends that session without a
word to anybody, and where that takes for ever it hears nothing more. So a block is written, synced and given back every
two seconds. Twice in a row it must fail: a disk that is full for a moment halts nobody who has nothing to store.
"""

import errno
import os
import threading
from pathlib import Path

from kase_fix.app.waiting import Waiting

NAME = "pulse"
EVERY_SECONDS = 2.0
BLOCK = b"pulse---" * 512
"""What takes a block of any file system: a block of nothing would need none on some."""


class Pulse:
    """Looks by a thread of its own."""

    def __init__(self, directory: Path) -> None:
        """Look at the disk of this directory, from `start` on."""
        self._path = directory / NAME
        self._waiting = Waiting()
        self._wrong = ""
        self._ending = threading.Event()

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._run, name="pulse", daemon=True).start()

    def stop(self) -> None:
        """End, at once or when the disk lets it."""
        self._ending.set()

    def stalled(self) -> float:
        """Return for how many seconds the disk has not answered, where that is too long; else 0."""
        return self._waiting.stalled()

    def trouble(self) -> str:
        """Return what is wrong with the disk, and lasts; empty where nothing is."""
        return self._wrong

    def why(self, patience: float = 1.0) -> str:
        """Look now, for one whose write has failed and who was not told why; empty where nothing is wrong."""
        found: list[str] = []
        looking = threading.Thread(target=lambda: found.append(self._look()), daemon=True)
        looking.start()
        looking.join(patience)
        return found[0] if found else ""

    def _run(self) -> None:
        before = ""
        while not self._ending.wait(EVERY_SECONDS):
            with self._waiting:
                wrong = self._look()
            self._wrong = wrong if before else ""
            before = wrong

    def _look(self) -> str:
        """Write a block, sync it, give it back; return the error, if any."""
        try:
            file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                if os.pwrite(file, BLOCK, 0) < len(BLOCK):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fdatasync(file)
                os.ftruncate(file, 0)
            finally:
                os.close(file)
        except OSError as error:
            return f"{error.strerror} ({errno.errorcode.get(error.errno or 0, 'EIO')})"
        return ""
