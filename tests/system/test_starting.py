"""A start that is not to be: of a directory that is in use, and one that is told to end before it is ready."""

import signal
import subprocess
import sys

from tests.system.floor import MOMENT, SIDE_BY_SIDE, VenueProcess, until


def starting(data):
    command = [sys.executable, "-m", "kase_fix", "serve", "--rehearsal", MOMENT, "--data", str(data)]
    command += [word for setting in SIDE_BY_SIDE for word in ("--set", setting)]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_second_start_says_who_is_there_and_leaves_his_log_alone(venue):
    assert venue.addresses
    log = venue.data / "log"
    before = log.read_bytes()
    second = starting(venue.data)
    out, errors = second.communicate(timeout=60)
    assert (second.returncode, out) == (1, b"")
    assert f"in use by process {venue.process.pid}" in errors.decode()
    assert log.read_bytes() == before


def test_who_is_told_to_end_while_he_starts_ends_at_once_and_the_next_start_goes_on(tmp_path):
    """The lock is taken first: from then on a signal is heard, long before the venue is ready."""
    first = starting(tmp_path / "data")
    assert until(lambda: (tmp_path / "data" / "lock").exists() and (tmp_path / "data" / "lock").read_bytes(), 20.0)
    first.send_signal(signal.SIGTERM)
    out, errors = first.communicate(timeout=20)
    assert (first.returncode, out) == (0, b"")
    assert b"told to end while it started" in errors
    again = VenueProcess(tmp_path)
    try:
        assert again.addresses
    finally:
        again.end()
