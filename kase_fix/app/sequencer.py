"""The one thread through which everything passes that may change the market.

It numbers and dates commands, has them written, applies them while the disk works, and lets their events out once
they are durable. The clock's transitions come through here too, before the commands of their instant (R-3).
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from queue import Empty, SimpleQueue

import structlog

from kase_fix.app.agenda import Agenda, plan_of
from kase_fix.app.clock import Clock
from kase_fix.app.depository.port import Answers
from kase_fix.app.waiting import Waiting
from kase_fix.calendar.working_days import Calendars
from kase_fix.engine.engine import Due, Engine
from kase_fix.journal.log import EventLog, Reader
from kase_fix.journal.photographer import Photographer
from kase_fix.journal.proving import Prover
from kase_fix.journal.replay import STATE_EVERY
from kase_fix.journal.writing import JournalUnwritable, JournalWriter
from kase_fix.messages.codec import encode_published
from kase_fix.messages.commands import Command, Sequenced
from kase_fix.messages.decisions import DecisionCommand
from kase_fix.messages.events import CommandFailed, Published

GROUP = 256
"""Most commands of one group: what comes while the disk works waits for the next."""
IDLE_SECONDS = 0.5


class PassOn:
    """Something that is no command but must keep its place among them: it goes into a reader's queue.

    `make` is called with the number of the last command before it.
    """

    __slots__ = ("make", "reader")

    def __init__(self, reader: Reader, make: Callable[[int], object]) -> None:
        self.reader = reader
        self.make = make


class Move:
    """A wish to move the rehearsal's clock; the future brings the number of the last command applied."""

    __slots__ = ("done", "moment", "relative")

    def __init__(self, moment: int, relative: bool) -> None:
        self.moment = moment
        self.relative = relative
        self.done: Future[int] = Future()


class ClockWentBack(ValueError):
    """A rehearsal's clock never goes back."""


