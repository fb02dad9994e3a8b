"""Users over HTTP: who is on, new passwords (as hashes), suspensions. Operators only."""

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kase_fix.console.answers import answer, authorized, body_of, desk_of
from kase_fix.console.plain import Plain

_words = msgspec.json.Decoder(dict[str, str])


async def members(request: Request) -> Response:
    """`GET /api/members`, and `POST` of {action: password, suspend or restore, user, and hash or reason}."""
    desk = desk_of(request)
    if not authorized(request):
        raise HTTPException(401, "Only an operator with a token may ask this.", {"WWW-Authenticate": "Bearer"})
    words = {"action": "list"}
    if request.method == "POST":
        try:
            words = _words.decode(await body_of(request))
        except msgspec.DecodeError as error:
            raise HTTPException(400, f"This is no order about a member: {error}.") from error
    asked = await desk.venue.ask("member", json=msgspec.json.encode(words).decode())
    if not asked.ok:
        raise HTTPException(400, f"{asked.error}.")
    shown: Plain = msgspec.json.decode(str(asked.body["json"]))
    return answer(shown)
