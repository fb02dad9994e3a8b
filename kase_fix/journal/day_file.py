"""The events of one operational day on disk: read by position, so that nobody has to keep them in memory.

The file is made again from the journal whenever it is not there, and not trusted by itself: a snapshot vouches for so
many bytes of it by their hash, and what is behind them is written anew. Events stand in blocks,
`head | numbers of general concern | frames`; a block is written whole.
"""

import hashlib
import os
import struct
import tempfile
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

FOLDER = "events"
ENDING = ".events"
MAGIC = b"KASEEVT1"
BLOCK = 32 * 1024
"""Bytes of events that make a block: what one look at a position reads."""
KEPT = 16
"""Blocks kept at hand."""
_HEAD = struct.Struct("<IIQQ")
"""Bytes of frames, numbers of general concern, number of the first command, of the last one."""
_FRAME = struct.Struct("<II")
"""Bytes of a command's events, its number less that of the block's first."""


class Vouched(msgspec.Struct, frozen=True, array_like=True):
    """A part of a day's file, from its beginning, and the hash by which it is known again."""

    first: int
    """Which file: the number of the day's first command."""
    length: int
    digest: bytes


NOTHING = Vouched(0, 0, b"")
"""Of a journal in which no day has begun."""


class NotVouched(Exception):
    """The file is not there, or has other bytes; the text says which."""


class Frame(NamedTuple):
    """One command's events as they are kept."""

    number: int
    encoded: bytes
    general: bool
    """Whether they concern more than single orders (`messages.concern`)."""


class Block(NamedTuple):
    """What is written at once."""

    first: int
    """Number of the first command."""
    last: int
    general: "array[int]"
    data: bytes


def path_of(directory: Path, first: int) -> Path:
    """Return the file of the day that begins with a command."""
    return directory / FOLDER / f"{first:015d}{ENDING}"


