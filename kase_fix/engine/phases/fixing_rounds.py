"""A fixing from its order to its end: calls, surpluses, the deals at the fixed price, the time-out (R-17).

Every step is told to the public: the called price at once, the surplus from its announcement on.
"""

import datetime as dt

from kase_fix.calendar.almaty import instant
from kase_fix.engine.phases import continuous
from kase_fix.engine.state import State, Trading
from kase_fix.engine.turn import Turn
from kase_fix.matching.fixing import Fixing, Round, Standing, allocate, best, is_fixed, standing
from kase_fix.matching.order import Order
from kase_fix.messages.auction_events import AuctionEnded, AuctionIndicated, FixingCalled, FixingEnded, FixingSurplus
from kase_fix.messages.day_events import Announced, PhaseEntered
from kase_fix.rulebook.lots import lot_of
from kase_fix.rulebook.market import Market
from kase_fix.rulebook.methods import method_enabled
from kase_fix.rulebook.refusals_of_methods import NOT_FIXED
from kase_fix.values.enums import Phase, Side
from kase_fix.values.numbers import Price, format_price

METHOD = "fixing"
FIXED, TIMED_OUT, BROKEN_OFF = "fixed", "timed out", "broken off"
"""Why a fixing ended: the surplus fell below one lot; its time or its session was over; it was broken off."""


def stands_for(market: Market, trading: Trading) -> bool:
    """Tell whether fixing is still the reserve of a method the instrument trades by on this board."""
    instrument, board = market.instruments[trading.symbol], market.boards[trading.board.code]
    group = market.group_of(trading.symbol)
    return group.reserve_method == METHOD and method_enabled(instrument, board, group) is None


def living(trading: Trading, called: Round) -> list[Order]:
    """Return the orders of a round that are not over."""
    return [trading.apart[order_id] for order_id in called.orders if order_id in trading.apart]


def present(state: State, trading: Trading) -> Standing:
    """Return what is bought and sold in the present round."""
    return standing(living(trading, state.fixings[trading.key].present))


def ends_at(state: State, trading: Trading) -> int:
    """Return the time-out of a fixing, nanoseconds UTC: its own, no later than the session's end."""
    until, closes = state.fixings[trading.key].until, state.closes(trading)
    if until is None or state.date is None:
        return closes
    return min(instant(state.date, until), closes)


def begin(turn: Turn, trading: Trading, price: Price, until: dt.time | None) -> None:
    """Turn an instrument to fixing, with its first call."""
    state = turn.state
    shared = trading.key not in state.phases
    state.fixings[trading.key] = Fixing([], until, shared)
    state.phases[trading.key] = Phase.FIXING
    clause = trading.group.clauses.methods
    turn.events.append(PhaseEntered(trading.board.code, Phase.FIXING, clause, (trading.symbol,)))
    call(turn, trading, price)


def call(turn: Turn, trading: Trading, price: Price) -> None:
    """Close the present round and open the next one at this price; nothing is known of its surplus yet."""
    fixing = turn.state.fixings[trading.key]
    number = len(fixing.rounds) + 1
    fixing.rounds.append(Round(number, price, {}))
    symbol, board = trading.symbol, trading.board.code
    turn.events.append(FixingCalled(symbol, board, number, price, fixing.until))
    turn.events.append(AuctionIndicated(symbol, board, price, 0, None, 0))


def announce(turn: Turn, trading: Trading) -> None:
    """Tell the surplus of the present round; below one lot its price is fixed. Members were told both already."""
    turn.state.fixings[trading.key].present.announced = True
    _tell_surplus(turn, trading)
    _fix_if_met(turn, trading, told=True)


def touched(turn: Turn, trading: Trading, order: Order) -> None:
    """Tell the surplus anew after an order of the present round came, changed or went, and fix the price if it is met.

    Before the surplus is announced, and by orders of other rounds or of the book, nothing follows.
    """
    fixing = turn.state.fixings.get(trading.key)
    if fixing is None or not fixing.present.announced or order.order_id not in fixing.present.orders:
        return
    _tell_surplus(turn, trading)
    _fix_if_met(turn, trading)


