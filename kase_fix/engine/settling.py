"""What a deal promises beside its price: the legs of swaps and repo, the interest of bonds (art. 15, 24, 38-40)."""

from kase_fix.calendar.swaps import Legs, leg_symbols
from kase_fix.clearing import repo_terms
from kase_fix.clearing.bond_amounts import bond_amount
from kase_fix.clearing.legs import Leg
from kase_fix.clearing.obligations import PROLONGED, REPO_DIRECT
from kase_fix.clearing.opening import repo_of
from kase_fix.clearing.repo_terms import Repo, Term
from kase_fix.clearing.swap_legs import Swap, base_price, swap
from kase_fix.engine.state import Listing, State, Trading
from kase_fix.messages.configuration import Instrument
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.deal_terms import BondMoney, DealTerms, LegTerms, RepoTerms, SwapTerms
from kase_fix.messages.direct import DirectTerms
from kase_fix.values.numbers import Price, Quantity


def deal_terms(
    state: State, trading: Trading, price: Price, quantity: Quantity, direct: DirectTerms | None = None
) -> DealTerms | None:
    """Return what a deal done now promises; None where price x quantity is all, or where it cannot be computed."""
    instrument = trading.instrument
    if trading.board.method == REPO_DIRECT:
        return None if direct is None else _direct_repo(state, trading, price, quantity, direct)
    scheme = instrument.scheme or trading.group.settlement
    if scheme == "swap":
        return _swap(state, instrument, price, quantity)
    if scheme == "repo":
        return _repo(state, trading, price, quantity)
    if instrument.bond is None:
        return None
    settlement = state.settlement[instrument.symbol]
    amount = bond_amount(instrument.price_kind, instrument.bond, price, quantity, settlement)
    return None if amount is None else BondMoney(amount.principal, amount.accrued, instrument.bond.currency)


def opened(state: State, deal: Deal) -> None:
    """Remember a repo from its opening deal on."""
    repo = repo_of(deal)
    if repo is not None:
        state.repos[deal.deal_id] = repo


def first_leg(state: State, instrument: Instrument) -> Listing | None:
    """Return the listing of a swap's first leg (art. 15): the pair of its day."""
    return state.listings.get(leg_symbols(instrument)[0])


def swap_base(state: State, instrument: Instrument) -> Price | None:
    """Return P1 of a swap (R-27): None where its first leg never had a deal."""
    leg = first_leg(state, instrument)
    return None if leg is None else base_price(leg.last_deal, leg.average)


def repo_currency(instrument: Instrument) -> str:
    """Return what a repo's money is."""
    return instrument.settled_in or instrument.quote


def legs_of_swap(legs: Swap, like: SwapTerms) -> SwapTerms:
    """Return the terms of a swap in the same currencies with these legs."""
    first, second = like.first, like.second
    return SwapTerms(
        _leg(legs.first, first.symbol, first.asset, first.currency),
        _leg(legs.second, second.symbol, second.asset, second.currency),
    )


def legs_of_repo(repo: Repo, like: RepoTerms) -> RepoTerms:
    """Return the terms of a repo of the same kind and securities with these legs."""
    return _both(repo, like.opening.asset, like.opening.currency, like.kind, like.session)


def _swap(state: State, instrument: Instrument, price: Price, quantity: Quantity) -> SwapTerms | None:
    leg, base = first_leg(state, instrument), swap_base(state, instrument)
    second = state.closings.get(instrument.symbol)
    if leg is None or base is None or second is None:
        return None
    legs = swap(base, price, quantity, Legs(state.settlement[instrument.symbol], second), leg.group.price_decimals)
    closing = leg_symbols(instrument)[1]
    return SwapTerms(
        _leg(legs.first, leg.symbol, instrument.currency, instrument.quote),
        _leg(legs.second, closing, instrument.currency, instrument.quote),
    )


def _repo(state: State, trading: Trading, rate: Price, quantity: Quantity) -> RepoTerms | None:
    instrument = trading.instrument
    market = state.market
    price = None if market is None else market.configuration.collateral.get(instrument.underlying)
    closes = state.closings.get(instrument.symbol)
    if price is None or closes is None:
        return None
    term = Term(state.settlement[instrument.symbol], closes)
    automatic = trading.group.repo == "automatic"
    repo = repo_terms.automatic(quantity, price, rate, term) if automatic else _netting(quantity, price, rate, term)
    kind = "automatic" if automatic else "netting"
    return _both(repo, instrument.underlying, repo_currency(instrument), kind, trading.board.session)


def _netting(quantity: Quantity, price: Price, rate: Price, term: Term) -> Repo:
    return repo_terms.at_rate(quantity, price, rate, term)


def _direct_repo(
    state: State, trading: Trading, price: Price, quantity: Quantity, direct: DirectTerms
) -> RepoTerms | None:
    """A repo whose parties agreed on both prices and on the closing's date (art. 39 sp. 1, 2)."""
    if direct.closes is None or direct.closing_price is None or state.date is None:
        return None
    repo = repo_terms.at_prices(quantity, price, direct.closing_price, Term(state.date, direct.closes))
    instrument = trading.instrument
    currency = instrument.bond.currency if instrument.bond is not None else instrument.quote
    return _both(repo, instrument.symbol, currency, "direct", trading.board.session)


def _both(repo: Repo, asset: str, currency: str, kind: str, session: str) -> RepoTerms:
    return RepoTerms(
        kind, _leg(repo.opening, asset, asset, currency), _leg(repo.closing, asset, asset, currency), repo.rate, session
    )


def _leg(leg: Leg, symbol: str, asset: str, currency: str) -> LegTerms:
    return LegTerms(symbol, leg.side, leg.price, leg.quantity, leg.settlement, leg.amount, asset, currency)


__all__ = [
    "PROLONGED",
    "REPO_DIRECT",
    "deal_terms",
    "first_leg",
    "legs_of_repo",
    "legs_of_swap",
    "opened",
    "repo_currency",
    "swap_base",
]