class DayFile:
    """One day's file. Written by one thread, read by any."""

    def __init__(self, first: int, file: BinaryIO, writable: bool) -> None:
        """Use `begin`, or `resume`."""
        self.first = first
        self.writable = writable
        self.general = array("Q")
        """Numbers of the commands whose events concern more than single orders."""
        self.last = 0
        """Number of the last command in it."""
        self._file = file
        self._firsts, self._offsets = array("Q"), array("Q")
        self._length = len(MAGIC)
        self._digest = bytes(16)
        self._read: dict[int, bytes] = {}
        """The frames of the blocks read last: who asks for many commands asks for neighbours."""

    @classmethod
    def begin(cls, directory: Path | None, first: int) -> "DayFile":
        """Begin a day anew; without a directory in a file that nobody else sees. Raises `OSError`."""
        if directory is None:
            file: BinaryIO = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        else:
            path = path_of(directory, first)
            path.parent.mkdir(exist_ok=True)
            path.unlink(missing_ok=True)  # who reads the one that was goes on reading it
            file = path.open("x+b", buffering=0)
        file.write(MAGIC)
        return cls(first, file, True)

    @classmethod
    def resume(cls, directory: Path, vouched: Vouched, writable: bool) -> "DayFile":
        """Go on behind what was vouched for. Raises `NotVouched`."""
        path = path_of(directory, vouched.first)
        try:
            file: BinaryIO = path.open("r+b" if writable else "rb", buffering=0)
            day = cls(vouched.first, file, writable)
            if os.pread(file.fileno(), len(MAGIC), 0) != MAGIC:
                raise NotVouched(f"{path.name} is of another form")
            while day._length < vouched.length:
                day._take_in_block(vouched.length)
            if writable:
                file.truncate(vouched.length)
        except (OSError, struct.error, ValueError) as error:
            raise NotVouched(f"{path.name} cannot be read: {error}") from error
        if (day._length, day._digest) != (vouched.length, vouched.digest):
            raise NotVouched(f"{path.name} has other bytes")
        return day

    @property
    def vouched(self) -> Vouched:
        """Return all that is in it by now."""
        return Vouched(self.first, self._length, self._digest)

    @property
    def blocks(self) -> int:
        """Return how many blocks are in it."""
        return len(self._firsts)

    def append(self, frames: Sequence[Frame]) -> None:
        """Write a block behind the others, whole or not at all. Raises `OSError`."""
        self.note(self.write(frames))

    def write(self, frames: Sequence[Frame]) -> Block:
        """Write behind the blocks what is one of them once it is noted; nobody reads it before. Raises `OSError`."""
        first = frames[0].number
        general = array("Q", (frame.number for frame in frames if frame.general))
        body = b"".join(
            part for frame in frames for part in (_FRAME.pack(len(frame.encoded), frame.number - first), frame.encoded)
        )
        data = _HEAD.pack(len(body), len(general), first, frames[-1].number) + general.tobytes() + body
        written = 0
        while written < len(data):
            written += os.pwrite(self._file.fileno(), data[written:], self._length + written)
        return Block(first, frames[-1].number, general, data)

    def note(self, block: Block) -> None:
        """Take what was written for a block; this waits for no disk."""
        self._offsets.append(self._length)
        self._firsts.append(block.first)  # behind its offset: a reader may look at any time
        self.general.extend(block.general)
        self.last = block.last
        self._length += len(block.data)
        self._digest = hashlib.blake2b(self._digest + block.data, digest_size=16).digest()

    def at(self, number: int) -> bytes | None:
        """Return a command's events; None where it is not in it."""
        place = bisect_right(self._firsts, number) - 1
        if place < 0:
            return None
        data, wanted, at = self._block(place), number - self._firsts[place], 0
        while at < len(data):
            length, found = _FRAME.unpack_from(data, at)
            if found == wanted:
                return data[at + _FRAME.size : at + _FRAME.size + length]
            at += _FRAME.size + length
        return None

    def records(self, after: int, blocks: int) -> Iterator[bytes]:
        """Iterate the commands' events behind a number, up to the end of so many blocks."""
        for place in range(max(0, bisect_right(self._firsts, after) - 1), blocks):
            for number, encoded in self._frames(place):
                if number > after:
                    yield encoded

    def sync(self) -> None:
        """Have it on the disk. Raises `OSError`."""
        os.fdatasync(self._file.fileno())

    def _block(self, place: int) -> bytes:
        """Return a block's frames, of one of the blocks read last without reading it again."""
        data = self._read.get(place)
        if data is None:
            data = self._frames_of(place)
            kept = self._read if len(self._read) < KEPT else {}
            self._read = {**kept, place: data}  # another one, for whoever looks at the same time
        return data

    def _frames_of(self, place: int) -> bytes:
        offset = self._offsets[place]
        size, general, _, _ = _HEAD.unpack(os.pread(self._file.fileno(), _HEAD.size, offset))
        return os.pread(self._file.fileno(), size, offset + _HEAD.size + 8 * general)

    def _frames(self, place: int) -> Iterator[tuple[int, bytes]]:
        first, data, at = self._firsts[place], self._frames_of(place), 0
        while at < len(data):
            length, number = _FRAME.unpack_from(data, at)
            at += _FRAME.size
            yield first + number, data[at : at + length]
            at += length

    def _take_in_block(self, end: int) -> None:
        head = os.pread(self._file.fileno(), _HEAD.size, self._length)
        size, count, first, last = _HEAD.unpack(head)
        length = min(size + 8 * count, end)
        rest = os.pread(self._file.fileno(), length, self._length + _HEAD.size)
        if len(rest) < size + 8 * count:
            raise ValueError("it ends within a block")
        self.note(Block(first, last, array("Q", rest[: 8 * count]), head + rest))


def forget(directory: Path, first: int) -> None:
    """Delete the files of the days before the one that begins with this command."""
    for path in (directory / FOLDER).glob(f"*{ENDING}"):
        if path.stem.isdecimal() and int(path.stem) < first:
            path.unlink(missing_ok=True)
