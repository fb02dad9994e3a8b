"""Net positions out of deals: who gets and who owes how much of which currency, and when.

An amount is in minor units of its currency (10^-2, also for what is traded: 1 000 EUR are 100 000). A deal gives the
buyer what is traded and takes the price of it, and the seller the mirror of both, so every currency sums to nothing.

Only currency pairs count, and only where the price is money for one unit. Deals in securities (prices in per cent of
par, clean or dirty), swaps and repo (yields; two legs) and futures bring obligations of other kinds: no position here.
"""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from kase_fix.messages.configuration import MarketConfiguration
from kase_fix.messages.events import ConfigurationApplied, DayOpened, Deal, Event
from kase_fix.values.numbers import Money, money_of

MINOR_UNITS = 100
"""So many minor units make one unit of what quantities count."""
SPOT = "currency"
"""Settlement scheme of the currency pairs (art. 11-14)."""


class Key(NamedTuple):
    """What a position is kept by."""

    account: str
    currency: str
    settlement: dt.date


class Positions:
    """A fold over `Deal` events; positions of settlement dates gone by are dropped when a day opens."""

    __slots__ = ("_accounts", "_amounts", "_currencies")

    def __init__(self) -> None:
        self._amounts: dict[Key, Money] = {}
        self._currencies: dict[str, tuple[str, str]] = {}
        self._accounts: dict[str, tuple[str, ...]] = {}

    def apply(self, event: Event) -> None:
        """Take in an event; only deals, the opening of a day and a new configuration matter."""
        if type(event) is Deal:
            self._deal(event)
        elif type(event) is DayOpened:
            # Whole dates go, so what is left sums to nothing still.
            self._amounts = {key: amount for key, amount in self._amounts.items() if key.settlement >= event.date}
        elif type(event) is ConfigurationApplied:
            self._configure(event.market)

    def amount(self, account: str, currency: str, settlement: dt.date) -> Money:
        """Return what the account gets (negative: owes) of the currency on that date."""
        return self._amounts.get(Key(account, currency, settlement), 0)

    def of_accounts(self, accounts: Iterable[str]) -> dict[Key, Money]:
        """Return all positions of these accounts, those that net to nothing too, in order of their key."""
        wanted = set(accounts)
        return {key: self._amounts[key] for key in sorted(self._amounts) if key.account in wanted}

    def of_user(self, user: str) -> dict[Key, Money]:
        """Return all positions of the accounts the register gives this user; none for an unknown one."""
        return self.of_accounts(self._accounts.get(user, ()))

    def totals(self) -> dict[tuple[str, dt.date], Money]:
        """Return the sum over all accounts by currency and date: zero everywhere, or something is broken."""
        sums: dict[tuple[str, dt.date], Money] = {}
        for key, amount in self._amounts.items():
            place = (key.currency, key.settlement)
            sums[place] = sums.get(place, 0) + amount
        return sums

    def _configure(self, market: MarketConfiguration) -> None:
        # An instrument that is no longer listed may still have been dealt in today: its currencies stay known.
        groups = {group.name: group for group in market.groups}
        for one in market.instruments:
            group = groups[one.group]
            if group.price_kind == "money" and (one.scheme or group.settlement) == SPOT:
                self._currencies[one.symbol] = (one.currency, one.quote)
        self._accounts = {user.name: user.accounts for user in market.users}

    def _deal(self, deal: Deal) -> None:
        currencies = self._currencies.get(deal.symbol)
        if currencies is None:
            return
        currency, quote = currencies
        traded = deal.quantity * MINOR_UNITS
        paid = money_of(deal.price, deal.quantity)
        for account, sign in ((deal.buy.account, 1), (deal.sell.account, -1)):
            self._add(Key(account, currency, deal.settlement), sign * traded)
            self._add(Key(account, quote, deal.settlement), -sign * paid)

    def _add(self, key: Key, amount: Money) -> None:
        self._amounts[key] = self._amounts.get(key, 0) + amount
