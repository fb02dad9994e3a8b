"""`kase-fix serve`: bring the venue up, say `ready`, and take it down when told."""

import math
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import NamedTuple

import msgspec
import structlog

from kase_fix.app import allocator, faults, tls
from kase_fix.app.children import ChildFailed
from kase_fix.app.depository.choice import choose
from kase_fix.app.logs import log_to
from kase_fix.app.processors import keep_to
from kase_fix.app.reserve import Reserve
from kase_fix.app.settings import FILE, Console, configuration_directory, load_settings, split_overrides
from kase_fix.app.venue import Venue, Wanted
from kase_fix.calendar.almaty import parse_instant
from kase_fix.calendar.working_days import Calendars
from kase_fix.gateway.descriptors import have_descriptors
from kase_fix.journal.replay import Difference, JournalDamaged, WrongRules
from kase_fix.journal.writing import DirectoryLock, DirectoryLocked, JournalUnwritable
from kase_fix.rulebook import price_kind
from kase_fix.rulebook.files import (
    ConfigurationError,
    belongs_to_market,
    load_calendar_decisions,
    load_market,
    load_passwords,
)

CANNOT_START = (DirectoryLocked, JournalDamaged, WrongRules, Difference, ChildFailed, OSError)
EXIT_DISK = 74
"""EX_IOERR of sysexits.h: the journal, or what FIX sessions were told, cannot be written."""
EXIT_DEFECT = 70
"""EX_SOFTWARE: a defect of ours; starting again goes on where the journal ended."""
EXIT_CHILD = 1
NOTHING_ANSWERED = "nothing was answered that is not written"
HARD_STOP_SECONDS = 9.0
SEEN_SECONDS = 5.0
"""So long at the least the console of a venue whose disk fails says why: a monitor looks every few seconds."""
NOTED_SECONDS = 1.0
TURN_SECONDS = 0.1
LEAST_TOKEN = 16
"""Characters of the console's token where trading is real."""


class Halt(NamedTuple):
    """Why a venue has to end by itself."""

    code: int
    """What the process exits with."""
    reason: str
    stalled: bool = False
    """The disk does not answer, so that nobody may wait for it."""


def serve(
    cfg: str | None, directory: Path, rehearsal: str | None, speed: float, robots: bool, overrides: list[str]
) -> int:
    """Run the venue until SIGTERM or SIGINT; return 1 where it could not start.

    The process ends with 0 when it was told to, with `EXIT_DISK`, `EXIT_DEFECT` or `EXIT_CHILD` where it halts.

    Raises `ConfigurationError`.
    """
    faults.arm()
    allocator.keep_together()
    have_descriptors()
    wanted = wish(cfg, directory, rehearsal, speed, overrides)
    told: list[int] = []  # an Event set in a handler waits for ever for the lock its own thread holds in `wait`
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    try:
        lock = DirectoryLock(directory)  # the log is that of the venue which holds it
        log_to(directory)
        reserve = Reserve(directory)
        logger = structlog.get_logger("serve")
        for warning in price_kind.warnings(wanted.market.instruments):
            logger.warning("a decision contradicts annex 2", bond=warning)
        venue = Venue(wanted, lock)
        venue.open()
    except CANNOT_START as error:
        print(f"kase-fix: {error}", file=sys.stderr)
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda heard, _: told.append(heard))
    addresses = venue.addresses
    print("ready " + " ".join(f"{name}={address}" for name, address in addresses.items()), flush=True)
    trading = _start_robots(addresses) if robots else None
    if trading is not None:
        keep_to(trading.pid, venue.shares.orders | venue.shares.beside)  # members have machines of their own
    halt: Halt | None = None
    while not told and halt is None:
        time.sleep(TURN_SECONDS)
        venue.tend()
        halt = _halt(venue)
    code = 0 if halt is None else halt.code
    threading.Thread(target=_stop_hard, args=(venue, code), daemon=True).start()
    if trading is not None:
        trading.terminate()
    if halt is None:
        venue.close()
        logger.info("closed")
    else:
        _end_with(halt, venue, reserve)
    sys.stdout.flush()
    os._exit(code)  # QuickFIX's threads may still wait for a peer; all that counts is on disk


def _leave(_: int, __: object) -> None:
    """End at once: nobody was let in yet, and what a crash leaves behind the next start takes up."""
    print("kase-fix: told to end while it started", file=sys.stderr, flush=True)
    os._exit(0)


