"""Reads the clause index: what a clause says, where it is, and how its names are found again."""

import ast
import importlib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from clause_list import REGULATION, ROOT, SUPPORT

FOLDER = ROOT / "spec" / "clauses"
FILES = {REGULATION: FOLDER / "regulation.toml", SUPPORT: FOLDER / "support.toml"}

DONE, PLANNED, NOT_SOFTWARE = "done", "planned", "not software"
STATES = (DONE, PLANNED, NOT_SOFTWARE)
CAPABILITIES = (
    "QA's desk",
    "Operations",
    "Speed",
    "More than one machine",
)
"""Of the roadmap; what is delivered leaves the list, and no clause can be planned for it any more."""
REASONS = (
    "duty of a person",
    "duty of the clearing house or depository",
    "definition",
    "legal basis",
    "repealed text",
)
REPEALED_TEXT = "repealed text"

_ROW = re.compile(r"(\w+)\[(\d+)\]")
_CITED = re.compile(r"\b(art|chapter|annex|articles?)\.? (\d+(?:-\d+)?(?:, \d+(?:-\d+)?)*)", re.IGNORECASE)
_NEXT_ARTICLE = re.compile(r"[,;] (?:and )?(\d+(?:-\d+)?)(?= p\. )")


@dataclass(frozen=True)
class Clause:
    """One entry of the index."""

    number: str
    text: str
    state: str
    capability: str = ""
    reason: str = ""
    rules: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    note: str = ""

    @property
    def pytest_tests(self) -> tuple[str, ...]:
        """The named tests that run in this process; scenarios have a venue of their own."""
        return tuple(test for test in self.tests if "::" in test)

    @property
    def unit(self) -> str:
        """The article, chapter or annex: what a test of this clause names."""
        found = re.match(r"(?:support )?(?:(?:art|p)\.|chapter|annex|footnote) \d+|\w+( \w+)?", self.number)
        assert found is not None
        return found[0]


def load(document: str) -> list[Clause]:
    """Return the entries of one document, in the file's order. Raises `TypeError` for a key no clause has."""
    entries = tomllib.loads(FILES[document].read_text(encoding="utf-8"))["clause"]
    return [
        Clause(**{key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()})
        for entry in entries
    ]


def load_all() -> list[Clause]:
    """Return the entries of both documents."""
    return [clause for document in FILES for clause in load(document)]


def resolve(name: str) -> tuple[object, str, object]:
    """Return a rule's owner, its name there, and the rule. Raises `LookupError` for a name that leads nowhere."""
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            owner: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:-1]:
            owner = getattr(owner, part, None)
        if not hasattr(owner, parts[-1]):
            break
        return owner, parts[-1], getattr(owner, parts[-1])
    raise LookupError(name)


def configured(key: str) -> object:
    """Return what stands in cfg/ under a key like "groups.fx_eur.lot". Raises `LookupError` where nothing does.

    What an entry leaves to the one it is `like` stands under its own name, too.
    """
    stem, *way = key.split(".")
    entries: dict[str, Any] = {}
    for path in (ROOT / "cfg" / f"{stem}.toml", *sorted((ROOT / "cfg" / stem).glob("*.toml"))):
        if path.exists():
            entries |= tomllib.loads(path.read_text(encoding="utf-8"))
    while True:
        try:
            return _below(entries, way)
        except LookupError:
            entry = entries.get(way[0]) if way else None
            if not isinstance(entry, dict) or "like" not in entry:
                raise LookupError(key) from None
            way = [entry["like"], *way[1:]]


def _below(table: Any, way: list[str]) -> object:
    for name in way:
        row = _ROW.fullmatch(name)
        table = table[row[1]][int(row[2]) - 1] if row else table[name]
    if not way:
        raise LookupError
    return table


def words_of_test(test: str) -> str:
    """Return a test's docstring, or a scenario's headings. Raises `LookupError` for a test that does not exist."""
    place, _, name = test.partition("::")
    path = ROOT / place
    if not path.is_file():
        raise LookupError(test)
    content = path.read_text(encoding="utf-8")
    if not name:
        if path.suffix != ".fix":
            raise LookupError(test)
        return "\n".join(line for line in content.splitlines() if line.startswith("#"))
    for node in ast.parse(content).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            return ast.get_docstring(node) or ""
    raise LookupError(test)


def units_named(words: str) -> set[str]:
    """Return the articles and annexes a text cites: "Art. 11 p. 5, 12 p. 5; annex 1" names three, "art. 10-14" five."""
    support = re.findall(r"\b(?:support|terms),? (p\.|annex) ?(\d+)", words, re.IGNORECASE)
    return set(_units(words)) | {f"support {kind.lower()} {number}" for kind, number in support}


def _units(words: str) -> Iterator[str]:
    for found in _CITED.finditer(words):
        kind = found[1].lower()
        yield from _each("art." if kind.startswith("art") else kind, found[2])
    for found in _NEXT_ARTICLE.finditer(words):
        yield from _each("art.", found[1])


def _each(unit: str, numbers: str) -> Iterator[str]:
    """Return the units of "18-20, 22"."""
    for span in numbers.split(", "):
        first, _, last = span.partition("-")
        for number in range(int(first), int(last or first) + 1):
            yield f"{unit} {number}"


def covers(cited: str, numbers: set[str]) -> bool:
    """Tell whether a citation is a listed number or stands above listed ones, as "art. 11 p. 2" above its par. 2."""
    return cited in numbers or any(number.startswith(f"{cited} ") for number in numbers)
