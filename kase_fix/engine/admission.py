"""The admission of an order: a list of rules one can read aloud. The first that refuses decides."""

from collections.abc import Callable
from typing import TypeAlias

from kase_fix.engine.admission_direct import (
    addressed_as_the_board_asks,
    closes_rightly,
    counterparty_known,
    is_repeated,
    prolongs_open_repo,
    repeats_failed_deal,
    repeats_in_time,
    suits_direct,
    without_limits,
)
from kase_fix.engine.admission_fixing import at_called_price, in_fixing, suits_fixing, surplus_does_not_grow
from kase_fix.engine.admission_making import marked_rightly, quoted_rightly
from kase_fix.engine.admission_products import deal_computable
from kase_fix.engine.admission_specialised import (
    accepted_now,
    cut_off_right,
    is_specialised,
    limited_price,
    side_right,
    suits_specialised,
    yields_a_price,
)
from kase_fix.engine.admission_user import within_user_limits
from kase_fix.engine.candidate import Candidate
from kase_fix.engine.collateral import collateral_enough
from kase_fix.engine.held import refuse_unopened
from kase_fix.engine.phases import rules_of
from kase_fix.matching.continuous import crosses_price, worst_price
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook import admission, limits, lots, methods, prices, refusals
from kase_fix.values.enums import LIMITED, OrderKind, Phase, TimeInForce

METHODS = ("continuous", "direct", "repo_direct", "specialised")
"""Methods of trading this release carries out."""
SEVERAL_DAYS = (TimeInForce.GTC, TimeInForce.GTD)

Rule: TypeAlias = Callable[[Candidate], Refusal | None]


def instrument_listed(order: Candidate) -> Refusal | None:
    """Refuse an instrument that is not admitted to trading (art. 1 p. 1 sp. 3)."""
    return admission.instrument_listed(order.symbol, order.trading.instrument if order.trading else None)


def trading_in_system(order: Candidate) -> Refusal | None:
    """Refuse while trading goes on elsewhere (art. 3 p. 2)."""
    place = order.state.terms.place
    return Refusal(refusals.TRADING_MOVED, "art. 3 p. 2", (place,)) if place else None


def member_not_suspended(order: Candidate) -> Refusal | None:
    """Refuse a member whose licence is suspended or revoked (art. 7 p. 2)."""
    firm = order.user.firm
    if firm in order.state.terms.firms_suspended:
        return Refusal(refusals.MEMBER_SUSPENDED, "art. 7 p. 2", (firm,))
    return None


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
    """Refuse a board the instrument is not on (R-30), by the clause that forbids its method if one does (art. 17)."""
    trading = order.listed
    named = order.market.boards.get(order.board)
    if named is not None and named.code != trading.board.code:
        refusal = methods.method_enabled(trading.instrument, named, trading.group)
        if refusal is not None:
            return refusal
    return admission.instrument_on_board(trading.instrument, order.board, trading.board)


def participant_admitted(order: Candidate) -> Refusal | None:
    """Refuse a member who may not take part in this session (art. 15 p. 1-1 sp. 4)."""
    return admission.participant_admitted(order.user, order.listed.board)


def method_allowed(order: Candidate) -> Refusal | None:
    """Refuse a method that a clause forbids, or that the instrument does not trade by (art. 17, 20, 23, 26 p. 4)."""
    trading = order.listed
    refusal = methods.method_enabled(trading.instrument, trading.board, trading.group)
    if refusal is not None or trading.board.method in METHODS:
        return refusal
    return Refusal(refusals.METHOD_NOT_ENABLED, trading.board.clause, (order.symbol, trading.board.method))


def terms_enabled(order: Candidate) -> Refusal | None:
    """Refuse kinds of order and times in force that the group's method does not know (art. 7 p. 1, 2)."""
    if is_specialised(order):
        return suits_specialised(order)
    group, board = order.listed.group, order.listed.board
    return methods.kind_enabled(order.kind, order.symbol, group, board) or methods.time_in_force_enabled(
        order.tif, order.symbol, group
    )


def traded_today(order: Candidate) -> Refusal | None:
    """Refuse what does not trade today, or not on this board (art. 11-15, 24 p. 3-1, 40 p. 4-1)."""
    return admission.traded_today(order.symbol, order.state.not_traded, order.listed.board.code)


