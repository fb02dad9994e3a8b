"""The venue's clock: read it, and in a rehearsal move it."""

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kase_fix.calendar.almaty import SECOND
from kase_fix.console.answers import Desk, answer, authorized, body_of, desk_of
from kase_fix.console.moments import iso, parse_iso
from kase_fix.console.plain import Plain
from kase_fix.messages.link import Answer

MOVE_PATIENCE = 120.0
"""Seconds: a move over days applies all that happens in between before it is answered."""
GREATEST_STEP = 366 * 86_400
"""Seconds: all that happens in between is applied, so no move goes further at once."""


class Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where to: a moment (Almaty's wall time where it has no offset), or so many seconds on."""

    to: str | None = None
    by: int | None = None


_moves = msgspec.json.Decoder(Move)


async def clock(request: Request) -> Response:
    """`GET` and `POST /api/clock`."""
    desk = desk_of(request)
    if request.method == "POST":
        return _shown(desk, await _moved(request, desk))
    asked = await desk.venue.ask("clock")
    if not asked.ok:
        raise HTTPException(503, asked.error)
    return _shown(desk, asked)


async def _moved(request: Request, desk: Desk) -> Answer:
    # No token is asked for: only a rehearsal's clock moves, and players of scenarios have no operator with them.
    authorized(request)
    if not desk.settings.rehearsal:
        raise HTTPException(409, "The clock is the system's; only a rehearsal's can be moved.")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        # A page of some other site could send anything else through the operator's browser without being asked.
        raise HTTPException(415, "A move of the clock is application/json.")
    try:
        move = _moves.decode(await body_of(request))
    except msgspec.DecodeError as error:
        raise HTTPException(400, f"This is no move of the clock: {error}.") from error
    if (move.to is None) == (move.by is None):
        raise HTTPException(400, "A move of the clock is either 'to' a moment or 'by' a number of seconds.")
    if move.by is not None:
        if not 0 <= move.by <= GREATEST_STEP:
            raise HTTPException(400, f"'by' is a number of seconds from 0 to {GREATEST_STEP}, not {move.by}.")
        moved = await desk.venue.ask("clock_by", MOVE_PATIENCE, seconds=move.by)
    else:
        time = _moment(move.to or "")
        now = await desk.venue.ask("clock")
        if not now.ok:
            raise HTTPException(503, now.error)
        if time - now.time > GREATEST_STEP * SECOND:
            raise HTTPException(400, f"'to' is {GREATEST_STEP // 86_400} days from now at most, not {move.to}.")
        moved = await desk.venue.ask("clock_to", MOVE_PATIENCE, time=time)
    if not moved.ok:
        raise HTTPException(400, moved.error or "The clock never goes back.")
    return moved


def _moment(text: str) -> int:
    try:
        return parse_iso(text)
    except ValueError as error:
        raise HTTPException(400, f"'to' is a moment like 2020-05-27T11:30:00: {error}.") from error


def _shown(desk: Desk, asked: Answer) -> Response:
    market = desk.picture.market
    content: dict[str, Plain] = {
        "time": iso(asked.time),
        "rehearsal": desk.settings.rehearsal,
        "seq": desk.picture.seq,
        "marked": desk.picture.decided.marked,
        "day": market.day.isoformat() if market.day else None,
        "open": market.open,
    }
    # What else the venue tells of its clock (how fast it runs) is passed on as it is.
    content.update({name: value for name, value in asked.body.items() if isinstance(value, bool | int | str)})
    return answer(content)
