"""Decisions about instruments: methods, kind of price, listing and change of parameters (art. 2 p. 6, 23; annex 2)."""

import msgspec

from kase_fix.calendar.almaty import wall
from kase_fix.engine.day import apply_market, with_decisions
from kase_fix.engine.decisions.telling import tell
from kase_fix.engine.phases import rules_of
from kase_fix.engine.turn import Turn
from kase_fix.messages.configuration import Instrument, PriceDecision
from kase_fix.messages.day_events import InstrumentChanged
from kase_fix.messages.decisions import CarryOutApplication, DecideMethods, DecidePriceKind, FileApplication
from kase_fix.messages.order_events import PreliminaryEnded
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook import decisions as rules
from kase_fix.rulebook.completeness import completed, lacking
from kase_fix.rulebook.identifiers import mistaken, numbers_of
from kase_fix.rulebook.methods import method_enabled
from kase_fix.rulebook.refusals import BETWEEN_DAYS_ONLY, PRICE_KIND_CHANGED, UNKNOWN_NAME
from kase_fix.rulebook.refusals_of_methods import METHODS_CHANGED
from kase_fix.values.enums import Phase

PRICE_KINDS = ("clean", "dirty")


def decide_methods(turn: Turn, command: DecideMethods) -> Refusal | dict[str, str]:
    """Set the methods an instrument trades by, by the Board's or the seller's document (art. 23; art. 26 p. 4)."""
    state, by = turn.state, command.by
    listing = state.listings.get(command.symbol)
    refusal = rules.entitled(by, rules.OFFICES, "art. 23") or rules.documented(by, "art. 23")
    if refusal is not None or listing is None:
        return refusal or Refusal(UNKNOWN_NAME, "art. 23", ("instrument", command.symbol))
    known = {board.method for board in state.market.boards.values()} if state.market is not None else set()
    for method in command.methods or ("",):
        if method not in known:
            return Refusal(UNKNOWN_NAME, "art. 23", ("method", method))
    names = ", ".join(command.methods)
    tell(
        turn,
        f"{command.symbol} trades by: {names}",
        f"Методы торгов по {command.symbol}: {names}",
        by,
        symbol=command.symbol,
    )
    changed = msgspec.structs.replace(listing.instrument, methods=command.methods, methods_document=by.document)
    _put(turn, changed)
    ended = _end_orders_of_other_methods(turn, command.symbol)
    return {"symbol": command.symbol, "methods": names, "ended": str(ended)}


def decide_price_kind(turn: Turn, command: DecidePriceKind) -> Refusal | dict[str, str]:
    """Change a bond's trading from clean to dirty prices or back, between trading days (annex 2 p. 3; R-20).

    Daily preliminary orders in it end, and their senders are told (art. 7 p. 2).
    """
    state, by = turn.state, command.by
    listing = state.listings.get(command.symbol)
    refusal = rules.entitled(by, (rules.BOARD_MEMBER, *rules.HEADS), "annex 2 p. 3") or rules.documented(
        by, "annex 2 p. 3"
    )
    if refusal is not None or listing is None:
        return refusal or Refusal(UNKNOWN_NAME, "annex 2 p. 3", ("instrument", command.symbol))
    if listing.instrument.bond is None or command.kind not in PRICE_KINDS:
        return Refusal(UNKNOWN_NAME, "annex 2 p. 3", ("kind of price", command.kind))
    if any(state.phase(trading) is not Phase.CLOSED for trading in listing.boards):
        return Refusal(BETWEEN_DAYS_ONLY, "annex 2 p. 3", (command.symbol,))
    filed = state.terms.applications.get(command.application)
    if command.application and (filed is None or filed.symbol != command.symbol):
        return Refusal(UNKNOWN_NAME, "annex 2 p. 3", ("application", command.application))
    tell(
        turn,
        f"{command.symbol} trades in {command.kind} prices",
        f"Торги по {command.symbol} проводятся в {'чистых' if command.kind == 'clean' else 'грязных'} ценах",
        by,
        symbol=command.symbol,
    )
    decision = PriceDecision(command.kind, by.document, wall(turn.time).date())
    changes = command.kind != listing.instrument.price_kind
    state.terms.applications.pop(command.application, None)
    _put(turn, msgspec.structs.replace(listing.instrument, price_kind=command.kind, price_decision=decision))
    ended = 0
    if changes:
        state.listings[command.symbol].forget_prices()
        state.deals.forget_prices(command.symbol)
        ended = _end_daily_orders(turn, command.symbol)
    return {"symbol": command.symbol, "kind": command.kind, "ended": str(ended)}


