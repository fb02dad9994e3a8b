"""The numbers of the clauses of the support terms; see `clause_list.py`.

Their text came out of a page layout: lines are torn, tables are strings of cells. A row of a table is known by how it
begins, a line of the annex (one pair of times) by its time of resolution, footnotes by the blank rule above them.
"""

import re

_POINT = re.compile(r"(\d+)\. [А-Я]")
_SUBPOINT = re.compile(r" +(\d+)\) ")
_SERVICE = re.compile(r"(\d+)\. (?:Поддержка|Организация)")
_RESOLUTION = re.compile(r"\d+ рабочи[хй] (?:час|час[ао]в?|дн[яей]+)\b")
_RULE = re.compile(r" {40,}")
_NOTE_NUMBER = re.compile(r"\d")


class _Support:
    def __init__(self) -> None:
        self.numbers: list[str] = ["support preamble"]
        self.footnotes: list[str] = []
        self._place = "support"
        self._rows = 0
        self._lines = 0
        self._in_footnotes = False

    def read(self, line: str, following: str) -> None:
        if _RULE.fullmatch(line):
            self._in_footnotes = True
        elif self._in_footnotes:
            self._footnote(line, following)
        elif line.startswith("Приложение 1"):
            self._place = "support annex 1"
        elif self._place.startswith("support annex"):
            self._annex(line)
        elif point := _POINT.match(line):
            self._place, self._rows = f"support p. {point[1]}", 0
            self.numbers.append(self._place)
        elif subpoint := _SUBPOINT.match(line):
            self.numbers.append(f"{self._place} sp. {subpoint[1]}")
        elif following.startswith(("(до ", "(свыше ")):
            self._rows += 1
            self.numbers.append(f"{self._place} row {self._rows}")

    def _footnote(self, line: str, following: str) -> None:
        if _NOTE_NUMBER.fullmatch(line.strip()):
            self.footnotes.append(f"support footnote {len(self.footnotes) + 1}")
        elif not line.strip() and not following.strip():
            self._in_footnotes = False

    def _annex(self, line: str) -> None:
        if service := _SERVICE.match(line):
            self._place, self._lines = f"support annex 1 row {service[1]}", 0
            self.numbers.append(self._place)
        if _RESOLUTION.search(line):
            self._lines += 1
            self.numbers.append(f"{self._place} line {self._lines}")


def support_numbers(text: str) -> list[str]:
    """Return the numbers of the support terms in their order."""
    lines = text.replace("\f", "\n").splitlines()
    reader = _Support()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        reader.read(line, following)
    return reader.numbers + reader.footnotes
