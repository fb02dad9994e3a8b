"""The venue's process, as the harness starts, wounds and kills it."""

import asyncio
import os
import random
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path

from scripts.soak.member import Address

MOMENT = "2020-05-27T11:31:00"
"""Currencies and bonds trade."""
ROOT = Path(__file__).parent.parent.parent
READY_SECONDS = 60.0


class Unexpected(Exception):
    """The venue did something else than it has to; the text says what."""


BELOW_OUTGOING = range(20_000, 32_000)


class NotReady(Exception):
    """It did not come up; the text says what it said."""


class Venue:
    """`serve` on one data directory and on one port, again and again."""

    def __init__(self, directory: Path, speed: float) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.data = directory / "data"
        self.address = Address("127.0.0.1", _free_port())
        self.feed = Address("127.0.0.1", _free_port())
        self.console = Address("127.0.0.1", _free_port())
        self.starts = 0
        self._speed = speed
        self._errors = directory / "stderr"
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        """The process."""
        assert self._process is not None
        return self._process.pid

    async def start(self, environment: dict[str, str] | None = None) -> None:
        """Spawn it; `ready` waits until it accepts."""
        self.starts += 1
        command = ["-m", "kase_fix", "serve", "--rehearsal", MOMENT, "--speed", str(self._speed)]
        command += ["--data", str(self.data), "--set", f"gateway.api.port={self.address.port}"]
        command += ["--set", f"gateway.md.port={self.feed.port}", "--set", f"console.port={self.console.port}"]
        for key in ("gateway.api.tls_port", "gateway.md.tls_port", "gateway.dropcopy.port"):
            command += ["--set", f"{key}=0"]
        with self._errors.open("ab") as errors:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
                cwd=ROOT,
            )

    async def ready(self) -> bool:
        """Wait until it accepts; False where it died before. Raises `NotReady` where it does neither."""
        assert self._process is not None
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(READY_SECONDS):
                line = await self._process.stdout.readline()
        except TimeoutError:
            raise NotReady(f"not ready after {READY_SECONDS:.0f} s: {self.last_words()}") from None
        return line.startswith(b"ready ")

    @property
    def is_gone(self) -> bool:
        """Has it ended?"""
        return self._process is None or self._process.returncode is not None

    async def gone(self, seconds: float) -> int | None:
        """Wait so long for it to die by itself; return its exit code, None where it lives."""
        assert self._process is not None
        try:
            async with asyncio.timeout(seconds):
                return await self._process.wait()
        except TimeoutError:
            return None

    def signal(self, number: int) -> None:
        """Send it a signal."""
        assert self._process is not None
        with suppress(ProcessLookupError):
            self._process.send_signal(number)

    async def kill(self) -> None:
        """SIGKILL: a crash of the exchange."""
        self.signal(signal.SIGKILL)
        assert self._process is not None
        await self._process.wait()

    async def end(self) -> None:
        """Kill it with all its children."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()

    def child(self, name: str, port: int = 0) -> int | None:
        """Return the process id of a child (`doorman`, `console`); of several, that of who listens on a port."""
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with suppress(OSError, IndexError):
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                if (
                    parent == self.pid
                    and name in (entry / "cmdline").read_text()
                    and (not port or port in listening(entry))
                ):
                    return int(entry.name)
        return None

    def children(self) -> dict[str, int]:
        """Return the process ids of its children by name; of several of one name each with its place."""
        found: list[tuple[str, int]] = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with suppress(OSError, IndexError):
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                words = (entry / "cmdline").read_text().split("\0")
                if parent == self.pid and "-m" in words:
                    found.append((words[words.index("-m") + 1].rsplit(".", 1)[-1], int(entry.name)))
        names: dict[str, int] = {}
        for name, process in sorted(found, key=lambda one: one[1]):
            place = sum(known.split(" ")[0] == name for known in names)
            names[f"{name} {place + 1}" if place else name] = process
        return names

    def last_words(self) -> str:
        """Return the end of what it wrote to stderr."""
        return self._errors.read_text(encoding="utf-8", errors="replace")[-1500:]


def listening(process: Path) -> set[int]:
    """Return the ports a process listens on (proc(5)). Raises OSError where it has ended."""
    links = [os.readlink(one) for one in (process / "fd").iterdir()]
    sockets = {link.removeprefix("socket:[").removesuffix("]") for link in links}
    rows = [line.split() for line in (process / "net" / "tcp").read_text().splitlines()[1:]]
    return {int(row[1].rsplit(":", 1)[1], 16) for row in rows if row[3] == "0A" and row[9] in sockets}


def _free_port() -> int:
    """Return a free port below those that connections and other venues are given: it is to be free at each start."""
    for port in random.sample(BELOW_OUTGOING, 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("no free port on 127.0.0.1")
