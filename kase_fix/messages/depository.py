"""What is said to the Central Depository and what it answers, as commands and events (art. 5 p. 4).

An amount of money counts minor units of its currency, one of securities counts pieces.
"""

from typing import TypeAlias

import msgspec

BALANCES, CLOSE = "balances", "close"
"""What it is asked for: the balances of the trading accounts, and whether the day may be closed."""
REQUESTS = (BALANCES, CLOSE)

Balance: TypeAlias = tuple[str, str, int]
"""Account, currency or security, amount."""
Total: TypeAlias = tuple[str, int]
"""Currency or security, and what all accounts together have of it."""


class DepositoryDue(msgspec.Struct, frozen=True, array_like=True, tag="depository_due"):
    """The day's schedule has come to a request: for the balances, or to close the day."""

    what: str
    transition: str = ""
    clause: str = ""


class DepositoryAnswered(msgspec.Struct, frozen=True, array_like=True, tag="depository_answered"):
    """The depository answers a request; `totals` are the control sums of `balances`."""

    request: str
    what: str
    ok: bool
    reason: str = ""
    balances: tuple[Balance, ...] = ()
    totals: tuple[Total, ...] = ()


class DepositoryAsked(msgspec.Struct, frozen=True, array_like=True, tag="depository_asked"):
    """A request goes out; its id has the operational day and the command's number in it."""

    request: str
    what: str
    clause: str


class DepositoryReplied(msgspec.Struct, frozen=True, array_like=True, tag="depository_replied"):
    """A request was answered, with yes or no."""

    request: str
    what: str
    ok: bool
    reason: str = ""


class DepositoryDropped(msgspec.Struct, frozen=True, array_like=True, tag="depository_dropped"):
    """A request needs no answer any more: another one had it, the day was prolonged, or it is over."""

    request: str
    what: str
    clause: str


class BalancesLoaded(msgspec.Struct, frozen=True, array_like=True, tag="balances_loaded"):
    """The accounts have the balances of the answer; the stock market's operational day is open (art. 5 p. 4 sp. 1)."""

    request: str
    count: int
    totals: tuple[Total, ...]
    clause: str
