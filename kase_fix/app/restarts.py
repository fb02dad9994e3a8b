"""When a child process that may end is started again."""

import time

PAUSES = (0.0, 1.0, 2.0, 5.0, 15.0, 30.0)
"""Seconds before the first, second, ... start in a row."""
GREATEST_BEHIND = 500_000
"""One for which so many commands wait is given up: started anew it reads them from the day's events."""
LONG_LIFE_SECONDS = 60.0
"""A process that lived so long starts a new row."""


class Restarts:
    """When a process that ended is to be started again: at once, but not again and again."""

    def __init__(self) -> None:
        self.count = 0
        self._in_a_row = 0
        self._due: float | None = None
        self._since = time.monotonic()

    def due(self) -> bool:
        """Tell, of a process that has ended, whether it is time."""
        now = time.monotonic()
        if self._due is None:
            self._in_a_row = 0 if now - self._since > LONG_LIFE_SECONDS else self._in_a_row
            self._due = now + PAUSES[min(self._in_a_row, len(PAUSES) - 1)]
        if now < self._due:
            return False
        self._due, self._since = None, now
        self._in_a_row += 1
        self.count += 1
        return True
