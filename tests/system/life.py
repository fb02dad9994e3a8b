"""Lives, each a table that every foreign client plays; they stand in `lives/`.

A line says who speaks (`>`) or hears (`<`) what. `he` is the client under test, `copy` another of its kind at drop
copy, `other` (FIRMB) and `another` (FIRMC) are members on our own client; lines of somebody who is not there are left
out. `operator` is the exchange, `clock` moves its clock by seconds, `least` says how many of a message cross at the
least. A line that begins with FIX44 or NEXT is for that dialect.

In braces stand names: `{n}` is unlike in each run, `{F}` and `{S}` are his accounts, `{oF}` and `{oS}` the other's,
`37=?a` keeps a value as `{a}`. What a line hears is one message that has all these fields.
"""

import itertools
import os
import shlex
from collections import Counter
from pathlib import Path
from typing import Protocol

from kase_fix.scenario.console import Console

LIVES = Path(__file__).parent / "lives"
SPOKEN = {
    "FIX44": {"new": "150=0|39=0", "set": "150=5", "gone": "150=4|39=4", "rest": "38=1000|"},
    "NEXT": {"new": "150=I|39=0", "set": "150=I", "gone": "150=I|39=4", "rest": ""},
}
"""What is called differently in the dialects: taken, replaced, cancelled, and F, which needs OrderQty in FIX 4.4."""
_runs = itertools.count(1)


class Speaker(Protocol):
    """Who takes part: a client on any library."""

    crossed: Counter[str]

    def says(self, text: str) -> None:
        """Send "35=D|11=...|"; header and trailer are the library's."""

    def takes(self, *pieces: str) -> dict[int, str]:
        """Wait for a message with all these fields ("150=F"), take it, return the first value of each tag."""


def play(life: str, dialect: str, user: str, speakers: dict[str, Speaker], console: Console) -> None:
    """Play the lines of a dialect, and hold what crossed against the least."""
    names = SPOKEN[dialect] | {"n": f"{next(_runs)}-{os.getpid()}-", "now": "20200527-05:45:00", "user": user}
    names |= {"F": f"F_{user}_0000", "S": f"S_{user}_0000", "oF": "F_FIRMB_0000", "oS": "S_FIRMB_0000"}
    for line in (LIVES / life).read_text(encoding="utf-8").splitlines():
        first, _, rest = line.partition(" ")
        if first in SPOKEN:
            if first != dialect:
                continue
            first, _, rest = rest.partition(" ")
        if first == "clock":
            console.post("/api/clock", {"by": int(rest)})
        elif first == "operator":
            _decides(console, rest.format_map(names))
        elif first == "least":
            _has_crossed(speakers, rest)
        elif first in speakers:
            _crosses(speakers[first], rest, names)


def _has_crossed(speakers: dict[str, Speaker], line: str) -> None:
    who, way, rest = line.split(" ", 2)
    if who in speakers:
        crossed = speakers[who].crossed
        least = dict(one.split() for one in rest.split(", "))
        fewer = {
            kind: crossed[f"{way} {kind}"] for kind, number in least.items() if crossed[f"{way} {kind}"] < int(number)
        }
        assert fewer == {}, crossed


def _crosses(speaker: Speaker, line: str, names: dict[str, str]) -> None:
    way, _, text = line.partition(" ")
    if way == ">":
        speaker.says(text.format_map(names))
        return
    pieces = text.format_map(names).split("|")
    kept = dict(piece.split("=?") for piece in pieces if "=?" in piece)
    found = speaker.takes(*(piece for piece in pieces if "=?" not in piece))
    names |= {name: found[int(tag)] for tag, name in kept.items()}


def _decides(console: Console, line: str) -> None:
    command, *arguments = shlex.split(line)
    console.post("/api/operator", {"command": command, **dict(one.split("=", 1) for one in arguments)})
