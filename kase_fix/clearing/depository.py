"""The exchange's side of the talk with the Central Depository: what was asked, what came, who waits (art. 5 p. 4)."""

from collections.abc import Sequence

import msgspec

from kase_fix.messages.depository import BALANCES, Balance, Total
from kase_fix.values.enums import Phase

REPLIES_KEPT = 64
"""An answer that comes twice is known as such for so many requests: about a month of usual days."""


class Request(msgspec.Struct, frozen=True, array_like=True):
    """A request that waits for its answer."""

    request: str
    what: str
    asked: int
    """Nanoseconds UTC."""


class Reply(msgspec.Struct, frozen=True, array_like=True):
    """What became of a request."""

    request: str
    what: str
    time: int
    """Nanoseconds UTC."""
    outcome: str
    """`loaded`, `closed`, `refused`, `wrong` (its sums do not agree), `dropped`."""
    reason: str = ""


class Held(msgspec.Struct, frozen=True, array_like=True):
    """A turn that a board, or one instrument on it, takes as soon as the stock market's day is open."""

    board: str
    symbol: str
    """Empty: all of the board that turn with it."""
    phase: Phase
    clause: str


class Depository(msgspec.Struct, frozen=True, array_like=True):
    """Where the talk stands today."""

    pending: tuple[Request, ...] = ()
    replies: tuple[Reply, ...] = ()
    """The last ones, of earlier days too, in order."""
    open: bool = False
    """Whether the stock market's operational day is open: today's balances are in (art. 5 p. 4 sp. 1)."""
    held: tuple[Held, ...] = ()
    told: bool = False
    """Whether members know that the stock market is late today."""

    def waits_for(self, request: str, what: str) -> bool:
        """Tell whether this request was made for this and has no answer yet."""
        return any((one.request, one.what) == (request, what) for one in self.pending)

    def knows(self, request: str) -> bool:
        """Tell whether the request is done with."""
        return any(one.request == request for one in self.replies)

    def asked(self, request: Request) -> "Depository":
        """Return it with one request more."""
        return msgspec.structs.replace(self, pending=(*self.pending, request))

    def replied(self, reply: Reply) -> "Depository":
        """Return it with a request done with."""
        pending = tuple(one for one in self.pending if one.request != reply.request)
        return msgspec.structs.replace(self, pending=pending, replies=(*self.replies, reply)[-REPLIES_KEPT:])

    def next_day(self) -> "Depository":
        """Return it as a day begins: nothing is open, nobody waits."""
        return Depository(self.pending, self.replies)

    def turn_held(self, board: str, symbol: str) -> Held | None:
        """Return the turn that waits for a board, or for one instrument on it."""
        return next((one for one in self.held if (one.board, one.symbol) == (board, symbol)), None)

    def holding(self, held: Held) -> "Depository":
        """Return it with a turn that waits; one that closes leaves nothing to wait for."""
        rest = tuple(one for one in self.held if (one.board, one.symbol) != (held.board, held.symbol))
        return msgspec.structs.replace(self, held=rest if held.phase is Phase.CLOSED else (*rest, held))


def disagreement(balances: Sequence[Balance], totals: Sequence[Total]) -> tuple[str, str, str] | None:
    """Return what of an answer does not agree with its control sums: asset, what was found, what the sum says.

    None: every asset's entries add up to its sum, no entry comes twice, none is negative.
    """
    sums: dict[str, int] = {}
    seen: set[tuple[str, str]] = set()
    for account, asset, amount in balances:
        if (account, asset) in seen:
            return asset, f"{account} twice", "once"
        if amount < 0:
            return asset, f"{account}: {amount}", "0 or more"
        seen.add((account, asset))
        sums[asset] = sums.get(asset, 0) + amount
    told = dict(totals)
    for asset in [*sums, *(asset for asset in told if asset not in sums)]:
        if sums.get(asset) != told.get(asset):
            return asset, str(sums.get(asset, "nothing")), str(told.get(asset, "nothing"))
    return ("", f"{len(totals)} totals", f"{len(told)} assets") if len(told) != len(totals) else None


def by_account(balances: Sequence[Balance]) -> dict[str, dict[str, int]]:
    """Return the amounts by account and asset."""
    accounts: dict[str, dict[str, int]] = {}
    for account, asset, amount in balances:
        accounts.setdefault(account, {})[asset] = amount
    return accounts


def clause_of(what: str) -> str:
    """Return the clause a request rests on."""
    return "art. 5 p. 4 sp. 1" if what == BALANCES else "art. 5 p. 4 sp. 2"
