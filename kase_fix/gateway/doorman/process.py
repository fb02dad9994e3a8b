"""The doorman's process: born of the venue, dies with it."""

import asyncio
import socket
from collections.abc import Sequence

import uvloop

from kase_fix.gateway.descriptors import have_descriptors
from kase_fix.gateway.doorman.doorman import Doorman
from kase_fix.gateway.spawned import link_to_the_venue


def main(arguments: Sequence[str]) -> int:
    """Serve on the link with this descriptor until the venue ends."""
    have_descriptors()
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
