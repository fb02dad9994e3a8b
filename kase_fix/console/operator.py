"""The operator's commands over HTTP, and what has been decided (art. 2-5, 7-9, 41)."""

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kase_fix.console.answers import Desk, answer, authorized, body_of, desk_of, problem
from kase_fix.console.commands import read
from kase_fix.console.decided import Outcome
from kase_fix.console.depository import SIMULATED, order
from kase_fix.console.given import Wrong
from kase_fix.console.moments import iso
from kase_fix.console.plain import Plain
from kase_fix.messages.day_events import Announced, DecisionRefused
from kase_fix.messages.decisions import Decision
from kase_fix.rulebook.refusals import english, russian

PATIENCE = 15.0
"""Seconds: a decision is answered when its events were handed to the sessions."""
_arguments = msgspec.json.Decoder(dict[str, object])


async def operator(request: Request) -> Response:
    """`POST /api/operator`: a command by its name, with its arguments; answered when it is in force."""
    desk = desk_of(request)
    if not authorized(request):
        raise HTTPException(401, "Only an operator with a token may decide.", {"WWW-Authenticate": "Bearer"})
    try:
        arguments = _arguments.decode(await body_of(request))
    except msgspec.DecodeError as error:
        raise HTTPException(400, f"This is no command of the operator: {error}.") from error
    if arguments.get("command") == SIMULATED:
        return await order(desk, arguments)
    clock = await desk.venue.ask("clock")
    try:
        command = read(arguments, clock.time, desk.picture.instrument)
    except Wrong as wrong:
        found: dict[str, Plain] = {"field": wrong.field, "found": wrong.found, "expected": wrong.expected}
        return problem(400, str(wrong), request.url.path, more=found)
    done = await desk.venue.decide(command, PATIENCE)
    if not done.ok:
        raise HTTPException(503, done.error)
    outcome = desk.picture.decided.outcome(command.by.id)
    if outcome is None:
        return problem(500, "The decision could not be carried out; see /api/incidents.", request.url.path)
    if isinstance(outcome.event, DecisionRefused):
        refusal = outcome.event.refusal
        more: dict[str, Plain] = {
            "number": outcome.number,
            "code": refusal.code,
            "clause": refusal.clause,
            "english": english(refusal),
            "russian": russian(refusal),
        }
        return problem(409, f"{english(refusal)}.", request.url.path, more=more)
    return answer(
        {
            "number": outcome.number,
            "time": iso(outcome.time),
            "decided": _decided(outcome),
            "announced": [_announced(one) for one in outcome.announced],
        }
    )


async def decisions(request: Request) -> Response:
    """`GET /api/decisions`: the day's decisions, latest first, and what is in force of earlier ones too."""
    desk = desk_of(request)
    terms = await _terms(desk)
    terms.pop("applications", None)
    return answer(
        {
            "seq": desk.picture.seq,
            "decisions": [
                {"seq": one.number, "time": iso(one.time), **_decided(one), **_refused(one)}
                for one in reversed(desk.picture.decided.outcomes)
            ],
            "in_force": terms,
        }
    )


async def applications(request: Request) -> Response:
    """`GET /api/applications`: what waits to be carried out, with its due day (art. 2 p. 6; annex 2 p. 3)."""
    desk = desk_of(request)
    terms = await _terms(desk)
    return answer({"seq": desk.picture.seq, "applications": terms.get("applications", [])})


async def _terms(desk: Desk) -> dict[str, Plain]:
    asked = await desk.venue.ask("terms")
    if not asked.ok:
        raise HTTPException(503, asked.error)
    terms: dict[str, Plain] = msgspec.json.decode(str(asked.body.get("json", "{}")))
    return terms


def _decided(outcome: Outcome) -> dict[str, Plain]:
    by: Decision = outcome.event.by
    detail = {} if isinstance(outcome.event, DecisionRefused) else outcome.event.detail
    return {
        "what": outcome.event.what,
        "actor": by.actor,
        "reason": by.reason,
        "document": by.document,
        "ground": by.ground,
        "id": by.id,
        "detail": dict(detail),
    }


def _refused(outcome: Outcome) -> dict[str, Plain]:
    if not isinstance(outcome.event, DecisionRefused):
        return {"refused": None}
    return {"refused": english(outcome.event.refusal)}


def _announced(announced: Announced) -> Plain:
    return {
        "english": announced.english,
        "russian": announced.russian,
        "user": announced.user,
        "symbol": announced.symbol,
    }
