"""The ClOrdIDs used since the operational day began, and the orders that ended in it.

A day of a million orders has them all, so they are kept small (some thirty bytes an order), in columns that only grow:
names used, orders known, orders ended. Each is hashed as it grows, so that a large day costs the state hash nothing,
and taken back from its end.
"""

import hashlib
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from kase_fix.matching.order import Order
from kase_fix.values.compact import KEY, RECORD, Table, key_of
from kase_fix.values.enums import OrderStatus

ODD = 1 << 31
"""From here on are the orders whose OrderID is not made of a prefix and a number, or comes before one known already."""
GREATEST_PREFIXES = 200
_END = 6
"""Bytes of an order that ended: its place, and which fate."""
_PART_BITS, _PREFIX_BITS = 16, 8


class NamesMark(NamedTuple):
    """A place to which one can return."""

    uses: int
    orders: int
    odd: int
    ends: int
    prefixes: int
    fates: int
    digests: tuple[Any, ...]


class NamesGained(msgspec.Struct, frozen=True, array_like=True):
    """What the columns gained since a mark, and the names of the living orders, all of them."""

    uses: bytes
    orders: bytes
    prefixes: list[str]
    odd: list[str]
    ends: bytes
    fates: list[tuple[str, OrderStatus]]
    living: list[tuple[str, list[tuple[int, str, str]]]]


