"""A client's Logon (35=A): what it says, what is wrong with it, and what of it goes on. Pure functions."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from kase_fix.gateway.doorman import fields
from kase_fix.gateway.doorman.fields import FIX50, FIXT

WRONG_PASSWORD = "Wrong password"
WRONG_USER = "Wrong user"
ALREADY_ONLINE = "Already online"
BEGIN_STRINGS = {"FIX44": b"FIX.4.4", "NEXT": FIXT}
HEARTBEATS = range(1, 61)

# What QuickFIX needs to see, in the order it is written. No Password(554), NewPassword(925) or RawData(96), no Text.
KEPT = (
    fields.SENDER_COMP_ID,
    fields.TARGET_COMP_ID,
    fields.MSG_SEQ_NUM,
    fields.POSS_DUP_FLAG,
    fields.POSS_RESEND,
    fields.SENDING_TIME,
    fields.ENCRYPT_METHOD,
    fields.HEART_BT_INT,
    fields.RESET_SEQ_NUM_FLAG,
    fields.NEXT_EXPECTED_MSG_SEQ_NUM,
    fields.USERNAME,
    fields.DEFAULT_APPL_VER_ID,
    fields.CANCEL_ON_DISCONNECT,
)

_NUMBER = re.compile(rb"0*[1-9]\d{0,9}")
_FLAG = re.compile(rb"[YN]")
_FORMS = {
    fields.MSG_SEQ_NUM: _NUMBER,
    fields.SENDING_TIME: re.compile(rb"\d{8}-\d\d:\d\d:\d\d(\.\d{1,9})?"),
    fields.ENCRYPT_METHOD: re.compile(rb"0"),
    fields.POSS_DUP_FLAG: _FLAG,
    fields.POSS_RESEND: _FLAG,
    fields.RESET_SEQ_NUM_FLAG: _FLAG,
    fields.NEXT_EXPECTED_MSG_SEQ_NUM: _NUMBER,
    fields.CANCEL_ON_DISCONNECT: re.compile(rb"[AYN01]"),
}
_REQUIRED = (
    fields.SENDER_COMP_ID,
    fields.TARGET_COMP_ID,
    fields.MSG_SEQ_NUM,
    fields.SENDING_TIME,
    fields.ENCRYPT_METHOD,
    fields.HEART_BT_INT,
)


class Refusal(NamedTuple):
    """Why a logon is refused: a name to count it under, and the Text(58) a client may see."""

    reason: str
    text: str


@dataclass(frozen=True, slots=True, repr=False)
class Logon:
    """The fields of a Logon, the first of each tag; it has no `repr`, since it holds a password."""

    begin_string: bytes
    values: dict[int, bytes]
    repeated: int | None

    @property
    def user(self) -> bytes:
        """SenderCompID(49), empty where it is missing."""
        return self.values.get(fields.SENDER_COMP_ID, b"")

    @property
    def target(self) -> bytes:
        """TargetCompID(56), empty where it is missing."""
        return self.values.get(fields.TARGET_COMP_ID, b"")

    @property
    def password(self) -> bytes:
        """Password(554), empty where it is missing."""
        return self.values.get(fields.PASSWORD, b"")

    @property
    def new_password(self) -> bytes:
        """NewPassword(925), empty where it is missing."""
        return self.values.get(fields.NEW_PASSWORD, b"")

    @property
    def expected(self) -> int:
        """NextExpectedMsgSeqNum(789), 0 where it is missing."""
        return int(self.values.get(fields.NEXT_EXPECTED_MSG_SEQ_NUM, b"0"))

    @property
    def reset(self) -> bool:
        """Does it start the numbers anew: ResetSeqNumFlag(141)=Y?"""
        return self.values.get(fields.RESET_SEQ_NUM_FLAG) == b"Y"

    @property
    def said_before(self) -> bool:
        """Is it said to be sent again: PossDupFlag(43)=Y?"""
        return self.values.get(fields.POSS_DUP_FLAG) == b"Y"


def read(data: bytes) -> Logon:
    """Return what a sound frame with 35=A says. Raises `NoFields`, as for a data field with a separator in it."""
    values: dict[int, bytes] = {}
    repeated = None
    for tag, value in fields.split(data):
        if tag in values and repeated is None:
            repeated = tag
        values.setdefault(tag, value)
    return Logon(values[fields.BEGIN_STRING], values, repeated)


def fault(logon: Logon) -> Refusal | None:
    """Refuse what is wrong with a Logon whoever sends it to whom; it tells nothing about users."""
    if logon.repeated is not None:
        return Refusal("malformed", f"Tag {logon.repeated} appears more than once")
    for tag in _REQUIRED:
        if tag not in logon.values:
            return Refusal("malformed", f"Required tag {tag} is missing")
    for tag, form in _FORMS.items():
        if tag in logon.values and not form.fullmatch(logon.values[tag]):
            return Refusal("malformed", f"Wrong value in tag {tag}")
    heartbeat = logon.values[fields.HEART_BT_INT]
    if not (heartbeat.isdigit() and len(heartbeat) <= 9 and int(heartbeat) in HEARTBEATS):
        return Refusal("heartbeat", f"HeartBtInt(108) must be {HEARTBEATS[0]} to {HEARTBEATS[-1]}")
    if logon.begin_string == FIXT and logon.values.get(fields.DEFAULT_APPL_VER_ID) != FIX50:
        return Refusal("version", "DefaultApplVerID(1137) must be 7")
    if logon.values.get(fields.USERNAME, logon.user) != logon.user:
        return Refusal("username", "Username(553) must equal SenderCompID(49)")
    return None


def astray(logon: Logon, comp_id: str) -> Refusal | None:
    """Refuse a Logon to another TargetCompID(56) than the service's."""
    return Refusal("target", f"TargetCompID(56) must be {comp_id}") if logon.target != comp_id.encode() else None


