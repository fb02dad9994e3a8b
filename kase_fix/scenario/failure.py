"""A line of a story that did not come true, told so that one need not look anywhere else."""

from pathlib import Path

from kase_fix.scenario.compare import Comparison
from kase_fix.scenario.dictionary import Dictionary
from kase_fix.scenario.story import Step
from kase_fix.scenario.wire import Message

SHOWN_CANDIDATES = 3
SHOWN_ELSE = 12
NOT_SHOWN = frozenset({8, 9, 10, 554, 925})


class StoryFailure(Exception):
    """A failed line. `str()` is the whole report."""

    def __init__(self, path: Path, step: Step, text: str, clause: str = "") -> None:
        where = f"{path}:{step.line}: {step.source}"
        clause = step.clause or clause
        super().__init__("\n".join([where, *([f"  clause: {clause}"] if clause else []), text]))
        self.line = step.line


def one_line(message: Message, dictionary: Dictionary) -> str:
    """Return a message in one line, its fields by name."""
    fields = (
        f"{dictionary.name(tag)}={dictionary.meaning(tag, value)}"
        for tag, value in message.pairs
        if tag not in NOT_SHOWN and (tag not in dictionary.header or tag in (34, 43, 97))
    )
    return f"{dictionary.title(message.kind)}: {', '.join(fields)}"


def beside(comparison: Comparison) -> str:
    """Return expected and received as two columns, differences marked."""
    rows = [("", "field", "expected", "received")]
    rows += [("" if row.agrees else ">", row.name, row.expected, row.received) for row in comparison.rows]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        f"  {mark or ' '} {name:<{widths[1]}}  {expected:<{widths[2]}}  {received}".rstrip()
        for mark, name, expected, received in rows
    )


def not_found(
    wanted: str, candidates: list[tuple[Comparison, Message]], others: list[Message], dictionary: Dictionary, state: str
) -> str:
    """Return what came in place of an expected message, the nearest first."""
    parts = []
    for comparison, message in candidates[:SHOWN_CANDIDATES]:
        count = comparison.differences
        parts.append(f"  a {wanted} came, {count} field{'s' if count != 1 else ''} other than expected:")
        parts.append(beside(comparison))
        parts.append(f"    all of it: {one_line(message, dictionary)}")
    if not candidates:
        parts.append(f"  no {wanted} came ({state})")
    hidden = len(candidates) - SHOWN_CANDIDATES
    if hidden > 0:
        parts.append(f"  and {hidden} more {wanted}")
    if others:
        parts.append("  other messages nobody has taken yet:")
        parts += [f"    {one_line(message, dictionary)}" for message in others[-SHOWN_ELSE:]]
    return "\n".join(parts)


def tables(expected: list[str], received: list[str]) -> str:
    """Return two tables below each other."""
    shown = [f"    {row}" for row in expected] or ["    (empty)"]
    found = [f"    {row}" for row in received] or ["    (empty)"]
    return "\n".join(["  expected:", *shown, "  received:", *found])
