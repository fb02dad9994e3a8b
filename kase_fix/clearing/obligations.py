"""What a deal obliges its parties to: who gets and who owes how much of what, and when.

Amounts are minor units of a currency (10^-2, also of one that is traded: 1 000 EUR are 100 000), pieces of a security,
contracts of a future. What one party gets the other owes, so every asset sums to nothing on every date.
"""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from kase_fix.messages.configuration import Group, Instrument
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.deal_terms import BondMoney, LegTerms, RepoTerms, SwapTerms, Traded
from kase_fix.messages.repo import OpenRepo
from kase_fix.rulebook.price_kind import CLEAN
from kase_fix.values.enums import Side
from kase_fix.values.numbers import money_of

MINOR_UNITS = 100
"""So many minor units make one unit of a currency."""
REPO_DIRECT = "repo_direct"
PROLONGED = "prolonged"
"""Method of the deal by which a direct repo is prolonged; what it changes is told with the repo."""
LEGS = ("swap", "repo")
"""Settlement schemes whose deals consist of legs."""


class Key(NamedTuple):
    """What an obligation is kept by."""

    account: str
    asset: str
    """A currency, a security or a future."""
    settlement: dt.date


Obligation: TypeAlias = tuple[Key, int]
"""The account gets (negative: owes) so much."""


def traded(instrument: Instrument, group: Group) -> Traded | None:
    """Return what changes hands in deals in an instrument; None where the terms of each deal say it (art. 15, 38-40).

    A bond's money is in the terms of its deals; a future's price is not paid, its contracts are held (R-100).
    """
    scheme = instrument.scheme or group.settlement
    if scheme in LEGS:
        return None
    if scheme == "currency":
        return Traded(instrument.currency, instrument.quote, MINOR_UNITS)
    in_terms = scheme == "future" or instrument.bond is not None or instrument.price_kind == CLEAN
    return Traded(instrument.currency or instrument.symbol, "" if in_terms else instrument.quote)


def obligations_of(deal: Deal) -> tuple[Obligation, ...]:
    """Return what a deal obliges its parties to; nothing where it prolongs a repo, or could not be computed."""
    terms, what = deal.terms, deal.traded
    buyer, seller = deal.buy.account, deal.sell.account
    if isinstance(terms, SwapTerms):
        return (*_leg(terms.first, buyer, seller, MINOR_UNITS), *_leg(terms.second, buyer, seller, MINOR_UNITS))
    if isinstance(terms, RepoTerms):
        if deal.method == PROLONGED:
            return ()
        return (*_leg(terms.opening, buyer, seller), *_leg(terms.closing, buyer, seller))
    if what is None or deal.method in (REPO_DIRECT, PROLONGED):
        return ()
    gets = deal.quantity * what.units
    if isinstance(terms, BondMoney):
        return _exchanged(buyer, seller, deal.settlement, what.asset, gets, terms.currency, terms.amount)
    if not what.currency:
        return (Key(buyer, what.asset, deal.settlement), gets), (Key(seller, what.asset, deal.settlement), -gets)
    paid = money_of(deal.price, deal.quantity)
    return _exchanged(buyer, seller, deal.settlement, what.asset, gets, what.currency, paid)


def closing_obligations(repo: OpenRepo) -> tuple[Obligation, ...]:
    """Return what a repo's closing deal obliges its parties to (art. 38 p. 1-1, 39, 40)."""
    return closing_of(repo.terms, repo.buyer.account, repo.seller.account)


def closing_of(terms: RepoTerms, buyer: str, seller: str) -> tuple[Obligation, ...]:
    """Return what the closing deal on these terms obliges the accounts of a repo's buyer and seller to."""
    return _leg(terms.closing, buyer, seller)


def reverse(obligations: Iterable[Obligation]) -> tuple[Obligation, ...]:
    """Return what takes them back."""
    return tuple((key, -amount) for key, amount in obligations)


def _leg(leg: LegTerms, buyer: str, seller: str, units: int = 1) -> tuple[Obligation, ...]:
    """Return a leg's, whose side is that of the swap's or repo's buyer; `units` are those of `Traded`."""
    gets, gives = (buyer, seller) if leg.side is Side.BUY else (seller, buyer)
    return _exchanged(gets, gives, leg.settlement, leg.asset, leg.quantity * units, leg.currency, leg.amount)


def _exchanged(
    buyer: str, seller: str, date: dt.date, asset: str, quantity: int, currency: str, money: int
) -> tuple[Obligation, ...]:
    return (
        (Key(buyer, asset, date), quantity),
        (Key(buyer, currency, date), -money),
        (Key(seller, asset, date), -quantity),
        (Key(seller, currency, date), money),
    )
