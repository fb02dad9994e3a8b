r"""The journal, read as bytes: a reading of our own, so that an error of the venue's cannot cancel itself out.

Assumed of the file: a header of 32 bytes (`KASEJRNL`, format, reserved, identity), then groups at multiples of 8:
`\xff` `GRP`, bytes of payload (u32), number of the first command (u64), count of commands (u32), CRC-32 of all that and
the payload (u32), big endian; the payload is MessagePack: [[[number, time, [tag, field, ...]], ...], proof].
"""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

_FILE = 32
_GROUP = struct.Struct(">4sIQII")
_REQUESTS = {"new_order": "D", "replace_order": "G", "cancel_order": "F", "mass_quote": "i", "cancel_quotes": "Z"}
OF_QUOTES = ("i", "Z")
"""Answered by MassQuoteAcknowledgement(b) alone."""
BUST = "bust"
"""What the operator's cancelling of a deal is called here."""


class Entry(NamedTuple):
    """A member's request as the journal has it, or the cancelling of a deal, which has no user."""

    number: int
    kind: str
    """MsgType(35): D, F, G, i or Z; or `BUST`."""
    user: str
    name: str
    """ClOrdID(11), QuoteID(117), or the deal's number."""


class Unsound(Exception):
    """The journal cannot be read; the text says where."""


def requests(path: Path) -> Iterator[Entry]:
    """Iterate the members' requests in order. Raises `Unsound`."""
    data = path.read_bytes()
    if data[:8] != b"KASEJRNL":
        raise Unsound("this is no journal")
    place, number = _FILE, 0
    while place + _GROUP.size <= len(data) and data[place : place + 4] == b"\xffGRP":
        _, length, first, count, checksum = _GROUP.unpack_from(data, place)
        begin = place + _GROUP.size
        payload = data[begin : begin + length]
        if zlib.crc32(payload, zlib.crc32(data[place : begin - 4])) != checksum:
            break
        commands = msgspec.msgpack.decode(payload)[0]
        if first != number + 1 or len(commands) != count:
            raise Unsound(f"command {first} follows command {number} at byte {place}")
        for each, _, (tag, *fields) in commands:
            number += 1
            if each != number:
                raise Unsound(f"command {each} stands where {number} is due")
            if tag in _REQUESTS:
                yield Entry(each, _REQUESTS[tag], fields[0], fields[1])
            elif tag == "bust_deal":
                yield Entry(each, BUST, "", fields[1])
        place = begin + length
        place += -place % 8
    if data[place:].strip(b"\0"):
        raise Unsound(f"something stands behind the last sound group, at byte {place}")
