"""The ledger: what every account is still to get and to deliver, by asset and date, of all deals and repo there are.

The engine keeps one and every projection that asks folds another over the events: they are the same. What is settled
is forgotten when a day opens; until then a date's obligations stand.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from kase_fix.clearing.obligations import (
    Key,
    Obligation,
    closing_obligations,
    closing_of,
    obligations_of,
    reverse,
)
from kase_fix.messages.corrections import DealBusted, DealCorrected
from kase_fix.messages.day_events import DayOpened
from kase_fix.messages.deal_events import Deal, DealFailed
from kase_fix.messages.deal_terms import Standing
from kase_fix.messages.events import Event
from kase_fix.messages.repo import RepoClosing, RepoProlonged, RepoTerminated

Posting: TypeAlias = Deal | DealFailed | DealBusted | DealCorrected | RepoClosing | RepoTerminated | RepoProlonged


class Ledger:
    """Net obligations by `Key`; one that came to nothing on its date is kept until the date is over."""

    __slots__ = ("amounts", "date")

    def __init__(self) -> None:
        self.amounts: dict[Key, int] = {}
        self.date: dt.date | None = None
        """The operational day; what is of a day before it is settled and never comes back."""

    def apply(self, event: Event) -> None:
        """Take in an event; only the opening of a day, deals and the ends of repo matter."""
        if isinstance(event, Posting):
            self.post(postings(event))
        elif isinstance(event, DayOpened):
            self.begin(event.date, event.obligations)

    def post(self, obligations: Iterable[Obligation]) -> None:
        """Add obligations; those of a date that is over are settled."""
        amounts, today = self.amounts, self.date
        for key, amount in obligations:
            if today is None or key.settlement >= today:
                amounts[key] = amounts.get(key, 0) + amount

    def begin_day(self, date: dt.date) -> tuple[Standing, ...]:
        """Forget what was settled before the date and return what stands, in order."""
        self.date = date
        self.amounts = {key: amount for key, amount in self.open() if key.settlement >= date}
        return self.standing()

    def begin(self, date: dt.date | None, standing: Iterable[Standing]) -> None:
        """Go on on a day (None: before the first) with what stands, whatever was known before."""
        self.date = date
        self.amounts = {Key(one.account, one.asset, one.settlement): int(one.amount) for one in standing}

    def standing(self) -> tuple[Standing, ...]:
        """Return what stands, in order of the keys."""
        return tuple(Standing(*key, str(amount)) for key, amount in self.open())

    def open(self) -> Iterator[Obligation]:
        """Iterate what is not nothing, in order of the keys."""
        return ((key, self.amounts[key]) for key in sorted(self.amounts) if self.amounts[key])

    def totals(self) -> dict[tuple[str, dt.date], int]:
        """Return the sum over all accounts by asset and date: zero everywhere, or something is broken."""
        sums: dict[tuple[str, dt.date], int] = {}
        for key, amount in self.amounts.items():
            place = (key.asset, key.settlement)
            sums[place] = sums.get(place, 0) + amount
        return sums


def postings(event: Posting) -> tuple[Obligation, ...]:
    """Return what an event adds to the ledger."""
    if isinstance(event, Deal):
        return obligations_of(event)
    if isinstance(event, DealFailed | DealBusted):
        return reverse(obligations_of(event.deal))
    if isinstance(event, DealCorrected):
        return (*reverse(obligations_of(event.before)), *obligations_of(event.deal))
    if isinstance(event, RepoTerminated):
        return reverse(closing_obligations(event.repo))
    before = event.before  # prolonged, or moved to today
    if before is None:
        return ()
    former = closing_of(before, event.repo.buyer.account, event.repo.seller.account)
    return (*reverse(former), *closing_obligations(event.repo))
