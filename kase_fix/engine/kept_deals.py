"""The deals that something may still become of: all of the day, those in securities until they are settled.

Those of the day may be cancelled and corrected (R-165); those in securities confirmed, fail, be repeated (art. 6, 42;
R-19). Additions are logged so that they can be taken back, and hashed as they come: a day of many deals costs the state
hash nothing.
"""

import datetime as dt
import hashlib
from typing import Any

import msgspec

from kase_fix.messages.deal_events import Deal
from kase_fix.values.numbers import Quantity

_encoder = msgspec.msgpack.Encoder()


class KeptDeal(msgspec.Struct, frozen=True, array_like=True):
    """A deal, and what became of it."""

    deal: Deal
    failed: bool = False
    replaced: bool = False
    awaits: tuple[str, ...] = ()
    """Participants of the confirmation system who have still to confirm it (art. 42)."""
    lasting: bool = True
    """Whether it is kept until it is settled, and may fail and be repeated; else for its day alone."""
    today: bool = False
    """Whether it was done on the present day."""
    counts: bool = False
    """Whether its price is one of the present day's (R-10)."""
    taken_back: Quantity = 0
    """So much of what was dealt counts no more: all of it where the deal was cancelled."""
    busted: bool = False


class KeptDeals:
    """The kept deals by their number."""

    __slots__ = ("digest", "kept", "lessened", "log")

    def __init__(self) -> None:
        self.kept: dict[str, KeptDeal] = {}
        self.lessened: dict[str, KeptDeal] = {}
        """Those of which something was taken back; made of `kept`."""
        self.log: list[tuple[str, KeptDeal | None]] = []
        self.digest = hashlib.blake2b(digest_size=16)

    def put(self, kept: KeptDeal) -> None:
        """Keep a deal, or keep it as it has become."""
        deal_id = kept.deal.deal_id
        self.log.append((deal_id, self.kept.get(deal_id)))
        self.kept[deal_id] = kept
        if kept.taken_back:
            self.lessened[deal_id] = kept
        self.digest.update(_encoder.encode(kept))

    def forget_prices(self, symbol: str) -> None:
        """Let the prices of the day's deals in an instrument count no more: another kind of price is meant now."""
        for kept in [kept for kept in self.kept.values() if kept.counts and kept.deal.symbol == symbol]:
            self.put(msgspec.structs.replace(kept, counts=False))

    def begin_day(self, date: dt.date) -> "KeptDeals":
        """Return what is still of use on this day: deals that settle on it or later, and failed ones.

        None of them may be cancelled or corrected any more: its day is over (R-165).
        """
        rest = KeptDeals()
        for kept in self.kept.values():
            open_still = kept.deal.settlement >= date or (kept.failed and not kept.replaced)
            if kept.lasting and not kept.busted and open_still:
                rest.put(msgspec.structs.replace(kept, today=False, counts=False, taken_back=0))
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
        self.lessened = {name: kept for name, kept in self.kept.items() if kept.taken_back} if self.lessened else {}
        self.digest = digest.copy()
