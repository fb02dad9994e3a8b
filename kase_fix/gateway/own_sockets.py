"""The sockets this process has open, told by their descriptors: QuickFIX shows none of its own."""

import errno
import os
import socket
import stat
from collections.abc import Iterator

STANDARD = 3
"""The first descriptors are input, output and errors, whatever they are."""


def own_sockets() -> Iterator[tuple[int, socket.socket]]:
    """Yield each socket's descriptor with a copy to look at, which is closed behind the look. Raises `OSError`."""
    for number in map(int, os.listdir("/proc/self/fd")):
        try:
            if number < STANDARD or not stat.S_ISSOCK(os.fstat(number).st_mode):
                continue
            copy = os.dup(number)
        except OSError as error:
            if error.errno == errno.EBADF:
                continue  # closed since it was listed
            raise
        try:
            one = socket.socket(fileno=copy)
        except OSError:
            os.close(copy)  # something else has the number by now
            continue
        with one:
            yield number, one
