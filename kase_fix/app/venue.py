"""The venue: journal, engine, sequencer, FIX-API and drop copy in this process.

Beside it the doorman, the console, and FIX-MD with a doorman of its own.
"""

import datetime as dt
import gc
import os
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import structlog

from kase_fix.app import processors, tls
from kase_fix.app.candles.keeping import Candles
from kase_fix.app.children import Child
from kase_fix.app.clock import Clock, RehearsalClock, SystemClock
from kase_fix.app.console_answers import Sources
from kase_fix.app.depository import choice
from kase_fix.app.depository.port import Depository
from kase_fix.app.feed import Feed
from kase_fix.app.market_data import MarketData
from kase_fix.app.member_add import with_added
from kase_fix.app.member_book import MemberBook
from kase_fix.app.members import Members
from kase_fix.app.operators_console import OperatorsConsole
from kase_fix.app.pulse import Pulse
from kase_fix.app.sequencer import Sequencer
from kase_fix.app.settings import Settings
from kase_fix.calendar.almaty import date_of, instant
from kase_fix.calendar.working_days import Calendars
from kase_fix.engine import RULES_VERSION
from kase_fix.engine.engine import Engine
from kase_fix.engine.snapshot import configuration_digest
from kase_fix.gateway import boot
from kase_fix.gateway.portraits import Album
from kase_fix.gateway.services import COMP_IDS, Services
from kase_fix.journal.log import EventLog
from kase_fix.journal.photographer import Photographer, go_on
from kase_fix.journal.proving import Prover
from kase_fix.journal.reading import identity_of
from kase_fix.journal.recovery import recover
from kase_fix.journal.replay import journal_path
from kase_fix.journal.writing import DirectoryLock, JournalWriter
from kase_fix.messages.commands import ConfigurationLoaded, VenueOpened
from kase_fix.messages.configuration import MarketConfiguration
from kase_fix.messages.link import (
    Admit,
    ConsoleSettings,
    Counted,
    Cut,
    DoorService,
    DoorSettings,
    DoorUser,
    Halting,
    Rekey,
    Rekeyed,
    Said,
    SendAway,
)
from kase_fix.messages.link_of_feed import FeedSettings
from kase_fix.rulebook.operational_day import MARKET_DATA

SWITCH_SECONDS = 1e-4
"""Threads that compute give way to the acceptors' this often."""
CHILD_SECONDS = 20.0
DOOR_PORTS = ("api", "md", "dropcopy", "api_tls", "md_tls", "dropcopy_tls")
FAREWELL_SECONDS = 4.0
"""QuickFIX says Logout within a second and cuts two seconds later."""
FAREWELL = "The venue is closing"
DOORMAN = "kase_fix.gateway.doorman"
"""The module of the process in front; `faults` puts another in its place."""


class Wanted(msgspec.Struct, frozen=True):
    """What the command line asks of a venue."""

    market: MarketConfiguration
    passwords: Mapping[str, str]
    calendars: Calendars
    settings: Settings
    directory: Path
    rehearsal: int | None
    """Where the rehearsal's clock is put, nanoseconds UTC; None: the system's clock."""
    speed: float
    carrier: choice.Carrier
    """What carries the messages with the depository."""


