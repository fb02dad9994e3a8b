"""The venue's clock as another process knows it: nanoseconds UTC."""

import threading
import time


class VenueClock:
    """The system's, or a rehearsal's: what the venue said last, running on with the rehearsal's speed."""

    def __init__(self, moment: int, speed: float | None) -> None:
        """Begin at `moment`; a `speed` of None is the system's clock."""
        self._lock = threading.Lock()
        self._moment = moment
        self._speed = speed
        self._since = time.monotonic_ns()

    def now(self) -> int:
        """Return the time."""
        with self._lock:
            return self._now()

    def told(self, moment: int) -> None:
        """Take note of a time the venue tells; what was later already stays."""
        with self._lock:
            self._moment = max(self._now(), moment)
            self._since = time.monotonic_ns()

    def _now(self) -> int:
        if self._speed is None:
            return time.time_ns()
        return self._moment + int((time.monotonic_ns() - self._since) * self._speed)
