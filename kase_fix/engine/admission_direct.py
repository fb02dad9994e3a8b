"""What is asked of a direct order beside the rules of all (art. 2 p. 5, 6, 17, 20; R-18, R-19)."""

from kase_fix.calendar.almaty import wall
from kase_fix.engine.candidate import Candidate
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook.operational_day import CONTROL, SERVICE_HOURS
from kase_fix.rulebook.refusals import KIND_NOT_ENABLED, METHOD_NOT_ENABLED, TIF_NOT_ENABLED
from kase_fix.rulebook.refusals_of_methods import (
    COUNTERPARTY_MISSING,
    NO_OPEN_REPO,
    NOTHING_TO_REPEAT,
    REPEAT_DIFFERS,
    REPEAT_NOT_ALLOWED,
    UNKNOWN_COUNTERPARTY,
    WRONG_CLOSING,
)
from kase_fix.values.enums import LIMITED, Phase, Side, TimeInForce
from kase_fix.values.numbers import PRICE_DECIMALS, format_price

DIRECT = "direct"
REPO_DIRECT = "repo_direct"
ADDRESSED = (DIRECT, REPO_DIRECT)
"""Methods whose orders are addressed."""
CLAUSE = "art. 2 p. 5"
REPEATS = "art. 6"


def addressed_as_the_board_asks(order: Candidate) -> Refusal | None:
    """Refuse an addressed order where no direct deals are done (art. 17, 20), and one that names no counterparty."""
    trading, direct = order.listed, order.direct
    if trading.board.method in ADDRESSED:
        return None if direct is not None else Refusal(COUNTERPARTY_MISSING, CLAUSE, (trading.board.code,))
    if direct is None:
        return None
    group = trading.group
    method = DIRECT if direct.closes is None else REPO_DIRECT
    return Refusal(METHOD_NOT_ENABLED, group.forbidden.get(method, group.clauses.methods), (order.symbol, method))


def counterparty_known(order: Candidate) -> Refusal | None:
    """Refuse a counterparty who is no member, or not one of this market (R-18)."""
    if order.direct is None:
        return None
    user = order.market.users.get(order.direct.counterparty)
    if user is not None and order.listed.group.market in user.markets:
        return None
    return Refusal(UNKNOWN_COUNTERPARTY, CLAUSE, (order.direct.counterparty, order.symbol))


def suits_direct(order: Candidate) -> Refusal | None:
    """Refuse what two parties cannot agree on: no price, a part hidden, another time than the day (R-18)."""
    if order.direct is None:
        return None
    if order.kind not in LIMITED or order.display is not None:
        kind = "iceberg" if order.display is not None else order.kind.name.lower()
        return Refusal(KIND_NOT_ENABLED, CLAUSE, (f"direct {kind}", order.symbol))
    if order.tif is not TimeInForce.DAY:
        return Refusal(TIF_NOT_ENABLED, CLAUSE, (order.tif.name, order.symbol))
    return None


def is_repeated(order: Candidate) -> bool:
    """Tell whether an order repeats a failed deal (art. 6)."""
    return order.direct is not None and bool(order.direct.replaces) and order.listed.board.method == DIRECT


def repeats_in_time(order: Candidate, now: int) -> Refusal | None:
    """Refuse a repeated deal before the session's end, after the control system's, or where none is allowed (R-19)."""
    trading, state = order.listed, order.state
    window = state.window(trading)
    closes = state.terms.changes.services.get(CONTROL, SERVICE_HOURS[CONTROL][1])
    time = wall(now).time()
    over = order.phase is Phase.CLOSED and window.closes <= time
    if trading.board.repeated and over and time < closes:
        return None
    found = (order.symbol, f"{window.closes:%H:%M}", f"{closes:%H:%M}")
    return Refusal(REPEAT_NOT_ALLOWED, REPEATS, found)


def repeats_failed_deal(order: Candidate) -> Refusal | None:
    """Refuse what repeats no failed deal of the sender's, or not on its terms (art. 6; R-19)."""
    if order.direct is None or not is_repeated(order):
        return None
    name = order.direct.replaces
    kept = order.state.deals.kept.get(name)
    deal = None if kept is None or not kept.failed or kept.replaced else kept.deal
    if deal is None or order.user.firm not in (deal.buy.firm, deal.sell.firm):
        return Refusal(NOTHING_TO_REPEAT, REPEATS, (name,))
    if order.symbol == deal.symbol and (order.price, order.quantity) == (deal.price, deal.quantity):
        own, other = (deal.buy, deal.sell) if order.side is Side.BUY else (deal.sell, deal.buy)
        counterparty = order.market.users[order.direct.counterparty]
        if (order.user.firm, counterparty.firm) == (own.firm, other.firm):
            return None
    return Refusal(REPEAT_DIFFERS, REPEATS, (name, _terms(deal, order)))


def closes_rightly(order: Candidate) -> Refusal | None:
    """Refuse a direct repo without a closing that is later than its opening, or with an impossible price (art. 39)."""
    trading, direct, today = order.listed, order.direct, order.state.date
    if direct is None or trading.board.method != REPO_DIRECT or today is None:
        return None
    decimals = trading.group.price_decimals
    price = direct.closing_price
    later = direct.closes is not None and direct.closes > today
    if later and price is not None and price > 0 and price % 10 ** (PRICE_DECIMALS - decimals) == 0:
        return None
    return Refusal(WRONG_CLOSING, "art. 39 sp. 1, 2", (today.isoformat(), str(decimals)))


def prolongs_open_repo(order: Candidate) -> Refusal | None:
    """Refuse to prolong what is no open direct repo of these two, on its own terms, to a later day (art. 39 sp. 2)."""
    direct = order.direct
    if direct is None or not direct.replaces or order.listed.board.method != REPO_DIRECT:
        return None
    repo = order.state.repos.get(direct.replaces)
    firms = (order.user.firm, order.market.users[direct.counterparty].firm)
    if repo is not None and repo.terms.kind == "direct" and direct.closes is not None:
        parties = (repo.buyer.firm, repo.seller.firm)
        same = (order.symbol, order.price, order.quantity) == (repo.symbol, repo.price, repo.quantity)
        sides = firms == (parties if order.side is Side.BUY else (parties[1], parties[0]))
        if same and sides and direct.closes > repo.terms.closing.settlement:
            return None
    return Refusal(NO_OPEN_REPO, "art. 39 sp. 2", (direct.replaces,))


def without_limits(order: Candidate) -> bool:
    """Tell whether no limit of deviation holds: repeated deals (R-19), direct repo (art. 39 sp. 3)."""
    return is_repeated(order) or order.listed.board.method == REPO_DIRECT


def _terms(deal: Deal, order: Candidate) -> str:
    price = format_price(deal.price, order.listed.group.price_decimals)
    return f"{deal.symbol} {deal.quantity} x {price}, {deal.sell.user} -> {deal.buy.user}"
