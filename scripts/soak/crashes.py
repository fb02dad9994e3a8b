"""How each crash of the plan is brought about, and what must come of it."""

import asyncio
import os
import random
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from scripts.soak.disk import Disk
from scripts.soak.feed_faults import FeedFaults
from scripts.soak.plan import OF_FEED, POINTS, Crash
from scripts.soak.venue import Unexpected, Venue

CROSSED_SECONDS = 12.0
HALTS_SECONDS = 14.0
HALTED, DISK_FAILED = 1, 74
"""Exit codes of a venue that had to halt; the second where its disk is the reason."""


class Crasher:
    """Starts a venue and ends it as the plan says."""

    def __init__(self, venue: Venue, disk: Disk | None, feed: FeedFaults, chance: random.Random) -> None:
        self._venue = venue
        self._feed = feed
        self._disk = disk
        self._chance = chance

    async def survive(self, crash: Crash) -> bool:
        """Start, trade, crash; tell whether the crash came about. Raises `Unexpected`."""
        environment = dict(self._disk.environment) if self._disk is not None else {}
        if crash.kind in POINTS:
            environment["KASE_FIX_KILL"] = f"{crash.kind}:{crash.crossing}"
        await self._venue.start(environment)
        if crash.kind == "killed while starting":
            await asyncio.sleep(self._chance.random() * 1.2)
            await self._venue.kill()
            return True
        if not await self._venue.ready():
            if crash.kind in POINTS:
                return await self._venue.gone(5.0) is not None
            raise Unexpected(f"it did not start: {self._venue.last_words()}")
        if crash.kind in POINTS:
            return await self._at_point()
        await asyncio.sleep(0.6 + self._chance.random())
        return await self._otherwise(crash.kind)

    async def _at_point(self) -> bool:
        crossed = await self._venue.gone(CROSSED_SECONDS) is not None
        if not crossed:
            await self._venue.kill()
        return crossed

    async def _otherwise(self, kind: str) -> bool:
        if kind == "killed behind SIGSTOP":
            self._venue.signal(signal.SIGSTOP)
            await asyncio.sleep(0.3 + 1.5 * self._chance.random())
            self._venue.signal(signal.SIGCONT)
            await asyncio.sleep(0.5 * self._chance.random())
        elif kind == "doorman killed":
            return await self._kill_doorman()
        elif kind in OF_FEED:
            await self._feed.survive(kind)
        elif kind == "ended in order":
            self._venue.signal(signal.SIGTERM)
            return await self._ends(0)
        elif kind == "disk full (a real one)":
            return await self._fill_for_real()
        elif kind != "killed by chance":
            return await self._hurt_disk(kind)
        await self._venue.kill()
        return True

    async def _kill_doorman(self) -> bool:
        doorman = self._venue.child("doorman", self._venue.address.port)
        if doorman is None:
            raise Unexpected("there is no doorman")
        with suppress(ProcessLookupError):
            os.kill(doorman, signal.SIGKILL)
        return await self._ends(HALTED)

    async def _hurt_disk(self, kind: str) -> bool:
        """A disk that fails halts the venue, one that is slow does not."""
        if self._disk is None:
            await self._venue.kill()
            return False
        try:
            if kind == "slow disk, killed":
                self._disk.slow_down(self._chance.randint(2, 60))
                await asyncio.sleep(1.0)
                await self._venue.kill()
                return True
            hurt = {"disk full": self._disk.fill, "writes fail": self._disk.break_writes}
            hurt.get(kind, self._disk.break_syncs)(self._chance.randint(0, 60))
            return await self._ends(DISK_FAILED)
        finally:
            self._disk.heal()

    async def _fill_for_real(self) -> bool:
        """Fill the file system that the data are on, where it is a small one of ours."""
        if not self._venue.data.is_mount():
            await self._venue.kill()
            return False
        ballast = self._venue.data / "ballast"
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(1 << 16))
        try:
            return await self._ends(DISK_FAILED)
        finally:
            ballast.unlink()

    async def _ends(self, expected: int) -> bool:
        code = await self._venue.gone(HALTS_SECONDS)
        if code != expected:
            if code is None:
                await self._venue.kill()
            raise Unexpected(f"exit code {expected} was due within {HALTS_SECONDS:.0f} s, it was {code}")
        return True


def mount_small(directory: Path, size: str) -> bool:
    """Put a file system of its own under a directory, where we may; tell whether we may."""
    directory.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "soak", directory], capture_output=True)
    return done.returncode == 0


def unmount(directory: Path) -> None:
    """Take it away again."""
    subprocess.run(["umount", "-l", directory], capture_output=True)
