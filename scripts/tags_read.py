"""Finds out what a dialect looks at in a message, by reading examples of it with one tag changed at a time.

A tag is looked at where another value of it, or its absence, makes another command or question of the message.
"""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from kase_fix.gateway.dialect.fix_text import SOH, Fields
from kase_fix.gateway.dialect.problems import Problem, SessionReason
from kase_fix.values.enums import OrderKind, TimeInForce

Reader = Callable[[Fields, str], Any]
USER = "FIRMA"
OF_TYPE = {
    "LOCALMKTDATE": ("20200601", "20200602"), "UTCDATEONLY": ("20200601", "20200602"),
    "UTCTIMESTAMP": ("20200527-05:30:00", "20200527-06:30:00"), "BOOLEAN": ("Y", "N"), "CHAR": ("Y", "1"),
}  # fmt: skip
"""Values to try of a type, where it is none of those that numbers do for."""
OTHERS = ("1", "2", "0", "5")
REFUSED_BY_RULE = {40: {OrderKind.OTHER}, 59: {TimeInForce.AT_OPENING, TimeInForce.GTX}}
"""What is read, and then refused for every instrument there is."""


class Use(NamedTuple):
    """What is made of a tag: is it missed where it is not there, and which values of an enumeration are taken."""

    required: bool
    values: frozenset[str]


def uses(read: Reader, texts: Iterable[str], fields: Iterable[ElementTree.Element]) -> dict[str, Use]:
    """Return, by tag, what is made of each of these fields that is looked at in any of these messages."""
    bases = [parts for parts in map(_parts, texts) if not isinstance(read(Fields(SOH.join(parts)), USER), Problem)]
    found: dict[str, Use] = {}
    for field in fields:
        tag = field.get("number", "")
        tried = list(_tried(read, bases, tag, _values(field)))
        if any(one.changed for one in tried):
            required = bool(tried) and any(one.missed for one in tried)
            taken = frozenset(one.value for one in tried if one.value and one.taken)
            found[tag] = Use(required, taken)
    return found


class _Trial(NamedTuple):
    value: str
    changed: bool
    taken: bool
    missed: bool


def _tried(read: Reader, bases: list[list[str]], tag: str, values: tuple[str, ...]) -> Iterator[_Trial]:
    for base in bases:
        before = read(Fields(SOH.join(base)), USER)
        for value in ("", *values):
            parts = _with(base, tag, value)
            if parts == base:
                yield _Trial(value, False, not isinstance(before, Problem), False)
                continue
            after = read(Fields(SOH.join(parts)), USER)
            yield _Trial(value, after != before, _is_taken(after, tag), _is_missed(after, tag))


def _is_taken(after: Any, tag: str) -> bool:
    if isinstance(after, Problem):  # that another tag has to be there is no refusal of this one
        return "there must be" in after.text or not re.match(rf"Value of tag {tag} |\w+\({tag}\)", after.text)
    bad = REFUSED_BY_RULE.get(int(tag), set())
    return not ({getattr(after, "kind", None), getattr(after, "tif", None)} & bad)


def _is_missed(after: Any, tag: str) -> bool:
    return isinstance(after, Problem) and after.reason == SessionReason.TAG_MISSING and after.tag == int(tag)


def _with(base: list[str], tag: str, value: str) -> list[str]:
    """Return a message with this value in place of each of the tag; none: without it."""
    start = f"{tag}="
    if not value:
        return [part for part in base if not part.startswith(start)]
    changed = [f"{start}{value}" if part.startswith(start) else part for part in base]
    return changed if changed != base or f"{start}{value}" in base else [*base, f"{start}{value}"]


def _values(field: ElementTree.Element) -> tuple[str, ...]:
    return tuple(value.get("enum", "") for value in field) or OF_TYPE.get(field.get("type", ""), OTHERS)


def _parts(text: str) -> list[str]:
    return [part for part in text.split(SOH) if part and part.partition("=")[0] not in ("8", "9", "10")]
