"""What a run left behind, judged: members' books, vendors' books, the operator's answers and the journal (`judge`)."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from scripts.soak.books import Book
from scripts.soak.feed import judge_feed
from scripts.soak.journal_reading import Unsound, requests
from scripts.soak.judge import Judge
from scripts.soak.operator import confirmed

SHOWN = 12


class Verdict(NamedTuple):
    """What was found."""

    counts: Counter[str]
    faults: list[str]


def check(books: Path, journal: Path) -> Verdict:
    """Judge what a run left behind: the members' books, beside them the vendors' and the operator's, the journal."""
    judge = Judge()
    for path in sorted(books.glob("*.log")):
        judge.hear(Book(path))
    try:
        judge.judge(requests(journal), confirmed(books.with_name("operator.log")))
    except Unsound as unsound:
        judge.faults.append(str(unsound))
    counts, faults = judge_feed(books.with_name("feed"), judge.resting())
    judge.counts.update(counts)
    judge.faults += faults
    for name in ("lost", "doubled"):
        judge.counts.setdefault(name, 0)
    return Verdict(judge.counts, judge.faults)
