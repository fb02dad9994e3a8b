"""Numbers of messages as spans: what a client is still to be sent again, lowest first. No input or output here."""

from bisect import bisect_left
from typing import NamedTuple


class Span(NamedTuple):
    """Message numbers from `first` to `last`, both included."""

    first: int
    last: int


class Spans:
    """A set of numbers, kept as spans that neither overlap nor touch, in order."""

    def __init__(self) -> None:
        self._spans: list[Span] = []

    def __bool__(self) -> bool:
        return bool(self._spans)

    @property
    def first(self) -> int:
        """The lowest number. Raises `IndexError` where there is none."""
        return self._spans[0].first

    def add(self, first: int, last: int) -> None:
        """Add the numbers from `first` to `last`, some of which may be there already."""
        at = bisect_left(self._spans, first - 1, key=lambda span: span.last)
        end = at
        while end < len(self._spans) and self._spans[end].first <= last + 1:
            first, last = min(first, self._spans[end].first), max(last, self._spans[end].last)
            end += 1
        self._spans[at:end] = [Span(first, last)]

    def take(self, most: int) -> Span:
        """Take out up to `most` numbers without a gap between them, the lowest. Raises `IndexError`."""
        first, last = self._spans.pop(0)
        taken = Span(first, min(last, first + most - 1))
        if taken.last < last:
            self._spans.insert(0, Span(taken.last + 1, last))
        return taken

    def clear(self) -> None:
        """Take out all."""
        self._spans.clear()
