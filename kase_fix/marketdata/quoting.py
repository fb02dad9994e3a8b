"""How long a market maker has kept one liability today: time that passes between events, told apart by how it stood.

Nothing is sampled: between two events nothing about a quote changes but the hour. Moments and spans are nanoseconds.
"""

import copy
import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from kase_fix.calendar.almaty import instant
from kase_fix.messages.configuration import Group, Instrument
from kase_fix.messages.making import Liability
from kase_fix.rulebook.making import WHOLE, Quote, shortfalls
from kase_fix.values.enums import Side
from kase_fix.values.numbers import Price, Quantity, divide_half_up

CLOSED, RELEASED, RELIEVED, BEFORE, AFTER = "closed", "released", "relieved", "before its hours", "after its hours"
"""Why nothing need be quoted at the moment."""


class Shown(NamedTuple):
    """What one marked order shows."""

    side: Side
    price: Price
    quantity: Quantity


class Breach(NamedTuple):
    """A span in which a quote was due and fell short in the same way throughout."""

    kinds: tuple[str, ...]
    """Of `rulebook.making`: NO_BUY, SPREAD, ..."""
    begins: int
    ends: int | None
    """None: it lasts."""


class Quoting:
    """One liability on one day."""

    def __init__(self, liability: Liability, date: dt.date, since: int, last_day: Price | None) -> None:
        """Begin to measure at `since`; `last_day` is the price of the last deal before today."""
        self.liability = liability
        self.last_day = last_day
        self.date = date
        self.since = since
        self.open = False
        """Whether its instrument trades continuously on its board now."""
        self.relieved = False
        self.dealt: Quantity = 0
        """On marked orders, bought and sold together."""
        self.deals = 0
        self.due = 0
        """How long a quote was due."""
        self.kept = 0
        """How long of it there was one as it must be."""
        self.first: int | None = None
        self.last: int | None = None
        """When a quote was first, and last, as it must be while it was due."""
        self.breaches: list[Breach] = []
        self.buy: Quote | None = None
        self.sell: Quote | None = None
        self.idle = CLOSED
        """Why nothing need be quoted; empty: it must."""
        self.short: tuple[str, ...] = ()
        """In what the quote falls short, due or not."""

    def elapse(self, to: int) -> None:
        """Let time pass as things stand; the hours of the liability may begin or end on the way."""
        for edge in self._hours():
            if self.since < edge <= to:
                self._pass(edge)
                self._stand()
        self._pass(max(to, self.since))

    def judge(self, quotes: Mapping[str, Shown], instrument: Instrument | None, group: Group | None) -> None:
        """Take in how the quotes stand from now on; what is not listed cannot be quoted."""
        self.buy, self.sell = best(quotes, Side.BUY), best(quotes, Side.SELL)
        if instrument is None or group is None:
            self.open = False
        else:
            self.short = shortfalls(self.liability, instrument, group, self.buy, self.sell, self.last_day)
        self._stand()

    def at(self, now: int) -> "Quoting":
        """Return how it stands at a later moment if nothing happens until then."""
        later = copy.copy(self)
        later.breaches = list(self.breaches)
        later.elapse(now)
        return later

    @property
    def hundredths(self) -> int:
        """The part of the time due in which the quote was kept, hundredths of a per cent, rounded down."""
        return self.kept * WHOLE // self.due if self.due else WHOLE

    @property
    def is_kept(self) -> bool:
        """Whether the part is what it must be, so far."""
        return self.kept * WHOLE >= self.liability.share_hundredths * self.due

    @property
    def lapses(self) -> int:
        """How often a quote that was due began to fall short, in whatever way."""
        ends = (None, *(breach.ends for breach in self.breaches))
        return sum(breach.begins != before for breach, before in zip(self.breaches, ends, strict=False))

    @property
    def spread(self) -> Price | None:
        """How far the best prices are apart; None without both."""
        return None if self.buy is None or self.sell is None else self.sell.price - self.buy.price

    @property
    def spread_hundredths(self) -> int | None:
        """The same in hundredths of a per cent of the price to buy, half up; None where that says nothing."""
        if self.spread is None or self.buy is None or self.buy.price <= 0:
            return None
        return divide_half_up(self.spread * WHOLE, self.buy.price)

    def _hours(self) -> tuple[int, ...]:
        """Return when its own hours begin and end today; no hours of its own are none."""
        times = (self.liability.begins, self.liability.ends)
        return tuple(instant(self.date, time) for time in times if time is not None)

    def _pass(self, to: int) -> None:
        begins, span, self.since = self.since, to - self.since, to
        if self.idle or not span:
            return
        self.due += span
        if not self.short:
            self.kept += span
            self.first, self.last = begins if self.first is None else self.first, to

    def _stand(self) -> None:
        """Find out whether a quote is due from now on; a breach begins, goes on, or ends."""
        self.idle = self._why_idle()
        kinds = () if self.idle else self.short
        last = self.breaches[-1] if self.breaches else None
        if last is not None and last.ends is None and last.kinds != kinds:
            del self.breaches[-1]
            if last.begins < self.since:
                self.breaches.append(last._replace(ends=self.since))
            last = self.breaches[-1] if self.breaches else None
        if not kinds or (last is not None and last.ends is None):
            return
        if last is not None and last.kinds == kinds and last.ends == self.since:  # it was interrupted for no time
            self.breaches[-1] = last._replace(ends=None)
        else:
            self.breaches.append(Breach(kinds, self.since, None))

    def _why_idle(self) -> str:
        liability = self.liability
        if not self.open:
            return CLOSED
        if self.relieved:
            return RELIEVED
        if liability.released_after is not None and self.dealt >= liability.released_after:
            return RELEASED
        if liability.begins is not None and self.since < instant(self.date, liability.begins):
            return BEFORE
        if liability.ends is not None and self.since >= instant(self.date, liability.ends):
            return AFTER
        return ""


def best(quotes: Mapping[str, Shown], side: Side) -> Quote | None:
    """Return the best price of a side with all that is shown at it; None where nothing is."""
    shown = [one for one in quotes.values() if one.side is side]
    if not shown:
        return None
    price = (max if side is Side.BUY else min)(one.price for one in shown)
    return Quote(price, sum(one.quantity for one in shown if one.price == price))
