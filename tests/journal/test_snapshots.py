"""Snapshots spare time and nothing else: whatever becomes of them, a start comes to the same state (law 8)."""

import msgspec
import pytest

from kase_fix.engine import snapshot as marks
from kase_fix.engine.engine import Engine
from kase_fix.engine.kept_deals import KeptDeals
from kase_fix.engine.names import NamesGained
from kase_fix.engine.revival import NotRevived, encode_configuration, gained, revive
from kase_fix.journal import photographer as module
from kase_fix.journal import snapshots
from kase_fix.journal.log import EventLog
from kase_fix.journal.photographer import Photographer, go_on
from kase_fix.journal.proving import Difference, Prover
from kase_fix.journal.reading import JournalDamaged, identity_of
from kase_fix.journal.recovery import recover
from kase_fix.journal.replay import journal_path, replay
from kase_fix.journal.writing import JournalWriter
from kase_fix.messages.codec import encode_published
from kase_fix.messages.commands import OperationalDayOpened, Sequenced
from kase_fix.messages.events import Published
from kase_fix.rulebook import prices
from kase_fix.values.enums import Side
from tests.journal.written import DATE, NOON, SYMBOL, closing, opening, order, trading

NEXT_DAY = OperationalDayOpened(DATE.replace(day=28), {SYMBOL: DATE}, {}, "day:opens", "art. 5 p. 1")
DAY = [opening(), *(trading()[i : i + 3] for i in range(0, 10, 3))]


@pytest.fixture(autouse=True)
def taken_often(often):
    """Before any other fixture."""


class Venue:
    """The sequencer's work, group by group."""

    def __init__(self, directory):
        self.directory = directory
        if journal_path(directory).exists():
            recovered = recover(directory, own=True)
            self.began = recovered.began
            self.engine, self.prover, self.log = recovered.replayed.engine, recovered.prover, recovered.log
            self.number = recovered.replayed.end.number
            self.writer = JournalWriter(directory, recovered.replayed.end)
            self.photographer = go_on(directory, recovered)
        else:
            self.engine, self.prover, self.log, self.number = Engine(), Prover(), EventLog(directory), 0
            self.writer = JournalWriter(directory, None)
            journal = identity_of(journal_path(directory))
            self.photographer = Photographer(directory, journal, self.log, None, self.engine.mark)

    def runs(self, groups):
        for group in groups:
            stamped = [Sequenced(self.number + 1 + i, NOON + self.number + i, one) for i, one in enumerate(group)]
            place = self.writer.size, stamped[0].number
            self.writer.append(stamped[0].number, stamped, self.prover.proof())
            results = []
            for one in stamped:
                published = Published(one.number, one.time, self.engine.apply(one))
                encoded = encode_published(published)
                self.prover.applied(one.number, encoded)
                self.photographer.applied(self.engine, self.prover, one.time, *place)
                results.append((published, encoded))
            for published, encoded in results:
                self.log.publish(published, encoded)
                self.photographer.published(published.number)
            self.number += len(group)
        return self

    def crashes(self):
        self.photographer.close()
        self.writer.close()
        return self

    def told(self):
        return list(self.log.subscribe()[0])


@pytest.fixture
def dead(tmp_path):
    """A venue that died on a day of trading, with a chain of snapshots."""
    venue = Venue(tmp_path).runs(DAY).crashes()
    assert len(snapshots.numbers(tmp_path)) >= 3
    return venue


def same(directory, dead):
    """Start; hold state, events and proof against those of the venue that died. Return where it began."""
    again = recover(directory)
    assert again.replayed.engine.hash() == dead.engine.hash()
    assert [*again.replayed.engine.state.names.living()] == [*dead.engine.state.names.living()]
    assert list(again.log.subscribe()[0]) == dead.told()
    assert again.prover.running == dead.prover.running
    assert (again.replayed.end.number, again.replayed.last_time) == (dead.number, NOON + dead.number - 1)
    return again.began


def test_a_start_goes_on_from_the_last_snapshot(dead, tmp_path):
    assert same(tmp_path, dead) == snapshots.numbers(tmp_path)[-1] > 8


def test_a_snapshot_that_the_journal_does_not_prove_yet_is_left_aside(dead, tmp_path):
    """The proof of a group's commands comes with the next group."""
    before = snapshots.numbers(tmp_path)
    dead = Venue(tmp_path).runs([[order(f"y{i}", "ONE", Side.BUY, 1000, 440) for i in range(8)]]).crashes()
    assert snapshots.numbers(tmp_path)[-1] > dead.number - 8
    assert same(tmp_path, dead) == before[-1]


