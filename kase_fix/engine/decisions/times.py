"""Decisions on when and where trading goes on (art. 3, 4, 5, 9, 41)."""

import datetime as dt

import msgspec

from kase_fix.calendar.almaty import wall
from kase_fix.engine.day import form, turning
from kase_fix.engine.decisions.telling import tell
from kase_fix.engine.depository import prolong
from kase_fix.engine.held import hold, leave_board, put_off, waits
from kase_fix.engine.phases import enter_phase
from kase_fix.engine.state import State, Trading, trading_key
from kase_fix.engine.turn import Turn
from kase_fix.messages.configuration import Board
from kase_fix.messages.day_events import ServiceEntered, WindowChanged
from kase_fix.messages.decisions import (
    ChangeOperationalDay,
    ChangeService,
    ChangeTradingTime,
    DeclareForceMajeure,
    MoveTrading,
)
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook import decisions as rules
from kase_fix.rulebook.operational_day import CLOSES, CONTROL, MARKET_DATA, SERVICE_HOURS
from kase_fix.rulebook.refusals import UNKNOWN_NAME, WRONG_TIME
from kase_fix.rulebook.refusals_of_methods import OPENED_BY_INITIATOR
from kase_fix.schedule.changes import Changes, Window, own_window, window_of
from kase_fix.values.enums import Phase

SPECIALISED = "specialised"
PROLONGATION = "art. 4 p. 3 sp. 5"
"""A member asks for the prolongation of trading to close positions or fulfil obligations."""


def change_trading_time(turn: Turn, command: ChangeTradingTime) -> Refusal | dict[str, str]:
    """Give a board, or some of its instruments, another window today (art. 4 p. 3).

    An opening an initiator asks for lies within the group's trading day (sp. 4). A board that has closed already opens
    again at once when its end is moved beyond the present.
    """
    state, by = turn.state, command.by
    refusal = rules.entitled(by, rules.HEADS, "art. 4 p. 3") or rules.grounded(
        by, rules.TRADING_TIME_GROUNDS, "art. 4 p. 3", state.terms.force_majeure
    )
    board = _board(state, command.board)
    if refusal is not None or board is None:
        return refusal or Refusal(UNKNOWN_NAME, "art. 4 p. 3", ("board", command.board))
    if board.method == SPECIALISED:
        return Refusal(OPENED_BY_INITIATOR, "art. 4 p. 1", (board.code,))
    for symbol in command.symbols:
        if trading_key(symbol, board.code) not in state.trading:
            return Refusal(UNKNOWN_NAME, "art. 4 p. 3", ("instrument", symbol))
    now = wall(turn.time).time()
    windows: dict[Window, tuple[str, ...]] = {}
    for symbol in command.symbols or ("",):
        present = _present(state, board, symbol)
        window = Window(command.opens or present.opens, command.closes or present.closes)
        changing = turning(state, board.code, (symbol,) if symbol else ())
        refusal = _impossible(state, window, present, now, changing) or _outside(by.ground, board, window, present)
        if refusal is not None:
            return refusal
        windows[window] = (*windows.get(window, ()), symbol)
    for window, symbols in windows.items():
        names = ", ".join(symbols).strip() or board.code
        span = f"{window.opens:%H:%M}-{window.closes:%H:%M}"
        tell(turn, f"Trading time of {names} today: {span}", f"Время торгов по {names} сегодня: {span}", by)
    for window, symbols in windows.items():
        _change(turn, board, tuple(symbol for symbol in symbols if symbol), window, now)
    spans = ", ".join(f"{window.opens:%H:%M}-{window.closes:%H:%M}" for window in windows)
    return {"board": board.code, "symbols": ", ".join(command.symbols), "window": spans}


def change_operational_day(turn: Turn, command: ChangeOperationalDay) -> Refusal | dict[str, str]:
    """Prolong the operational day; FIX-API and sequence numbers follow it (art. 5 p. 3; R-2)."""
    state, by = turn.state, command.by
    changes = state.terms.changes
    refusal = rules.entitled(by, rules.HEADS, "art. 5 p. 3") or rules.grounded(
        by, rules.OPERATIONAL_DAY_GROUNDS, "art. 5 p. 3", state.terms.force_majeure
    )
    refusal = (
        refusal
        or _not_later(turn, command.closes, changes.day_closes or CLOSES, "art. 5 p. 3")
        or _before_trading_ends(state, command.closes)
    )
    if refusal is not None:
        return refusal
    time = f"{command.closes:%H:%M}"
    tell(turn, f"The operational day ends at {time} today", f"Операционный день сегодня заканчивается в {time}", by)
    state.terms.changes = _changed(state, day_closes=command.closes)
    prolong(turn)
    return {"closes": time}


