"""Messages with the Central Depository as signed files in an outbox and an inbox, the way of eTransfer (art. 5 p. 4).

A request is a file named by its id: written again after a crash it is the same file. An answer is submitted, and moved
to `done/` when the engine has told what became of it; after a crash in between it is read again and the engine knows
it. What is none goes to `rejected/`, with the reason beside it.
"""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from queue import Empty
from typing import Any, TypeAlias

import structlog

from kase_fix.app.depository.letters import GREATEST, SUFFIX, BadLetter, read_answer, request_letter
from kase_fix.journal.log import Reader, Subscribe
from kase_fix.messages.commands import Command
from kase_fix.messages.day_events import DayOpened, DepositoryAnswerRefused
from kase_fix.messages.depository import (
    DepositoryAnswered,
    DepositoryAsked,
    DepositoryDropped,
    DepositoryReplied,
)
from kase_fix.messages.events import CommandFailed, Event, Published
from kase_fix.rulebook.refusals import english
from kase_fix.rulebook.refusals_of_depository import ALREADY_ANSWERED

GROWING_SECONDS = 5.0
"""A file that cannot be taken may still be being written: it is looked at again until it is so old."""
OUTCOME_SECONDS = 30.0
"""So long it waits for what became of an answer; then the file stays for another look."""

Outcome: TypeAlias = DepositoryReplied | DepositoryAnswerRefused | CommandFailed


class Files:
    """The adapter; a thread of its own does all its work."""

    mode = "files"

    def __init__(self, inbox: Path, outbox: Path, key: bytes, poll_seconds: float = 1.0) -> None:
        self._inbox, self._outbox = inbox, outbox
        self._key = key
        self._poll = poll_seconds
        self._waiting: dict[str, DepositoryAsked] = {}
        """Requests without an answer."""
        self._unwritten: dict[str, DepositoryAsked] = {}
        self._outcomes: dict[str, Outcome] = {}
        self._awaited = ""
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="depository", daemon=True)
        self._counts: Counter[str] = Counter()
        self._logger = structlog.get_logger("depository")
        self._submit: Callable[[Command], None]
        self._reader: Reader

    def next_due_time(self) -> int | None:
        """Return None: answers come when they come."""
        return None

    def take(self) -> DepositoryAnswered:
        """Refuse: nothing is answered by the clock."""
        raise LookupError("no answer comes by itself")

    def start(self, submit: Callable[[Command], None], subscribe: Subscribe) -> None:
        """Make the folders, find out which requests still wait, and begin."""
        for folder in (self._inbox / "done", self._inbox / "rejected", self._outbox):
            folder.mkdir(parents=True, exist_ok=True)
        self._submit = submit
        history, self._reader = subscribe()
        for published in history:
            self._hear(published)
        self._thread.start()

    def stop(self) -> None:
        """End; what is not written or read yet is at the next start."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(5.0)

    def totals(self) -> dict[str, int]:
        """Return its counters."""
        return {f"depository_{name}": count for name, count in dict(self._counts).items()}

    def view(self) -> dict[str, Any]:
        """Return its folders and counters."""
        return {"inbox": str(self._inbox), "outbox": str(self._outbox), **self.totals()}

    def _run(self) -> None:
        look = 0.0
        while not self._ended.is_set():
            try:
                self._drain(min(self._poll, 0.2))
                if time.monotonic() >= look:
                    look = time.monotonic() + self._poll
                    self._send()
                    self._look()
            except Exception:
                self._counts["failures"] += 1
                self._logger.exception("the depository's files could not be handled; it is tried again")
                self._ended.wait(self._poll)

    def _drain(self, seconds: float) -> None:
        """Take in the events that are there, or wait so long for the first."""
        try:
            item = self._reader.get(timeout=seconds)
            while True:
                if isinstance(item, Published):
                    self._hear(item)
                item = self._reader.get_nowait()
        except Empty:
            return

    def _hear(self, published: Published) -> None:
        for event in published.events:
            self._heard(event)

    def _heard(self, event: Event) -> None:
        match event:
            case DepositoryAsked():
                self._waiting[event.request] = self._unwritten[event.request] = event
            case DepositoryReplied() | DepositoryAnswerRefused():
                self._forget(event.request)
                self._outcomes[event.request] = event
            case DepositoryDropped():
                self._forget(event.request)
            case CommandFailed(request="depository_answered") if self._awaited:
                self._outcomes[self._awaited] = event
            case DayOpened():
                self._waiting.clear()
                self._unwritten.clear()
            case _:
                pass

    def _forget(self, request: str) -> None:
        self._waiting.pop(request, None)
        self._unwritten.pop(request, None)

    def _send(self) -> None:
        """Write the requests that are not written yet since the start."""
        for request, asked in list(self._unwritten.items()):
            path = self._outbox / f"{request}{SUFFIX}"
            data = request_letter(request, asked.what, asked.clause, self._key)
            if not (path.exists() and path.read_bytes() == data):
                _write(path, data)
                self._counts["requests"] += 1
                self._logger.info("a request is in the outbox", request=request)
            self._unwritten.pop(request, None)

    def _look(self) -> None:
        for path in sorted(self._inbox.iterdir()):
            if self._ended.is_set():
                return
            if path.suffix == SUFFIX and not path.name.startswith(".") and path.is_file():
                self._take_in(path)

    def _take_in(self, path: Path) -> None:
        try:
            if path.stat().st_size > GREATEST:
                raise BadLetter(f"it has more than {GREATEST} bytes")
            command = read_answer(path.read_bytes(), self._key)
        except BadLetter as bad:
            if time.time() - path.stat().st_mtime >= GROWING_SECONDS:
                self._reject(path, str(bad))
            return
        outcome = self._submitted(command)
        if outcome is None:
            return  # the venue ends, or is slow: the file stays, and the engine takes each answer once
        if isinstance(outcome, CommandFailed):
            self._reject(path, f"a defect of the venue ({outcome.defect})")
        elif isinstance(outcome, DepositoryAnswerRefused) and outcome.refusal.code != ALREADY_ANSWERED:
            self._reject(path, english(outcome.refusal))
        else:
            self._counts["answers"] += isinstance(outcome, DepositoryReplied)
            self._counts["repeated"] += isinstance(outcome, DepositoryAnswerRefused)
            _move(path, self._inbox / "done")
            self._logger.info("an answer is taken in", file=path.name, request=command.request)

    def _submitted(self, command: DepositoryAnswered) -> Outcome | None:
        """Submit an answer and wait for what becomes of it; None: it is not known yet."""
        self._outcomes.pop(command.request, None)
        self._awaited = command.request
        self._submit(command)
        deadline = time.monotonic() + OUTCOME_SECONDS
        while command.request not in self._outcomes and time.monotonic() < deadline and not self._ended.is_set():
            self._drain(0.1)
        self._awaited = ""
        return self._outcomes.pop(command.request, None)

    def _reject(self, path: Path, reason: str) -> None:
        self._counts["rejected"] += 1
        self._logger.error("incident: a file of the depository is rejected", file=path.name, reason=reason)
        _write(self._inbox / "rejected" / f"{path.name}.reason", f"{reason}\n".encode())
        _move(path, self._inbox / "rejected")


def _write(path: Path, data: bytes) -> None:
    """Write a file that is there whole or not at all, over any crash."""
    new = path.with_name(f".{path.name}.new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _move(path: Path, folder: Path) -> None:
    """Move a file there, beside one of that name that is there already."""
    target, number = folder / path.name, 1
    while target.exists():
        number += 1
        target = folder / f"{path.stem}-{number}{path.suffix}"
    os.replace(path, target)
