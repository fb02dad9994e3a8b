"""A group of commands as bytes: a header with a checksum, the commands, and the proof of the groups before it."""

import struct
import zlib
from collections.abc import Sequence

import msgspec

from kase_fix.messages.commands import Sequenced

FILE_MAGIC = b"KASEJRNL"
FILE_HEADER = struct.Struct(">8sHH16s4x")
"""Magic, version of the format, reserved, identity of the journal."""
FORMAT = 1

GROUP_MAGIC = b"\xffGRP"
"""0xff stands in no UTF-8 text, so no member's text can look like the beginning of a group."""
GROUP_HEADER = struct.Struct(">4sIQII")
"""Magic, bytes of payload, number of the first command, count of commands, CRC-32 of all before it and the payload."""
ALIGNMENT = 8


class Proof(msgspec.Struct, frozen=True, array_like=True):
    """What the live engine brought about in the commands after the previous proof, up to and with number `upto`."""

    upto: int
    running: bytes
    """Running hash (16 bytes) over the events of all commands up to `upto`."""
    checks: bytes
    """CRC-32 of the events of each of those commands, four bytes each: it names the first one that differs."""
    state_number: int = 0
    """The number of commands applied when `state` was taken; 0: none is given here."""
    state: bytes = b""
    """State hash (16 bytes)."""


class Group(msgspec.Struct, frozen=True, array_like=True):
    """What is written, made durable and lost together."""

    commands: tuple[Sequenced, ...]
    proof: Proof | None = None


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Group)


class BrokenGroup(ValueError):
    """There is no whole, sound group at this place."""


class StrangeGroup(ValueError):
    """The group at this place is whole and sound, but this program cannot read what it says."""


def file_header(identity: bytes) -> bytes:
    """Return the first bytes of a journal."""
    return FILE_HEADER.pack(FILE_MAGIC, FORMAT, 0, identity)


def encode_group(first: int, commands: Sequence[Sequenced], proof: Proof | None) -> bytes:
    """Return a group as it stands in the file, padded to `ALIGNMENT`."""
    payload = _encoder.encode(Group(tuple(commands), proof))
    head = GROUP_HEADER.pack(GROUP_MAGIC, len(payload), first, len(commands), 0)[:-4]
    checksum = zlib.crc32(payload, zlib.crc32(head))
    whole = head + checksum.to_bytes(4, "big") + payload
    return whole + b"\0" * (-len(whole) % ALIGNMENT)


def check_group(data: memoryview, offset: int) -> tuple[int, int, int, int]:
    """Return the number of the first command of the group at `offset`, their count, and where its payload is.

    Raises `BrokenGroup`.
    """
    if offset + GROUP_HEADER.size > len(data):
        raise BrokenGroup(offset)
    magic, length, first, count, checksum = GROUP_HEADER.unpack_from(data, offset)
    start = offset + GROUP_HEADER.size
    if magic != GROUP_MAGIC or start + length > len(data):
        raise BrokenGroup(offset)
    if zlib.crc32(data[start : start + length], zlib.crc32(data[offset : start - 4])) != checksum:
        raise BrokenGroup(offset)
    return first, count, start, start + length


def decode_group(data: memoryview, offset: int) -> tuple[int, Group, int]:
    """Return the number of the first command, the group at `offset` and the offset after it.

    Raises `BrokenGroup`; `StrangeGroup` where the checksum is right and the content is not one of ours.
    """
    first, count, start, end = check_group(data, offset)
    try:
        group = _decoder.decode(data[start:end])
    except msgspec.DecodeError as error:
        raise StrangeGroup(str(error)) from None
    if len(group.commands) != count or any(
        sequenced.number != first + index for index, sequenced in enumerate(group.commands)
    ):
        raise StrangeGroup("its commands are not numbered as its header says")
    return first, group, after_group(end)


def after_group(end: int) -> int:
    """Return where the group after one may begin whose payload ends at `end`."""
    return end + -end % ALIGNMENT
