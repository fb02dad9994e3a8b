"""The side towards QuickFIX: one connection to an acceptor's back door for each client that was let in."""

import asyncio
import os
from contextlib import suppress
from typing import Protocol, cast

LEAVE_SECONDS = 2.0
ANSWER_SECONDS = 1.0
WRITE_BUFFER = 256 * 1024


class BackDoors:
    """The acceptors' sockets, opened once: their names are gone soon after (`gateway.back_door`)."""

    def __init__(self) -> None:
        self._opened: dict[str, int] = {}

    def open(self, *paths: str) -> None:
        """Keep the sockets of these names, those that are kept already too, and no others. Raises `OSError`."""
        for path in paths:
            if path not in self._opened:
                self._opened[path] = os.open(path, os.O_PATH | os.O_CLOEXEC)
        for path in self._opened.keys() - set(paths):
            os.close(self._opened.pop(path))

    def way_to(self, path: str) -> str:
        """Return the name under which this process still finds the socket (proc(5), /proc/PID/fd). Raises `OSError`."""
        if path not in self._opened:
            raise ConnectionRefusedError
        return f"/proc/self/fd/{self._opened[path]}"


class Downstream(Protocol):
    """The client on the other side."""

    def give(self, data: bytes) -> None:
        """Send bytes of QuickFIX to the client."""

    def upstream_full(self, full: bool) -> None:
        """QuickFIX does not keep up, or does again."""

    def upstream_lost(self) -> None:
        """QuickFIX has closed."""


class Upstream(asyncio.Protocol):
    """Always reads from QuickFIX, which queues without bound for a peer that does not read (measured)."""

    def __init__(self, client: Downstream) -> None:
        self._client = client
        self._transport: asyncio.Transport
        self.full = False
        self.lost = False
        self.spoke_at = 0.0
        """When a message was written last, by the loop's clock."""
        self._heard = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Bound what waits for QuickFIX."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=WRITE_BUFFER)

    def data_received(self, data: bytes) -> None:
        """Pass on what QuickFIX says as it is."""
        self._heard.set()
        self._client.give(data)

    def pause_writing(self) -> None:
        """QuickFIX reads too slowly: the client has to wait."""
        self.full = True
        self._client.upstream_full(True)

    def resume_writing(self) -> None:
        """QuickFIX reads again."""
        self.full = False
        self._client.upstream_full(False)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """QuickFIX is done with this session's connection."""
        self.lost = True
        self._heard.set()
        self._client.upstream_lost()

    async def has_answered(self) -> None:
        """Wait until QuickFIX has said something, or closed, or has had its time for it.

        Of what it reads with a connection's first message it handles that message alone: the rest would lie there until
        more comes.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._heard.wait()

    def send(self, message: bytes) -> None:
        """Write one whole message."""
        if not self._transport.is_closing():
            self.spoke_at = asyncio.get_running_loop().time()
            self._transport.write(message)

    def leave(self) -> None:
        """Say that nothing more comes and give QuickFIX time to close, which shows that its session is off."""
        if not self._transport.is_closing():
            self._transport.write_eof()
            asyncio.get_running_loop().call_later(LEAVE_SECONDS, self._transport.abort)
