"""A journal cut, flipped, appended to: it recovers to a state it once had, or is refused and left alone (law 2, 7)."""

import itertools
import os
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kase_fix.engine import engine
from kase_fix.journal import record, writing
from kase_fix.journal.reading import JournalDamaged, JournalFile
from kase_fix.journal.record import FILE_HEADER, FORMAT, GROUP_HEADER, encode_group, file_header
from kase_fix.journal.replay import WrongRules, commands, replay
from kase_fix.journal.writing import JournalWriter
from kase_fix.messages.commands import Sequenced, VenueOpened
from kase_fix.values.enums import Side
from tests.journal.written import NOON, closing, opening, order, read, reopened, trading, write


def flipped(data, place, bit=0):
    return data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]


def test_groups_come_back_as_they_were_written(day):
    """Law 6: everything a command says is in the journal, in order."""
    assert list(commands(day.directory)) == day.commands
    replayed = replay(day.directory)
    assert (replayed.engine.hash(), replayed.last_time) == (day.hashes[-1], day.commands[-1].time)
    assert (replayed.end.offset, replayed.end.number, replayed.end.torn) == (day.ends[-1], len(day.commands), 0)
    assert replayed.witness.proven == len(day.commands)


def test_journal_goes_on_where_it_ended(day):
    """Law 2: a second writer appends behind the first; the reserved space is no part of it."""
    replayed = replay(day.directory)
    writer = JournalWriter(day.directory, replayed.end)
    number = replayed.end.number + 1
    again = [Sequenced(number, NOON + 100, closing()[1])]
    writer.append(number, again, None)
    writer.begin_sync()
    writer.wait()
    writer.close()
    assert list(commands(day.directory)) == day.commands + again


def test_what_a_failed_sync_may_have_left_in_memory_alone_is_written_again_before_it_is_believed(day, monkeypatch):
    """Law 2, fsync(2): a sync that failed once finds clean pages the next time, and they are not on the disk."""
    replayed = replay(day.directory)
    assert 0 < replayed.offset < replayed.end.offset
    whole, steps = day.bytes(), []
    write_at, make_durable = os.pwrite, os.fsync

    def writes(file, data, start):
        steps.append((start, start + len(data)))
        return write_at(file, data, start)

    def syncs(file):
        steps.append("synced")
        return make_durable(file)

    monkeypatch.setattr(writing, "AT_ONCE", 100)
    monkeypatch.setattr(os, "pwrite", writes)
    monkeypatch.setattr(os, "fsync", syncs)
    JournalWriter(day.directory, replayed.end, replayed.offset).close()
    monkeypatch.undo()
    pieces, synced = steps[: steps.index("synced")], steps[-1]
    assert (pieces[0][0], pieces[-1][1], synced) == (replayed.offset, replayed.end.offset, "synced")
    assert all(one[1] == following[0] for one, following in itertools.pairwise(pieces))
    assert day.bytes()[: replayed.end.offset] == whole[: replayed.end.offset]


def test_cut_at_every_byte_of_its_last_group(tmp_path):
    """Law 2: a torn last group is as if it had never come, and it is said so."""
    written = write(tmp_path, [opening(), trading()[:2]], last_proof=False)
    whole = written.bytes()
    start, end = written.ends[1:]
    padding = end - start - GROUP_HEADER.size - int.from_bytes(whole[start + 4 : start + 8], "big")
    for cut in range(start, end + 1):
        written.path.write_bytes(whole[:cut])
        kept = cut >= end - padding
        replayed = reopened(tmp_path)
        assert replayed.engine.hash() == written.hashes[2 if kept else 1], cut
        assert replayed.end.number == written.numbers[2 if kept else 1]
        if not kept:
            assert replayed.end.offset == start
            assert replayed.end.torn == len(whole[start:cut].rstrip(b"\0"))
            assert written.path.stat().st_size == start


