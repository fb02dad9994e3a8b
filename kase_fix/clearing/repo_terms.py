"""What a repo consists of: securities sold in the opening deal and bought back in the closing one (art. 39, 40; R-24).

Prices are money for one security (10^-8), rates % p.a. (10^-8, may be negative), amounts minor units. Who buys in the
repo sector sells the securities in the opening deal. Interest runs over the calendar days between both deals' dates, so
a closing that is rolled over days off earns interest for them too.
"""

import datetime as dt
from typing import NamedTuple

from kase_fix.calendar.securities import closing_date, settlement_date
from kase_fix.calendar.shifts import on_or_after
from kase_fix.calendar.working_days import TENGE, Calendars
from kase_fix.clearing.legs import Leg, leg, with_interest
from kase_fix.messages.configuration import Instrument
from kase_fix.values.enums import Side
from kase_fix.values.numbers import PRICE_SCALE, Price, Quantity

LOT = 1_000_000
"""Tenge of one lot of automatic repo (art. 40 p. 1)."""
CLOSING_DECIMALS = 2
"""A closing price that comes of a rate is whole minor units (R-24)."""


class Term(NamedTuple):
    """From when to when a repo runs."""

    opens: dt.date
    closes: dt.date

    @property
    def days(self) -> int:
        """Calendar days that bear interest."""
        return (self.closes - self.opens).days


class Repo(NamedTuple):
    """Both deals as the repo's buyer has them; its seller has the `mirror`."""

    opening: Leg
    closing: Leg
    rate: Price | None
    """% p.a. in 10^-8; None: the parties agreed on the closing price itself."""

    @property
    def mirror(self) -> "Repo":
        """Return the repo as its seller has it."""
        return Repo(self.opening.mirror, self.closing.mirror, self.rate)

    @property
    def term(self) -> Term:
        """Return from when to when it runs."""
        return Term(self.opening.settlement, self.closing.settlement)


def term_of(instrument: Instrument, date: dt.date, calendars: Calendars) -> Term:
    """Return when automatic repo or repo with netting dealt on the date opens and closes (R-21).

    It closes the instrument's calendar days later, or on the next working day of the RK on which all settle.
    """
    opens = settlement_date(instrument, date, calendars)
    return Term(opens, closing_date(instrument, opens, calendars))


def agreed_term(opens: dt.date, days: int, currency: str, calendars: Calendars) -> Term:
    """Return the term of a direct repo of so many calendar days (art. 39 sp. 2), its closing rolled forward alike."""
    return Term(opens, on_or_after(opens + dt.timedelta(days=days), (currency, TENGE), calendars))


def securities_for(lots: Quantity, price: Price) -> Quantity:
    """Return how many securities cover the money of so many lots: as few as are worth it at `price` > 0 (R-24)."""
    money: Price = lots * LOT * PRICE_SCALE
    return -(-money // price)


def automatic(lots: Quantity, price: Price, rate: Price, term: Term) -> Repo:
    """Return an automatic repo: its quantity is money, lots of 1 000 000 KZT (art. 40 p. 1; R-24, R-29).

    `price` is the security's collateral price of the day. Both amounts are securities x price, so the opening deal
    comes to the lots' money or up to one security more.
    """
    return at_rate(securities_for(lots, price), price, rate, term)


def at_rate(securities: Quantity, opening: Price, rate: Price, term: Term) -> Repo:
    """Return a repo in so many securities whose closing price follows from the rate.

    Repo with netting, where no lot is set and `opening` is the collateral price (art. 40 p. 1), or a direct repo agreed
    by opening price and rate (art. 39 sp. 1).
    """
    closing = with_interest(opening, rate, term.days, CLOSING_DECIMALS)
    return at_prices(securities, opening, closing, term)._replace(rate=rate)


def at_prices(securities: Quantity, opening: Price, closing: Price, term: Term) -> Repo:
    """Return a direct repo whose parties agreed on both prices (art. 39 sp. 1)."""
    return Repo(
        opening=leg(Side.SELL, opening, securities, term.opens),
        closing=leg(Side.BUY, closing, securities, term.closes),
        rate=None,
    )


def prolonged(repo: Repo, closes: dt.date, closing: Price | None = None) -> Repo:
    """Return a direct repo that closes on a later date, as its parties agreed (art. 39 sp. 2).

    By rate the closing price is computed anew from the opening on; agreed by price it stays, unless they agree on
    another, which then stands in the rate's place. The opening deal remains as it is. Raises `ValueError` for a date
    that is not later.
    """
    if closes <= repo.closing.settlement:
        raise ValueError(f"a repo that closes on {repo.closing.settlement} cannot be prolonged to {closes}")
    opening, term = repo.opening, Term(repo.opening.settlement, closes)
    if closing is None and repo.rate is not None:
        longer = at_rate(opening.quantity, opening.price, repo.rate, term)
    else:
        agreed = repo.closing.price if closing is None else closing
        longer = at_prices(opening.quantity, opening.price, agreed, term)
    # The repo in hand may be the seller's: its sides stay.
    return longer if opening.side is Side.SELL else longer.mirror
