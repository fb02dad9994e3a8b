"""`kase-fix report day`: the results of an operational day, read off its journal (contract)."""

import datetime as dt
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

from kase_fix.app.report.page import page
from kase_fix.app.report.text import csv_text, plain_text
from kase_fix.journal.recovery import recover
from kase_fix.journal.replay import Difference, JournalDamaged, WrongRules, journal_path, replay
from kase_fix.marketdata.day_results import DayResults
from kase_fix.messages.commands import OperationalDayOpened, Sequenced
from kase_fix.rulebook.files import ConfigurationError

FORMS: dict[str, Callable[[DayResults], str]] = {".txt": plain_text, ".csv": csv_text, ".html": page}
"""What a file is written as, by the end of its name."""
READ_AGAIN = 2
"""A venue that runs may be writing where we read: what looks like damage then is whole a moment later."""


def report(directory: Path, date: str | None, out: str | None) -> int:
    """Print the results of a day, the journal's last one where none is named, or write them to a file.

    Return 0, 1 where the journal cannot be read, or raise `ConfigurationError` for what cannot be asked.
    """
    wanted = _date(date)
    form = _form(out)
    if not journal_path(directory).exists():
        raise ConfigurationError("--data", "DIR", str(directory), "a directory with a journal")
    try:
        with redirect_stdout(sys.stderr):  # a warning about a snapshot is no part of the report
            results = _results(directory, wanted)
    except (Difference, JournalDamaged, WrongRules) as error:
        print(f"kase-fix: {error}", file=sys.stderr)
        return 1
    text = form(results)
    if out is None:
        print(text, end="")
        return 0
    try:
        Path(out).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError("--out", "FILE", out, f"a file that can be written ({error.strerror})") from error
    return 0


def _results(directory: Path, date: dt.date | None) -> DayResults:
    for _ in range(READ_AGAIN):
        try:
            return _read(directory, date)
        except JournalDamaged:
            continue
    return _read(directory, date)


def _read(directory: Path, date: dt.date | None) -> DayResults:
    """Read the last day from the snapshots, if it is that one; a former day by a replay up to its end."""
    recovered = recover(directory)
    last = recovered.replayed.engine.state.date
    results = DayResults()
    if last is None:
        raise ConfigurationError("--data", "DIR", str(directory), "a journal in which an operational day has begun")
    if date in (None, last):
        for published in recovered.log.subscribe()[0]:
            results.apply(published)
        results.time = max(results.time, recovered.replayed.last_time)
        return results
    opened: list[dt.date] = []

    def is_later(sequenced: Sequenced) -> bool:
        command = sequenced.command
        if isinstance(command, OperationalDayOpened):
            opened.append(command.date)
        return bool(opened) and date is not None and opened[-1] > date

    replay(directory, lambda published, _: results.apply(published), is_later)
    if results.date != date:
        days = f"an operational day of this journal, {opened[0]} to {last}"
        raise ConfigurationError("--date", "D", str(date), days)
    return results


def _date(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError("--date", "D", text, "a date like 2020-05-27") from error


def _form(out: str | None) -> Callable[[DayResults], str]:
    if out is None:
        return plain_text
    form = FORMS.get(Path(out).suffix.lower())
    if form is None:
        raise ConfigurationError("--out", "FILE", out, "a name that ends in .txt, .csv or .html")
    return form
