"""A heavy day as a crash leaves it: journal, snapshots, the day's events, portraits, and the members' stores.

It is written by the venue's own sequencer, journal and snapshots, and folded by its reports and its market data, which
draw their portraits; every report lies in its member's store, as QuickFIX leaves it. It is half limit orders near the
touch of one pair that rest a while, four in ten cancels of them, one in ten that trades, by three members.
"""

import random
import time
from collections import Counter, deque
from collections.abc import Iterable
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from kase_fix.app.clock import RehearsalClock
from kase_fix.app.sequencer import Sequencer
from kase_fix.app.settings import configuration_directory
from kase_fix.calendar.almaty import parse_instant
from kase_fix.calendar.working_days import Calendars
from kase_fix.engine import RULES_VERSION
from kase_fix.engine.engine import Engine
from kase_fix.gateway import boot
from kase_fix.gateway.acceptor import BEGIN_STRINGS
from kase_fix.gateway.doorman.fields import checksum
from kase_fix.gateway.portraits import Album
from kase_fix.gateway.publisher import Publisher
from kase_fix.gateway.reports import Reports
from kase_fix.journal.log import EventLog
from kase_fix.journal.photographer import Photographer
from kase_fix.journal.proving import Prover
from kase_fix.journal.reading import identity_of
from kase_fix.journal.replay import journal_path
from kase_fix.journal.writing import JournalWriter
from kase_fix.messages.commands import CancelOrder, Command, ConfigurationLoaded, NewOrder, VenueOpened
from kase_fix.messages.configuration import User
from kase_fix.rulebook.files import load_calendar_decisions, load_market
from kase_fix.rulebook.operational_day import API
from kase_fix.values.enums import OrderKind, Side

MOMENT = "2020-05-27T12:00:00"
MIDNIGHT = "2020-05-27T00:00:00"
SENDING_TIME = "20200527-06:00:00.000"
SYMBOL = "EURKZT_TOM"
USERS = ("FIRMA", "FIRMB", "00100")
LIVING = 10_000
"""Orders that rest at the most."""
AHEAD = 5_000
"""Commands that wait for the sequencer at the most."""
TICK = 10**6
STORES = "fix"


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
    tell_all(directory, log)
    return taken


class Nobody:
    """Sessions and gate of a service to which nobody comes."""

    comp_id = "KASE"
    unwritable = False
    online: frozenset[str] = frozenset()

    def tells(self, user: str) -> bool:
        """Tell whether he is on."""
        return user in self.online

    def apply(self, _: object) -> None:
        """Do nothing."""

    def dialect_of(self, _: str) -> str:
        """Return one of them."""
        return "FIX44"


class Stored(Nobody):
    """Sessions that are on all day: what they are told lies in stores as QuickFIX writes them (`gateway.store`)."""

    def __init__(self, directory: Path, users: Iterable[User]) -> None:
        directory.mkdir(parents=True)
        self._users = {user.name: user for user in users}
        self.online = frozenset(self._users)
        self._paths = {
            user.name: directory / f"{BEGIN_STRINGS[user.dialect]}-{self.comp_id}-{user.name}" for user in users
        }
        self._files = {
            name: [path.with_name(path.name + ending).open("wb") for ending in (".body", ".header")]
            for name, path in self._paths.items()
        }
        self._numbers = Counter[str]()

    def dialect_of(self, user: str) -> str:
        """Return his dialect."""
        return self._users[user].dialect

    def send(self, user: str, body: str, has_groups: bool = False) -> None:  # noqa: ARG002 (as `Acceptor.send`)
        """Store a message."""
        self._numbers[user] += 1
        kind, _, rest = body.partition("\x01")
        head = f"34={self._numbers[user]}\x0149={self.comp_id}\x0152={SENDING_TIME}\x0156={user}\x01"
        data = f"{kind}\x01{head}{rest}".encode("utf-8", "surrogateescape")
        message = b"8=%b\x019=%d\x01%b" % (BEGIN_STRINGS[self._users[user].dialect].encode(), len(data), data)
        message += b"10=%03d\x01" % checksum(message)
        stored, header = self._files[user]
        header.write(b"%d,%d,%d " % (self._numbers[user], stored.tell(), len(message)))
        stored.write(message)

    def close(self) -> None:
        """End the stores as a crash leaves them."""
        for name, path in self._paths.items():
            for file in self._files[name]:
                file.close()
            path.with_name(path.name + ".seqnums").write_text(f"{self._numbers[name] + 1:020d} : {1:020d}")
            path.with_name(path.name + ".session").write_text(time.strftime("%Y%m%d-%H:%M:%S", time.gmtime()))


def tell_all(directory: Path, log: EventLog) -> None:
    """Leave what the venue's reports and its market data have told and drawn by the end of such a day."""
    nobody: Any = Nobody()
    album = Album(directory, identity_of(journal_path(directory)))
    users = [user for user in load_market(configuration_directory(None)).users if API in user.services]
    stored: Any = Stored(directory / STORES / API / "store", [user for user in users if user.name in USERS])
    at = directory / STORES / API
    reports = Reports(stored, stored, lambda _: None, users, at, log, SimpleQueue(), album=album)
    market = Publisher({API: nobody}, {API: nobody}, (), SimpleQueue(), album=album)
    for published in log.history():
        reports.take(published)
        market.take(published)
    album.finish()
    stored.close()
    boot.note(directory / STORES)


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
