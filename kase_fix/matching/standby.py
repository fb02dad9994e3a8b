"""Standby: what begins it, and how long it lasts (art. 7 p. 1-1, 1-2, 4; R-14 to R-16).

Times are integer nanoseconds. A clock is never changed, each event gives the next one. The engine asks it for its
next moment and comes back then; transitions of an instant go before the orders of that instant (R-3), so an event at
or after that moment comes too late to count.
"""

import enum
from typing import NamedTuple

import msgspec

from kase_fix.values.numbers import Price

SECOND = 10**9
MINUTE = 60 * SECOND
NUMBERS = 2**63
"""A random number is a uniform integer in [0, NUMBERS)."""


class Kind(enum.StrEnum):
    """What turns continuous trading into standby, and with it how long standby lasts."""

    EVERY_CROSS = "every cross"
    """Bonds (art. 7 p. 3 and 4)."""
    DEVIATION = "deviation"
    """USDKZT_TOM (art. 7 p. 1-1 and 1-2)."""


class Terms(NamedTuple):
    """The lengths of a kind of standby."""

    shortest: int
    random_after: int
    """A length found beyond this ends at random, in (random_after, longest]."""
    longest: int


TERMS = {
    Kind.EVERY_CROSS: Terms(10 * MINUTE, 18 * MINUTE, 20 * MINUTE),
    Kind.DEVIATION: Terms(6 * MINUTE, 6 * MINUTE, 7 * MINUTE),
}
QUIET = 5 * MINUTE
"""Bonds: so long after the last event that counts (art. 7 p. 4 sp. 2)."""
LAST_START = 7 * MINUTE
"""USDKZT_TOM: standby begins so long before the session's end or earlier (art. 7 p. 1-1)."""


class Change(enum.Enum):
    """What happened to an order."""

    ACCEPTED = "accepted"
    CANCELLED = "cancelled"
    CHANGED = "changed"


class Origin(enum.Enum):
    """Where an order stands towards a standby. One that lost its priority by a change in standby is DURING since."""

    BEFORE = "before"
    OPENER = "opener"
    DURING = "during"


def counts(kind: Kind, change: Change, origin: Origin, loses_priority: bool = False) -> bool:
    """Tell whether an event has a say in the length of a standby.

    Bonds: events of orders submitted during the standby, which the opening one is not; an older order's change only
    if it loses its priority (art. 7 p. 4 sp. 2; R-14). USDKZT_TOM: every further order and every cancel, those of
    older orders too; a change is both (art. 7 p. 1-2 sp. 2, 3).
    """
    if change is Change.ACCEPTED or kind is Kind.EVERY_CROSS:
        return origin is Origin.DURING or (change is Change.CHANGED and loses_priority)
    return True


class What(enum.Enum):
    """What is due at a clock's next moment."""

    DECIDE = "decide"
    """A random number is to be drawn, once, and given to `draw`."""
    END = "end"
    """The standby is over and the auction is held."""


class Moment(NamedTuple):
    """When the clock must be looked at again, and for what."""

    time: int
    what: What


class StandbyClock(msgspec.Struct, frozen=True, array_like=True):
    """The clock of one standby."""

    kind: Kind
    start: int
    closes: int
    """The end of the session, which no standby outlives (R-16)."""
    last: int | None = None
    """The last event that counts."""
    drawn: int | None = None
    """The random end, once drawn."""

    @property
    def length(self) -> int:
        """Return the length found so far, before anything random and before the session's end."""
        terms = TERMS[self.kind]
        if self.last is None:
            return terms.shortest
        if self.kind is Kind.DEVIATION:
            return terms.longest
        return min(max(terms.shortest, self.last + QUIET - self.start), terms.longest)

    def next_moment(self) -> Moment:
        """Return the end as it stands now, or the moment of the draw that finds it (art. 7 p. 1-2, 4; R-14, R-16).

        A length of 10 to 18 minutes (bonds) or of 6 (USDKZT_TOM) ends exactly then. What goes beyond is decided at
        18:00 or 6:00 of the standby; the session's end, if it comes first, is the end.
        """
        random_after = TERMS[self.kind].random_after
        if self.drawn is not None:
            found = Moment(self.drawn, What.END)
        elif self.length > random_after:
            found = Moment(self.start + random_after, What.DECIDE)
        else:
            found = Moment(self.start + self.length, What.END)
        return found if found.time < self.closes else Moment(self.closes, What.END)

    def touched(self, now: int, change: Change, origin: Origin, loses_priority: bool = False) -> "StandbyClock":
        """Return the clock after an event; from the draw or the end on nothing matters any more (R-14)."""
        late = self.drawn is not None or now >= self.next_moment().time
        if late or not counts(self.kind, change, origin, loses_priority):
            return self
        return msgspec.structs.replace(self, last=now)

    def draw(self, number: int) -> "StandbyClock":
        """Return the clock with its random end: a whole second in (18:00, 20:00] or in (6:00, 7:00] (R-14).

        Second 1 + number modulo n of the n = 120 or 60 possible ones: for a number uniform in [0, 2^63) no second is
        likelier than another by more than 2^-63. Raises `ValueError` where no draw is due.
        """
        if not 0 <= number < NUMBERS:
            raise ValueError(f"{number} is no random number in [0, 2^63)")
        if self.next_moment().what is not What.DECIDE:
            raise ValueError("no random end is to be drawn")
        terms = TERMS[self.kind]
        second = 1 + number % ((terms.longest - terms.random_after) // SECOND)
        return msgspec.structs.replace(self, drawn=self.start + terms.random_after + second * SECOND)

    def closing(self, closes: int) -> "StandbyClock":
        """Return the clock after the session's end was moved (extensions)."""
        return msgspec.structs.replace(self, closes=closes)


def begin(kind: Kind, start: int, closes: int) -> StandbyClock:
    """Return the clock of a standby that begins now, in a session that ends at `closes`."""
    return StandbyClock(kind, start, closes)


def may_begin(now: int, closes: int) -> bool:
    """Tell whether USDKZT_TOM may still go into standby: 7 minutes before the end is in time (art. 7 p. 1-1; R-3)."""
    return now <= closes - LAST_START


def deviation_reference(cut_off: Price | None, first: Price | None, previous: Price | None) -> Price | None:
    """Return what the price of a prospective deal in USDKZT_TOM is compared with (art. 7 p. 1-1).

    `cut_off`: the last cut-off price formed today; else `first`: the first deal of today; else `previous`: the last
    deal of the last day with one. Each deal changes what the next is compared with.
    """
    if cut_off is not None:
        return cut_off
    return previous if first is None else first


def inside_bound(price: Price, reference: Price | None, hundredths: int = 150) -> bool:
    """Tell whether a prospective deal is done continuously; at the bound or beyond begins standby (art. 7 p. 1-1).

    `hundredths` of a per cent: 150 is 1.5 %. Exact, nothing is rounded; without a reference nothing deviates.
    """
    return reference is None or abs(price - reference) * 10_000 < hundredths * abs(reference)
