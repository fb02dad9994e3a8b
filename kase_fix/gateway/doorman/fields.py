"""The few FIX messages the doorman reads and writes himself, as fields: Logon (35=A) and Logout (35=5)."""

import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

SOH = b"\x01"

BEGIN_SEQ_NO = 7
BEGIN_STRING = 8
BODY_LENGTH = 9
CHECK_SUM = 10
END_SEQ_NO = 16
MSG_SEQ_NUM = 34
MSG_TYPE = 35
NEW_SEQ_NO = 36
POSS_DUP_FLAG = 43
SENDER_COMP_ID = 49
SENDING_TIME = 52
TARGET_COMP_ID = 56
TEXT = 58
RAW_DATA_LENGTH = 95
RAW_DATA = 96
POSS_RESEND = 97
ENCRYPT_METHOD = 98
HEART_BT_INT = 108
ORIG_SENDING_TIME = 122
RESET_SEQ_NUM_FLAG = 141
USERNAME = 553
PASSWORD = 554
NEXT_EXPECTED_MSG_SEQ_NUM = 789
USER_REQUEST_TYPE = 924
NEW_PASSWORD = 925
USER_STATUS = 926
USER_STATUS_TEXT = 927
DEFAULT_APPL_VER_ID = 1137
CANCEL_ON_DISCONNECT = 6867

FIXT = b"FIXT.1.1"
FIX50 = b"7"


class NoFields(ValueError):
    """A frame is sound, but what it carries is not a row of tag=value."""


def split(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Give the fields of a whole message in order. Raises `NoFields`, which never quotes what it found."""
    for field in data[:-1].split(SOH):
        tag, equals, value = field.partition(b"=")
        if not (equals and value and tag.isdigit() and len(tag) <= 6 and not tag.startswith(b"0")):
            raise NoFields
        yield int(tag), value


def join(begin_string: bytes, fields: Iterable[tuple[int, bytes]]) -> bytes:
    """Return a whole message, BodyLength(9) and CheckSum(10) computed; the fields begin with MsgType(35)."""
    body = b"".join(b"%d=%b\x01" % field for field in fields)
    message = b"8=%b\x019=%d\x01%b" % (begin_string, len(body), body)
    return message + b"10=%03d\x01" % checksum(message)


def checksum(data: bytes) -> int:
    """Return CheckSum(10): the sum of all bytes modulo 256.

    The lower half of Adler-32 is one more than the sum while that stays below 65521, as for 256 bytes it must: several
    times as fast as adding them up here, and every message passes this way.
    """
    return sum((zlib.adler32(data[at : at + 256]) & 0xFFFF) - 1 for at in range(0, len(data), 256)) & 255


def sending_time() -> bytes:
    """Return SendingTime(52) of now: the FIX session lives in the machine's UTC."""
    return datetime.now(UTC).strftime("%Y%m%d-%H:%M:%S.%f")[:-3].encode()
