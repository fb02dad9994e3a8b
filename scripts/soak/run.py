"""A run: members trade while the plan's crashes come one after the other; then all is quiet, asked for and judged."""

import asyncio
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from scripts.soak.checker import Verdict, check
from scripts.soak.crashes import Crasher, mount_small, unmount
from scripts.soak.disk import Disk, NoCompiler
from scripts.soak.feed_faults import FeedFaults
from scripts.soak.member import Member
from scripts.soak.memory import Watch
from scripts.soak.operator import Operator
from scripts.soak.plan import Crash, plan
from scripts.soak.vendor import VENDORS, Vendor
from scripts.soak.venue import ROOT, Unexpected, Venue

MEMBERS = {
    "FIRMA": "FIX44",
    "FIRMB": "FIX44",
    "ROB01": "FIX44",
    "ROB03": "FIX44",
    "00100": "NEXT",
    "02001": "NEXT",
    "ROB02": "NEXT",
    "ROB04": "NEXT",
}
QUIET_SECONDS = 40.0
FEED_BEHIND_SECONDS = 4.0
"""FIX-MD follows the orders in a process of its own."""
BUST_SECONDS = 0.4
FORGOTTEN = 3000
"""Messages that one who comes back asks for again, at the most."""
LOOK_SECONDS = 2.0
THE_END = "999999"
"""RefTagID(371) and MassStatusReqID(584) of the last question: a number, as NEXT has it."""
DATA_MIB = 400
DATA_MIB_A_MINUTE = 40
"""What a minute without crashes may write: journal, events, and a store for each member."""


class Wish(NamedTuple):
    """What is asked of a run."""

    crashes: int
    seed: str
    directory: Path
    rate: float = 40.0
    """Requests a second of each member."""
    speed: float = 60.0
    only: str = ""
    """Nothing but crashes of this kind."""
    minutes: float = 0.0
    """How long to trade without a crash at the end, and look at memory and descriptors."""
    small_disk: bool = True
    """Put the data on a file system of its own, where that is allowed, to fill it."""


class Outcome(NamedTuple):
    """What came of it."""

    survived: Counter[str]
    missed: Counter[str]
    """Kill points that were not crossed in time."""
    verdict: Verdict
    faults: list[str]
    slowest: float
    """The longest a member on a living line waited for an answer, seconds."""
    held: list[str]
    """Memory and descriptors, where they were looked at."""

    @property
    def good(self) -> bool:
        """Was everything as promised?"""
        return not self.faults and not self.verdict.faults


