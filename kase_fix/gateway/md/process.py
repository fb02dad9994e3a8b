"""The process of FIX-MD: born of the venue, dies with it. What it holds can be made again from the day's events."""

import gc
import os
import socket
import sys
import threading
import time
from collections.abc import Sequence

import structlog

from kase_fix.gateway.descriptors import have_descriptors
from kase_fix.gateway.md.service import FeedService
from kase_fix.gateway.spawned import link_to_the_venue
from kase_fix.messages.link import Said, encode_frame, receive_frame
from kase_fix.messages.link_of_feed import DayToldSoFar, FeedSettings

SWITCH_SECONDS = 1e-3
"""The publisher gives way to what comes in this often."""
COUNTED_SECONDS = 1.0
EXIT_DISK = 74
"""EX_IOERR of sysexits.h: the sessions' numbers cannot be stored."""


class _Line:
    """Our end of the link: said by several threads, heard by one."""

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._sending = threading.Lock()

    def say(self, said: Said) -> None:
        """Send a frame. A venue that is gone ends the thread that listens, and with it us."""
        try:
            with self._sending:
                self._link.sendall(encode_frame(said))
        except OSError:
            return

    def hear(self) -> Said | None:
        """Wait for a frame; None where the venue is gone."""
        try:
            return receive_frame(self._link)
        except OSError:
            return None


def main(arguments: Sequence[str]) -> int:
    """Serve on the link with this descriptor until the venue ends."""
    have_descriptors()
    link = link_to_the_venue(int(arguments[0]))
    code = 0
    if link is not None:
        try:
            _serve(_Line(link))
        except Exception:
            structlog.get_logger("md").exception("market data cannot go on")
            code = 1
    os._exit(code)  # QuickFIX's threads may still wait for a peer


def _serve(line: _Line) -> None:
    settings = line.hear()
    if not isinstance(settings, FeedSettings):
        return
    gc.disable()  # what is taken in now lives on
    sys.setswitchinterval(SWITCH_SECONDS)
    service = FeedService(settings, line.say)
    threading.Thread(target=_count, args=(service,), name="md-counts", daemon=True).start()
    while (said := line.hear()) is not None:
        service.take(said)
        if isinstance(said, DayToldSoFar):
            gc.freeze()
            gc.enable()


def _count(service: FeedService) -> None:
    while True:
        time.sleep(COUNTED_SECONDS)
        service.count()
        if service.unwritable:
            structlog.get_logger("md").critical("the sessions' numbers cannot be stored")
            os._exit(EXIT_DISK)
