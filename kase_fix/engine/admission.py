"""The admission of an order: a list of rules one can read aloud. The first that refuses decides."""

from collections.abc import Callable
from typing import TypeAlias

from kase_fix.engine.phases import RULES
from kase_fix.engine.state import State, Trading
from kase_fix.matching.continuous import worst_price
from kase_fix.messages.events import Refusal
from kase_fix.rulebook import admission, limits, lots, methods, prices, refusals
from kase_fix.rulebook.market import Market
from kase_fix.values.enums import OrderKind, Side, TimeInForce
from kase_fix.values.numbers import Price, Quantity


class Candidate:
    """An order that asks in, new or with changed terms."""

    __slots__ = (
        "account",
        "board",
        "display",
        "kind",
        "market",
        "price",
        "quantity",
        "side",
        "state",
        "symbol",
        "tif",
        "trading",
        "user",
    )

    def __init__(
        self,
        state: State,
        market: Market,
        user: str,
        account: str,
        symbol: str,
        board: str,
        side: Side,
        kind: OrderKind,
        tif: TimeInForce,
        quantity: Quantity,
        price: Price | None,
        display: Quantity | None,
    ) -> None:
        self.state = state
        self.market = market
        self.trading: Trading | None = state.trading.get(symbol)
        self.user = market.users[user]
        self.account = account
        self.symbol = symbol
        self.board = board
        self.side = side
        self.kind = kind
        self.tif = tif
        self.quantity = quantity
        self.price = price
        self.display = display

    @property
    def listed(self) -> Trading:
        """Return the instrument, once `instrument_listed` has passed."""
        assert self.trading is not None
        return self.trading


Rule: TypeAlias = Callable[[Candidate], Refusal | None]


def instrument_listed(order: Candidate) -> Refusal | None:
    """Refuse an instrument that is not admitted to trading (art. 1 p. 1 sp. 3)."""
    return admission.instrument_listed(order.symbol, order.trading.instrument if order.trading else None)


def member_admitted(order: Candidate) -> Refusal | None:
    """Refuse a member who is not admitted to the instrument's market (art. 1 p. 2)."""
    return admission.member_admitted(order.user, order.listed.group)


def account_usable(order: Candidate) -> Refusal | None:
    """Refuse an account that is unknown, another's, or of another market (art. 1 p. 2)."""
    owner = order.market.owners.get(order.account)
    return admission.account_usable(order.account, owner, order.user) or admission.account_of_market(
        order.account, order.listed.group
    )


def board_right(order: Candidate) -> Refusal | None:
    """Refuse a board the instrument does not trade on (R-30)."""
    return admission.instrument_on_board(order.listed.instrument, order.board, order.listed.board)


def method_allowed(order: Candidate) -> Refusal | None:
    """Refuse kinds of order and times in force that the group's method does not know (art. 7 p. 1)."""
    group = order.listed.group
    return methods.kind_enabled(order.kind, order.symbol, group) or methods.time_in_force_enabled(
        order.tif, order.symbol, group
    )


def session_open(order: Candidate) -> Refusal | None:
    """Refuse outside the board's window and on days the instrument does not trade (art. 4; art. 10-14)."""
    trading = order.listed
    phase = RULES[order.state.phase(trading.board.code)]
    return (
        admission.traded_today(order.symbol, order.state.not_traded) or phase.refuse(trading) or settlement_known(order)
    )


def settlement_known(order: Candidate) -> Refusal | None:
    """Refuse an instrument listed after the operational day began: it trades from the next one on (art. 5 p. 1)."""
    if order.symbol in order.state.settlement:
        return None
    return Refusal(refusals.NOT_TRADED_TODAY, "art. 5 p. 1", (order.symbol,))


def quantity_right(order: Candidate) -> Refusal | None:
    """Refuse a quantity that is not positive, above the greatest, or no multiple of the lot (art. 11-14)."""
    group = order.listed.group
    return (
        lots.quantity_positive(order.quantity, group)
        or lots.quantity_within_maximum(order.quantity, group)
        or lots.quantity_in_lots(order.quantity, group)
    )


def display_right(order: Candidate) -> Refusal | None:
    """Refuse a visible part that is no multiple of the lot or above the whole (art. 2 p. 5)."""
    return lots.display_in_lots(order.display, order.quantity, order.kind, order.symbol, order.listed.group)


def price_right(order: Candidate) -> Refusal | None:
    """Refuse a price that is missing, unwanted, not positive, off the grid or absurd (art. 11-14)."""
    price, group = order.price, order.listed.group
    return (
        prices.price_suits_kind(price, order.kind, group)
        or prices.price_positive(price, group)
        or prices.price_on_grid(price, group)
        or prices.price_within_maximum(price, group)
    )


def within_overridable_limit(order: Candidate) -> Refusal | None:
    """Refuse a price at or beyond the overridable limit of deviation (art. 8 p. 3; art. 12 p. 8)."""
    return limits.within_overridable_limit(order.price, order.listed.last_deal, order.listed.group)


def opponents_present(order: Candidate) -> Refusal | None:
    """Refuse a market order against an empty side (art. 7 p. 1)."""
    if order.kind is OrderKind.MARKET and order.listed.book.halves[order.side.other].best is None:
        return Refusal(refusals.NO_OPPONENTS, "art. 7 p. 1", (order.symbol,))
    return None


def quantity_by_ladder(order: Candidate) -> Refusal | None:
    """Refuse less than the ladder's least size at the price, or at the worst one a market order reaches (annex 1)."""
    trading = order.listed
    ladder = order.market.ladder_of(order.symbol)
    if ladder is None:
        return None
    price = order.price
    if order.kind is OrderKind.MARKET:
        price = worst_price(trading.book, order.side, order.quantity, order.account)
    return lots.quantity_by_ladder(order.quantity, price, trading.last_deal, trading.group, ladder)


ADMISSION: tuple[Rule, ...] = (
    instrument_listed,
    member_admitted,
    account_usable,
    board_right,
    method_allowed,
    session_open,
    quantity_right,
    display_right,
    price_right,
    within_overridable_limit,
    opponents_present,
    quantity_by_ladder,
)


def refuse(order: Candidate) -> Refusal | None:
    """Return the first refusal of the list, or None: the order is admitted."""
    for rule in ADMISSION:
        refusal = rule(order)
        if refusal is not None:
            return refusal
    return None
