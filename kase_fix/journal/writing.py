"""Writing the journal: one file, one writer, groups made durable by a thread of their own."""

import contextlib
import errno
import fcntl
import os
import secrets
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from kase_fix.journal.reading import End
from kase_fix.journal.record import FILE_HEADER, Proof, encode_group, file_header
from kase_fix.messages.commands import Sequenced

FILE_NAME = "journal"
LOCK_NAME = "lock"
PREALLOCATE = 16 * 1024 * 1024
AT_ONCE = 1024 * 1024
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class DirectoryLocked(Exception):
    """Another process writes to this data directory; the text says which."""


class JournalUnwritable(OSError):
    """The journal's disk failed; the text says how. Nothing was answered that is not written."""

    @classmethod
    def by(cls, error: OSError) -> "JournalUnwritable":
        """Return the failure that an error of the file system means."""
        name = errno.errorcode.get(error.errno or 0, "EIO")
        return cls(error.errno, f"the journal cannot be written: {error.strerror or error} ({name})")

    def __str__(self) -> str:
        return self.strerror or "the journal cannot be written"


class DirectoryLock:
    """The one writer of a data directory holds this from start to end; the kernel frees it when he dies."""

    def __init__(self, directory: Path, patience: float = 5.0) -> None:
        """Take the lock, waiting up to `patience` seconds. Raises `DirectoryLocked`."""
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / LOCK_NAME
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    holder = path.read_text(encoding="ascii", errors="replace").strip() or "unknown"
                    os.close(self._file)
                    raise DirectoryLocked(f"{directory} is in use by process {holder}") from None
                time.sleep(0.02)
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let others write."""
        os.close(self._file)


class JournalWriter:
    """Appends groups. `append` writes, `begin_sync` starts to make all written durable, `wait` waits for it.

    The sync runs in a thread, without the interpreter's lock, while the caller applies what it wrote.
    """

    def __init__(self, directory: Path, end: End | None, last_group: int = 0) -> None:
        """Open the journal of a directory at its sound end, or make it (`end` is None). A torn rest is cut off.

        `last_group` is where the last group with a command begins: what is behind it may never have been made durable,
        though it is read well. A sync that fails may leave the file's pages as they are and call them clean (fsync(2)):
        the next sync finds nothing to do. So they are written once more, and then synced. Raises `OSError`.
        """
        path = directory / FILE_NAME
        if end is None:
            _begin(path)
        self._file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        self._offset = FILE_HEADER.size if end is None else end.offset
        os.ftruncate(self._file, self._offset)
        self._allocated = self._offset
        self._write_again(last_group)
        os.fsync(self._file)
        self._wanted = threading.Semaphore(0)
        self._done = threading.Semaphore(0)
        self._failure: OSError | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._sync_all, name="journal-sync", daemon=True)
        self._thread.start()

    @property
    def size(self) -> int:
        """Return the bytes written so far."""
        return self._offset

    def append(self, first: int, commands: Sequence[Sequenced], proof: Proof | None) -> None:
        """Write a group behind the last one; it is not durable yet. Raises `OSError`."""
        data = encode_group(first, commands, proof)
        self._reserve(len(data))
        written = 0
        while written < len(data):
            written += os.pwrite(self._file, data[written:], self._offset + written)
        self._offset += len(data)

    def begin_sync(self) -> None:
        """Start to make everything written durable."""
        self._wanted.release()

    def wait(self) -> None:
        """Wait until what `begin_sync` started is durable. Raises the `OSError` of the disk."""
        self._done.acquire()
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        """End the thread and close the file; what was appended is made durable first."""
        self._closing = True
        self._wanted.release()
        self._thread.join()
        with contextlib.suppress(OSError):  # the disk's failure was told by `wait` already
            os.fdatasync(self._file)
        os.close(self._file)

    def _write_again(self, start: int) -> None:
        while start < self._offset:
            data = os.pread(self._file, min(AT_ONCE, self._offset - start), start)
            start += os.pwrite(self._file, data, start)

    def _reserve(self, more: int) -> None:
        """Have the file system find the space ahead, so that a sync need not; where it is short of it, what is due."""
        if self._offset + more <= self._allocated:
            return
        try:
            self._allocate(self._offset + more + PREALLOCATE)
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            self._allocate(self._offset + more)

    def _allocate(self, wanted: int) -> None:
        try:
            os.posix_fallocate(self._file, self._allocated, wanted - self._allocated)
        except OSError as error:
            if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL):
                raise
            os.ftruncate(self._file, wanted)
        self._allocated = wanted

    def _sync_all(self) -> None:
        while True:
            self._wanted.acquire()
            if self._closing:
                return
            try:
                os.fdatasync(self._file)
            except OSError as error:
                self._failure = error
            self._done.release()


def _begin(path: Path) -> None:
    """Make a journal without commands. Raises `FileExistsError`.

    It gets its name when its header is durable: a crash leaves a whole one or none.
    """
    if path.exists():
        raise FileExistsError(errno.EEXIST, "there is a journal already", str(path))
    new = path.with_suffix(".new")
    file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    try:
        os.pwrite(file, file_header(secrets.token_bytes(16)), 0)
        os.fsync(file)
    finally:
        os.close(file)
    new.rename(path)
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
