"""Books of two members and a journal, made by hand, with which a test can take liberties."""

import struct
import zlib
from pathlib import Path

import msgspec

from scripts.soak.wire import encode

FIRMA, FIRMB = "FIRMA", "FIRMB"
_GROUP = struct.Struct(">4sIQII")


def report(user, delivery, order, name, status, kind, cum, leaves, *more):
    fields = [(35, "8"), (49, "KASE"), (56, user), (34, "0"), (17, delivery or "A1"), (150, kind), (11, name)]
    fields += [(37, order), (39, status), (55, "USDKZT_TOM"), (54, "1" if user == FIRMA else "2")]
    fields += [(14, str(cum)), (151, str(leaves)), *((527, one) for one in [delivery] if one), *more]
    return fields


def _fill(user, delivery, order, name, quantity, cum, leaves, deal):
    status = "2" if leaves == 0 else "1"
    more = ((31, "410.00"), (32, str(quantity)), (880, deal))
    return report(user, delivery, order, name, status, "F", cum, leaves, *more)


def _last(user, order, name, status, cum, leaves):
    return report(user, "", order, name, status, "I", cum, leaves, (584, "999999"), (912, "Y"))


def _first(user):
    return [(35, "A"), (49, "KASE"), (56, user), (34, "0"), (141, "Y")]


class MadeBooks:
    """FIRMA buys 500 of FIRMB in two parts, who offered 600 and cancels the rest."""

    def __init__(self, directory: Path) -> None:
        self.books = directory / "books"
        self.dialects = {}
        self.directory = directory
        self.lines = {
            FIRMA: [
                _first(FIRMA),
                report(FIRMA, "9-0-0", "NF_9", "a1", "0", "0", 0, 500),
                _fill(FIRMA, "11-0-B", "NF_9", "a1", 300, 300, 200, "11_0"),
                _fill(FIRMA, "12-0-B", "NF_9", "a1", 200, 500, 0, "12_0"),
                _last(FIRMA, "NF_9", "a1", "2", 500, 0),
            ],
            FIRMB: [
                _first(FIRMB),
                report(FIRMB, "10-0-0", "NF_10", "b1", "0", "0", 0, 600),
                _fill(FIRMB, "11-0-S", "NF_10", "b1", 300, 300, 300, "11_0"),
                _fill(FIRMB, "12-0-S", "NF_10", "b1", 200, 500, 100, "12_0"),
                report(FIRMB, "13-0-0", "NF_10", "b1", "4", "4", 500, 0),
                _last(FIRMB, "NF_10", "b1", "4", 500, 0),
            ],
        }
        for user in self.lines:
            self.renumber(user)
        self.journal = [
            [10, 0, ["new_order", FIRMB, "b1"]],
            *([number, 0, ["venue_opened", 1, 1]] for number in (11, 12)),
            [13, 0, ["cancel_order", FIRMB, "b2"]],
        ]

    def renumber(self, user):
        """Give the messages the numbers 1, 2, 3, ..."""
        for number, fields in enumerate(self.lines[user], 1):
            self._set(fields, 34, str(number))

    def remove(self, user, what):
        """Leave a message out."""
        self.lines[user].remove(self._find(user, what))

    def double(self, user, what, flag=""):
        """Have a message come a second time behind the first, with a field more."""
        found = self._find(user, what)
        more = [(43, "Y")] if flag else []
        self.lines[user].insert(self.lines[user].index(found) + 1, [*found, *more])

    def swap(self, user, one, other):
        """Have two messages change places."""
        lines = self.lines[user]
        first, second = lines.index(self._find(user, one)), lines.index(self._find(user, other))
        lines[first], lines[second] = lines[second], lines[first]

    def change(self, user, what, old, new):
        """Give a field of a message another value."""
        fields = self._find(user, what)
        tag, _, value = new.partition("=")
        assert (int(tag), old.partition("=")[2]) in fields
        self._set(fields, int(tag), value)

    def write(self, rest=b""):
        """Write books and journal; return where the journal is."""
        self.books.mkdir(exist_ok=True)
        for user, lines in self.lines.items():
            text = [b"0 0 E open", *(self._line(place, fields) for place, fields in enumerate(lines, 1))]
            (self.books / f"{user}.{self.dialects.get(user, 'FIX44')}.log").write_bytes(b"\n".join(text) + b"\n")
        path = self.directory / "journal"
        path.write_bytes(b"KASEJRNL".ljust(32, b"\0") + self._groups() + rest)
        return path

    def _groups(self):
        first = [[number, 0, ["venue_opened", 1, 1]] for number in range(1, 9)]
        one, two = [*first, [9, 0, ["new_order", FIRMA, "a1"]]], self.journal
        return _group(1, one) + _group(10, two)

    @staticmethod
    def _line(place, fields):
        what = b"S" if (49, "KASE") not in fields else b"R"
        return b"%d 0 %s %s" % (place, what, encode("FIX.4.4", fields))

    @staticmethod
    def _set(fields, tag, value):
        place = next(place for place, pair in enumerate(fields) if pair[0] == tag)
        fields[place] = (tag, value)

    def _find(self, user, what):
        tag, _, value = what.partition("=")
        return next(fields for fields in self.lines[user] if (int(tag), value) in fields)


def _group(first, commands):
    payload = msgspec.msgpack.encode([commands, None])
    head = _GROUP.pack(b"\xffGRP", len(payload), first, len(commands), 0)[:-4]
    whole = head + zlib.crc32(payload, zlib.crc32(head)).to_bytes(4, "big") + payload
    return whole + bytes(-len(whole) % 8)