def session_open(order: Candidate) -> Refusal | None:
    """Refuse outside the board's window (art. 4; art. 10-38), and while it waits for the depository (art. 5 p. 4)."""
    unopened = refuse_unopened(order.state, order.listed, always=is_repeated(order))
    if unopened is not None:
        return unopened
    if is_repeated(order):
        return repeats_in_time(order, order.now)
    if is_specialised(order):
        return accepted_now(order)
    refusal = rules_of(order.state, order.listed).refuse(order.listed)
    if refusal is None or refusal.code != refusals.SESSION_CLOSED:
        return refusal
    window = order.state.window(order.listed)  # as decided for today (art. 4 p. 3)
    found = (order.symbol, window.opens.isoformat("minutes"), window.closes.isoformat("minutes"))
    return Refusal(refusals.SESSION_CLOSED, refusal.clause, found)


def not_suspended(order: Candidate) -> Refusal | None:
    """Refuse while trading in the instrument is suspended."""
    if order.listed.key in order.state.terms.suspended:
        return Refusal(refusals.INSTRUMENT_SUSPENDED, "art. 4 p. 3", (order.symbol,))
    return None


def settlement_known(order: Candidate) -> Refusal | None:
    """Refuse an instrument listed after the operational day began: it trades from the next one on (art. 5 p. 1)."""
    if order.symbol in order.state.settlement:
        return None
    return Refusal(refusals.NOT_TRADED_TODAY, "art. 5 p. 1", (order.symbol,))


def suits_preliminary(order: Candidate) -> Refusal | None:
    """Refuse before the session anything but limit orders that can wait for it (art. 7 p. 2; R-7), and stop orders."""
    if order.phase is not Phase.PRELIMINARY or order.waits_for_price:
        return None
    if order.kind in LIMITED and order.tif in (TimeInForce.DAY, *SEVERAL_DAYS):
        return None
    return Refusal(refusals.ONLY_LIMIT_BEFORE_SESSION, "art. 7 p. 2", (order.symbol,))


def suits_standby(order: Candidate) -> Refusal | None:
    """Refuse in standby anything but limit orders that rest (R-12), and stop orders, which have no part in it."""
    if order.phase is not Phase.STANDBY or order.waits_for_price:
        return None
    if order.kind in LIMITED and order.tif in (TimeInForce.DAY, *SEVERAL_DAYS):
        return None
    return Refusal(
        refusals.KIND_NOT_ENABLED, "art. 7 p. 4", (f"{order.kind.name.lower()} {order.tif.name.lower()}", order.symbol)
    )


def expiry_right(order: Candidate) -> Refusal | None:
    """Refuse a last day that is missing or over, and several days where no orders are formed daily (R-5)."""
    if order.tif not in SEVERAL_DAYS:
        return None
    board, date, today = order.listed.board, order.expire_date, order.state.date
    if board.preliminary is None:
        return Refusal(refusals.TIF_NOT_ENABLED, "art. 7 p. 2", (order.tif.name, order.symbol))
    if order.tif is TimeInForce.GTD and (date is None or today is None or date < today):
        return Refusal(refusals.WRONG_EXPIRATION, "art. 7 p. 2", (str(date or ""),))
    return None


def quantity_right(order: Candidate) -> Refusal | None:
    """Refuse a quantity that is not positive, above the greatest, or no multiple of the lot (art. 11-14).

    Of a direct deal the size is the parties' own (art. 2 p. 5).
    """
    group = order.listed.group
    return (
        lots.quantity_positive(order.quantity, group)
        or lots.quantity_within_maximum(order.quantity, group)
        or (None if order.direct is not None else lots.quantity_in_lots(order.quantity, group))
    )


def display_right(order: Candidate) -> Refusal | None:
    """Refuse a visible part that is no multiple of the lot or above the whole (art. 2 p. 5)."""
    return lots.display_in_lots(order.display, order.quantity, order.kind, order.symbol, order.listed.group)


def price_right(order: Candidate) -> Refusal | None:
    """Refuse a price that is missing, unwanted, not positive, off the grid or absurd (art. 11-14)."""
    price, group = order.price, order.listed.group
    return (
        prices.price_suits_kind(price, order.kind, group)
        or (None if group.price_kind == "yield" else prices.price_positive(price, group))
        or prices.price_on_grid(price, group)
        or prices.price_within_maximum(price, group)
    )


def stop_price_right(order: Candidate) -> Refusal | None:
    """Refuse a stop price that is missing, unwanted, not positive, off the grid or absurd (art. 11-14; R-150)."""
    price, group = order.stop_price, order.listed.group
    return (
        prices.stop_price_suits_kind(price, order.kind, group)
        or prices.price_positive(price, group)
        or prices.price_on_grid(price, group)
        or prices.price_within_maximum(price, group)
    )


