"""What becomes of D, G and F: entry, change and cancel of orders."""

import msgspec

from kase_fix.engine import admission, two_sided
from kase_fix.engine.admission_fixing import withdrawal_allowed
from kase_fix.engine.admission_specialised import may_withdraw
from kase_fix.engine.candidate import Candidate
from kase_fix.engine.corrected_orders import ended_as
from kase_fix.engine.phases import direct, rules_of
from kase_fix.engine.placing import order_id_of, place
from kase_fix.engine.state import Trading
from kase_fix.engine.turn import Turn
from kase_fix.engine.withdrawal import withdraw_all, withdraw_what_may_go
from kase_fix.matching.order import Order
from kase_fix.messages.commands import CancelOrder, NewOrder, ReplaceOrder
from kase_fix.messages.order_events import CancelRefused, OrderRefused, OrderRepeated, OrderReplaced
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook import refusals
from kase_fix.rulebook.market import Market
from kase_fix.values.enums import OrderStatus
from kase_fix.values.numbers import Price, Quantity

NO_ORDER = "NONE"
"""OrderID(37) where there is none, as FIX asks."""


def enter(turn: Turn, market: Market, command: NewOrder) -> None:
    """Take or refuse a new order (D)."""
    if _repeated(turn, command):
        return
    state = turn.state
    command = _addressed(market, command)
    trading = state.meant(command.symbol, command.board, command.direct)
    refusal: Refusal | None
    if state.names.used(command.user, command.cl_ord_id) is not None:
        refusal = Refusal(refusals.DUPLICATE_ORDER, "", (command.cl_ord_id,))
    else:
        refusal = admission.refuse(Candidate(state, market, command, turn.time))
    if refusal is None and command.two_sided:
        refusal = two_sided.refuse(state, market, command, turn.time)
    firm = market.users[command.user].firm
    board = trading.board.code if trading is not None else command.board
    if refusal is not None or trading is None:
        order = Order(NO_ORDER, command, firm, board, turn.time)
        assert refusal is not None
        turn.events.append(OrderRefused(order.state(OrderStatus.REJECTED, leaves=0), refusal))
        return
    order = Order(order_id_of(turn, trading), command, firm, board, turn.time)
    state.names.use(command.user, command.cl_ord_id, order.order_id)
    place(turn, trading, order)
    if command.two_sided:
        two_sided.place_other_side(turn, trading, command, order)


def replace(turn: Turn, market: Market, command: ReplaceOrder) -> None:
    """Change an order's price, stop price, total quantity or visible part (G).

    It keeps its priority only when its quantity shrinks at the same price and its visible part is left as it is. A
    total at or below what is filled already ends the order as filled. Refused with CancelOrigOnReject(9619) it takes
    the order off, unless the trading holds it back; a request that names no living order, or has a used name, does not.
    """
    if _repeated(turn, command):
        return
    found = _find(turn, market, command)
    if not isinstance(found, Order):
        _refuse(turn, command, "replace", *found)
        return
    trading = turn.state.on(found)
    price = found.price if command.price is None else command.price
    quantity = found.quantity if command.quantity is None else command.quantity
    display = found.display if command.display is None else command.display
    stop_price = found.stop_price if command.stop_price is None else command.stop_price
    if display is not None and command.display is None:
        display = min(display, quantity)  # an iceberg that shrinks below its slice shows all of itself
    refusal = _changed_what_stays(found, command) or admission.refuse(
        Candidate.of(turn.state, market, found, price, quantity, display, turn.time, stop_price)
    )
    if refusal is not None:
        _refuse(turn, command, "replace", found.order_id, found.status, refusal)
        if command.cancel_on_reject:
            _withdraw_instead(turn, found, command)
        return
    turn.state.names.use(command.user, command.cl_ord_id, found.order_id)
    before = found.cl_ord_id
    found.cl_ord_id = command.cl_ord_id
    if quantity <= found.filled:
        _end_as_filled(turn, found, before)
    elif stop_price == found.stop_price and _keeps_its_place(
        found, price, quantity, command.display, trading.key in turn.state.fixings
    ):
        shrink(turn, trading, found, quantity - found.filled, before)
    else:
        _move(turn, trading, found, price, quantity, display, before, stop_price)


