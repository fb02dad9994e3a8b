"""FIX-MD as one object: its sessions, what comes in, and the publisher that tells them the market."""

import itertools
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from time import monotonic

import structlog

from kase_fix.gateway.acceptor import Acceptor
from kase_fix.gateway.dialect.fix_text import Fields
from kase_fix.gateway.dialect.questions import Chart, MarketData, SecurityList, Status
from kase_fix.gateway.gate import Admission, Gate
from kase_fix.gateway.incoming import Incoming
from kase_fix.gateway.md.clock import VenueClock
from kase_fix.gateway.portraits import Album
from kase_fix.gateway.publisher import PORTRAIT, Arrived, AskedFor, Gone, Publisher, Then
from kase_fix.gateway.reports import Came
from kase_fix.gateway.streams import entitlement_of
from kase_fix.journal.past_days import PastDays
from kase_fix.messages.link import Admit, Batch, Counted, Said, SendAway
from kase_fix.messages.link_of_feed import (
    DayToldSoFar,
    Farewell,
    FeedSettings,
    Forget,
    Mark,
    Marked,
    Online,
    Opened,
    Recalled,
)
from kase_fix.rulebook.operational_day import MARKET_DATA


class FeedService:
    """Begins when the venue has told the day so far."""

    def __init__(self, settings: FeedSettings, say: Callable[[Said], None]) -> None:
        """`say` tells the venue something."""
        self._say = say
        self._counts: Counter[str] = Counter()
        self._clock = VenueClock(settings.time, settings.speed)
        self._acceptor = Acceptor(
            MARKET_DATA,
            settings.comp_id,
            settings.users,
            Path(settings.directory) / "store",
            self,
            persist=False,
            another_boot=settings.another_boot,
        )
        self._gate = Gate(MARKET_DATA, self._acceptor, Path(settings.directory), say)
        self._incoming = Incoming(self._acceptor, self._gate, settings.throttle, self._counts)
        self._album = Album(Path(settings.data), settings.journal)
        self._recalled = 0
        """A portrait stands for the market behind this command; 0: there is none."""
        self._publisher = Publisher(
            {MARKET_DATA: self._acceptor},
            {MARKET_DATA: self._gate},
            (),
            SimpleQueue(),
            {user.name: entitlement_of(user) for user in settings.users},
            self._clock.now,
            PastDays(Path(settings.candles)) if settings.candles else None,
            album=self._album,
        )
        self._numbers = itertools.count(1)
        self._asked: dict[int, AskedFor] = {}
        self._ended = Counter[str]()
        """Sessions of each user that are over."""
        self._began = threading.Event()
        self._logger = structlog.get_logger("md")

    def take(self, said: Said) -> None:
        """Do what the venue says; called by one thread, which must not wait."""
        put = self._publisher.reader.put
        if isinstance(said, Batch):
            self._take_events(said)
        elif isinstance(said, Marked):
            asked = self._asked.pop(said.id, None)
            if asked is not None:
                put(asked)
        elif isinstance(said, Mark):
            self._clock.told(said.time)
            put(Then(lambda: self._say(Marked(said.id))))
        elif isinstance(said, Admit):
            inside = said.user in self._acceptor.online
            admission = Admission(said.id, said.user, self._say, inside, service=MARKET_DATA)
            put(Then(lambda: self._gate.ask(admission)))
        elif isinstance(said, SendAway):
            self._gate.send_away(said.user, said.text)
        elif isinstance(said, Farewell):
            self._acceptor.say_farewell(said.text)
        elif isinstance(said, Forget):
            self._acceptor.back_door.forget()
        elif isinstance(said, Recalled):
            self._recalled = said.number
        elif isinstance(said, DayToldSoFar):
            self._begin()

    def count(self) -> None:
        """Tell the venue what was counted so far."""
        counters = ("", self._acceptor.counts), ("publisher_", self._publisher.counts), ("dialect_", self._counts)
        self._say(Counted({f"{name}{key}": count for name, one in counters for key, count in dict(one).items()}))

    @property
    def unwritable(self) -> bool:
        """Whether the sessions' numbers cannot be stored any more."""
        return self._acceptor.unwritable

    def _take_events(self, batch: Batch) -> None:
        if not self._began.is_set():
            for published in batch.published:
                if published.number <= self._recalled:
                    self._publisher.take_general(published)
                else:
                    self._recall()
                    self._publisher.take_in(published)
        elif batch.published:
            self._clock.told(batch.published[-1].time)
            self._publisher.reader.put(Arrived(batch.published, monotonic()))

    def _recall(self) -> None:
        """Go on from the portrait. One that is none ends this process: the next one is told all of the day."""
        if not self._recalled:
            return
        portrait = self._album.read(PORTRAIT)
        try:
            if portrait is None or portrait.number != self._recalled:
                raise ValueError("the portrait is not the one that was meant")
            self._publisher.restore(portrait.body, portrait.number)
        except Exception:
            self._album.forget(PORTRAIT)
            raise
        self._recalled = 0

    def _begin(self) -> None:
        self._recall()
        self._publisher.has_taken_in()
        self._began.set()
        self._publisher.start()
        self._gate.start()
        self._acceptor.start()
        self._say(Opened(self._acceptor.back_door.path))

    def came(self, service: str, user: str) -> None:
        """Tell a session that is on how the boards stand."""
        self._say(Online(user, True))
        self._publisher.reader.put(Came(user, service))

    def left(self, service: str, user: str) -> None:
        """Forget what a session that is off wanted to see."""
        self._say(Online(user, False))
        self._incoming.forget(user)
        self._ended[user] += 1
        self._publisher.reader.put(Gone(service, user))

    def heard(self, service: str, user: str, fields: Fields) -> None:
        """Have a question answered behind all that the venue was asked to do before it came."""
        read = self._incoming.read(user, fields)
        if isinstance(read, MarketData | SecurityList | Status | Chart):
            number = next(self._numbers)
            self._asked[number] = AskedFor(service, read, self._ended[user])
            self._say(Mark(number))
        elif read is not None:
            self._incoming.not_taken(user, fields)
