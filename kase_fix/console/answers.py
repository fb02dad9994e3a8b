"""What goes back over HTTP: JSON, problem documents (RFC 9457), and what handlers need of a request."""

import datetime as dt
import hmac
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kase_fix.console.picture import Picture
from kase_fix.console.plain import Plain
from kase_fix.console.venue import NoAnswer, Venue
from kase_fix.messages.link import ConsoleSettings

GREATEST_BODY = 4096
"""No request of ours comes near so many bytes."""


class Desk(msgspec.Struct, frozen=True):
    """What every handler works with."""

    settings: ConsoleSettings
    venue: Venue
    plans: dict[tuple[dt.date | None, int], dict[str, Any]] = {}
    """Schedules as the venue told them, by date and the number of what changed the plan last."""

    @property
    def picture(self) -> Picture:
        """The console's folds."""
        return self.venue.picture


def desk_of(request: Request) -> Desk:
    """Return the desk of the application that serves this request."""
    desk: Desk = request.app.state.desk
    return desk


async def fresh(request: Request) -> Picture:
    """Return the picture after everything the venue has applied by now: no read is ever stale."""
    desk = desk_of(request)
    await desk.venue.catch_up()
    return desk.picture


def answer(content: Plain, status: int = 200) -> Response:
    """Return a JSON answer; it is true for now only, so nobody may keep it."""
    return Response(msgspec.json.encode(content), status, {"Cache-Control": "no-store"}, media_type="application/json")


def problem(
    status: int, detail: str, instance: str, headers: dict[str, str] | None = None, more: dict[str, Plain] | None = None
) -> Response:
    """Return a problem document (RFC 9457), with members of its own where there are `more`."""
    document: Plain = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": instance,
        **(more or {}),
    }
    return Response(
        msgspec.json.encode(document),
        status,
        {"Cache-Control": "no-store", **(headers or {})},
        media_type="application/problem+json",
    )


async def refused(request: Request, exception: Exception) -> Response:
    """Word what a handler, or the router, raised as `HTTPException`."""
    assert isinstance(exception, HTTPException)
    detail = exception.detail
    if exception.status_code == HTTPStatus.NOT_FOUND and detail == HTTPStatus.NOT_FOUND.phrase:
        detail = f"There is nothing at {request.url.path}."
    elif exception.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        detail = f"{request.url.path} cannot be asked with {request.method}."
    return problem(exception.status_code, detail, request.url.path, dict(exception.headers or {}))


async def unanswered(request: Request, exception: Exception) -> Response:
    """Word that the venue did not answer."""
    assert isinstance(exception, NoAnswer)
    return problem(503, f"The venue cannot be asked: {exception}.", request.url.path, {"Retry-After": "1"})


async def failed(request: Request, exception: Exception) -> Response:
    """Word a defect of the console; the log has its traceback."""
    return problem(500, f"A defect of the console ({type(exception).__name__}).", request.url.path)


def authorized(request: Request) -> bool:
    """Return whether an operator calls. Raises 401 where the token is wrong; without one it is no operator."""
    header = request.headers.get("authorization")
    if header is None:
        return False
    scheme, _, token = header.partition(" ")
    wanted = desk_of(request).settings.token
    if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), wanted.encode()):
        raise HTTPException(401, "The operator's token is wrong.", {"WWW-Authenticate": "Bearer"})
    return True


def for_the_house(request: Request) -> None:
    """Let only an operator read what names members, their orders and obligations; in a rehearsal everybody.

    Raises 401.
    """
    if not authorized(request) and not desk_of(request).settings.rehearsal:
        raise HTTPException(401, "Only an operator with a token may read this.", {"WWW-Authenticate": "Bearer"})


async def body_of(request: Request) -> bytes:
    """Return the request's body. Raises 413 for one that none of ours can be."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > GREATEST_BODY:
            raise HTTPException(413, f"No request here has more than {GREATEST_BODY} bytes.")
    return bytes(body)


def whole_number(request: Request, name: str, default: int, least: int, greatest: int) -> int:
    """Return a query parameter. Raises 400 for anything but a whole number within the bounds."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= greatest):
        raise HTTPException(400, f"'{name}' is a whole number from {least} to {greatest}, not {text!r}.")
    return int(text)
