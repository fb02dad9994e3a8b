"""Replaying a journal: the one path by which a venue starts, `verify` proves and `replay` shows."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from kase_fix.engine import RULES_VERSION
from kase_fix.engine.engine import Engine
from kase_fix.journal.proving import Difference, Witness
from kase_fix.journal.reading import End, JournalDamaged, JournalFile
from kase_fix.journal.writing import FILE_NAME
from kase_fix.messages.codec import encode_published
from kase_fix.messages.commands import Sequenced, VenueOpened
from kase_fix.messages.events import Published

STATE_EVERY = 4096
"""A state hash is taken after every command whose number is a multiple of this."""


class WrongRules(Exception):
    """The journal was written under other rules than this program's."""


class Replayed(msgspec.Struct):
    """Where a replay has come to."""

    engine: Engine
    witness: Witness
    end: End
    last_time: int
    """Moment of the last command, nanoseconds UTC."""


def journal_path(directory: Path) -> Path:
    """Return the journal's file in a data directory."""
    return directory / FILE_NAME


def replay(
    directory: Path,
    told: Callable[[Published, bytes], None] | None = None,
    until: Callable[[Sequenced], bool] | None = None,
    last: int | None = None,
) -> Replayed:
    """Replay a directory's journal, telling each command's events (and as bytes), and hold it against its own proofs.

    With `until`, stops before the first command for which it is true; with `last`, after the command of that number,
    without a look at what follows, be it damaged. Raises `JournalDamaged`, `WrongRules`,
    `Difference`.
    """
    engine, witness = Engine(), Witness()
    last_time = 0
    if last == 0:
        return Replayed(engine, witness, End(0, 0, 0), last_time)
    with JournalFile(journal_path(directory)) as file:
        for group in file.groups():
            if group.proof is not None:
                witness.compare(group.proof)
            for sequenced in group.commands:
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
        return Replayed(engine, witness, file.end, last_time)


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


__all__ = ["Difference", "JournalDamaged", "Replayed", "WrongRules", "commands", "journal_path", "replay"]
