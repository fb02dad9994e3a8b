"""Makes the page people read, `spec/clauses/README.md`, from the clause index.

python scripts/clause_page.py
"""

import sys
from collections import Counter

from clause_index import DONE, FOLDER, PLANNED, STATES, Clause, load
from clause_list import REGULATION, SUPPORT

PAGE = FOLDER / "README.md"
CHAPTERS = (
    ("Chapter 1. General", 9),
    ("Chapter 2. Foreign currencies", 15),
    ("Chapter 3. Government securities", 20),
    ("Chapter 4. Non-government securities", 26),
    ("Chapter 5. Investment funds", 29),
    ("Chapter 6. International organisations, foreign governments", 33),
    ("Chapter 7. Derivative securities", 35),
    ("Chapter 8. Futures", 37),
    ("Chapter 9. Repo", 40),
    ("Chapter 10. Private Market and Startup", 40),
    ("Chapter 11. Control system", 42),
    ("Chapter 12. Final", 42),
)
"""Titles, each with the last article of its chapter."""

INTRODUCTION = """\
# The clause index

Made by `scripts/clause_page.py` from `regulation.toml` and `support.toml`; not edited by hand.

Every clause of the Regulation of trading (as of 27 May 2020) and of the support terms, with what the program does
about it. *Done*: a rule, a key of `cfg/`, and tests that name the article. *Planned*: a capability of the roadmap; what
is there already is named. *Not software*: a duty of a person, of the clearing house or of the depository, a definition,
a legal basis, or repealed text. The list of numbers (`numbers.txt`) is made from the documents and carries their
digests. Texts are paraphrases; what counts is the document.

A number without a paragraph is the first paragraph under it; `par. 2` is the next one. Footnotes are numbered through.
R-n are readings of places the Regulation leaves open.
"""


def section(clause: Clause) -> str:
    """Return the title of the part of the document a clause is in."""
    kind, _, rest = clause.number.partition(" ")
    number = int(rest.split()[0]) if kind in ("art.", "chapter") else 0
    if kind == "chapter":
        return CHAPTERS[number - 1][0]
    if kind == "art.":
        return next(title for title, last in CHAPTERS if number <= last)
    if kind == "annex":
        return f"Annex {rest.split()[0]}"
    if kind == "support":
        return "Annex 1" if rest.startswith("annex") else "Footnotes" if rest.startswith("footnote") else "Terms"
    return "Footnotes" if kind == "footnote" else "Preamble"


def sections(clauses: list[Clause]) -> dict[str, list[Clause]]:
    """Return the clauses by section, in order."""
    found: dict[str, list[Clause]] = {}
    for clause in clauses:
        found.setdefault(section(clause), []).append(clause)
    return found


def counts(parts: dict[str, list[Clause]]) -> list[str]:
    """Return the table of counts, a row a section and one for the sum."""
    rows = ["| part | clauses | done | planned | not software |", "|---|--:|--:|--:|--:|"]
    everything = [clause for clauses in parts.values() for clause in clauses]
    for title, clauses in [*parts.items(), ("**all**", everything)]:
        tally = Counter(clause.state for clause in clauses)
        rows.append(f"| {title} | {len(clauses)} | " + " | ".join(str(tally[state]) for state in STATES) + " |")
    return rows


def row(clause: Clause) -> str:
    """Return a clause as a row of the table."""
    state = clause.state
    if state == PLANNED:
        state = f"planned: {clause.capability}"
    elif state != DONE:
        state = f"not software: {clause.reason}"
    remarks = [part for part in (clause.note, ", ".join(clause.decisions)) if part]
    text = clause.text + (f" ({'; '.join(remarks)})" if remarks else "")
    cells = [clause.number, text, state, *(_names(names) for names in (clause.rules, clause.keys, clause.tests))]
    return "| " + " | ".join(cells) + " |"


def _names(names: tuple[str, ...]) -> str:
    short = (name.removeprefix("kase_fix.").removeprefix("tests/") for name in names)
    return "<br>".join(f"`{name}`" for name in short)


def page() -> str:
    """Return the whole page."""
    lines = [INTRODUCTION]
    for title, document in (("The Regulation", REGULATION), ("Support terms", SUPPORT)):
        parts = sections(load(document))
        lines += [f"## {title}\n", *counts(parts), ""]
        for part, clauses in parts.items():
            lines += [
                f"### {part}\n",
                "| clause | what it says | state | rules | keys | tests |",
                "|---|---|---|---|---|---|",
            ]
            lines += [*map(row, clauses), ""]
    return "\n".join(lines)


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
