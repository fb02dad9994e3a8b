"""FIX-MD's process, or its doorman, dies or stands still in trading: orders go on, vendors come back to whole books."""

import asyncio
import os
import random
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress

from scripts.soak.member import Member
from scripts.soak.vendor import Vendor
from scripts.soak.venue import Unexpected, Venue

PROCESS, DOORMAN = "kase_fix.gateway.md", "kase_fix.gateway.doorman"
BACK_SECONDS = 25.0
"""Vendors try several times a second; what they wait for is a start of the process on a machine that has much to do."""


class FeedFaults:
    """Hurts the feed of one venue and looks at who has to go on and who has to come back."""

    def __init__(
        self, venue: Venue, members: Sequence[Member], vendors: Sequence[Vendor], chance: random.Random
    ) -> None:
        self._venue = venue
        self._members = members
        self._vendors = vendors
        self._chance = chance

    async def survive(self, kind: str) -> None:
        """Do as the plan says. Raises `Unexpected` where something else comes of it."""
        await self._all_are_told("before it")
        if kind == "FIX-MD stopped":
            await self._stop()
        else:
            await self._kill(kind)

    async def _kill(self, kind: str) -> None:
        victim = self._find(kind)
        came = [vendor.came for vendor in self._vendors]
        answered = self._answered()
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
        await self._until(lambda: self._answered() > answered + 10, f"no orders were answered behind {kind}")
        await self._until(
            lambda: all(vendor.came > before for vendor, before in zip(self._vendors, came, strict=True)),
            f"vendors did not come back behind {kind}",
        )
        if self._find(kind) == victim:
            raise Unexpected(f"{kind}: it is still the process that was killed")

    async def _stop(self) -> None:
        victim = self._find("FIX-MD stopped")
        os.kill(victim, signal.SIGSTOP)
        try:
            answered = self._answered()
            await asyncio.sleep(0.5 + 2.0 * self._chance.random())
            await self._until(lambda: self._answered() > answered + 10, "no orders were answered while FIX-MD stood")
        finally:
            os.kill(victim, signal.SIGCONT)
        await self._all_are_told("behind it")
        if self._find("FIX-MD stopped") != victim:
            raise Unexpected("FIX-MD did not live through standing still")

    async def _all_are_told(self, when: str) -> None:
        """Every vendor is answered; one who was not on is asked again."""

        async def told(vendor: Vendor) -> bool:
            name = vendor.test()
            for _ in range(20):
                if vendor.answered == name:
                    return True
                await asyncio.sleep(0.05)
            return False

        for vendor in self._vendors:
            for _ in range(int(BACK_SECONDS)):
                if await told(vendor):
                    break
            else:
                raise Unexpected(f"{vendor.user} is not answered by FIX-MD {when}")

    def _find(self, kind: str) -> int:
        name, port = (DOORMAN, self._venue.feed.port) if "doorman" in kind else (PROCESS, 0)
        found = self._venue.child(name, port)
        if found is None:
            raise Unexpected(f"there is no process for '{kind}'")
        return found

    def _answered(self) -> int:
        return sum(member.answered for member in self._members)

    async def _until(self, condition: Callable[[], bool], otherwise: str) -> None:
        for _ in range(int(BACK_SECONDS * 20)):
            if condition():
                return
            if self._venue.is_gone:
                raise Unexpected(f"the venue has ended with FIX-MD: {self._venue.last_words()}")
            await asyncio.sleep(0.05)
        raise Unexpected(otherwise)
