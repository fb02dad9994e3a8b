"""What reports say of a deal's terms: the yield and legs of a swap, the two deals of a repo, the money of a bond.

Yield(236) is in per cent, as the price of what trades by yield is: 7.5 means 7.5 % p.a.
"""

import datetime as dt
from functools import lru_cache

import msgspec

from kase_fix.clearing.bond_yields import yield_of_price
from kase_fix.clearing.obligations import PROLONGED
from kase_fix.gateway.dialect.fix_text import date_text
from kase_fix.gateway.dialect.listing import Listed, Listing, decimals_of
from kase_fix.messages.configuration import BondTerms
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.deal_terms import BondMoney, LegTerms, RepoTerms, SwapTerms
from kase_fix.messages.order_state import OrderState
from kase_fix.rulebook.price_kind import CLEAN
from kase_fix.values.enums import OrderKind, Side
from kase_fix.values.numbers import Money, Price, format_decimal, format_price

PERCENT_OF_PAR, PER_UNIT = "1", "2"
"""PriceType(423): a clean price, a dirty one."""
YIELD_DECIMALS = 4
SECURITY_DECIMALS = 2
"""Decimals a repo's prices of a security show at the least."""
_MONEY_DECIMALS = 2


def terms_fields(deal: Deal, order: OrderState, instruments: Listing) -> str:
    """Return what a deal's report says of its terms beside price and quantity; empty where these are all."""
    terms = deal.terms
    if terms is None:
        return ""
    if isinstance(terms, SwapTerms):
        return _yield(deal.price)
    if isinstance(terms, RepoTerms):
        rate = "" if terms.rate is None else _yield(terms.rate)
        end_cash = f"922={money(terms.closing.amount)}\x01"
        if deal.method == PROLONGED:
            return end_cash
        said = order.direct is not None and order.direct.closes is not None
        return f"{rate}{end_cash}{repo_fields(terms, without_end=said)}"
    return _bond(deal, terms, instruments.get(deal.symbol))


def repo_fields(terms: RepoTerms, without_end: bool = False) -> str:
    """Return StartDate(916), EndDate(917) and the securities: NoUnderlyings(711){311, 879, 810, 883}.

    `without_end`: the order's own fields say when it closes.
    """
    opening, closing = terms.opening, terms.closing
    end = "" if without_end else f"917={date_text(closing.settlement)}\x01"
    return (
        f"916={date_text(opening.settlement)}\x01{end}711=1\x01311={opening.asset}\x01"
        f"879={opening.quantity}\x01810={security_price(opening.price)}\x01883={security_price(closing.price)}\x01"
    )


def start_cash(deal: Deal) -> str:
    """Return StartCash(921) and Currency(15) of a repo, empty of other deals."""
    if not isinstance(deal.terms, RepoTerms) or deal.method == PROLONGED:
        return ""
    opening = deal.terms.opening
    return f"921={money(opening.amount)}\x0115={opening.currency}\x01"


def leg_of(deal: Deal, side: str) -> tuple[LegTerms, str]:
    """Return the leg that B1, B2, S1 or S2 is about, and the number of its deal: the swap's with .1 or .2."""
    assert isinstance(deal.terms, SwapTerms)
    which = side[1:]
    return (deal.terms.first if which == "1" else deal.terms.second), f"{deal.deal_id}.{which}"


def leg_order(order: OrderState, leg: LegTerms) -> OrderState:
    """Return the order as a leg's report shows it: the leg's pair and the owner's side of it, without the yield.

    Terms are as the swap's buyer has them.
    """
    side = leg.side if order.side is Side.BUY else leg.side.other
    return msgspec.structs.replace(order, symbol=leg.symbol, side=side, price=None, kind=OrderKind.OTHER)


def settlement_of(deal: Deal) -> dt.date:
    """Return when a deal is settled, of a repo its opening."""
    return deal.terms.opening.settlement if isinstance(deal.terms, RepoTerms) else deal.settlement


def leg_decimals(deal: Deal, instruments: Listing) -> int:
    """Return the decimals of both legs' prices: those of the first leg's pair."""
    assert isinstance(deal.terms, SwapTerms)
    return decimals_of(instruments, deal.terms.first.symbol)


def money(amount: Money) -> str:
    """Return an amount with its minor units."""
    return format_decimal(amount, _MONEY_DECIMALS, _MONEY_DECIMALS)


def security_price(price: Price) -> str:
    """Return what one security of a repo counts as."""
    return format_price(price, SECURITY_DECIMALS)


def _yield(rate: Price) -> str:
    return f"236={format_price(rate, YIELD_DECIMALS)}\x01"


def _bond(deal: Deal, terms: BondMoney, listed: Listed | None) -> str:
    """PriceType(423); GrossTradeAmt(381), AccruedInterestAmt(159), NetMoney(118) in Currency(15); Yield(236)."""
    amounts = (
        f"381={money(terms.principal)}\x01159={money(terms.accrued)}\x01118={money(terms.amount)}\x01"
        f"15={terms.currency}\x01"
    )
    if listed is None or listed.instrument.bond is None or listed.instrument.price_kind != CLEAN:
        return f"423={PER_UNIT}\x01{amounts}"
    found = _yield_of(listed.instrument.bond, deal.settlement, deal.price)
    return f"423={PERCENT_OF_PAR}\x01{amounts}{'' if found is None else _yield(found)}"


@lru_cache(maxsize=4096)
def _yield_of(bond: BondTerms, settlement: dt.date, price: Price) -> Price | None:
    """Return the yield to maturity, reckoned once for all deals of a day at a price: it takes a millisecond."""
    return yield_of_price(bond, settlement, price, YIELD_DECIMALS)
