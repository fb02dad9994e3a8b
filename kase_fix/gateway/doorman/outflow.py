"""What goes out to one client: always written, counted, bounded in bytes and in age.

QuickFIX queues without bound for a peer that does not read, so we always read from it; a client who does not keep up
is cut before his bytes fill our memory. Nobody else waits for him.
"""

import asyncio
import socket
from collections import deque

from kase_fix.gateway.doorman.tally import Occurrences, Tally

LINGER_SECONDS = 5.0
IDLE_SECONDS = 3.0
"""For so long one who is far behind may read nothing."""
DEAD_SECONDS = 10.0
KERNEL_BUFFER = 256 * 1024
"""Bytes; what the kernel takes for a client nobody sees, so it must not be megabytes."""

PACED_HIGH = 128 * 1024
PACED_LOW = 32 * 1024
"""Bytes beyond the kernel's: who has more to read is behind, until he has less."""


class Unsent:
    """How old the oldest byte is that a client has not taken, by a look every now and then."""

    def __init__(self) -> None:
        self.given = 0
        self._marks: deque[tuple[int, float]] = deque()

    def age(self, waiting: int, now: float) -> float:
        """Return the age at `now`, where `waiting` of all bytes given still wait; at most one look too low."""
        if not waiting:
            self._marks.clear()
            return 0.0
        if not self._marks or self.given > self._marks[-1][0]:
            self._marks.append((self.given, now))
        while self._marks[0][0] <= self.given - waiting:
            self._marks.popleft()
        return now - self._marks[0][1]


class Outflow:
    """The writing side of a client's transport."""

    def __init__(self, transport: asyncio.Transport, tally: Tally, unsent_bytes: int, unsent_seconds: float) -> None:
        self._transport = transport
        self._tally = tally
        self._seconds = unsent_seconds
        self._unsent = Unsent()
        self._taken, self._taken_at = 0, 0.0
        self._trailers = Occurrences(b"\x0110=")
        transport.set_write_buffer_limits(high=unsent_bytes)
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER)
        # A peer that takes nothing from the kernel for so long is dead (tcp(7)): he gets no more than it holds already,
        # or `is_stale` would have told before.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(1000 * (unsent_seconds + DEAD_SECONDS)))

    def pace(self) -> None:
        """Tell early that he is behind: what waits for him is not lost then, and need not wait here."""
        self._transport.set_write_buffer_limits(high=PACED_HIGH, low=PACED_LOW)

    @property
    def waiting(self) -> int:
        """Bytes the kernel has not taken yet."""
        return self._transport.get_write_buffer_size()

    def give(self, data: bytes) -> None:
        """Write bytes of QuickFIX."""
        if self._transport.is_closing():
            return
        self._unsent.given += len(data)
        self._transport.write(data)
        self._tally.add("bytes_out", len(data))
        self._tally.add("messages_out", self._trailers.count(data))

    def is_stale(self, now: float) -> bool:
        """Tell whether the oldest byte that waits is too old."""
        return self._unsent.age(self.waiting, now) > self._seconds

    def idle(self, now: float) -> float:
        """Return for how many seconds he has taken nothing of what waits; at most one look too low."""
        taken = self._unsent.given - self.waiting
        if taken != self._taken or not self.waiting:
            self._taken, self._taken_at = taken, now
        return now - self._taken_at

    def linger(self, last: bytes) -> asyncio.TimerHandle:
        """End after what is left and `last`, going on to read until the peer closes too.

        Closing with bytes of his unread would reset the connection, and he would lose the last words. TLS has no half
        a close: its own farewell has the same effect.
        """
        if last:
            self._transport.write(last)
        if not self._transport.can_write_eof():
            return self.close()
        self._transport.write_eof()
        self._transport.resume_reading()
        return self._bounded()

    def close(self) -> asyncio.TimerHandle:
        """End after what is left."""
        self._transport.close()
        return self._bounded()

    def _bounded(self) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(LINGER_SECONDS, self._transport.abort)
