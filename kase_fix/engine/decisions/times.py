"""Decisions on when and where trading goes on (art. 3, 4, 5, 9, 41)."""

import datetime as dt

import msgspec

from kase_fix.calendar.almaty import wall
from kase_fix.engine.decisions.telling import tell
from kase_fix.engine.phases import enter_phase
from kase_fix.engine.state import State, Trading, trading_key
from kase_fix.engine.turn import Turn
from kase_fix.messages.configuration import Board
from kase_fix.messages.decisions import (
    ChangeOperationalDay,
    ChangeService,
    ChangeTradingTime,
    DeclareForceMajeure,
    MoveTrading,
    Resume,
    Suspend,
)
from kase_fix.messages.events import Refusal, TradingSuspended, WindowChanged
from kase_fix.rulebook import decisions as rules
from kase_fix.rulebook.operational_day import CLOSES, CONTROL, MARKET_DATA, SERVICE_HOURS
from kase_fix.rulebook.refusals import UNKNOWN_NAME, WRONG_TIME
from kase_fix.schedule.changes import Changes, Window, own_window, window_of
from kase_fix.values.enums import Phase


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
    members = [one for one in state.trading.values() if one.board.code == board.code]
    for symbol in command.symbols:
        if trading_key(symbol, board.code) not in state.trading:
            return Refusal(UNKNOWN_NAME, "art. 4 p. 3", ("instrument", symbol))
    present = _present(state, board, command.symbols)
    window = Window(command.opens or present.opens, command.closes or present.closes)
    now = wall(turn.time).time()
    refusal = _impossible(state, window, present, now) or _outside(by.ground, board, window)
    if refusal is not None:
        return refusal
    names = ", ".join(command.symbols) or board.code
    span = f"{window.opens:%H:%M}-{window.closes:%H:%M}"
    tell(turn, f"Trading time of {names} today: {span}", f"Время торгов по {names} сегодня: {span}", by)
    turn.events.append(WindowChanged(board.code, command.symbols, window.opens, window.closes))
    changing = [one for one in members if one.symbol in command.symbols] if command.symbols else members
    _set_window(state, board, command.symbols, window)
    for trading in changing:
        standby = state.standbys.get(trading.key)
        if standby is not None:
            standby.clock = standby.clock.closing(state.closes(trading))
    _catch_up(turn, board, command.symbols, window, now, changing)
    return {"board": board.code, "symbols": ", ".join(command.symbols), "window": span}


def change_operational_day(turn: Turn, command: ChangeOperationalDay) -> Refusal | dict[str, str]:
    """Prolong the operational day; FIX-API and sequence numbers follow it (art. 5 p. 3; R-2)."""
    state, by = turn.state, command.by
    changes = state.terms.changes
    refusal = rules.entitled(by, rules.HEADS, "art. 5 p. 3") or rules.grounded(
        by, rules.OPERATIONAL_DAY_GROUNDS, "art. 5 p. 3", state.terms.force_majeure
    )
    refusal = refusal or _not_later(turn, command.closes, changes.day_closes or CLOSES, "art. 5 p. 3")
    if refusal is not None:
        return refusal
    time = f"{command.closes:%H:%M}"
    tell(turn, f"The operational day ends at {time} today", f"Операционный день сегодня заканчивается в {time}", by)
    state.terms.changes = _changed(state, day_closes=command.closes)
    return {"closes": time}


def change_service(turn: Turn, command: ChangeService) -> Refusal | dict[str, str]:
    """Prolong the control and confirmation system (art. 41 p. 2), or FIX-MD by a decision of its own (R-2)."""
    state, by = turn.state, command.by
    name = command.service
    if name not in SERVICE_HOURS:
        return Refusal(UNKNOWN_NAME, "art. 41 p. 2", ("service", name))
    refusal = rules.entitled(by, rules.HEADS, "art. 41 p. 2")
    if name == CONTROL:
        refusal = refusal or rules.grounded(by, rules.CONTROL_GROUNDS, "art. 41 p. 2", state.terms.force_majeure)
    elif name == MARKET_DATA:
        refusal = refusal or rules.documented(by, "support annex 1")
    present = state.terms.changes.services.get(name, SERVICE_HOURS[name][1])
    refusal = refusal or _not_later(turn, command.closes, present, "art. 41 p. 2")
    if refusal is not None:
        return refusal
    time = f"{command.closes:%H:%M}"
    english = {CONTROL: "The control and confirmation system works", MARKET_DATA: "FIX-MD works"}[name]
    russian = {CONTROL: "Система контроля и обеспечения работает", MARKET_DATA: "FIX-MD работает"}[name]
    tell(turn, f"{english} until {time} today", f"{russian} сегодня до {time}", by)
    state.terms.changes = _changed(state, services={**state.terms.changes.services, name: command.closes})
    return {"service": name, "closes": time}


def suspend(turn: Turn, command: Suspend) -> Refusal | dict[str, str]:
    """Stop trading in instruments or on boards; their orders stay and may be withdrawn (art. 4 p. 3)."""
    return _stop_or_go(turn, command, True)


def resume(turn: Turn, command: Resume) -> Refusal | dict[str, str]:
    """Let trading go on where it was suspended (art. 4 p. 3)."""
    return _stop_or_go(turn, command, False)


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