def _halt(venue: Venue) -> Halt | None:
    """Return why the venue cannot go on, if it cannot."""
    if stalled := venue.stalled():
        return Halt(EXIT_DISK, f"{stalled}; {NOTHING_ANSWERED}", stalled=True)
    if trouble := venue.sequencer.trouble():
        disk = isinstance(venue.sequencer.failure, JournalUnwritable)
        return Halt(EXIT_DISK, f"{trouble}; {NOTHING_ANSWERED}") if disk else Halt(EXIT_DEFECT, trouble)
    if unstored := venue.services.trouble():
        why = venue.pulse.why()  # QuickFIX does not say
        return Halt(EXIT_DISK, f"{unstored}: {why}" if why else unstored)
    if wrong := venue.pulse.trouble():
        return Halt(EXIT_DISK, f"the data directory cannot be written: {wrong}")
    lost = venue.lost_a_child()
    return Halt(EXIT_CHILD, f"its {lost} has ended") if lost else None


def _end_with(halt: Halt, venue: Venue, reserve: Reserve) -> None:
    """Tell everyone why the venue halts, and close it."""
    began = time.monotonic()
    # By threads of their own: stderr and the log may be on the disk that does not answer.
    threading.Thread(target=venue.say_why, args=(halt.reason,), daemon=True).start()
    noting = threading.Thread(target=_note, args=(halt.reason,), daemon=True)
    noting.start()
    disk = halt.code == EXIT_DISK
    if disk and not halt.stalled:
        reserve.give_up()
    venue.close(f"The venue had to halt: {halt.reason}", halt.stalled, began + SEEN_SECONDS if disk else 0.0)
    noting.join(NOTED_SECONDS)


def _note(reason: str) -> None:
    print(f"kase-fix: the venue had to halt: {reason}", file=sys.stderr, flush=True)
    structlog.get_logger("serve").critical("the venue halts", reason=reason)


def wish(cfg: str | None, directory: Path, rehearsal: str | None, speed: float, overrides: list[str]) -> Wanted:
    """Return what the command line asks for. Raises `ConfigurationError`."""
    files = configuration_directory(cfg)
    keys = split_overrides(overrides)
    try:
        moment = None if rehearsal is None else parse_instant(rehearsal)
    except ValueError as error:
        raise ConfigurationError("--rehearsal", "DATETIME", str(rehearsal), "like 2020-05-27T10:10:00") from error
    if not 0 <= speed < math.inf:
        raise ConfigurationError("--speed", "N", str(speed), "0 or more")
    market = load_market(files, {key: value for key, value in keys.items() if belongs_to_market(key)})
    settings = load_settings(files, {key: value for key, value in keys.items() if not belongs_to_market(key)})
    passwords, calendars = load_passwords(files), Calendars(load_calendar_decisions(files))
    blamed = "--set" if any(key.startswith("gateway.") for key in keys) else str(files / FILE)
    gateway = settings.gateway
    for user in gateway.addresses:
        if user not in passwords:
            raise ConfigurationError(blamed, f"gateway.addresses.{user}", user, "a user with a password")
    gateway = msgspec.structs.replace(gateway, tls=tls.proven(gateway.tls, files, blamed))
    settings = msgspec.structs.replace(settings, gateway=gateway)
    if moment is None:
        _check_token(settings.console.token, "--set" if "console.token" in keys else str(files / FILE))
    carrier = choose(settings.depository, moment is not None, directory, str(files / FILE))
    return Wanted(market, passwords, calendars, settings, directory, moment, speed, carrier)


def _check_token(token: str, file: str) -> None:
    """Take no token that everyone knows or may guess; one that is only too short is not shown."""
    expected = f"a secret of {LEAST_TOKEN} characters or more, or a venue in --rehearsal"
    if token == Console().token:
        raise ConfigurationError(file, "console.token", f'"{token}"', expected)
    if len(token) < LEAST_TOKEN:
        raise ConfigurationError(file, "console.token", f"{len(token)} characters", expected)


def _start_robots(addresses: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "kase_fix.scenario.robots",
            *("--api", addresses["api"]),
            *("--md", addresses["md"]),
            *("--console", addresses["console"]),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


def _stop_hard(venue: Venue, code: int) -> None:
    """End the process if closing takes too long: an exit within 10 s is promised."""
    threading.Event().wait(HARD_STOP_SECONDS)
    venue.hang_up()  # a thread that waits for the disk may keep the process there, but no line
    os._exit(code)
