"""A repo from its opening to its end, and what becomes of its closing deal (art. 38 p. 1-1, 39, 40)."""

import msgspec

from kase_fix.messages.deal_terms import RepoTerms
from kase_fix.values.numbers import Price, Quantity


class Party(msgspec.Struct, frozen=True, array_like=True):
    """One side of a repo, and whether it is ready for the closing deal."""

    user: str
    firm: str
    account: str
    ready: bool = False
    controller: str = ""
    """The participant of the confirmation system who controls the account; empty: nobody."""


class OpenRepo(msgspec.Struct, frozen=True, array_like=True):
    """A repo whose closing deal is still to come."""

    deal_id: str
    """The deal that opened it."""
    symbol: str
    board: str
    price: Price
    """As dealt: the rate, or the opening price of a direct repo."""
    quantity: Quantity
    """As dealt: lots of money, or securities."""
    terms: RepoTerms
    buyer: Party
    """Who buys in the repo sector sells the securities in the opening deal and buys them back in the closing one."""
    seller: Party
    closing_id: str = ""
    """Number of the closing deal, once its day has come."""

    @property
    def ready(self) -> bool:
        """Tell whether both sides are."""
        return self.buyer.ready and self.seller.ready


class ReadinessDue(msgspec.Struct, frozen=True, array_like=True, tag="readiness_due"):
    """From here on readiness to close comes too late for repo of these sessions (art. 38 p. 1-1)."""

    session: str
    """`main` or `additional`."""
    transition: str
    clause: str


class RepoClosing(msgspec.Struct, frozen=True, array_like=True, tag="repo_closing"):
    """The day of a repo's closing deal has come: the deal is there, its parties tell that they are ready."""

    repo: OpenRepo
    before: RepoTerms | None = None
    """The terms until now, where the closing was due on a day the exchange did not work and is today's from now on."""


class RepoReady(msgspec.Struct, frozen=True, array_like=True, tag="repo_ready"):
    """One side is ready to execute the closing deal, by itself or by who controls its account (art. 38 p. 1-1)."""

    repo: OpenRepo
    by: str
    """The user who said so."""


class RepoClosed(msgspec.Struct, frozen=True, array_like=True, tag="repo_closed"):
    """The closing deal is executed; the repo is over."""

    repo: OpenRepo


class RepoTerminated(msgspec.Struct, frozen=True, array_like=True, tag="repo_terminated"):
    """Readiness did not come in time: the closing deal will not be executed (art. 38 p. 1-1)."""

    repo: OpenRepo
    clause: str


class RepoProlonged(msgspec.Struct, frozen=True, array_like=True, tag="repo_prolonged"):
    """The parties of a direct repo have agreed on a later closing (art. 39 sp. 2); `repo` is as it is from now on."""

    repo: OpenRepo
    before: RepoTerms
