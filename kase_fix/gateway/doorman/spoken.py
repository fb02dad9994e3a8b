"""What QuickFIX says, message by message. It is trusted: nothing is checked but where a message begins and ends."""

import re
from typing import NamedTuple

from kase_fix.gateway.doorman import fields

GREATEST_HEADER = len(b"8=FIXT.1.1\x019=123456789\x01")
GAP_FILL = b"4"
"""MsgType(35) of a SequenceReset; QuickFIX says none but gap fills."""
NOT_STORED = frozenset((b"2", b"3", b"4", b"5", b"A", b"W", b"X"))
"""MsgTypes(35) that come no second time, but as a gap: the session's own, and market data (`acceptor.toApp`).

Heartbeats and TestRequests do not either, and need not.
"""

_LENGTH = re.compile(rb"8=FIXT?\.\d\.\d\x019=(\d{1,9})\x01")
# QuickFIX writes the header's fields in this order, whatever else is in it.
_HEAD = re.compile(rb"8=[^\x01]+\x019=\d+\x0135=([^\x01]+)\x0134=(\d+)\x01(43=Y\x01)?")


class Head(NamedTuple):
    """MsgType(35), MsgSeqNum(34), and whether PossDupFlag(43) is Y."""

    kind: bytes
    number: int
    again: bool


class Splitter:
    """Cuts the stream of one connection with QuickFIX."""

    def __init__(self) -> None:
        self._kept = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Return the messages these bytes complete. Raises `ValueError` for what is no FIX."""
        data = self._kept + data if self._kept else data
        messages, at = [], 0
        while header := _LENGTH.match(data, at):
            end = header.end() + int(header[1]) + len(b"10=123\x01")
            if end > len(data):
                break
            messages.append(data[at:end])
            at = end
        if header is None and len(data) - at >= GREATEST_HEADER:
            raise ValueError("QuickFIX speaks no FIX")
        self._kept = data[at:]
        return messages


def head_of(message: bytes) -> Head:
    """Return what the header says. Raises `ValueError` for one that QuickFIX has not written."""
    found = _HEAD.match(message)
    if found is None:
        raise ValueError("a header is not as QuickFIX writes it")
    return Head(found[1], int(found[2]), found[3] is not None)


def new_number(gap_fill: bytes) -> int:
    """Return NewSeqNo(36) of a gap fill: the number that comes after it. Raises `NoFields`, `KeyError`."""
    return int(dict(fields.split(gap_fill))[fields.NEW_SEQ_NO])


def gap_fill(like: bytes, first: int, following: int) -> bytes:
    """Return a gap fill from `first` up to and without `following`, all else as in another one. Raises `NoFields`."""
    changed = {fields.MSG_SEQ_NUM: b"%d" % first, fields.NEW_SEQ_NO: b"%d" % following}
    begin_string, _, *rest, _ = fields.split(like)
    return fields.join(begin_string[1], [(tag, changed.get(tag, value)) for tag, value in rest])
