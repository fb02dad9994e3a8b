"""The talk with the Central Depository over HTTP; in a rehearsal, what the simulated one is to do (art. 5 p. 4)."""

from collections.abc import Mapping

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kase_fix.console.answers import Desk, answer, desk_of, fresh
from kase_fix.console.plain import Plain

SIMULATED = "depository"
"""The operator's command that orders something of the simulated depository; it is no decision of the exchange."""


async def depository(request: Request) -> Response:
    """`GET /api/depository`: whether the stock market's day is open, what waits for an answer, the last answers."""
    desk = desk_of(request)
    picture = await fresh(request)
    asked = await desk.venue.ask("depository")
    if not asked.ok:
        raise HTTPException(503, asked.error)
    shown: dict[str, Plain] = msgspec.json.decode(str(asked.body["json"]))
    return answer({"seq": picture.seq, **shown})


async def order(desk: Desk, arguments: Mapping[str, object]) -> Response:
    """Order faults of the simulated depository: `depository balances=09:20 close=refuse totals=wrong silent=yes`."""
    if not desk.settings.rehearsal:
        raise HTTPException(409, "Only the simulated depository of a rehearsal takes orders.")
    words = {name: _text(value) for name, value in arguments.items() if name != "command"}
    ordered = await desk.venue.ask("order_depository", json=msgspec.json.encode(words).decode())
    if not ordered.ok:
        raise HTTPException(400, f"{ordered.error}.")
    shown: dict[str, Plain] = msgspec.json.decode(str(ordered.body["json"]))
    return answer({"ordered": shown})


def _text(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
