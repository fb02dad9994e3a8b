"""A disk that fails: the small library of `disk.c`, compiled when it is needed, and what it is told."""

import errno
import mmap
import shutil
import struct
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("disk.c")
_CONTROL = struct.Struct("=6iq")


FIELDS = ("write_errno", "sync_errno", "write_ms", "sync_ms", "still_good", "limited", "room")
"""`struct control` of the library."""


class NoCompiler(Exception):
    """The library cannot be made here."""


class Disk:
    """The control of one venue's disk."""

    def __init__(self, directory: Path, data: Path) -> None:
        """Compile the library into a directory; files below `data` are concerned. Raises `NoCompiler`."""
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("g++")
        if compiler is None:
            raise NoCompiler
        library, control = directory / "disk.so", directory / "disk.control"
        subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", library, "-xc", SOURCE, "-ldl"], check=True)
        control.write_bytes(bytes(_CONTROL.size))
        with control.open("r+b") as file:
            self._control = mmap.mmap(file.fileno(), _CONTROL.size)
        self.environment = {
            "LD_PRELOAD": str(library),
            "SOAK_DISK_CONTROL": str(control),
            "SOAK_DISK_PATH": str(data),
        }

    def heal(self) -> None:
        """Be a good disk."""
        self._tell()

    def leave(self, room: int) -> None:
        """Have so many bytes of room left, and what deleted files give back."""
        self._tell(limited=1, room=room)

    def fill(self, still_good: int) -> None:
        """Take no write for want of room, not even over what is there, after so many."""
        self._tell(write_errno=errno.ENOSPC, still_good=still_good)

    def break_syncs(self, still_good: int) -> None:
        """Fail to make anything durable."""
        self._tell(sync_errno=errno.EIO, still_good=still_good)

    def break_writes(self, still_good: int) -> None:
        """Fail to write."""
        self._tell(write_errno=errno.EIO, still_good=still_good)

    def slow_down(self, milliseconds: int) -> None:
        """Take that long for each write and each sync."""
        self._tell(write_ms=milliseconds, sync_ms=milliseconds)

    def slow_syncs_down(self, milliseconds: int) -> None:
        """Take writes, and that long to make them durable."""
        self._tell(sync_ms=milliseconds)

    def _tell(self, **values: int) -> None:
        self._control[:] = _CONTROL.pack(*(values.get(field, 0) for field in FIELDS))
