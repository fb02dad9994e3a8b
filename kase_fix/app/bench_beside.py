"""What orders wait for while vendors are served, beside the same orders without them: the second half of `bench feed`.

Three kinds of deal take turns, in an order drawn by lot for every block, so that a machine that is faster for a second
is faster for all of them: in an instrument that nobody reads (`none`); in one that every vendor reads (`vendors`); in
the unread one again while processes that do nothing but count use what is left of the processors FIX-MD runs on, at the
lowest priority there is (`busy`). What `busy` costs is the machine's: another process at work, whatever it does. A deal
of each kind is as long behind the one before it as those of the others.
"""

import os
import random
import signal
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from kase_fix.app.bench_session import Session
from kase_fix.app.bench_vendors import Vendors
from kase_fix.app.processors import keep_to

READ, UNREAD = b"EURKZT_TOM", b"EURKZT_TOD"
LOT, PRICE = b"1000", b"450.00"
KINDS = ("none", "vendors", "busy")
IN_A_ROW = 10
"""Deals of a kind one after the other: so few that the machine is the same for all kinds, and more than its first."""
PERIOD = 0.02
"""Seconds from one deal to the next of those one by one, of every kind: behind a pause everything is slower."""
LOOK_SECONDS = 0.001
BURST = 100
"""Deals that are sent without waiting."""
RESAMPLED = 1000
SAID_EVERY = 20.0
"""Seconds between the Heartbeats of a vendor."""
COUNTING = "import os\nos.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))\nwhile True: pass"


class Ratio(NamedTuple):
    """One kind's median over another's of the same blocks, and where 95 of 100 draws of such blocks have it."""

    middle: float
    low: float
    high: float


class Floor:
    """Two members who deal with each other, vendors, and those who only count."""

    def __init__(self, members: Sequence[Session], reading: Sequence[Session], vendors: Vendors, venue: int) -> None:
        self._seller, self._buyer = members
        self._reading = reading
        self._spoke = time.monotonic()
        self._vendors = vendors
        self._venue = venue
        self._deals = 0
        """What every vendor has to hear of."""
        self._names = (b"%d-%d" % (len(reading), number) for number in range(1 << 30))
        self.to_vendor: list[float] = []
        self.to_last: list[float] = []
        self.late = 0
        """Deals that not every vendor had heard of when the next was due: there the rhythm was another."""

    def one_by_one(self, kind: str, count: int) -> list[float]:
        """Deal, each time waiting for everybody; return the seconds from an order to the report of its deal."""
        reports = []
        for rest, take in self._pairs(kind, count):
            self._seller.connection.sendall(rest)
            self._seller.read_until(b"\x01150=0\x01")
            began = time.perf_counter()
            self._buyer.connection.sendall(take)
            self._buyer.read_until(b"\x01150=F\x01")
            reports.append(time.perf_counter() - began)
            self._seller.read_until(b"\x01150=F\x01")
            self._deals += kind == "vendors"
            # Looking whether vendors have heard of it keeps a processor awake: so it is done for every kind, as long.
            while time.perf_counter() < began + PERIOD:
                self._vendors.have(self._deals)
                time.sleep(LOOK_SECONDS)
            if kind == "vendors":
                self.late += not self._vendors.have(self._deals)
                self._vendors.wait(self._deals)
                times = [at - began for at in self._vendors.arrived(self._deals - 1)]
                self.to_vendor += times
                self.to_last.append(max(times))
        return reports

    def without_waiting(self, kind: str, count: int) -> tuple[float, float, float]:
        """Send so many orders and as many that meet them; return orders/s, messages/s to vendors, CPU s an order."""
        pairs = self._pairs(kind, count)
        before, heard = processor(self._venue), self._vendors.messages
        began = time.perf_counter()
        self._seller.connection.sendall(b"".join(rest for rest, _ in pairs))
        self._seller.read_until(b"\x01150=0\x01", count)
        self._buyer.connection.sendall(b"".join(take for _, take in pairs))
        self._buyer.read_until(b"\x01150=F\x01", count)
        orders = 2 * count / (time.perf_counter() - began)
        self._seller.read_until(b"\x01150=F\x01", count)
        if kind == "vendors":
            self._deals += count
            self._vendors.wait(self._deals)
        messages = (self._vendors.messages - heard) / (time.perf_counter() - began)
        return orders, messages, (processor(self._venue) - before) / (2 * count)

    def says_it_is_there(self) -> None:
        """Let the vendors say a Heartbeat now and then: their sessions end where nothing is said for long."""
        if time.monotonic() - self._spoke > SAID_EVERY:
            self._spoke = time.monotonic()
            for session in self._reading:
                session.say(b"0")

    def _pairs(self, kind: str, count: int) -> list[tuple[bytes, bytes]]:
        symbol = READ if kind == "vendors" else UNREAD
        return [
            (
                self._seller.order(next(self._names), symbol, b"2", LOT, PRICE),
                self._buyer.order(next(self._names), symbol, b"1", LOT, PRICE),
            )
            for _ in range(count)
        ]


