"""A session that is told more than its line holds gets all of it, whatever QuickFIX's thread was busy with."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from kase_fix.gateway import wake_up

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


def test_the_pair_holds_more_than_a_day_could_note():
    before = wake_up.descriptors()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for each in (ours, theirs):
            each.setblocking(False)
        wake_up.widen(before)
        for number in range(100_000):
            ours.send(number.to_bytes(4, "little"))
        assert theirs.recv(4) == bytes(4)
        assert not any(os.get_blocking(each.fileno()) for each in (ours, theirs))


def test_two_pairs_are_an_error():
    """Which of them is QuickFIX's cannot be told: better no start than another's socket replaced."""
    before = wake_up.descriptors()
    pairs = [*socket.socketpair(), *socket.socketpair()]
    for each in pairs:
        each.setblocking(False)
    with pytest.raises(OSError, match="not to be told from others"):
        wake_up.widen(before)
    for each in pairs:
        each.close()
