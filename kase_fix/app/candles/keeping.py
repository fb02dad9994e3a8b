"""The venue's file of past days' candles: begun with the journal, and made anew where something is missing."""

import sqlite3
from collections.abc import Set
from pathlib import Path

import structlog

from kase_fix.app.children import Child
from kase_fix.journal.past_days import FILE, Archive, PastDays
from kase_fix.journal.reading import identity_of
from kase_fix.journal.replay import journal_path
from kase_fix.messages.link_of_feed import MakePastDays

MODULE = "kase_fix.app.candles"


class Candles:
    """Build it, `tend` and `end` it in the main thread."""

    def __init__(self, directory: Path, fresh: bool, processors: Set[int]) -> None:
        """`fresh`: the journal has just begun; what is made anew is made on `processors`."""
        self.path = (directory / FILE).absolute()
        self.days = PastDays(self.path)
        self._directory = directory.absolute()
        self._processors = processors
        self._journal = identity_of(journal_path(directory))
        self._logger = structlog.get_logger("candles")
        if fresh:
            try:
                self.days.begin(self._journal)
            except (OSError, sqlite3.Error) as error:
                self._logger.warning("the candles of past days cannot be kept", error=repr(error))
        self.archive = Archive(self.days, self._journal, fresh)
        self._child: Child | None = None
        self._tried: int | None = None

    def tend(self) -> None:
        """Have the file made anew where days are missing, once for each day that opens; see whether it is there."""
        missing = self.archive.missing
        if missing is None:
            return
        if missing != self._tried:
            self.end()
            self._tried = missing
            self._logger.info("the candles of past days are made anew", until=missing)
            self._child = Child(MODULE, lambda _: None)
            self._child.keep_to(self._processors)
            self._child.say(MakePastDays(str(self._directory), missing))
        elif self._child is not None and self._child.ended.is_set():
            self._child.end()
            self._child = None
            if self.days.until(self._journal) == missing:
                self.archive.missing = None
                self._logger.info("the candles of past days are there")
            else:
                self._logger.error("the candles of past days could not be made")

    def end(self) -> None:
        """End what makes it."""
        if self._child is not None:
            self._child.end()
            self._child = None
