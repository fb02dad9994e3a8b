"""`kase-fix bench recovery`: a venue dies on a heavy day; how long until it says `ready` again.

The day is written by the venue's own sequencer, journal and snapshots: half limit orders near the touch of one pair
that rest a while, four in ten cancels of them, one in ten that trades, by three members. Nobody says goodbye: the
process that starts finds what a crash leaves behind.
"""

import json
import os
import random
import select
import subprocess
import sys
import tempfile
import time
from collections import deque
from pathlib import Path

from kase_fix.app.clock import RehearsalClock
from kase_fix.app.sequencer import Sequencer
from kase_fix.app.settings import configuration_directory
from kase_fix.calendar.almaty import parse_instant
from kase_fix.calendar.working_days import Calendars
from kase_fix.engine import RULES_VERSION
from kase_fix.engine.engine import Engine
from kase_fix.journal.log import EventLog
from kase_fix.journal.photographer import Photographer
from kase_fix.journal.proving import Prover
from kase_fix.journal.reading import identity_of
from kase_fix.journal.replay import journal_path
from kase_fix.journal.snapshots import FOLDER, forget
from kase_fix.journal.writing import JournalWriter
from kase_fix.messages.commands import CancelOrder, Command, ConfigurationLoaded, NewOrder, VenueOpened
from kase_fix.rulebook.files import load_calendar_decisions, load_market
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


def bench(count: int, as_json: bool) -> int:
    """Write a day, start on it with its snapshots and without them, and print seconds to `ready`."""
    with tempfile.TemporaryDirectory(prefix="kase-fix-bench-") as name:
        directory = Path(name)
        written = write_day(directory, count)
        all_were_told(directory, count)
        size = sum(path.stat().st_size for path in (directory / FOLDER).iterdir())
        with_snapshots = seconds_to_ready(directory)
        forget(directory, frozenset())
        without = seconds_to_ready(directory)
    if as_json:
        figures = {"commands": count, "written": written, "seconds": with_snapshots, "seconds_whole_replay": without}
        print(json.dumps({**figures, "snapshot_bytes": size}))
    else:
        print(f"a day of {count} commands, written at {count / written:,.0f} a second; snapshots {size / 1e6:,.0f} MB")
        print(f"  back after a crash                    {with_snapshots:8.2f} s")
        print(f"  where all snapshots are lost          {without:8.2f} s")
    return 0


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
    return taken


def all_were_told(directory: Path, count: int) -> None:
    """Leave behind what FIX sessions leave that were on: cursors at the end of the day so far."""
    cursors = directory / "fix" / "api" / "cursors"
    cursors.mkdir(parents=True)
    for user in USERS:
        (cursors / user).write_text(f"{count + 1000}-0-0", encoding="ascii")


def seconds_to_ready(directory: Path) -> float:
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
        process.kill()
    if not line.startswith(b"ready "):
        raise RuntimeError("the venue did not come up")
    return seconds


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
