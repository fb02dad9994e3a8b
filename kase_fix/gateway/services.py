"""The three FIX services together: what comes in is put in order, what goes out is told by two threads.

FIX-API and drop copy are here. FIX-MD is a process of its own (`gateway.md`); here is market data for those users of
FIX-API whose clients have one session for everything (NEXT).
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Protocol

import structlog

from kase_fix.calendar.working_days import Calendars
from kase_fix.gateway import boot
from kase_fix.gateway.acceptor import Acceptor
from kase_fix.gateway.dialect.fix_text import Fields
from kase_fix.gateway.dialect.questions import (
    CalendarDays,
    Chart,
    Deals,
    IndicativeList,
    MakerLiabilities,
    MakerStatistics,
    MarketData,
    MassStatus,
    OrderStatus,
    PartyList,
    Positions,
    SecurityList,
    Status,
)
from kase_fix.gateway.drop_copy import DropCopy
from kase_fix.gateway.gate import Admission, Gate
from kase_fix.gateway.incoming import Incoming
from kase_fix.gateway.past import Past, Stretch
from kase_fix.gateway.portraits import Album
from kase_fix.gateway.publisher import PORTRAIT as MARKET
from kase_fix.gateway.publisher import AskedFor, BoardTurned, Gone, Publisher
from kase_fix.gateway.reference import Reference
from kase_fix.gateway.reports import PORTRAIT as REPORTS
from kase_fix.gateway.reports import Asked, Came, Passed, Reports
from kase_fix.gateway.starting import Fold, take_in
from kase_fix.gateway.streams import entitlement_of
from kase_fix.journal.past_days import Archive
from kase_fix.messages.commands import Command
from kase_fix.messages.configuration import MarketConfiguration, User
from kase_fix.messages.events import Published
from kase_fix.messages.limits import ThrottleLimits
from kase_fix.messages.link import Admit, Admitted, Cut, DoorService
from kase_fix.messages.protection import UserAway, UserBack, UserCame, UserLeft
from kase_fix.rulebook.operational_day import API, DROP_COPY, MARKET_DATA

COMP_IDS = {API: "KASE", MARKET_DATA: "KASEMD", DROP_COPY: "KASEDC"}
HERE = (API, DROP_COPY)
"""The services of this process."""
APART_SECONDS = 5.0
"""`settle` waits no longer for FIX-MD: an operator's decision is not held up by a process that stands still."""
OF_REPORTS = (
    OrderStatus,
    MassStatus,
    Positions,
    Deals,
    Status,
    CalendarDays,
    PartyList,
    IndicativeList,
    MakerLiabilities,
    MakerStatistics,
)
"""Questions that the thread of the reports answers, each behind what its user sent before."""


PASSWORD_EXPIRED = "The password has expired: log on with a new one in NewPassword(925)"


class Inbox(Protocol):
    """Where everything that comes in is put in order."""

    def submit(self, command: Command) -> None:
        """Queue a command."""

    def pass_on(self, reader: "SimpleQueue[Any]", item: object) -> None:
        """Queue something for a reader behind what was submitted before."""


class Apart(Protocol):
    """FIX-MD, in a process of its own. Nothing here waits for it but `settle`."""

    @property
    def online(self) -> Collection[str]:
        """Who is on."""

    def admit(self, wish: Admit, answer: Callable[[Admitted], None]) -> None:
        """Let an authenticated user in, or not."""

    def send_away(self, user: str, text: str) -> None:
        """Say Logout to one who is on."""

    def say_farewell(self, text: str) -> None:
        """Say Logout to everyone."""

    def settle(self, seconds: float) -> bool:
        """Wait until everything published so far was handed to its sessions; tell whether it was."""

    def totals(self) -> dict[str, int]:
        """Return all its counters."""