class Measured(NamedTuple):
    """By kind, a row for each block."""

    reports: Mapping[str, list[float]]
    """Seconds, the median of a block."""
    orders: Mapping[str, list[float]]
    """Orders a second."""
    messages: list[float]
    """X a second to all vendors together."""
    processor: Mapping[str, list[float]]
    """Seconds of the venue's processor an order."""


def measure(floor: Floor, deals: int, beside: Set[int], chance: random.Random) -> Measured:
    """Deal so often of each kind one by one, and as often without waiting; `beside` is where others run."""
    reports: defaultdict[str, list[float]] = defaultdict(list)
    orders: defaultdict[str, list[float]] = defaultdict(list)
    used: defaultdict[str, list[float]] = defaultdict(list)
    messages = []
    for kind in KINDS:
        floor.one_by_one(kind, IN_A_ROW)  # warm
    floor.to_vendor.clear()
    floor.to_last.clear()
    floor.late = 0
    with _counting(beside) as counting:
        for _ in range(max(2, deals // IN_A_ROW)):
            floor.says_it_is_there()
            for kind in chance.sample(KINDS, len(KINDS)):
                with counting(kind == "busy"):
                    reports[kind].append(statistics.median(floor.one_by_one(kind, IN_A_ROW)))
        for _ in range(max(2, deals // BURST)):
            floor.says_it_is_there()
            for kind in chance.sample(KINDS, len(KINDS)):
                with counting(kind == "busy"):
                    rate, told, each = floor.without_waiting(kind, min(deals, BURST))
                orders[kind].append(rate)
                used[kind].append(each)
                messages += [told] if kind == "vendors" else []
    return Measured(reports, orders, messages, used)


def deals_heard(deals: int) -> int:
    """Return how many deals every vendor hears of while `measure` runs with this."""
    return IN_A_ROW * (1 + max(2, deals // IN_A_ROW)) + min(deals, BURST) * max(2, deals // BURST)


def ratio(ours: Sequence[float], theirs: Sequence[float], chance: random.Random) -> Ratio:
    """Compare two kinds block by block; how sure it is comes from drawing the blocks anew (bootstrap)."""
    each = [one / other for one, other in zip(ours, theirs, strict=True)]
    drawn = sorted(statistics.median(chance.choices(each, k=len(each))) for _ in range(RESAMPLED))
    return Ratio(statistics.median(each), drawn[RESAMPLED // 40], drawn[-RESAMPLED // 40])


def processor(process: int) -> float:
    """Return the seconds of processor all living threads of a process have used (schedstat in proc(5))."""
    threads = Path(f"/proc/{process}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


@contextmanager
def _counting(beside: Set[int]) -> Iterator["_Counting"]:
    """Start a process for each of these processors that only counts; they stand still until they are wanted."""
    processes = [subprocess.Popen([sys.executable, "-c", COUNTING]) for _ in beside]
    for process in processes:
        keep_to(process.pid, beside)
    try:
        while any(os.sched_getscheduler(process.pid) != os.SCHED_IDLE for process in processes):
            time.sleep(0.01)
        yield _Counting(processes)
    finally:
        for process in processes:
            process.kill()
            process.wait()


class _Counting:
    def __init__(self, processes: Sequence[subprocess.Popen[bytes]]) -> None:
        self._processes = processes

    @contextmanager
    def __call__(self, wanted: bool) -> Iterator[None]:
        self._all(signal.SIGCONT if wanted else signal.SIGSTOP)
        yield
        self._all(signal.SIGSTOP)

    def _all(self, signal_number: signal.Signals) -> None:
        for process in self._processes:
            process.send_signal(signal_number)
        time.sleep(0.005)  # a signal takes its time; so it does for every kind
