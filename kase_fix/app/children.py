"""The venue's child processes: spawned, never forked; they inherit one end of a socket pair and nothing else."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Set

import msgspec
import structlog

from kase_fix.app.giving_way import give_way
from kase_fix.app.processors import keep_to
from kase_fix.messages.link import Listening, Said, encode_frame, receive_frame


class ChildFailed(Exception):
    """A child process did not come up; the text says which."""


class Child:
    """A process of our own on the other end of a link (`messages.link`).

    Start it from the main thread: the kernel ends a child when the thread that spawned it dies.
    """

    def __init__(self, module: str, heard: Callable[[Said], None]) -> None:
        """Spawn `python -m module FD`; `heard` is called in a thread of its own with all it says."""
        ours, theirs = socket.socketpair()
        self.name = module.rsplit(".", 1)[-1]
        self._connection = ours
        self._heard = heard
        self._sending = threading.Lock()
        self._listening = threading.Event()
        self.ports: dict[str, int] = {}
        self.ended = threading.Event()
        self._logger = structlog.get_logger(self.name)
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, str(theirs.fileno())],
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        theirs.close()
        self._thread = threading.Thread(target=self._hear, name=f"{self.name}-link", daemon=True)
        self._thread.start()

    def say(self, *said: Said) -> None:
        """Send frames in order. One that cannot be sent is dropped: the child is dead and `ended` tells."""
        data = b"".join(encode_frame(one) for one in said)
        try:
            with self._sending:
                self._connection.sendall(data)
        except OSError:
            self.ended.set()

    def wait_until_listening(self, seconds: float) -> dict[str, int]:
        """Return its ports by service. Raises `ChildFailed`."""
        deadline = time.monotonic() + seconds
        while not self._listening.wait(0.05):
            if self.ended.is_set() or time.monotonic() >= deadline:
                raise ChildFailed(f"the {self.name} did not open its ports; its messages are above")
        return self.ports

    def yield_to_others(self) -> None:
        """Let every process of the usual priority go before it (`giving_way`)."""
        give_way(self._process.pid)

    def keep_to(self, processors: Set[int]) -> None:
        """Have it run on these processors only (`processors`)."""
        if not keep_to(self._process.pid, processors):
            self._logger.warning("it does not keep to its processors", processors=sorted(processors))

    def hang_up(self) -> None:
        """Close the link, which ends it."""
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            self.ended.set()

    def end(self, seconds: float = 2.0) -> None:
        """Close the link, which ends it, and see to it that it is gone."""
        self.hang_up()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _hear(self) -> None:
        try:
            while (said := receive_frame(self._connection)) is not None:
                if isinstance(said, Listening):
                    self.ports = said.ports
                    self._listening.set()
                self._heard(said)
        except (OSError, msgspec.DecodeError) as error:
            self._logger.error("the link broke", error=repr(error))
        finally:
            self.ended.set()
