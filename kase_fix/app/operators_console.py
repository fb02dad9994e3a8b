"""The console seen from the venue: a process that is fed with all events, and started again when it ends.

Nobody trades through it, so nothing stops where it does. One that does not listen is given up before what waits for it
fills our memory; each life of it reads the day from the beginning and answers at the same port.
"""

import threading
from collections.abc import Callable, Set

import msgspec
import structlog

from kase_fix.app.children import Child
from kase_fix.app.console_answers import ConsoleAnswers, Sources
from kase_fix.app.feeding import tell_history, tell_on
from kase_fix.app.restarts import GREATEST_BEHIND, Restarts
from kase_fix.journal.log import Reader
from kase_fix.messages.link import Ask, ConsoleSettings, Decide, Said

MODULE = "kase_fix.console"


class OperatorsConsole:
    """Build it, `tend` and `end` it in the main thread."""

    def __init__(self, processors: Set[int]) -> None:
        """Start it; once it is up, it keeps to `processors`."""
        self._processors = processors
        self._restarts = Restarts()
        self._logger = structlog.get_logger("console")
        self._settings: ConsoleSettings
        self._sources: Sources
        self._life = _Life()

    def open(self, settings: ConsoleSettings, sources: Sources, seconds: float) -> int:
        """Return its port when it listens. Raises `ChildFailed`."""
        self._sources = sources
        self._life.begin(settings, sources)
        port = self._life.child.wait_until_listening(seconds)["console"]
        self._settings = msgspec.structs.replace(settings, port=port)
        self._life.child.keep_to(self._processors)
        return port

    def tend(self) -> None:
        """Start it again where it has ended, or listens no more; behind `open`."""
        if self._life.behind > GREATEST_BEHIND and not self._life.child.ended.is_set():
            self._logger.error("the console has fallen too far behind", waiting=self._life.behind)
            self._life.child.hang_up()
        if self._life.child.ended.is_set() and self._restarts.due():
            self._logger.error("the console has ended and is started again", restarts=self._restarts.count)
            self._life.end(0.5)
            self._life = _Life()
            self._life.child.keep_to(self._processors)
            self._life.begin(self._settings, self._sources)

    def say(self, said: Said) -> None:
        """Say something at once."""
        self._life.child.say(said)

    def totals(self) -> dict[str, int]:
        """Return how often it had to be started again."""
        return {"console_restarts": self._restarts.count}

    def hang_up(self) -> None:
        """Have it end."""
        self._life.child.hang_up()

    def end(self) -> None:
        """See to it that it is gone."""
        self._life.end(2.0)


class _Life:
    """One process of it; what is asked in one life is answered in none other."""

    def __init__(self) -> None:
        self._hears: Callable[[Ask | Decide], None]
        self._reader: Reader | None = None
        self.child = Child(MODULE, self._heard)

    @property
    def behind(self) -> int:
        """Commands and other things that wait to be said."""
        return 0 if self._reader is None else self._reader.qsize()

    def begin(self, settings: ConsoleSettings, sources: Sources) -> None:
        """Tell it where to listen, the day so far, and what comes."""
        self._sources = sources
        history, reader = sources.log.subscribe_encoded()
        self._reader, self._hears = reader, ConsoleAnswers(sources, reader).hear
        self.child.say(settings)

        def feed() -> None:
            tell_history(self.child, history)
            tell_on(self.child, reader)

        threading.Thread(target=feed, name="console-feed", daemon=True).start()

    def end(self, seconds: float) -> None:
        """Let nothing more wait for it."""
        if self._reader is not None:
            self._sources.log.unsubscribe(self._reader)
        self.child.end(seconds)
        if self._reader is not None:
            self._reader.put(None)

    def _heard(self, said: Said) -> None:
        if isinstance(said, Ask | Decide):
            threading.Thread(target=self._hears, args=(said,), name="console-answer", daemon=True).start()