class Names:
    """Names by user and ClOrdID; fates by OrderID."""

    __slots__ = (
        "_digests",
        "_ends",
        "_fate",
        "_fates",
        "_living",
        "_odd",
        "_odd_fate",
        "_orders",
        "_prefixes",
        "_table",
        "_undone",
        "_uses",
    )

    def __init__(self) -> None:
        self._table = Table()
        """Place of the order that was entered, changed or cancelled with a name."""
        self._uses = bytearray()
        """The same in order: the table's records."""
        self._orders = array("Q")
        """By place: command and part of it, ascending, and which prefix."""
        self._prefixes: list[str] = []
        self._odd: dict[str, int] = {}
        self._fate = array("H")
        """By place: 0 of one that has not ended, else which of the fates, from 1."""
        self._odd_fate: dict[int, int] = {}
        self._fates: list[tuple[str, OrderStatus]] = []
        """Firm and how an order ended."""
        self._ends = bytearray()
        self._living: dict[str, list[tuple[int, str, str]]] = {}
        """By OrderID of one that has not ended: its names, as place among all uses, user, ClOrdID."""
        self._undone: list[tuple[str, list[tuple[int, str, str]]]] = []
        """What was taken out of `_living` since the last mark."""
        self._digests = tuple(hashlib.blake2b(digest_size=16) for _ in range(3))

    def use(self, user: str, cl_ord_id: str, order_id: str, is_order: bool = True) -> None:
        """Take a ClOrdID for an order; nothing where it is empty: NEXT clients may cancel by OrderID(37) alone.

        A request that is no order, as a mass cancel, has a number of its own (`is_order` False).
        """
        if not cl_ord_id:
            return
        place = self._place(order_id)
        if is_order:
            self._living.setdefault(order_id, []).append((len(self._uses) // RECORD, user, cl_ord_id))
        key = key_of(user, cl_ord_id)
        self._table.add(key, place)
        record = key + place.to_bytes(4, "little")
        self._uses += record
        self._digests[0].update(record)

    def end(self, order: Order, status: OrderStatus) -> None:
        """Remember that an order is over."""
        order_id = order.order_id
        place, fate = self._place(order_id), self._fate_of(order.firm, status)
        self._end(place, fate)
        record = place.to_bytes(4, "little") + fate.to_bytes(2, "little")
        self._ends += record
        self._digests[2].update(record)
        names = self._living.pop(order_id, None)
        if names is not None:
            self._undone.append((order_id, names))

    def used(self, user: str, cl_ord_id: str) -> str | None:
        """Return the OrderID of the order that was entered, changed or cancelled with a name; None: it is free."""
        place = self._table.first(key_of(user, cl_ord_id))
        return None if place is None else self._text(place)

    def ended(self, order_id: str) -> tuple[str, OrderStatus] | None:
        """Return the firm of an order that has ended today, and how; None for any other."""
        place = self._known(order_id)
        if place is None:
            return None
        fate = self._odd_fate.get(place, 0) if place >= ODD else self._fate[place]
        return self._fates[fate - 1] if fate else None

    def living(self) -> Iterator[tuple[str, str, str]]:
        """Iterate user, ClOrdID and OrderID of the names of all orders that have not ended, in order of their use."""
        names = [(*name, order_id) for order_id, of_order in self._living.items() for name in of_order]
        return (name[1:] for name in sorted(names))

    def digest(self) -> bytes:
        """Return a hash of all that was used, and ended."""
        digest = hashlib.blake2b(b"".join(one.digest() for one in self._digests), digest_size=16)
        digest.update(repr((self._prefixes, self._fates, list(self._odd))).encode())
        return digest.digest()

    def mark(self) -> NamesMark:
        """Return a place to which `take_back` can return, from now on and until the next one."""
        self._undone.clear()
        return NamesMark(
            len(self._uses),
            len(self._orders),
            len(self._odd),
            len(self._ends),
            len(self._prefixes),
            len(self._fates),
            tuple(one.copy() for one in self._digests),
        )

    def take_back(self, mark: NamesMark) -> None:
        """Forget all additions since the last mark."""
        for order_id, names in reversed(self._undone):
            self._living[order_id] = names
        self._undone.clear()
        first_use = mark.uses // RECORD
        for order_id, names in list(self._living.items()):
            while names and names[-1][0] >= first_use:
                names.pop()
            if not names:
                del self._living[order_id]
        for at in range(len(self._uses) - RECORD, mark.uses - RECORD, -RECORD):
            key, place = self._uses[at : at + KEY], self._uses[at + KEY : at + RECORD]
            self._table.discard(bytes(key), int.from_bytes(place, "little"))
        for at in range(mark.ends, len(self._ends), _END):
            self._end(int.from_bytes(self._ends[at : at + 4], "little"), 0)
        for order_id in list(self._odd)[mark.odd :]:
            self._odd_fate.pop(self._odd.pop(order_id), None)
        del self._uses[mark.uses :], self._ends[mark.ends :]
        del self._orders[mark.orders :], self._fate[mark.orders :]
        del self._prefixes[mark.prefixes :], self._fates[mark.fates :]
        self._digests = tuple(one.copy() for one in mark.digests)

    def gained(self, mark: NamesMark, before: NamesMark | None) -> NamesGained:
        """Return what there is at a mark just taken beyond an earlier one (None: all)."""
        first = before if before is not None else NamesMark(0, 0, 0, 0, 0, 0, ())
        return NamesGained(
            bytes(self._uses[first.uses : mark.uses]),
            _little_endian(self._orders[first.orders : mark.orders]).tobytes(),
            self._prefixes[first.prefixes : mark.prefixes],
            list(self._odd)[first.odd : mark.odd],
            bytes(self._ends[first.ends : mark.ends]),
            self._fates[first.fates : mark.fates],
            list(self._living.items()),
        )

    def take_in(self, more: NamesGained) -> None:
        """Add what `gained` returned to what was there before it. Raises `ValueError` where that is none's.

        Behind all of it comes `live`.
        """
        self._table.extend(more.uses)
        self._uses += more.uses
        self._orders += _little_endian(array("Q", more.orders))
        self._fate.frombytes(bytes(2 * (len(self._orders) - len(self._fate))))
        self._prefixes += more.prefixes
        self._fates += more.fates
        for order_id in more.odd:
            self._odd[order_id] = ODD + len(self._odd)
        self._ends += more.ends
        for at in range(0, len(more.ends), _END):
            place, fate = more.ends[at : at + 4], more.ends[at + 4 : at + _END]
            self._end(int.from_bytes(place, "little"), int.from_bytes(fate, "little"))
        for digest, column in zip(self._digests, (more.uses, more.orders, more.ends), strict=True):
            digest.update(column)

    def live(self, living: list[tuple[str, list[tuple[int, str, str]]]]) -> None:
        """Take in the names of the living orders. Raises `ValueError` where they were not used."""
        self._living = dict(living)
        if not all(self._bears(order_id, user, cl_ord_id) for user, cl_ord_id, order_id in self.living()):
            raise ValueError("an order has a name that was not used")

    def names_all(self, orders: Iterable[Order]) -> bool:
        """Tell whether each of these, which live, is known to live by the name it bears (a quote has that of many)."""
        return all(
            order.order_id in self._living or not self._bears(order.order_id, order.user, order.cl_ord_id)
            for order in orders
        )

    def _bears(self, order_id: str, user: str, cl_ord_id: str) -> bool:
        place = self._known(order_id)
        return place is not None and place in self._table.all(key_of(user, cl_ord_id))

    def _place(self, order_id: str) -> int:
        """Return the place of an order, a new one where it has none."""
        place = self._known(order_id)
        if place is not None:
            return place
        parsed = _parsed(order_id)
        behind = self._orders[-1] >> _PREFIX_BITS if self._orders else 0
        if parsed is None or parsed[1] < behind or len(self._prefixes) > GREATEST_PREFIXES:
            place = self._odd[order_id] = ODD + len(self._odd)
            return place
        prefix, number = parsed
        if prefix not in self._prefixes:
            self._prefixes.append(prefix)
        packed = number << _PREFIX_BITS | self._prefixes.index(prefix)
        self._orders.append(packed)
        self._fate.append(0)
        self._digests[1].update(packed.to_bytes(8, "little"))
        return len(self._orders) - 1

    def _known(self, order_id: str) -> int | None:
        parsed = _parsed(order_id)
        if parsed is not None:
            prefix, number = parsed
            at = bisect_left(self._orders, number << _PREFIX_BITS)
            while at < len(self._orders) and self._orders[at] >> _PREFIX_BITS == number:
                if self._prefixes[self._orders[at] & (1 << _PREFIX_BITS) - 1] == prefix:
                    return at
                at += 1
        return self._odd.get(order_id) if self._odd else None

    def _text(self, place: int) -> str:
        """Return the OrderID at a place."""
        if place >= ODD:
            return list(self._odd)[place - ODD]
        packed, prefix = divmod(self._orders[place], 1 << _PREFIX_BITS)
        number, part = divmod(packed, 1 << _PART_BITS)
        order_id = f"{self._prefixes[prefix]}_{number}"
        return f"{order_id}.{part}" if part else order_id

    def _fate_of(self, firm: str, status: OrderStatus) -> int:
        fate = firm, status
        if fate not in self._fates:
            self._fates.append(fate)
        return self._fates.index(fate) + 1

    def _end(self, place: int, fate: int) -> None:
        if place >= ODD:
            self._odd_fate[place] = fate
        else:
            self._fate[place] = fate


def _parsed(order_id: str) -> tuple[str, int] | None:
    """Return prefix and number of an OrderID like `NF_49335` or `NF_49335.1`; None for any other."""
    prefix, _, rest = order_id.partition("_")
    number, _, part = rest.partition(".")
    if not (rest.isascii() and number.isdecimal() and len(number) <= 12 and (part.isdecimal() or not part)):
        return None
    if len(part) > 4 or (number.startswith("0") or part.startswith("0")) or (not part and "." in rest):
        return None
    return prefix, int(number) << _PART_BITS | int(part or 0)


def _little_endian(numbers: "array[int]") -> "array[int]":
    """Return numbers as they are written, or the other way round: the same on any machine."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
