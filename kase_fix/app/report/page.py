"""The day's results as one page: self-contained, for the screen and for paper."""

from html import escape

from kase_fix.app.report.text import grouped, headline, summary
from kase_fix.marketdata.day_results import DayResults
from kase_fix.marketdata.result_tables import tables
from kase_fix.marketdata.table import Table

_THIN = "\u202f"
_STYLE = """
:root { --ink: #1c2733; --soft: #5b6b7b; --line: #dce3ea; --band: #f5f8fa; --mark: #0b6e75; }
* { box-sizing: border-box; }
body { margin: 0; background: #eef2f5; color: var(--ink); font: 14px/1.45 system-ui, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 28px 24px 48px; }
header { border-left: 5px solid var(--mark); padding: 2px 0 2px 16px; margin-bottom: 20px; }
h1 { font-size: 26px; margin: 0 0 4px; letter-spacing: -.01em; }
header p { margin: 0; color: var(--soft); }
nav { display: flex; flex-wrap: wrap; gap: 6px 16px; margin: 0 0 18px; }
nav a { color: var(--mark); text-decoration: none; }
nav a:hover { text-decoration: underline; }
section { background: #fff; border: 1px solid var(--line); border-radius: 8px; padding: 14px 18px; margin: 0 0 16px; }
h2 { font-size: 16px; margin: 0 0 8px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 600; color: var(--soft); border-bottom: 2px solid var(--line); }
th, td { padding: 4px 8px; white-space: nowrap; }
td { border-bottom: 1px solid var(--line); }
tbody tr:nth-child(even) { background: var(--band); }
.n { text-align: right; }
.note, .none { color: var(--soft); margin: 8px 0 0; }
@media print {
  body { background: #fff; font-size: 9px; }
  main { max-width: none; padding: 0; }
  nav { display: none; }
  section { border: 0; padding: 0; margin: 0 0 12px; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
  @page { size: A4 landscape; margin: 12mm; }
}
"""


def page(results: DayResults) -> str:
    """Return the page."""
    every = tables(results)
    links = "".join(f'<a href="#{table.name}">{escape(table.title)}</a>' for table in every)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Results of {results.date}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<header><h1>Results of {results.date}</h1>\n<p>{escape(headline(results))}</p>\n"
        f"<p>{escape(summary(results))}</p></header>\n<nav>{links}</nav>\n"
        + "".join(map(_section, every))
        + "</main>\n</body>\n</html>\n"
    )


def _section(table: Table) -> str:
    body = _table(table) if table.rows else '<p class="none">none</p>\n'
    note = f'<p class="note">{escape(table.note)}</p>\n' if table.note and table.rows else ""
    return f'<section id="{table.name}">\n<h2>{escape(table.title)}</h2>\n{body}{note}</section>\n'


def _table(table: Table) -> str:
    kinds = [' class="n"' if column.number else "" for column in table.columns]
    head = "".join(
        f'<th scope="col"{kind}>{escape(column.title)}</th>' for kind, column in zip(kinds, table.columns, strict=True)
    )
    rows = "".join(_row(table, kinds, row) for row in table.rows)
    return f'<div class="wide"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n'


def _row(table: Table, kinds: list[str], row: tuple[str, ...]) -> str:
    cells = (
        f"<td{kind}>{escape(grouped(text, _THIN) if column.number else text)}</td>"
        for kind, column, text in zip(kinds, table.columns, row, strict=True)
    )
    return f"<tr>{''.join(cells)}</tr>\n"
