"""A QuickFIX file store read and mended from outside, before QuickFIX opens it.

A store has its messages one behind the other in `.body`, `number,offset,size ` of each in `.header`, and the two
numbers that are next, `sender : target`, in `.seqnums`. QuickFIX writes a message into body and header first and
counts it afterwards, each with a flush of its own (FileStore::set, FileStore::incrNextSenderMsgSeqNum): a process
that is killed in between leaves a message that is stored, never sent, and whose number QuickFIX would give to the
next one, so that no resend could ever bring it. A disk that is full may take the entry of the header and not the
message of the body: QuickFIX would promise to resend it and never could.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

_TRAILER = re.compile(rb"\x0110=\d\d\d\x01")
_NUMBER = re.compile(rb"\x0134=(\d+)\x01")
_NUMBERS = re.compile(r"(\d+) : (\d+)")


class Entry(NamedTuple):
    """Where a message stands in the body."""

    number: int
    offset: int
    size: int


def latest(session_store: Path) -> Iterator[Entry]:
    """Iterate the whole entries of a store (path without its ending), the last one written first.

    Where a number has several, as a disk that failed for a while leaves them, only the last is QuickFIX's.
    """
    header = _with(session_store, ".header")
    if not header.exists():
        return
    above: int | None = None
    for entry, _ in _backwards(header.read_text(encoding="ascii", errors="replace")):
        if above is None or entry.number < above:
            above = entry.number
            yield entry


def cut_what_is_torn(session_store: Path) -> int:
    """Cut off the header's end the entries whose messages the body does not have whole; return how many bytes.

    Of what is before the last whole message nothing is read: a day has a million.
    """
    header, body = _with(session_store, ".header"), body_of(session_store)
    if not header.exists() or not body.exists():
        return 0
    text = header.read_text(encoding="ascii", errors="replace")
    with body.open("rb") as file:
        sound = next((after for entry, after in _backwards(text) if _is_whole(file, entry)), 0)
    if sound < len(text):
        os.truncate(header, sound)
    return len(text) - sound


def count_what_is_stored(session_store: Path) -> bool:
    """Have the next number be behind the last message stored; tell whether it was not.

    The client then sees a gap and a resend brings the message, with PossDupFlag(43).
    """
    numbers = _with(session_store, ".seqnums")
    stored = next(latest(session_store), None)
    if stored is None or not numbers.exists():
        return False
    found = _NUMBERS.match(numbers.read_text(encoding="ascii", errors="replace"))
    if found is None or int(found[1]) > stored.number:
        return False
    with numbers.open("r+b") as file:  # in one write and in the file's own width, as QuickFIX does it
        file.write(f"{stored.number + 1:0{len(found[1])}d} : {found[2]}".encode("ascii"))
    return True


def lacks_its_end(session_store: Path) -> bool:
    """Tell whether messages were counted that are not stored any more: QuickFIX stores every message it counts."""
    numbers = _with(session_store, ".seqnums")
    found = _NUMBERS.match(numbers.read_text(encoding="ascii", errors="replace")) if numbers.exists() else None
    stored = next(latest(session_store), None)
    return found is not None and int(found[1]) > (stored.number if stored is not None else 0) + 1


def jump_ahead(session_store: Path, by: int) -> bool:
    """Have the next number to send so far ahead; tell whether there was any: after another boot it may be behind.

    The client sees a gap, asks, and QuickFIX fills what it does not have.
    """
    numbers = _with(session_store, ".seqnums")
    found = _NUMBERS.match(numbers.read_text(encoding="ascii", errors="replace")) if numbers.exists() else None
    if found is None or int(found[1]) <= 1:
        return False
    with numbers.open("r+b") as file:
        file.write(f"{int(found[1]) + by:0{len(found[1])}d} : {found[2]}".encode("ascii"))
    return True


def files_of(session_store: Path) -> list[Path]:
    """Return the files of a store that are there."""
    return [path for ending in (".body", ".header", ".seqnums") if (path := _with(session_store, ending)).exists()]


def body_of(session_store: Path) -> Path:
    """Return the file that has the messages."""
    return _with(session_store, ".body")


def _backwards(text: str) -> Iterator[tuple[Entry, int]]:
    """Iterate a header's entries from its end, each with the place behind it; what no blank ends is torn."""
    end = text.rfind(" ")
    while end > 0:
        begin = text.rfind(" ", 0, end)
        parts = text[begin + 1 : end].strip().split(",")
        if len(parts) == 3 and all(part.isdecimal() for part in parts):
            yield Entry(*map(int, parts)), end + 1
        end = begin


def _is_whole(body: BinaryIO, entry: Entry) -> bool:
    """Tell whether a message stands where its entry says, with its number, and agrees with its CheckSum(10)."""
    body.seek(entry.offset)
    message = body.read(entry.size)
    if len(message) != entry.size or message[:2] != b"8=" or _TRAILER.fullmatch(message[-8:]) is None:
        return False
    number = _NUMBER.search(message)
    return sum(message[:-7]) % 256 == int(message[-4:-1]) and number is not None and int(number[1]) == entry.number


def _with(session_store: Path, ending: str) -> Path:
    return session_store.with_name(session_store.name + ending)