def change_service(turn: Turn, command: ChangeService) -> Refusal | dict[str, str]:
    """Prolong the control and confirmation system (art. 41 p. 2), or FIX-MD by a decision of its own (R-2)."""
    state, by = turn.state, command.by
    name = command.service
    clause = "support annex 1" if name == MARKET_DATA else "art. 41 p. 2"
    if name not in SERVICE_HOURS:
        return Refusal(UNKNOWN_NAME, "art. 41 p. 2", ("service", name))
    refusal = rules.entitled(by, rules.HEADS, clause)
    if name == CONTROL:
        refusal = refusal or rules.grounded(by, rules.CONTROL_GROUNDS, "art. 41 p. 2", state.terms.force_majeure)
    elif name == MARKET_DATA:
        refusal = refusal or rules.documented(by, clause)
    present = state.terms.changes.services.get(name, SERVICE_HOURS[name][1])
    refusal = refusal or _not_later(turn, command.closes, present, clause)
    day_closes = state.terms.changes.day_closes or CLOSES
    if refusal is None and name == CONTROL and command.closes > day_closes:
        why = f"the operational day ends at {day_closes:%H:%M}"
        refusal = Refusal(WRONG_TIME, "art. 41 p. 2", (f"{command.closes:%H:%M:%S}", why))
    if refusal is not None:
        return refusal
    time = f"{command.closes:%H:%M}"
    english = {CONTROL: "The control and confirmation system works", MARKET_DATA: "FIX-MD works"}[name]
    russian = {CONTROL: "Система контроля и обеспечения работает", MARKET_DATA: "FIX-MD работает"}[name]
    tell(turn, f"{english} until {time} today", f"{russian} сегодня до {time}", by)
    state.terms.changes = _changed(state, services={**state.terms.changes.services, name: command.closes})
    if f"service:{name}:closes" in state.transitions:  # it has closed already: it opens again
        state.transitions.discard(f"service:{name}:closes")
        turn.events.append(ServiceEntered(name, True, clause))
    return {"service": name, "closes": time}


def move_trading(turn: Turn, command: MoveTrading) -> Refusal | dict[str, str]:
    """Move trading to another place, or back into the system; members know before it begins (art. 3 p. 2, 3)."""
    refusal = rules.entitled(command.by, rules.HEADS, "art. 3 p. 2")
    if refusal is not None:
        return refusal
    place = command.place
    if place:
        tell(turn, f"Trading is held by voice at: {place}", f"Торги проводятся голосовым способом: {place}", command.by)
    else:
        tell(
            turn, "Trading is held in the trading system again", "Торги вновь проводятся в торговой системе", command.by
        )
    turn.state.terms.place = place
    return {"place": place or "the trading system"}


def declare_force_majeure(turn: Turn, command: DeclareForceMajeure) -> Refusal | dict[str, str]:
    """Begin or end force majeure: while it lasts art. 9 is a ground for other times than the Regulation's."""
    refusal = rules.entitled(command.by, rules.HEADS, rules.FORCE_MAJEURE)
    if refusal is not None:
        return refusal
    on = command.on
    tell(
        turn,
        "Force majeure is declared" if on else "Force majeure is over",
        "Объявлены обстоятельства непреодолимой силы" if on else "Обстоятельства непреодолимой силы прекращены",
        command.by,
    )
    turn.state.terms.force_majeure = on
    return {"on": str(on)}


def _board(state: State, code: str) -> Board | None:
    return state.market.boards.get(code) if state.market is not None else None


def _present(state: State, board: Board, symbol: str) -> Window:
    changes = state.terms.changes
    if not symbol:
        return window_of(board, changes)
    instrument = state.trading[trading_key(symbol, board.code)].instrument
    return own_window(instrument, board, changes) or window_of(board, changes)


def _impossible(state: State, window: Window, present: Window, now: dt.time, changing: list[Trading]) -> Refusal | None:
    """Refuse a window that is none, whose new edge is past, or that outlives the operational day."""
    closes_day = state.terms.changes.day_closes or CLOSES
    began = any(state.phase(trading) in (Phase.CONTINUOUS, Phase.STANDBY, Phase.FIXING) for trading in changing)
    for wrong, time, why in (
        (not state.day_open, window.closes, "no operational day is open"),
        (window.opens >= window.closes, window.closes, "it ends before it begins"),
        (window.closes != present.closes and window.closes <= now, window.closes, "it is past"),
        (window.opens != present.opens and window.opens < now, window.opens, "it is past"),
        (window.opens > now and began, window.opens, "trading has begun; it can be suspended"),
        (window.closes > closes_day, window.closes, f"the operational day ends at {closes_day:%H:%M}"),
    ):
        if wrong:
            return Refusal(WRONG_TIME, "art. 4 p. 3", (f"{time:%H:%M:%S}", why))
    return None


