"""A QuickFIX file store read and mended from outside, before QuickFIX opens it.

A store has its messages one behind the other in `.body`, `number,offset,size ` of each in `.header`, and the two
numbers that are next, `sender : target`, in `.seqnums`. QuickFIX writes a message into body and header first and
counts it afterwards, each with a flush of its own (FileStore::set, FileStore::incrNextSenderMsgSeqNum): a process
that is killed in between leaves a message that is stored, never sent, and whose number QuickFIX would give to the
next one, so that no resend could ever bring it.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_NUMBERS = re.compile(r"(\d+) : (\d+)")


class Entry(NamedTuple):
    """Where a message stands in the body."""

    number: int
    offset: int
    size: int


def latest(session_store: Path) -> Iterator[Entry]:
    """Iterate the whole entries of a store (path without its ending), the last one written first."""
    header = _with(session_store, ".header")
    if not header.exists():
        return
    text = header.read_text(encoding="ascii", errors="replace")
    end = text.rfind(" ")  # what no blank ends is torn
    while end > 0:
        begin = text.rfind(" ", 0, end)
        parts = text[begin + 1 : end].strip().split(",")
        if len(parts) == 3 and all(part.isdecimal() for part in parts):
            yield Entry(*map(int, parts))
        end = begin


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


def body_of(session_store: Path) -> Path:
    """Return the file that has the messages."""
    return _with(session_store, ".body")


def _with(session_store: Path, ending: str) -> Path:
    return session_store.with_name(session_store.name + ending)
