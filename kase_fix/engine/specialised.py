"""Specialised trading from its opening to its result (art. 4 p. 1, art. 42 p. 1).

Orders live beside the book. In open submission the market sees the limit orders that count; in closed submission each
member sees his own. Confirmation is `confirmation`'s matter, what an order does `phases.specialised`'s.
"""

from kase_fix.engine import specialised_texts as texts
from kase_fix.engine.specialised_result import Outcome, results_of
from kase_fix.engine.state import State, Trading
from kase_fix.engine.turn import Turn
from kase_fix.matching.order import Order
from kase_fix.matching.specialised_clock import Specialised, confirmation_clause, confirmation_ends
from kase_fix.messages.auction_events import SpecialisedOpened, SpecialisedResult, SpecialisedTurned
from kase_fix.messages.day_events import Announced, PhaseEntered
from kase_fix.messages.specialised import AuctionKind, AuctionTerms, Stage, Submission
from kase_fix.rulebook.refusals_of_methods import NOT_CONFIRMED, NOT_SATISFIED, NOTHING_DECIDED, SPECIALISED_FAILED
from kase_fix.values.enums import OrderStatus, Phase, Side
from kase_fix.values.numbers import Price

METHOD = "specialised"
CLAUSE = "art. 4 p. 1"


def begin(turn: Turn, trading: Trading, terms: AuctionTerms) -> None:
    """Open a specialised trading; if its acceptance has come, orders are taken from now on."""
    auction = turn.state.specialised[trading.key] = Specialised(terms, Stage.ANNOUNCED, {})
    turn.events.append(SpecialisedOpened(texts.published(terms)))
    if terms.opens <= turn.time:
        _turn_to(turn, trading, auction, Stage.ACCEPTING)


def due(turn: Turn, trading: Trading) -> None:
    """Do what the clock has come to: acceptance opens or closes, the time for confirmations is over."""
    auction = turn.state.specialised.get(trading.key)
    moment = None if auction is None else auction.next_moment
    if auction is None or moment is None or moment > turn.time:
        return
    if auction.stage is Stage.ANNOUNCED:
        _tell(turn, texts.acceptance_begins(auction.terms))
        _turn_to(turn, trading, auction, Stage.ACCEPTING)
    elif auction.stage is Stage.ACCEPTING:
        waiting = bool(unconfirmed(trading))
        _tell(turn, texts.acceptance_ends(auction.terms, waiting))
        _turn_to(turn, trading, auction, Stage.CONFIRMING if waiting else Stage.DECIDING)
    else:
        for order in unconfirmed(trading):
            withdraw(turn, order, NOT_CONFIRMED, confirmation_clause(auction.terms))
        _turn_to(turn, trading, auction, Stage.DECIDING)


def touched(turn: Turn, trading: Trading) -> None:
    """Let the initiator decide as soon as acceptance is over and no order waits for its confirmation (R-73)."""
    auction = turn.state.specialised[trading.key]
    if auction.stage is Stage.CONFIRMING and not unconfirmed(trading):
        _turn_to(turn, trading, auction, Stage.DECIDING)


def carry_out(turn: Turn, trading: Trading, order: Order, outcome: Outcome) -> None:
    """Do the deals of the cut-off order; what is left of all orders is cancelled, and the results are told."""
    auction = turn.state.specialised[trading.key]
    for part in outcome.parts:
        other = trading.apart[part.name]
        price = outcome.price_of(part)
        for one in (order, other):
            one.fill(part.quantity, price)
        if other.shown:
            other.visible = other.leaves
        buy, sell = (order, other) if order.side is Side.BUY else (other, order)
        turn.deal(trading, buy, sell, part.quantity, price, order.side, METHOD)
    for other in in_time(trading):
        withdraw(turn, other, NOT_SATISFIED, CLAUSE)
    if order.order_id in turn.state.orders:
        turn.cancel_rest(order, NOT_SATISFIED, clause=CLAUSE)
    _end(turn, trading, auction, SpecialisedResult(trading.symbol, trading.board.code, outcome.results))


def fail(turn: Turn, trading: Trading, reason: str, clause: str = CLAUSE) -> None:
    """End a specialised trading without a deal; `reason`, a code of the catalogue, ends all orders too."""
    auction = turn.state.specialised[trading.key]
    results = results_of(trading, auction, None, ())
    for order in in_time(trading):
        withdraw(turn, order, reason, clause)
    _end(turn, trading, auction, SpecialisedResult(trading.symbol, trading.board.code, results, reason, clause))


