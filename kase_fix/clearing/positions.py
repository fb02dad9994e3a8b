"""Net positions out of the events: what each account gets and owes, by currency or security and settlement date.

A fold for those who answer members: the ledger, and whose accounts are whose. Units are the ledger's.
"""

import datetime as dt
from collections.abc import Iterable

from kase_fix.clearing.ledger import Ledger
from kase_fix.clearing.obligations import Key
from kase_fix.messages.configuration import MarketConfiguration
from kase_fix.messages.corrections import DealBusted, DealCorrected
from kase_fix.messages.day_events import ConfigurationApplied, DayOpened
from kase_fix.messages.deal_events import Deal, DealFailed
from kase_fix.messages.events import Event
from kase_fix.messages.repo import RepoClosing, RepoProlonged, RepoTerminated

EVENTS = frozenset(
    {
        ConfigurationApplied,
        DayOpened,
        Deal,
        DealFailed,
        DealBusted,
        DealCorrected,
        RepoClosing,
        RepoProlonged,
        RepoTerminated,
    }
)
"""What changes positions; no other event need be applied."""


class Positions:
    """A fold over the events; it begins with any `DayOpened`, which brings what stands from days before."""

    __slots__ = ("_accounts", "_ledger")

    def __init__(self) -> None:
        self._ledger = Ledger()
        self._accounts: dict[str, tuple[str, ...]] = {}

    def apply(self, event: Event) -> None:
        """Take in an event."""
        if isinstance(event, ConfigurationApplied):
            self._configure(event.market)
        else:
            self._ledger.apply(event)

    def amount(self, account: str, asset: str, settlement: dt.date) -> int:
        """Return what the account gets (negative: owes) of the asset on that date."""
        return self._ledger.amounts.get(Key(account, asset, settlement), 0)

    def of_accounts(self, accounts: Iterable[str]) -> dict[Key, int]:
        """Return all positions of these accounts, those that net to nothing too, in order of their key."""
        wanted = set(accounts)
        amounts = self._ledger.amounts
        return {key: amounts[key] for key in sorted(amounts) if key.account in wanted}

    def of_user(self, user: str) -> dict[Key, int]:
        """Return all positions of the accounts the register gives this user; none for an unknown one."""
        return self.of_accounts(self._accounts.get(user, ()))

    def totals(self) -> dict[tuple[str, dt.date], int]:
        """Return the sum over all accounts by asset and date: zero everywhere, or something is broken."""
        return self._ledger.totals()

    def _configure(self, market: MarketConfiguration) -> None:
        self._accounts = {user.name: user.accounts for user in market.users}
