"""The day's events on disk: read by position, believed as far as a snapshot vouches, made again otherwise."""

import errno
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kase_fix.journal import day_file, snapshots
from kase_fix.journal import log as module
from kase_fix.journal.day_file import DayFile, Frame, NotVouched, path_of
from kase_fix.journal.log import EventLog
from kase_fix.journal.recovery import recover
from kase_fix.messages.concern import is_general
from kase_fix.messages.day_events import DayOpened
from kase_fix.values.enums import Side
from tests.journal.test_log import NEXT_DAY, run
from tests.journal.test_snapshots import DAY, Venue, same
from tests.journal.written import closing, opening, order, trading

records = st.lists(
    st.tuples(st.integers(1, 5), st.binary(min_size=1, max_size=40), st.booleans()), min_size=1, max_size=30
)


def blocks_of(records, cuts):
    """Numbered frames in blocks cut at random."""
    blocks, number = [[]], 0
    for index, (step, encoded, general) in enumerate(records):
        number += step
        if blocks[-1] and index in cuts:
            blocks.append([])
        blocks[-1].append(Frame(number, encoded, general))
    return blocks


@settings(deadline=None, max_examples=60)
@given(records, st.sets(st.integers(0, 30)), st.data())
def test_what_was_written_is_found_at_its_position_also_by_the_next_start(tmp_path_factory, records, cuts, data):
    directory = tmp_path_factory.mktemp("day")
    blocks = blocks_of(records, cuts)
    written = DayFile.begin(directory, 7)
    for block in blocks:
        written.append(block)
    frames = [frame for block in blocks for frame in block]
    known = {frame.number: frame.encoded for frame in frames}
    for day in (written, DayFile.resume(directory, written.vouched, True)):
        assert all(day.at(number) == known.get(number) for number in range(frames[-1].number + 2))
        assert list(day.general) == [frame.number for frame in frames if frame.general]
        after = data.draw(st.integers(0, frames[-1].number))
        expected = [frame.encoded for frame in frames if frame.number > after]
        assert list(day.records(after, day.blocks)) == expected
        assert (day.last, day.vouched) == (frames[-1].number, written.vouched)


@settings(deadline=None, max_examples=60)
@given(records, st.sets(st.integers(0, 30)), st.data())
def test_no_byte_of_it_can_be_another_unseen(tmp_path_factory, records, cuts, data):
    directory = tmp_path_factory.mktemp("day")
    written = DayFile.begin(directory, 7)
    for block in blocks_of(records, cuts):
        written.append(block)
    path = path_of(directory, 7)
    whole = path.read_bytes()
    place, bit = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 7))
    path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :])
    with pytest.raises(NotVouched):
        DayFile.resume(directory, written.vouched, False)
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    with pytest.raises(NotVouched):
        DayFile.resume(directory, written.vouched, False)


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 300)


@pytest.mark.usefixtures("small_blocks")
def test_a_command_is_found_wherever_its_events_are(tmp_path):
    """In a block, behind the blocks, and of the day before: who is behind may ask for those too."""
    log = EventLog(tmp_path)
    engine, told = run(log, *opening(), *trading(), *closing())
    _, more = run(log, NEXT_DAY, engine=engine, number=len(told))
    for published in (*told[2:], *more):
        assert log.at(published.number) == (published if published.events else None)
    assert log.at(len(told) + 2) is None
    assert len(list((tmp_path / day_file.FOLDER).iterdir())) == 2


@pytest.mark.usefixtures("small_blocks")
def test_history_is_read_from_a_position_and_in_what_concerns_more_than_orders():
    log = EventLog()
    engine, told = run(log, *opening(), *trading())
    history = log.history()
    run(log, *closing(), engine=engine, number=len(told))  # what comes later is not of this history
    for number in range(len(told) + 1):
        assert list(history.after(number)) == [one for one in told[2:] if one.number > number]
        general = [one for one in told[1:] if is_general(one) and one.number <= max(number, 2)]
        assert list(history.general(number)) == general
    assert isinstance(general[1].events[0], DayOpened)
    assert log.latest_general(len(told)) == 4


