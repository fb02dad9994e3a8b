"""A dictionary in QuickFIX's form, message by message, as lines of a page."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

Element: TypeAlias = ElementTree.Element
GREATEST_LIST = 30
"""Values of an enumeration that are told in a row; of a longer one the number."""


class Line(NamedTuple):
    """A tag of a message."""

    tag: str
    name: str
    required: bool
    depth: int
    field: Element


class Dictionary:
    """A dictionary, message by message."""

    def __init__(self, path: Path) -> None:
        root = ElementTree.parse(path).getroot()
        self._fields = {field.get("name", ""): field for field in root.iterfind("fields/field")}
        self._components = {one.get("name", ""): one for one in root.iterfind("components/component")}
        self.messages = {one.get("msgtype", ""): one for one in root.iterfind("messages/message")}

    def lines(
        self, place: Element, wanted: Callable[[str], bool], depth: int = 0, needed: bool = True, counts: bool = False
    ) -> Iterator[Line]:
        """Iterate what is required or wanted in a message; a component stands for its members.

        With `counts` a group stands there only where its own tag is wanted.
        """
        for member in place:
            name, required = member.get("name", ""), needed and member.get("required") == "Y"
            if member.tag == "component":
                yield from self.lines(self._components[name], wanted, depth, required, counts)
                continue
            field = self._fields[name]
            tag, is_group = field.get("number", ""), member.tag == "group"
            inside = list(self.lines(member, wanted, depth + 1, counts=counts))
            if is_group and counts and not wanted(tag):
                inside = []
            if required or inside or (wanted(tag) and not is_group):
                yield Line(tag, name, required, depth, field)
                yield from inside

    def fields_of(self, place: Element) -> list[Element]:
        """Return every field that may stand in a message, those of groups too."""
        return list({line.tag: line.field for line in self.lines(place, lambda _: True)}.values())


def values_of(field: Element, taken: frozenset[str] = frozenset()) -> str:
    """Return in words which values a field has: of an enumeration those that are taken, where that is known."""
    every = [(one.get("enum", ""), one.get("description", "").lower().replace("_", " ")) for one in field]
    values = [f"{enum} {words}" for enum, words in every if not taken or enum in taken]
    if len(values) > GREATEST_LIST:
        return f"{len(values)} values of the dictionary"
    return ", ".join(values) or field.get("type", "").lower()
