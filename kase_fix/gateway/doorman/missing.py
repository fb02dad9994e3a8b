"""What QuickFIX asks of a client again (35=2), once for each gap.

QuickFIX asks once up to the number that was too high, and then for nothing below it: a client that once said a number
far too high would not be asked for what is lost later, nor answered. With SendRedundantResendRequests it asks behind
every message that comes too early (`acceptor`). Of those the client gets the first, and one a second while it asks for
the same; the others go out as Heartbeats of their numbers.
"""

from kase_fix.gateway.doorman import fields

REPEAT_SECONDS = 1.0
_KIND = b"\x0135=2\x01"
_HEAD_BYTES = 40
_BODY = (fields.BEGIN_SEQ_NO, fields.END_SEQ_NO)


class Missing:
    """The questions of one session."""

    def __init__(self) -> None:
        self._begin = b""
        self._at = 0.0

    def told(self, message: bytes, now: float) -> bytes:
        """Return what the client gets of a message of QuickFIX's at `now` (seconds). Raises `NoFields`."""
        if message.find(_KIND, 0, _HEAD_BYTES) < 0:
            return message
        begin = message.partition(b"\x017=")[2].partition(b"\x01")[0]
        if begin == self._begin and now - self._at < REPEAT_SECONDS:
            return _heartbeat(message)
        self._begin, self._at = begin, now
        return message


def _heartbeat(question: bytes) -> bytes:
    """Return a Heartbeat (35=0) with the header of a ResendRequest, as QuickFIX orders it (`spoken.head_of`)."""
    begin_string, _, *rest, _ = fields.split(question)
    kept = [(tag, b"0" if tag == fields.MSG_TYPE else value) for tag, value in rest if tag not in _BODY]
    return fields.join(begin_string[1], kept)
