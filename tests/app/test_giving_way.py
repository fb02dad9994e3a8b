"""A process that gives way: all its threads have the low priority, and one that is gone is no trouble."""

import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kase_fix.app.giving_way import LONGEST_SLICE_NS, NICE, give_way

TWO_THREADS = "import threading, sys; threading.Thread(target=sys.stdin.read).start(); print('up', flush=True)"


def test_every_thread_gives_way():
    with subprocess.Popen(
        [sys.executable, "-c", TWO_THREADS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "up\n"
        threads = os.listdir(f"/proc/{child.pid}/task")
        assert len(threads) == 2
        give_way(child.pid)
        assert {os.getpriority(os.PRIO_PROCESS, int(thread)) for thread in threads} == {NICE}
        child.communicate()
    give_way(child.pid)


@pytest.mark.skipif(
    tuple(map(int, re.findall(r"\d+", platform.release())[:2])) < (6, 12) or not Path("/proc/self/sched").exists(),
    reason="this kernel knows no slices, or does not show them",
)
def test_who_wakes_does_not_wait_for_its_slice():
    """The kernel has taken the slice we ask for: whoever has a shorter one goes first when it wakes."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        give_way(child.pid)
        shown = Path(f"/proc/{child.pid}/sched").read_text()
        child.communicate(b"\n")
    assert re.search(rf"^se\.slice\s*:\s*{LONGEST_SLICE_NS}$", shown, re.MULTILINE)