class Venue:
    """Recovers from its directory, then runs until it is closed. Build it in the main thread."""

    def __init__(self, wanted: Wanted, lock: DirectoryLock | None = None) -> None:
        """Replay the journal and go on, or begin one; `lock` is the directory's where it was taken before.

        Raises `DirectoryLocked`, `JournalDamaged`, `WrongRules`, `Difference`, `ChildFailed`.
        """
        self._logger = structlog.get_logger("venue")
        self._lock = lock or DirectoryLock(wanted.directory)
        self._book = MemberBook(wanted.directory, wanted.passwords)
        wanted = msgspec.structs.replace(wanted, market=with_added(wanted.market, self._book.added))
        self._wanted = wanted
        self._door: DoorSettings
        self.log = EventLog(wanted.directory)
        self.clock: Clock
        self._writer: JournalWriter
        gc.disable()  # hundreds of megabytes are taken in that live on: `open` turns it on again
        self.depository: Depository
        self.sequencer = self._recover()
        self._album = Album(wanted.directory, identity_of(journal_path(wanted.directory)))
        self.pulse = Pulse(wanted.directory)
        self.ports: dict[str, int] = {}
        self._door_totals: dict[str, int] = {}
        fix = wanted.directory / "fix"
        self._another_boot = boot.is_another(fix)
        self.shares = processors.shares(processors.available(), wanted.settings.processors.beside, processors.core_of)
        self._candles = Candles(wanted.directory, self._fresh, self.shares.beside)
        # They come up while the day so far is read.
        self._market_data = MarketData(self._begin_feed, self._heard_at_a_door, self.shares.beside)
        self._doorman = Child(DOORMAN, self._heard_from_doorman)
        self._console = OperatorsConsole(self.shares.beside)
        self.services = Services(
            wanted.market,
            fix,
            self.sequencer,
            self.log,
            *self.log.subscribe_all(2),
            self._market_data,
            self._cut,
            wanted.settings.gateway.throttle,
            self.clock.now,
            wanted.calendars,
            self._another_boot,
            self._candles.archive,
            self._album,
        )
        days = wanted.settings.gateway.passwords.days
        self.members = Members(self._book, self.services, self._tell_the_doors, self._today, days)

    def open(self) -> None:
        """Start all threads and children; returns when every service accepts."""
        sys.setswitchinterval(SWITCH_SECONDS)
        self.services.start()
        self.depository.start(self.sequencer.submit, self.log.subscribe_general)
        settings = self._wanted.settings
        self._door = self._door_settings()
        self._tell_the_doors()
        self.ports.update(self._doorman.wait_until_listening(CHILD_SECONDS))
        self.services.forget_back_doors()
        self.ports.update(self._market_data.open(CHILD_SECONDS))
        self._another_boot = False  # all numbers have jumped ahead by now
        console, services = settings.console, self.addresses
        self.ports["console"] = self._console.open(
            ConsoleSettings(console.host, console.port, console.token, self.clock.rehearsal, services),
            Sources(
                self.sequencer,
                self._engine,
                self.log,
                self.clock,
                self.services,
                self.members,
                self.depository,
                self._wanted.calendars,
                self.totals,
            ),
            CHILD_SECONDS,
        )
        self.pulse.start()
        self._part_processors()
        gc.freeze()  # what lives as long as the venue need not be looked through again
        gc.enable()

    def _part_processors(self) -> None:
        """Keep processors for the orders alone, by `processors.beside`; FIX-MD and the console keep off already."""
        if not self.shares.apart:
            return
        self._doorman.keep_to(self.shares.orders)
        orders, beside = (sorted(share) for share in self.shares)
        if processors.keep_to(os.getpid(), orders):
            self._logger.info("processors are parted", orders=orders, beside=beside)
        else:
            self._logger.warning("processors could not be parted", orders=orders, beside=beside)

    def tend(self) -> None:
        """Start again what has ended and can be made again: FIX-MD, the console, the candles of past days."""
        self._market_data.tend()
        self._console.tend()
        self._candles.tend()

    @property
    def addresses(self) -> dict[str, str]:
        """Return where the services are by now, as the `ready` line tells them."""
        settings = self._wanted.settings
        hosts = {name: getattr(settings.gateway, name.removesuffix("_tls")).host for name in DOOR_PORTS}
        found = {name: f"{host}:{self.ports[name]}" for name, host in hosts.items() if name in self.ports}
        if "console" in self.ports:
            found["console"] = f"http://{settings.console.host}:{self.ports['console']}"
        return found

    def _door_settings(self) -> DoorSettings:
        """Return what the doorman has to know; a rehearsal without a certificate makes its own."""
        wanted, gateway = self._wanted, self._wanted.settings.gateway
        files = gateway.tls
        if self.clock.rehearsal and not files.certificate:
            users = [user.name for user in wanted.market.users]
            hosts = (gateway.api.host, gateway.md.host, gateway.dropcopy.host)
            files = tls.rehearsed(wanted.directory / "tls", hosts, users)
        self._listen = gateway.listen(bool(files.certificate))
        everywhere = tuple(sorted(self.shares.orders | self.shares.beside))
        return DoorSettings((), self.services.door_services(self._listen), gateway.door, files, everywhere)

    def _today(self) -> dt.date:
        return date_of(self.clock.now())

    def _tell_the_doors(self) -> None:
        """Have the doormen know the users as they are now."""
        wanted, gateway, passwords = self._wanted, self._wanted.settings.gateway, self._book.passwords
        users = tuple(
            DoorUser(
                user.name,
                passwords[user.name],
                user.dialect,
                user.services,
                gateway.networks_of(user.name),
                str(self.members.password_until(user.name) or ""),
            )
            for user in wanted.market.users
            if user.name in passwords
        )
        self._doorman.say(msgspec.structs.replace(self._door, users=users))
        service = DoorService(MARKET_DATA, *self._listen[MARKET_DATA], "", COMP_IDS[MARKET_DATA], nudged=True)
        beside = tuple(sorted(self.shares.beside))
        settings = msgspec.structs.replace(self._door, users=users, services=(service,), proofs_on=beside)
        self._market_data.set_door(settings)

    def _begin_feed(self, heard: Callable[[Said], None]) -> Feed:
        """Start the process of FIX-MD."""
        wanted, clock = self._wanted, self.clock
        settings = FeedSettings(
            tuple(user for user in wanted.market.users if MARKET_DATA in user.services),
            COMP_IDS[MARKET_DATA],
            str((wanted.directory / "fix" / MARKET_DATA).absolute()),
            self._another_boot,
            wanted.settings.gateway.throttle,
            clock.now(),
            wanted.speed if clock.rehearsal else None,
            str(self._candles.path),
            str(wanted.directory.absolute()),
            identity_of(journal_path(wanted.directory)),
        )
        return Feed(settings, self.log, self._album, self.sequencer, clock.now, heard)

    def lost_a_child(self) -> str:
        """Return the name of a child process that we cannot go on without and that has ended; empty where all live."""
        return self._doorman.name if self._doorman.ended.is_set() else ""

    def stalled(self) -> str:
        """Return that the disk does not answer, where it has not for too long; else empty."""
        seconds = self.pulse.stalled()
        return self.sequencer.stalled() or (f"the disk does not answer: {seconds:.0f} s" if seconds else "")

    def say_why(self, reason: str) -> None:
        """Have the console say from now on that the venue halts, and why."""
        self._console.say(Halting(reason))

    def close(self, text: str = FAREWELL, stalled: bool = False, console_until: float = 0.0) -> None:
        """Say Logout to everyone, apply what is queued, and let go of the directory; takes at most some 8 s.

        Where the disk is `stalled`, nothing waits for it: who cannot be told is cut, for a Logout is stored before it
        is sent, and what is queued was never answered. The console goes last, at `console_until` (monotonic) or later.
        """
        self.services.say_farewell(text, FAREWELL_SECONDS)
        for child in (self._doorman, self._market_data):
            child.hang_up()
        if not stalled:
            self._end_threads()
        time.sleep(max(0.0, console_until - time.monotonic()))
        if not stalled:
            self._console.end()
            self._lock.release()

    def _end_threads(self) -> None:
        self.pulse.stop()
        self.services.stop()
        for child in (self._doorman, self._market_data):
            child.end()
        self._candles.end()
        self.depository.stop()
        self.sequencer.stop()
        self._photographer.close()
        self._writer.close()

    def hang_up(self) -> None:
        """Cut all lines: the doormen end, and the console."""
        for child in (self._doorman, self._console, self._market_data):
            child.hang_up()

    def _recover(self) -> Sequencer:
        wanted = self._wanted
        prover = Prover()
        self._fresh = not journal_path(wanted.directory).exists()
        if self._fresh:
            engine, number, last = Engine(), 0, 0
            self._writer = JournalWriter(wanted.directory, None)
            moment = SystemClock().now() if wanted.rehearsal is None else wanted.rehearsal
            self._photographer = Photographer(
                wanted.directory, identity_of(journal_path(wanted.directory)), self.log, None, engine.mark
            )
        else:
            recovered = recover(wanted.directory, own=True)
            replayed, prover, self.log = recovered.replayed, recovered.prover, recovered.log
            engine, number, last = replayed.engine, replayed.end.number, replayed.last_time
            if replayed.end.torn:
                self._logger.warning("a torn group was cut off", bytes=replayed.end.torn, after=number)
            self._writer = JournalWriter(wanted.directory, replayed.end, replayed.offset)
            self._photographer = go_on(wanted.directory, recovered)
            self._logger.info("recovered", snapshot=recovered.began, commands=number)
            # A crash may have left a journal without a command: then the clock stands where it would have begun.
            begun = SystemClock().now() if wanted.rehearsal is None else wanted.rehearsal
            moment = max(last, wanted.rehearsal or 0) if number else begun
            if wanted.rehearsal is not None and wanted.rehearsal < last:
                self._logger.warning("the clock stands where the journal ended; it never goes back")
        self._engine = engine
        self.clock = SystemClock() if wanted.rehearsal is None else RehearsalClock(moment, wanted.speed)
        self.clock.move(last)
        sequencer = Sequencer(engine, self._writer, prover, self.log, self.clock, number, last, self._photographer)
        start = instant(date_of(moment)) if number == 0 else last
        if number == 0:
            sequencer.apply_now([(start, VenueOpened(secrets.randbits(63), RULES_VERSION))])
        if engine.state.configuration is None or (
            configuration_digest(engine.state.configuration) != configuration_digest(wanted.market)
        ):
            sequencer.apply_now([(start, ConfigurationLoaded(wanted.market, "cfg"))])
        self.depository = choice.depository(wanted.carrier, lambda: engine.state)
        sequencer.begin(wanted.calendars, start, self.depository)
        return sequencer

    def _cut(self, cut: Cut) -> None:
        self._doorman.say(cut)

    def _say_to_doorman(self, said: Said) -> None:
        self._doorman.say(said)

    def _heard_from_doorman(self, said: Said) -> None:
        if isinstance(said, Counted):
            self._door_totals = said.totals
        else:
            self._heard_at_a_door(said, self._say_to_doorman)

    def _heard_at_a_door(self, said: Said, answer: Callable[[Said], None]) -> None:
        if isinstance(said, Admit):
            self.services.admit(said, answer)
        elif isinstance(said, Rekey):
            answer(Rekeyed(said.id, self.members.rekey(said.user, said.password_hash)))
        elif isinstance(said, SendAway):
            self.services.dismiss(said.user, said.service, said.text)

    def totals(self) -> dict[str, int]:
        """Return all counters of the venue; those of both doormen are added up."""
        doors = Counter(self._door_totals)
        doors.update(self._market_data.door_totals)
        door = {f"door_{name}": count for name, count in doors.items()}
        return {**self.services.totals(), **door, **self.depository.totals(), **self._console.totals()}
