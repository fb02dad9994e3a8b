"""What a process of the gateway does first: born of the venue, it dies with it and logs where the venue logs."""

import ctypes
import logging
import os
import signal
import socket
import struct
import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog

_PR_SET_PDEATHSIG = 1
_UCRED = struct.Struct("iII")


class _Stderr:
    """Where the log goes: one who stops reading it must not stop the process."""

    def write(self, text: str) -> None:
        with suppress(OSError):
            sys.stderr.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            sys.stderr.flush()


def link_to_the_venue(descriptor: int) -> socket.socket | None:
    """Return the link with this descriptor; None where the venue is dead already. Raises `OSError`."""
    _die_with_parent()
    link = socket.socket(fileno=descriptor)
    link.set_inheritable(False)
    if _is_orphan(link):
        return None
    # A terminal's Ctrl-C and a service manager's SIGTERM reach the whole group: the venue says Logout to its clients
    # through us, so we stay until the link ends.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, _Stderr())),
    )
    return link


def _die_with_parent() -> None:
    """Have the kernel kill us when the thread that started us ends (prctl(2), PR_SET_PDEATHSIG)."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def _is_orphan(link: socket.socket) -> bool:
    """Did the venue die before we asked the kernel to tell us? It made the pair: the peer is not our parent then."""
    creator, _, _ = _UCRED.unpack(link.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))
    return creator not in (0, os.getppid())
