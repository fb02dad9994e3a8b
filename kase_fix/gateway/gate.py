"""When a service lets users in: its hours, the end of its sessions, and new numbers with each operational day.

A service that closes says Logout to all with the reason; who has not gone after a while is cut. Numbers start anew
before anyone is let in on a new day: which day they belong to is kept in a small file, over any restart.
"""

import datetime as dt
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec
import structlog

from kase_fix.messages.day_events import DayOpened, ServiceEntered
from kase_fix.messages.events import Event
from kase_fix.messages.link import Admitted, Cut
from kase_fix.rulebook.operational_day import API, CLOSES, DROP_COPY, MARKET_DATA, OPENS, SERVICE_HOURS

GRACE_SECONDS = 3.0
"""QuickFIX says Logout within a second and cuts two seconds later; whoever is left then is cut from in front."""
ADMISSION_SECONDS = 2.0
"""An admission waits so long for QuickFIX to notice that the user's former connection is gone."""
RENEWAL_SECONDS = 4.5
"""An admission waits so long for new numbers."""
LOOK_SECONDS = 0.1
NEW_DAY = "A new operational day begins; sequence numbers start anew"
_NAMES = {API: "FIX-API", MARKET_DATA: "FIX-MD", DROP_COPY: "Drop copy"}
_HOURS_OF = {DROP_COPY: API}
"""Services that open and close with another (R-130)."""


class Sessions(Protocol):
    """What a gate needs of the sessions behind it."""

    online: set[str]

    def dismiss(self, user: str, text: str) -> None:
        """Say Logout to one who is on; he is not let in again until `enable`."""

    def enable(self, user: str) -> None:
        """Let a dismissed user in again."""

    def renew(self) -> None:
        """Start the numbers of all sessions anew; none of them may be on."""


class Admission(msgspec.Struct):
    """The doorman asks a user in; answered when his former session is off and the numbers are those of the day."""

    id: int
    user: str
    answer: Callable[[Admitted], None]
    inside: bool = False
    """He is on already and wants his numbers to start anew."""
    asked: float = 0.0
    service: str = API


