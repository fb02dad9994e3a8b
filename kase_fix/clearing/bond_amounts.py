"""What a deal in bonds comes to: clean prices with the interest accrued by settlement, dirty prices as they are.

Annex 2 and R-20: a clean price is % of par (10^-8), a dirty one money for one security (10^-8). Amounts are minor units
of par's currency, which is the quote's.
"""

import datetime as dt
from typing import NamedTuple

from kase_fix.messages.configuration import BondTerms
from kase_fix.rulebook.coupons import accrued_per_security
from kase_fix.rulebook.price_kind import CLEAN
from kase_fix.values.numbers import PRICE_SCALE, Money, Price, Quantity, divide_half_up, money_of


class BondAmount(NamedTuple):
    """What the buyer pays and the seller gets."""

    principal: Money
    """What the price alone comes to, rounded half up once for the deal."""
    accrued: Money
    """Interest on all securities; 0 where the price is dirty: it is in the price."""

    @property
    def amount(self) -> Money:
        """Return the whole."""
        return self.principal + self.accrued


def bond_amount(
    kind: str, terms: BondTerms, price: Price, quantity: Quantity, settlement: dt.date
) -> BondAmount | None:
    """Return what so many bonds at the price come to; `kind` is what they trade in (art. 24 p. 2; annex 2).

    Interest is what one security has accrued by the date of settlement, rounded half up, times the quantity; discount
    securities have none. None: they trade clean and the coupon of the period is unknown.
    """
    if kind != CLEAN:
        return BondAmount(money_of(price, quantity), 0)
    each = accrued_per_security(terms, settlement)
    if each is None:
        return None
    return BondAmount(divide_half_up(terms.nominal * price * quantity, 100 * PRICE_SCALE), each * quantity)