def stop_beyond_last_deal(order: Candidate) -> Refusal | None:
    """Refuse a stop price that the last deal has reached: a buyer's lies above it, a seller's below (R-150).

    It is looked at when it is set; a deal that the order does not follow, on another board, may pass it later.
    """
    price, last = order.stop_price, order.listed.last_deal
    if price is None or last is None or (order.changes is not None and order.changes.stop_price == price):
        return None
    return prices.stop_beyond(price, last, order.side, order.listed.group)


def within_hard_limit(order: Candidate) -> Refusal | None:
    """Refuse a price at or beyond the hard limit that the body entitled to it has set (art. 8 p. 4).

    What waits for a price is judged by both limits when it is reached (R-152).
    """
    if without_limits(order) or order.waits_for_price:
        return None
    listing = order.listed.listing
    hundredths = order.state.terms.hard_limits.get(order.symbol, listing.group.hard_hundredths)
    return limits.refuse_beyond_hard(limited_price(order), listing.reference, hundredths, listing.group)


def within_overridable_limit(order: Candidate) -> Refusal | None:
    """Refuse a price at or beyond the overridable limit as it stands today (art. 8 p. 3; art. 12-14, 18, 22, 31).

    A called price is the makler's, who may lift the limit (R-81).
    """
    if without_limits(order) or in_fixing(order) or order.waits_for_price:
        return None
    listing = order.listed.listing
    hundredths = order.state.terms.limits.get(order.symbol, listing.group.limit_hundredths)
    return limits.refuse_beyond(limited_price(order), listing.reference, hundredths, listing.group)


def meets_firm_quote(order: Candidate) -> Refusal | None:
    """Refuse what does not hit a firm quote at once where only these may rest (art. 15 p. 1-1 sp. 5; R-26)."""
    board = order.listed.board
    if order.market.may_rest(board, order.user.firm) or in_fixing(order):
        return None
    best = order.listed.book.halves[order.side.other].best
    if best is not None and crosses_price(order.side, order.kind, order.price, best.price):
        return None
    return Refusal(refusals.FIRM_QUOTES_ONLY, board.firm_quotes_clause, (board.code, board.firm_quotes_of))


def opponents_present(order: Candidate) -> Refusal | None:
    """Refuse a market order against an empty side (art. 7 p. 1); in fixing and specialised trading it waits."""
    if (
        order.kind is OrderKind.MARKET
        and not in_fixing(order)
        and not is_specialised(order)
        and order.listed.book.halves[order.side.other].best is None
    ):
        return Refusal(refusals.NO_OPPONENTS, "art. 7 p. 1", (order.symbol,))
    return None


def quantity_by_ladder(order: Candidate) -> Refusal | None:
    """Refuse less than the ladder's least size at the price, or at the worst one a market order reaches (annex 1)."""
    trading = order.listed
    ladder = order.market.ladder_of(order.symbol)
    if ladder is None or order.phase in (Phase.STANDBY, Phase.FIXING) or order.waits_for_price:
        return None  # the ladder is the continuous auction's, the lot is 1 000 (art. 11 p. 5 and par. 2)
    price = order.price
    if order.kind is OrderKind.MARKET:
        price = worst_price(trading.book, order.side, order.quantity, order.account)
    return lots.quantity_by_ladder(order.quantity, price, trading.last_deal, trading.group, ladder)


ADMISSION: tuple[Rule, ...] = (
    instrument_listed,
    trading_in_system,
    member_admitted,
    member_not_suspended,
    account_usable,
    board_right,
    participant_admitted,
    method_allowed,
    addressed_as_the_board_asks,
    counterparty_known,
    suits_direct,
    terms_enabled,
    traded_today,
    session_open,
    side_right,
    not_suspended,
    settlement_known,
    suits_preliminary,
    suits_standby,
    suits_fixing,
    expiry_right,
    quantity_right,
    display_right,
    price_right,
    marked_rightly,
    stop_price_right,
    stop_beyond_last_deal,
    at_called_price,
    closes_rightly,
    repeats_failed_deal,
    prolongs_open_repo,
    deal_computable,
    yields_a_price,
    within_hard_limit,
    within_overridable_limit,
    quoted_rightly,
    cut_off_right,
    meets_firm_quote,
    opponents_present,
    quantity_by_ladder,
    surplus_does_not_grow,
    within_user_limits,
    collateral_enough,
)


WHEN_TRIGGERED: tuple[Rule, ...] = (within_hard_limit, within_overridable_limit, opponents_present, quantity_by_ladder)
"""What is left to ask of a stop order as it becomes a market or limit order (R-152)."""


def refuse(order: Candidate, rules: tuple[Rule, ...] = ADMISSION) -> Refusal | None:
    """Return the first refusal of the list, or None: the order is admitted."""
    for rule in rules:
        refusal = rule(order)
        if refusal is not None:
            return refusal
    return None
