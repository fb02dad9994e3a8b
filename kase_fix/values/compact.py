"""A table of a day's names: fixed records under the hash of a text, in a fraction of what a dict takes.

Numbers below 2^32 under texts that are not kept themselves: 16 bytes each. Of 96 bits of hash no two texts of a day
are the same, also where somebody who chooses them wants that.
"""

import hashlib
from collections.abc import Iterator
from itertools import accumulate, pairwise

KEY = 12
RECORD = 16
BUCKETS = 16384
"""By the first 14 bits of the key: so few records share one that a search through it is short."""


def key_of(*texts: str) -> bytes:
    """Return the key of some texts, in this order."""
    return hashlib.blake2b("\0".join(texts).encode(), digest_size=KEY).digest()


class Table:
    """Numbers under keys; a key may have several, in the order in which they were added."""

    __slots__ = ("_buckets", "count")

    def __init__(self) -> None:
        self._buckets: list[bytearray | None] = [None] * BUCKETS
        self.count = 0

    def add(self, key: bytes, number: int) -> None:
        """Add a number (below 2^32) under a key, behind those it has."""
        place = _bucket(key)
        bucket = self._buckets[place]
        if bucket is None:
            bucket = self._buckets[place] = bytearray()
        bucket += key
        bucket += number.to_bytes(4, "little")
        self.count += 1

    def extend(self, records: bytes) -> None:
        """Add many numbers, each with its key before it, four bytes little-endian. Raises `ValueError`."""
        if len(records) % RECORD:
            raise ValueError("these are no table's records")
        buckets = self._buckets
        for at in range(0, len(records), RECORD):
            record = records[at : at + RECORD]
            place = record[0] << 6 | record[1] >> 2
            bucket = buckets[place]
            if bucket is None:
                buckets[place] = bytearray(record)
            else:
                bucket += record
        self.count += len(records) // RECORD

    def discard(self, key: bytes, number: int) -> None:
        """Take a number from a key, if it has it: the one added last."""
        bucket = self._buckets[_bucket(key)]
        at = -1 if bucket is None else bucket.rfind(key + number.to_bytes(4, "little"))
        while bucket is not None and at >= 0:
            if at % RECORD == 0:
                del bucket[at : at + RECORD]
                self.count -= 1
                return
            at = bucket.rfind(key + number.to_bytes(4, "little"), 0, at + RECORD - 1)

    def first(self, key: bytes) -> int | None:
        """Return the number added first under a key; None: there is none."""
        return next(self.all(key), None)

    def all(self, key: bytes) -> Iterator[int]:
        """Iterate all numbers of a key."""
        bucket = self._buckets[_bucket(key)] or b""
        at = bucket.find(key)
        while at >= 0:
            if at % RECORD == 0:
                yield _number(bucket, at)
            at = bucket.find(key, at + 1)

    def dump(self) -> tuple[list[int], bytes]:
        """Return the length of each bucket in records, and all records."""
        return [len(bucket or b"") // RECORD for bucket in self._buckets], b"".join(
            bucket for bucket in self._buckets if bucket
        )

    @classmethod
    def load(cls, lengths: list[int], records: bytes) -> "Table":
        """Return the table that `dump` was taken of. Raises `ValueError` where these are none's."""
        if len(lengths) != BUCKETS or sum(lengths) * RECORD != len(records):
            raise ValueError("these are no table's records")
        table = cls()
        ends = accumulate(lengths, initial=0)
        table._buckets = [
            bytearray(records[first * RECORD : end * RECORD]) if end > first else None for first, end in pairwise(ends)
        ]
        table.count = sum(lengths)
        return table


def _bucket(key: bytes) -> int:
    return key[0] << 6 | key[1] >> 2


def _number(bucket: bytes | bytearray, at: int) -> int:
    return int.from_bytes(bucket[at + KEY : at + RECORD], "little")
