"""The console as a process: it lives and dies with the venue that started it."""

import asyncio
import contextlib
import ctypes
import logging
import os
import signal
import socket
import struct
import sys
from collections.abc import Generator

import uvicorn
import uvloop

from kase_fix.console.answers import Desk
from kase_fix.console.picture import Picture
from kase_fix.console.site import site
from kase_fix.console.venue import NoAnswer, Venue
from kase_fix.messages.link import ConsoleSettings

PR_SET_PDEATHSIG = 1  # linux/prctl.h
CREDENTIALS = struct.Struct("3i")  # struct ucred of unix(7): pid, uid, gid
log = logging.getLogger("kase_fix.console")


def die_with_the_venue(connection: socket.socket) -> None:
    """Have the kernel kill this process when the venue's ends, and end it now if the venue ended before this call.

    The kernel watches the thread that started us. Who made the socket pair is who started us; a parent that is
    another means that we were handed on, an orphan. Process 1 may well be the venue, in a container.
    """
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    venue, _, _ = CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size))
    if venue and venue != os.getppid():
        sys.exit("the venue that started this console is gone")


def open_port(settings: ConsoleSettings) -> socket.socket:
    """Return the listening socket; port 0 takes a free one. Raises `OSError`."""
    family, _, _, _, address = socket.getaddrinfo(
        settings.host or None, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    return socket.create_server((str(address[0]), settings.port), family=family, backlog=128)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, venue: Venue, port: int) -> None:
        super().__init__(config)
        self._venue = venue
        self._port = port

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._venue.listening(self._port)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield  # an interrupt at the terminal is the venue's to answer; it ends us by closing the line


async def serve(connection: socket.socket) -> None:
    """Serve until the venue is gone, and then end the process at once: nothing here is worth a farewell."""
    venue = await Venue.join(connection, Picture())
    settings = await venue.settings()
    listening = asyncio.create_task(venue.listen())
    listening.add_done_callback(_end)
    port = open_port(settings)
    config = uvicorn.Config(
        site(Desk(settings, venue)), log_config=None, access_log=False, lifespan="off", ws="none", server_header=False
    )
    await _Server(config, venue, port.getsockname()[1]).serve([port])


def _end(listening: asyncio.Task[None]) -> None:
    if listening.cancelled():
        return
    failure = listening.exception()
    if failure is not None:
        log.critical("what the venue sent cannot be taken in", exc_info=failure)
    os._exit(0 if failure is None else 1)


def main(arguments: list[str]) -> None:
    """Run the console on the inherited descriptor that is the only argument."""
    if len(arguments) != 1 or not arguments[0].isdigit():
        sys.exit("usage: python -m kase_fix.console <descriptor>   (the venue starts it)")
    for number in (signal.SIGINT, signal.SIGTERM):  # also where the whole group is told: the venue ends first, then we
        signal.signal(number, signal.SIG_IGN)
    connection = socket.socket(fileno=int(arguments[0]))
    connection.set_inheritable(False)
    die_with_the_venue(connection)
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s"
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            runner.run(serve(connection))
        except (NoAnswer, OSError) as error:
            sys.exit(f"the console cannot start: {error}")
