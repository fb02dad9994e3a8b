"""Standby: orders gather for a Frankfurt auction at one price (art. 7 p. 1-1, 1-2, 3, 4; R-11 to R-16)."""

from kase_fix.engine.state import Standby, State, Trading
from kase_fix.engine.turn import Turn
from kase_fix.matching.frankfurt import Indication, crossing, indicative, own_cross, uncross
from kase_fix.matching.order import Order
from kase_fix.matching.standby import Change, Kind, Origin, What
from kase_fix.matching.standby import begin as begin_clock
from kase_fix.messages.auction_events import AuctionDrawn, AuctionEnded, AuctionIndicated
from kase_fix.messages.day_events import PhaseEntered
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook import refusals
from kase_fix.values.enums import OrderStatus, Phase, Side
from kase_fix.values.numbers import Price, Quantity

METHOD = "frankfurt"
CLAUSES = {Kind.EVERY_CROSS: "art. 7 p. 3", Kind.DEVIATION: "art. 7 p. 1-1"}


def refuse(trading: Trading) -> Refusal | None:
    """Take orders: they may be submitted, changed and withdrawn throughout (R-12)."""


def waits_for(state: State, trading: Trading, order: Order) -> OrderStatus | None:
    """Nothing: an order counts as soon as it is taken."""


def enter(turn: Turn, trading: Trading, order: Order) -> None:
    """Let the order rest for the auction; one that crosses its own account's has no part in it (43)."""
    standby = turn.state.standbys[trading.key]
    if own_cross(trading.book, order) is not None:
        turn.cancel_rest(order, refusals.SELF_TRADE, clause="art. 7 p. 1")
        return
    trading.book.add(order)
    turn.show(order)
    standby.during[order.order_id] = None
    _touched(turn, trading, Change.ACCEPTED, Origin.DURING)


def cancelled(turn: Turn, trading: Trading, order: Order) -> None:
    """Take note that an order was withdrawn."""
    _touched(turn, trading, Change.CANCELLED, turn.state.standbys[trading.key].origin(order.order_id))


def shrunk(turn: Turn, trading: Trading, order: Order) -> None:
    """Take note that an order was lessened in its place."""
    _touched(turn, trading, Change.CHANGED, turn.state.standbys[trading.key].origin(order.order_id))


def begin(turn: Turn, trading: Trading) -> None:
    """Nothing more: `open_standby` has begun it."""


def open_standby(turn: Turn, trading: Trading, opener: str) -> None:
    """Turn an instrument to standby: by the order that crosses, or by the preliminary orders that do (empty)."""
    state = turn.state
    kind = Kind(trading.group.standby)
    assert trading.key not in state.standbys
    shared = trading.key not in state.phases
    standby = Standby(begin_clock(kind, turn.time, state.closes(trading)), opener, shared)
    state.standbys[trading.key] = standby
    state.phases[trading.key] = Phase.STANDBY
    turn.events.append(PhaseEntered(trading.board.code, Phase.STANDBY, CLAUSES[kind], (trading.symbol,)))
    _indicate(turn, trading, standby)


def due(turn: Turn, trading: Trading) -> None:
    """Do what the standby's clock has come to: draw its end, or hold the auction (art. 7 p. 1-2 sp. 3, p. 4 sp. 3)."""
    state = turn.state
    standby = state.standbys.get(trading.key)
    if standby is None or standby.clock.next_moment().time > turn.time:
        return
    if standby.clock.next_moment().what is What.DECIDE:
        standby.clock = standby.clock.draw(state.draw())
        turn.events.append(AuctionDrawn(trading.symbol, trading.board.code, standby.clock.next_moment().time))
    else:
        end_standby(turn, trading, Phase.CONTINUOUS)


def end_standby(turn: Turn, trading: Trading, following: Phase) -> None:
    """Hold the auction at its cut-off price; rests stay in the book with price and time (R-11, R-12, R-16)."""
    state = turn.state
    standby = state.standbys.pop(trading.key)
    kind = standby.clock.kind
    listing = trading.listing
    reference = listing.last_deal
    if kind is Kind.DEVIATION and listing.cut_off is not None:
        reference = listing.cut_off

    def met(buy: Order, sell: Order, quantity: Quantity, price: Price) -> None:
        later = Side.BUY if buy.priority > sell.priority else Side.SELL
        turn.deal(trading, buy, sell, quantity, price, later, METHOD)

    def withdraw(order: Order) -> None:
        turn.withdraw(order)
        turn.cancel_rest(order, refusals.SELF_TRADE, clause="art. 7 p. 1")

    held = uncross(trading.book, reference, met, withdraw)
    if held is not None:
        listing.cut_off = held.price
    shown = held or Indication(0, 0, None, 0)
    turn.events.append(
        AuctionEnded(
            trading.symbol,
            trading.board.code,
            held.price if held is not None else None,
            shown.volume,
            shown.surplus_side,
            shown.surplus,
            CLAUSES[kind],
        )
    )
    _leave(turn, trading, standby, following)


def break_off(turn: Turn, trading: Trading) -> None:
    """End a standby without an auction: trading is suspended. Its orders stay as they are (art. 4 p. 3)."""
    standby = turn.state.standbys.pop(trading.key)
    shown = Indication(0, 0, None, 0)
    turn.events.append(
        AuctionEnded(
            trading.symbol, trading.board.code, None, shown.volume, shown.surplus_side, shown.surplus, "art. 4 p. 3"
        )
    )
    _leave(turn, trading, standby, Phase.CONTINUOUS)


def _leave(turn: Turn, trading: Trading, standby: Standby, following: Phase) -> None:
    state = turn.state
    if standby.shared:
        del state.phases[trading.key]
    else:
        state.phases[trading.key] = following
    if following is Phase.CONTINUOUS:
        turn.events.append(PhaseEntered(trading.board.code, following, trading.board.clause, (trading.symbol,)))


def _touched(turn: Turn, trading: Trading, change: Change, origin: Origin) -> None:
    standby = turn.state.standbys[trading.key]
    standby.clock = standby.clock.touched(turn.time, change, origin)
    _indicate(turn, trading, standby)


def _indicate(turn: Turn, trading: Trading, standby: Standby) -> None:
    """Tell the auction as it would end now, where that has changed (R-13)."""
    listing = trading.listing
    cut_off = listing.cut_off if standby.clock.kind is Kind.DEVIATION else None
    now = indicative(*crossing(trading.book), listing.last_deal if cut_off is None else cut_off)
    if now == standby.indication:
        return
    standby.indication = now
    shown = now or Indication(0, 0, None, 0)
    price = None if now is None else now.price
    turn.events.append(
        AuctionIndicated(trading.symbol, trading.board.code, price, shown.volume, shown.surplus_side, shown.surplus)
    )
