"""What the doorman has counted since his start, by name: the content of `Counted`."""

from collections import Counter
from collections.abc import Iterable


class Tally:
    """Totals that only grow."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        """These names are told from the start, with nothing counted."""
        self._totals: Counter[str] = Counter(dict.fromkeys(names, 0))
        self._changed = bool(self._totals)

    def add(self, name: str, count: int = 1) -> None:
        """Count something."""
        self._totals[name] += count
        self._changed = True

    def news(self) -> dict[str, int] | None:
        """Return all totals where one has changed since the last call."""
        if not self._changed:
            return None
        self._changed = False
        return dict(self._totals)


class Occurrences:
    """Counts a short mark in a stream that comes in pieces, also where a piece ends in the middle of it."""

    def __init__(self, mark: bytes) -> None:
        self._mark = mark
        self._tail = b""

    def count(self, data: bytes) -> int:
        """Return how many marks these bytes complete."""
        reach = len(self._mark) - 1
        found = (self._tail + data[:reach]).count(self._mark) + data.count(self._mark)
        self._tail = (self._tail + data)[-reach:] if len(data) < reach else data[-reach:]
        return found
