"""What was expected beside what came, field by field."""

import re
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from kase_fix.scenario.dictionary import Dictionary
from kase_fix.scenario.story import Absent, AnyValue, Capture, Entries, Fields, Literal, Value
from kase_fix.scenario.wire import HEADER_OF_FIXT, Entry

NOTHING = "(absent)"
_NAMED = re.compile(r"\{\?(\w+)\}")
NAMES = (11, 37, 262, 320)
"""ClOrdID, OrderID, MDReqID, SecurityReqID."""


class Row(NamedTuple):
    """One field of the comparison, in words."""

    name: str
    expected: str
    received: str
    agrees: bool


class Comparison(NamedTuple):
    """All rows, and what `?names` took on if all agree."""

    rows: tuple[Row, ...]
    captured: dict[str, str]
    same_order: bool = False
    """A name both sides know (11, 37, 262, 320) is the one expected: this is the answer, however else it differs."""

    @property
    def differences(self) -> int:
        """Return how many fields are not as expected."""
        return sum(not row.agrees for row in self.rows)


def compare(
    expected: Fields, received: Entry, dictionary: Dictionary, known: dict[str, str], *, exactly: bool = False
) -> Comparison:
    """Hold a message (or an entry of a group) against what a line expects of it."""
    captured: dict[str, str] = {}
    rows: list[Row] = []
    same_order = False
    for tag, value in expected:
        found = received.get(tag)
        if isinstance(value, Entries):
            rows += _groups(tag, value, found, dictionary, known | captured, captured, exactly)
            continue
        text = str(len(found)) if isinstance(found, list) else found
        agrees = _agrees(tag, value, text, dictionary, known | captured)
        if isinstance(value, Capture) and text is not None and value.name not in known:
            captured.setdefault(value.name, text)
        same_order |= agrees and tag in NAMES and text is not None
        rows.append(_row(tag, _words(tag, value, dictionary, known), text, dictionary, agrees))
    if exactly:
        named = {tag for tag, _ in expected} | HEADER_OF_FIXT | {10}
        rows += [
            _row(tag, NOTHING, str(len(found)) if isinstance(found, list) else found, dictionary, agrees=False)
            for tag, found in received.items()
            if tag not in named
        ]
    return Comparison(tuple(rows), captured, same_order)


def _row(tag: int, expected: str, found: str | None, dictionary: Dictionary, agrees: bool) -> Row:
    return Row(dictionary.name(tag), expected, NOTHING if found is None else dictionary.meaning(tag, found), agrees)


def _agrees(tag: int, value: Value, found: str | None, dictionary: Dictionary, known: dict[str, str]) -> bool:
    if isinstance(value, Absent):
        return found is None
    if found is None:
        return False
    if isinstance(value, Capture):
        return value.name not in known or known[value.name] == found
    if isinstance(value, Literal):
        text = filled(value.text, known)
        return text == found or (not value.exact and dictionary.is_decimal(tag) and _same(text, found))
    return isinstance(value, AnyValue)


def filled(text: str, known: dict[str, str]) -> str:
    """Return a text with each `{?name}` in it replaced by what the name has captured."""
    return _NAMED.sub(lambda named: known.get(named[1], named[0]), text) if "{?" in text else text


def _same(one: str, other: str) -> bool:
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False


def _words(tag: int, value: Value, dictionary: Dictionary, known: dict[str, str]) -> str:
    if isinstance(value, Literal):
        return f'"{filled(value.text, known)}"' if value.exact else dictionary.meaning(tag, value.text)
    if isinstance(value, Capture):
        return f"?{value.name} = {known[value.name]}" if value.name in known else f"?{value.name}"
    return NOTHING if isinstance(value, Absent) else "any"


def _groups(
    tag: int,
    value: Entries,
    found: "str | list[Entry] | None",
    dictionary: Dictionary,
    known: dict[str, str],
    captured: dict[str, str],
    exactly: bool,
) -> list[Row]:
    """Find each expected entry, in order; strictly also nothing beside them. Missing ones show the nearest left."""
    entries = found if isinstance(found, list) else []
    rows: list[Row] = []
    place = 0
    for index, fields in enumerate(value.entries, 1):
        tried = [
            (compare(fields, entry, dictionary, known | captured, exactly=exactly), position)
            for position, entry in enumerate(entries)
            if position >= place
        ]
        met = next(((one, position) for one, position in tried if not one.differences), None)
        if met is not None:
            captured.update(met[0].captured)
            place = met[1] + 1
        best = met[0] if met else min((one for one, _ in tried), key=lambda one: one.differences, default=None)
        label = f"{dictionary.name(tag)}[{index}]"
        if best is None:
            rows.append(Row(label, "an entry", NOTHING, agrees=False))
        else:
            rows += [Row(f"{label}.{row.name}", row.expected, row.received, row.agrees) for row in best.rows]
    if exactly and len(entries) != len(value.entries):
        rows.append(Row(dictionary.name(tag), str(len(value.entries)), str(len(entries)), agrees=False))
    return rows
