"""Makes the rules of engagement: a page for each message in `spec/messages`, and `spec/refusals.md`.

    python scripts/make_rules_of_engagement.py

Which messages are taken the dialects' readers say; what may stand in a message, and what must, the dictionaries; what
is looked at, and which values are taken, the readers, asked with examples; the examples are out of stories
(`scripts/collect_examples.py`).
"""

import ast
import re
from collections import defaultdict
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from collect_examples import EXAMPLES, TAGS
from dictionary_lines import Dictionary, Element, values_of
from tags_read import Use, uses
from values_known import ANSWERED, values_said

from kase_fix.gateway.dialect import fix44, next_
from kase_fix.gateway.dictionaries import FIX44, FIX50, FIXT11
from kase_fix.gateway.doorman import logon
from kase_fix.rulebook.refusals import CATALOGUE

ROOT = Path(__file__).resolve().parent.parent
GATEWAY = ROOT / "kase_fix" / "gateway"
PAGES = ROOT / "spec" / "messages"
REFUSALS = ROOT / "spec" / "refusals.md"
DIALECTS = {"FIX44": fix44, "NEXT": next_}
SESSION = ("A", "0", "1", "2", "3", "4", "5")
TAKEN = {name: (*dialect._READERS, "BE") for name, dialect in DIALECTS.items()}
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
DICTIONARIES = {"FIX44": (FIX44, FIX44), "NEXT": (FIXT11, FIX50)}
"""Of the session, and of the application."""
LOGON = frozenset(map(str, {*logon.KEPT, 554, 925}))
"""What the doorman looks at of a Logon; the rest ends with him."""
OF_USERS = {"553": Use(True, frozenset()), "554": Use(False, frozenset()), "924": Use(True, frozenset("34")),
            "925": Use(False, frozenset())}  # fmt: skip
"""What he looks at of BE."""
INTRODUCTION = """\
# {name} `{kind}`

Of [{dialect}](../{page}). Made by `scripts/make_rules_of_engagement.py` from the dictionary, the code and the stories;
not edited by hand. What it means is told in [dialects.md](../../dialects.md)."""
TO_THE_EXCHANGE = """
## To the exchange

R: without it the message is refused by Reject(3), or by `j`. What is indented repeats with the group above it. These
are the tags that are looked at: what else the dictionary allows may stand there and changes nothing."""
FROM_THE_EXCHANGE = """
## From the exchange

R: always there. What is indented repeats with the group above it. These are the tags that can stand there."""
OF_THE_SESSION = """
## Both ways

R: always there. Of a Logon, what is looked at: the rest ends with the doorman. How they are used is told in
[session.md](../session.md)."""
LIST = """\
# Messages of {dialect}

Made by `scripts/make_rules_of_engagement.py`. A page for each message: its tags, their values, an example from the wire
(`|` is SOH). What the messages mean is told in [dialects.md](../dialects.md), logon and recovery in
[session.md](session.md), refusals in [refusals.md](../refusals.md)."""


class Example(NamedTuple):
    """A message as it went over the wire, SOH as `|`."""

    way: str
    kind: str
    story: str
    text: str


@cache
def recorded(dialect: str) -> dict[str, list[Example]]:
    """Return what the stories have left of a dialect, by MsgType(35)."""
    found: dict[str, list[Example]] = defaultdict(list)
    lines = EXAMPLES.read_text(encoding="utf-8").splitlines()[1:]
    for head, text in zip(lines[::2], lines[1::2], strict=True):
        whose, way, kind, story = head.split()
        if whose == dialect:
            found[kind].append(Example(way, kind, story, text))
    return found


def examples(dialect: str, kind: str) -> list[Example]:
    """Return the examples of a message."""
    return [one for one in recorded(dialect)[kind] if one.story != TAGS]


def tags_said(dialect: str, kind: str) -> frozenset[str]:
    """Return the tags that may stand in a message of the exchange: those of the code's texts, and those seen."""
    return tags_written().union(*(one.text.split() for one in recorded(dialect)[kind] if one.story == TAGS))


