"""What the exchange does by itself: configuration, the operational day, services, the phases of its boards."""

import datetime as dt

import msgspec

from kase_fix.calendar.almaty import wall
from kase_fix.clearing.depository import Reply
from kase_fix.engine import admission, deal_confirmation, indicative, repo, specialised
from kase_fix.engine.candidate import Candidate
from kase_fix.engine.held import hold, waits
from kase_fix.engine.names import Names
from kase_fix.engine.phases import closed, direct, enter_phase, fixing_rounds, rules_of, standby
from kase_fix.engine.snapshot import list_instruments
from kase_fix.engine.state import State, Trading, trading_key
from kase_fix.engine.turn import Turn
from kase_fix.messages.commands import (
    BoardPhaseChanged,
    ConfigurationLoaded,
    OperationalDayOpened,
    PreliminaryOrdersDue,
    ServiceTurned,
    StandbyDue,
)
from kase_fix.messages.configuration import MarketConfiguration
from kase_fix.messages.day_events import (
    Announced,
    ConfigurationApplied,
    DayClosed,
    DayOpened,
    InstrumentChanged,
    LimitSet,
    ServiceEntered,
    TradingSuspended,
)
from kase_fix.messages.depository import DepositoryDropped
from kase_fix.messages.fixing import FixingDue
from kase_fix.messages.order_events import OrderFormed, PreliminaryEnded
from kase_fix.messages.specialised import AuctionDue
from kase_fix.rulebook.admission import RULES_OF_THE_EXCHANGE
from kase_fix.rulebook.market import Market
from kase_fix.rulebook.operational_day import (
    API,
    CLOSES,
    CLOSES_CLAUSE,
    CONTROL,
    MARKET_DATA,
    OPENS_CLAUSE,
    SERVICE_HOURS,
)
from kase_fix.values.enums import Phase, TimeInForce


def load(turn: Turn, command: ConfigurationLoaded) -> None:
    """Make the market what the configuration says; what was decided since, books, prices and orders go on (law 6).

    An order expires with what it rests on: an instrument that is no longer listed, the session of the board that the
    instrument leaves (R-4), the user who is no member's any more.
    """
    state = turn.state
    state.configuration = command.market
    market = with_decisions(state, command.market)
    apply_market(turn, market)
    turn.events.append(ConfigurationApplied(market))


def apply_market(turn: Turn, configuration: MarketConfiguration) -> None:
    """List what the configuration lists and carry books, prices and living orders over.

    A standby whose instrument leaves its board or turns otherwise from now on ends before, with its auction (R-16); so
    does a fixing, as by its time-out (R-85).
    """
    state = turn.state
    market = Market.of(configuration)
    for key, running in list(state.standbys.items()):
        trading = state.trading[key]
        on_board = trading.symbol in market.instruments and market.on_board(trading.symbol, trading.board.code)
        if not on_board or market.group_of(trading.symbol).standby != running.clock.kind:
            standby.end_standby(turn, trading, Phase.CONTINUOUS)
    for key in list(state.fixings):
        trading = state.trading[key]
        on_board = trading.symbol in market.instruments and market.on_board(trading.symbol, trading.board.code)
        if not on_board or not fixing_rounds.stands_for(market, trading):
            fixing_rounds.time_out(turn, trading, Phase.CONTINUOUS)
    for key, auction in list(state.specialised.items()):
        symbol, board = state.trading[key].symbol, state.trading[key].board.code
        on_board = symbol in market.instruments and market.on_board(symbol, board)
        if not on_board or auction.terms.initiator not in market.users:
            specialised.leave_unlisted(turn, key)
    for order in list(state.orders.values()):
        instrument = market.instruments.get(order.symbol)
        if instrument is None:
            turn.expire(order, "art. 1 p. 1 sp. 3")
        elif order.board not in (instrument.board, *instrument.more_boards):
            turn.expire(order, state.on(order).board.clause)
        elif order.user not in market.users:
            turn.expire(order, RULES_OF_THE_EXCHANGE)
    indicative.keep_listed(turn, market)
    tradings, listings = state.trading, state.listings
    list_instruments(state, market)
    for key in [key for key in state.phases if "@" in key]:
        now = state.trading.get(key)
        apart = key in state.standbys or key in state.fixings or key in state.specialised
        if now is None or not (apart or state.turns_alone(now)):
            del state.phases[key]
    for key, before in tradings.items():
        if key in state.trading:
            after = state.trading[key]
            after.book, after.apart, after.stops = before.book, before.apart, before.stops
    for symbol, listing in listings.items():
        if symbol in state.listings:
            state.listings[symbol].take_over(listing)
    state.covered, state.of_user, state.quotes = {}, {}, {}
    for order in state.orders.values():
        state.cover(order)