def test_flip_of_any_byte_of_its_last_group(tmp_path):
    """Law 2: damage in the last group cannot be told from a torn one; nothing of it is taken."""
    written = write(tmp_path, [opening(), trading()[:2]], last_proof=False)
    whole = written.bytes()
    start = written.ends[1]
    length = int.from_bytes(whole[start + 4 : start + 8], "big")
    for place in range(start, start + GROUP_HEADER.size + length):
        written.path.write_bytes(flipped(whole, place, place % 8))
        replayed = replay(tmp_path)
        assert (replayed.engine.hash(), replayed.end.number) == (written.hashes[1], written.numbers[1]), place
        assert replayed.end.torn > 0


def test_damage_further_in_is_refused_and_left_alone(day):
    """Law 2: what was answered is not cut away; the place and the way out are named, the file stays as it is."""
    whole = day.bytes()
    for index in range(len(day.ends) - 2):
        damaged = flipped(whole, day.ends[index] + GROUP_HEADER.size + 3)
        day.path.write_bytes(damaged)
        number = day.numbers[index]
        with pytest.raises(JournalDamaged) as refused:
            reopened(day.directory)
        text = str(refused.value)
        assert f"at byte {day.ends[index]}, after command {number};" in text
        assert f"command {day.numbers[index + 1] + 1} follows at byte {day.ends[index + 1]}" in text
        assert "Restore" in text
        assert f"replay --until {number}" in text
        assert refused.value.number == number
        assert day.path.read_bytes() == damaged
        shown = replay(day.directory, last=number)
        assert (shown.engine.hash(), shown.end.number) == (day.hashes[index], number)


def test_missing_and_repeated_groups_are_refused(day):
    """Law 2: a gap in the numbers is damage, not an end."""
    whole, ends = day.bytes(), day.ends
    for bad in (whole[: ends[1]] + whole[ends[2] :], whole[: ends[2]] + whole[ends[1] :]):
        day.path.write_bytes(bad)
        with pytest.raises(JournalDamaged, match="is due"):
            replay(day.directory)


@pytest.mark.parametrize("rubbish", [b"\0" * 5000, b"\xffGRP" * 50, b"x", bytes(range(256)) * 9])
def test_rubbish_behind_the_end_is_cut_off(day, rubbish):
    """Law 2: what is no sound group behind the last one never was."""
    whole = day.bytes()
    day.path.write_bytes(whole + rubbish)
    replayed = reopened(day.directory)
    assert replayed.engine.hash() == day.hashes[-1]
    assert replayed.end.torn == len(rubbish.rstrip(b"\0"))
    assert day.path.read_bytes().rstrip(b"\0") == whole.rstrip(b"\0")


@pytest.mark.parametrize("size", [0, 1, FILE_HEADER.size - 1])
def test_file_without_a_header_is_refused(tmp_path, size):
    """A journal has its header from the moment it has its name, so what has none is none of ours."""
    path = tmp_path / "journal"
    path.write_bytes(file_header(bytes(16))[:size])
    with pytest.raises(JournalDamaged, match=f"it has {size} bytes"):
        replay(tmp_path)
    assert path.stat().st_size == size


def test_journal_without_commands(tmp_path):
    """A crash before the first group leaves a journal in which nothing happened."""
    JournalWriter(tmp_path, None).close()
    replayed = reopened(tmp_path)
    assert (replayed.end.number, replayed.end.torn, replayed.engine.hash()) == (0, 0, engine.Engine().hash())
    assert [path.name for path in tmp_path.iterdir()] == ["journal"]
    with pytest.raises(FileExistsError):
        JournalWriter(tmp_path, None)


def test_other_file_and_other_format_are_refused(day):
    """Names of things: what this release cannot read it says, with what to do."""
    whole = day.bytes()
    day.path.write_bytes(b"PK" + whole[2:])
    with pytest.raises(JournalDamaged, match="is no journal: it begins with b'PK"):
        replay(day.directory)
    day.path.write_bytes(whole[:8] + (FORMAT + 1).to_bytes(2, "big") + whole[10:])
    with pytest.raises(JournalDamaged, match=rf"format {FORMAT + 1}; this program reads {FORMAT}: open it with the"):
        replay(day.directory)


