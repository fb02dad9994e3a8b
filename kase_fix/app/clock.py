"""The venue's clock: the system's, or in rehearsal one that is moved by hand. Nanoseconds UTC."""

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """What tells the time."""

    @property
    def rehearsal(self) -> bool:
        """Whether this clock may be moved by hand."""

    def now(self) -> int:
        """Return the time."""

    def wait_for(self, moment: int) -> float | None:
        """Return how many seconds of real time it takes until then; None where it never comes by itself."""

    def move(self, moment: int) -> None:
        """Set the clock; only ever forward."""


class SystemClock:
    """The machine's clock; it never goes back while the venue runs."""

    rehearsal = False

    def __init__(self) -> None:
        self._last = 0

    def now(self) -> int:
        """Return the machine's time, or the last one told where the machine's was set back."""
        self._last = max(self._last, time.time_ns())
        return self._last

    def wait_for(self, moment: int) -> float | None:
        """Return the seconds until then."""
        return max(0.0, (moment - self.now()) / 1e9)

    def move(self, moment: int) -> None:
        """Take note of a time that was told before, in the journal."""
        self._last = max(self._last, moment)


class RehearsalClock:
    """Stands where it was put; with a speed it runs on from there, so many times as fast as real time."""

    rehearsal = True

    def __init__(self, moment: int, speed: float = 0.0) -> None:
        self._lock = threading.Lock()
        self._moment = moment
        self._speed = speed
        self._since = time.monotonic_ns()

    def now(self) -> int:
        """Return the rehearsal's time."""
        with self._lock:
            return self._now()

    def wait_for(self, moment: int) -> float | None:
        """Return the seconds of real time until then; None while the clock stands."""
        if self._speed <= 0:
            return None
        return max(0.0, (moment - self.now()) / 1e9 / self._speed)

    def move(self, moment: int) -> None:
        """Put the clock there; it stays where it is if that is earlier."""
        with self._lock:
            self._moment = max(self._now(), moment)
            self._since = time.monotonic_ns()

    def _now(self) -> int:
        if self._speed <= 0:
            return self._moment
        return self._moment + int((time.monotonic_ns() - self._since) * self._speed)
