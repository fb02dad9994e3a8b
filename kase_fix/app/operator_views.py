"""What the console asks of the venue on decisions and schedules, as JSON; and the day an application is due."""

import datetime as dt
from typing import Any

import msgspec

from kase_fix.calendar.almaty import date_of, wall
from kase_fix.calendar.working_days import RK, Calendars
from kase_fix.console.moments import iso_local
from kase_fix.engine.state import State, trading_key
from kase_fix.messages.commands import BoardPhaseChanged, OperationalDayOpened, ServiceTurned
from kase_fix.messages.configuration import Board, MarketConfiguration
from kase_fix.messages.decisions import DecisionCommand, FileApplication
from kase_fix.messages.depository import CLOSE, DepositoryDue
from kase_fix.rulebook.operational_day import API
from kase_fix.schedule.changes import Changes
from kase_fix.schedule.transitions import Transition, day
from kase_fix.values.enums import Phase
from kase_fix.values.numbers import format_decimal

SPECIALISED = "specialised"
DUE_DAYS = 3
"""Working days from its receipt within which an application is carried out (art. 2 p. 6)."""


def completed(command: DecisionCommand, calendars: Calendars) -> DecisionCommand:
    """Return an application with its due day: three working days after receipt, or its own date if later (art. 2 p. 6).

    Everything else goes as it came.
    """
    if not isinstance(command, FileApplication):
        return command
    latest = command.received
    for _ in range(DUE_DAYS):
        latest = calendars.next_working_day(latest)
    return msgspec.structs.replace(command, due=max(command.due, latest))


def terms_view(state: State, now: int) -> dict[str, Any]:
    """Return what decisions have in force. Only the sequencer's thread may look at the state."""
    terms = state.terms
    suspended: dict[str, list[str]] = {}
    for trading in state.trading.values():
        if trading.key in terms.suspended:
            suspended.setdefault(trading.board.code, []).append(trading.symbol)
    changes = terms.changes
    windows = [(board, "", window) for board, window in changes.boards.items()]
    windows += [(board, symbol, window) for (board, symbol), window in changes.instruments.items()]
    today = date_of(now)
    return {
        "suspended": [{"board": board, "symbols": symbols} for board, symbols in suspended.items()],
        "members": sorted(terms.firms_suspended),
        "limits": [_limit(symbol, value) for symbol, value in terms.limits.items()],
        "hard_limits": [_limit(symbol, value) for symbol, value in terms.hard_limits.items()],
        "windows": [
            {"board": board, "symbol": symbol, "opens": _clock(window.opens), "closes": _clock(window.closes)}
            for board, symbol, window in windows
        ],
        "day_closes": _clock(changes.day_closes) if changes.day_closes else None,
        "services": {service: _clock(time) for service, time in changes.services.items()},
        "place": terms.place,
        "force_majeure": terms.force_majeure,
        "applications": [
            {
                "application": one.application,
                "symbol": one.symbol,
                "what": one.what,
                "received": one.received.isoformat(),
                "due": one.due.isoformat(),
                "overdue": one.due < today,
                "actor": one.by.actor,
                "document": one.by.document,
            }
            for one in sorted(terms.applications.values(), key=lambda one: (one.due, one.application))
        ],
    }


