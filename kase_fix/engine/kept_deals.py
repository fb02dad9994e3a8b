"""The deals that are not settled yet, where a failed one may be repeated (art. 6; R-19).

Additions are logged so that they can be taken back, and hashed as they come: a day of many deals costs the state hash
nothing.
"""

import datetime as dt
import hashlib
from typing import Any, NamedTuple

from kase_fix.values.numbers import Price, Quantity


class KeptDeal(NamedTuple):
    """A deal, as far as another may stand for it."""

    symbol: str
    board: str
    price: Price
    quantity: Quantity
    settlement: dt.date
    buyer: str
    """The user who bought."""
    buying_firm: str
    seller: str
    selling_firm: str
    failed: bool = False
    replaced: bool = False


class KeptDeals:
    """The kept deals by their number."""

    __slots__ = ("digest", "kept", "log")

    def __init__(self) -> None:
        self.kept: dict[str, KeptDeal] = {}
        self.log: list[tuple[str, KeptDeal | None]] = []
        self.digest = hashlib.blake2b(digest_size=16)

    def put(self, deal_id: str, deal: KeptDeal) -> None:
        """Keep a deal, or keep it as it has become."""
        self.log.append((deal_id, self.kept.get(deal_id)))
        self.kept[deal_id] = deal
        self.digest.update(f"{deal_id}\0{deal}\n".encode())

    def begin_day(self, date: dt.date) -> "KeptDeals":
        """Return what is still of use on this day: deals that settle on it or later, and failed ones."""
        rest = KeptDeals()
        for deal_id, deal in self.kept.items():
            if deal.settlement >= date or (deal.failed and not deal.replaced):
                rest.put(deal_id, deal)
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
