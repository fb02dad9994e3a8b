"""The doorman's end of the link to the venue."""

import asyncio
from collections.abc import Callable
from typing import cast

from kase_fix.messages.link import GREATEST_FRAME, Said, decode_frame, encode_frame


class Line(asyncio.Protocol):
    """Frames of the link: gives what is heard to one function, and the end of the venue to another."""

    def __init__(self, heard: Callable[[Said], None], lost: Callable[[], None]) -> None:
        self._heard = heard
        self._lost = lost
        self._buffer = bytearray()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The link is there."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Take frames apart. A venue that speaks nonsense is as good as dead."""
        self._buffer += data
        while len(self._buffer) >= 4:
            length = int.from_bytes(self._buffer[:4], "big")
            if length > GREATEST_FRAME:
                raise ValueError("the frame is too long")
            if len(self._buffer) < 4 + length:
                return
            body = bytes(self._buffer[4 : 4 + length])
            del self._buffer[: 4 + length]
            self._heard(decode_frame(body))

    def eof_received(self) -> None:
        """The venue is dead."""
        self._lost()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """The venue is dead."""
        self._lost()

    def say(self, said: Said) -> None:
        """Send one frame to the venue."""
        if not self._transport.is_closing():
            self._transport.write(encode_frame(said))
