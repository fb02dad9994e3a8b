"""The doorman's process: born of the venue, dies with it."""

import asyncio
import ctypes
import logging
import os
import resource
import signal
import socket
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TextIO, cast

import structlog
import uvloop

from kase_fix.gateway.doorman.doorman import Doorman

DESCRIPTORS = 16_384
_PR_SET_PDEATHSIG = 1
_UCRED = struct.Struct("iII")


class _Stderr:
    """Where the log goes: one who stops reading it must not stop the doorman."""

    def write(self, text: str) -> None:
        with suppress(OSError):
            sys.stderr.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            sys.stderr.flush()


def main(arguments: Sequence[str]) -> int:
    """Serve on the link with this descriptor until the venue ends."""
    _die_with_parent()
    _have_descriptors()
    link = socket.socket(fileno=int(arguments[0]))
    link.set_inheritable(False)
    if _is_orphan(link):
        return 0
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
    uvloop.run(_serve(link))
    return 0


async def _serve(link: socket.socket) -> None:
    doorman = Doorman()
    link.setblocking(False)
    await asyncio.get_running_loop().create_unix_connection(lambda: doorman.line, sock=link)
    doorman.count()
    doorman.look()
    await asyncio.Event().wait()


def _die_with_parent() -> None:
    """Have the kernel kill us when the thread that started us ends (prctl(2), PR_SET_PDEATHSIG)."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def _have_descriptors() -> None:
    """Take as many descriptors as the system grants: a crowd of strangers must not use up those of the members."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, DESCRIPTORS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _is_orphan(link: socket.socket) -> bool:
    """Did the venue die before we asked the kernel to tell us? It made the pair: the peer is not our parent then."""
    creator, _, _ = _UCRED.unpack(link.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))
    return creator not in (0, os.getppid())
