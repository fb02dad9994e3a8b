"""A session that is told more than its line holds gets all of it, whatever QuickFIX's thread was busy with."""

import select
import socket
import subprocess
import sys
from pathlib import Path

from kase_fix.gateway import wake_up

HOST = Path(__file__).with_name("wake_up_host.py")
TOLD = 1000
SECONDS = 120
"""A process that takes longer hangs."""
SMALL = 131_072
"""Bytes of a buffer that is filled soon, and for which TCP's own segments would cut numbers (measured)."""
ROUNDS = 4


def told(directory, width):
    """Return how many of 1000 messages come to B."""
    command = [sys.executable, str(HOST), str(directory), width]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_nobody_stands_still_because_many_were_full(tmp_path):
    """Its own pair could hold half of the notes of A's full line, made while its thread is held up: B's is read too."""
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
unused = socket.socketpair()  # one that blocks is none of QuickFIX's
wake_up.widen()
[[ours, theirs]] = pairs
for number in range(100_000):
    assert ours.send(number.to_bytes(4, "little")) == 4
assert theirs.recv(8) == bytes(4) + b"\\1\\0\\0\\0"
assert not os.get_blocking(ours.fileno()) and not os.get_blocking(theirs.fileno())
"""


def widened(pairs):
    """Return what a process says that widens with so many pairs: nothing where all is well."""
    command = [sys.executable, "-c", PAIRS, str(pairs)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS).stderr


def test_the_pair_holds_more_than_a_day_could_note():
    assert widened(1) == ""


def test_two_pairs_are_an_error():
    """Which of them is QuickFIX's cannot be told: better no start than another's socket replaced."""
    assert "not to be told from others" in widened(2)
    assert "not to be told from others" in widened(0)


def fill(ours, number):
    """Write numbers from this one on until no more find room; return the next one."""
    try:
        while True:
            assert ours.send(number.to_bytes(4, "little")) == 4, "a full pair took a part of a number"
            number += 1
    except BlockingIOError:
        return number


def drain(theirs, first, end):
    """Read these numbers, each at once, as QuickFIX does."""
    for number in range(first, end):
        assert select.select([theirs], [], [], SECONDS)[0]
        assert theirs.recv(4) == number.to_bytes(4, "little")


def test_a_full_pair_takes_no_part_of_a_number():
    """Behind a part all numbers would be others. It is filled anew wherever reading stopped, and keeps the order."""
    ours, theirs = wake_up.pair()
    with ours, theirs:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        read = written = 0
        for _ in range(ROUNDS):
            written = fill(ours, written)
            stop = written - (written - read) * 2 // 3
            drain(theirs, read, stop)
            read = stop
        drain(theirs, read, written)
