"""The day's results as text for a terminal, and as CSV for a spreadsheet."""

import csv
import io
import re

from kase_fix.calendar.almaty import wall
from kase_fix.marketdata.day_results import DayResults
from kase_fix.marketdata.result_tables import tables, total
from kase_fix.marketdata.table import Table
from kase_fix.values.numbers import format_decimal

_GROUPS = re.compile(r"(?<=\d)(?=(?:\d{3})+(?!\d))")
GAP = "  "


def grouped(number: str, separator: str = " ") -> str:
    """Return a plain decimal with its thousands apart; other text as it is."""
    whole, point, fraction = number.partition(".")
    if not whole.lstrip("-").isdigit():
        return number
    return _GROUPS.sub(separator, whole) + point + fraction


def headline(results: DayResults) -> str:
    """Return how far the day has come."""
    if results.closed:
        return "The operational day is over."
    return f"The operational day is not over: as of {wall(results.time):%H:%M:%S} in Almaty."


def summary(results: DayResults) -> str:
    """Return the day in a sentence."""
    day = total(results)
    failed = f", {day.failed} of them not executed" if day.failed else ""
    failed += f"; {day.cancelled} cancelled" if day.cancelled else ""
    failed += f"; {day.corrected} corrected" if day.corrected else ""
    money = grouped(format_decimal(day.tenge, 2, 2))
    return f"{grouped(str(day.deals))} deals{failed}; {money} KZT of all that has a rate to tenge."


def plain_text(results: DayResults) -> str:
    """Return the report as text."""
    title = f"Results of {results.date}"
    blocks = [f"{title}\n{'=' * len(title)}\n{headline(results)}\n{summary(results)}\n"]
    blocks += [_block(table) for table in tables(results)]
    return "\n".join(blocks)


def csv_text(results: DayResults) -> str:
    """Return the report as CSV: of each table an empty line, its name, the names of its columns, its rows."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["date", str(results.date), "closed" if results.closed else "open"])
    for table in tables(results):
        writer.writerow([])
        writer.writerow([f"# {table.name}"])
        writer.writerow([column.name for column in table.columns])
        writer.writerows(table.rows)
    return out.getvalue()


def _block(table: Table) -> str:
    lines = [table.title, "-" * len(table.title)]
    if not table.rows:
        return "\n".join([*lines, "none", ""])
    cells = [
        [grouped(text) if column.number else text for column, text in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]
    titles = [column.title for column in table.columns]
    widths = [max(map(len, column)) for column in zip(titles, *cells, strict=True)]
    for row in (titles, *cells):
        padded = (
            text.rjust(width) if column.number else text.ljust(width)
            for column, text, width in zip(table.columns, row, widths, strict=True)
        )
        lines.append(GAP.join(padded).rstrip())
    return "\n".join([*lines, *([table.note] if table.note else []), ""])
