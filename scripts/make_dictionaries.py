"""Derive our FIX dictionaries from the standard ones of quickfix and `variations.toml`.

    python scripts/make_dictionaries.py [DIRECTORY]

Writes FIX44.xml, FIX50.xml and FIXT11.xml into DIRECTORY (default: `kase_fix/gateway/dictionaries`). The result is
checked in, so that a running venue needs no installed standard; a test compares it with what this makes.
"""

import functools
import sys
import tomllib
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any, TypeAlias

Element: TypeAlias = ElementTree.Element

HERE = Path(__file__).resolve().parent.parent / "kase_fix" / "gateway" / "dictionaries"
STANDARD = Path(sys.prefix) / "share" / "quickfix"
NAMES = ("FIX44", "FIX50", "FIXT11")


def make(name: str, standard: Path = STANDARD) -> str:
    """Return the text of our dictionary `name`. Raises `KeyError` where a variation names what is not there."""
    variations: dict[str, Any] = tomllib.loads((HERE / "variations.toml").read_text(encoding="utf-8"))[name]
    root = ElementTree.parse(standard / f"{name}.xml").getroot()
    _add_fields(root, variations.get("fields", {}))
    _add_values(root, variations.get("values", {}))
    for flag, wanted in (("N", "optional"), ("Y", "required")):
        for where, names in variations.get(wanted, {}).items():
            for member in names:
                _member(_place(root, where), member).set("required", flag)
    for where, members in variations.get("members", {}).items():
        _add_members(_place(root, where), members)
    for kind, named in variations.get("messages", {}).items():
        for title, members in named.items():
            attributes = {"name": title, "msgtype": kind, "msgcat": "app"}
            _add_members(ElementTree.SubElement(_child(root, "messages"), "message", attributes), members)
    _check_names(root)
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _add_fields(root: Element, fields: dict[str, str]) -> None:
    for number, described in fields.items():
        name, kind = described.split()
        ElementTree.SubElement(_child(root, "fields"), "field", {"number": number, "name": name, "type": kind})


def _add_values(root: Element, values: dict[str, dict[str, str]]) -> None:
    for number, added in values.items():
        field = next(field for field in _child(root, "fields") if field.get("number") == number)
        for value, description in added.items():
            ElementTree.SubElement(field, "value", {"enum": value, "description": description})


def _add_members(place: Element, members: list[str | dict[str, Any]]) -> None:
    for member in members:
        if isinstance(member, str):
            ElementTree.SubElement(place, "field", {"name": member, "required": "N"})
        else:
            for name, inside in member.items():
                _add_members(ElementTree.SubElement(place, "group", {"name": name, "required": "N"}), inside)


def _place(root: Element, where: str) -> Element:
    """Return the message, component, or group of one, that `where` names."""
    first, *groups = where.split("/")
    candidates: list[Element] = [*_child(root, "messages"), *_child(root, "components")]
    for place in candidates:
        if first in (place.get("msgtype"), place.get("name")):
            return functools.reduce(_member, groups, place)
    raise KeyError(where)


def _member(place: Element, name: str) -> Element:
    for member in place:
        if member.get("name") == name:
            return member
    raise KeyError(f"{place.get('name')}/{name}")


def _child(root: Element, name: str) -> Element:
    child = root.find(name)
    if child is None:
        raise KeyError(name)
    return child


def _check_names(root: Element) -> None:
    """Raise `KeyError` for a number or a name that stands for two fields: quickfix would silently take the last."""
    for attribute in ("number", "name"):
        seen: set[str] = set()
        for field in _child(root, "fields"):
            value = field.get(attribute, "")
            if value in seen:
                raise KeyError(f"{attribute} {value} stands for two fields")
            seen.add(value)


def main() -> None:
    """Write all three."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for name in NAMES:
        (target / f"{name}.xml").write_text(make(name), encoding="utf-8")


if __name__ == "__main__":
    main()
