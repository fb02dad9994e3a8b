"""Mutants: of the bytes of a frame, of the fields of a message, of the values of its fields."""

import random
from typing import NamedTuple

from kase_fix.scenario.wire import Pairs
from scripts.fuzz.corpus import Corpus

BYTES, FIELDS, VALUES = "bytes", "fields", "values"
SHARES = {BYTES: 0.25, FIELDS: 0.30, VALUES: 0.45}
NUMBERS = ("0", "-1", "1", "00001", "1e3", "1.5", "999999999999999999999", "0.00000001", "0.000000001", "-0", "+1", "")
TEXTS = (
    "",
    "\x7f",
    "=",
    "N/A",
    "Я" * 40,
    "x" * 5000,
    "' or 1=1",
    "%n%s",
    "\ud7ff",
    "  ",
    "NaN",
    "2020-05-27",
    "20200527",
)
ODD_TAGS = (
    0,
    1,
    5,
    8,
    9,
    10,
    34,
    35,
    43,
    49,
    52,
    89,
    90,
    91,
    93,
    95,
    96,
    97,
    122,
    212,
    213,
    354,
    355,
    554,
    925,
    4999,
    9619,
)


class Mutant(NamedTuple):
    """What goes on the wire. `counts`: its frame is sound, so its number is taken."""

    kind: str
    frame: bytes
    counts: bool


class Mutator:
    """Makes mutants of what one user says; the same seed makes the same ones."""

    def __init__(self, corpus: Corpus, begin_string: str, user: str, seed: str) -> None:
        self._corpus = corpus
        self._begin = begin_string
        self._user = user
        self._random = random.Random(f"{seed} {user}")
        self._names = 0

    def make(self, number: int, moment: str) -> Mutant:
        """Return the next one under this number, said to be sent at this moment."""
        draw = self._random
        kind = draw.choices(list(SHARES), list(SHARES.values()))[0]
        msg_type, body = draw.choice(self._corpus.messages)
        body = [(tag, self._own(tag, value)) for tag, value in body]
        head: Pairs = [(35, msg_type), (49, self._user), (56, "KASE"), (34, str(number)), (52, moment)]
        if kind == VALUES:
            for _ in range(draw.choice((0, 1, 1, 2))):
                self._change_value(body)
        elif kind == FIELDS:
            for _ in range(draw.choice((1, 1, 2, 4))):
                self._change_fields(head, body)
        frame = encode(self._begin, head + body)
        return Mutant(kind, self._change_bytes(frame), False) if kind == BYTES else Mutant(kind, frame, True)

    def _own(self, tag: int, value: str) -> str:
        """Return the value as this user would have it: his accounts, new names."""
        if tag == 11 and self._random.random() < 0.9:
            self._names += 1
            return f"z{self._names}"
        if tag == 1 and self._random.random() < 0.9:
            return f"{value[:2]}{self._user}_0000"
        return value

    def _change_value(self, body: Pairs) -> None:
        if not body:
            return
        place = self._random.randrange(len(body))
        tag, value = body[place]
        known = self._corpus.values.get(tag, [value])
        wild = self._random.random() < 0.15
        body[place] = (tag, self._random.choice(NUMBERS + TEXTS) if wild else self._random.choice(known))

    def _change_fields(self, head: Pairs, body: Pairs) -> None:
        draw = self._random
        pairs = head if draw.random() < 0.005 else body
        if not pairs:
            return
        place = draw.randrange(len(pairs))
        change = draw.randrange(6)
        if change == 0:
            del pairs[place]
        elif change == 1:
            pairs.insert(draw.randrange(len(pairs) + 1), pairs[place])
        elif change == 2:
            other = draw.randrange(len(pairs))
            pairs[place], pairs[other] = pairs[other], pairs[place]
        elif change == 3:
            pairs.insert(place, (draw.choice(self._corpus.tags), draw.choice(TEXTS)))
        elif change == 4:
            pairs.insert(place, (draw.choice(ODD_TAGS), draw.choice(NUMBERS + TEXTS)))
        else:
            pairs[place] = (pairs[place][0], draw.choice(NUMBERS + TEXTS))

    def _change_bytes(self, frame: bytes) -> bytes:
        draw, data = self._random, bytearray(frame)
        for _ in range(draw.choice((1, 1, 1, 2, 8))):
            start = draw.randrange(len(data)) if data else 0
            change = draw.randrange(5)
            if change == 0 and data:
                data[start] ^= 1 << draw.randrange(8)
            elif change == 1:
                data[start:start] = draw.randbytes(draw.choice((1, 2, 40)))
            elif change == 2:
                del data[start : start + draw.choice((1, 2, 40))]
            elif change == 3:
                del data[start:]
            else:
                data[start:start] = data[start : start + 30]
        return bytes(data)


def encode(begin_string: str, pairs: Pairs) -> bytes:
    """Return a frame of these fields with a BodyLength(9) and CheckSum(10) that are right, whatever the fields are."""
    body = "".join(f"{tag}={value}\x01" for tag, value in pairs).encode("utf-8", "surrogatepass")
    whole = f"8={begin_string}\x019={len(body)}\x01".encode() + body
    return whole + b"10=%03d\x01" % (sum(whole) % 256)
