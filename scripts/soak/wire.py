"""FIX on the wire, as the members of the harness write and read it: their own code, none of the venue's."""

import datetime as dt
from collections.abc import Iterator
from typing import TypeAlias

SOH = b"\x01"
Pairs: TypeAlias = list[tuple[int, str]]


class Message:
    """A message: its bytes, and its fields in order, the first of each tag by `get`."""

    __slots__ = ("_first", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self._first: dict[str, str] = {}
        for part in raw.decode("utf-8", "replace").split("\x01"):
            tag, _, value = part.partition("=")
            self._first.setdefault(tag, value)

    def get(self, tag: int) -> str:
        """Return the first value of a tag; empty where there is none."""
        return self._first.get(str(tag), "")

    def every(self, tag: int) -> list[str]:
        """Return all values of a tag in their order."""
        start = f"{tag}="
        parts = self.raw.decode("utf-8", "replace").split("\x01")
        return [part[len(start) :] for part in parts if part.startswith(start)]

    @property
    def kind(self) -> str:
        """MsgType(35)."""
        return self._first.get("35", "")

    @property
    def number(self) -> int:
        """MsgSeqNum(34)."""
        return int(self._first.get("34", "0"))

    @property
    def again(self) -> bool:
        """Is it sent once more: PossDupFlag(43)=Y?"""
        return self._first.get("43") == "Y"


class Framer:
    """Cuts whole messages out of a stream by BodyLength(9)."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Iterate the messages that are whole now. Raises ValueError where the stream is no FIX."""
        self._rest += data
        place = 0
        while True:
            second = self._rest.find(SOH, place) + 1
            third = self._rest.find(SOH, second)
            if not second or third < 0:
                break
            if self._rest[place : place + 2] != b"8=" or self._rest[second : second + 2] != b"9=":
                raise ValueError(f"no FIX: {self._rest[place : place + 60]!r}")
            end = third + 1 + int(self._rest[second + 2 : third]) + 7
            if end > len(self._rest):
                break
            message = self._rest[place:end]
            if message[-7:] != b"10=%03d\x01" % (sum(message[:-7]) % 256):
                raise ValueError(f"a wrong checksum: {message!r}")
            yield message
            place = end
        self._rest = self._rest[place:]


def encode(begin_string: str, pairs: Pairs) -> bytes:
    """Return a message of these fields, MsgType(35) first, with 8, 9 and 10."""
    body = "".join(f"{tag}={value}\x01" for tag, value in pairs).encode()
    whole = f"8={begin_string}\x019={len(body)}\x01".encode() + body
    return whole + b"10=%03d\x01" % (sum(whole) % 256)


def now_utc() -> str:
    """Return the machine's time as SendingTime(52)."""
    now = dt.datetime.now(dt.UTC)
    return f"{now:%Y%m%d-%H:%M:%S}.{now.microsecond // 1000:03d}"