def test_other_rules_version_is_refused(tmp_path):
    """Law 7: opening is refused with a sentence that says so."""
    write(tmp_path, [[VenueOpened(7, 999), *opening()[1:]]])
    with pytest.raises(WrongRules, match=r"rules version 999, this program has .*: finish the operational day"):
        replay(tmp_path)


def test_sound_group_of_another_release_is_never_cut_off(day):
    """Law 2: its checksum is right, so it was answered; that this program cannot read it makes it no torn end."""
    payload = record._encoder.encode(([[len(day.commands) + 1, NOON, ["order_of_the_future", 1]]], None))
    head = GROUP_HEADER.pack(record.GROUP_MAGIC, len(payload), len(day.commands) + 1, 1, 0)[:-4]
    future = head + record.zlib.crc32(payload, record.zlib.crc32(head)).to_bytes(4, "big") + payload
    whole = day.bytes() + future
    day.path.write_bytes(whole)
    with pytest.raises(JournalDamaged, match=r"sound but not of this release.*order_of_the_future"):
        reopened(day.directory)
    assert day.path.read_bytes() == whole
    day.path.write_bytes(flipped(whole, day.ends[-2] + GROUP_HEADER.size))
    with pytest.raises(JournalDamaged, match="sound group of another release"):
        reopened(day.directory)


def test_text_of_a_member_cannot_look_like_a_group(tmp_path):
    """A member's text is UTF-8 and has no 0xff, so damage before it is not hidden by it."""
    group = encode_group(1, [], None).decode("latin-1")
    written = write(tmp_path, [opening(), [order("a", "ONE", Side.BUY, 1000, 450, text=group * 3)]], last_proof=False)
    whole = written.bytes()
    written.path.write_bytes(whole[:-9])
    assert replay(tmp_path).engine.hash() == written.hashes[1]


@cache
def template():
    """A journal of many small groups, and its reserved zeros."""
    with tempfile.TemporaryDirectory() as name:
        orders = trading()
        written = write(Path(name), [opening(), *([one] for one in orders), closing()])
        return written, written.path.read_bytes()


damage = st.lists(
    st.one_of(
        st.tuples(st.just("cut"), st.integers(0, 10**6)),
        st.tuples(st.just("flip"), st.integers(0, 10**6), st.integers(0, 7)),
        st.tuples(st.just("append"), st.binary(max_size=60)),
        st.tuples(st.just("zero"), st.integers(0, 10**6), st.integers(1, 200)),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=400, deadline=None)
@given(damage)
def test_damage_gives_an_earlier_state_or_a_refusal(kinds):
    """Law 2, 7: whatever happens to the file, no state comes out of it that the venue never had."""
    written, data = template()
    for kind, *where in kinds:
        if kind == "append":
            data += where[0]
        elif data:
            place = where[0] % len(data)
            if kind == "cut":
                data = data[:place]
            elif kind == "flip":
                data = flipped(data, place, where[1])
            else:
                data = data[:place] + bytes(min(where[1], len(data) - place)) + data[place + where[1] :]
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "journal"
        path.write_bytes(data)
        try:
            replayed = replay(Path(name))
        except JournalDamaged:
            assert path.read_bytes() == data
            return
        index = written.numbers.index(replayed.end.number)
        assert replayed.engine.hash() == written.hashes[index]
        JournalWriter(Path(name), replayed.end).close()
        assert read(Path(name)).number == replayed.end.number


def test_reading_stops_in_the_middle_without_harm(day):
    """A reader that leaves early lets go of the file."""
    with JournalFile(day.path) as file:
        assert len(next(file.groups()).commands) == 4
        assert file.end is None