def _present(state: State, board: Board, symbols: tuple[str, ...]) -> Window:
    changes = state.terms.changes
    if len(symbols) == 1:
        instrument = state.trading[trading_key(symbols[0], board.code)].instrument
        return own_window(instrument, board, changes) or window_of(board, changes)
    return window_of(board, changes)


def _impossible(state: State, window: Window, present: Window, now: dt.time) -> Refusal | None:
    """Refuse a window that is none, whose new edge is past, or that outlives the operational day."""
    closes_day = state.terms.changes.day_closes or CLOSES
    for wrong, time, why in (
        (not state.day_open, window.closes, "no operational day is open"),
        (window.opens >= window.closes, window.closes, "it ends before it begins"),
        (window.closes != present.closes and window.closes <= now, window.closes, "it is past"),
        (window.opens != present.opens and window.opens < now, window.opens, "it is past"),
        (window.closes > closes_day, window.closes, f"the operational day ends at {closes_day:%H:%M}"),
    ):
        if wrong:
            return Refusal(WRONG_TIME, "art. 4 p. 3", (f"{time:%H:%M:%S}", why))
    return None


def _outside(ground: str, board: Board, window: Window) -> Refusal | None:
    """Refuse an opening an initiator asks for outside the group's trading day (art. 4 p. 3 sp. 4)."""
    if ground != rules.OPENING_ASKED_FOR or board.opens <= window.opens < board.closes:
        return None
    why = f"the trading day of the group is {board.opens:%H:%M}-{board.closes:%H:%M}"
    return Refusal(WRONG_TIME, rules.OPENING_ASKED_FOR, (f"{window.opens:%H:%M:%S}", why))


def _not_later(turn: Turn, closes: dt.time, present: dt.time, clause: str) -> Refusal | None:
    """Refuse an end that is past, or earlier than the present one: it can be prolonged (art. 5 p. 3, art. 41 p. 2)."""
    if not turn.state.day_open:
        return Refusal(WRONG_TIME, clause, (f"{closes:%H:%M:%S}", "no operational day is open"))
    if closes <= wall(turn.time).time():
        return Refusal(WRONG_TIME, clause, (f"{closes:%H:%M:%S}", "it is past"))
    if closes <= present and not turn.state.terms.force_majeure:
        return Refusal(WRONG_TIME, clause, (f"{closes:%H:%M:%S}", f"it ends at {present:%H:%M} and can be prolonged"))
    return None


def _set_window(state: State, board: Board, symbols: tuple[str, ...], window: Window) -> None:
    changes = state.terms.changes
    if not symbols:
        state.terms.changes = _changed(state, boards={**changes.boards, board.code: window})
        return
    own = {**changes.instruments, **{(board.code, symbol): window for symbol in symbols}}
    for symbol in symbols:  # from here on the instrument turns by itself: it keeps the phase it shares so far
        key = trading_key(symbol, board.code)
        state.phases.setdefault(key, state.phases.get(board.code, Phase.CLOSED))
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
            state.transitions.discard(f"{name}:opens")
    if not window.opens <= now < window.closes:
        return
    closed = [one for one in changing if state.phase(one) in (Phase.CLOSED, Phase.PRELIMINARY)]
    if not closed:
        return
    for name in names:
        state.transitions.add(f"{name}:opens")
    for one in closed:
        if symbols:
            state.phases[one.key] = Phase.CONTINUOUS
    if not symbols:
        state.phases[board.code] = Phase.CONTINUOUS
    enter_phase(turn, board.code, Phase.CONTINUOUS, "art. 4 p. 3", closed)


def _changed(state: State, **new: object) -> Changes:
    return msgspec.structs.replace(state.terms.changes, **new)


def _stop_or_go(turn: Turn, command: Suspend | Resume, on: bool) -> Refusal | dict[str, str]:
    state = turn.state
    refusal = rules.entitled(command.by, rules.OFFICES, "art. 4 p. 3")
    if refusal is not None:
        return refusal
    for name in (*command.symbols, *command.boards):
        known = name in state.listings if name in command.symbols else _board(state, name) is not None
        if not known:
            return Refusal(UNKNOWN_NAME, "art. 4 p. 3", ("instrument or board", name))
    meant = [
        one
        for one in state.trading.values()
        if (one.symbol in command.symbols or one.board.code in command.boards)
        and (one.key in state.terms.suspended) is not on
    ]
    names = ", ".join((*command.symbols, *command.boards))
    if on:
        tell(turn, f"Trading is suspended: {names}", f"Торги приостановлены: {names}", command.by)
    else:
        tell(turn, f"Trading is resumed: {names}", f"Торги возобновлены: {names}", command.by)
    by_board: dict[str, list[str]] = {}
    for one in meant:
        by_board.setdefault(one.board.code, []).append(one.symbol)
        (state.terms.suspended.add if on else state.terms.suspended.discard)(one.key)
    for code, symbols in by_board.items():
        turn.events.append(TradingSuspended(code, tuple(symbols), on))
    return {"instruments": ", ".join(command.symbols), "boards": ", ".join(command.boards)}