def misfit(logon: Logon, dialect: str) -> Refusal | None:
    """Refuse a BeginString(8) that is not of the user's dialect; asked only once the password is proven."""
    if logon.begin_string != BEGIN_STRINGS.get(dialect):
        return Refusal("version", "Wrong BeginString(8) for this user")
    return None


def impostor(logon: Logon, named: str | None) -> Refusal | None:
    """Refuse one whose certificate names another user; who has shown none is asked for his password only."""
    if named is None or logon.user == named.encode():
        return None
    return Refusal("certificate", WRONG_USER)


def locked_out(seconds: int) -> str:
    """Return the text for one who has to wait: none of those on which clients give up, for the wait ends."""
    return f"Too many failed logons, try again in {seconds} s"


def rebuild(logon: Logon) -> bytes:
    """Return the Logon that goes on: known fields only, each once, nothing secret."""
    kept = [(tag, logon.values[tag]) for tag in KEPT if tag in logon.values]
    if logon.begin_string != FIXT:  # FIX 4.4 knows no DefaultApplVerID(1137)
        kept = [(tag, value) for tag, value in kept if tag != fields.DEFAULT_APPL_VER_ID]
    else:  # and FIXT no CancelOnDisconnect(6867)
        kept = [(tag, value) for tag, value in kept if tag != fields.CANCEL_ON_DISCONNECT]
    return fields.join(logon.begin_string, [(fields.MSG_TYPE, b"A"), *kept])


def farewell(logon: Logon, comp_id: str, text: str) -> bytes:
    """Return the Logout (35=5, 34=1) that answers a refused Logon with 141=Y; NEXT wants Text(58) and 1137=7 in it."""
    said = [
        (fields.MSG_TYPE, b"5"),
        (fields.SENDER_COMP_ID, comp_id.encode()),
        (fields.TARGET_COMP_ID, logon.user or b"?"),
        (fields.MSG_SEQ_NUM, b"1"),
        (fields.SENDING_TIME, fields.sending_time()),
        (fields.TEXT, text.encode() or b"?"),
    ]
    if logon.begin_string == FIXT:
        said.append((fields.DEFAULT_APPL_VER_ID, FIX50))
    return fields.join(logon.begin_string, said)