class Gate:
    """The gate of one service."""

    def __init__(self, service: str, sessions: Sessions, directory: Path, cut: Callable[[Cut], None]) -> None:
        """Begin closed; the events tell what is open and which day it is."""
        self._service = service
        self._sessions = sessions
        self._numbers_of = directory / "numbers"
        self._cut = cut
        self._open = False
        self._day: dt.date | None = None
        self._unusual: dt.time | None = None
        self._renewing = False
        self._leaving: dict[str, float] = {}
        self._admissions: list[Admission] = []
        self._changed = threading.Condition(threading.RLock())
        self._ended = False
        self._logger = structlog.get_logger("gate", service=service)
        self._thread = threading.Thread(target=self._run, name=f"{service}-gate", daemon=True)

    def start(self) -> None:
        """Begin to attend to those who come and those who have to go."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        with self._changed:
            self._ended = True
            self._changed.notify()
        self._thread.join(5.0)

    def apply(self, event: Event) -> None:
        """Follow the exchange: called behind all that was told before the event."""
        if isinstance(event, ServiceEntered) and event.service == _HOURS_OF.get(self._service, self._service):
            with self._changed:
                self._open, self._unusual = event.open, event.unusual
                if not event.open:
                    self._dismiss_all(self._closed_text())
                self._changed.notify()
        elif isinstance(event, DayOpened):
            with self._changed:
                self._day = event.date
                self._renewing = self._read_numbers_of() != event.date.isoformat()
                if self._renewing:
                    self._dismiss_all(NEW_DAY)
                self._changed.notify()

    def tells(self, user: str) -> bool:
        """Tell whether a user's session is on and stays so: what is told to one who is leaving might be lost."""
        return user in self._sessions.online and user not in self._leaving

    def came(self, user: str) -> None:
        """Send one away who was let in at the last moment."""
        with self._changed:
            if self._renewing or not self._open:
                self._dismiss(user, NEW_DAY if self._open else self._closed_text())
                self._changed.notify()

    def send_away(self, user: str, text: str) -> None:
        """Say Logout to one who is on, and cut him if he has not gone after a while."""
        with self._changed:
            if user in self._sessions.online:
                self._dismiss(user, text)
                self._changed.notify()

    def sends_all_away(self) -> bool:
        """Tell whether sessions end because the service closes, or numbers start anew: nobody's own doing."""
        return not self._open or self._renewing

    def ask(self, admission: Admission) -> None:
        """Take a wish to come in; it is answered by the gate's thread."""
        with self._changed:
            admission.asked = time.monotonic()
            self._admissions.append(admission)
            self._changed.notify()

    def _dismiss_all(self, text: str) -> None:
        for user in list(self._sessions.online):
            self._dismiss(user, text)

    def _dismiss(self, user: str, text: str) -> None:
        if user not in self._leaving:
            self._leaving[user] = time.monotonic() + GRACE_SECONDS
            self._sessions.dismiss(user, text)

    def _run(self) -> None:
        with self._changed:
            while not self._ended:
                try:
                    self._attend(time.monotonic())
                except Exception:
                    self._logger.exception("the gate failed")
                pending = self._leaving or self._admissions or self._renewing
                self._changed.wait(LOOK_SECONDS if pending else None)

    def _attend(self, now: float) -> None:
        for user, deadline in list(self._leaving.items()):
            if user not in self._sessions.online:
                del self._leaving[user]
                self._sessions.enable(user)
            elif now >= deadline:
                self._leaving[user] = now + GRACE_SECONDS
                self._cut(Cut(user, self._service, "the service has closed"))
        if self._renewing and not self._sessions.online:
            self._sessions.renew()
            self._write_numbers_of()
            self._renewing = False
        for admission in list(self._admissions):
            answer = self._judge(admission, now)
            if answer is not None:
                self._admissions.remove(admission)
                admission.answer(answer)

    def _judge(self, admission: Admission, now: float) -> Admitted | None:
        """Answer an admission, or None: it has to wait."""
        waited, user = now - admission.asked, admission.user
        if not self._open:
            return Admitted(admission.id, False, self._closed_text())
        if self._renewing:
            return Admitted(admission.id, False, NEW_DAY) if waited >= RENEWAL_SECONDS else None
        if user not in self._sessions.online and user not in self._leaving:
            return Admitted(admission.id, True)
        if admission.inside and user not in self._leaving:
            return Admitted(admission.id, True)
        return Admitted(admission.id, False, "Already online") if waited >= ADMISSION_SECONDS else None

    def _closed_text(self) -> str:
        return closed_text(self._service, self._unusual)

    def _read_numbers_of(self) -> str:
        try:
            return self._numbers_of.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return ""

    def _write_numbers_of(self) -> None:
        assert self._day is not None
        self._numbers_of.parent.mkdir(parents=True, exist_ok=True)
        new = self._numbers_of.with_suffix(".new")
        with new.open("w", encoding="ascii") as file:
            file.write(f"{self._day.isoformat()}\n")
            file.flush()
            os.fsync(file.fileno())  # an empty file would have numbers start anew in the middle of the day
        os.replace(new, self._numbers_of)


def closed_text(service: str, unusual: dt.time | None = None) -> str:
    """Return what one hears who knocks while a service is closed (art. 5 p. 1, 2; support terms, annex 1).

    `unusual` is when it closed, where that was not at its usual time (art. 5 p. 3, 4).
    """
    opens, closes, _ = SERVICE_HOURS.get(service, (OPENS, CLOSES, ""))
    since = f" since {unusual:%H:%M}" if unusual is not None else ""
    return f"{_NAMES.get(service, service)} is closed{since}; it works {opens:%H:%M}-{closes:%H:%M} on working days"
