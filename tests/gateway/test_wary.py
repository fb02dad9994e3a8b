"""What ended the process, or a session's answers, with QuickFIX 1.16 as it comes: `gateway.wary`, `doorman.nudge`."""

import subprocess
import sys


def told(tmp_path, story):
    """Return what a story prints; its process must not die of it."""
    command = [sys.executable, "-m", "tests.gateway.wary_host", str(tmp_path), story]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, (done.returncode, done.stderr[-2000:])
    return done.stdout.split("\n")[-2]


def test_a_reset_behind_the_session_s_end_ends_nothing_else(tmp_path):
    """SequenceReset(4) with a NewSeqNo(36) that has passed, behind a Logout: the others are answered."""
    assert told(tmp_path, "reset_behind_the_end") == "True 1"


def test_one_who_says_too_much_behind_a_gap_is_cut_alone(tmp_path):
    """20 000 Heartbeats behind a number that is missing, then that: the others are answered."""
    assert told(tmp_path, "too_much_behind_a_gap") == "True 1"


def test_so_much_as_a_session_may_say_at_once_may_be_behind_a_gap(tmp_path):
    assert told(tmp_path, "much_behind_a_gap") == "True 0 False"


def test_what_came_before_the_numbers_began_anew_is_not_taken_for_new(tmp_path):
    """The old message of number 4 waited in QuickFIX; behind the new 2 and 3 it comes up, and is nobody's any more."""
    assert told(tmp_path, "before_the_reset") == "second,third 1"


def test_a_silent_session_has_its_heartbeats_while_others_speak(tmp_path):
    """Heartbeat(0) and TestRequest(1) come to one who is nudged, however much others say."""
    assert told(tmp_path, "silent_among_others") == "01 0"