def schedule_view(date: dt.date, market: MarketConfiguration, calendars: Calendars, changes: Changes) -> dict[str, Any]:
    """Return a date's windows, services and settlement dates, and what does not trade, each with its clause."""
    due = day(date, market, calendars, changes)
    plan: dict[str, Any] = {
        "date": date.isoformat(),
        "works": bool(due),
        "why": "" if due else calendars.why_closed(RK, date),
        "day": None,
        "depository": [],
        "services": [],
        "settlement": {},
        "not_traded": {},
        "windows": [],
        "on_demand": [],
    }
    not_traded: dict[str, str] = {}
    by_board: dict[str, list[Transition]] = {}
    for transition in due:
        command = transition.command
        if isinstance(command, OperationalDayOpened):
            plan["day"] = {"opens": _moment(transition), "closes": None, "clause": transition.clause}
            plan["settlement"] = {symbol: settled.isoformat() for symbol, settled in command.settlement.items()}
            plan["not_traded"] = not_traded = command.not_traded
        elif isinstance(command, DepositoryDue):
            plan["depository"].append({"what": command.what, "time": _moment(transition), "clause": transition.clause})
            if command.what == CLOSE:
                plan["day"]["closes"] = _moment(transition)
                for row in plan["services"]:
                    if row["service"] == API:  # it closes with the day
                        row["closes"] = _moment(transition)
        elif isinstance(command, ServiceTurned):
            _serve(plan["services"], transition, command)
        elif isinstance(command, BoardPhaseChanged):
            by_board.setdefault(command.board, []).append(transition)
    if due:
        plan["windows"] = [
            _window(board, date, market, by_board.get(board.code, []), not_traded)
            for board in market.boards
            if board.method != SPECIALISED
        ]
        plan["on_demand"] = [
            {"board": board.code, "title": board.title, "method": board.method, "clause": "art. 4 p. 1"}
            for board in market.boards
            if board.method == SPECIALISED
        ]
        plan["windows"].sort(key=lambda window: (window["opens"], window["closes"], window["board"]))
    return plan


def _serve(services: list[dict[str, Any]], transition: Transition, command: ServiceTurned) -> None:
    row = next((row for row in services if row["service"] == command.service), None)
    if row is None:
        row = {"service": command.service, "opens": None, "closes": None, "clause": transition.clause}
        services.append(row)
    row["opens" if command.open else "closes"] = _moment(transition)


def _window(
    board: Board, date: dt.date, market: MarketConfiguration, turns: list[Transition], not_traded: dict[str, str]
) -> dict[str, Any]:
    """Word a board's window of the day, the windows that are an instrument's own, and what does not trade on it."""
    here = [one.symbol for one in market.instruments if board.code in (one.board, *one.more_boards)]
    closed = {
        symbol: clause
        for symbol in here
        if (clause := not_traded.get(symbol) or not_traded.get(trading_key(symbol, board.code)))
    }
    edges = _edges([turn for turn in turns if not _symbols(turn)])
    usual = iso_local(date, board.opens), iso_local(date, board.closes)
    opens, closes = edges.get("opens", usual[0]), edges.get("closes", usual[1])
    own: dict[str, dict[str, str]] = {}
    for symbol in dict.fromkeys(symbol for turn in turns for symbol in _symbols(turn)):
        own[symbol] = _edges([turn for turn in turns if symbol in _symbols(turn)])
    return {
        "board": board.code,
        "title": board.title,
        "method": board.method,
        "session": board.session,
        "opens": opens,
        "closes": closes,
        "preliminary": edges.get("preliminary"),
        "clause": board.clause,
        "changed": (opens, closes) != usual,
        "own": own,
        "traded": len(here) - len(closed),
        "symbols": [symbol for symbol in here if symbol not in closed],
        "not_traded": closed,
    }


def _symbols(turn: Transition) -> tuple[str, ...]:
    return turn.command.symbols if isinstance(turn.command, BoardPhaseChanged) else ()


def _edges(turns: list[Transition]) -> dict[str, str]:
    names = {Phase.CLOSED: "closes", Phase.PRELIMINARY: "preliminary"}
    return {
        names.get(turn.command.phase, "opens"): _moment(turn)
        for turn in turns
        if isinstance(turn.command, BoardPhaseChanged)
    }


def _limit(symbol: str, hundredths: int | None) -> dict[str, Any]:
    return {"symbol": symbol, "percent": None if hundredths is None else format_decimal(hundredths, 2, 0)}


def _moment(transition: Transition) -> str:
    return wall(transition.time).isoformat()


def _clock(time: dt.time) -> str:
    return time.isoformat()
