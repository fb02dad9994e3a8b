"""What a deal's cancellation or correction changes: obligations, repo, orders, the day's prices (R-165 to R-169).

All of it is as though the deal had been done so, or never. What followed from its price since stays: deals, swaps
computed from it, the cut-off price of its auction, limits that were passed.
"""

import msgspec

from kase_fix.calendar.swaps import Legs
from kase_fix.clearing import repo_terms
from kase_fix.clearing.bond_amounts import bond_amount
from kase_fix.clearing.ledger import postings
from kase_fix.clearing.obligations import PROLONGED
from kase_fix.clearing.opening import repo_of
from kase_fix.clearing.repo_terms import Repo, Term
from kase_fix.clearing.swap_legs import swap
from kase_fix.engine.corrected_orders import NOTHING, Fill, after, as_of_deal
from kase_fix.engine.kept_deals import KeptDeal
from kase_fix.engine.settling import first_leg, legs_of_repo, legs_of_swap
from kase_fix.engine.state import State, Trading
from kase_fix.engine.turn import Turn
from kase_fix.messages.corrections import DealBusted, DealCorrected, OrderRestated
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.deal_terms import BondMoney, DealTerms, RepoTerms, SwapTerms
from kase_fix.messages.decisions import Decision
from kase_fix.messages.order_state import OrderState
from kase_fix.rulebook.admission import RULES_OF_THE_EXCHANGE
from kase_fix.values.numbers import Price, Quantity

CLAUSE = RULES_OF_THE_EXCHANGE


def bust(turn: Turn, kept: KeptDeal, by: Decision) -> None:
    """Cancel a deal of today, and the prolongations of the repo it opened with it."""
    state, deal = turn.state, _with_present_terms(turn.state, kept.deal)
    state.deals.put(
        msgspec.structs.replace(kept, deal=deal, busted=True, taken_back=kept.taken_back + deal.quantity, awaits=())
    )
    state.repos.pop(deal.deal_id, None)
    done = Fill(deal.quantity, deal.price)
    buy, sell = _orders_after(state, deal, done, NOTHING)
    event = DealBusted(deal, buy, sell, by.reason, by.document, CLAUSE)
    state.ledger.post(postings(event))
    measure(state, kept, done, NOTHING)
    turn.events.append(event)
    _restate(turn, deal, buy, sell)
    for other in prolongations(state, deal):
        bust(turn, other, by)


def correct(
    turn: Turn, kept: KeptDeal, price: Price, quantity: Quantity, terms: DealTerms | None, by: Decision
) -> None:
    """Let a deal of today have been done at this price, in this quantity, no greater one than it was."""
    state, before = turn.state, kept.deal
    was, now = Fill(before.quantity, before.price), Fill(quantity, price)
    deal = msgspec.structs.replace(
        before,
        price=price,
        quantity=quantity,
        terms=terms,
        buy=as_of_deal(before.buy, was, now),
        sell=as_of_deal(before.sell, was, now),
    )
    state.deals.put(msgspec.structs.replace(kept, deal=deal, taken_back=kept.taken_back + was.quantity - quantity))
    repo = repo_of(deal)
    if repo is not None:
        state.repos[deal.deal_id] = repo
    buy, sell = _orders_after(state, before, was, now)
    event = DealCorrected(deal, before, buy, sell, by.reason, by.document, CLAUSE)
    state.ledger.post(postings(event))
    measure(state, kept, was, now)
    turn.events.append(event)
    if quantity < was.quantity:
        _restate(turn, deal, buy, sell)


def measure(state: State, kept: KeptDeal, was: Fill, now: Fill) -> None:
    """Have the day's prices of an instrument be those of the deals that count (R-10); without any, as the day began.

    `kept` is the deal before it was changed from `was` to `now`.
    """
    listing = state.listings.get(kept.deal.symbol)
    if listing is None or not kept.counts:
        return
    listing.value -= was.value - now.value
    listing.volume -= was.quantity - now.quantity
    ends = state.deals.ends(listing.symbol)
    listing.first_today = ends[0].deal.price if ends is not None else None
    listing.last_today = ends[1].deal.price if ends is not None else None
    listing.last_deal = ends[1].deal.price if ends is not None else listing.previous


def terms_at(state: State, trading: Trading, deal: Deal, price: Price, quantity: Quantity) -> DealTerms | None:
    """Return what the deal promises at another price and quantity; all it was computed from beside them stays."""
    terms, instrument = deal.terms, trading.instrument
    if isinstance(terms, SwapTerms):
        first, pair = terms.first, first_leg(state, instrument)
        assert pair is not None
        dates = Legs(first.settlement, terms.second.settlement)
        return legs_of_swap(swap(first.price, price, quantity, dates, pair.group.price_decimals), terms)
    if isinstance(terms, RepoTerms):
        return legs_of_repo(_repo_at(terms, price, quantity), terms)
    if isinstance(terms, BondMoney) and instrument.bond is not None:
        amount = bond_amount(instrument.price_kind, instrument.bond, price, quantity, deal.settlement)
        assert amount is not None  # its coupon is known: the terms were computed
        return BondMoney(amount.principal, amount.accrued, terms.currency)
    return terms


def prolongations(state: State, deal: Deal) -> list[KeptDeal]:
    """Return the deals of today that have prolonged the repo which a deal opened, as they stand."""
    if not isinstance(deal.terms, RepoTerms):
        return []
    return [
        kept
        for kept in state.deals.naming(deal.deal_id)
        if kept.deal.method == PROLONGED and kept.deal.replaces == deal.deal_id and kept.today and not kept.busted
    ]


def _repo_at(terms: RepoTerms, price: Price, quantity: Quantity) -> Repo:
    opening, closing = terms.opening, terms.closing
    term = Term(opening.settlement, closing.settlement)
    if terms.kind == "automatic":
        return repo_terms.automatic(quantity, opening.price, price, term)
    if terms.kind == "netting":
        return repo_terms.at_rate(quantity, opening.price, price, term)
    return repo_terms.at_prices(quantity, price, closing.price, term)


def _with_present_terms(state: State, deal: Deal) -> Deal:
    """Return a deal with the closing that its repo has by now (art. 39 sp. 2)."""
    repo = state.repos.get(deal.deal_id)
    return deal if repo is None else msgspec.structs.replace(deal, terms=repo.terms)


def _orders_after(state: State, deal: Deal, was: Fill, now: Fill) -> tuple[OrderState, OrderState]:
    over = [order.order_id for order in (deal.buy, deal.sell) if order.order_id not in state.orders]
    deals = state.deals.naming(*over) if over else []
    return after(state, deal.buy, was, now, deals), after(state, deal.sell, was, now, deals)


def _restate(turn: Turn, deal: Deal, *orders: OrderState) -> None:
    """Tell of the orders that live that what was taken back trades no more (R-167)."""
    for order in orders:
        if order.order_id in turn.state.orders:
            turn.events.append(OrderRestated(order, deal.deal_id, CLAUSE))
