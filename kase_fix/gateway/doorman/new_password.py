"""A user's new password: by NewPassword(925) of his Logon, or by a UserRequest (35=BE) of his session (R-131).

Both end here, in front of QuickFIX and of the venue: what goes on has no password in it. The venue gets the argon2
hash, keeps it in its directory, and has the doorman know it before it answers. A password may age (R-191).
"""

from typing import TYPE_CHECKING

import structlog

from kase_fix.gateway.doorman import fields
from kase_fix.gateway.doorman.passwords import Busy
from kase_fix.gateway.doorman.register import comes_from

if TYPE_CHECKING:
    from kase_fix.gateway.doorman.client import Client
    from kase_fix.gateway.doorman.doorman import Doorman

LEAST, GREATEST = 8, 64
"""Characters of a password."""
LEAST_DIFFERENT = 5
CHANGE, STATUS = b"3", b"4"
"""UserRequestType(924) that are answered; a session begins and ends by Logon and Logout."""
WEAK, LOGGED_IN, NOT_RECOGNISED, INCORRECT, CHANGED, OTHER = 0, 1, 3, 4, 5, 6
"""UserStatus(926): those of FIX, and 0 of the exchange's own for a weak password."""
NOT_KEPT = "The password could not be changed; the old one holds"
SECRET = frozenset({fields.PASSWORD, fields.NEW_PASSWORD, fields.RAW_DATA_LENGTH, fields.RAW_DATA})
OUR_OWN = frozenset({fields.USER_STATUS, fields.USER_STATUS_TEXT})
FRAMING = frozenset({fields.BEGIN_STRING, fields.BODY_LENGTH, fields.CHECK_SUM})

log = structlog.get_logger()


def weakness(new: str, old: str, user: str) -> str:
    """Return what is wrong with a new password; empty: nothing."""
    if not LEAST <= len(new) <= GREATEST:
        return f"A password has {LEAST} to {GREATEST} characters"
    if not (new.isascii() and new.isprintable()):
        return "A password has letters, digits and signs of ASCII"
    if len(set(new)) < LEAST_DIFFERENT:
        return f"A password has {LEAST_DIFFERENT} different characters at the least"
    if user.lower() in new.lower():
        return "A password does not have the user's name in it"
    return "The new password is the old one" if new == old else ""


async def change(doorman: "Doorman", client: "Client", new: bytes, old: bytes) -> str:
    """Have a new password hold for a user whose old one is proven; return why it does not, empty: it does.

    Raises `Busy`.
    """
    if weak := weakness(new.decode("latin-1"), old.decode("latin-1"), client.user):
        return weak
    hashed = await doorman.passwords.hash(new, client.address)
    if not await doorman.rekey(client.user, hashed):
        return NOT_KEPT
    doorman.tally.add("passwords_changed")
    log.info("password changed", user=client.user, service=client.service, address=client.address)
    return ""


async def answered(doorman: "Doorman", client: "Client", request: bytes) -> bytes:
    """Return a UserRequest as it goes on: without passwords, with the UserStatus(926) it is to be answered by.

    Raises `NoFields`.
    """
    pairs = list(fields.split(request))
    values: dict[int, bytes] = {}
    for tag, value in pairs:
        values.setdefault(tag, value)
    status, text = await _status(doorman, client, values)
    kept = [(tag, value) for tag, value in pairs if tag not in SECRET | OUR_OWN | FRAMING]
    said = [(fields.USER_STATUS, b"%d" % status)]
    if text:
        said.append((fields.USER_STATUS_TEXT, text.encode()))
    return fields.join(values[fields.BEGIN_STRING], [*kept, *said])


async def _status(doorman: "Doorman", client: "Client", values: dict[int, bytes]) -> tuple[int, str]:
    kind = values.get(fields.USER_REQUEST_TYPE, b"")
    if values.get(fields.USERNAME) != client.user.encode():
        return NOT_RECOGNISED, "Username(553) must be the user of the session"
    if kind == STATUS:
        user = doorman.register.user(client.user.encode(), client.service)
        until = "" if user is None else user.password_until
        return LOGGED_IN, f"The password holds until {until}" if until else ""
    if kind != CHANGE:
        return OTHER, "UserRequestType(924) must be 3 or 4"
    try:
        return await _changed(doorman, client, values)
    except Busy:
        return OTHER, NOT_KEPT


async def _changed(doorman: "Doorman", client: "Client", values: dict[int, bytes]) -> tuple[int, str]:
    loop_time, lockout = doorman.time(), doorman.lockout
    name, old = client.user.encode(), values.get(fields.PASSWORD, b"")
    if lockout.seconds_left(name, client.address, loop_time):
        return INCORRECT, "Too many wrong passwords; try again later"
    user = doorman.register.user(name, client.service)
    if (
        user is None
        or not comes_from(user, client.address)
        or not await doorman.passwords.prove(user, old, client.address)
    ):
        lockout.failed(name, client.address, doorman.time())
        return INCORRECT, ""
    why = await change(doorman, client, values.get(fields.NEW_PASSWORD, b""), old)
    if not why:
        return CHANGED, ""
    return (OTHER if why == NOT_KEPT else WEAK), why