def test_what_goes_on_behind_a_start_is_proven_and_photographed(dead, tmp_path):
    """Starts and crashes at every turn: the journal still proves itself from its first command (law 7)."""
    for index in range(4):
        venue = Venue(tmp_path).runs([[order(f"z{index}", "ONE", Side.BUY, 1000, 440 + index)]]).crashes()
        assert venue.began > 0
    assert same(tmp_path, venue) > dead.number - 3
    whole = replay(tmp_path)
    assert (whole.engine.hash(), whole.end.number) == (venue.engine.hash(), venue.number)
    assert whole.witness.proven == venue.number - 1


def test_no_snapshot_is_left_aside_that_a_venue_took(dead, tmp_path, capsys):
    """Marks taken while the journal was replayed are not those of the commands that come then."""
    for index in range(6):
        Venue(tmp_path).runs([[order(f"v{index}", "ONE", Side.BUY, 1000, 440)]]).crashes()
    Venue(tmp_path).runs([[order("w", "ONE", Side.BUY, 1000, 440)] for _ in range(9)]).crashes()
    assert recover(tmp_path).began > dead.number + 9
    told = [line for line in capsys.readouterr().out.splitlines() if "left aside" in line]
    assert [line for line in told if "no proof of command" not in line] == []


def test_every_cut_of_the_journal_comes_to_the_state_it_had(dead, tmp_path):
    """A snapshot that knows more than the journal is left aside (law 2)."""
    whole = journal_path(tmp_path).read_bytes()
    for number in range(1, dead.number):
        try:
            short = replay(tmp_path, last=number)
        except JournalDamaged:
            continue
        place = whole.find(b"\xffGRP", 32 + number)
        journal_path(tmp_path).write_bytes(whole[:place])
        full = replay(tmp_path)
        again = recover(tmp_path)
        assert again.replayed.engine.hash() == full.engine.hash()
        assert again.replayed.end == full.end
        assert again.began <= full.end.number
        journal_path(tmp_path).write_bytes(whole)
        assert short.end.number == number


@pytest.mark.parametrize("kind", ["flip", "cut", "empty", "gone"])
def test_damage_to_any_snapshot_costs_only_time(dead, tmp_path, kind):
    for number in snapshots.numbers(tmp_path):
        path = snapshots.path_of(tmp_path, number)
        data = path.read_bytes()
        if kind == "gone":
            path.unlink()
        else:
            half = len(data) // 2
            flipped = data[:half] + bytes([data[half] ^ 1]) + data[half + 1 :]
            path.write_bytes({"flip": flipped, "cut": data[:-1], "empty": b""}[kind])
        assert same(tmp_path, dead) < number
        path.write_bytes(data)
    for path in (tmp_path / snapshots.FOLDER).iterdir():
        path.unlink()
    assert same(tmp_path, dead) == 0


def altered(directory, number, **changes):
    """Change what a snapshot says and make its file sound again."""
    found = snapshots.read(snapshots.path_of(directory, number))
    snapshots.write(directory, msgspec.structs.replace(found[0], **changes))


@pytest.mark.parametrize(
    "changes",
    [{"running": bytes(16)}, {"time": 1}, {"offset": 32}, {"first": 2}, {"state": b"x"}, {"tables": b"\x92\x90\x90"}],
)
def test_a_sound_snapshot_that_does_not_agree_is_left_aside(tmp_path, changes):
    """Nothing is believed that the journal does not bear out."""
    dead = Venue(tmp_path).runs([*DAY, [order("y", "ONE", Side.BUY, 1000, 440)]]).crashes()
    Venue(tmp_path).crashes()
    last = snapshots.numbers(tmp_path)[-1]
    altered(tmp_path, last, **changes)
    venue = Venue(tmp_path).runs([[order("w", "ONE", Side.BUY, 1000, 440)]])
    venue.crashes()
    assert replay(tmp_path).end.number == dead.number + 1


def test_a_snapshot_of_another_journal_or_program_is_none(dead, tmp_path, monkeypatch):
    monkeypatch.setattr(snapshots, "program", lambda: b"another")
    assert same(tmp_path, dead) == 0
    monkeypatch.undo()
    assert same(tmp_path, dead) > 0
    for number in snapshots.numbers(tmp_path):
        altered(tmp_path, number, journal=b"another")
    assert same(tmp_path, dead) == 0


