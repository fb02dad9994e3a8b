"""Fixing as the reserve method: ordered by the heads or with a document, run by the makler (art. 11-15, 19, ...; R-17).

Members are told every step before it is taken.
"""

from kase_fix.calendar.almaty import instant
from kase_fix.engine.decisions.telling import tell
from kase_fix.engine.phases import fixing_rounds, not_traded, standby
from kase_fix.engine.state import State, Trading, trading_key
from kase_fix.engine.turn import Turn
from kase_fix.matching.fixing import Standing, is_fixed
from kase_fix.messages.decision import Decision
from kase_fix.messages.fixing import AnnounceSurplus, CallPrice, EndFixing, OrderFixing
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook import decisions as rules
from kase_fix.rulebook import limits, methods, prices
from kase_fix.rulebook.lots import lot_of
from kase_fix.rulebook.refusals import (
    INSTRUMENT_SUSPENDED,
    METHOD_NOT_ENABLED,
    NOT_TRADED_TODAY,
    SESSION_CLOSED,
    TRADING_MOVED,
    UNKNOWN_NAME,
    WRONG_TIME,
)
from kase_fix.rulebook.refusals_of_methods import (
    FIXING_RUNS,
    NO_FIXING,
    PRICE_CALLED_ALREADY,
    SURPLUS_TOLD_ALREADY,
)
from kase_fix.values.enums import Phase, Side
from kase_fix.values.numbers import Price, format_price

CLAUSE = "art. 2 p. 1 sp. 9"
"""Where the instrument, and with it its chapter, is not known: the reserve method is a parameter of trading."""
SIDES = {Side.BUY: ("buyers", "покупатели"), Side.SELL: ("sellers", "продавцы")}


def order(turn: Turn, command: OrderFixing) -> Refusal | dict[str, str]:
    """Use the reserve method from now on, with a first called price; a standby is broken off before."""
    state, by = turn.state, command.by
    trading = _trading(state, command.symbol, command.board)
    clause = CLAUSE if trading is None else trading.group.clauses.methods
    refusal = _may_order(by, clause)
    if refusal is not None or trading is None:
        return refusal or _unknown(command.symbol, command.board)
    refusal = (
        _has_reserve_method(trading)
        or _trades_now(state, trading)
        or _too_late(turn, command, trading)
        or _price_wrong(state, trading, command.price)
    )
    if refusal is not None:
        return refusal
    shown = _shown(trading, command.price)
    until = f"{command.until or state.window(trading).closes:%H:%M}"
    tell(
        turn,
        f"{trading.symbol} trades by fixing until {until}. Called price: {shown}",
        f"Торги по {trading.symbol} проводятся методом фиксинга до {until}. Объявленная цена: {shown}",
        by,
        symbol=trading.symbol,
    )
    if trading.key in state.standbys:
        standby.break_off(turn, trading)
    fixing_rounds.begin(turn, trading, command.price, command.until)
    return {"symbol": trading.symbol, "board": trading.board.code, "price": shown, "until": until}


def call(turn: Turn, command: CallPrice) -> Refusal | dict[str, str]:
    """Close the present round and call another price; orders of the closed round are kept for the time-out."""
    state = turn.state
    trading = _running(state, command.by, command.symbol, command.board)
    if isinstance(trading, Refusal):
        return trading
    fixing = state.fixings[trading.key]
    shown = _shown(trading, command.price)
    if command.price == fixing.present.price:
        return Refusal(PRICE_CALLED_ALREADY, trading.group.clauses.methods, (shown,))
    refusal = _price_wrong(state, trading, command.price)
    if refusal is not None:
        return refusal
    number = str(len(fixing.rounds) + 1)
    tell(
        turn,
        f"Fixing of {trading.symbol}, round {number}. Called price: {shown}",
        f"Фиксинг по {trading.symbol}, раунд {number}. Объявленная цена: {shown}",
        command.by,
        symbol=trading.symbol,
    )
    fixing_rounds.call(turn, trading, command.price)
    return {"symbol": trading.symbol, "board": trading.board.code, "round": number, "price": shown}


def announce(turn: Turn, command: AnnounceSurplus) -> Refusal | dict[str, str]:
    """Tell the surplus of the present round; from then on it may not grow, and below one lot the price is fixed."""
    state = turn.state
    trading = _running(state, command.by, command.symbol, command.board)
    if isinstance(trading, Refusal):
        return trading
    present = state.fixings[trading.key].present
    if present.announced:
        return Refusal(SURPLUS_TOLD_ALREADY, trading.group.clauses.methods, (str(present.number),))
    now = fixing_rounds.present(state, trading)
    shown, surplus = _shown(trading, present.price), _surplus(now)
    fixed = ("", "")
    if is_fixed(now, lot_of(trading.instrument, trading.group)):
        fixed = f". The price is fixed, volume: {now.volume}", f". Цена установлена, объем: {now.volume}"
    tell(
        turn,
        f"Fixing of {trading.symbol} at {shown}. Surplus: {surplus[0]}{fixed[0]}",
        f"Фиксинг по {trading.symbol} по цене {shown}. Излишек: {surplus[1]}{fixed[1]}",
        command.by,
        symbol=trading.symbol,
    )
    fixing_rounds.announce(turn, trading)
    return {"symbol": trading.symbol, "board": trading.board.code, "price": shown, "surplus": surplus[0]}


