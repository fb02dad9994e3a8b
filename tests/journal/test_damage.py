"""Thousands of starts on files cut, flipped, zeroed and appended to: an earlier state or a refusal (law 2, 8).

Journal, snapshots and the day's events are hurt, one file or several. A start recovers to what some whole groups had
made and says what it cut off, or it refuses, says why and leaves the journal as it is. Half the starts look only.
"""

import random
import shutil

import pytest

from kase_fix.journal import day_file, snapshots
from kase_fix.journal import log as log_module
from kase_fix.journal.reading import JournalDamaged
from kase_fix.journal.recovery import recover
from kase_fix.journal.replay import journal_path, replay
from kase_fix.messages.codec import encode_published
from kase_fix.values.enums import Side
from tests.journal.test_snapshots import DAY, Venue
from tests.journal.written import order

SEEDS = 8
STARTS = 300
"""Of each seed."""
WOUNDS = ("cut", "flip", "flip", "flip", "zero", "append", "insert", "gone")


class Sound:
    """A directory of a venue that died, and what it had come to behind each of its groups."""

    def __init__(self, directory):
        directory.mkdir()
        more = [[order(f"y{i}", "ONE", Side.BUY, 1000, 440 + i)] for i in range(6)]
        venue = Venue(directory).runs([*DAY, *more]).crashes()
        self.directory = directory
        self.told = [encode_published(one) for one in venue.told()]
        self.numbers = [one.number for one in venue.told()]
        self.states = {0: replay(directory, last=0).engine.hash()} | {
            number: replay(directory, last=number).engine.hash() for number in self._ends(venue.number)
        }

    def _ends(self, last):
        for number in range(1, last + 1):
            try:
                if replay(self.directory, last=number).end.number == number:
                    yield number
            except JournalDamaged:
                continue  # it is in the middle of a group

    def events_up_to(self, number):
        return [encoded for at, encoded in zip(self.numbers, self.told, strict=True) if at <= number]


@pytest.fixture
def sound(tmp_path, monkeypatch, often):  # noqa: ARG001
    monkeypatch.setattr(log_module, "BLOCK", 300)
    sound = Sound(tmp_path / "sound")
    assert len(snapshots.numbers(sound.directory)) >= 3
    assert len(sound.states) > 8
    return sound


def hurt(data, kind, chance):
    """Return bytes with one wound."""
    place = chance.randrange(len(data) or 1)
    length = min(chance.randint(1, 200), len(data) - place)
    if kind == "cut":
        return data[:place]
    if kind == "append":
        return data + chance.randbytes(chance.randint(1, 60))
    if kind == "insert":
        return data[:place] + chance.randbytes(chance.randint(1, 9)) + data[place:]
    if kind == "zero":
        return data[:place] + bytes(length) + data[place + length :]
    if kind == "gone" or not data:
        return b""
    return data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]


def contents(directory):
    return {path: path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file()}


def wound(directory, chance):
    """Hurt one to three files, each once or twice; tell what was done."""
    done = []
    for path in chance.sample(sorted(contents(directory)), chance.choice((1, 1, 1, 2, 3))):
        kinds = chance.choices(WOUNDS, k=chance.choice((1, 1, 2)))
        data = path.read_bytes()
        for kind in kinds:
            data = hurt(data, kind, chance)
        path.write_bytes(data)
        if "gone" in kinds and path != journal_path(directory):
            path.unlink()
        done.append((path.relative_to(directory).as_posix(), *kinds))
    return done


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_start_comes_to_a_state_that_never_was(sound, tmp_path, capsys, seed):
    chance = random.Random(seed)
    refused = earlier = said = 0
    for start in range(STARTS):
        directory = tmp_path / "hurt"
        shutil.copytree(sound.directory, directory)
        done = start, wound(directory, chance)
        before = contents(directory)
        capsys.readouterr()
        try:
            recovered = recover(directory, own=chance.random() < 0.5)
        except JournalDamaged as damaged:
            why = str(damaged)
            assert any(word in why for word in ("estore", "is no journal", "has the format")), done
            assert journal_path(directory).read_bytes() == before[journal_path(directory)], done
            refused += 1
        else:
            end = recovered.replayed.end
            assert recovered.replayed.engine.hash() == sound.states[end.number], done
            told = [encode_published(one) for one in recovered.log.subscribe()[0]]
            assert told == sound.events_up_to(end.number), done
            if end.number < max(sound.states):
                rest = before[journal_path(directory)][end.offset :].rstrip(b"\0")
                assert end.torn == len(rest), done
                earlier += 1
            said += "left aside" in capsys.readouterr().out
        shutil.rmtree(directory)
    assert refused > STARTS / 20
    assert earlier > STARTS / 40
    assert said > STARTS / 40


def test_a_folder_of_rubbish_beside_the_journal_costs_nothing(sound):
    """Names that are no numbers, empty files, directories where files are due."""
    for folder, name in ((snapshots.FOLDER, "x.snapshot"), (day_file.FOLDER, "x.events"), (snapshots.FOLDER, "9.new")):
        (sound.directory / folder / name).write_bytes(b"rubbish")
    (sound.directory / snapshots.FOLDER / "000000000000099.snapshot").mkdir()
    (sound.directory / day_file.FOLDER / "000000000000099.events").mkdir()
    assert recover(sound.directory, own=True).replayed.engine.hash() == sound.states[max(sound.states)]
