"""A venue of two banks and one pair for the console's tests: it applies nothing, it only answers."""

import asyncio
import datetime as dt
import json
import socket
from collections.abc import Callable
from typing import Any

from kase_fix.app.operator_views import schedule_view
from kase_fix.calendar.almaty import instant
from kase_fix.calendar.working_days import Calendars
from kase_fix.messages.configuration import Board, Clauses, Group, Instrument, MarketConfiguration, User
from kase_fix.messages.day_events import ConfigurationApplied, DayOpened, PhaseEntered
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.deal_terms import Traded
from kase_fix.messages.decisions import DecisionCommand
from kase_fix.messages.events import CommandFailed, Event, Published
from kase_fix.messages.link import Answer, Ask, Batch, ConsoleSettings, Decide, Said, decode_frame, encode_frame
from kase_fix.messages.order_events import OrderShown
from kase_fix.messages.order_state import OrderState
from kase_fix.schedule.changes import NO_CHANGES
from kase_fix.values.enums import OrderKind, OrderStatus, Phase, Side, TimeInForce
from kase_fix.values.numbers import parse_price

TODAY, TOMORROW = dt.date(2020, 5, 27), dt.date(2020, 5, 28)
NOON = instant(TODAY, dt.time(12))
SETTINGS = ConsoleSettings("127.0.0.1", 0, "rehearsal", True, {"api": "127.0.0.1:9880"})
SYSTEM_CLOCK = ConsoleSettings("127.0.0.1", 0, "secret", False, {})
CLAUSES = Clauses("art. 12 p. 2", "art. 12 p. 5", "art. 12 p. 6")
CONFIGURATION = MarketConfiguration(
    groups=(Group("eur", "Euro", "fx", "NF", 1000, 2, CLAUSES),),
    boards=(
        Board("EUR_TOM", "EURKZT_TOM", "continuous", dt.time(10, 15), dt.time(17), "art. 12 p. 2"),
        Board("EUR_TOD", "EURKZT_TOD", "continuous", dt.time(10, 15), dt.time(12), "art. 12 p. 2"),
    ),
    instruments=(
        Instrument("EURKZT_TOM", "eur", "EUR_TOM", "EUR", "KZT", "TOM", parse_price("450")),
        Instrument("EURKZT_TOD", "eur", "EUR_TOD", "EUR", "KZT", "TOD"),
    ),
    ladders=(),
    users=(User("FIRMA", "FIRMA", ("fx",), ("F_FIRMA_0000",)),),
)


def order(user: str, side: Side) -> OrderState:
    return OrderState(
        order_id="NF_4",
        user=user,
        firm=user,
        cl_ord_id="a1",
        account=f"F_{user}_0000",
        symbol="EURKZT_TOM",
        board="EUR_TOM",
        side=side,
        kind=OrderKind.LIMIT,
        tif=TimeInForce.DAY,
        quantity=1000,
        leaves=0,
        filled=1000,
        status=OrderStatus.FILLED,
        price=parse_price("450.1"),
        average=parse_price("450.1"),
        display=None,
        expire_date=None,
        text="",
        transact_time="",
        entered=NOON,
    )


DEAL = Deal(
    "6_1",
    "EURKZT_TOM",
    "EUR_TOM",
    parse_price("450.1"),
    1000,
    TOMORROW,
    Side.SELL,
    "continuous",
    order("FIRMA", Side.BUY),
    order("FIRMB", Side.SELL),
    traded=Traded("EUR", "KZT", 100),
)
MORNING: tuple[tuple[Event, ...], ...] = (
    (ConfigurationApplied(CONFIGURATION),),
    (
        DayOpened(
            TODAY,
            {"EURKZT_TOM": TOMORROW},
            {"EURKZT_TOD": "art. 12 p. 3"},
            {"EURKZT_TOM": parse_price("451")},
            "art. 5",
        ),
    ),
    (PhaseEntered("EUR_TOM", Phase.CONTINUOUS, "art. 12 p. 2", ("EURKZT_TOM",)),),
    (OrderShown("NF_4", "EURKZT_TOM", Side.BUY, parse_price("450.1"), 1000),),
    (OrderShown("NF_5", "EURKZT_TOM", Side.SELL, parse_price("450.25"), 3000),),
)
DEALT: tuple[Event, ...] = (DEAL, OrderShown("NF_4", "EURKZT_TOM", Side.BUY, parse_price("450.1"), 0))
FAILED: tuple[Event, ...] = (CommandFailed("KeyError: 'x'", "FIRMA", "a7"),)


class FakeVenue:
    """The venue's end of the line: an event is sent only when a question is asked, so that stale reads would show."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self._connection = connection
        self.number = 0
        self.time = NOON
        self.silent = False
        self.asked: list[Ask] = []
        self.status: dict[str, Any] = {}
        self.decided: list[DecisionCommand] = []
        self.outcome: Callable[[DecisionCommand], tuple[Event, ...]] = lambda _: ()
        self.terms: dict[str, Any] = {}
        self._due: list[Published] = []

    def happens(self, *commands: tuple[Event, ...]) -> None:
        for events in commands:
            self.number += 1
            self._due.append(Published(self.number, NOON + self.number * 10**6, events))

    async def tell(self, said: Said) -> None:
        await asyncio.get_running_loop().sock_sendall(self._connection, encode_frame(said))

    async def listen(self) -> None:
        reader, _ = await asyncio.open_unix_connection(sock=self._connection.dup())
        while True:
            try:
                head = await reader.readexactly(4)
            except asyncio.IncompleteReadError:
                return
            said = decode_frame(await reader.readexactly(int.from_bytes(head, "big")))
            if isinstance(said, Decide):
                self.decided.append(said.command)
                self.happens(self.outcome(said.command))
                await self._answer(Ask(said.id, "decide", {}))
            elif isinstance(said, Ask):
                self.asked.append(said)
                if not self.silent:
                    await self._answer(said)

    async def _answer(self, asked: Ask) -> None:
        error = ""
        if asked.verb == "clock_by":
            self.time += int(asked.arguments["seconds"]) * 10**9
        elif asked.verb == "clock_to":
            if int(asked.arguments["time"]) < self.time:
                error = "The clock never goes back."
            else:
                self.time = int(asked.arguments["time"])
        due, self._due = self._due, []
        await self.tell(Batch(tuple(due)))
        body = {"status": self.status, "clock": {"speed": 5}, "terms": {"json": json.dumps(self.terms)}}.get(
            asked.verb, {}
        )
        if asked.verb == "schedule":
            date = dt.date.fromisoformat(str(asked.arguments.get("date", "2020-05-26")))
            body = {"json": json.dumps(schedule_view(date, CONFIGURATION, Calendars(), NO_CHANGES))}
        await self.tell(Answer(asked.id, not error, self.number, self.time, body, error))
