"""One writer of a data directory, freed by his death (contract: `--data DIR`)."""

import os
import subprocess
import sys
import threading

import pytest

from kase_fix.journal.writing import DirectoryLock, DirectoryLocked

HOLDER = """
import sys
from pathlib import Path
from kase_fix.journal.writing import DirectoryLock
lock = DirectoryLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_second_writer_is_told_who_holds_the_directory(tmp_path, holder):
    """After his patience he names the process; the holder's number is left where it is."""
    with pytest.raises(DirectoryLocked, match=f"{tmp_path} is in use by process {holder.pid}$"):
        DirectoryLock(tmp_path, patience=0.05)
    with pytest.raises(DirectoryLocked, match=f"process {holder.pid}$"):
        DirectoryLock(tmp_path, patience=0)


def test_death_of_the_holder_frees_the_directory_to_who_waits(tmp_path, holder):
    """A start right after a SIGKILL waits for what is left of the last one."""
    got = []
    waiting = threading.Thread(target=lambda: got.append(DirectoryLock(tmp_path, patience=30)))
    waiting.start()
    holder.kill()
    waiting.join(30)
    assert len(got) == 1
    assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"
    got[0].release()


def test_released_directory_is_free_at_once(tmp_path):
    """A directory is made where there is none."""
    DirectoryLock(tmp_path / "new").release()
    DirectoryLock(tmp_path / "new", patience=0).release()
