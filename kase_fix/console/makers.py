"""How market makers keep what they are bound to, over HTTP; it names members."""

from starlette.requests import Request
from starlette.responses import Response

from kase_fix.console.answers import answer, for_the_house, fresh
from kase_fix.console.moments import iso
from kase_fix.console.results import rows_of
from kase_fix.marketdata.maker_tables import maker_breaches, makers_table


async def makers(request: Request) -> Response:
    """`GET /api/makers`: each liability and each breach as of the last command, by the names of their columns."""
    for_the_house(request)
    picture = await fresh(request)
    fold, now = picture.results.makers, picture.results.time
    return answer(
        {
            "seq": picture.seq,
            "time": iso(now),
            "makers": rows_of(makers_table(fold, now)),
            "breaches": rows_of(maker_breaches(fold, now)),
        }
    )
