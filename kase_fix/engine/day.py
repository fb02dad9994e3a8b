"""What the exchange does by itself: configuration, the operational day, the phases of its boards."""

from kase_fix.engine.phases import RULES, closed
from kase_fix.engine.phases.closed import in_order_of_entry
from kase_fix.engine.snapshot import trading_of
from kase_fix.engine.state import Names, State
from kase_fix.engine.turn import Turn
from kase_fix.messages.commands import (
    BoardPhaseChanged,
    ConfigurationLoaded,
    OperationalDayClosed,
    OperationalDayOpened,
    PreliminaryOrdersDue,
    ServiceTurned,
)
from kase_fix.messages.events import ConfigurationApplied, DayClosed, DayOpened, PhaseEntered, ServiceEntered
from kase_fix.rulebook.admission import RULES_OF_THE_EXCHANGE
from kase_fix.rulebook.market import Market
from kase_fix.values.enums import Phase


def load(turn: Turn, command: ConfigurationLoaded) -> None:
    """Make the market what the configuration says; books, last deals and living orders go on (law 6).

    An order expires with what it rests on: an instrument that is no longer listed, the session of the board that the
    instrument leaves (R-4), the user who is no member's any more.
    """
    state = turn.state
    market = Market.of(command.market)
    for symbol, trading in state.trading.items():
        instrument = market.instruments.get(symbol)
        for order in in_order_of_entry(trading):
            if instrument is None:
                turn.expire(order, "art. 1 p. 1 sp. 3")
            elif instrument.board != trading.board.code:
                turn.expire(order, trading.board.clause)
            elif order.user not in market.users:
                turn.expire(order, RULES_OF_THE_EXCHANGE)
    trading_now = trading_of(market)
    for symbol, trading in trading_now.items():
        before = state.trading.get(symbol)
        if before is not None:
            trading.book, trading.last_deal = before.book, before.last_deal
    state.configuration, state.market, state.trading = command.market, market, trading_now
    turn.events.append(ConfigurationApplied(command.market))


def open_day(turn: Turn, command: OperationalDayOpened) -> None:
    """Begin the operational day (art. 5 p. 1): settlement dates and what does not trade are today's, names are free.

    A ClOrdID stays taken while its order lives. Orders of a session that was never closed die first (R-4).
    """
    state = turn.state
    for trading in state.trading.values():
        closed.begin(turn, trading)
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


def turn_service(turn: Turn, command: ServiceTurned) -> None:
    """Open or close a service of the exchange (art. 5, 41; support terms, annex 1)."""
    state = turn.state
    state.transitions.add(command.transition)
    turn.events.append(ServiceEntered(command.service, command.open, command.clause))


def form_preliminary_orders(turn: Turn, command: PreliminaryOrdersDue) -> None:
    """Form the day's preliminary orders from the applications in force (art. 7 p. 2)."""
    turn.state.transitions.add(command.transition)


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
