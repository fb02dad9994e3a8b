"""Makes the pages that tell messages tag by tag, `spec/messages/*.md`, and the table of refusals, `spec/refusals.md`.

    python scripts/make_rules_of_engagement.py

Which messages are taken the dialects' readers say; what may stand in a message, what must, and its values the
dictionaries; which tags are looked at, or written, the code of `kase_fix/gateway`.
"""

import ast
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

from kase_fix.gateway.dialect import fix44, next_
from kase_fix.gateway.dictionaries import FIX44, FIX50
from kase_fix.rulebook.refusals import CATALOGUE

Element: TypeAlias = ElementTree.Element

ROOT = Path(__file__).resolve().parent.parent
DIALECT = ROOT / "kase_fix" / "gateway" / "dialect"
GATEWAY = ROOT / "kase_fix" / "gateway"
PAGES = ROOT / "spec" / "messages"
REFUSALS = ROOT / "spec" / "refusals.md"
TAKEN = {"FIX44": (*fix44._READERS, "BE"), "NEXT": (*next_._READERS, "BE")}
SENT = {
    "FIX44": (
        *("8", "9", "r", "b", "AI", "j", "y", "d", "W", "X", "Y", "h", "f", "B", "AE", "AO", "AP", "AQ", "BF", "CA"),
        "CG",
    ),
    "NEXT": (
        *("8", "r", "j", "y", "d", "W", "X", "Y", "h", "f", "C", "AE", "AP", "AQ", "DP", "RI", "BF", "CA", "CG", "CR"),
        *("ML", "MS", "IQ", "IQI", "IQC"),
    ),
}
DICTIONARIES = {"FIX44": FIX44, "NEXT": FIX50}
TO_THE_EXCHANGE = "To the exchange"
LOOKED_AT = ("get", "every", "required", "number", "quantity", "required_quantity")
GREATEST_LIST = 12
"""Values of an enumeration that are told in a row; of a longer one the number."""

INTRODUCTION = """\
# Messages of {dialect}

Made by `scripts/make_rules_of_engagement.py` from the dictionary and the code; not edited by hand. What the messages
mean is told in [dialects.md](../dialects.md), logon and recovery in [session.md](session.md), refusals in
[refusals.md](../refusals.md).

R: a message without it is refused by Reject(3), or by `j`. What is indented repeats with the group above it. Of the
messages that are taken the tags are named that are looked at, in one message or another: what else the dictionary
allows may stand there and changes nothing. Of those that are sent, the tags that can stand there."""


class Line(NamedTuple):
    """A tag of a message."""

    tag: str
    name: str
    required: bool
    depth: int
    values: str


class Dictionary:
    """A dictionary, message by message."""

    def __init__(self, path: Path) -> None:
        root = ElementTree.parse(path).getroot()
        self._fields = {field.get("name", ""): field for field in root.iterfind("fields/field")}
        self._components = {one.get("name", ""): one for one in root.iterfind("components/component")}
        self.messages = {one.get("msgtype", ""): one for one in root.iterfind("messages/message")}

    def lines(
        self, place: Element, wanted: frozenset[str], depth: int = 0, needed: bool = True, counts: bool = False
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
            is_group = member.tag == "group"
            counted = not counts or field.get("number") in wanted
            inside = list(self.lines(member, wanted, depth + 1, counts=counts)) if is_group and counted else []
            if required or inside or (field.get("number") in wanted and not is_group):
                yield Line(field.get("number", ""), name, required, depth, _values(field))
                yield from inside


def _values(field: Element) -> str:
    values = [f"{value.get('enum')} {value.get('description', '').lower().replace('_', ' ')}" for value in field]
    if len(values) > GREATEST_LIST:
        return f"{len(values)} values of the dictionary"
    return ", ".join(values) or field.get("type", "").lower()


def tags_looked_at(folder: Path = DIALECT) -> frozenset[str]:
    """Return the tags that the readers of both dialects ask a message for."""
    found: set[str] = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                numbers = [one.value for one in node.args[:2] if isinstance(one, ast.Constant)]
                about_fields = [one for one in node.args[:1] if isinstance(one, ast.Name) and one.id == "fields"]
                if name in LOOKED_AT or about_fields:
                    found |= {str(number) for number in numbers if type(number) is int and number > 0}
            elif isinstance(node, ast.Compare) and isinstance(node.left, ast.Constant):
                found.add(str(node.left.value))
    return frozenset(found | OF_GROUPS | OF_USERS)


OF_GROUPS = frozenset({"447", "448", "452"})
"""What is looked at of Parties."""
OF_USERS = frozenset({"553", "554", "924", "925"})
"""What the doorman reads of BE."""


def tags_written(folder: Path = GATEWAY) -> frozenset[str]:
    """Return the tags that stand in the texts of the messages the exchange says."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set(re.findall(r"(?:^|\x01)(\d{1,4})=", node.value))
    return frozenset(found)


def page(dialect: str) -> str:
    """Return the page of a dialect."""
    dictionary = Dictionary(DICTIONARIES[dialect])
    parts = [INTRODUCTION.format(dialect=dialect)]
    for title, kinds, wanted in (
        (TO_THE_EXCHANGE, TAKEN[dialect], tags_looked_at()),
        ("From the exchange", SENT[dialect], tags_written()),
    ):
        parts.append(f"\n## {title}")
        for kind in kinds:
            message = dictionary.messages[kind]
            parts.append(f"\n### {message.get('name')} `{kind}`\n\n| tag | name | | values |\n|---|---|---|---|")
            for line in dictionary.lines(message, wanted, counts=title != TO_THE_EXCHANGE):
                indent = "&nbsp;" * 4 * line.depth
                parts.append(f"| {indent}{line.tag} | {line.name} | {'R' if line.required else ''} | {line.values} |")
    return "\n".join(parts) + "\n"


def refusals() -> str:
    """Return the table of refusals."""
    lines = [
        "# Refusals",
        "",
        "Made by `scripts/make_rules_of_engagement.py` from `kase_fix/rulebook/refusals*.py`; not edited by hand."
        " {0}, {1} are what was found; the clause a refusal rests on stands behind its text, in brackets.",
        "",
        "| code | OrdRejReason(103) of FIX44 | of NEXT | CxlRejReason(102) | Text(58) | EncodedText(355) |",
        "|---|---|---|---|---|---|",
    ]
    for entry in sorted(CATALOGUE.values(), key=lambda one: one.code):
        numbers = f"{entry.fix44} | {entry.next} | {entry.cancel}"
        lines.append(f"| `{entry.code}` | {numbers} | {entry.english} | {entry.russian} |")
    return "\n".join(lines) + "\n"


def pages() -> dict[Path, str]:
    """Return every page, by its file."""
    return {REFUSALS: refusals(), **{PAGES / f"{name.lower()}.md": page(name) for name in DICTIONARIES}}


def main() -> None:
    """Write them all."""
    PAGES.mkdir(exist_ok=True)
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
