"""The doorman's process: born of the venue, dies with it."""

import asyncio
import resource
import socket
from collections.abc import Sequence

import uvloop

from kase_fix.gateway.doorman.doorman import Doorman
from kase_fix.gateway.spawned import link_to_the_venue

DESCRIPTORS = 16_384


def main(arguments: Sequence[str]) -> int:
    """Serve on the link with this descriptor until the venue ends."""
    _have_descriptors()
    link = link_to_the_venue(int(arguments[0]))
    if link is not None:
        uvloop.run(_serve(link))
    return 0


async def _serve(link: socket.socket) -> None:
    doorman = Doorman()
    link.setblocking(False)
    await asyncio.get_running_loop().create_unix_connection(lambda: doorman.line, sock=link)
    doorman.count()
    doorman.look()
    await asyncio.Event().wait()


def _have_descriptors() -> None:
    """Take as many descriptors as the system grants: a crowd of strangers must not use up those of the members."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, DESCRIPTORS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
