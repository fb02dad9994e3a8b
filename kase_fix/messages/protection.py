"""What protects a member from himself and his line: mass cancels, absences, limits of a user (R-110 to R-114)."""

import enum

import msgspec

from kase_fix.messages.configuration import TradingLimits
from kase_fix.messages.decision import Decision
from kase_fix.values.enums import Side


class Scope(enum.StrEnum):
    """MassCancelRequestType(530): which orders a mass cancel means."""

    INSTRUMENT = "1"
    BOARD = "6"
    """A trading session: a group of instruments on one board (R-30)."""
    ALL = "7"


class MassCancel(msgspec.Struct, frozen=True, array_like=True, tag="mass_cancel"):
    """OrderMassCancelRequest(q): take all orders back that are meant, at once."""

    user: str
    cl_ord_id: str
    scope: Scope
    symbol: str = ""
    board: str = ""
    """TradingSessionID(336): with an instrument only its orders on this board; empty: on all."""
    side: Side | None = None
    account: str = ""
    party: str = ""
    """The own firm, or another user of it; empty: the sender's orders alone (R-110)."""
    poss_resend: bool = False


class UserLeft(msgspec.Struct, frozen=True, array_like=True, tag="user_left"):
    """The session of a user who wants his orders withdrawn without it has ended (R-112)."""

    user: str
    cause: str
    """For people: how it ended."""


class UserCame(msgspec.Struct, frozen=True, array_like=True, tag="user_came"):
    """A user whose absence was noted has a session again."""

    user: str


class AbsenceDue(msgspec.Struct, frozen=True, array_like=True, tag="absence_due"):
    """The grace of an absent user is over."""

    user: str


class WithdrawOrders(msgspec.Struct, frozen=True, array_like=True, tag="withdraw_orders"):
    """The exchange takes orders off: of a user or a firm, in instruments, on boards; all that is named must hold."""

    by: Decision
    user: str = ""
    firm: str = ""
    symbols: tuple[str, ...] = ()
    boards: tuple[str, ...] = ()


class LimitUser(msgspec.Struct, frozen=True, array_like=True, tag="limit_user"):
    """A user's limits are from now on these, until they are decided anew; they hold against the register."""

    by: Decision
    user: str
    limits: TradingLimits
    changed: tuple[str, ...]
    """Which fields of `limits` are meant; the others stay as they are."""


class UserAway(msgspec.Struct, frozen=True, array_like=True, tag="user_away"):
    """A user is absent; unless he is back by `until` (ns UTC) his orders are withdrawn."""

    user: str
    until: int
    cause: str


class UserBack(msgspec.Struct, frozen=True, array_like=True, tag="user_back"):
    """A user is back, or his absence is done with: it has no consequences any more."""

    user: str