def with_decisions(state: State, configuration: MarketConfiguration) -> MarketConfiguration:
    """Return the configuration with the instruments that decisions have listed or changed since.

    One whose group or board the configuration no longer knows is left out: there is nothing to trade it by.
    """
    boards = {board.code for board in configuration.boards}
    groups = {group.name for group in configuration.groups}
    decided = {
        symbol: instrument
        for symbol, instrument in state.terms.instruments.items()
        if instrument.group in groups and {instrument.board, *instrument.more_boards} <= boards
    }
    if not decided:
        return configuration
    listed = {instrument.symbol: instrument for instrument in configuration.instruments} | decided
    return msgspec.structs.replace(configuration, instruments=tuple(listed.values()))


def open_day(turn: Turn, command: OperationalDayOpened) -> None:
    """Begin the operational day (art. 5 p. 1): settlement dates and what does not trade are today's, names are free.

    A ClOrdID stays taken while its order lives. Orders of a session that was never closed die first (R-4).
    """
    state = turn.state
    specialised.end_of_day(turn)
    for trading in state.trading.values():
        if trading.key in state.standbys:
            standby.end_standby(turn, trading, Phase.CLOSED)
        if trading.key in state.fixings:
            fixing_rounds.time_out(turn, trading, Phase.CLOSED)
        if trading.key not in state.specialised:  # a subscription's orders outlive the day
            closed.begin(turn, trading)
    _end_unclosed(turn)
    state.date, state.day_open = command.date, True
    state.depository = state.depository.next_day()
    state.settlement, state.not_traded = dict(command.settlement), dict(command.not_traded)
    state.closings = dict(command.closings)
    state.phases = {}
    state.transitions = {command.transition} if command.transition else set()
    state.names = _names_of_the_living(state)
    state.deals = state.deals.begin_day(command.date)
    state.terms.begin_day()
    state.indicative = {}
    for listing in state.listings.values():
        listing.begin_day()
    last_deals = {
        symbol: listing.last_deal for symbol, listing in state.listings.items() if listing.last_deal is not None
    }
    standing = tuple(order.state() for order in state.orders.values())
    turn.events.append(
        DayOpened(
            command.date,
            state.settlement,
            state.not_traded,
            last_deals,
            command.clause,
            standing,
            tuple(state.repos.values()),
            state.ledger.begin_day(command.date),
            {symbol: listing.average for symbol, listing in state.listings.items() if listing.average is not None},
            tuple(sorted(state.names.living())),
        )
    )
    _tell_what_lasts(turn)
    repo.begin_day(turn)
    specialised.begin_day(turn)


def end_day(turn: Turn, clause: str) -> None:
    """End the operational day, and FIX-API with it (art. 5 p. 2; R-2); no request waits any more."""
    state = turn.state
    assert state.date is not None
    specialised.end_of_day(turn)
    state.day_open = False
    state.indicative = {}
    for request in state.depository.pending:
        state.depository = state.depository.replied(Reply(request.request, request.what, turn.time, "dropped"))
        turn.events.append(DepositoryDropped(request.request, request.what, clause))
    turn.events.append(DayClosed(state.date, CLOSES_CLAUSE))
    turn.events.append(ServiceEntered(API, False, CLOSES_CLAUSE, _unusual(turn, CLOSES)))


def _end_unclosed(turn: Turn) -> None:
    """End a day that the depository never consented to close, as the next one begins; members are told (R-94)."""
    state = turn.state
    if not state.day_open:
        return
    turn.events.append(
        Announced(
            f"The operational day of {state.date} ends with the next one: the Central Depository has not consented",
            f"Операционный день {state.date:%d.%m.%Y} завершен с началом следующего: согласие Центрального "
            "депозитария не получено",
        )
    )
    end_day(turn, OPENS_CLAUSE)


def _unusual(turn: Turn, usual: dt.time) -> dt.time | None:
    """Return the Almaty time of now where that is another than a service usually closes at."""
    now = wall(turn.time).time()
    return None if now == usual else now


def turn_service(turn: Turn, command: ServiceTurned) -> None:
    """Open or close a service of the exchange (art. 5, 41; support terms, annex 1)."""
    turn.state.transitions.add(command.transition)
    ends = command.service == MARKET_DATA and not command.open
    unusual = _unusual(turn, SERVICE_HOURS[MARKET_DATA][1]) if ends else None
    turn.events.append(ServiceEntered(command.service, command.open, command.clause, unusual))
    if command.service == CONTROL and not command.open:
        deal_confirmation.end_of_hours(turn)
        direct.end_of_control(turn)


