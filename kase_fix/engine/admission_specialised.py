"""What is asked of an order in specialised trading beside the rules of all (art. 4 p. 1; art. 42 p. 1)."""

from kase_fix.calendar.almaty import wall
from kase_fix.engine.candidate import Candidate
from kase_fix.engine.specialised import CLAUSE, METHOD
from kase_fix.engine.specialised_result import outcome_of, real_price
from kase_fix.engine.state import State, Trading
from kase_fix.matching.specialised import as_good, rule_of
from kase_fix.matching.specialised_clock import Specialised
from kase_fix.messages.order_state import Refusal
from kase_fix.messages.specialised import Stage
from kase_fix.rulebook.refusals import KIND_NOT_ENABLED, NO_OPPONENTS, NO_RIGHT_ON_ACCOUNT, TIF_NOT_ENABLED
from kase_fix.rulebook.refusals_of_methods import (
    ABOVE_DECLARED,
    CUT_OFF_TOO_EARLY,
    NO_PRICE_OF_YIELD,
    NO_SPECIALISED,
    NOT_ACCEPTING,
    SIDE_NOT_ENABLED,
    WORSE_THAN_RESERVE,
)
from kase_fix.values.enums import OrderKind, TimeInForce
from kase_fix.values.numbers import Price, format_price


def is_specialised(order: Candidate) -> bool:
    """Tell whether an order goes to a board of specialised trading."""
    return order.listed.board.method == METHOD


def suits_specialised(order: Candidate) -> Refusal | None:
    """Refuse all but limit orders of the day, and market ones where the initiator gives them a share."""
    auction = _auction(order)
    if auction is None:
        return None
    wants_market = order.kind is OrderKind.MARKET and auction.terms.market_share > 0 and not _initiates(order, auction)
    if order.display is not None or not (order.kind is OrderKind.LIMIT or wants_market):
        kind = "iceberg" if order.display is not None else order.kind.name.lower().replace("_", " ")
        return Refusal(KIND_NOT_ENABLED, CLAUSE, (kind, order.symbol))
    if order.tif is not TimeInForce.DAY:
        return Refusal(TIF_NOT_ENABLED, CLAUSE, (order.tif.name, order.symbol))
    return None


def accepted_now(order: Candidate) -> Refusal | None:
    """Refuse a member's order outside acceptance, and the initiator's cut-off before confirmation is over."""
    auction = _auction(order)
    if auction is None or not order.state.day_open:
        return Refusal(NO_SPECIALISED, CLAUSE, (order.symbol, order.listed.board.code))
    if _initiates(order, auction):
        return None if auction.stage is Stage.DECIDING else Refusal(CUT_OFF_TOO_EARLY, "art. 42 p. 1", (order.symbol,))
    return None if auction.stage is Stage.ACCEPTING else _outside(order.listed, auction)


def may_withdraw(state: State, trading: Trading) -> Refusal | None:
    """Refuse to withdraw or lessen an order when acceptance is over: the initiator decides on what there is."""
    auction = state.specialised.get(trading.key)
    return None if auction is None or auction.stage is Stage.ACCEPTING else _outside(trading, auction)


def side_right(order: Candidate) -> Refusal | None:
    """Refuse members on the initiator's side, and the initiator on theirs or with another account: he is the only one.

    (art. 4 p. 1; art. 42 p. 1)
    """
    auction = _auction(order)
    if auction is None:
        return None
    terms = auction.terms
    if _initiates(order, auction) is not (order.side is terms.side) or (
        _initiates(order, auction) and order.user.name != terms.initiator
    ):
        return Refusal(SIDE_NOT_ENABLED, CLAUSE, (order.user.name, order.symbol))
    if order.side is terms.side and order.account != terms.account:
        return Refusal(NO_RIGHT_ON_ACCOUNT, CLAUSE, (order.account,))
    return None


def yields_a_price(order: Candidate) -> Refusal | None:
    """Refuse a yield that gives no price, where the subject is the yield (art. 17, 24)."""
    auction = _auction(order)
    if auction is None or order.price is None or limited_price(order) is not None:
        return None
    yield_ = format_price(order.price, order.listed.group.price_decimals)
    return Refusal(NO_PRICE_OF_YIELD, CLAUSE, (yield_, order.symbol))


def cut_off_right(order: Candidate) -> Refusal | None:
    """Refuse a cut-off beyond the declared volume, worse than the reserve, or at which nothing would be executed."""
    auction, trading = _auction(order), order.listed
    if auction is None or order.price is None or order.side is not auction.terms.side:
        return None
    terms, group = auction.terms, trading.group
    if order.quantity > terms.volume:
        return Refusal(ABOVE_DECLARED, CLAUSE, (str(order.quantity), str(terms.volume)))
    rule = rule_of(terms, order.quantity, group.lot, group.price_decimals)
    if terms.least is not None and not as_good(order.price, terms.least, rule.dearest_first):
        return Refusal(WORSE_THAN_RESERVE, CLAUSE, (format_price(order.price, group.price_decimals),))
    if not outcome_of(order.state, trading, order.price, order.quantity).parts:
        return Refusal(NO_OPPONENTS, CLAUSE, (order.symbol,))
    return None


def limited_price(order: Candidate) -> Price | None:
    """Return the price that limits of deviation look at (art. 8): of a yield the price it means."""
    if order.price is None or not order.state.specialised:
        return order.price
    return real_price(order.state, order.listed, order.price)


def _auction(order: Candidate) -> Specialised | None:
    held = order.state.specialised
    return held.get(order.listed.key) if held else None


def _initiates(order: Candidate, auction: Specialised) -> bool:
    """Tell whether the order comes from the initiator's firm."""
    initiator = order.market.users.get(auction.terms.initiator)
    return initiator is not None and initiator.firm == order.user.firm


def _outside(trading: Trading, auction: Specialised) -> Refusal:
    opens, closes = wall(auction.terms.opens), wall(auction.terms.closes)
    return Refusal(NOT_ACCEPTING, CLAUSE, (trading.symbol, f"{opens:%Y-%m-%d %H:%M}", f"{closes:%Y-%m-%d %H:%M}"))
