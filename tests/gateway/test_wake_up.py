"""A session that is told more than its line holds gets all of it, whatever QuickFIX's thread was busy with."""

import subprocess
import sys
from pathlib import Path

HOST = Path(__file__).with_name("wake_up_host.py")
TOLD = 1000


def told(directory, width):
    """Return how many of 1000 messages come to B."""
    command = [sys.executable, str(HOST), str(directory), width]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_nobody_stands_still_because_many_were_full(tmp_path):
    """600 times QuickFIX has to note A's full line while its thread is held up; B's note is behind them, and read."""
    assert told(tmp_path, "wide") == TOLD


def test_that_is_ours_and_not_quickfix_s(tmp_path):
    """Left as it is QuickFIX loses B's note. Where a release of it does not, `wake_up` is no longer needed."""
    assert told(tmp_path, "narrow") < TOLD


PAIRS = """
import os, socket, sys
from kase_fix.gateway import wake_up

pairs = [socket.socketpair() for _ in range(int(sys.argv[1]))]
for ours, theirs in pairs:
    ours.setblocking(False), theirs.setblocking(False)
socket.socketpair()  # one that blocks is none of QuickFIX's
wake_up.widen()
[[ours, theirs]] = pairs
for number in range(100_000):
    ours.send(number.to_bytes(4, "little"))
assert theirs.recv(8) == bytes(4) + b"\\1\\0\\0\\0"
assert not os.get_blocking(ours.fileno()) and not os.get_blocking(theirs.fileno())
"""


def widened(pairs):
    """Return what a process says that widens with so many pairs: nothing where all is well."""
    command = [sys.executable, "-c", PAIRS, str(pairs)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


def test_the_pair_holds_more_than_a_day_could_note():
    assert widened(1) == ""


def test_two_pairs_are_an_error():
    """Which of them is QuickFIX's cannot be told: better no start than another's socket replaced."""
    assert "not to be told from others" in widened(2)
    assert "not to be told from others" in widened(0)
