"""The deals in securities that are not settled yet: they may be confirmed, fail, be repeated (art. 6, 42; R-19).

Additions are logged so that they can be taken back, and hashed as they come: a day of many deals costs the state hash
nothing.
"""

import datetime as dt
import hashlib
from typing import Any

import msgspec

from kase_fix.messages.deal_events import Deal

_encoder = msgspec.msgpack.Encoder()


class KeptDeal(msgspec.Struct, frozen=True, array_like=True):
    """A deal, and what became of it."""

    deal: Deal
    failed: bool = False
    replaced: bool = False
    awaits: tuple[str, ...] = ()
    """Participants of the confirmation system who have still to confirm it (art. 42)."""


class KeptDeals:
    """The kept deals by their number."""

    __slots__ = ("digest", "kept", "log")

    def __init__(self) -> None:
        self.kept: dict[str, KeptDeal] = {}
        self.log: list[tuple[str, KeptDeal | None]] = []
        self.digest = hashlib.blake2b(digest_size=16)

    def put(self, kept: KeptDeal) -> None:
        """Keep a deal, or keep it as it has become."""
        deal_id = kept.deal.deal_id
        self.log.append((deal_id, self.kept.get(deal_id)))
        self.kept[deal_id] = kept
        self.digest.update(_encoder.encode(kept))

    def begin_day(self, date: dt.date) -> "KeptDeals":
        """Return what is still of use on this day: deals that settle on it or later, and failed ones."""
        rest = KeptDeals()
        for kept in self.kept.values():
            if kept.deal.settlement >= date or (kept.failed and not kept.replaced):
                rest.put(kept)
        return rest

    def mark(self) -> tuple[int, Any]:
        """Return a place to which `take_back` can return."""
        return len(self.log), self.digest.copy()

    def take_back(self, mark: tuple[int, Any]) -> None:
        """Forget all that was put since the mark."""
        length, digest = mark
        while len(self.log) > length:
            deal_id, before = self.log.pop()
            if before is None:
                del self.kept[deal_id]
            else:
                self.kept[deal_id] = before
        self.digest = digest.copy()
