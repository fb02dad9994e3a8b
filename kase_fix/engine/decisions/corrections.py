"""The exchange cancels a deal of the day, or corrects its price and quantity (R-165, R-166).

The Regulation does not speak of it: article 1 p. 2 leaves it to the exchange's Rules. So it rests on the number of a
document, with its reason, whoever of the exchange carries it out.
"""

from kase_fix.clearing.obligations import PROLONGED, REPO_DIRECT
from kase_fix.engine import corrections, repo
from kase_fix.engine.decisions.telling import tell
from kase_fix.engine.kept_deals import KeptDeal
from kase_fix.engine.state import State, Trading, trading_key
from kase_fix.engine.turn import Turn
from kase_fix.messages.corrections import BustDeal, CorrectDeal
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.deal_terms import SwapTerms
from kase_fix.messages.decisions import Decision
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook import decisions as rules
from kase_fix.rulebook.lots import quantity_in_lots, quantity_positive
from kase_fix.rulebook.operational_day import CLOSES, CONTROL, SERVICE_HOURS
from kase_fix.rulebook.prices import price_on_grid, price_positive, price_within_maximum
from kase_fix.rulebook.refusals import UNKNOWN_NAME
from kase_fix.rulebook.refusals_of_corrections import (
    DEAL_BUSTED,
    DEAL_FINAL,
    DEAL_NOT_EXECUTED,
    DEAL_OF_ANOTHER_DAY,
    DEAL_OF_AUCTION,
    NOTHING_CORRECTED,
    OTHER_KIND_OF_PRICE,
    PART_OF_A_DEAL,
    QUANTITY_NOT_LESS,
    REASON_MISSING,
    REPO_PROLONGED,
)
from kase_fix.schedule.transitions import DAY_CLOSES
from kase_fix.values.numbers import Price, Quantity, format_price

CLAUSE = corrections.CLAUSE
CONTROLLED = ("securities", "repo")
"""Markets whose deals are the control system's, and final when it closes (art. 41)."""
SPECIALISED = "specialised"
WITHOUT_LOTS = ("direct", "repeated", REPO_DIRECT)
"""Methods whose deals know no lots (art. 2 p. 5)."""


def bust(turn: Turn, command: BustDeal) -> Refusal | dict[str, str]:
    """Cancel a deal; all are told of it, its parties by their reports too."""
    state = turn.state
    kept = _entitled(command.by) or _found(turn, command.deal_id)
    if isinstance(kept, Refusal):
        return kept
    deal = kept.deal
    tell(
        turn,
        f"Deal {deal.deal_id} in {deal.symbol} is cancelled",
        f"Сделка {deal.deal_id} по {deal.symbol} отменена",
        command.by,
        symbol=deal.symbol,
    )
    along = [other.deal.deal_id for other in corrections.prolongations(state, deal)]
    corrections.bust(turn, kept, command.by)
    return {"deal": deal.deal_id, "symbol": deal.symbol, "prolongations": ", ".join(along)}


def correct(turn: Turn, command: CorrectDeal) -> Refusal | dict[str, str]:
    """Correct a deal's price, its quantity or both; all are told of it, its parties by their reports too."""
    state = turn.state
    kept = _entitled(command.by) or _found(turn, command.deal_id)
    if isinstance(kept, Refusal):
        return kept
    deal = kept.deal
    price = deal.price if command.price is None else command.price
    quantity = deal.quantity if command.quantity is None else command.quantity
    trading = state.trading.get(trading_key(deal.symbol, deal.board))
    if trading is None:
        return Refusal(UNKNOWN_NAME, CLAUSE, ("instrument", f"{deal.symbol} on the board {deal.board}"))
    refusal = _uncorrectable(state, kept, trading) or _terms_wrong(deal, trading, price, quantity)
    if refusal is not None:
        return refusal
    terms = corrections.terms_at(state, trading, deal, price, quantity)
    was, now = _words(trading, deal.quantity, deal.price), _words(trading, quantity, price)
    tell(
        turn,
        f"Deal {deal.deal_id} in {deal.symbol} is corrected: {now} in place of {was}",
        f"Сделка {deal.deal_id} по {deal.symbol} исправлена: {now} вместо {was}",
        command.by,
        symbol=deal.symbol,
    )
    corrections.correct(turn, kept, price, quantity, terms, command.by)
    return {"deal": deal.deal_id, "symbol": deal.symbol, "from": was, "to": now}


