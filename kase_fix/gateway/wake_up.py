"""Gives QuickFIX room to note whom it has to go on writing to: without, a session may stand still and nobody knows.

Where a peer's buffer is full QuickFIX 1.16 keeps the message and writes the socket's number into a pair of sockets;
its thread reads one number in each turn of its loop. The pair holds 278 (measured), the writer does not wait, and a
number that finds no room is lost: what that session is told from then on stays with QuickFIX until it ends, but for one
old message with each new one. Sessions that are told much fill the pair in milliseconds while the thread is busy. So
the pair is replaced, as soon as it is there, by one of TCP, which packs the numbers: it holds a million.
"""

import os
import socket
from contextlib import suppress


def widen() -> None:
    """Replace the pair of the acceptor that was just started, before anybody is let in.

    Raises `OSError` where it is not found: QuickFIX is not as we know it then, or somebody else has such a pair open.
    """
    found = sorted(number for number in map(int, os.listdir("/proc/self/fd")) if _is_of_a_pair(number))
    if len(found) != 2:
        raise OSError(f"the acceptor's own pair of sockets is not to be told from others: {found}")
    for ours, theirs in zip(_pair(), found, strict=True):
        with ours:
            os.dup2(ours.fileno(), theirs, inheritable=False)


def _is_of_a_pair(number: int) -> bool:
    """Tell whether it is an end of a non-blocking pair of Unix stream sockets, which have no names."""
    with suppress(OSError), socket.socket(fileno=os.dup(number)) as candidate:
        of_unix = candidate.family == socket.AF_UNIX and candidate.type == socket.SOCK_STREAM
        return of_unix and not os.get_blocking(number) and candidate.getsockname() == candidate.getpeername() == ""
    return False


def _pair() -> tuple[socket.socket, socket.socket]:
    """Return two TCP sockets on the loopback that are connected with each other. Raises `OSError`."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        one = socket.create_connection(listening.getsockname())
        while True:
            other, address = listening.accept()
            if address == one.getsockname():  # and no stranger
                break
            other.close()
    for each in (one, other):
        each.setblocking(False)
        each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return one, other