def end(turn: Turn, command: EndFixing) -> Refusal | dict[str, str]:
    """Break the fixing off: nothing is dealt, its orders are cancelled, continuous trading goes on."""
    trading = _running(turn.state, command.by, command.symbol, command.board)
    if isinstance(trading, Refusal):
        return trading
    tell(turn, *fixing_rounds.broken_off_words(trading.symbol), command.by, symbol=trading.symbol)
    fixing_rounds.break_off(turn, trading)
    return {"symbol": trading.symbol, "board": trading.board.code}


def _trading(state: State, symbol: str, board: str) -> Trading | None:
    """Return where a decision goes: the board it names, else the instrument's own (R-30)."""
    listing = state.listings.get(symbol)
    if listing is None:
        return None
    return state.trading.get(trading_key(symbol, board)) if board else listing.boards[0]


def _running(state: State, by: Decision, symbol: str, board: str) -> Trading | Refusal:
    """Return where the fixing runs that the makler goes on with, or why he cannot."""
    trading = _trading(state, symbol, board)
    clause = CLAUSE if trading is None else trading.group.clauses.methods
    refusal = rules.entitled(by, (rules.MAKLER,), clause)
    if refusal is not None or trading is None:
        return refusal or _unknown(symbol, board)
    return trading if trading.key in state.fixings else Refusal(NO_FIXING, clause, (symbol,))


def _may_order(by: Decision, clause: str) -> Refusal | None:
    """Refuse one who is neither a head nor an office with a document."""
    if rules.entitled(by, rules.HEADS, clause) is None:
        return None
    return rules.entitled(by, rules.OFFICES, clause) or rules.documented(by, clause)


def _unknown(symbol: str, board: str) -> Refusal:
    return Refusal(UNKNOWN_NAME, CLAUSE, ("instrument", f"{symbol} {board}".strip()))


def _has_reserve_method(trading: Trading) -> Refusal | None:
    """Refuse an instrument without a reserve method, and boards where it stands for nothing.

    It stands for the continuous auction; where one user's firm quotes alone may rest (art. 15 p. 1-1 sp. 5) nobody else
    may be asked for quantities.
    """
    group, board = trading.group, trading.board
    found = (trading.symbol, fixing_rounds.METHOD)
    if group.reserve_method != fixing_rounds.METHOD or board.method != group.main_method:
        return Refusal(METHOD_NOT_ENABLED, group.clauses.methods, found)
    if board.firm_quotes_of:
        return Refusal(METHOD_NOT_ENABLED, board.firm_quotes_clause, found)
    return methods.method_enabled(trading.instrument, board, group)


def _trades_now(state: State, trading: Trading) -> Refusal | None:
    """Refuse an instrument that does not trade at this moment, or is in fixing already."""
    closed = not_traded(state, trading)
    if state.terms.place:
        return Refusal(TRADING_MOVED, "art. 3 p. 2", (state.terms.place,))
    if trading.key in state.fixings:
        return Refusal(FIXING_RUNS, trading.group.clauses.methods, (trading.symbol,))
    if closed is not None or trading.symbol not in state.settlement:
        return Refusal(NOT_TRADED_TODAY, closed or "art. 5 p. 1", (trading.symbol,))
    if trading.key in state.terms.suspended:
        return Refusal(INSTRUMENT_SUSPENDED, "art. 4 p. 3", (trading.symbol,))
    if state.phase(trading) not in (Phase.CONTINUOUS, Phase.STANDBY):
        window = state.window(trading)
        found = (trading.symbol, window.opens.isoformat("minutes"), window.closes.isoformat("minutes"))
        return Refusal(SESSION_CLOSED, trading.board.clause, found)
    return None


def _too_late(turn: Turn, command: OrderFixing, trading: Trading) -> Refusal | None:
    """Refuse a time-out that is past, or later than the session's end."""
    state, until = turn.state, command.until
    if until is None or state.date is None:
        return None
    closes = state.window(trading).closes
    if instant(state.date, until) <= turn.time:
        return Refusal(WRONG_TIME, trading.group.clauses.methods, (f"{until:%H:%M:%S}", "it is past"))
    if until > closes:
        why = f"trading ends at {closes:%H:%M}"
        return Refusal(WRONG_TIME, trading.group.clauses.methods, (f"{until:%H:%M:%S}", why))
    return None


def _price_wrong(state: State, trading: Trading, price: Price) -> Refusal | None:
    """Refuse to call a price that no order could have, or one at or beyond the hard limit (art. 8 p. 4)."""
    group, listing = trading.group, trading.listing
    hundredths = state.terms.hard_limits.get(trading.symbol, group.hard_hundredths)
    return (
        prices.price_positive(price, group)
        or prices.price_on_grid(price, group)
        or prices.price_within_maximum(price, group)
        or limits.refuse_beyond_hard(price, listing.reference, hundredths, group)
    )


def _shown(trading: Trading, price: Price) -> str:
    return format_price(price, trading.group.price_decimals)


def _surplus(now: Standing) -> tuple[str, str]:
    """Return the surplus as members are told it, in English and Russian."""
    side = now.surplus_side
    if side is None:
        return "none", "нет"
    english, russian = SIDES[side]
    return f"{now.surplus} ({english})", f"{now.surplus} ({russian})"
