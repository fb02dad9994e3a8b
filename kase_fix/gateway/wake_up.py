"""Gives QuickFIX room to note whom it has to go on writing to: without, a session may stand still and nobody knows.

Where a peer's buffer is full QuickFIX 1.16 keeps the message and writes the socket's number into a pair of sockets;
its thread reads one number in each turn of its loop. The pair holds 278 (measured), the writer does not wait, and a
number that finds no room is lost: what that session is told from then on stays with QuickFIX until it ends, but for one
old message with each new one. Sessions that are told much fill the pair in milliseconds while the thread is busy. So
the pair is replaced, as soon as it is there, by one of TCP, which packs the numbers: it holds a quarter of a million.
"""

import os
import socket
from contextlib import suppress

from kase_fix.gateway.own_sockets import own_sockets

SECONDS = 5.0
"""The loopback answers at once, or something filters it."""
SEGMENT = 16_384
WITH_TIMESTAMPS = 12
"""Bytes of TCP's option (RFC 7323) that come off a segment. What is left has to be whole numbers of four bytes: a
number of which a full pair takes only a part would shift all behind it, for ever."""


def widen() -> None:
    """Replace the pair of the acceptor that was just started, before anybody is let in.

    Raises `OSError` where it is not found: QuickFIX is not as we know it then, or somebody else has such a pair open;
    or where the machine's loopback does not carry TCP.
    """
    found = sorted(number for number, one in own_sockets() if _is_of_a_pair(one))
    if len(found) != 2:
        links = {number: os.readlink(f"/proc/self/fd/{number}") for number in found}
        raise OSError(f"the acceptor's own pair of sockets is not to be told from others: {links}")
    for ours, theirs in zip(pair(), found, strict=True):
        with ours:
            os.dup2(ours.fileno(), theirs, inheritable=False)


def _is_of_a_pair(one: socket.socket) -> bool:
    """Tell whether it is an end of a non-blocking pair of Unix stream sockets, which have no names."""
    if one.family != socket.AF_UNIX or one.type != socket.SOCK_STREAM or os.get_blocking(one.fileno()):
        return False
    with suppress(OSError):  # it listens
        return bool(one.getsockname() == one.getpeername() == "")
    return False


def pair() -> tuple[socket.socket, socket.socket]:
    """Return two TCP sockets on the loopback that are connected with each other and never wait. Raises `OSError`."""
    try:
        one, other = _connected()
    except TimeoutError as error:
        raise OSError("TCP on 127.0.0.1 does not answer: QuickFIX's thread is woken through it") from error
    for each in (one, other):
        each.setblocking(False)
        each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        segment = each.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG)
        if segment % 4:
            raise OSError(f"TCP on 127.0.0.1 has segments of {segment} bytes, no whole numbers of four")
    return one, other


def _connected() -> tuple[socket.socket, socket.socket]:
    segment = SEGMENT + WITH_TIMESTAMPS
    with socket.socket() as listening:
        listening.settimeout(SECONDS)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, segment)
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        one = socket.socket()
        one.settimeout(SECONDS)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, segment)
        one.connect(listening.getsockname())
        while True:
            other, address = listening.accept()
            if address == one.getsockname():  # and no stranger
                return one, other
            other.close()
