"""Takes QuickFIX's acceptor off the network: it hears on a socket that nobody but the doorman can find.

QuickFIX 1.16 opens its port on all interfaces, knows no other address, and looks at `AllowedRemoteAddresses` only after
it has answered a Logon and started its numbers anew (measured). Whoever reached that port would need no password, and
two bytes a second would hold everybody up. So its listening descriptor is replaced, as soon as it is there, by a
socket of the file system in a directory for our eyes only, with a name of this start. The doorman opens it once and
keeps it by its descriptor; then name and directory are removed (`forget`), and no other process has a way to it.
"""

import os
import shutil
import socket
import tempfile
import time
from pathlib import Path

from kase_fix.gateway.own_sockets import own_sockets

BACKLOG = 1024
CLOSED_SECONDS = 3.0


class BackDoor:
    """Where one acceptor hears, from its start on."""

    def __init__(self, service: str) -> None:
        """Open nothing yet."""
        self._service = service
        self.path = ""
        """Its name, from `move_here` to `forget`."""

    def move_here(self, port: int) -> None:
        """Have the acceptor of this process that listens on a TCP port listen here instead."""
        listening = _listener(port)
        directory = Path(tempfile.mkdtemp(prefix="kase_fix_"))  # mode 0700, a random name: of this start
        self.path = str(directory / self._service)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as here:
            here.bind(self.path)
            here.listen(BACKLOG)
            here.setblocking(False)  # woken for nothing, as below, the acceptor must not wait in accept(2)
            os.dup2(here.fileno(), listening, inheritable=False)
        # A poll(2) that had begun before keeps the port open, for up to a second. A knock at the port wakes it, and it
        # ends where it then finds somebody at the new door.
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as somebody:
            somebody.connect(self.path)
            deadline = time.monotonic() + CLOSED_SECONDS
            while _answers(port):
                if time.monotonic() > deadline:
                    raise OSError(f"port {port} of the acceptor does not close")
                time.sleep(0.001)
        _take_all_below(listening)

    def forget(self) -> None:
        """Remove the name: who has the socket open by now can go on connecting, nobody else can."""
        if self.path:
            shutil.rmtree(Path(self.path).parent, ignore_errors=True)


def _take_all_below(listening: int) -> None:
    """Have every free descriptor below the listener's taken, by nothing: a connection is to have a higher one.

    QuickFIX closes a newcomer with a lower one where it was another's that has ended in the same turn of its loop: it
    takes him for that (measured, 1.16.0).
    """
    while (taken := os.open(os.devnull, os.O_RDONLY)) < listening:
        pass  # it stays
    os.close(taken)


def _answers(port: int) -> bool:
    with socket.socket() as knock:
        knock.settimeout(1.0)
        return knock.connect_ex(("127.0.0.1", port)) == 0


def _listener(port: int) -> int:
    """Return this process's descriptor that listens on a TCP port."""
    for number, candidate in own_sockets():
        if candidate.family != socket.AF_INET or candidate.getsockname()[1] != port:
            continue
        if candidate.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            return number
    raise OSError(f"no socket of ours listens on port {port}")
