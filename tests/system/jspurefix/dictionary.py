"""Our published dictionaries as jspurefix takes them: one file for each dialect, and messages as nested objects."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

from kase_fix.gateway.dictionaries import FIX44, FIX50, FIXT11


def write(dialect: str, directory: Path) -> Path:
    """Return one file that has header, session and application messages: what NEXT divides into two is put together."""
    if dialect == "FIX44":
        return FIX44
    session, whole = ElementTree.parse(FIXT11).getroot(), ElementTree.parse(FIX50).getroot()
    for part in ("header", "trailer"):
        if (own := whole.find(part)) is not None:
            whole.remove(own)
        whole.insert(0, session.find(part))
    for part, key in (("messages", "msgtype"), ("fields", "number"), ("components", "name")):
        there = {one.get(key) for one in whole.find(part)}
        whole.find(part).extend(one for one in session.find(part) or () if one.get(key) not in there)
    path = directory / "NEXT.xml"
    ElementTree.ElementTree(whole).write(path)
    return path


class Nesting:
    """Turns "35=D|11=a1|55=EURKZT_TOM|" into {"ClOrdID": "a1", "Instrument": {"Symbol": ...}} by a dictionary."""

    def __init__(self, path: Path) -> None:
        self._root = ElementTree.parse(path).getroot()
        self._names = {one.get("number"): one.get("name") for one in self._root.find("fields")}
        self._components = {one.get("name"): one for one in self._root.find("components")}
        self._messages = {one.get("msgtype"): one for one in self._root.find("messages")}

    def object_of(self, text: str) -> tuple[str, dict[str, Any]]:
        """Return MsgType and the message as an object. A field the message does not have fails the test."""
        pairs = [tuple(pair.split("=", 1)) for pair in text.strip("|").split("|")]
        (_, kind), rest = pairs[0], pairs[1:]
        named = [(self._names[tag], value) for tag, value in rest]
        taken = self._take(self._messages[kind], named)
        assert named == [], f"{text}: not in the dictionary's {kind}: {named}"
        return kind, taken

    def _take(self, layout: ElementTree.Element, named: list[tuple[str, str]]) -> dict[str, Any]:
        """Return what of these pairs is this layout's, and take it out of them."""
        taken: dict[str, Any] = {}
        for place in layout:
            name = place.get("name")
            if place.tag == "component":
                if inner := self._take(self._components[name], named):
                    taken[name] = inner
            elif (at := next((i for i, (one, _) in enumerate(named) if one == name), None)) is not None:
                _, value = named.pop(at)
                taken[name] = value if place.tag == "field" else self._entries(place, named, at, int(value))
        return taken

    def _entries(self, group: ElementTree.Element, named: list[tuple[str, str]], at: int, count: int) -> list[Any]:
        """Return the entries of a group, which stand behind its counter; each begins with the field the first does."""
        first = named[at][0]
        starts = [place for place in range(at, len(named)) if named[place][0] == first][:count]
        assert len(starts) == count, f"{group.get('name')} has {len(starts)} entries, not {count}"
        entries = []
        for start, end in reversed(list(zip(starts, [*starts[1:], len(named)], strict=True))):
            own = named[start:end]
            before = len(own)
            entries.insert(0, self._take(group, own))
            assert before != len(own)
            named[start:end] = own  # what is left of the last entry belongs behind the group
        return entries