@cache
def tags_written(folder: Path = GATEWAY) -> frozenset[str]:
    """Return the tags that stand in the texts of the messages the exchange says."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set(re.findall(r"(?:^|\x01)(\d{1,4})=", node.value))
    return frozenset(found)


def dictionary(dialect: str, kind: str) -> Dictionary:
    """Return the dictionary in which a message stands."""
    return _read(DICTIONARIES[dialect][kind not in SESSION])


_read = cache(Dictionary)


def place_of(dialect: str, kind: str) -> Element:
    """Return a message as its dictionary describes it."""
    return dictionary(dialect, kind).messages[kind]


def tags_used(dialect: str, kind: str) -> dict[str, Use]:
    """Return what a dialect makes of the tags of a message that is taken."""
    if kind == "BE":
        return OF_USERS
    book = dictionary(dialect, kind)
    texts = [one.text.replace("|", "\x01") for one in examples(dialect, kind) if one.way == ">"]
    found = uses(DIALECTS[dialect].read, texts, book.fields_of(place_of(dialect, kind)))
    for (request, tag), values in ANSWERED.items():
        if request == kind:
            found[tag] = Use(found[tag].required, values)
    return found


def table(dialect: str, kind: str, used: dict[str, Use] | None, wanted: frozenset[str]) -> str:
    """Return a message's tags: those that are used, or of one that the exchange says those it writes."""
    book, rows = dictionary(dialect, kind), ["", "| tag | name | | values |", "|---|---|---|---|"]
    wants = partial(_is_wanted, used, wanted)
    for line in book.lines(place_of(dialect, kind), wants, counts=used is None):
        use = values_said(dialect, line.tag) if used is None else used.get(line.tag, Use(False, frozenset()))
        needed = "R" if line.required or (use.required and not line.depth) else ""
        indent = "&nbsp;" * 4 * line.depth
        rows.append(f"| {indent}{line.tag} | {line.name} | {needed} | {values_of(line.field, use.values)} |")
    return "\n".join(rows)


def _is_wanted(used: dict[str, Use] | None, wanted: frozenset[str], tag: str) -> bool:
    return tag in (wanted if used is None else used)


def shown(dialect: str, kind: str, ways: str) -> str:
    """Return the examples of a message."""
    parts = []
    for one in examples(dialect, kind):
        if one.way in ways:
            story = f"[{one.story}](../../../tests/scenarios/{one.story}.fix)"
            parts.append(f"\nOut of {story}:\n\n```\n{one.text}\n```")
    return "\n".join(parts)


def page(dialect: str, kind: str) -> str:
    """Return the page of a message."""
    name = place_of(dialect, kind).get("name")
    parts = [INTRODUCTION.format(name=name, kind=kind, dialect=dialect, page=f"{dialect.lower()}.md")]
    if kind in SESSION:
        every = dictionary(dialect, kind).fields_of(place_of(dialect, kind))
        numbers = frozenset(field.get("number", "") for field in every)
        parts += [OF_THE_SESSION, table(dialect, kind, None, LOGON if kind == "A" else numbers)]
        parts.append(shown(dialect, kind, "<>"))
    if kind in TAKEN[dialect]:
        parts += [TO_THE_EXCHANGE, table(dialect, kind, tags_used(dialect, kind), frozenset())]
        parts.append(shown(dialect, kind, ">"))
    if kind in SENT[dialect]:
        parts += [FROM_THE_EXCHANGE, table(dialect, kind, None, tags_said(dialect, kind)), shown(dialect, kind, "<")]
    return "\n".join(parts) + "\n"


def path_of(dialect: str, kind: str) -> Path:
    """Return where the page of a message stands."""
    return PAGES / dialect.lower() / f"{place_of(dialect, kind).get('name')}.md"


def kinds(dialect: str) -> list[str]:
    """Return every message of a dialect."""
    return list(dict.fromkeys((*SESSION, *TAKEN[dialect], *SENT[dialect])))


def contents(dialect: str) -> str:
    """Return the list of a dialect's messages."""
    lines = [LIST.format(dialect=dialect), "", "| type | message | to the exchange | from it |", "|---|---|---|---|"]
    for kind in kinds(dialect):
        path = path_of(dialect, kind)
        both = kind in SESSION
        taken, sent = ("x" if both or kind in by[dialect] else "" for by in (TAKEN, SENT))
        lines.append(f"| `{kind}` | [{path.stem}]({dialect.lower()}/{path.name}) | {taken} | {sent} |")
    return "\n".join(lines) + "\n"


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


@cache
def pages() -> dict[Path, str]:
    """Return every page, by its file."""
    made = {REFUSALS: refusals()}
    for dialect in DIALECTS:
        made[PAGES / f"{dialect.lower()}.md"] = contents(dialect)
        made |= {path_of(dialect, kind): page(dialect, kind) for kind in kinds(dialect)}
    return made


def main() -> None:
    """Write them all, and take away those of messages that are no more."""
    for path, text in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for dialect in DIALECTS:
        for path in (PAGES / dialect.lower()).glob("*.md"):
            if path not in pages():
                path.unlink()


if __name__ == "__main__":
    main()