@pytest.mark.usefixtures("small_blocks")
def test_where_the_disk_takes_nothing_events_stay_in_memory(tmp_path, monkeypatch):
    log = EventLog(tmp_path)
    engine, told = run(log, *opening())

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(DayFile, "write", full)
        _, more = run(log, *trading(), engine=engine, number=len(told))
        assert log.vouch().vouched is None
        assert [log.at(one.number) for one in more] == more
    assert list(log.subscribe()[0]) == (told + more)[1:]
    assert log.vouch().vouched is not None
    assert list(log.subscribe()[0]) == (told + more)[1:]


@pytest.mark.usefixtures("small_blocks")
def test_where_the_disk_stands_still_others_read_on(tmp_path, monkeypatch):
    """One thread waits for the disk, and nobody for that thread."""
    log = EventLog(tmp_path)
    engine, told = run(log, *opening())
    reached, go_on, genuine = threading.Event(), threading.Event(), DayFile.write

    def held(*block):
        reached.set()
        assert go_on.wait(60)
        return genuine(*block)

    monkeypatch.setattr(DayFile, "write", held)
    with ThreadPoolExecutor(2) as threads:
        trading_on = threads.submit(run, log, *trading(), engine=engine, number=len(told))
        try:
            assert reached.wait(60)
            history, reader = threads.submit(log.subscribe).result(60)
            seen = list(history)
            threads.submit(log.pass_on, reader, "here").result(60)
        finally:
            go_on.set()
        _, more = trading_on.result(60)
    assert seen == (told + more)[1 : len(seen) + 1]
    assert len(seen) >= len(told)
    rest = [reader.get_nowait() for _ in range(reader.qsize())]
    assert rest == ["here", *(told + more)[len(seen) + 1 :]]
    assert list(log.subscribe()[0]) == (told + more)[1:]


@pytest.fixture
def dead(tmp_path, small_blocks, often):  # noqa: ARG001
    venue = Venue(tmp_path).runs(DAY).crashes()
    told = venue.told()
    venue.told = lambda: told  # not what the file says later on
    return venue


def the_file(directory):
    (path,) = (directory / day_file.FOLDER).iterdir()
    return path


def flip(path, place):
    data = path.read_bytes()
    path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])


def test_events_that_are_lost_or_others_are_made_again(dead, tmp_path, capsys):
    """The snapshots that vouch for them are left aside, and it is said why."""
    assert same(tmp_path, dead) > 8
    flip(the_file(tmp_path), 40)
    assert same(tmp_path, dead) < 8
    assert "has other bytes" in capsys.readouterr().out
    the_file(tmp_path).unlink()
    assert same(tmp_path, dead) < 8
    assert "cannot be read" in capsys.readouterr().out
    venue = Venue(tmp_path).runs([[order(f"x{i}", "ONE", Side.BUY, 1000, 440)] for i in range(9)]).crashes()
    assert same(tmp_path, venue) > dead.number


def test_damage_at_their_end_costs_only_the_snapshots_that_vouch_for_it(dead, tmp_path):
    links = [snapshots.read(snapshots.path_of(tmp_path, number))[0] for number in snapshots.numbers(tmp_path)]
    lengths = [link.events.length for link in links]
    assert lengths[-2] < lengths[-1]
    flip(the_file(tmp_path), lengths[-1] - 1)
    assert same(tmp_path, dead) == links[-2].number


@pytest.mark.usefixtures("dead")
def test_who_only_looks_changes_nothing(tmp_path):
    """`report day` reads the directory of a venue that runs."""
    venue = Venue(tmp_path).runs([[order("y", "ONE", Side.BUY, 1000, 440)]])
    before = the_file(tmp_path).read_bytes()
    assert list(recover(tmp_path).log.subscribe()[0]) == venue.told()
    assert the_file(tmp_path).read_bytes() == before
    venue.runs([[order("z", "ONE", Side.BUY, 1000, 440)]]).crashes()
    assert same(tmp_path, venue) > 0


def test_yesterdays_file_goes_with_yesterdays_snapshots(dead, tmp_path):
    venue = Venue(tmp_path).runs([closing(), [NEXT_DAY]])
    venue.runs([[order(f"n{i}", "ONE", Side.BUY, 1000, 440)] for i in range(9)]).crashes()
    assert the_file(tmp_path).stem.lstrip("0") == str(dead.number + 3)
    assert same(tmp_path, venue) > 0
