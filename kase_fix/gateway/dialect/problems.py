"""What is wrong with a message before it is a command: answers of the session and of the dialect, 3 and j.

They are no market facts and enter no journal; a business refusal is an event of the engine and has its words in the
catalogue.
"""

import enum

import msgspec

from kase_fix.gateway.dialect.fix_text import Fields


class SessionReason(enum.IntEnum):
    """SessionRejectReason(373), as far as a dialect gives it."""

    TAG_MISSING = 1
    TAG_WITHOUT_VALUE = 4
    OUT_OF_RANGE = 5
    WRONG_FORMAT = 6
    APPLICATION_VERSION = 18


class BusinessReason(enum.IntEnum):
    """BusinessRejectReason(380)."""

    OTHER = 0
    UNKNOWN_ID = 1
    UNKNOWN_SECURITY = 2
    UNSUPPORTED = 3
    NOT_AVAILABLE = 4
    FIELD_MISSING = 5
    NOT_AUTHORIZED = 6


class Problem(msgspec.Struct, frozen=True):
    """The answer that is due instead of a command: Reject(3) with `tag` and 373, or j with 380."""

    reason: SessionReason | BusinessReason
    ref_seq: int
    """MsgSeqNum(34) of the message, for RefSeqNum(45)."""
    ref_msg_type: str
    text: str
    tag: int = 0
    reference: str = ""
    """BusinessRejectRefID(379): the message's own identifier."""

    def body(self) -> str:
        """Return the answer's text."""
        if isinstance(self.reason, SessionReason):
            return session_reject(self.ref_seq, self.ref_msg_type, self.tag, self.reason, self.text)
        return business_reject(self.ref_seq, self.ref_msg_type, self.reason, self.text, self.reference)


class Unreadable(Exception):
    """Raised inside a dialect where a message cannot be read; `read` returns its problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.text)
        self.problem = problem


def wrong(fields: Fields, tag: int, reason: SessionReason, text: str) -> Unreadable:
    """Return what to raise where Reject(3) is due for a tag."""
    return Unreadable(Problem(reason, _sequence(fields), fields.get(35, ""), text, tag))


def unsupported(fields: Fields, reference: str = "") -> Problem:
    """Return j, 380=3: a message of FIX that this venue does not take."""
    kind = fields.get(35, "")
    text = f"Messages of type {kind} are not supported"
    return Problem(BusinessReason.UNSUPPORTED, _sequence(fields), kind, text, reference=reference)


def unread(fields: Fields, text: str, reference: str = "") -> Unreadable:
    """Return what to raise where j, 380=3 is due: a message that says nothing this venue acts on."""
    reason = BusinessReason.UNSUPPORTED
    return Unreadable(Problem(reason, _sequence(fields), fields.get(35, ""), text, reference=reference))


def conditionally_missing(fields: Fields, text: str, reference: str = "") -> Unreadable:
    """Return what to raise where j, 380=5 is due: one of several fields must be there and none is."""
    return Unreadable(
        Problem(BusinessReason.FIELD_MISSING, _sequence(fields), fields.get(35, ""), text, reference=reference)
    )


def session_reject(ref_seq: int, ref_msg_type: str, tag: int, reason: int, text: str) -> str:
    """Return the body of Reject(3); a `tag` of 0 is left out."""
    ref_tag = f"371={tag}\x01" if tag else ""
    return f"35=3\x0145={ref_seq}\x01{ref_tag}372={ref_msg_type}\x01373={int(reason)}\x0158={text}\x01"


def business_reject(ref_seq: int, ref_msg_type: str, reason: int, text: str, reference: str = "") -> str:
    """Return the body of BusinessMessageReject(j); a `ref_seq` of 0 and an empty reference are left out."""
    seq = f"45={ref_seq}\x01" if ref_seq else ""
    ref_id = f"379={reference}\x01" if reference else ""
    return f"35=j\x01{seq}372={ref_msg_type}\x01{ref_id}380={int(reason)}\x0158={text}\x01"


def _sequence(fields: Fields) -> int:
    text = fields.get(34, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
