"""Whole FIX messages cut out of a stream of bytes, whatever the stream contains. No input or output here.

QuickFIX must see nothing but whole sound messages: `9=-1` wipes its buffer and has a message processed twice,
`9=99999999` makes it deaf, half a message stalls everybody (measured, QuickFIX 1.16.0).

A length that is too great would hold up what follows it, the question whether the session lives not least: where
another message begins inside, the frame is garbled.

Where a field of data is shorter than its length field says QuickFIX reads beyond the message, and the process ends
(measured: 93=20200527 and 89=0). So each must stand behind its length field, be as long as that says and have no
separator in it: then all readers cut the message alike. Nor does QuickFIX read what it stored beyond a NUL, so one that
it echoes would be the last it can send again (measured, 112 of a TestRequest).

The work is linear in the bytes fed: a frame with a wrong checksum is stepped over as a whole, since BodyLength(9) and
the place of CheckSum(10) agree about its extent; any other garbled frame costs one look at fixed places.
"""

import re
from typing import NamedTuple, TypeAlias

from kase_fix.gateway.doorman.fields import checksum

MARK = b"8=FIX"
TRAILER_LENGTH = len(b"10=123\x01")

_HEADER = re.compile(rb"8=FIXT?\.\d\.\d\x019=(\d{1,9})\x01")
SIGNATURE, SIGNATURE_LENGTH = 89, 93
"""The one field of data whose length field is not the number before."""
DATA = (89, 91, 96, 213, 349, 351, 353, 355, 357, 359, 361, 363, 365, 446, 619, 622, 1402, 1404)
"""Every field of data in the dictionaries."""
_DATA = re.compile(rb"\x01(%b)=" % b"|".join(b"%d" % tag for tag in DATA))
_ANOTHER = re.compile(rb"8=FIXT?\.\d\.\d\x019=")
"""What no sound message has inside: it has one BodyLength(9), and no separator in its data."""
_ANOTHER_LENGTH = len(b"8=FIXT.1.1\x019=")
_TRAILER = re.compile(rb"\x0110=([^\x01]{3})\x01")
_GREATEST_HEADER = len(b"8=FIXT.1.1\x019=123456789\x01")


def _beginnings(*pieces: bytes) -> re.Pattern[bytes]:
    """Return what matches every beginning of the pieces put together."""
    pattern = b""
    for piece in reversed(pieces):
        pattern = b"(?:" + piece + pattern + b")?"
    return re.compile(pattern)


_HEADER_BEGUN = _beginnings(
    *(bytes([byte]) for byte in MARK), b"T?", rb"\.", rb"\d", rb"\.", rb"\d", rb"\x01", b"9", b"=", rb"\d{1,9}"
)


class Frame(NamedTuple):
    """One sound message: BeginString, BodyLength, MsgType in front, the right CheckSum at the end."""

    data: bytes
    body: int

    @property
    def is_logon(self) -> bool:
        """Is it a Logon (35=A)?"""
        return self.data.startswith(b"35=A\x01", self.body)

    @property
    def is_resend_request(self) -> bool:
        """Is it a ResendRequest (35=2)?"""
        return self.data.startswith(b"35=2\x01", self.body)

    @property
    def is_logout(self) -> bool:
        """Is it a Logout (35=5)?"""
        return self.data.startswith(b"35=5\x01", self.body)

    @property
    def is_user_request(self) -> bool:
        """Is it a UserRequest (35=BE)?"""
        return self.data.startswith(b"35=BE\x01", self.body)


class BadFrame(NamedTuple):
    """Bytes that were dropped, and what was wrong.

    `garbage`, `header`, `length`, `type`, `trailer`, `checksum` or `data`.
    """

    reason: str


Found: TypeAlias = Frame | BadFrame


def data_is_sound(message: bytes) -> bool:
    """Tell whether each field of data stands behind its length field and is as long as that says; no byte is NUL."""
    if b"\0" in message:
        return False
    for match in _DATA.finditer(message):
        before = message[message.rfind(b"\x01", 0, match.start()) + 1 : match.start()]
        length = message.find(b"\x01", match.end()) - match.end()
        tag = int(match[1])
        if before != b"%d=%d" % (SIGNATURE_LENGTH if tag == SIGNATURE else tag - 1, length):
            return False
    return True


class Framer:
    """Cuts one connection's stream; keeps at most one message of the greatest size between two feeds."""

    def __init__(self, greatest_message: int) -> None:
        self._greatest = greatest_message
        self._buffer = bytearray()
        self._lost = False  # between messages, in bytes already counted as bad
        self._looked = 0  # how far the message that is not whole yet was searched for another one inside

    def feed(self, data: bytes) -> list[Found]:
        """Take the next bytes and return what they complete, in order; the same for every split of a stream."""
        self._buffer += data
        found: list[Found] = []
        position = 0
        while (after := self._take(start := self._seek(position, found), found)) is not None:
            position = after
        del self._buffer[:start]
        self._looked = max(0, self._looked - start)
        return found

    @property
    def kept(self) -> int:
        """How many bytes wait for more."""
        return len(self._buffer)

    def _seek(self, position: int, found: list[Found]) -> int:
        """Return where the next message may begin, at the end of the buffer where none does."""
        start = self._buffer.find(MARK, position)
        if start < 0:
            start = len(self._buffer) - self._mark_begun(position)
        if start > position and not self._lost:
            self._lost = True
            found.append(BadFrame("garbage"))
        return start

    def _mark_begun(self, position: int) -> int:
        """Return how many of the last bytes may be the beginning of a mark."""
        for size in range(min(len(MARK) - 1, len(self._buffer) - position), 0, -1):
            if self._buffer.endswith(MARK[:size]):
                return size
        return 0

    def _take(self, start: int, found: list[Found]) -> int | None:
        """Judge what begins at `start`; return where to go on, None where the judgement needs more bytes."""
        buffer = self._buffer
        header = _HEADER.match(buffer, start)
        if header is None:
            if _HEADER_BEGUN.fullmatch(buffer, start, min(len(buffer), start + _GREATEST_HEADER)):
                return None
            return self._drop(start, "header", found)
        body = header.end()
        length = int(header[1])
        del header  # a living match pins the buffer's size
        end = body + length + TRAILER_LENGTH
        if end - start > self._greatest:
            return self._drop(start, "length", found)
        if not b"35=".startswith(buffer[body : body + 3]):
            return self._drop(start, "type", found)
        if self._has_another_inside(body, min(end, len(buffer))):
            return self._drop(start, "length", found)
        if len(buffer) < end:
            return None
        trailer = _TRAILER.match(buffer, body + length - 1)
        if trailer is None:
            return self._drop(start, "trailer", found)
        claimed = bytes(trailer[1])
        del trailer
        self._lost = False
        data = bytes(buffer[start:end])
        if claimed != b"%03d" % checksum(data[:-TRAILER_LENGTH]):
            found.append(BadFrame("checksum"))
        elif not data_is_sound(data):
            found.append(BadFrame("data"))
        else:
            found.append(Frame(data, body - start))
        return end

    def _has_another_inside(self, body: int, end: int) -> bool:
        """Tell whether another message begins before `end`; each byte is looked at once."""
        found = _ANOTHER.search(self._buffer, max(body, self._looked), end) is not None
        self._looked = max(body, end - _ANOTHER_LENGTH + 1)
        return found

    def _drop(self, start: int, reason: str, found: list[Found]) -> int:
        self._lost = True
        found.append(BadFrame(reason))
        return start + 1
