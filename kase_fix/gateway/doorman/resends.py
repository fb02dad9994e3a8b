"""How often a client may ask for messages again (35=2): a resend is done in the acceptor's only thread.

A repeat of a question within a second is answered already; it goes on as a Heartbeat of the same number, so that the
count of the session stays right. One who asks for ever other ranges is cut.
"""

from collections import deque
from enum import Enum, auto

from kase_fix.gateway.doorman import fields

REPEAT_SECONDS = 1.0
PERIOD_SECONDS = 10.0
GREATEST_IN_PERIOD = 30
ENDLESS = 10**18
"""EndSeqNo(16)=0: all there is."""

_KEPT = (
    fields.SENDER_COMP_ID,
    fields.TARGET_COMP_ID,
    fields.MSG_SEQ_NUM,
    fields.POSS_DUP_FLAG,
    fields.SENDING_TIME,
    fields.ORIG_SENDING_TIME,
)


class Verdict(Enum):
    """What becomes of a ResendRequest."""

    PASS = auto()
    REPEATED = auto()
    ABUSE = auto()


class Resends:
    """The ResendRequests of one connection."""

    def __init__(self) -> None:
        self._passed: deque[tuple[float, int, int]] = deque()

    def judge(self, message: bytes, now: float) -> Verdict:
        """Judge a whole ResendRequest at `now` (seconds): what an earlier one covers is a repeat of it."""
        while self._passed and now - self._passed[0][0] >= PERIOD_SECONDS:
            self._passed.popleft()
        begin, end = _number(message, b"7"), _number(message, b"16") or ENDLESS
        for at, first, last in self._passed:
            if now - at < REPEAT_SECONDS and first <= begin and end <= last:
                return Verdict.REPEATED
        if len(self._passed) >= GREATEST_IN_PERIOD:
            return Verdict.ABUSE
        self._passed.append((now, begin, end))
        return Verdict.PASS


def as_heartbeat(message: bytes) -> bytes:
    """Return a Heartbeat (35=0) with the number of this message. Raises `NoFields`."""
    values = dict(fields.split(message))
    kept = [(tag, values[tag]) for tag in _KEPT if tag in values]
    begin_string = message[2 : message.index(fields.SOH)]
    return fields.join(begin_string, [(fields.MSG_TYPE, b"0"), *kept])


def _number(message: bytes, tag: bytes) -> int:
    """Return BeginSeqNo(7) or EndSeqNo(16); 0 for one that is missing or none."""
    _, found, rest = message.partition(b"\x01" + tag + b"=")
    text = rest.partition(fields.SOH)[0]
    return int(text) if found and text.isdigit() and len(text) <= 18 else 0