def _outside(ground: str, board: Board, window: Window, present: Window) -> Refusal | None:
    """Refuse an opening an initiator asks for outside the group's trading day, and a prolongation that is none.

    (art. 4 p. 3 sp. 4 and 5)
    """
    if ground == rules.OPENING_ASKED_FOR and not board.opens <= window.opens < board.closes:
        why = f"the trading day of the group is {board.opens:%H:%M}-{board.closes:%H:%M}"
        return Refusal(WRONG_TIME, ground, (f"{window.opens:%H:%M:%S}", why))
    if ground == PROLONGATION and window.closes <= present.closes:
        why = f"trading ends at {present.closes:%H:%M} and can be prolonged"
        return Refusal(WRONG_TIME, ground, (f"{window.closes:%H:%M:%S}", why))
    return None


def _before_trading_ends(state: State, closes: dt.time) -> Refusal | None:
    """Refuse an operational day that ends while a board still trades (art. 5 p. 1, 2: it frames the trading day)."""
    for trading in state.trading.values():
        ends = _present(state, trading.board, trading.symbol).closes
        if closes < ends:
            why = f"{trading.board.code} trades until {ends:%H:%M}"
            return Refusal(WRONG_TIME, "art. 5 p. 3", (f"{closes:%H:%M:%S}", why))
    return None


def _not_later(turn: Turn, closes: dt.time, present: dt.time, clause: str) -> Refusal | None:
    """Refuse an end that is past, or earlier than the present one: it can be prolonged (art. 5 p. 3, art. 41 p. 2)."""
    if not turn.state.day_open:
        return Refusal(WRONG_TIME, clause, (f"{closes:%H:%M:%S}", "no operational day is open"))
    if closes <= wall(turn.time).time():
        return Refusal(WRONG_TIME, clause, (f"{closes:%H:%M:%S}", "it is past"))
    if closes <= present and not turn.state.terms.force_majeure:
        return Refusal(WRONG_TIME, clause, (f"{closes:%H:%M:%S}", f"it ends at {present:%H:%M} and can be prolonged"))
    return None


def _change(turn: Turn, board: Board, symbols: tuple[str, ...], window: Window, now: dt.time) -> None:
    """Bring a window about: the edges to come are due again, a standby ends by it, what was closed may open again."""
    state = turn.state
    turn.events.append(WindowChanged(board.code, symbols, window.opens, window.closes))
    _set_window(state, board, symbols, window)
    changing = turning(state, board.code, symbols)
    for trading in changing:
        standby = state.standbys.get(trading.key)
        if standby is not None:
            standby.shared = standby.shared and not symbols
            standby.clock = standby.clock.closing(state.closes(trading))
        fixing = state.fixings.get(trading.key)
        if fixing is not None:
            fixing.shared = fixing.shared and not symbols
    _catch_up(turn, board, symbols, window, now, changing)


def _set_window(state: State, board: Board, symbols: tuple[str, ...], window: Window) -> None:
    changes = state.terms.changes
    if not symbols:
        state.terms.changes = _changed(state, boards={**changes.boards, board.code: window})
        return
    own = {**changes.instruments, **{(board.code, symbol): window for symbol in symbols}}
    for symbol in symbols:  # from here on the instrument turns by itself: it keeps the phase it shares so far
        trading = state.trading[trading_key(symbol, board.code)]
        if own_window(trading.instrument, board, changes) is None:
            state.phases.setdefault(trading.key, state.phases.get(board.code, Phase.CLOSED))
            leave_board(state, board.code, symbol)
            for edge in ("opens", "closes", "preliminary"):
                if f"board:{board.code}:{edge}" in state.transitions:
                    state.transitions.add(f"board:{board.code}:{symbol}:{edge}")
    state.terms.changes = _changed(state, instruments=own)


def _catch_up(
    turn: Turn, board: Board, symbols: tuple[str, ...], window: Window, now: dt.time, changing: list[Trading]
) -> None:
    """Make the new edges due again; where trading was over already and is not any more, open again now."""
    state = turn.state
    names = [f"board:{board.code}:{symbol}" for symbol in symbols] or [f"board:{board.code}"]
    for name in names:
        if window.closes > now:
            state.transitions.discard(f"{name}:closes")
        if window.opens > now:
            if f"{name}:opens" in state.transitions:  # it was over for today and opens again
                state.transitions.add(f"{name}:again")
            state.transitions.discard(f"{name}:opens")
    if not window.opens <= now < window.closes:
        put_off(state, board.code, symbols)
        return
    closed = [one for one in changing if state.phase(one) in (Phase.CLOSED, Phase.PRELIMINARY)]
    if not closed:
        return
    for name in names:
        state.transitions.add(f"{name}:opens")
    if waits(state, board.code):
        hold(turn, board.code, symbols, Phase.CONTINUOUS, "art. 4 p. 3")
        return
    for one in closed:
        if symbols:
            state.phases[one.key] = Phase.CONTINUOUS
    if not symbols:
        state.phases[board.code] = Phase.CONTINUOUS
    enter_phase(turn, board.code, Phase.CONTINUOUS, "art. 4 p. 3", closed)
    form(turn, "art. 7 p. 2", closed)


def _changed(state: State, **new: object) -> Changes:
    return msgspec.structs.replace(state.terms.changes, **new)
