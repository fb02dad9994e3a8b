"""A venue's core without its services: clock, agenda, journal, engine, sequencer, on a directory of the test's."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kase_fix.app.clock import RehearsalClock
from kase_fix.app.sequencer import Sequencer
from kase_fix.calendar.almaty import parse_instant
from kase_fix.calendar.working_days import Calendars
from kase_fix.engine import RULES_VERSION
from kase_fix.engine.engine import Engine
from kase_fix.journal import writing
from kase_fix.journal.log import EventLog
from kase_fix.journal.proving import Prover
from kase_fix.journal.replay import commands, journal_path, replay
from kase_fix.journal.writing import JournalWriter
from kase_fix.messages.commands import ConfigurationLoaded, VenueOpened
from kase_fix.messages.events import Published
from kase_fix.rulebook.files import load_calendar_decisions
from tests.journal.written import MARKET

CFG = Path(__file__).parent.parent.parent / "cfg"
CALENDARS = Calendars(load_calendar_decisions(CFG))


def at(text: str) -> int:
    """The nanoseconds UTC of an Almaty time of 27 May 2020, or of the date given before it."""
    return parse_instant(text if "T" in text else f"2020-05-27T{text}")


@dataclass
class Core:
    """All that `serve` puts together, but for the services."""

    directory: Path
    clock: Any
    writer: Any
    log: EventLog
    sequencer: Sequencer
    reader: Any

    def close(self):
        self.sequencer.stop()
        self.writer.close()

    def told(self):
        """Everything in the reader's queue."""
        return [self.reader.get_nowait() for _ in range(self.reader.qsize())]

    def settle(self):
        """Wait until all that was submitted is through; return what came out, without the mark."""
        self.sequencer.pass_on(self.reader, self)
        items = []
        while (item := self.reader.get(timeout=20)) is not self:
            items.append(item)
        return items

    def journal(self):
        """The commands of the journal so far."""
        return list(commands(self.directory))


def start(directory, moment, clock=None, writer=None, begin=True):
    """Begin a journal, or go on with the one that is there; the clock is put to `moment`."""
    fresh = writer is not None or not journal_path(directory).exists()
    log, prover = EventLog(), Prover()
    if fresh:
        engine, number, last = Engine(), 0, 0
        writer = writer or JournalWriter(directory, None)
    else:
        replayed = replay(directory, lambda one, encoded: (prover.applied(one.number, encoded), log.keep(one, encoded)))
        engine, number, last = replayed.engine, replayed.end.number, replayed.last_time
        writer = JournalWriter(directory, replayed.end)
        prover.skip(replayed.witness.proven)
    clock = clock or RehearsalClock(max(moment, last))
    sequencer = Sequencer(engine, writer, prover, log, clock, number, last)
    reader = log.subscribe()[1]
    begins = at("00:00:00") if fresh else last
    core = Core(directory, clock, writer, log, sequencer, reader)
    if fresh:
        sequencer.apply_now([(begins, VenueOpened(7, RULES_VERSION)), (begins, ConfigurationLoaded(MARKET, "test"))])
    if begin:
        sequencer.begin(CALENDARS, begins)
    return core


@pytest.fixture(autouse=True)
def small_reserve(monkeypatch):
    monkeypatch.setattr(writing, "PREALLOCATE", 4096)


@pytest.fixture
def core(tmp_path):
    core = start(tmp_path, at("12:00:00"))
    core.told()
    yield core
    core.close()


def numbers(items):
    """The commands' numbers of what came out."""
    return [item.number for item in items if isinstance(item, Published)]