@pytest.mark.usefixtures("dead")
def test_a_new_day_begins_a_new_chain(tmp_path):
    """The files of the day before go with the second of the new day: the first alone might not be proven yet."""
    venue = Venue(tmp_path).runs([closing(), [NEXT_DAY]])
    opened = venue.number
    assert 0 < same(tmp_path, venue.crashes()) < opened
    venue = Venue(tmp_path).runs([[order("n", "ONE", Side.BUY, 1000, 440)]])
    assert same(tmp_path, venue.crashes()) > 0
    venue = Venue(tmp_path).runs([[order(f"n{i}", "ONE", Side.BUY, 1000, 440)] for i in range(9)]).crashes()
    assert snapshots.numbers(tmp_path)[0] >= opened
    assert same(tmp_path, venue) > venue.number - 5


@pytest.mark.usefixtures("dead")
def test_a_day_that_opens_while_the_venue_runs_is_where_a_start_begins(tmp_path):
    venue = Venue(tmp_path).runs([closing(), [NEXT_DAY], [order("n", "ONE", Side.BUY, 1000, 440)]]).crashes()
    assert same(tmp_path, venue) == venue.number - 1


@pytest.mark.usefixtures("dead")
def test_an_altered_rule_is_found_behind_a_snapshot_too(tmp_path, monkeypatch):
    """Law 7: the replay behind it is held against the journal's proofs, and then the whole one is."""
    Venue(tmp_path).runs([[order("q", "ONE", Side.BUY, 1000, 440.001)], closing()]).crashes()
    for number in snapshots.numbers(tmp_path)[-2:]:
        snapshots.path_of(tmp_path, number).unlink()
    monkeypatch.setattr(prices, "price_on_grid", lambda *_: None)
    with pytest.raises(Difference):
        recover(tmp_path)


@pytest.mark.usefixtures("dead")
def test_damage_before_a_snapshot_is_still_refused(tmp_path):
    """Law 2: a start holds every group against its checksum, also those it need not replay."""
    path = journal_path(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[:100] + bytes([data[100] ^ 1]) + data[101:])
    with pytest.raises(JournalDamaged):
        recover(tmp_path)


def test_a_disk_that_takes_no_snapshots_stops_nothing(tmp_path, monkeypatch):
    venue = Venue(tmp_path).runs(DAY[:2])

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(module, "write", full)
        venue.runs(DAY[2:]).crashes()
    assert same(tmp_path, venue) <= 7


def test_a_defect_before_a_snapshot_does_not_matter(tmp_path, monkeypatch):
    """Law 4: what a failed command left behind is taken back, in the tables too."""
    venue = Venue(tmp_path).runs(DAY[:3])
    with monkeypatch.context() as patch:
        patch.setattr(prices, "price_on_grid", lambda *_: 1 // 0)
        venue.runs([[order("bad", "ONE", Side.BUY, 1000, 440)]])
    events = [event for one in venue.told() for event in one.events]
    assert venue.engine.failures == 1
    venue.runs(DAY[3:]).crashes()
    last = snapshots.numbers(tmp_path)[-1]
    assert last > 11
    assert recover(tmp_path).replayed.engine.hash() == venue.engine.hash()
    assert any(type(event).__name__ == "CommandFailed" for event in events)


def test_a_state_that_is_not_read_back_whole_is_not_believed(dead):
    mark = dead.engine.take_mark()
    settings = encode_configuration(mark.configuration), encode_configuration(mark.market.configuration)
    revived = revive(mark.bytes, mark.sequence, *settings, [gained(mark, None)]).names
    assert (revived.digest(), [*revived.living()]) == (mark.names.digest(), [*mark.names.living()])
    for tables in ([], [gained(mark, None)] * 2):
        with pytest.raises(NotRevived):
            revive(mark.bytes, mark.sequence, *settings, tables)


def test_whoever_gives_a_mark_a_table_gives_it_to_the_snapshots():
    """What a mark keeps beside its bytes is written by `engine.revival`: extend it with the mark."""
    assert set(marks.Mark.__slots__) == {
        "bytes", "configuration", "deals", "deals_mark", "market", "names", "names_mark", "sequence",
    }  # fmt: skip
    assert set(NamesGained.__struct_fields__) == {"uses", "orders", "prefixes", "odd", "ends", "fates", "living"}
    assert set(KeptDeals.__slots__) == {"_places", "_records", "digest", "lessened"}  # all are made of `_records`
