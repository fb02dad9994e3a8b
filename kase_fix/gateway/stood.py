"""How orders stood when something was told of them that not everybody has heard yet.

Most events carry their orders. A few name one by its number alone, and their reports tell how it stood just then: for
whoever hears of it later it is noted which command had told of it last.
"""

from array import array
from bisect import bisect_left

import msgspec

ORDER, BUY, SELL = 0, 1, 2
"""Which order of an event: the one it names, or one of its deal's."""
_INDEX_BITS = 22


class Noted(msgspec.Struct, frozen=True, array_like=True):
    """The notes as bytes."""

    keys: bytes
    numbers: bytes


class Stood:
    """Notes by event, in order; 16 bytes each."""

    def __init__(self) -> None:
        self._keys, self._numbers = array("Q"), array("Q")

    def note(self, number: int, index: int, which: int, told_last: int) -> None:
        """Note for an event of a command, not before the one noted last, which command told of its order before it."""
        key = _key(number, index, which)
        place = bisect_left(self._keys, key)
        if self._keys[place : place + 1] != array("Q", [key]):
            self._keys.insert(place, key)
            self._numbers.insert(place, told_last)

    def told_last(self, number: int, index: int, which: int) -> int:
        """Return what was noted; 0: nothing."""
        key = _key(number, index, which)
        place = bisect_left(self._keys, key)
        return self._numbers[place] if self._keys[place : place + 1] == array("Q", [key]) else 0

    def clear(self) -> None:
        """Forget all: everybody has heard."""
        del self._keys[:], self._numbers[:]

    def portrait(self) -> Noted:
        """Return the notes as bytes."""
        return Noted(self._keys.tobytes(), self._numbers.tobytes())

    def restore(self, noted: Noted) -> None:
        """Go on from a portrait. Raises `ValueError` where it is none."""
        keys, numbers = array("Q", noted.keys), array("Q", noted.numbers)
        if len(keys) != len(numbers):
            raise ValueError("these are no notes")
        self._keys, self._numbers = keys, numbers


def _key(number: int, index: int, which: int) -> int:
    return (number << _INDEX_BITS | index) << 2 | which