def _entitled(by: Decision) -> Refusal | None:
    """Refuse what has no office, no document or no reason."""
    missing = None if by.reason else Refusal(REASON_MISSING, CLAUSE)
    return rules.entitled(by, rules.OFFICES, CLAUSE) or rules.documented(by, CLAUSE) or missing


def _found(turn: Turn, deal_id: str) -> KeptDeal | Refusal:
    """Return a deal of today that stands and is not final yet, or why there is none."""
    state = turn.state
    kept = state.deals.kept.get(deal_id)
    if kept is None:
        whole = _whole_of(state, deal_id)
        code, found = (PART_OF_A_DEAL, (deal_id, whole)) if whole else (UNKNOWN_NAME, ("deal of the day", deal_id))
        return Refusal(code, CLAUSE, found)
    if kept.busted:
        return Refusal(DEAL_BUSTED, CLAUSE, (deal_id,))
    if kept.failed:
        return Refusal(DEAL_NOT_EXECUTED, "art. 6", (deal_id,))
    if not kept.today:
        return Refusal(DEAL_OF_ANOTHER_DAY, CLAUSE, (deal_id,))
    if kept.deal.method == SPECIALISED:
        return Refusal(DEAL_OF_AUCTION, "art. 42 p. 1", (deal_id,))
    if kept.deal.method == PROLONGED:
        return Refusal(PART_OF_A_DEAL, "art. 39 sp. 2", (deal_id, kept.deal.replaces))
    return _too_late(turn, kept.deal) or kept


def _whole_of(state: State, name: str) -> str:
    """Return the deal of which something is a part: a swap of its legs (R-111), a repo of its closing deal."""
    closing = repo.closing_of(state, name)
    if closing is not None:
        return closing.deal_id
    whole, _, leg = name.rpartition(".")
    kept = state.deals.kept.get(whole)
    return whole if kept is not None and leg in ("1", "2") and isinstance(kept.deal.terms, SwapTerms) else ""


def _too_late(turn: Turn, deal: Deal) -> Refusal | None:
    """Refuse once the control system has closed for securities and repo, or the depository is asked to close the day.

    From then on what is owed is the clearing's.
    """
    state = turn.state
    listing = state.listings.get(deal.symbol)
    changes = state.terms.changes
    if listing is not None and listing.group.market in CONTROLLED and f"service:{CONTROL}:closes" in state.transitions:
        until = changes.services.get(CONTROL, SERVICE_HOURS[CONTROL][1])
        return Refusal(DEAL_FINAL, "art. 41 p. 1", (deal.symbol, f"{until:%H:%M}"))
    if not state.day_open or DAY_CLOSES in state.transitions:
        until = changes.day_closes or CLOSES
        return Refusal(DEAL_FINAL, "art. 5 p. 2", (deal.symbol, f"{until:%H:%M}"))
    return None


def _uncorrectable(state: State, kept: KeptDeal, trading: Trading) -> Refusal | None:
    """Refuse to correct a repo that was prolonged since, and a deal in another kind of price than is dealt in now."""
    deal = kept.deal
    if corrections.prolongations(state, deal):
        return Refusal(REPO_PROLONGED, "art. 39 sp. 2", (deal.deal_id,))
    counted = not deal.replaces and trading.board.method != REPO_DIRECT
    if counted and not kept.counts:
        return Refusal(OTHER_KIND_OF_PRICE, "annex 2 p. 3", (deal.deal_id, deal.symbol))
    return None


def _terms_wrong(deal: Deal, trading: Trading, price: Price, quantity: Quantity) -> Refusal | None:
    """Refuse terms the instrument does not trade in, a greater quantity than was dealt, and those it has already.

    Limits of deviation are not looked at: what is corrected is past, and may be an error of price (R-166).
    """
    group = trading.group
    if (price, quantity) == (deal.price, deal.quantity):
        return Refusal(NOTHING_CORRECTED, CLAUSE, (deal.deal_id,))
    if quantity > deal.quantity:
        return Refusal(QUANTITY_NOT_LESS, CLAUSE, (str(deal.quantity), str(quantity)))
    in_lots = None if deal.method in WITHOUT_LOTS else quantity_in_lots(quantity, group)
    return (
        price_positive(price, group)
        or price_on_grid(price, group)
        or price_within_maximum(price, group)
        or quantity_positive(quantity, group)
        or in_lots
    )


def _words(trading: Trading, quantity: Quantity, price: Price) -> str:
    return f"{quantity} x {format_price(price, trading.group.price_decimals)}"
