"""The journal proves itself (law 7): a replay under other rules is found out at the first command that differs."""

import pytest

from kase_fix.engine import engine
from kase_fix.journal import replay as replaying
from kase_fix.journal.proving import Difference, Prover, Witness
from kase_fix.journal.reading import JournalFile
from kase_fix.journal.replay import replay
from kase_fix.journal.writing import JournalWriter
from kase_fix.messages.codec import encode_published
from kase_fix.messages.commands import Sequenced
from kase_fix.messages.events import Published
from kase_fix.rulebook import prices
from kase_fix.values.enums import Side
from tests.journal.written import NOON, apply, closing, opening, order, trading, write


def test_replay_agrees_with_what_was_live(day):
    """Law 7: every command is proven, the last ones by the proof that stands behind them."""
    witness = replay(day.directory).witness
    assert witness.proven == len(day.commands)


def test_altered_rule_is_found_at_its_first_command(tmp_path, monkeypatch):
    """Law 7: the first command that differs is named, wherever it stands in its group."""
    for place in range(3):
        sound = [order(f"s{i}", "ONE", Side.BUY, 1000, 440) for i in range(3)]
        sound[place] = order("off", "ONE", Side.BUY, 1000, 440.001)
        directory = tmp_path / str(place)
        directory.mkdir()
        write(directory, [opening(), trading()[:2], sound, closing()])
        assert replay(directory).witness.proven == 11
        with monkeypatch.context() as patch:
            patch.setattr(prices, "price_on_grid", lambda *_: None)
            with pytest.raises(Difference) as found:
                replay(directory)
        assert found.value.number == 7 + place
        assert str(found.value) == f"command {7 + place} brings about other events than it did live"


def test_altered_state_without_altered_events_is_found(tmp_path, monkeypatch):
    """Law 7: state hashes are compared too, every so many commands."""
    monkeypatch.setattr(replaying, "STATE_EVERY", 4)
    write(tmp_path, [opening(), trading(), closing()])
    assert replay(tmp_path).witness.states == 3
    genuine = engine.Engine.hash
    monkeypatch.setattr(engine.Engine, "hash", lambda self: genuine(self)[::-1] if self.state.orders else genuine(self))
    with pytest.raises(Difference, match="the state after command 12 differs") as found:
        replay(tmp_path)
    assert found.value.number == 12


def test_state_hash_is_taken_every_4096_commands(tmp_path):
    """Law 7: with nothing altered it agrees."""
    cheap = [order(f"n{i}", "ONE", Side.BUY, 1, 450) for i in range(4200)]
    write(tmp_path, [opening(), *(cheap[i : i + 256] for i in range(0, len(cheap), 256))])
    witness = replay(tmp_path).witness
    assert (witness.proven, witness.states) == (4204, 1)


def test_proof_goes_on_over_a_restart(tmp_path):
    """Law 7: what the last run could not prove any more, a crash came between, the next one does, and only that."""
    written = write(tmp_path, [opening(), trading()[:3], trading()[3:6]], last_proof=False)
    prover = Prover()
    replayed = replay(tmp_path, lambda published, encoded: prover.applied(published.number, encoded))
    assert replayed.witness.proven == written.numbers[-2]
    prover.skip(replayed.witness.proven)
    writer = JournalWriter(tmp_path, replayed.end)
    following = [Sequenced(11 + i, NOON + 20, command) for i, command in enumerate(trading()[6:])]
    proof = prover.proof()
    assert len(proof.checks) == 4 * 3
    writer.append(11, following, proof)
    for sequenced in following:
        apply(replayed.engine, prover, sequenced)
    writer.append(15, (), prover.proof())
    assert prover.proof() is None
    writer.close()
    again = replay(tmp_path)
    assert (again.witness.proven, again.engine.hash()) == (14, replayed.engine.hash())


def test_every_command_has_its_check(day):
    """Law 7: four bytes a command, so that the first that differs has a name."""
    with JournalFile(day.path) as file:
        proofs = [group.proof for group in file.groups() if group.proof]
    assert [proof.upto for proof in proofs] == day.numbers[1:-1]
    assert sum(len(proof.checks) for proof in proofs) == 4 * len(day.commands)


def test_missing_command_in_a_proof_is_found():
    """Law 7: a replay that brings about the events of another command differs too."""
    prover, witness = Prover(), Witness()
    for number in (1, 2):
        prover.applied(number, encode_published(Published(number, 0, ())))
    witness.applied(1, encode_published(Published(1, 0, ())))
    with pytest.raises(Difference, match="the events up to command 2"):
        witness.compare(prover.proof())
