"""The schedule of any date, as the venue computes it, with the turns that today's boards have taken (art. 4, 5)."""

import datetime as dt
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kase_fix.console.answers import Desk, answer, desk_of, fresh
from kase_fix.console.moments import EARLIEST, LATEST, iso
from kase_fix.console.picture import Picture
from kase_fix.console.plain import Plain
from kase_fix.values.enums import Phase

KEPT = 32
"""Dates whose schedule is remembered until the market or a decision changes."""


async def schedule(request: Request) -> Response:
    """`GET /api/schedule?date=`: windows by board, services, settlement dates and what does not trade, by clause.

    Without a date it is the operational day's, or the venue's date where none was opened yet. `symbols=no` leaves the
    lists of instruments out.
    """
    desk = desk_of(request)
    picture = await fresh(request)
    asked = request.query_params.get("date")
    date = _date(asked) if asked else picture.market.day
    plan = await _plan(desk, date)
    today = date == picture.market.day
    windows: list[Plain] = []
    for window in plan["windows"]:
        shown = {**window, "phase": _phase(picture, window["board"]) if today else None}
        if request.query_params.get("symbols") == "no":
            del shown["symbols"], shown["not_traded"]
        windows.append(shown)
    turns: list[Plain] = [
        {"time": iso(turn.time), "board": turn.board, "phase": turn.phase.value, "clause": turn.clause}
        for turn in picture.market.phases.turns
    ]
    return answer(
        {
            **plan,
            "open": picture.market.open and today,
            "seq": picture.seq,
            "windows": windows,
            "turns": turns if today else [],
        }
    )


async def _plan(desk: Desk, date: dt.date | None) -> dict[str, Any]:
    marked = desk.picture.decided.marked
    kept = desk.plans
    plan: dict[str, Any] | None = kept.get((date, marked))
    if plan is None:
        asked = await desk.venue.ask("schedule", 10.0, **({"date": date.isoformat()} if date else {}))
        if not asked.ok:
            raise HTTPException(503, asked.error)
        plan = msgspec.json.decode(str(asked.body["json"]))
        if date is not None and marked == desk.picture.decided.marked:
            if len(kept) >= KEPT:
                kept.clear()
            kept[date, marked] = plan
    return plan


def _phase(picture: Picture, board: str) -> str:
    phases = picture.market.phases
    phase = phases.of_board(board)
    return (Phase.SUSPENDED if phase is not Phase.CLOSED and phases.halted(board) else phase).value


def _date(text: str) -> dt.date:
    try:
        date = dt.date.fromisoformat(text)
    except ValueError as error:
        raise HTTPException(400, f"'date' is a date like 2020-05-27: {error}.") from error
    if not EARLIEST <= date <= LATEST:
        raise HTTPException(400, f"'date' lies outside {EARLIEST} to {LATEST}.")
    return date
