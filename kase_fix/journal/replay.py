"""Replaying a journal: the one path by which a venue starts, `verify` proves and `replay` shows."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from kase_fix.engine import RULES_VERSION
from kase_fix.engine.engine import Engine
from kase_fix.journal.proving import Difference, Witness
from kase_fix.journal.reading import End, JournalDamaged, JournalFile
from kase_fix.journal.record import Group
from kase_fix.journal.writing import FILE_NAME
from kase_fix.messages.codec import encode_published
from kase_fix.messages.commands import Sequenced, VenueOpened
from kase_fix.messages.events import Published

STATE_EVERY = 4096
"""A state hash is taken after every command whose number is a multiple of this."""


class WrongRules(Exception):
    """The journal was written under other rules than this program's."""


class Start(msgspec.Struct, frozen=True):
    """Where a replay goes on that need not begin at the first command."""

    engine: Engine
    witness: Witness
    number: int
    """Number of the last command that the engine has applied."""
    time: int
    """Its moment, nanoseconds UTC."""
    offset: int
    """Where the group of that command begins."""
    first: int
    """Number of that group's first command."""


class Disagrees(Exception):
    """The journal is not one that leads over this start; the text says why."""


class Replayed(msgspec.Struct):
    """Where a replay has come to."""

    engine: Engine
    witness: Witness
    end: End
    last_time: int
    """Moment of the last command, nanoseconds UTC."""
    offset: int = 0
    """Where the last group with a command begins; 0: there is none."""
    first: int = 0
    """Number of that group's first command."""


def journal_path(directory: Path) -> Path:
    """Return the journal's file in a data directory."""
    return directory / FILE_NAME


def replay(
    directory: Path,
    told: Callable[[Published, bytes], None] | None = None,
    until: Callable[[Sequenced], bool] | None = None,
    last: int | None = None,
    start: Start | None = None,
) -> Replayed:
    """Replay a directory's journal, telling each command's events (and as bytes), and hold it against its own proofs.

    With `until`, stops before the first command for which it is true; with `last`, after the command of that number,
    without a look at what follows, be it damaged. With `start` what is before it is only held against its checksums.
    Raises `JournalDamaged`, `WrongRules`, `Difference`, `Disagrees`.
    """
    if start is None:
        start = Start(Engine(), Witness(), 0, 0, 0, 0)
    engine, witness, last_time = start.engine, start.witness, start.time
    if last == 0:
        return Replayed(engine, witness, End(0, 0, 0), last_time)
    offset, first = start.offset, start.first
    with JournalFile(journal_path(directory)) as file:
        for group in _groups(file, start):
            if group.proof is not None:
                witness.compare(group.proof)
            if group.commands:
                offset, first = file.place, group.commands[0].number
            for sequenced in group.commands:
                if sequenced.number <= start.number:
                    _check_passed(sequenced, start)
                    continue
                if until is not None and until(sequenced):
                    return Replayed(engine, witness, End(0, sequenced.number - 1, 0), last_time)
                _check_rules(sequenced)
                last_time = sequenced.time
                published = Published(sequenced.number, sequenced.time, engine.apply(sequenced))
                encoded = encode_published(published)
                witness.applied(sequenced.number, encoded)
                if sequenced.number % STATE_EVERY == 0:
                    witness.state(sequenced.number, engine.hash())
                if told is not None:
                    told(published, encoded)
                if sequenced.number == last:
                    return Replayed(engine, witness, End(0, last, 0), last_time)
        assert file.end is not None
        if file.end.number < start.number:
            raise Disagrees(f"it ends with command {file.end.number}")
        if witness.proven < start.number:
            raise Disagrees(f"no proof of command {start.number} is in it")
        return Replayed(engine, witness, file.end, last_time, offset, first)


def _groups(file: JournalFile, start: Start) -> Iterator[Group]:
    if not start.number:
        return file.groups()
    if file.skim(start.offset) != start.first - 1:
        raise Disagrees(f"command {start.first} does not stand at byte {start.offset} behind sound groups")
    return file.groups(start.offset, start.first - 1)


def _check_passed(sequenced: Sequenced, start: Start) -> None:
    if sequenced.number == start.number and sequenced.time != start.time:
        raise Disagrees(f"command {start.number} is of another moment")


def commands(directory: Path) -> Iterator[Sequenced]:
    """Iterate the commands of a directory's journal. Raises `JournalDamaged`."""
    with JournalFile(journal_path(directory)) as file:
        for group in file.groups():
            yield from group.commands


def _check_rules(sequenced: Sequenced) -> None:
    command = sequenced.command
    if isinstance(command, VenueOpened) and command.rules_version != RULES_VERSION:
        raise WrongRules(
            f"the journal was written under rules version {command.rules_version}, this program has {RULES_VERSION}: "
            "finish the operational day with the release that began it"
        )


__all__ = [
    "Difference",
    "Disagrees",
    "JournalDamaged",
    "Replayed",
    "Start",
    "WrongRules",
    "commands",
    "journal_path",
    "replay",
]
