"""`kase-fix bench recovery`: a venue dies on a heavy day; how long until it says `ready` again.

The day is written by the venue's own sequencer, journal and snapshots, and folded by its reports and its market data,
which draw their portraits: half limit orders near the touch of one pair that rest a while, four in ten cancels of them,
one in ten that trades, by three members. Nobody says goodbye: the process that starts finds what a crash leaves behind.
A machine that is busy otherwise makes seconds longer; the processors' time, of the venue's own process and of it with
its children, tells what a start costs on one that is not.
"""

import json
import os
import random
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple

from kase_fix.app.clock import RehearsalClock
from kase_fix.app.sequencer import Sequencer
from kase_fix.app.settings import configuration_directory
from kase_fix.calendar.almaty import parse_instant
from kase_fix.calendar.working_days import Calendars
from kase_fix.engine import RULES_VERSION
from kase_fix.engine.engine import Engine
from kase_fix.gateway.portraits import FOLDER as PORTRAITS
from kase_fix.gateway.portraits import Album
from kase_fix.gateway.publisher import Publisher
from kase_fix.gateway.reports import Reports
from kase_fix.journal.day_file import FOLDER as EVENTS
from kase_fix.journal.log import EventLog
from kase_fix.journal.photographer import Photographer
from kase_fix.journal.proving import Prover
from kase_fix.journal.reading import identity_of
from kase_fix.journal.replay import journal_path
from kase_fix.journal.snapshots import FOLDER as SNAPSHOTS
from kase_fix.journal.snapshots import forget
from kase_fix.journal.writing import JournalWriter
from kase_fix.messages.commands import CancelOrder, Command, ConfigurationLoaded, NewOrder, VenueOpened
from kase_fix.rulebook.files import load_calendar_decisions, load_market
from kase_fix.rulebook.operational_day import API
from kase_fix.values.enums import OrderKind, Side

MOMENT = "2020-05-27T12:00:00"
MIDNIGHT = "2020-05-27T00:00:00"
SYMBOL = "EURKZT_TOM"
USERS = ("FIRMA", "FIRMB", "00100")
LIVING = 10_000
"""Orders that rest at the most."""
AHEAD = 5_000
"""Commands that wait for the sequencer at the most."""
TICK = 10**6
PATIENCE = 600.0
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
        all_were_told(directory, count)
        sizes = {folder: _size(directory / folder) for folder in (SNAPSHOTS, EVENTS, PORTRAITS)}
        starts = {"crash": start(directory)}
        shutil.rmtree(directory / PORTRAITS)
        starts["no_portraits"] = start(directory)
        forget(directory, frozenset())
        shutil.rmtree(directory / PORTRAITS, ignore_errors=True)
        starts["no_snapshots"] = start(directory)
    if as_json:
        figures = {name: one._asdict() for name, one in starts.items()}
        print(json.dumps({"commands": count, "written": written, "bytes": sizes, "starts": figures}))
        return 0
    of = ", ".join(f"{folder} {size / 1e6:,.0f} MB" for folder, size in sizes.items())
    print(f"a day of {count} commands, written at {count / written:,.0f} a second; {of}")
    print(f"{'seconds to ready':<40}{'wall':>8}{'venue':>8}{'all':>8}")
    for name, one in starts.items():
        print(f"  {WORDS[name]:<38}{one.seconds:8.2f}{one.venue:8.2f}{one.all:8.2f}")
    return 0


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def write_day(directory: Path, count: int) -> float:
    """Write a journal of so many commands behind the day's opening; return the seconds it took."""
    files = configuration_directory(None)
    directory.mkdir(parents=True, exist_ok=True)
    engine, prover, log = Engine(), Prover(), EventLog(directory)
    writer = JournalWriter(directory, None)
    photographer = Photographer(directory, identity_of(journal_path(directory)), log, None, engine.mark)
    clock = RehearsalClock(parse_instant(MOMENT), 0.0)
    sequencer = Sequencer(engine, writer, prover, log, clock, 0, 0, photographer)
    start = parse_instant(MIDNIGHT)
    sequencer.apply_now([(start, VenueOpened(7, RULES_VERSION)), (start, ConfigurationLoaded(load_market(files)))])
    sequencer.begin(Calendars(load_calendar_decisions(files)), start)
    begin, first = time.perf_counter(), sequencer.number
    for number, command in enumerate(_orders(count)):
        sequencer.submit(command)
        while number - (sequencer.number - first) > AHEAD:
            time.sleep(0.001)
    sequencer.stop()
    taken = time.perf_counter() - begin
    photographer.close()
    writer.close()
    if sequencer.failure is not None:
        raise sequencer.failure
    portray(directory, log)
    return taken


class Nobody:
    """Sessions and gate of a service to which nobody comes."""

    comp_id = "KASE"
    unwritable = False
    online: frozenset[str] = frozenset()

    def tells(self, _: str) -> bool:
        """Return False."""
        return False

    def apply(self, _: object) -> None:
        """Do nothing."""

    def dialect_of(self, _: str) -> str:
        """Return one of them."""
        return "FIX44"


def portray(directory: Path, log: EventLog) -> None:
    """Leave the portraits that the venue's reports and its market data have drawn by the end of such a day."""
    nobody: Any = Nobody()
    album = Album(directory, identity_of(journal_path(directory)))
    files = configuration_directory(None)
    users = [user for user in load_market(files).users if API in user.services]
    with tempfile.TemporaryDirectory(prefix="kase-fix-bench-") as elsewhere:
        reports = Reports(nobody, nobody, lambda _: None, users, Path(elsewhere), log, SimpleQueue(), album=album)
        market = Publisher({API: nobody}, {API: nobody}, (), SimpleQueue(), album=album)
        for published in log.history():
            reports.take(published)
            market.take(published)
        album.finish()


def all_were_told(directory: Path, count: int) -> None:
    """Leave behind what FIX sessions leave that were on: cursors at the end of the day so far."""
    cursors = directory / "fix" / "api" / "cursors"
    cursors.mkdir(parents=True)
    for user in USERS:
        (cursors / user).write_text(f"{count + 1000}-0-0", encoding="ascii")


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


def _orders(count: int) -> "list[Command]":
    chance = random.Random(20200527)
    living: deque[tuple[str, str]] = deque()
    commands: list[Command] = []
    for number in range(count):
        user, side, draw = USERS[number % len(USERS)], chance.choice((Side.BUY, Side.SELL)), chance.random()
        if living and (draw < 0.4 or len(living) >= LIVING):
            living.rotate(chance.randrange(16))
            owner, name = living.popleft()
            commands.append(CancelOrder(owner, f"x{number}", orig_cl_ord_id=name))
            continue
        distance = 1 + int(chance.expovariate(1 / 8))
        away = -distance if draw < 0.9 else min(distance, 5)
        price = (45_000 + (away if side is Side.BUY else -away)) * TICK
        quantity, account, name = 1000 * chance.randint(1, 5), f"F_{user}_0000", f"c{number}"
        commands.append(NewOrder(user, name, account, SYMBOL, side, OrderKind.LIMIT, quantity, price))
        living.append((user, name))
    return commands