def file_application(turn: Turn, command: FileApplication) -> Refusal | dict[str, str]:
    """Register an initiator's application with the day it is due (art. 2 p. 6; annex 2 p. 3)."""
    refusal = rules.entitled(command.by, rules.OFFICES, "art. 2 p. 6")
    if refusal is not None:
        return refusal
    turn.state.terms.applications[command.application] = command
    return {
        "application": command.application,
        "symbol": command.symbol,
        "what": command.what,
        "received": command.received.isoformat(),
        "due": command.due.isoformat(),
    }


def carry_out_application(turn: Turn, command: CarryOutApplication) -> Refusal | dict[str, str]:
    """List an instrument or change its parameters by the Board member's decision (art. 2 p. 6), while it is closed."""
    state, by, instrument = turn.state, command.by, command.instrument
    refusal = rules.entitled(by, (rules.BOARD_MEMBER, *rules.HEADS), "art. 2 p. 6") or rules.documented(
        by, "art. 2 p. 6"
    )
    if refusal is not None:
        return refusal
    filed = state.terms.applications.get(command.application)
    if filed is None or filed.symbol != instrument.symbol:
        return Refusal(UNKNOWN_NAME, "art. 2 p. 6", ("application", command.application))
    market = state.market
    if market is None or instrument.group not in market.groups or not _boards_known(turn, instrument):
        return Refusal(UNKNOWN_NAME, "art. 2 p. 6", ("group or board", f"{instrument.group} {instrument.board}"))
    group = market.groups[instrument.group]
    instrument = completed(instrument, group)
    missing = lacking(instrument, group)
    if missing:  # it could not be given a settlement date, or no price could be read
        return Refusal(UNKNOWN_NAME, "art. 2 p. 6", ("parameter of the instrument:", missing))
    key, _ = mistaken(instrument, numbers_of(one.instrument for one in state.listings.values()))
    if key:
        number = instrument.isin if key == "isin" else instrument.nin
        return Refusal(UNKNOWN_NAME, "art. 2 p. 6", ("free number of such a form:", number))
    listing = state.listings.get(instrument.symbol)
    if listing is not None and any(state.phase(trading) is not Phase.CLOSED for trading in listing.boards):
        return Refusal(BETWEEN_DAYS_ONLY, "art. 2 p. 6", (instrument.symbol,))
    english = "is listed" if listing is None else "has changed parameters"
    russian = "допущен к торгам" if listing is None else "имеет измененные параметры"
    tell(turn, f"{instrument.symbol} {english}", f"{instrument.symbol} {russian}", by, symbol=instrument.symbol)
    del state.terms.applications[command.application]
    _put(turn, instrument)
    ended = _end_daily_orders(turn, instrument.symbol) if listing is not None else 0
    return {"application": command.application, "symbol": instrument.symbol, "ended": str(ended)}


def _put(turn: Turn, instrument: Instrument) -> None:
    """Make the instrument what was decided, from now on and against the configuration's files."""
    state = turn.state
    configuration = state.configuration
    assert configuration is not None
    state.terms.instruments[instrument.symbol] = instrument
    turn.events.append(InstrumentChanged(instrument))
    apply_market(turn, with_decisions(state, configuration))


def _end_daily_orders(turn: Turn, symbol: str) -> int:
    """End the orders of several days in an instrument and tell their senders why (art. 7 p. 2)."""
    ending = [order for order in turn.state.orders.values() if order.symbol == symbol]
    for order in ending:
        turn.events.append(PreliminaryEnded(order.state(), Refusal(PRICE_KIND_CHANGED, "art. 7 p. 2", (symbol,))))
        turn.withdraw(order)
        turn.cancel_rest(order, PRICE_KIND_CHANGED, clause="art. 7 p. 2")
    return len(ending)


def _end_orders_of_other_methods(turn: Turn, symbol: str) -> int:
    """Withdraw the orders on boards whose method the instrument does not trade by any more (art. 23)."""
    state, ended = turn.state, 0
    for order in [order for order in state.orders.values() if order.symbol == symbol]:
        trading = state.on(order)
        if method_enabled(trading.instrument, trading.board, trading.group) is not None:
            turn.withdraw(order)
            turn.cancel_rest(order, METHODS_CHANGED, clause="art. 23")
            rules_of(state, trading, order).cancelled(turn, trading, order)
            ended += 1
    return ended


def _boards_known(turn: Turn, instrument: Instrument) -> bool:
    market = turn.state.market
    return market is not None and all(code in market.boards for code in (instrument.board, *instrument.more_boards))
