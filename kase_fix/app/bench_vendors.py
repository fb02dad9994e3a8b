"""The vendors of `kase-fix bench feed`: one process reads all their lines and only counts.

It runs where nothing else wants to (SCHED_IDLE): vendors have machines of their own, and what reading costs is theirs.

It writes what it counts into memory that the bench sees: no thread of the bench has to read for a hundred vendors.
"""

import mmap
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence, Set

from kase_fix.app.processors import keep_to

X = b"\x0135=X\x01"
DEAL = b"\x01269=2\x01"
HEAD = 2
"""Fields in front: bytes and messages of all vendors."""
PATIENCE = 60.0


class Vendors:
    """Sessions that have asked for everything, and when each of them had its n-th deal."""

    def __init__(self, connections: Sequence[socket.socket], deals: int, processors: Set[int]) -> None:
        """Read what comes on these connections, for so many deals at most; returns when nothing more comes.

        It is read on these processors: on others than the orders', where they have their own.
        """
        self.count = len(connections)
        self._connections = connections
        self._file = os.memfd_create("vendors")
        fields = HEAD + self.count * (deals + 1)
        os.truncate(self._file, 8 * fields)
        self._memory = mmap.mmap(self._file, 8 * fields)
        self._fields = memoryview(self._memory).cast("d")
        self._row = deals + 1
        numbers = [connection.fileno() for connection in connections]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "kase_fix.app.bench_vendors", str(self._file), str(self._row), *map(str, numbers)],
            pass_fds=(self._file, *numbers),
            stdin=subprocess.PIPE,
        )
        keep_to(self._process.pid, processors)
        self.settle()
        for place in range(self.count):
            self._fields[HEAD + place * self._row] = 0  # the last deal of a snapshot is none of ours

    @property
    def messages(self) -> int:
        """Return how many X have come."""
        return int(self._fields[1])

    def arrived(self, number: int) -> list[float]:
        """Return when each had a deal, seconds of `time.perf_counter`."""
        return [self._fields[HEAD + place * self._row + 1 + number] for place in range(self.count)]

    def settle(self) -> None:
        """Wait until something has come, and then nothing more."""
        deadline, seen = time.monotonic() + PATIENCE, -1.0
        while self.count and (seen != self._fields[0] or not seen) and time.monotonic() < deadline:
            seen = self._fields[0]
            time.sleep(0.7)

    def wait(self, deals: int) -> None:
        """Wait until all have so many deals. Raises `TimeoutError`."""
        deadline = time.monotonic() + PATIENCE
        while not self.have(deals):
            if time.monotonic() > deadline:
                raise TimeoutError(f"a vendor has {min(self._had()):.0f} of {deals} deals")
            time.sleep(0.001)

    def have(self, deals: int) -> bool:
        """Tell whether all have so many deals."""
        return all(had >= deals for had in self._had())

    def _had(self) -> Iterator[float]:
        return (self._fields[place] for place in range(HEAD, HEAD + self.count * self._row, self._row))

    def close(self) -> None:
        """End."""
        self._process.kill()
        self._process.wait()
        for connection in self._connections:
            connection.close()
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._fields.release()
        self._memory.close()
        os.close(self._file)


def read(arguments: Sequence[str]) -> None:
    """Read the connections with these descriptors until the bench ends."""
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    shared, row, *numbers = map(int, arguments)
    memory = mmap.mmap(shared, 0)
    fields = memoryview(memory).cast("d")
    poll = select.epoll()
    places = {number: place for place, number in enumerate(numbers)}
    tails = [b""] * len(numbers)
    for number in numbers:
        poll.register(number, select.EPOLLIN)
    poll.register(0, select.EPOLLHUP)
    while True:
        for number, _ in poll.poll():
            if number == 0:
                return
            data = os.read(number, 1 << 18)
            now = time.perf_counter()
            if not data:
                poll.unregister(number)
                continue
            place = places[number]
            whole = tails[place] + data
            fields[0] += len(data)
            fields[1] += whole.count(X) - tails[place].count(X)
            tails[place] = whole[-6:]
            deals = whole.count(DEAL)
            if deals:
                first = HEAD + place * row
                had = int(fields[first])
                for one in range(had, min(had + deals, row - 1)):
                    fields[first + 1 + one] = now
                fields[first] = had + deals


if __name__ == "__main__":
    read(sys.argv[1:])
