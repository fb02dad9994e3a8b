"""Reading a journal file from its beginning, and telling a torn end from damage further in."""

import contextlib
import mmap
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from kase_fix.journal.record import (
    ALIGNMENT,
    FILE_HEADER,
    FILE_MAGIC,
    FORMAT,
    GROUP_MAGIC,
    BrokenGroup,
    Group,
    StrangeGroup,
    after_group,
    check_group,
    decode_group,
)


class JournalDamaged(Exception):
    """The journal cannot be read on although more follows; the text says where, and what can be done."""

    def __init__(self, text: str, number: int = 0) -> None:
        """`number` is that of the last command before the damage."""
        super().__init__(text)
        self.number = number


class End(msgspec.Struct, frozen=True):
    """Where the sound part of a journal ends."""

    offset: int
    number: int
    """Number of the last command; 0 in an empty journal."""
    torn: int
    """Bytes of a torn last group behind `offset`, not counting the zeros of preallocated space."""


class JournalFile:
    """A journal file open for reading. Use as a context manager."""

    def __init__(self, path: Path) -> None:
        """Open the file. Raises `JournalDamaged` where it is no journal this program can read."""
        self.path = path
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < FILE_HEADER.size:  # a journal gets its name only when its header is durable
                raise JournalDamaged(
                    f"{path} is no journal: it has {size} bytes and a header {FILE_HEADER.size}. Nothing was changed. "
                    "Restore the file from a copy"
                )
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._view = memoryview(self._map)
        self.end: End | None = None
        """Set when all groups were read."""
        self.place = 0
        """Where the last group given began."""
        magic, version, _, identity = FILE_HEADER.unpack_from(self._view, 0)
        if magic != FILE_MAGIC:
            self.__exit__()
            raise JournalDamaged(f"{path} is no journal: it begins with {bytes(magic)!r}")
        if version != FORMAT:
            self.__exit__()
            raise JournalDamaged(
                f"{path} has the format {version}; this program reads {FORMAT}: open it with the release that wrote it"
            )
        self.identity: bytes = identity

    def __enter__(self) -> "JournalFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._view.release()
        with contextlib.suppress(BufferError):  # an exception on its way holds a piece; the map goes with it
            self._map.close()

    def skim(self, until: int) -> int | None:
        """Hold all groups before an offset against their checksums; return the number of the last command there.

        None where no group begins at the offset, or something before it is not sound: then `groups` says what.
        """
        offset, number = FILE_HEADER.size, 0
        while offset < until:
            try:
                first, count, _, end = check_group(self._view, offset)
            except BrokenGroup:
                return None
            if first != number + 1:
                return None
            offset, number = after_group(end), number + count
        return number if offset == until else None

    def groups(self, offset: int = FILE_HEADER.size, number: int = 0) -> Iterator[Group]:
        """Iterate the groups in order, from the offset behind command `number` on.

        Raises `JournalDamaged` for damage that is not a torn end.
        """
        while True:
            try:
                first, group, following = decode_group(self._view, offset)
            except BrokenGroup:
                break
            except StrangeGroup as strange:
                raise JournalDamaged(
                    f"{self.path}: the group at byte {offset}, after command {number}, is sound but not of this "
                    f"release: {strange}. Nothing was changed. Open it with the release that wrote it",
                    number,
                ) from None
            if first != number + 1:
                raise JournalDamaged(
                    f"{self.path}: at byte {offset} stands command {first} where {number + 1} is due; "
                    f"restore the file from a copy; 'kase-fix replay --until {number}' shows the state before it",
                    number,
                )
            number = first + len(group.commands) - 1
            self.place, offset = offset, following
            yield group
        self._refuse_damage(offset, number)
        self.end = End(offset, number, len(bytes(self._view[offset:]).rstrip(b"\0")))

    def _refuse_damage(self, offset: int, number: int) -> None:
        """Refuse where a sound group stands behind the broken place: then it is no torn end."""
        place = self._map.find(GROUP_MAGIC, offset + 1)
        while place != -1:
            if place % ALIGNMENT == 0:
                try:
                    first, _, _ = decode_group(self._view, place)
                except BrokenGroup:
                    pass
                except StrangeGroup as strange:
                    raise JournalDamaged(
                        f"{self.path}: damaged at byte {offset}, after command {number}; at byte {place} follows a "
                        f"sound group of another release ({strange}). Nothing was changed. Restore the file from a "
                        "copy",
                        number,
                    ) from None
                else:
                    raise JournalDamaged(
                        f"{self.path}: damaged at byte {offset}, after command {number}; command {first} follows at "
                        f"byte {place}. Nothing was changed. Restore the file from a copy; 'kase-fix verify' checks "
                        f"it, 'kase-fix replay --until {number}' shows the state before the damage",
                        number,
                    )
            place = self._map.find(GROUP_MAGIC, place + 1)


def identity_of(path: Path) -> bytes:
    """Return a journal's identity. Raises `JournalDamaged`."""
    with JournalFile(path) as file:
        return file.identity
