"""What a deal comes to in money, and what money is worth in tenge."""

from collections.abc import Mapping
from typing import NamedTuple

from kase_fix.calendar.working_days import TENGE
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.deal_terms import BondMoney, RepoTerms, SwapTerms
from kase_fix.values.numbers import PRICE_SCALE, Money, Price, divide_half_up, money_of


class Paid(NamedTuple):
    """An amount in minor units of a currency."""

    amount: Money
    currency: str


def turnover_of(deal: Deal) -> Paid | None:
    """Return what a deal comes to (R-102): a swap its first leg, a repo its opening, a bond with interest.

    None: its money is not known, as that of futures.
    """
    terms = deal.terms
    if isinstance(terms, SwapTerms):
        return Paid(terms.first.amount, terms.first.currency)
    if isinstance(terms, RepoTerms):
        return Paid(terms.opening.amount, terms.opening.currency)
    if isinstance(terms, BondMoney):
        return Paid(terms.amount, terms.currency)
    if deal.traded is None or not deal.traded.currency:
        return None
    return Paid(money_of(deal.price, deal.quantity), deal.traded.currency)


def in_tenge(paid: Paid, rates: Mapping[str, Price]) -> Money | None:
    """Return an amount in tiyn at these rates (tenge for one unit, by currency); None where there is no rate."""
    if paid.currency == TENGE:
        return paid.amount
    rate = rates.get(paid.currency)
    return None if rate is None else divide_half_up(paid.amount * rate, PRICE_SCALE)
