"""How many may stand before the door: connections a second from an address, and strangers, from one and from all.

A stranger is a connection that has not logged on. One that is turned away costs an accept and a close.
"""

from collections import Counter

GREATEST_TABLE = 10_000


class Threshold:
    """Counts who comes. Times are the caller's, in seconds."""

    def __init__(self, at_once: int, per_second: float, strangers: int, strangers_of_address: int) -> None:
        """An address may open `at_once` connections, and that many again as `per_second` allows."""
        self.at_once = at_once
        self.per_second = per_second
        self.strangers = strangers
        self.strangers_of_address = strangers_of_address
        self._standing: Counter[str] = Counter()
        self._left: dict[str, tuple[float, float]] = {}
        """By address how many may come at once, as of when."""

    def comes(self, address: str, now: float) -> str:
        """Let a stranger in, which he is until `passes`, or return why not."""
        left, since = self._left.pop(address, (float(self.at_once), now))
        left = min(float(self.at_once), left + (now - since) * self.per_second)
        taken = left >= 1
        self._left[address] = (left - 1 if taken else left, now)
        if len(self._left) > GREATEST_TABLE:
            del self._left[next(iter(self._left))]  # who has not come for longest
        if not taken:
            return "rate"
        if self._standing.total() >= self.strangers:
            return "crowd"
        if self._standing[address] >= self.strangers_of_address:
            return "crowd_of_address"
        self._standing[address] += 1
        return ""

    def passes(self, address: str) -> None:
        """Count him no longer: he has logged on, or gone."""
        self._standing[address] -= 1
        if self._standing[address] <= 0:
            del self._standing[address]
