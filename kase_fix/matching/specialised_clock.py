"""A specialised trading and its clock: when its stages begin (art. 42 p. 1). Moments are nanoseconds UTC."""

import msgspec

from kase_fix.messages.specialised import AuctionKind, AuctionTerms, Stage
from kase_fix.values.numbers import Price, Quantity

MINUTE = 60 * 10**9
AUCTION = 30 * MINUTE
"""After acceptance, for the confirmations of an auction (art. 42 p. 1 sp. 1)."""
ADDITIONAL = 15 * MINUTE
"""After acceptance, for the confirmations of an additional placement (art. 42 p. 1 sp. 2)."""


def confirmation_ends(terms: AuctionTerms) -> int:
    """Return the last moment at which a confirmation is in time (art. 42 p. 1; "within" is inclusive, R-3)."""
    return terms.closes + (ADDITIONAL if terms.kind is AuctionKind.ADDITIONAL else AUCTION)


def confirmation_clause(terms: AuctionTerms) -> str:
    """Return the clause that sets the time for confirmations."""
    return f"art. 42 p. 1 sp. {2 if terms.kind is AuctionKind.ADDITIONAL else 1}"


def next_moment(stage: Stage, terms: AuctionTerms) -> int | None:
    """Return when the stage ends by itself; None: when the initiator decides, or with the operational day.

    What is confirmed in the last instant is in time: the stage ends just after it.
    """
    return {
        Stage.ANNOUNCED: terms.opens,
        Stage.ACCEPTING: terms.closes,
        Stage.CONFIRMING: confirmation_ends(terms) + 1,
    }.get(stage)


class Submitted(msgspec.Struct, frozen=True, array_like=True):
    """An order as it was submitted or last changed, whatever became of it: for the book of results."""

    firm: str
    price: Price | None
    quantity: Quantity


class Specialised(msgspec.Struct, array_like=True):
    """A specialised trading of one instrument on one board, from its opening to its result."""

    terms: AuctionTerms
    stage: Stage
    submitted: dict[str, Submitted]
    """By OrderID, in order of entry."""

    @property
    def next_moment(self) -> int | None:
        """Return when its stage ends by itself, nanoseconds UTC; None: when the initiator decides."""
        return next_moment(self.stage, self.terms)
