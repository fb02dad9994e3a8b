"""FIX messages on the wire, by simplefix: nothing here is shared with the exchange's own codec."""

import datetime as dt
from typing import NamedTuple, TypeAlias

from simplefix import FixMessage

from kase_fix.scenario.dictionary import Dictionary, Layout

Pairs: TypeAlias = list[tuple[int, str]]
Entry: TypeAlias = dict[int, "str | list[Entry]"]

ADMINISTRATIVE = frozenset("012345A")
HEADER = frozenset({8, 9, 35, 34, 43, 49, 50, 52, 56, 57, 90, 91, 97, 115, 116, 122, 128, 129, 142, 143, 144, 145, 369})
HEADER_OF_FIXT = HEADER | {1128, 1129, 1156}


class Message(NamedTuple):
    """A message as it stood on the wire."""

    kind: str
    pairs: Pairs

    def get(self, tag: int) -> str | None:
        """Return the first value of this field."""
        return next((value for name, value in self.pairs if name == tag), None)

    @property
    def number(self) -> int:
        """Return MsgSeqNum(34); 0 where it is missing or no number."""
        text = self.get(34) or ""
        return int(text) if text.isascii() and text.isdigit() else 0

    @property
    def administrative(self) -> bool:
        """Tell whether it belongs to the session and not to the market."""
        return self.kind in ADMINISTRATIVE


def decode(message: FixMessage) -> Message:
    """Return what the parser found."""
    pairs = [(tag, value.decode("utf-8", errors="replace")) for tag, value in message]
    return Message(next((value for tag, value in pairs if tag == 35), ""), pairs)


def encode(begin_string: str, kind: str, header: Pairs, body: Pairs) -> bytes:
    """Return the bytes of a message; 9 and 10 are computed."""
    message = FixMessage()
    message.append_pair(8, begin_string)
    message.append_pair(35, kind)
    for tag, value in [*header, *body]:
        message.append_pair(tag, value)
    encoded: bytes = message.encode()
    return encoded


def now_utc() -> str:
    """Return the machine's time as SendingTime(52) shows it."""
    now = dt.datetime.now(dt.UTC)
    return f"{now:%Y%m%d-%H:%M:%S}.{now.microsecond // 1000:03d}"


def tree(message: Message, dictionary: Dictionary) -> Entry:
    """Return the message by field, its repeating groups as lists of entries. The first of repeated fields counts."""
    entry, _ = _read(message.pairs, 0, dictionary.layout(message.kind), None)
    return entry


def _read(pairs: Pairs, start: int, layout: Layout, delimiter: int | None) -> tuple[Entry, int]:
    """Read one entry (or the whole message, which has no delimiter) and return it with the place behind it."""
    entry: Entry = {}
    place = start
    while place < len(pairs):
        tag, value = pairs[place]
        if delimiter is not None and (tag not in layout.order or (tag == delimiter and place > start)):
            break
        place += 1
        if tag in layout.groups and value.isdigit():
            found, place = _entries(pairs, place, layout.groups[tag], int(value))
            entry.setdefault(tag, found)
        else:
            entry.setdefault(tag, value)
    return entry, place


def _entries(pairs: Pairs, place: int, layout: Layout, count: int) -> tuple[list[Entry], int]:
    """Read the entries of a group. Each begins with the field the first one begins with, whatever the dictionary says:
    some messages of NEXT have entries without the standard's first field."""
    entries: list[Entry] = []
    delimiter = pairs[place][0] if place < len(pairs) else 0
    while len(entries) < count and place < len(pairs) and pairs[place][0] == delimiter and delimiter in layout.order:
        entry, place = _read(pairs, place, layout, delimiter)
        entries.append(entry)
    return entries, place
