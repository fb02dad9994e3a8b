"""What the exchange does by itself: configuration, the operational day, the phases of its boards."""

from kase_fix.engine.phases import RULES
from kase_fix.engine.snapshot import trading_of
from kase_fix.engine.state import Names, State
from kase_fix.engine.turn import Turn
from kase_fix.messages.commands import (
    BoardPhaseChanged,
    ConfigurationLoaded,
    OperationalDayClosed,
    OperationalDayOpened,
)
from kase_fix.messages.events import ConfigurationApplied, DayClosed, DayOpened, PhaseEntered
from kase_fix.rulebook.market import Market
from kase_fix.values.enums import Phase


def load(turn: Turn, command: ConfigurationLoaded) -> None:
    """Make the market what the configuration says; books, last deals and living orders go on (law 6).

    Orders in an instrument that is no longer listed expire: there is nothing to trade them in.
    """
    state = turn.state
    market = Market.of(command.market)
    for symbol, trading in state.trading.items():
        if symbol not in market.instruments:
            for order in list(trading.book.orders()):
                turn.expire(order, "art. 1 p. 1 sp. 3")
    trading_now = trading_of(market)
    for symbol, trading in trading_now.items():
        before = state.trading.get(symbol)
        if before is not None:
            trading.book, trading.last_deal = before.book, before.last_deal
    state.configuration, state.market, state.trading = command.market, market, trading_now
    turn.events.append(ConfigurationApplied(command.market))


def open_day(turn: Turn, command: OperationalDayOpened) -> None:
    """Begin the operational day (art. 5 p. 1): settlement dates and what does not trade are today's, names are free.

    A ClOrdID stays taken while its order lives.
    """
    state = turn.state
    state.date, state.day_open = command.date, True
    state.settlement, state.not_traded = dict(command.settlement), dict(command.not_traded)
    state.phases = {}
    state.transitions = {command.transition} if command.transition else set()
    state.names = _names_of_the_living(state)
    last_deals = {
        symbol: trading.last_deal for symbol, trading in state.trading.items() if trading.last_deal is not None
    }
    turn.events.append(DayOpened(command.date, state.settlement, state.not_traded, last_deals, command.clause))


def close_day(turn: Turn, command: OperationalDayClosed) -> None:
    """End the operational day (art. 5 p. 2)."""
    state = turn.state
    state.day_open = False
    if command.transition:
        state.transitions.add(command.transition)
    turn.events.append(DayClosed(command.date, command.clause))


def change_phase(turn: Turn, command: BoardPhaseChanged) -> None:
    """Turn a board to another phase; what that does to its books follows the announcement (art. 4; art. 10)."""
    state = turn.state
    rules = RULES[command.phase]
    members = [trading for trading in state.trading.values() if trading.board.code == command.board]
    trades_today = tuple(trading.symbol for trading in members if trading.symbol not in state.not_traded)
    state.transitions.add(command.transition)
    state.phases[command.board] = command.phase
    turn.events.append(PhaseEntered(command.board, Phase(command.phase), command.clause, trades_today))
    for trading in members:
        rules.begin(turn, trading)


def _names_of_the_living(state: State) -> Names:
    names = Names()
    for (user, cl_ord_id), order_id in state.names.used.items():
        if order_id in state.orders:
            names.use(user, cl_ord_id, order_id)
    return names
