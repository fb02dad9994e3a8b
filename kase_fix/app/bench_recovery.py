"""`kase-fix bench recovery`: a venue dies on a heavy day; how long until it says `ready` again.

The day is `bench_day`'s. Nobody says goodbye: the process that starts finds what a crash leaves behind. A machine that
is busy otherwise makes seconds longer; the processors' time, of the venue's own process and of it with its children,
tells what a start costs on one that is not.
"""

import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from kase_fix.app.bench_day import MOMENT, STORES, write_day
from kase_fix.gateway.portraits import FOLDER as PORTRAITS
from kase_fix.journal.day_file import FOLDER as EVENTS
from kase_fix.journal.replay import journal_path
from kase_fix.journal.snapshots import FOLDER as SNAPSHOTS
from kase_fix.journal.snapshots import forget

PATIENCE = 600.0
MIB = 1 << 20
WORDS = {
    "crash": "back after a crash",
    "no_portraits": "where the portraits are lost",
    "no_snapshots": "where all snapshots are lost too",
}


class Start(NamedTuple):
    """What a start took."""

    seconds: float
    """To `ready`, by the clock on the wall."""
    venue: float
    """Seconds of processors' time of the venue's process until then."""
    all: float
    """And with those of its children."""


def bench(count: int, as_json: bool) -> int:
    """Write a day, start on it as a crash leaves it, and without what spares work, and print what that took."""
    with tempfile.TemporaryDirectory(prefix="kase-fix-bench-") as name:
        directory = Path(name)
        written = write_day(directory, count)
        sizes = {folder: _size(directory / folder) for folder in (SNAPSHOTS, EVENTS, PORTRAITS, STORES)}
        sizes["journal"] = journal_path(directory).stat().st_size
        verified = verify(directory)
        starts = {"crash": start(directory)}
        shutil.rmtree(directory / PORTRAITS, ignore_errors=True)
        starts["no_portraits"] = start(directory)
        forget(directory, frozenset())
        shutil.rmtree(directory / PORTRAITS, ignore_errors=True)
        starts["no_snapshots"] = start(directory)
    if as_json:
        figures = {name: one._asdict() for name, one in starts.items()}
        print(
            json.dumps({"commands": count, "written": written, "bytes": sizes, "starts": figures, "verify": verified})
        )
        return 0
    of = ", ".join(f"{folder} {size / MIB:,.0f}" for folder, size in sizes.items())
    print(f"a day of {count:,} commands, written at {count / written:,.0f} a second")
    print(f"{sum(sizes.values()) / MIB:,.0f} MiB: {of}")
    print(f"{'seconds to ready':<40}{'wall':>8}{'venue':>8}{'all':>8}")
    for name, one in starts.items():
        print(f"  {WORDS[name]:<38}{one.seconds:8.2f}{one.venue:8.2f}{one.all:8.2f}")
    print(f"{'seconds of kase-fix verify':<40}{verified:8.2f}")
    return 0


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def verify(directory: Path) -> float:
    """Return the seconds that `kase-fix verify` takes on it."""
    begin = time.perf_counter()
    command = [sys.executable, "-m", "kase_fix", "verify", "--data", str(directory)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def start(directory: Path) -> Start:
    """Start a venue on a directory, wait until it is ready, and kill it."""
    ports = ("gateway.api.port=0", "gateway.md.port=0", "gateway.dropcopy.port=0", "console.port=0")
    command = [sys.executable, "-m", "kase_fix", "serve", "--rehearsal", MOMENT, "--data", str(directory)]
    for port in ports:
        command += ["--set", port]
    begin = time.perf_counter()
    with (
        open(os.devnull, "wb") as nowhere,
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=nowhere) as process,
    ):
        assert process.stdout is not None
        readable, _, _ = select.select([process.stdout], [], [], PATIENCE)
        line = process.stdout.readline() if readable else b""
        seconds = time.perf_counter() - begin
        venue, children = _processor_seconds(process.pid)
        process.kill()
    if not line.startswith(b"ready "):
        raise RuntimeError("the venue did not come up")
    return Start(seconds, venue, venue + children)


def _processor_seconds(parent: int) -> tuple[float, float]:
    """Return the seconds that a process has computed, and all its children."""
    own = children = 0.0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text().rsplit(")", 1)[1].split()
            spent = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            if int(path.parent.name) == parent:
                own = spent
            elif int(fields[1]) == parent:
                children += spent
    return own, children