class Sequencer:
    """Gives each command its number and its moment, and sees it through the journal and the engine."""

    def __init__(
        self,
        engine: Engine,
        writer: JournalWriter,
        prover: Prover,
        log: EventLog,
        clock: Clock,
        number: int,
        time: int,
        photographer: Photographer | None = None,
    ) -> None:
        """Go on after command `number` at `time` (ns UTC)."""
        self._engine = engine
        self._writer = writer
        self._prover = prover
        self._log = log
        self._clock = clock
        self._photographer = photographer
        self._number = number
        self._published = number
        self._time = time
        self._calendars: Calendars | None = None
        self._agenda: Agenda | None = None
        self._depository: Answers | None = None
        self._queue: SimpleQueue[Command | PassOn | Move | None] = SimpleQueue()
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="sequencer", daemon=True)
        self.failure: BaseException | None = None
        """Why the venue must stop: its journal cannot be written, or a defect."""
        self._waiting = Waiting()
        self.stopped = threading.Event()
        self._logger = structlog.get_logger("sequencer")

    @property
    def number(self) -> int:
        """Return the number of the last command whose events are out."""
        return self._published

    @property
    def failures(self) -> int:
        """Return how many commands failed by a defect since the start."""
        return self._engine.failures

    def trouble(self) -> str:
        """Return why the venue must stop, empty where it need not: also of a disk that does not come back."""
        if self.failure is not None:
            disk = isinstance(self.failure, JournalUnwritable)
            return str(self.failure) if disk else f"a defect of the venue: {self.failure!r}"
        return self.stalled()

    def stalled(self) -> str:
        """Return that the disk does not come back and for how long, where that is too long; else empty."""
        seconds = self._waiting.stalled()
        return f"the journal's disk does not answer: {seconds:.0f} s" if seconds else ""

    def submit(self, command: Command) -> None:
        """Queue a command; its events come out of the log."""
        self._queue.put(command)

    def pass_on(self, reader: Reader, item: object) -> None:
        """Queue something for a reader, behind the events of all that was submitted before."""
        self._queue.put(PassOn(reader, lambda _: item))

    def answer(self, reader: Reader, make: Callable[[int], object]) -> None:
        """Queue for a reader what `make` makes of the number of the last command before it."""
        self._queue.put(PassOn(reader, make))

    def move_clock(self, moment: int, relative: bool = False) -> "Future[int]":
        """Move the rehearsal's clock to a moment (ns UTC), or by that many ns, through all transitions on the way.

        The future fails with `ClockWentBack`.
        """
        move = Move(moment, relative)
        self._queue.put(move)
        return move.done

    def apply_now(self, commands: Sequence[tuple[int, Command]]) -> None:
        """Apply commands with their moments before the thread runs: the venue's own at its start."""
        self._flush([self._sequenced(command, time) for time, command in commands])

    def begin(self, calendars: Calendars, moment: int, depository: Answers | None = None) -> None:
        """Catch up with the clock from `moment` (ns UTC) on, by the schedule of these calendars, then run.

        `depository` answers by the clock; None: whoever answers submits it.
        """
        self._depository = depository
        self._calendars = calendars
        self._agenda = plan_of(self._engine.state, calendars, moment)
        self._apply_due(self._clock.now())
        self._thread.start()

    def stop(self) -> None:
        """Apply what is queued and end; what is queued later is as if it had never come."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._ending:
                self._turn(self._gather())
            proof = self._prover.proof()
            if proof is not None:  # so that the last commands are proven too
                with self._disk():
                    self._writer.append(self._number + 1, (), proof)
        except BaseException as failure:
            self.failure = failure
            self._logger.critical("the venue halts", reason=self.trouble(), exc_info=failure)
        finally:
            self.stopped.set()

    def _gather(self) -> list[Command | PassOn | Move]:
        """Wait for the first thing to do, or the clock, and take along what is there already."""
        assert self._agenda is not None
        timer = self._engine.next_due_time()
        following = self._following()
        wait = self._clock.wait_for(following if timer is None else min(timer, following))
        items: list[Command | PassOn | Move] = []
        try:
            item = self._queue.get(timeout=IDLE_SECONDS if wait is None else min(wait, IDLE_SECONDS))
            while True:
                if item is None:
                    self._ending = True
                    break
                items.append(item)
                if len(items) >= GROUP:
                    break
                item = self._queue.get_nowait()
        except Empty:
            pass
        return items

    def _turn(self, items: list[Command | PassOn | Move]) -> None:
        now = self._clock.now()
        self._apply_due(now)
        steps: list[Sequenced | PassOn] = []
        for item in items:
            if isinstance(item, Move):
                self._flush(steps)
                steps = []
                self._move(item)
                now = self._clock.now()  # with a speed the clock ran on: what came due meanwhile goes first
                self._apply_due(now)
            elif isinstance(item, PassOn):
                steps.append(item)
            else:
                steps.append(self._sequenced(item, now))
        self._flush(steps)

    def _move(self, move: Move) -> None:
        now = self._clock.now()
        moment = now + move.moment if move.relative else move.moment
        if moment < now:
            move.done.set_exception(ClockWentBack("a rehearsal's clock never goes back"))
            return
        self._apply_due(moment)
        self._clock.move(moment)
        move.done.set_result(self._number)

    def _apply_due(self, moment: int) -> None:
        """Apply what the schedule, the standbys' clocks and the depository have up to a moment, each at its own.

        At one instant a standby's auction comes before everything else (R-3), the depository's answer behind it. One
        after the other: each may change what is due next.
        """
        assert self._agenda is not None
        before: tuple[int, Due] | None = None
        while True:
            timer = self._engine.next_due_time()
            standby = self._engine.next_due()
            if timer is not None and standby is not None and timer <= min(moment, self._following()):
                if before == (timer, standby):
                    raise RuntimeError(f"{standby} does not go on; the venue never would")
                before = timer, standby
                self._flush([self._sequenced(standby, timer)])
            elif (answer := self._answer_due()) is not None and answer <= moment and answer < self._agenda.next_time:
                assert self._depository is not None
                self._flush([self._sequenced(self._depository.take(), answer)])
            elif (transition := self._agenda.take(moment)) is not None:
                self._flush([self._sequenced(transition.command, transition.time)])
            else:
                return

    def _answer_due(self) -> int | None:
        return None if self._depository is None else self._depository.next_due_time()

    def _following(self) -> int:
        """Return when the schedule or the depository is next, whichever comes first (ns UTC)."""
        assert self._agenda is not None
        answer = self._answer_due()
        return self._agenda.next_time if answer is None else min(answer, self._agenda.next_time)

    def _sequenced(self, command: Command, time: int) -> Sequenced:
        self._number += 1
        self._time = max(self._time, time)
        return Sequenced(self._number, self._time, command)

    def _flush(self, steps: Sequence[Sequenced | PassOn]) -> None:
        """Write, apply while the disk works, and let everything out in order once it is durable."""
        commands = [step for step in steps if isinstance(step, Sequenced)]
        results: dict[int, tuple[Published, bytes]] = {}
        if commands:
            group = self._writer.size, commands[0].number
            with self._disk():
                self._writer.append(commands[0].number, commands, self._prover.proof())
                self._writer.begin_sync()
            for sequenced in commands:
                results[sequenced.number] = self._apply(sequenced)
                if self._photographer is not None:
                    self._photographer.applied(self._engine, self._prover, sequenced.time, *group)
            if self._calendars is not None and any(isinstance(one.command, DecisionCommand) for one in commands):
                self._agenda = plan_of(self._engine.state, self._calendars, self._time)
            with self._disk():
                self._writer.wait()
        with self._waiting:  # `DIR/events` is on the same disk
            for step in steps:
                if isinstance(step, PassOn):
                    self._pass_on(step)
                else:
                    self._log.publish(*results[step.number])
                    self._published = step.number
                    if self._photographer is not None:
                        self._photographer.published(step.number)

    @contextmanager
    def _disk(self) -> Iterator[None]:
        """Tell a failure of the disk from a defect, and how long it takes. Raises `JournalUnwritable`."""
        with self._waiting:
            try:
                yield
            except OSError as error:
                raise JournalUnwritable.by(error) from error

    def _pass_on(self, step: PassOn) -> None:
        """Pass an item on; a defect in making it loses that item and halts nothing."""
        try:
            item = step.make(self._published)
        except Exception:
            self._logger.exception("an answer could not be made")
        else:
            self._log.pass_on(step.reader, item)

    def _apply(self, sequenced: Sequenced) -> tuple[Published, bytes]:
        published = Published(sequenced.number, sequenced.time, self._engine.apply(sequenced))
        encoded = encode_published(published)
        self._prover.applied(sequenced.number, encoded)
        if sequenced.number % STATE_EVERY == 0:
            self._prover.state(sequenced.number, self._engine.hash())
        for event in published.events:
            if isinstance(event, CommandFailed):
                self._logger.error("a command failed", number=sequenced.number, defect=event.defect, user=event.user)
        return published, encoded
