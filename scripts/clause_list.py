"""Makes the list of clause numbers, `spec/clauses/numbers.txt`, from the two documents.

    python scripts/clause_list.py ../shared/reference/regulation-of-trading-2020-05-27.ru.md \
        ../shared/reference/support-terms.ru.txt

A number names one statement: an article, point (p.), subpoint (sp.) or annex row. A number without a paragraph is the
first paragraph under it, `par. 2` the next; a first paragraph that was repealed is `par. 1`. A lone "or" between two
paragraphs is not counted, a heading is no clause. Footnotes are numbered through and stand at the end of their
document.
"""

import hashlib
import re
import sys
from pathlib import Path
from typing import NamedTuple

from clause_support import support_numbers

ROOT = Path(__file__).resolve().parent.parent
NUMBERS = ROOT / "spec" / "clauses" / "numbers.txt"
DOCUMENTS = ROOT.parent / "shared" / "reference"
REGULATION = "regulation-of-trading-2020-05-27.ru.md"
SUPPORT = "support-terms.ru.txt"
REPEALED = " [repealed]"

_HEADING = re.compile(r"[#* ]*(Глава|Статья|Приложение) (\d+)")
_FOOTNOTE = re.compile(r"<sup>(\d+)</sup>")
_ROW = re.compile(r"(\d+)\.\t")
_POINT = re.compile(r"(\d+(?:-\d+)?)\.(?: |$)")
_SUBPOINT = re.compile(r"(\d+)\)(?: |$)")
_NOTE = re.compile(r"\*?\(\*?[Дд]анн\w+ (\w+) [^()]*\)\*?")
_UNITS = {"Глава": "chapter", "Статья": "art.", "Приложение": "annex"}
_FINISHED = (".", ":", ";", "либо")
_SPLIT = ('проводятся: в "чистых"', 'проводятся:\nв "чистых"')
"""Where the copy runs two paragraphs together."""


class Listed(NamedTuple):
    """What the list says: the documents' digests and the numbers of each, in order, repealed ones marked."""

    digests: dict[str, str]
    numbers: dict[str, list[str]]


class _Regulation:
    """Reads the Regulation line by line; every paragraph is one line, but for what a page break has torn apart."""

    def __init__(self) -> None:
        self.numbers: list[str] = []
        self.footnotes: list[str] = []
        self._unit = ""
        self._point = ""
        self._paragraphs = 0
        self._finished = True
        self._in_heading = False

    def read(self, line: str) -> None:
        """Take in the next line."""
        if not line.strip("- "):
            self._in_heading = False
        elif footnote := _FOOTNOTE.match(line):
            self.footnotes.append(f"footnote {footnote[1]}")
        elif heading := _HEADING.match(line):
            self._begin(f"{_UNITS[heading[1]]} {heading[2]}")
            self._in_heading = True
        elif line.startswith("Настоящий Регламент определяет"):
            self._begin("preamble")
            self._paragraph(line)
        elif line == "Председатель Правления":
            self._begin("")
        elif self._unit and not self._in_heading:
            self._text(line.removeprefix("- ").strip())

    def _begin(self, unit: str) -> None:
        self._unit, self._point, self._paragraphs, self._finished = unit, unit, 0, True

    def _text(self, line: str) -> None:
        if row := _ROW.match(line):
            self.numbers.append(f"{self._unit} row {row[1]}")
        elif point := _POINT.match(line):
            self._point = f"{self._unit} p. {point[1]}"
            self._paragraphs = 0
            self._paragraph(line[point.end() :])
        elif subpoint := _SUBPOINT.match(line):
            self._point = f"{self._point.partition(' sp. ')[0]} sp. {subpoint[1]}"
            self._paragraphs = 0
            self._paragraph(line[subpoint.end() :])
        elif self._unit.startswith("annex") and self._point == self._unit:
            return  # the annex's title
        elif self._finished or _NOTE.match(line):
            self._paragraph(line)
        else:
            self._finished = line.endswith(_FINISHED)

    def _paragraph(self, line: str) -> None:
        text = _NOTE.sub("", line).strip(" .;*")
        repealed = not text and "исключен" in line
        if line != "либо" and (text or repealed):
            self._paragraphs += 1
            whole = self._paragraphs == 1 and not (repealed and "абзац" in line)
            number = self._point if whole else f"{self._point} par. {self._paragraphs}"
            self.numbers.append(number + REPEALED * repealed)
        self._finished = _NOTE.sub("", line).rstrip(" *").endswith(_FINISHED) or not text


def regulation_numbers(text: str) -> list[str]:
    """Return the numbers of the Regulation in its order, repealed ones marked."""
    reader = _Regulation()
    for line in text.replace(*_SPLIT).splitlines():
        reader.read(line.strip(" "))
    return reader.numbers + reader.footnotes


def make(regulation: Path, support: Path) -> Listed:
    """Return the list as the documents give it."""
    contents = {REGULATION: regulation.read_bytes(), SUPPORT: support.read_bytes()}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    numbers = {
        REGULATION: regulation_numbers(contents[REGULATION].decode()),
        SUPPORT: support_numbers(contents[SUPPORT].decode()),
    }
    return Listed(digests, numbers)


def written(listed: Listed) -> str:
    """Return the text of `numbers.txt`."""
    parts = ["# Made by scripts/clause_list.py; not edited by hand.\n"]
    for name, numbers in listed.numbers.items():
        parts.append(f"\n# {name} sha256 {listed.digests[name]}\n" + "".join(f"{number}\n" for number in numbers))
    return "".join(parts)


def checked_in() -> Listed:
    """Return what `numbers.txt` says."""
    digests: dict[str, str] = {}
    numbers: dict[str, list[str]] = {}
    for line in NUMBERS.read_text(encoding="utf-8").splitlines():
        words = line.split()
        if len(words) == 4 and words[2] == "sha256":
            digests[words[1]] = words[3]
            current = numbers.setdefault(words[1], [])
        elif words and words[0] != "#":
            current.append(line)
    return Listed(digests, numbers)


def main(arguments: list[str]) -> int:
    """Write the list from the two documents named, or from those that lie beside the repository."""
    places = [Path(argument) for argument in arguments] or [DOCUMENTS / REGULATION, DOCUMENTS / SUPPORT]
    if len(places) != 2:
        print("usage: clause_list.py REGULATION SUPPORT_TERMS", file=sys.stderr)
        return 2
    listed = make(*places)
    NUMBERS.write_text(written(listed), encoding="utf-8")
    print(", ".join(f"{name}: {len(numbers)} clauses" for name, numbers in listed.numbers.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
