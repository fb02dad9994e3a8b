"""Names of messages, fields and values in the two dialects, read from the exchange's QuickFIX dictionaries.

The dictionaries are data: this room reads the same files the gateway validates with, and none of its code.
"""

import functools
import importlib.resources
import sys
import xml.etree.ElementTree as ElementTree
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

DIALECTS = {"FIX44": ("FIX44.xml",), "NEXT": ("FIX50.xml", "FIXT11.xml")}
DECIMAL_TYPES = frozenset({"PRICE", "QTY", "AMT", "FLOAT", "PRICEOFFSET", "PERCENTAGE", "INT", "SEQNUM", "NUMINGROUP"})
CLOSED_TYPES = frozenset({"CHAR", "INT", "BOOLEAN"})
"""Types whose enumerations are complete enough that a longer word outside them can only be a slip of the pen."""
SHORT_NAMES = {
    "ioc": "immediateorcancel",
    "fok": "fillorkill",
    "gtc": "goodtillcancel",
    "gtd": "goodtilldate",
    "gtx": "goodtillcrossing",
    "ask": "offer",
    "cancelled": "canceled",
}


class UnknownName(ValueError):
    """The dictionary of the dialect knows no message, field or value of this name."""


class Layout(NamedTuple):
    """The fields of a message, or of one entry of a group, in the dictionary's order, and the groups among them."""

    order: tuple[int, ...]
    groups: dict[int, "Layout"]


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()


class Dictionary:
    """What one dialect calls things."""

    def __init__(self, roots: list[ElementTree.Element]) -> None:
        self._tags: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self._kinds: dict[int, str] = {}
        self._values: dict[int, dict[str, str]] = {}
        self._types: dict[str, str] = {}
        self._messages: dict[str, ElementTree.Element] = {}
        self._titles: dict[str, str] = {}
        self._components: dict[str, ElementTree.Element] = {}
        self._layouts: dict[str, Layout] = {}
        self.administrative: set[str] = set()
        header_fields: list[int] = []
        for root in roots:
            self._read(root)
        for root in roots:
            header = root.find("header")
            if header is not None:
                layout = self._layout_of(header)
                header_fields += [*layout.order, *(tag for group in layout.groups.values() for tag in group.order)]
        self.header = frozenset(header_fields)

    def _read(self, root: ElementTree.Element) -> None:
        for field in root.iterfind("fields/field"):
            tag, name = int(field.attrib["number"]), field.attrib["name"]
            self._tags[_plain(name)] = tag
            self._names[tag] = name
            self._kinds[tag] = field.attrib["type"].upper()
            self._values.setdefault(tag, {}).update(
                {value.attrib["enum"]: value.get("description", value.attrib["enum"]) for value in field}
            )
        for component in root.iterfind("components/component"):
            self._components[component.attrib["name"]] = component
        for message in root.iterfind("messages/message"):
            kind, name = message.attrib["msgtype"], message.attrib["name"]
            self._messages[kind] = message
            self._titles[kind] = name
            self._types[_plain(name)] = kind
            if message.get("msgcat") == "admin":
                self.administrative.add(kind)

    def _layout_of(self, element: ElementTree.Element) -> Layout:
        order: list[int] = []
        groups: dict[int, Layout] = {}
        for child in element:
            name = child.attrib["name"]
            if child.tag == "component":
                inner = self._layout_of(self._components[name])
                order += inner.order
                groups |= inner.groups
            else:
                tag = self._tags[_plain(name)]
                order.append(tag)
                if child.tag == "group":
                    groups[tag] = self._layout_of(child)
        return Layout(tuple(order), groups)

    def layout(self, kind: str) -> Layout:
        """Return what stands in a message of this type; nothing for one the dictionary does not know."""
        if kind not in self._layouts:
            message = self._messages.get(kind)
            self._layouts[kind] = Layout((), {}) if message is None else self._layout_of(message)
        return self._layouts[kind]

    def message(self, text: str) -> str:
        """Return the MsgType of a message called by name or by type. Raises `UnknownName`."""
        if text in self._messages:
            return text
        if (kind := self._types.get(_plain(text))) is None:
            raise UnknownName(f"no message is called {text}")
        return kind

    def field(self, text: str) -> int:
        """Return the tag of a field called by name or by number. Raises `UnknownName`."""
        if text.isascii() and text.isdigit():
            return int(text)
        if (tag := self._tags.get(_plain(text))) is None:
            raise UnknownName(f"no field is called {text}")
        return tag

    def value(self, tag: int, text: str) -> str:
        """Return the wire value of an enumeration called by name or by value, and any other text as it is.

        A word that is neither, in a field of characters or numbers, raises `UnknownName`. A single character passes:
        stories must be able to send values that nobody knows.
        """
        values = self._values.get(tag)
        if not values or text in values:
            return text
        wanted = _plain(text)
        wanted = SHORT_NAMES.get(wanted, wanted)
        for value, description in values.items():
            if _plain(description) == wanted:
                return value
        if self._kinds[tag] in CLOSED_TYPES and len(text) > 1 and not text.lstrip("-").isdigit():
            raise UnknownName(f"{self.name(tag)} has no value called {text}")
        return text

    def is_decimal(self, tag: int) -> bool:
        """Tell whether 450.1 and 450.10 are the same in this field."""
        return self._kinds.get(tag) in DECIMAL_TYPES

    def name(self, tag: int) -> str:
        """Return the field for people: `OrdStatus(39)`."""
        return f"{self._names[tag]}({tag})" if tag in self._names else str(tag)

    def meaning(self, tag: int, value: str) -> str:
        """Return the value for people: `2 FILLED`."""
        description = self._values.get(tag, {}).get(value)
        return value if description is None or description == value else f"{value} {description}"

    def title(self, kind: str) -> str:
        """Return the message for people: `ExecutionReport(8)`."""
        return f"{self._titles[kind]}({kind})" if kind in self._titles else f"message {kind}"


def _file(name: str) -> Traversable | Path:
    own = importlib.resources.files("kase_fix") / "gateway" / "dictionaries" / name
    return own if own.is_file() else Path(sys.prefix) / "share" / "quickfix" / name


@functools.cache
def dictionary_of(dialect: str) -> Dictionary:
    """Return the dictionary of `FIX44` or `NEXT`, read once."""
    return Dictionary([ElementTree.fromstring(_file(name).read_bytes()) for name in DIALECTS[dialect]])
