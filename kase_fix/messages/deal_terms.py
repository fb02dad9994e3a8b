"""What a deal promises beside its price and quantity: the legs of a swap or a repo, a bond's interest.

Prices count 10^-8 of the quoted currency for one unit, rates 10^-8 % p.a., amounts minor units of the currency paid.
"""

import datetime as dt
from typing import TypeAlias

import msgspec

from kase_fix.values.enums import Side
from kase_fix.values.numbers import Money, Price, Quantity


class LegTerms(msgspec.Struct, frozen=True, array_like=True):
    """One of the two deals a swap or a repo is made of, as the buyer of the swap or repo has it."""

    symbol: str
    """What is traded in it: the pair of that date (`USDKZT_TOD`), or the security."""
    side: Side
    price: Price
    quantity: Quantity
    settlement: dt.date
    amount: Money
    """Price x quantity in minor units of `currency`; never signed."""
    asset: str
    """What is delivered: a currency or a security."""
    currency: str
    """What is paid."""


class SwapTerms(msgspec.Struct, frozen=True, array_like=True, tag="swap"):
    """Both legs of a currency swap (art. 15; R-27)."""

    first: LegTerms
    second: LegTerms


class RepoTerms(msgspec.Struct, frozen=True, array_like=True, tag="repo"):
    """Both deals of a repo (art. 38-40; R-24)."""

    kind: str
    """`automatic`, `netting` or `direct`."""
    opening: LegTerms
    closing: LegTerms
    rate: Price | None
    """% p.a.; None: the parties agreed on the closing price itself."""
    session: str = "main"
    """`main` or `additional`: by when readiness to close must be told (art. 38 p. 1-1)."""


class BondMoney(msgspec.Struct, frozen=True, array_like=True, tag="bond"):
    """What a deal in bonds comes to (annex 2)."""

    principal: Money
    accrued: Money
    """Interest accrued by settlement on all of them; 0 where the price is dirty."""
    currency: str

    @property
    def amount(self) -> Money:
        """Return what the buyer pays."""
        return self.principal + self.accrued


class Traded(msgspec.Struct, frozen=True, array_like=True):
    """What changes hands in a deal that has no legs: the quantity's things for the price's money."""

    asset: str
    """A currency, a security or a future."""
    currency: str = ""
    """What price x quantity is paid in; empty: the money is in the terms, or nothing is paid yet (futures)."""
    units: int = 1
    """So many of the asset one of the quantity is: 100 where a currency is counted in minor units."""


class Standing(msgspec.Struct, frozen=True, array_like=True):
    """What an account is still to get (negative: to deliver) on a date.

    Currencies in minor units, securities and futures in pieces. `amount` is text: a sum may exceed 64 bits.
    """

    account: str
    asset: str
    settlement: dt.date
    amount: str


DealTerms: TypeAlias = SwapTerms | RepoTerms | BondMoney
