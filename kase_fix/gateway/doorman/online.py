"""Who is in: one connection for each user and service."""

import asyncio
from typing import Protocol

PATIENCE_SECONDS = 3.0


class Holder(Protocol):
    """A connection that may hold a place."""

    leaving: bool
    gone: asyncio.Event

    def end(self, reason: str) -> None:
        """Close it."""


class Online:
    """The places, by user and service."""

    def __init__(self) -> None:
        self._holders: dict[tuple[str, str], Holder] = {}

    async def claim(self, user: str, service: str, holder: Holder) -> bool:
        """Take the place; False where another connection has it and stays.

        One that is already leaving is waited for: QuickFIX refuses a second connection of a session until it has seen
        the end of the first, and a client that comes back at once must not hear `Already online` for it.
        """
        other = self._holders.get((user, service))
        if other is not None and other.leaving:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await other.gone.wait()
            except TimeoutError:
                return False
        if (user, service) in self._holders:
            return False
        self._holders[user, service] = holder
        return True

    def vacate(self, user: str, service: str, holder: Holder) -> None:
        """Give the place back, if it is his."""
        if self._holders.get((user, service)) is holder:
            del self._holders[user, service]

    def holder(self, user: str, service: str) -> Holder | None:
        """Return who has the place."""
        return self._holders.get((user, service))
