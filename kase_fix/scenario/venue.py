"""The venue a story plays against: one started for it in a rehearsal, or one that runs elsewhere."""

import contextlib
import ctypes
import datetime as dt
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kase_fix.scenario.console import Console
from kase_fix.scenario.story import OpenVenue

SERVE = (sys.executable, "-m", "kase_fix", "serve")
SIDE_BY_SIDE = (
    "gateway.api.port=0",
    "gateway.md.port=0",
    "gateway.dropcopy.port=0",
    "console.port=0",
    "processors.beside=0",
)
"""Settings of venues that run beside each other: free ports, and all processors for each."""
START_PATIENCE = 60.0
STOP_PATIENCE = 15.0
USUAL_PORTS = {"api": 9880, "md": 9881, "dropcopy": 9882}
USUAL_CONSOLE_PORT = 8080
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class VenueFailed(Exception):
    """The venue did not start, or did not end."""


def _die_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def read_ready(line: str) -> dict[str, str]:
    """Return the addresses in `ready api=HOST:PORT md=HOST:PORT console=URL`."""
    return dict(word.split("=", 1) for word in line.split() if "=" in word)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


class Addresses:
    """Where the services of a venue listen."""

    def __init__(self, found: dict[str, str]) -> None:
        self._services = {
            "dc" if name == "dropcopy" else name: _address(value)
            for name, value in found.items()
            if name in USUAL_PORTS
        }
        self.console = Console(found["console"]) if "console" in found else None

    def service(self, name: str) -> tuple[str, int]:
        """Return host and port of `api`, `md` or `dc`. Raises `VenueFailed` for one the venue does not have."""
        if name not in self._services:
            raise VenueFailed(f"the venue has no service {name}")
        return self._services[name]


def elsewhere(text: str) -> Addresses:
    """Return the addresses of a running venue: a host with the usual ports, or the line it printed when ready."""
    if "=" in text:
        return Addresses(read_ready(text))
    found = {name: f"{text}:{port}" for name, port in USUAL_PORTS.items()}
    return Addresses(found | {"console": f"http://{text}:{USUAL_CONSOLE_PORT}"})


class Venue:
    """A process of our own. It begins to start at once; `addresses()` waits until it is ready."""

    def __init__(self, opening: OpenVenue) -> None:
        self.opening = opening
        self.folder = Path(tempfile.mkdtemp(prefix="kase_story_"))
        self._log = self.folder / "venue.log"
        self._process = self._start()
        self._ready: Addresses | None = None

    def _start(self) -> subprocess.Popen[bytes]:
        moment = self.opening.moment.isoformat(timespec="auto")
        command = [*SERVE, "--rehearsal", moment, "--data", str(self.folder / "data")]
        for setting in (*SIDE_BY_SIDE, *(f"{key}={value}" for key, value in self.opening.settings)):
            command += ["--set", setting]
        with self._log.open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )

    def addresses(self) -> Addresses:
        """Wait for the `ready` line and return what it says. Raises `VenueFailed`."""
        if self._ready is None:
            self._ready = Addresses(read_ready(self._first_line()))
        return self._ready

    def _first_line(self) -> str:
        output = self._process.stdout
        assert output is not None
        end, line = time.monotonic() + START_PATIENCE, b""
        spoken = select.poll()  # select(2) knows no descriptor above 1023
        spoken.register(output, select.POLLIN)
        while not line.endswith(b"\n"):
            if not spoken.poll(max(0.0, end - time.monotonic()) * 1000):
                raise VenueFailed(f"the venue was not ready within {START_PATIENCE:.0f} s\n{self.last_words()}")
            chunk = os.read(output.fileno(), 4096)
            if not chunk:
                code = self._process.wait()
                raise VenueFailed(f"the venue ended with {code} before it was ready\n{self.last_words()}")
            line += chunk
        return line.decode()

    def last_words(self) -> str:
        """Return the end of what the venue wrote to stderr, and where all of it is."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in [*lines[-8:], f"({self._log})"])

    def start_again(self, *, kill: bool, moment: dt.datetime) -> None:
        """End the process, asked (SIGTERM) or not (SIGKILL), and start it on the same data."""
        self._process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        try:
            code = self._process.wait(STOP_PATIENCE)
        except subprocess.TimeoutExpired:
            raise VenueFailed(f"the venue did not end within {STOP_PATIENCE:.0f} s of SIGTERM") from None
        if code and not kill:
            raise VenueFailed(f"the venue ended with {code} after SIGTERM\n{self.last_words()}")
        self._close_pipe()
        self._ready = None
        self.opening = OpenVenue(moment, self.opening.settings)
        self._process = self._start()

    def end(self, *, keep: bool = False) -> None:
        """Kill it with all its children; its folder goes too unless it is to be kept."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._close_pipe()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _close_pipe(self) -> None:
        if self._process.stdout is not None:
            self._process.stdout.close()


class Starter:
    """Starts venues, one of them ahead of time: a venue takes seconds, and the next story's is known."""

    def __init__(self) -> None:
        self._ahead: Venue | None = None

    def prepare(self, opening: OpenVenue | None) -> None:
        """Begin to start the venue the next story will ask for."""
        if opening is not None and self._ahead is None:
            self._ahead = Venue(opening)

    def open(self, opening: OpenVenue) -> Venue:
        """Return a fresh venue."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None and ahead.opening == opening:
            return ahead
        if ahead is not None:
            ahead.end()
        return Venue(opening)

    def end(self) -> None:
        """Kill the one that was never asked for."""
        if self._ahead is not None:
            self._ahead.end()
            self._ahead = None
