"""The continuous counter auction (art. 7 p. 1): an order trades at once with what it crosses, its rest waits."""

from kase_fix.engine.phases.closed import in_order_of_entry
from kase_fix.engine.state import Trading
from kase_fix.engine.turn import Turn
from kase_fix.matching.continuous import fillable, match
from kase_fix.matching.order import Order
from kase_fix.messages.events import Deal, Refusal
from kase_fix.rulebook import refusals
from kase_fix.values.enums import OrderKind, OrderStatus, Side, TimeInForce
from kase_fix.values.numbers import Price, Quantity

METHOD = "continuous"


def refuse(trading: Trading) -> Refusal | None:
    """Take orders: the window is open (art. 10)."""


def enter(turn: Turn, trading: Trading, order: Order) -> None:
    """Trade with what the order crosses, at the resting orders' prices; its rest waits or falls (art. 7 p. 1)."""
    book = trading.book
    if order.tif is TimeInForce.FOK and fillable(book, order) < order.leaves:
        turn.cancel_rest(order, refusals.FOK_NOT_FILLED)
        return

    def met(incoming: Order, resting: Order, quantity: Quantity, price: Price) -> None:
        report_deal(turn, trading, incoming, resting, quantity, price)

    stopped = match(book, order, met)
    if order.leaves == 0:
        turn.close(order, OrderStatus.FILLED)
    elif stopped:
        turn.cancel_rest(order, refusals.SELF_TRADE)
    elif order.kind is OrderKind.MARKET:
        turn.cancel_rest(order, refusals.REST_OF_MARKET)
    elif order.tif is TimeInForce.IOC or trading.board.firm_quotes_of not in ("", order.user):
        turn.cancel_rest(order, refusals.REST_OF_IOC)
    else:
        book.add(order)
        turn.show(order)


def begin(turn: Turn, trading: Trading) -> None:
    """Let preliminary orders that cross trade in the order of their entry; without them the book is empty (R-7)."""
    if not trading.book.crossed:
        return
    waiting = in_order_of_entry(trading)
    for order in waiting:
        turn.withdraw(order)
    for order in waiting:
        enter(turn, trading, order)


def report_deal(
    turn: Turn, trading: Trading, incoming: Order, resting: Order, quantity: Quantity, price: Price
) -> None:
    """Tell of a deal, remember it as the last one (R-10), and show what is left of the resting order."""
    buy, sell = (incoming, resting) if incoming.side is Side.BUY else (resting, incoming)
    state = turn.state
    trading.listing.dealt(price, quantity)
    if resting.leaves == 0:
        turn.close(resting, OrderStatus.FILLED)
    turn.events.append(
        Deal(
            f"{turn.number}-{len(turn.events)}",
            trading.symbol,
            incoming.board,
            price,
            quantity,
            state.settlement[trading.symbol],
            incoming.side,
            METHOD,
            buy.state(),
            sell.state(),
        )
    )
    turn.show(resting)
