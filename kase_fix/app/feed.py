"""One life of the market data process (FIX-MD), seen from the venue.

All that is said to it goes through one queue and one thread, so nobody but that thread waits for a process that does
not listen.
"""

import itertools
import os
import threading
from collections.abc import Callable, Set
from typing import Protocol

from kase_fix.app.children import Child
from kase_fix.app.feeding import tell_history, tell_on
from kase_fix.gateway.portraits import Album
from kase_fix.gateway.publisher import PORTRAIT
from kase_fix.journal.log import EventLog, Reader
from kase_fix.messages.link import Admit, Admitted, Batch, Counted, Said
from kase_fix.messages.link_of_feed import DayToldSoFar, FeedSettings, Forget, Mark, Marked, Online, Opened, Recalled

MODULE = "kase_fix.gateway.md"
LOST = "FIX-MD is being started anew"


class Inbox(Protocol):
    """Where everything has its order."""

    def answer(self, reader: Reader, make: Callable[[int], object]) -> None:
        """Queue for a reader what `make` makes, behind what was submitted before."""


class Feed:
    """A process, from its start to its end. Build it in the main thread."""

    def __init__(
        self,
        settings: FeedSettings,
        log: EventLog,
        album: Album,
        inbox: Inbox,
        now: Callable[[], int],
        heard: Callable[[Said], None],
    ) -> None:
        """Start it and tell it the day so far; `heard` hears what is not of its sessions or of marks."""
        self.totals: dict[str, int] = {}
        self.opened = threading.Event()
        self.upstream = ""
        """Where a doorman finds the acceptor's socket, once `opened`: among our descriptors, under no other name."""
        self._kept: int | None = None
        self._online: set[str] = set()
        self._inbox = inbox
        self._now = now
        self._heard = heard
        self._numbers = itertools.count(1)
        self._marks: dict[int, threading.Event] = {}
        self.silent = False
        """It did not answer a mark in time, nor any since: it is behind, or stands still."""
        self._wishes: dict[int, Callable[[Admitted], None]] = {}
        self._log = log
        self._changing = threading.Lock()
        self.child = Child(MODULE, self._hear)
        self.child.say(settings)
        history, self._reader = log.subscribe_encoded()

        def tell() -> None:
            all_of_it = any(user.md_delay for user in settings.users)  # who hears late hears of an earlier market
            portrait = None if all_of_it else album.find(PORTRAIT, log)
            number = 0 if portrait is None else portrait.number
            if number:
                self.child.say(Recalled(number))
                for published in history.general(number):
                    self.child.say(Batch((published,)))
            tell_history(self.child, history, number)
            self.child.say(DayToldSoFar())
            tell_on(self.child, self._reader)

        threading.Thread(target=tell, name="md-feed", daemon=True).start()

    @property
    def lives(self) -> bool:
        """Whether it is there; it may be still starting."""
        return not self.child.ended.is_set()

    @property
    def online(self) -> Set[str]:
        """Return who is on."""
        return self._online if self.lives else frozenset()

    @property
    def behind(self) -> int:
        """Return how many commands and other things wait to be said."""
        return self._reader.qsize()

    def say(self, said: Said) -> None:
        """Say something behind the events so far."""
        self._log.pass_on(self._reader, said)

    def admit(self, wish: Admit, answer: Callable[[Admitted], None]) -> None:
        """Have it judge who wants in."""
        with self._changing:
            if self.lives and self.opened.is_set():
                self._wishes[wish.id] = answer
                self.say(wish)
                return
        answer(Admitted(wish.id, False, LOST))

    def settle(self, seconds: float) -> bool:
        """Wait until all events so far were handed to its sessions; tell whether they were.

        One that was too slow once is not waited for again before it has caught up.
        """
        number, mark = next(self._numbers), threading.Event()
        with self._changing:
            if not self.lives or self.silent:
                return False
            self._marks[number] = mark
        self._inbox.answer(self._reader, lambda _: Mark(number, self._now()))
        self.silent = not mark.wait(seconds)
        return not self.silent and self.lives

    def end(self) -> None:
        """Forget it; what waited for it is told so."""
        self._log.unsubscribe(self._reader)
        self.child.end(0.5)
        self._reader.put(None)
        with self._changing:
            wishes, self._wishes = self._wishes, {}
            marks, self._marks = self._marks, {}
        for number, answer in wishes.items():
            answer(Admitted(number, False, LOST))
        for mark in marks.values():
            mark.set()

    def forget_socket(self) -> None:
        """Let go of the acceptor's socket: the doorman knows another by now."""
        if self._kept is not None:
            os.close(self._kept)

    def _hear(self, said: Said) -> None:
        if isinstance(said, Marked):
            with self._changing:
                mark = self._marks.pop(said.id, None)
            self.silent = False
            if mark is not None:
                mark.set()
        elif isinstance(said, Mark):
            self._inbox.answer(self._reader, lambda _: Marked(said.id))
        elif isinstance(said, Admitted):
            with self._changing:
                answer = self._wishes.pop(said.id, None)
            if answer is not None:
                answer(said)
        elif isinstance(said, Online):
            (self._online.add if said.on else self._online.discard)(said.user)
            self._heard(said)
        elif isinstance(said, Counted):
            self.totals = said.totals
        elif isinstance(said, Opened):
            self._kept = os.open(said.upstream, os.O_PATH | os.O_CLOEXEC)
            self.upstream = f"/proc/{os.getpid()}/fd/{self._kept}"
            self.say(Forget())
            self.opened.set()
        else:
            self._heard(said)