def due(turn: Turn, trading: Trading) -> None:
    """End a fixing whose time is over."""
    if trading.key in turn.state.fixings and ends_at(turn.state, trading) <= turn.time:
        time_out(turn, trading, Phase.CONTINUOUS)


def time_out(turn: Turn, trading: Trading, following: Phase) -> None:
    """End a fixing at the called price of the largest matched volume, the surplus side filled by time (R-17)."""
    rounds = turn.state.fixings[trading.key].rounds
    found = best([standing(living(trading, one)) for one in rounds])
    _end(turn, trading, None if found is None else rounds[found], TIMED_OUT, following)


def break_off(turn: Turn, trading: Trading) -> None:
    """End a fixing without any deal, its orders are cancelled. Members were told already."""
    _end(turn, trading, None, BROKEN_OFF, Phase.CONTINUOUS, told=True)


def broken_off_words(symbol: str) -> tuple[str, str]:
    """Return what members are told before a fixing is broken off, in English and Russian."""
    return f"The fixing of {symbol} is broken off", f"Фиксинг по {symbol} прекращен"


def _tell_surplus(turn: Turn, trading: Trading) -> None:
    called, now = turn.state.fixings[trading.key].present, present(turn.state, trading)
    symbol, board = trading.symbol, trading.board.code
    turn.events.append(FixingSurplus(symbol, board, called.number, called.price, now.buy, now.sell))
    turn.events.append(AuctionIndicated(symbol, board, called.price, now.volume, now.surplus_side, now.surplus))


def _fix_if_met(turn: Turn, trading: Trading, told: bool = False) -> None:
    if is_fixed(present(turn.state, trading), lot_of(trading.instrument, trading.group)):
        _end(turn, trading, turn.state.fixings[trading.key].present, FIXED, Phase.CONTINUOUS, told)


def _end(
    turn: Turn, trading: Trading, executed: Round | None, reason: str, following: Phase, told: bool = False
) -> None:
    """Deal what meets in the executed round, cancel all else, tell the end and go on."""
    fixing = turn.state.fixings.pop(trading.key)
    symbol, board, clause = trading.symbol, trading.board.code, trading.group.clauses.methods
    now = Standing(0, 0) if executed is None else standing(living(trading, executed))
    if executed is not None:
        for buy, sell, quantity in allocate(living(trading, executed)):
            for order in (buy, sell):
                order.fill(quantity, executed.price)
            later = Side.BUY if buy.priority > sell.priority else Side.SELL
            turn.deal(trading, buy, sell, quantity, executed.price, later, METHOD)
    for called in fixing.rounds:
        for order in living(trading, called):
            turn.cancel_rest(order, NOT_FIXED, clause=clause)
    price = None if executed is None else executed.price
    turn.events.append(AuctionEnded(symbol, board, price, now.volume, now.surplus_side, now.surplus, clause))
    turn.events.append(FixingEnded(symbol, board, price, now.volume, reason))
    if not told:
        turn.events.append(Announced(*_words_of_end(trading, price, now), symbol=symbol))
    _leave(turn, trading, fixing, following)


def _leave(turn: Turn, trading: Trading, fixing: Fixing, following: Phase) -> None:
    """Go on with continuous trading, where orders that cross meet as at an opening, or with what follows it."""
    state = turn.state
    if fixing.shared:
        del state.phases[trading.key]
    else:
        state.phases[trading.key] = following
    if following is Phase.CONTINUOUS:
        board = trading.board
        turn.events.append(PhaseEntered(board.code, following, board.clause, (trading.symbol,)))
        if trading.key not in state.terms.suspended:
            continuous.begin(turn, trading)


def _words_of_end(trading: Trading, price: Price | None, now: Standing) -> tuple[str, str]:
    """Return what members are told of the end, in English and Russian: price and volume, or that there is none."""
    symbol = trading.symbol
    if price is None:
        return (
            f"The fixing of {symbol} has ended without a price",
            f"Фиксинг по {symbol} завершен без установления цены",
        )
    shown = format_price(price, trading.group.price_decimals)
    return (
        f"The fixing of {symbol} has ended. Price: {shown}, volume: {now.volume}",
        f"Фиксинг по {symbol} завершен. Цена: {shown}, объем: {now.volume}",
    )