class Run:
    """One run in a directory."""

    def __init__(self, wish: Wish) -> None:
        self._wish = wish
        self._chance = random.Random(wish.seed)
        self._venue = Venue(wish.directory, wish.speed)
        self.survived: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self.faults: list[str] = []
        self.held: list[str] = []
        self._members = [
            Member(user, dialect, tuple(MEMBERS), self._venue.address, self.books, wish.seed, wish.rate)
            for user, dialect in MEMBERS.items()
        ]
        self._vendors = [
            Vendor(user, dialect, self._venue.feed, wish.directory / "feed", wish.seed)
            for user, dialect in VENDORS.items()
        ]
        self._operator = Operator(self._venue.console, wish.directory / "operator.log")

    @property
    def books(self) -> Path:
        """Where the members' books are."""
        return self._wish.directory / "books"

    async def go(self) -> None:
        """Trade and crash, then end in quiet."""
        feed = FeedFaults(self._venue, self._members, self._vendors, self._chance)
        crasher = Crasher(self._venue, _disk(self._wish.directory, self._venue.data), feed, self._chance)
        mounted = self._wish.small_disk and mount_small(self._venue.data, f"{self._data_mib()}m")
        lives = [asyncio.create_task(member.run()) for member in self._members]
        lives += [asyncio.create_task(vendor.run()) for vendor in self._vendors]
        troubles = [asyncio.create_task(one) for one in (self._trouble_lines(), self._cancel_deals())]
        try:
            for number, crash in enumerate(plan(self._wish.crashes, self._chance, self._wish.only), 1):
                await self._survive(crasher, number, crash)
            for trouble in troubles:
                trouble.cancel()
            await self._end_in_quiet()
            for member in self._members:
                member.end()
            for vendor in self._vendors:
                vendor.end()
            await asyncio.gather(*lives)
            self.faults += _verify(self._venue.data)
        finally:
            for task in (*troubles, *lives):
                task.cancel()
            await self._venue.end()
            self._keep_journal()
            if mounted:
                unmount(self._venue.data)

    def _data_mib(self) -> int:
        return DATA_MIB + int(DATA_MIB_A_MINUTE * self._wish.minutes)

    def _keep_journal(self) -> None:
        with suppress(OSError):
            (self._wish.directory / "journal").write_bytes((self._venue.data / "journal").read_bytes())

    async def _survive(self, crasher: Crasher, number: int, crash: Crash) -> None:
        begun = time.monotonic()
        try:
            came = await crasher.survive(crash)
        except Unexpected as unexpected:
            self.faults.append(f"crash {number} ({crash.kind}): {unexpected}")
            await self._venue.end()  # or the next one finds its directory in use
            came = True
        (self.survived if came else self.missed)[crash.kind] += 1
        how = f"{crash.kind} {crash.crossing or ''}{'' if came else ' not crossed'}"
        print(f"{number:4d}  {how:<34}{time.monotonic() - begun:6.1f} s", file=sys.stderr)

    async def _trouble_lines(self) -> None:
        """Cut lines, and have members come twice, all the time."""
        while True:
            await asyncio.sleep(self._chance.expovariate(3.0))
            member = self._chance.choice(self._members)
            choice = self._chance.random()
            if choice < 0.05:
                member.leave_for(self._chance.uniform(1.0, 25.0), self._chance.randint(0, FORGOTTEN))
            elif choice < 0.5:
                member.drop()
            else:
                await member.intrude()
                if choice < 0.7:  # both lines go at once, the new one comes before the old one is forgotten
                    member.drop()

    async def _cancel_deals(self) -> None:
        """Have the exchange cancel a deal of somebody's now and then."""
        while True:
            await asyncio.sleep(self._chance.expovariate(1.0 / BUST_SECONDS))
            member = self._chance.choice(self._members)
            if member.deals:
                await self._operator.bust(self._chance.choice(member.deals))

    async def _end_in_quiet(self) -> None:
        """Start a last time; when nobody waits for anything, have everyone ask how everything stands."""
        await self._venue.start()
        if not await self._venue.ready():
            self.faults.append(f"it did not start for the end: {self._venue.last_words()}")
            return
        await asyncio.sleep(1.0)
        if self._wish.minutes:
            await self._watch(self._wish.minutes * 60)
        for member in self._members:
            member.trading = False
        if not await self._until(lambda: all(member.quiet for member in self._members)):
            waiting = [member.user for member in self._members if not member.quiet]
            self.faults.append(f"{waiting} still wait for answers, {QUIET_SECONDS:.0f} s after the last report")
            return
        for member in self._members:
            member.ask_for_the_end(THE_END)
        if not await self._until(lambda: all(THE_END in member.closing_answers for member in self._members)):
            self.faults.append("the last question was not answered to its end")
        await asyncio.sleep(FEED_BEHIND_SECONDS)
        tests = [vendor.test() for vendor in self._vendors]
        if not await self._until(lambda: [vendor.answered for vendor in self._vendors] == tests):
            self.faults.append("FIX-MD does not answer the vendors at the end")

    async def _watch(self, seconds: float) -> None:
        """Look at what is held while members trade, then for a quarter as long while nobody does."""
        await self._stretch("trading", seconds)
        for member in self._members:
            member.trading = False
        await self._until(lambda: all(member.quiet for member in self._members))
        await self._stretch("nobody trades", seconds / 4)

    async def _stretch(self, name: str, seconds: float) -> None:
        watch, begun = Watch(self._venue), time.monotonic()
        answered = sum(member.answered for member in self._members)
        while (passed := time.monotonic() - begun) < seconds:
            watch.look(passed)
            await asyncio.sleep(LOOK_SECONDS)
        rate = (sum(member.answered for member in self._members) - answered) / seconds
        self.held += [f"{name}: {rate:.0f} requests answered a second for {seconds:.0f} s", *watch.told(rate), ""]
        self.faults += watch.grown(rate)

    async def _until(self, condition: Callable[[], bool]) -> bool:
        """Wait for it, as long as reports come to somebody: the answers of a long day take their time."""
        told, since = -1, time.monotonic()
        while not condition():
            if (now := sum(member.told for member in self._members)) != told:
                told, since = now, time.monotonic()
            if time.monotonic() - since > QUIET_SECONDS:
                return False
            await asyncio.sleep(0.05)
        return True

    def outcome(self) -> Outcome:
        """Judge what was left behind."""
        verdict = check(self.books, self._wish.directory / "journal")
        slowest = max(member.slowest for member in self._members)
        return Outcome(self.survived, self.missed, verdict, self.faults, slowest, self.held)


def soak(wish: Wish) -> Outcome:
    """Carry out a run and judge it."""
    run = Run(wish)
    asyncio.run(run.go())
    return run.outcome()


def _disk(directory: Path, data: Path) -> Disk | None:
    try:
        return Disk(directory, data)
    except NoCompiler:
        return None


def _verify(data: Path) -> list[str]:
    """Have the venue's own `verify` replay the journal."""
    command = [sys.executable, "-m", "kase_fix", "verify", "--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    return [] if done.returncode == 0 else [f"verify: {done.stdout}{done.stderr}"]