class Services:
    """FIX-API, FIX-MD and drop copy."""

    def __init__(
        self,
        market: MarketConfiguration,
        directory: Path,
        inbox: Inbox,
        past: Past,
        history: Stretch,
        readers: "Sequence[SimpleQueue[Any]]",
        apart: Apart,
        cut: Callable[[Cut], None],
        throttle: ThrottleLimits,
        now: Callable[[], int] = time.time_ns,
        calendars: Calendars | None = None,
        another_boot: bool = False,
        archive: Archive | None = None,
        album: Album | None = None,
    ) -> None:
        """Prepare the sessions of the register and take in the day's events so far.

        These begin with the configuration in force; what follows comes to both readers. `past` has all of them.
        `another_boot`: the machine was started anew since the directory was used. `album` may spare reading all of it.

        `cut` has the doorman end a connection; `throttle` is what one session may send, `now` the venue's clock.
        `archive` keeps the candles of past days.
        """
        self._inbox = inbox
        self._logger = structlog.get_logger("services")
        self.counts: Counter[str] = Counter()
        self.suspended: Mapping[str, str] = {}
        """Users who are not let in, each with the reason."""
        self.expired: Callable[[str], bool] = lambda _: False
        """Does a user's password hold no more?"""
        self._apart = apart
        self._ended = Counter[str]()
        """Sessions of each user at FIX-API that are over."""
        self._absent: set[str] = set()
        self._ending = False
        self.users: Mapping[str, User] = {user.name: user for user in market.users}
        of_service = {service: [user for user in market.users if service in user.services] for service in HERE}
        self._directory = directory
        self.acceptors = {
            service: Acceptor(
                service,
                COMP_IDS[service],
                of_service[service],
                directory / service / "store",
                self,
                persist=True,
                another_boot=another_boot,
            )
            for service in HERE
        }
        self.gates = {
            service: Gate(service, acceptor, directory / service, cut) for service, acceptor in self.acceptors.items()
        }
        self._incoming = {
            service: Incoming(acceptor, self.gates[service], throttle, self.counts)
            for service, acceptor in self.acceptors.items()
        }
        reader, md_reader = readers
        self._copies = DropCopy(
            self.acceptors[DROP_COPY],
            self.gates[DROP_COPY],
            of_service[DROP_COPY],
            of_service[API],
            directory / DROP_COPY,
            another_boot,
        )
        self._reports = Reports(
            self.acceptors["api"],
            self.gates["api"],
            lambda board: md_reader.put(BoardTurned("api", board)),
            of_service["api"],
            directory / "api",
            past,
            reader,
            another_boot,
            self._copies,
            Reference(calendars or Calendars(), market.users, lambda: self.suspended),
            now,
            album,
        )
        entitlements = {user.name: entitlement_of(user) for user in market.users}
        candles = None if archive is None else archive.days
        self._publisher = Publisher(
            {API: self.acceptors[API]}, {API: self.gates[API]}, (), md_reader, entitlements, now, candles, archive
        )
        for published in history.general():
            self._note_absences(published)
        folds: dict[str, Fold] = {REPORTS: self._reports}
        folds[MARKET] = self._publisher
        take_in(past, history, folds, album)
        self._publisher.has_taken_in()

    def start(self) -> None:
        """Open the acceptors to the doorman and begin to tell."""
        boot.note(self._directory)
        self._reports.start()
        self._publisher.start()
        for gate in self.gates.values():
            gate.start()
        for acceptor in self.acceptors.values():
            acceptor.start()

    def say_farewell(self, text: str, seconds: float) -> None:
        """Say Logout to everyone, with the reason, and wait until they are gone, but no longer than this.

        Whoever is still there then is cut by the doorman. A session whose message the disk does not take holds up who
        speaks of it, but not us.
        """
        self._ending = True  # who leaves now does not do so by himself
        self._apart.say_farewell(text)
        for acceptor in self.acceptors.values():
            threading.Thread(target=acceptor.say_farewell, args=(text,), name="farewell", daemon=True).start()
        deadline = time.monotonic() + seconds
        while self._anyone_on() and time.monotonic() < deadline:
            time.sleep(0.01)

    def stop(self) -> None:
        """End all threads, behind `say_farewell`.

        The acceptors themselves end with the process: QuickFIX's own `stop` may crash while sessions end.
        """
        self._reports.stop()
        self._publisher.stop()
        for gate in self.gates.values():
            gate.stop()

    def _anyone_on(self) -> bool:
        return bool(self._apart.online) or any(acceptor.online for acceptor in self.acceptors.values())

    def door_services(self, listen: Mapping[str, tuple[str, int, int | None]]) -> tuple[DoorService, ...]:
        """Return what the doorman is to open: `listen` is (host, port, TLS port or None) by service."""
        return tuple(
            DoorService(service, *listen[service], acceptor.back_door.path, acceptor.comp_id, stored=True, nudged=True)
            for service, acceptor in self.acceptors.items()
        )

    def forget_back_doors(self) -> None:
        """Leave no way to the acceptors but the doorman's, who has it."""
        for acceptor in self.acceptors.values():
            acceptor.back_door.forget()

    def admit(self, wish: Admit, answer: Callable[[Admitted], None]) -> None:
        """Let an authenticated user in while the service is open (R-2, R-3).

        All he was told is on record first: his Logon may empty QuickFIX's store. A user who is on already asks because
        he wants his numbers to start anew.
        """
        if wish.user in self.suspended:
            answer(Admitted(wish.id, False, suspension_text(self.suspended[wish.user])))
            return
        if not wish.renews and self.expired(wish.user):
            answer(Admitted(wish.id, False, PASSWORD_EXPIRED))
            return
        if wish.service == MARKET_DATA:
            self._apart.admit(wish, answer)
            return
        inside = wish.user in self.acceptors[wish.service].online

        def admitted(said: Admitted) -> None:
            if said.ok and wish.service == "api":
                self._is_back(wish.user)  # before he hears that he is in: what he does next comes behind it
            answer(said)

        self._reports.reader.put(Admission(wish.id, wish.user, admitted, inside, service=wish.service))

    def dismiss(self, user: str, service: str, text: str) -> None:
        """Say Logout to a user where his doorman has enough of him."""
        if service == MARKET_DATA:
            self._apart.send_away(user, text)
        else:
            self.gates[service].send_away(user, text)

    def send_away(self, user: str, reason: str) -> None:
        """Say Logout to a suspended user wherever he is on."""
        for gate in self.gates.values():
            gate.send_away(user, suspension_text(reason))
        self._apart.send_away(user, suspension_text(reason))

    def settle(self, seconds: float = 10.0) -> bool:
        """Wait until everything published so far was handed to the sessions; tell whether it was."""
        for reader in (self._reports.reader, self._publisher.reader):  # in this order: reports hand on to market data
            mark = threading.Event()
            self._inbox.pass_on(reader, Passed(mark))
            if not mark.wait(seconds):
                return False
        return self._apart.settle(min(seconds, APART_SECONDS))

    def trouble(self) -> str:
        """Return why the services cannot go on; empty where they can."""
        unwritable = [name for name, acceptor in self.acceptors.items() if acceptor.unwritable]
        return f"the sessions of {' and '.join(unwritable)} cannot be stored" if unwritable else ""

    def sessions(self) -> list[dict[str, int | str | bool]]:
        """Return every session of the register and whether it is on."""
        return [
            {"user": name, "service": service, "logged_on": name in online}
            for service, online in self._online().items()
            for name, user in self.users.items()
            if service in user.services
        ]

    def _online(self) -> dict[str, Collection[str]]:
        """Return who is on, by service."""
        here: dict[str, Collection[str]] = {service: acceptor.online for service, acceptor in self.acceptors.items()}
        return {service: here.get(service, self._apart.online) for service in COMP_IDS}

    def totals(self) -> dict[str, int]:
        """Return all counters of the services."""
        named: list[tuple[str, Counter[str]]] = [
            *((service, acceptor.counts) for service, acceptor in self.acceptors.items()),
            ("reports", self._reports.counts),
            ("copies", self._copies.counts),
            ("publisher", self._publisher.counts),
            ("dialect", self.counts),
        ]
        counted = {f"{name}_{key}": count for name, counter in named for key, count in counter.items()}
        return {**counted, **self._apart.totals()}

    def came(self, service: str, user: str) -> None:
        """Tell a session that is on what waits for it."""
        self._logger.info("logon", service=service, user=user)
        if service == "api":
            self._is_back(user)
        self._reports.reader.put(Came(user, service))

    def _is_back(self, user: str) -> None:
        if user in self._absent:
            self._absent.discard(user)
            self._inbox.submit(UserCame(user))

    def left(self, service: str, user: str) -> None:
        """Forget what a session that is off wanted to see; its user may be absent from now on (R-112)."""
        self._logger.info("logout", service=service, user=user)
        self._incoming[service].forget(user)
        if service == "api" and self._is_missed(user):
            self._absent.add(user)
            self._inbox.submit(UserLeft(user, "the session has ended"))
        if service == API:
            self._ended[user] += 1
            self._publisher.reader.put(Gone(service, user))

    def heard(self, service: str, user: str, fields: Fields) -> None:
        """Turn a message into a command or a question and put it in order, or answer what is wrong with it."""
        incoming = self._incoming[service]
        read = incoming.read(user, fields)
        if read is None:
            return
        if service == DROP_COPY:
            if isinstance(read, OrderStatus | MassStatus | Deals):
                self._inbox.pass_on(self._reports.reader, Asked(read, service))
            else:
                incoming.not_taken(user, fields)
        elif isinstance(read, MarketData | SecurityList | Chart):
            self._inbox.pass_on(self._publisher.reader, AskedFor(service, read, self._ended[user]))
        elif isinstance(read, OF_REPORTS):
            self._inbox.pass_on(self._reports.reader, Asked(read))
        else:
            self.counts["commands"] += 1
            self._inbox.submit(read)

    def _is_missed(self, user: str) -> bool:
        """Tell whether he whose session is off wants his orders withdrawn, and the exchange has not ended it."""
        if self._ending or self.gates["api"].sends_all_away():
            return False
        return self.acceptors["api"].wishes.get(user, self.users[user].cancel_on_disconnect)

    def _note_absences(self, published: Published) -> None:
        """Take in who was absent when the events so far ended."""
        for event in published.events:
            if isinstance(event, UserAway):
                self._absent.add(event.user)
            elif isinstance(event, UserBack):
                self._absent.discard(event.user)
            return


def suspension_text(reason: str) -> str:
    """Return the Text(58) of a suspended user's Logout."""
    return f"The user is suspended: {reason}"
