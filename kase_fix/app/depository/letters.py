"""A message with the Central Depository as the bytes of a file: a signature, then JSON.

The first line is `KASE-DEPOSITORY 1 HMAC-SHA256` and the signature in hexadecimal, over every byte of what follows. A
request and an answer say which they are, so that neither can be sent back as the other.
"""

import hashlib
import hmac
from typing import Annotated

import msgspec

from kase_fix.messages.depository import REQUESTS, DepositoryAnswered

HEAD = b"KASE-DEPOSITORY 1 HMAC-SHA256 "
GREATEST = 64 * 1024 * 1024
"""Bytes of a file."""
GREATEST_AMOUNT = 2**63 - 1
SUFFIX = ".kdm"

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Amount = Annotated[int, msgspec.Meta(ge=-GREATEST_AMOUNT, le=GREATEST_AMOUNT)]


class BadLetter(ValueError):
    """A file that is no message to be taken: says why."""


class Asking(msgspec.Struct, frozen=True, tag="request", tag_field="kind"):
    """A request as it goes out."""

    request: str
    what: str
    clause: str


class Answering(msgspec.Struct, frozen=True, tag="answer", tag_field="kind", forbid_unknown_fields=True):
    """An answer as it comes in; amounts of money in minor units, of securities in pieces."""

    request: Name
    what: str
    ok: bool
    reason: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    balances: tuple[tuple[Name, Name, Amount], ...] = ()
    totals: tuple[tuple[Name, Amount], ...] = ()


_answers = msgspec.json.Decoder(Answering)


def sealed(body: bytes, key: bytes) -> bytes:
    """Return a body with its signature in front."""
    return HEAD + _signature(body, key) + b"\n" + body


def opened(data: bytes, key: bytes) -> bytes:
    """Return the body of a file. Raises `BadLetter` where the signature is not ours or the depository's."""
    head, newline, body = data.partition(b"\n")
    if not newline or not head.startswith(HEAD):
        raise BadLetter("it does not begin with a signature")
    if not hmac.compare_digest(head[len(HEAD) :].strip(), _signature(body, key)):
        raise BadLetter("its signature is not that of its content")
    return body


def request_letter(request: str, what: str, clause: str, key: bytes) -> bytes:
    """Return the file of a request: the same bytes each time."""
    return sealed(msgspec.json.encode(Asking(request, what, clause)) + b"\n", key)


def read_answer(data: bytes, key: bytes) -> DepositoryAnswered:
    """Return what a file answers. Raises `BadLetter`."""
    body = opened(data, key)
    try:
        answer = _answers.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadLetter(f"it cannot be read: {error}") from error
    if answer.what not in REQUESTS:
        raise BadLetter(f"it answers {answer.what!r}, which is never asked")
    return DepositoryAnswered(answer.request, answer.what, answer.ok, answer.reason, answer.balances, answer.totals)


def _signature(body: bytes, key: bytes) -> bytes:
    return hmac.new(key, body, hashlib.sha256).hexdigest().encode()
