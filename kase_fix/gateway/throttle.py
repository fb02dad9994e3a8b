"""How many messages a session may send: so many a second with a burst, in the machine's time (R-116).

What is too much is refused by the session and is no market fact. Who does not stop is told to leave.
"""

import enum
from collections import deque

from kase_fix.messages.limits import ThrottleLimits


class Verdict(enum.Enum):
    """What becomes of a message."""

    TAKEN = "taken"
    REFUSED = "refused"
    ENOUGH = "enough"
    """Refused, and the last straw: the session ends."""


class Throttle:
    """The messages of one session."""

    __slots__ = ("_at", "_limits", "_refused", "_room")

    def __init__(self, limits: ThrottleLimits, now: float) -> None:
        """Begin at `now` (seconds of any clock that never goes back)."""
        self._limits = limits
        self._room = float(limits.burst)
        self._at = now
        self._refused: deque[float] = deque()

    def judge(self, now: float, weight: float = 1.0) -> Verdict:
        """Tell what becomes of a message that comes at `now` and counts as so many, at the most as a burst."""
        limits = self._limits
        self._room = min(float(limits.burst), self._room + (now - self._at) * limits.messages_per_second)
        self._at = now
        weight = min(weight, float(limits.burst))
        if self._room >= weight:
            self._room -= weight
            return Verdict.TAKEN
        refused = self._refused
        while refused and now - refused[0] > limits.refused_seconds:
            refused.popleft()
        refused.append(now)
        if len(refused) < limits.refused:
            return Verdict.REFUSED
        refused.clear()
        return Verdict.ENOUGH