def standby_due(turn: Turn, command: StandbyDue) -> None:
    """Do what a standby's clock has come to (art. 7 p. 1-2, 4)."""
    trading = turn.state.trading.get(trading_key(command.symbol, command.board))
    if trading is not None:
        standby.due(turn, trading)


def fixing_due(turn: Turn, command: FixingDue) -> None:
    """End a fixing whose time is over (R-17)."""
    trading = turn.state.trading.get(trading_key(command.symbol, command.board))
    if trading is not None:
        fixing_rounds.due(turn, trading)


def auction_due(turn: Turn, command: AuctionDue) -> None:
    """Do what a specialised trading's clock has come to (art. 42 p. 1)."""
    trading = turn.state.trading.get(trading_key(command.symbol, command.board))
    if trading is not None:
        specialised.due(turn, trading)


def change_phase(turn: Turn, command: BoardPhaseChanged) -> None:
    """Turn a board, or instruments of it with windows of their own, to another phase (art. 4; art. 10-38)."""
    state = turn.state
    state.transitions.add(command.transition)
    if waits(state, command.board):
        hold(turn, command.board, command.symbols, command.phase, command.clause)
        return
    members = turning(state, command.board, command.symbols)
    for trading in members:
        if trading.key in state.standbys:  # it ends with its session, and its auction is held
            standby.end_standby(turn, trading, command.phase)
        if trading.key in state.fixings:  # as does a fixing, by its time-out
            fixing_rounds.time_out(turn, trading, command.phase)
    if command.symbols:
        for trading in members:
            state.phases[trading.key] = command.phase
    else:
        state.phases[command.board] = command.phase
    enter_phase(turn, command.board, command.phase, command.clause, members)
    again = command.transition.removesuffix(":opens") + ":again"
    if command.phase is Phase.CONTINUOUS and again in state.transitions:  # opened anew today by a decision
        state.transitions.discard(again)
        form(turn, command.clause, members)


def form_preliminary_orders(turn: Turn, command: PreliminaryOrdersDue) -> None:
    """Form the day's orders from the orders of several days, in order of first entry (art. 7 p. 2; R-5).

    Each is judged as if it came now; one that cannot be taken today is skipped and its sender is told.
    """
    state = turn.state
    state.transitions.add(command.transition)
    form(turn, command.clause, list(state.trading.values()))


def form(turn: Turn, clause: str, members: list[Trading]) -> None:
    """Form the orders of several days that wait for these instruments, where orders are taken at this moment (R-5)."""
    state = turn.state
    market = state.market
    keys = {trading.key for trading in members}
    for order in list(state.orders.values()):
        trading = state.on(order)
        if order.level is not None or order.apart or order.waiting or trading.key not in keys:
            continue
        if market is None or state.date is None:
            continue
        if order.tif is TimeInForce.GTD and order.expire_date is not None and order.expire_date < state.date:
            turn.expire(order, clause)
            continue
        if state.phase(trading) is Phase.CLOSED:
            continue
        terms = order.price, order.quantity, order.display
        refusal = admission.refuse(Candidate.of(state, market, order, *terms, turn.time, order.stop_price))
        if refusal is not None:
            turn.events.append(PreliminaryEnded(order.state(), refusal))
            continue
        turn.events.append(OrderFormed(order.state()))
        rules_of(state, trading, order).enter(turn, trading, order)


def turning(state: State, board: str, symbols: tuple[str, ...]) -> list[Trading]:
    """Return the instruments of a board that turn: those named, else all without a window of their own."""
    here = [trading for trading in state.trading.values() if trading.board.code == board]
    if symbols:
        return [trading for trading in here if trading.symbol in symbols]
    own = state.terms.changes.instruments
    return [
        trading
        for trading in here
        if (board, trading.symbol) not in own
        and not (trading.instrument.opens is not None and trading.instrument.board == board)
    ]


def _tell_what_lasts(turn: Turn) -> None:
    """Tell anew what earlier decisions have in force, for projections that begin with the day."""
    state = turn.state
    for symbol in sorted(state.terms.instruments):
        turn.events.append(InstrumentChanged(state.terms.instruments[symbol]))
    by_board: dict[str, list[str]] = {}
    for trading in state.trading.values():
        if trading.key in state.terms.suspended:
            by_board.setdefault(trading.board.code, []).append(trading.symbol)
    for board, symbols in by_board.items():
        turn.events.append(TradingSuspended(board, tuple(symbols), True))
    for symbol, hundredths in sorted(state.terms.hard_limits.items()):
        turn.events.append(LimitSet(symbol, "hard", hundredths))


def _names_of_the_living(state: State) -> Names:
    names = Names()
    for user, cl_ord_id, order_id in state.names.living():
        if order_id in state.orders:
            names.use(user, cl_ord_id, order_id)
    return names