def end_of_day(turn: Turn) -> None:
    """Declare failed what has no cut-off by the end of the operational day; a subscription goes on (R-74)."""
    for key, auction in list(turn.state.specialised.items()):
        goes_on = auction.terms.kind is AuctionKind.SUBSCRIPTION and auction.stage is Stage.ACCEPTING
        if auction.stage is Stage.ANNOUNCED or goes_on:
            continue
        _tell(turn, texts.failed(auction.terms))
        fail(turn, turn.state.trading[key], NOTHING_DECIDED)


def begin_day(turn: Turn) -> None:
    """Tell anew what goes on from an earlier day: projections begin with the day."""
    for key, auction in turn.state.specialised.items():
        trading = turn.state.trading[key]
        turn.events.append(SpecialisedOpened(texts.published(auction.terms)))
        if auction.stage is Stage.ANNOUNCED:
            continue
        _turn_to(turn, trading, auction, auction.stage)
        for order in in_time(trading):
            show(turn, auction, order)


def leave_unlisted(turn: Turn, gone: str) -> None:
    """Declare a specialised trading failed whose instrument, board or initiator is gone (`gone`: its key)."""
    _tell(turn, texts.failed(turn.state.specialised[gone].terms))
    fail(turn, turn.state.trading[gone], SPECIALISED_FAILED)


def show(turn: Turn, auction: Specialised, order: Order) -> None:
    """Show a limit order that counts to the market, where submission is open."""
    if auction.terms.submission is Submission.OPEN and order.price is not None and order.pending is None:
        order.visible = order.leaves
        turn.show(order)


def withdraw(turn: Turn, order: Order, reason: str, clause: str, by: str = "") -> None:
    """Take an order off the show and cancel it; `by` is who refused it, if somebody did."""
    turn.withdraw(order)
    turn.cancel_rest(order, reason, clause=clause, by=by)


def unconfirmed(trading: Trading) -> list[Order]:
    """Return the orders that wait for their confirmation, in order of time."""
    return [order for order in in_time(trading) if order.pending is OrderStatus.PENDING_CONFIRMATION]


def in_time(trading: Trading) -> list[Order]:
    """Return the living orders in order of time."""
    return sorted(trading.apart.values(), key=lambda order: order.priority)


def initiated_by(state: State, firm: str) -> list[Trading]:
    """Return where a firm is the initiator of a specialised trading."""
    users = state.market.users if state.market is not None else {}
    return [
        state.trading[key]
        for key, auction in state.specialised.items()
        if auction.terms.initiator in users and users[auction.terms.initiator].firm == firm
    ]


def tell_result(turn: Turn, trading: Trading, cut_off: Price, outcome: Outcome) -> None:
    """Announce the result to all members."""
    terms = turn.state.specialised[trading.key].terms
    _tell(turn, texts.result(terms, cut_off, outcome.results, trading.group.price_decimals))


def _turn_to(turn: Turn, trading: Trading, auction: Specialised, stage: Stage) -> None:
    auction.stage = stage
    symbol, board = trading.symbol, trading.board.code
    until = {Stage.ACCEPTING: auction.terms.closes, Stage.CONFIRMING: confirmation_ends(auction.terms)}.get(stage, 0)
    if turn.state.phases.get(trading.key) is not Phase.SPECIALISED:
        turn.state.phases[trading.key] = Phase.SPECIALISED
        turn.events.append(PhaseEntered(board, Phase.SPECIALISED, CLAUSE, (symbol,), until))
    turn.events.append(SpecialisedTurned(symbol, board, stage, until))


def _end(turn: Turn, trading: Trading, auction: Specialised, result: SpecialisedResult) -> None:
    del turn.state.specialised[trading.key]
    turn.events.append(result)
    if auction.stage is not Stage.ANNOUNCED:
        turn.state.phases.pop(trading.key, None)
        turn.events.append(PhaseEntered(trading.board.code, Phase.CLOSED, CLAUSE, (trading.symbol,)))


def _tell(turn: Turn, announced: Announced) -> None:
    turn.events.append(announced)
