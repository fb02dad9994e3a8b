"""Since when a thread waits for the disk, for others to see: a disk that stands still reports no error."""

import time

STALLED_SECONDS = 10.0
"""A disk that takes longer is taken for dead."""


class Waiting:
    """One thread's waiting: `with` it does what may take long."""

    def __init__(self) -> None:
        self._since: float | None = None

    def __enter__(self) -> None:
        self._since = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._since = None

    def stalled(self) -> float:
        """Return for how long it has waited, in seconds, where that is too long; else 0."""
        since = self._since
        seconds = 0.0 if since is None else time.monotonic() - since
        return seconds if seconds > STALLED_SECONDS else 0.0
