"""How a TCP connection is set up and ended so that neither delays nor last words are lost in the kernel."""

import asyncio
import socket

LINGER_SECONDS = 5.0


def at_once(transport: asyncio.Transport) -> None:
    """Have small messages sent at once: TCP_NODELAY."""
    transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def linger(transport: asyncio.Transport, last: bytes) -> asyncio.TimerHandle:
    """End after what is left and `last`, going on to read until the peer closes too.

    Closing with bytes of his unread would reset the connection, and he would lose the last words.
    """
    if last:
        transport.write(last)
    transport.write_eof()
    transport.resume_reading()
    return _bounded(transport)


def close(transport: asyncio.Transport) -> asyncio.TimerHandle:
    """End after what is left."""
    transport.close()
    return _bounded(transport)


def _bounded(transport: asyncio.Transport) -> asyncio.TimerHandle:
    return asyncio.get_running_loop().call_later(LINGER_SECONDS, transport.abort)
