"""The console's application: its routes, its errors, its page."""

from importlib import resources

from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kase_fix.console.answers import Desk, failed, refused, unanswered
from kase_fix.console.clock import clock
from kase_fix.console.depository import depository
from kase_fix.console.makers import makers
from kase_fix.console.market import book, deals, instruments
from kase_fix.console.members import members
from kase_fix.console.metrics import CountRequests, healthz, metrics
from kase_fix.console.operator import applications, decisions, operator
from kase_fix.console.records import events, incidents, letters
from kase_fix.console.results import results
from kase_fix.console.schedule import schedule
from kase_fix.console.specialised_page import specialised
from kase_fix.console.venue import NoAnswer

PAGE = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/console.js": ("console.js", "text/javascript; charset=utf-8"),
    "/console.css": ("console.css", "text/css; charset=utf-8"),
}
PAGE_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


async def page(request: Request) -> Response:
    """`GET /`, and the script and the style sheet the page asks for: package data, nothing from elsewhere."""
    name, media_type = PAGE[request.url.path]
    data = resources.files("kase_fix.console").joinpath("page", name).read_bytes()
    return Response(data, headers=PAGE_HEADERS, media_type=media_type)


def site(desk: Desk) -> Starlette:
    """Return the application."""
    requests = CollectorRegistry()
    app = Starlette(
        routes=[
            *(Route(path, page) for path in PAGE),
            Route("/healthz", healthz),
            Route("/metrics", metrics),
            Route("/api/clock", clock, methods=["GET", "POST"]),
            Route("/api/schedule", schedule),
            Route("/api/instruments", instruments),
            Route("/api/books/{symbol}", book),
            Route("/api/deals/{symbol}", deals),
            Route("/api/specialised", specialised),
            Route("/api/results", results),
            Route("/api/makers", makers),
            Route("/api/events", events),
            Route("/api/incidents", incidents),
            Route("/api/letters", letters),
            Route("/api/operator", operator, methods=["POST"]),
            Route("/api/decisions", decisions),
            Route("/api/applications", applications),
            Route("/api/depository", depository),
            Route("/api/members", members, methods=["GET", "POST"]),
        ],
        exception_handlers={HTTPException: refused, NoAnswer: unanswered, Exception: failed},
        middleware=[Middleware(CountRequests, registry=requests)],
    )
    app.state.desk = desk
    app.state.requests = requests
    return app