def cancel(turn: Turn, market: Market, command: CancelOrder) -> None:
    """Cancel an order (F), or take a part off its open rest (NEXT, OrderQty 38)."""
    if _repeated(turn, command):
        return
    addressed = _addressed_to(turn, market, command)
    if addressed is not None:
        turn.state.names.use(command.user, command.cl_ord_id, addressed.order_id)
        direct.refused_by_counterparty(turn, addressed, command.user, command.cl_ord_id)
        return
    found = _find(turn, market, command)
    if not isinstance(found, Order):
        _refuse(turn, command, "cancel", *found)
        return
    trading = turn.state.on(found)
    refusal = (
        _cancelled_part_wrong(trading, found, command.quantity)
        or withdrawal_allowed(turn.state, trading, found, command.quantity)
        or may_withdraw(turn.state, trading)
    )
    if refusal is not None:
        _refuse(turn, command, "cancel", found.order_id, found.status, refusal)
        return
    turn.state.names.use(command.user, command.cl_ord_id, found.order_id)
    if command.quantity is not None and command.quantity < found.leaves:
        shrink(turn, trading, found, found.leaves - command.quantity, found.cl_ord_id, command.cl_ord_id)
        return
    other = two_sided.living_other_side(turn.state, command, found.order_id) if two_sided.names_both(command) else None
    withdraw_all(turn, [found] if other is None else [found, other], refusals.REQUESTED, command.cl_ord_id)


def _repeated(turn: Turn, command: NewOrder | ReplaceOrder | CancelOrder) -> bool:
    """Answer a possible resend of a request that is known already by its order's present state (150=I)."""
    known = turn.state.names.used(command.user, command.cl_ord_id)
    if known is None or not command.poss_resend:
        return False
    for order_id in (known, f"{known}.{two_sided.OTHER_SIDE}"):
        if order_id == known or order_id in turn.state.orders or turn.state.names.ended(order_id):
            turn.events.append(OrderRepeated(command.user, command.cl_ord_id, order_id))
    return True


def _find(turn: Turn, market: Market, command: ReplaceOrder | CancelOrder) -> Order | tuple[str, OrderStatus, Refusal]:
    """Return the living order a request means, or why there is none: its OrderID, its state, the refusal."""
    state = turn.state
    firm = market.users[command.user].firm
    order_id = state.find(firm, command.user, command.order_id, command.orig_cl_ord_id)
    order_id = two_sided.meant(state, command, order_id)
    named = command.order_id or command.orig_cl_ord_id
    order = state.orders.get(order_id)
    status = order.status if order else ended_as(state, order_id) if order_id else OrderStatus.REJECTED
    if state.names.used(command.user, command.cl_ord_id) is not None:
        return order_id or NO_ORDER, status, Refusal(refusals.DUPLICATE_ORDER, "", (command.cl_ord_id,))
    if order is not None and (command.symbol and command.symbol != order.symbol):
        return NO_ORDER, OrderStatus.REJECTED, Refusal(refusals.UNKNOWN_ORDER, "", (named,))
    if order is not None:
        return order
    if order_id:
        return order_id, status, Refusal(refusals.TOO_LATE, "", (order_id,))
    return NO_ORDER, OrderStatus.REJECTED, Refusal(refusals.UNKNOWN_ORDER, "", (named,))


def _addressed(market: Market, command: NewOrder) -> NewOrder:
    """Return a direct order with the user it is addressed to: the one it names, or the first of the firm it names."""
    terms = command.direct
    if terms is None or terms.counterparty in market.users:
        return command
    ofs = (user.name for user in market.users.values() if user.firm == terms.counterparty and user.accounts)
    user = next(ofs, terms.counterparty)
    return msgspec.structs.replace(command, direct=msgspec.structs.replace(terms, counterparty=user))


def _addressed_to(turn: Turn, market: Market, command: CancelOrder) -> Order | None:
    """Return the waiting direct order that its counterparty refuses by F with its OrderID(37); None: it is no such."""
    order = turn.state.orders.get(command.order_id)
    if order is None or order.direct is None or order.pending is not OrderStatus.PENDING_COUNTERPARTY:
        return None
    firm = market.users[command.user].firm
    taken = turn.state.names.used(command.user, command.cl_ord_id) is not None
    if taken or order.firm == firm or market.users[order.direct.counterparty].firm != firm:
        return None
    return order


