"""A row of many small records of which few are ever read again: old ones are packed, in blocks."""

import zlib
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

import msgspec

BLOCK = 128
"""Records packed together."""
_SPEED = 1
"""Of zlib's levels the fastest: it takes four fifths off a row of deals."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[list[int], bytes]).decode


class Packed:
    """Records of bytes, each at its place; they are added and taken away at the end."""

    __slots__ = ("_blocks", "_open", "_seen")

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self._open: list[bytes] = []
        """The last ones, one to two blocks of them where there are so many: what is new is taken back at once."""
        self._seen: tuple[int, list[bytes]] = -1, []
        """The block that was read last."""

    def __len__(self) -> int:
        return len(self._blocks) * BLOCK + len(self._open)

    def __getitem__(self, place: int) -> bytes:
        """Return the record at a place. Raises `IndexError`."""
        block, within = divmod(place, BLOCK)
        if block >= len(self._blocks):
            return self._open[place - len(self._blocks) * BLOCK]
        if block < 0:
            raise IndexError(place)
        if self._seen[0] != block:
            self._seen = block, _unpacked(self._blocks[block])
        return self._seen[1][within]

    def __iter__(self) -> Iterator[bytes]:
        return self.since(0)

    def since(self, first: int) -> Iterator[bytes]:
        """Iterate all from a place on, those that are added meanwhile too."""
        while first < len(self):
            block, within = divmod(first, BLOCK)
            if block < len(self._blocks):
                rest = _unpacked(self._blocks[block])[within:]
            else:
                rest = self._open[first - len(self._blocks) * BLOCK :]
            yield from rest
            first += len(rest)

    def holding(self, *pieces: bytes) -> Iterator[tuple[int, bytes]]:
        """Iterate the records that hold one of these pieces, with their places; a block without is not taken apart."""
        for number, block in enumerate(self._blocks):
            lengths, data = _decode(zlib.decompress(block))
            if any(piece in data for piece in pieces):
                yield from _those_with(pieces, number * BLOCK, _apart(lengths, data))
        yield from _those_with(pieces, len(self._blocks) * BLOCK, self._open)

    def __reversed__(self) -> Iterator[bytes]:
        yield from reversed(self._open)
        for block in reversed(self._blocks):
            yield from reversed(_unpacked(block))

    def append(self, record: bytes) -> None:
        """Add a record."""
        self._open.append(record)
        if len(self._open) == 2 * BLOCK:
            self._blocks.append(_packed(self._open[:BLOCK]))
            del self._open[:BLOCK]

    def pop(self) -> bytes:
        """Take the last record away. Raises `IndexError` where there is none."""
        if not self._open and self._blocks:
            self._open = _unpacked(self._blocks.pop())
            self._seen = -1, []
        return self._open.pop()


def _packed(records: list[bytes]) -> bytes:
    return zlib.compress(_encode((list(map(len, records)), b"".join(records))), _SPEED)


def _unpacked(block: bytes) -> list[bytes]:
    return _apart(*_decode(zlib.decompress(block)))


def _those_with(pieces: Sequence[bytes], first: int, records: Sequence[bytes]) -> list[tuple[int, bytes]]:
    return [(place, record) for place, record in enumerate(records, first) if any(piece in record for piece in pieces)]


def _apart(lengths: list[int], data: bytes) -> list[bytes]:
    return [data[first:end] for first, end in pairwise(accumulate(lengths, initial=0))]
