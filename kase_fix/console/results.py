"""The results of the operational day over HTTP, as far as it has come; former days are read with `report day`."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kase_fix.console.answers import answer, for_the_house, fresh
from kase_fix.console.moments import iso
from kase_fix.console.plain import Plain
from kase_fix.marketdata.result_tables import tables, total
from kase_fix.marketdata.table import Table
from kase_fix.values.numbers import format_decimal


async def results(request: Request) -> Response:
    """`GET /api/results?date=`: the tables of `kase-fix report day`, each row by the names of its columns."""
    for_the_house(request)
    picture = await fresh(request)
    day = picture.results
    if day.date is None:
        raise HTTPException(404, "No operational day has begun.")
    asked = request.query_params.get("date", "")
    if asked not in ("", day.date.isoformat()):
        raise HTTPException(404, f"Here are the results of {day.date} alone; 'kase-fix report day' reads former days.")
    sums = total(day)
    return answer(
        {
            "date": day.date.isoformat(),
            "seq": picture.seq,
            "time": iso(day.time),
            "closed": day.closed,
            "deals": sums.deals,
            "failed": sums.failed,
            "cancelled": sums.cancelled,
            "corrected": sums.corrected,
            "turnover_tenge": format_decimal(sums.tenge, 2, 2),
            **{table.name: rows_of(table) for table in tables(day)},
        }
    )


def rows_of(table: Table) -> Plain:
    """Return a table's rows, each by the names of its columns."""
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]
