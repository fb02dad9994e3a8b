"""Health, and numbers for Prometheus: the console's own and what the venue counts."""

from collections.abc import Iterable

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric, UnknownMetricFamily
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kase_fix.console.answers import Desk, answer, desk_of
from kase_fix.console.plain import Plain
from kase_fix.console.venue import NoAnswer
from kase_fix.messages.link import Answer

HEALTH_PATIENCE = 1.0
"""Seconds."""


async def healthz(request: Request) -> Response:
    """`GET /healthz`: 200 as long as the venue answers and a configuration is in force, else 503."""
    desk = desk_of(request)
    asked = await desk.venue.ask("position", HEALTH_PATIENCE)
    market = desk.picture.market
    if not asked.ok or market.configuration is None:
        raise NoAnswer(asked.error or "it has no configuration yet")
    services: dict[str, Plain] = dict(desk.settings.services)
    day = market.day.isoformat() if market.day else None
    return answer({"status": "ok", "seq": desk.picture.seq, "day": day, "open": market.open, "services": services})


async def metrics(request: Request) -> Response:
    """`GET /metrics`: the text format of Prometheus; a venue that does not answer is a number too."""
    desk = desk_of(request)
    try:
        status: Answer | None = await desk.venue.ask("status", HEALTH_PATIENCE)
    except NoAnswer:
        status = None
    registry = CollectorRegistry()
    registry.register(_Snapshot([*_own(desk), *_venues(status)]))
    requests: CollectorRegistry = request.app.state.requests
    return Response(generate_latest(requests) + generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class CountRequests:
    """ASGI middleware: requests by route, method and status."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry) -> None:
        self._app = app
        self._count = Counter(
            "kase_console_requests", "HTTP requests answered.", ("route", "method", "status"), registry=registry
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and count its answer."""

        def count(status: int) -> None:
            # The route's own name, never the path: anybody can make up paths without end.
            route = getattr(scope.get("endpoint"), "__name__", "none")
            method = scope["method"] if scope["method"] in ("GET", "HEAD", "POST") else "other"
            self._count.labels(route, method, status).inc()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                count(message["status"])
            await send(message)

        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            await self._app(scope, receive, counted)
        except Exception:
            count(500)  # the answer to a defect is made further out
            raise


class _Snapshot(Collector):
    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _own(desk: Desk) -> list[Metric]:
    picture, market = desk.picture, desk.picture.market
    numbers = {
        "kase_console_last_command": ("Number of the last command taken in.", picture.seq),
        "kase_console_events_folded": ("Events taken in since the console started.", picture.folded),
        "kase_console_commands_failed": (
            "Commands that ended in a defect since the console started.",
            picture.failures,
        ),
        "kase_venue_halted": ("Whether the venue has said that it halts.", int(bool(desk.venue.halting))),
        "kase_console_day_open": ("Whether an operational day is open.", int(market.open)),
        "kase_console_orders_shown": ("Orders on show.", sum(one.depth.orders for one in market.listings.values())),
        "kase_console_deals_of_day": (
            "Deals of the operational day.",
            sum(one.deals.count for one in market.listings.values()),
        ),
    }
    return [GaugeMetricFamily(name, text, value) for name, (text, value) in numbers.items()]


def _venues(status: Answer | None) -> list[Metric]:
    """Word the venue's numbers as `kase_venue_NAME`, those of its rows (sessions) as `kase_venue_NAME_FIELD{texts}`."""
    up = status is not None and status.ok
    families: list[Metric] = [GaugeMetricFamily("kase_venue_up", "Whether the venue answers.", int(up))]
    if status is None:
        return families
    for name, value in status.body.items():
        if isinstance(value, list):
            families.extend(_rows(name, value))
        elif isinstance(value, int):
            families.append(UnknownMetricFamily(f"kase_venue_{_safe(name)}", f"{name} of the venue.", int(value)))
    return families


def _rows(name: str, rows: list[dict[str, int | str | bool]]) -> list[Metric]:
    families: dict[str, UnknownMetricFamily] = {}
    texts = sorted({key for row in rows for key, value in row.items() if isinstance(value, str)})
    for row in rows:
        for key, value in row.items():
            if isinstance(value, str):
                continue
            family = f"kase_venue_{_safe(name)}_{_safe(key)}"
            if family not in families:
                labels = [_safe(text) for text in texts]
                families[family] = UnknownMetricFamily(family, f"{key} of {name}, by row.", labels=labels)
            families[family].add_metric([str(row.get(text, "")) for text in texts], int(value))
    return list(families.values())


def _safe(name: str) -> str:
    return "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in name)
