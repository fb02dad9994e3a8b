"""What the venue and its market data process (FIX-MD) say to each other, beside what `link` has for all children.

The venue says everything on one line in order: what stands behind events there is dealt with behind them.
"""

import msgspec

from kase_fix.messages.configuration import User
from kase_fix.messages.limits import ThrottleLimits


class FeedSettings(msgspec.Struct, frozen=True, array_like=True, tag="feed_settings"):
    """Venue to market data, the first message. The day's events so far follow it."""

    users: tuple[User, ...]
    """Those of the service."""
    comp_id: str
    directory: str
    """Where the sessions' numbers are kept."""
    another_boot: bool
    throttle: ThrottleLimits
    time: int
    """The venue's clock, nanoseconds UTC."""
    speed: float | None
    """How many times as fast as real time a rehearsal's clock runs; None: it is the system's."""
    candles: str = ""
    """The file of past days' candles; empty: there is none."""
    data: str = ""
    """The venue's data directory, where portraits of the market are kept."""
    journal: bytes = b""
    """The identity of its journal."""


class Recalled(msgspec.Struct, frozen=True, array_like=True, tag="recalled"):
    """Venue to market data, before the day's events: a portrait shows the market behind this command.

    Of the events up to it come only those that concern more than single orders.
    """

    number: int


class DayToldSoFar(msgspec.Struct, frozen=True, array_like=True, tag="day_told_so_far"):
    """Venue to market data: these were the day's events so far; users can be let in now."""


class MakePastDays(msgspec.Struct, frozen=True, array_like=True, tag="make_past_days"):
    """Venue to the process that makes the file of past days' candles anew, its one order; it ends when it is done."""

    directory: str
    """The venue's data."""
    until: int
    """The command that opened the present day."""


class Opened(msgspec.Struct, frozen=True, array_like=True, tag="opened"):
    """Market data to venue: the acceptor hears, on this socket of the file system."""

    upstream: str


class Forget(msgspec.Struct, frozen=True, array_like=True, tag="forget"):
    """Venue to market data: we have that socket open, nobody else is to find it."""


class Mark(msgspec.Struct, frozen=True, array_like=True, tag="mark"):
    """Either way: say `Marked` behind all that was said, or submitted, before this."""

    id: int
    time: int = 0
    """From the venue: what its clock showed, nanoseconds UTC."""


class Marked(msgspec.Struct, frozen=True, array_like=True, tag="marked"):
    """Either way: the answer to `Mark`."""

    id: int


class Farewell(msgspec.Struct, frozen=True, array_like=True, tag="farewell"):
    """Venue to market data: say Logout to everyone, with this text."""

    text: str


class Online(msgspec.Struct, frozen=True, array_like=True, tag="online"):
    """Market data to venue: a user's session is on, or off."""

    user: str
    on: bool
