"""What a client asks for again (35=2), and how often he may: a resend is done in the acceptor's only thread.

Where QuickFIX stores messages his question goes on as a Heartbeat of the same number, so that the count of the session
stays right, and we ask in his name for a few at a time (`catch_up`). Ours have MsgSeqNum(34)=0: QuickFIX looks at the
number of a ResendRequest only to count it if it is the next (1.16.0, Session::nextResendRequest; measured in both
dialects, `test_resend_acceptor`). A repeat of a question within a second is answered already. One who asks for ever
other ranges is cut.
"""

from collections import deque
from enum import Enum, auto

from kase_fix.gateway.doorman import fields
from kase_fix.gateway.doorman.spans import Span

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


def span_of(message: bytes) -> Span | None:
    """Return BeginSeqNo(7) and EndSeqNo(16), 0 for all there is; None where QuickFIX will reject it. Raises `NoFields`.

    QuickFIX reads digits alone, leading zeros too (measured: +5, -5, 5.0 and more than 64 bits are rejected).
    """
    values = dict(reversed(list(fields.split(message))))  # the first of a tag
    first, last = values.get(fields.BEGIN_SEQ_NO, b""), values.get(fields.END_SEQ_NO, b"")
    if not (first.isdigit() and last.isdigit()):
        return None
    return Span(_bounded(first), _bounded(last))


def request(begin_string: bytes, user: bytes, comp_id: bytes, span: Span) -> bytes:
    """Return a ResendRequest in a client's name that takes no number of his."""
    return fields.join(
        begin_string,
        [
            (fields.MSG_TYPE, b"2"),
            (fields.SENDER_COMP_ID, user),
            (fields.TARGET_COMP_ID, comp_id),
            (fields.MSG_SEQ_NUM, b"0"),
            (fields.SENDING_TIME, fields.sending_time()),
            (fields.BEGIN_SEQ_NO, b"%d" % span.first),
            (fields.END_SEQ_NO, b"%d" % span.last),
        ],
    )


def _bounded(digits: bytes) -> int:
    digits = digits.lstrip(b"0")
    return int(digits or b"0") if len(digits) <= 18 else ENDLESS


def _number(message: bytes, tag: bytes) -> int:
    """Return BeginSeqNo(7) or EndSeqNo(16); 0 for one that is missing or none."""
    _, found, rest = message.partition(b"\x01" + tag + b"=")
    text = rest.partition(fields.SOH)[0]
    return _bounded(text) if found and text.isdigit() else 0
