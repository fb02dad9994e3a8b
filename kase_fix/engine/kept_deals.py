"""The deals that something may still become of: all of the day, those in securities until they are settled.

Those of the day may be cancelled and corrected (R-165); those in securities confirmed, fail, be repeated (art. 6, 42;
R-19). A day has hundreds of thousands, and few are ever asked for: they are kept as bytes, each as it was put, one
behind the other, packed where they are old. So additions are taken back from the end, and hashed as they come: they
cost the state hash nothing.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from kase_fix.messages.deal_events import Deal
from kase_fix.values.compact import Table, key_of
from kase_fix.values.numbers import Quantity
from kase_fix.values.packed import Packed

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


class _Name(msgspec.Struct, frozen=True, array_like=True, tag="deal"):
    """The beginning of a `Deal`."""

    deal_id: str


class _Head(msgspec.Struct, frozen=True, array_like=True):
    """What the tables need of a `KeptDeal`: the rest of its bytes is not looked at."""

    deal: _Name
    failed: bool
    replaced: bool
    awaits: tuple[str, ...]
    lasting: bool
    today: bool
    counts: bool
    taken_back: Quantity


_decoder = msgspec.msgpack.Decoder(KeptDeal)
_head = msgspec.msgpack.Decoder(_Head)


class KeptDeals(Mapping[str, KeptDeal]):
    """The kept deals by their number, in the order in which they were first kept."""

    __slots__ = ("_places", "_records", "digest", "lessened")

    def __init__(self) -> None:
        self._records = Packed()
        self._places = Table()
        """By number: where it was put, first and again."""
        self.lessened: dict[str, KeptDeal] = {}
        """Those of which something was taken back; made of the rest."""
        self.digest = hashlib.blake2b(digest_size=16)

    @property
    def kept(self) -> "KeptDeals":
        """Return them by their number."""
        return self

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return len(self._records) > 0

    def __contains__(self, deal_id: object) -> bool:
        return isinstance(deal_id, str) and self._places.first(key_of(deal_id)) is not None

    def __iter__(self) -> Iterator[str]:
        for place, record in enumerate(self._records):
            deal_id = _head.decode(record).deal.deal_id
            if self._places.first(key_of(deal_id)) == place:
                yield deal_id

    def __getitem__(self, deal_id: str) -> KeptDeal:
        place = max(self._places.all(key_of(deal_id)), default=None)
        if place is None:
            raise KeyError(deal_id)
        return _decoder.decode(self._records[place])

    def naming(self, *names: str) -> list[KeptDeal]:
        """Return the deals that name one of these, an order or another deal, as they stand, in the usual order.

        A day's hundreds of thousands are looked through as bytes: to read them all would hold up trading for seconds.
        """
        found = self._records.holding(*map(_encoder.encode, names))
        return [self[deal_id] for place, record in found if (deal_id := self._kept_first(place, record)) is not None]

    def awaiting(self) -> list[KeptDeal]:
        """Return those that had or have to be confirmed by somebody (art. 42), in the usual order."""
        return [
            self[deal_id]
            for place, record in enumerate(self._records)
            if _head.decode(record).awaits and (deal_id := self._kept_first(place, record)) is not None
        ]

    def ends(self, symbol: str) -> tuple[KeptDeal, KeptDeal] | None:
        """Return the first and the last of an instrument's deals that stand and whose prices count; None: no such."""
        records, wanted = self._records, _encoder.encode(symbol)
        first = self._next_of(symbol, records.holding(wanted))
        if first is None:
            return None
        backwards = zip(range(len(records) - 1, -1, -1), reversed(records), strict=True)
        last = self._next_of(symbol, (one for one in backwards if wanted in one[1]))
        assert last is not None
        return first, last

    def _next_of(self, symbol: str, records: Iterable[tuple[int, bytes]]) -> KeptDeal | None:
        for place, record in records:
            deal_id = self._kept_first(place, record)
            kept = self[deal_id] if deal_id is not None else None
            if kept is not None and kept.counts and not kept.busted and kept.deal.symbol == symbol:
                return kept
        return None

    def _kept_first(self, place: int, record: bytes) -> str | None:
        """Return the number of the deal that was first kept at a place; None: it was kept before."""
        deal_id = _head.decode(record).deal.deal_id
        return deal_id if self._places.first(key_of(deal_id)) == place else None

    def put(self, kept: KeptDeal) -> None:
        """Keep a deal, or keep it as it has become."""
        self.take_in(_encoder.encode(kept))

    def take_in(self, record: bytes) -> None:
        """Put a deal as its bytes. Raises `msgspec.DecodeError` where they are none."""
        head = _head.decode(record)
        deal_id = head.deal.deal_id
        self._places.add(key_of(deal_id), len(self._records))
        self._records.append(record)
        if head.taken_back:
            self.lessened[deal_id] = _decoder.decode(record)
        self.digest.update(record)

    def put_since(self, first: int) -> list[bytes]:
        """Return what was put behind the first so many, in order."""
        return list(self._records.since(first))

    def forget_prices(self, symbol: str) -> None:
        """Let the prices of the day's deals in an instrument count no more: another kind of price is meant now."""
        for kept in [kept for kept in self.values() if kept.counts and kept.deal.symbol == symbol]:
            self.put(msgspec.structs.replace(kept, counts=False))

    def begin_day(self, date: dt.date) -> "KeptDeals":
        """Return what is still of use on this day: deals that settle on it or later, and failed ones.

        None of them may be cancelled or corrected any more: its day is over (R-165).
        """
        rest = KeptDeals()
        for kept in self.values():
            open_still = kept.deal.settlement >= date or (kept.failed and not kept.replaced)
            if kept.lasting and not kept.busted and open_still:
                rest.put(msgspec.structs.replace(kept, today=False, counts=False, taken_back=0))
        return rest

    def mark(self) -> tuple[int, Any]:
        """Return a place to which `take_back` can return."""
        return len(self._records), self.digest.copy()

    def take_back(self, mark: tuple[int, Any]) -> None:
        """Forget all that was put since the mark."""
        length, digest = mark
        while len(self._records) > length:
            record = self._records.pop()
            self._places.discard(key_of(_head.decode(record).deal.deal_id), len(self._records))
        still = {deal_id: self.get(deal_id) for deal_id in self.lessened}
        self.lessened = {deal_id: kept for deal_id, kept in still.items() if kept is not None and kept.taken_back}
        self.digest = digest.copy()
