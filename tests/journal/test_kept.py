"""Journals of released versions are still opened and give their hashes (architecture, "Names of things")."""

import shutil
from pathlib import Path

import pytest

from kase_fix import __version__
from kase_fix.engine import RULES_VERSION
from kase_fix.engine.engine import Engine
from kase_fix.journal.replay import WrongRules, commands, replay
from kase_fix.messages.events import CommandFailed

JOURNALS = Path(__file__).parent.parent / "journals"
VERSIONS = sorted(path.name for path in JOURNALS.iterdir() if path.is_dir())


def test_this_version_has_a_journal():
    """Every version leaves one behind: `python -m tests.journal.keep`."""
    assert __version__ in VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
def test_kept_journal_opens(version, tmp_path):
    """One of these rules gives its hash; one of earlier rules is refused in words, yet its commands are understood."""
    shutil.copy(JOURNALS / version / "journal", tmp_path / "journal")
    number, state = (JOURNALS / version / "expected.txt").read_text(encoding="ascii").split()
    kept = list(commands(tmp_path))
    assert len(kept) == int(number)
    if kept[0].command.rules_version == RULES_VERSION:
        replayed = replay(tmp_path)
        assert (replayed.end.number, replayed.engine.hash().hex()) == (int(number), state)
        assert replayed.witness.proven == int(number)
        return
    with pytest.raises(WrongRules):
        replay(tmp_path)
    engine = Engine()
    assert not any(isinstance(event, CommandFailed) for one in kept for event in engine.apply(one))