def _refuse(
    turn: Turn,
    command: ReplaceOrder | CancelOrder,
    request: str,
    order_id: str,
    status: OrderStatus,
    refusal: Refusal,
) -> None:
    order = turn.state.orders.get(order_id)
    turn.events.append(
        CancelRefused(
            command.user,
            request,
            command.cl_ord_id,
            command.orig_cl_ord_id or (order.cl_ord_id if order else ""),
            order_id,
            status,
            refusal,
            order.symbol if order else command.symbol,
            order.account if order else command.account,
        )
    )


def _withdraw_instead(turn: Turn, order: Order, command: ReplaceOrder) -> None:
    gone, _ = withdraw_what_may_go(turn, [order], refusals.REQUESTED, command.cl_ord_id)
    if gone:
        turn.state.names.use(command.user, command.cl_ord_id, order.order_id)


def _keeps_its_place(
    order: Order, price: Price | None, quantity: Quantity, display: Quantity | None, in_fixing: bool
) -> bool:
    """Tell whether a change only lessens an order; one beside the book has no place to keep, but in a fixing."""
    lessened = price == order.price and quantity <= order.quantity and display in (None, order.display)
    return lessened and (in_fixing or not order.apart)


def _changed_what_stays(order: Order, command: ReplaceOrder) -> Refusal | None:
    """Refuse a change of side, kind, time in force or account: those make another order; of a stop price that is past.

    An order that waits for no price has none that could change (R-150).
    """
    for name, asked, present in (
        ("Side", command.side, order.side),
        ("OrdType", command.kind, order.kind),
        ("TimeInForce", command.tif, order.tif),
        ("Account", command.account or None, order.account),
        ("StopPx", None if order.waits_for_price else command.stop_price, order.stop_price),
    ):
        if asked is not None and asked != present:
            return Refusal(refusals.CANNOT_CHANGE, "", (name,))
    return None


def _cancelled_part_wrong(trading: Trading, order: Order, part: Quantity | None) -> Refusal | None:
    """Refuse to take off a part that is not positive or leaves no multiple of the lot (art. 11-14)."""
    lot = trading.instrument.lot or trading.group.lot
    clause = trading.group.clauses.lot
    if part is None or part >= order.leaves:
        return None
    if part <= 0:
        return Refusal(refusals.ZERO_QUANTITY, clause, (str(part),))
    if part % lot and order.direct is None:  # of a direct deal no lot is asked (art. 2 p. 5)
        return Refusal(refusals.NOT_IN_LOTS, clause, (str(part), str(lot)))
    return None


def _end_as_filled(turn: Turn, order: Order, before: str) -> None:
    """End an order whose new total is not above what is filled: nothing is left to trade (FIX 4.4, D matrices)."""
    turn.withdraw(order)
    order.quantity, order.leaves = order.filled, 0
    turn.close(order, OrderStatus.FILLED)
    turn.events.append(OrderReplaced(order.state(), before, order.cl_ord_id))
    trading = turn.state.on(order)
    rules_of(turn.state, trading, order).cancelled(turn, trading, order)


def shrink(
    turn: Turn, trading: Trading, order: Order, leaves: Quantity, before: str, request: str | None = None
) -> None:
    """Lessen an order in its place and tell (its priority stays)."""
    visible = order.visible
    if order.level is not None:
        trading.book.shrink(order, leaves)
    else:  # it waits outside the book for its day
        order.quantity -= order.leaves - leaves
        order.leaves = leaves
    if order.display is not None:
        order.display = min(order.display, order.quantity)
    turn.events.append(OrderReplaced(order.state(), before, order.cl_ord_id if request is None else request))
    if order.visible != visible:
        turn.show(order)
    rules_of(turn.state, trading, order).shrunk(turn, trading, order)


def _move(
    turn: Turn,
    trading: Trading,
    order: Order,
    price: Price | None,
    quantity: Quantity,
    display: Quantity | None,
    before: str,
    stop_price: Price | None,
) -> None:
    """Enter an order anew with its new terms, behind all others: its priority is lost, its OrderID is not."""
    turn.withdraw(order)
    order.price, order.quantity, order.display, order.stop_price = price, quantity, display, stop_price
    order.leaves = quantity - order.filled
    order.priority = turn.number
    rules = rules_of(turn.state, trading, order)
    if order.confirmer:  # other terms than those that were confirmed (art. 42 p. 1)
        order.pending = rules.waits_for(turn.state, trading, order)
    turn.events.append(OrderReplaced(order.state(), before, order.cl_ord_id))
    rules.enter(turn, trading, order)
