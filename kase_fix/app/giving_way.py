"""How a process gives way to those of the usual priority: a tenth of a processor where all is wanted, and at once.

A low priority alone (nice(2)) shares time out fairly, but leaves a process at work until its slice of some
milliseconds ends, whoever wakes up. Linux (6.12 and later) lets the one with the shorter slice go before it: so who
gives way asks for the longest. Older kernels keep the priority and ignore the slice (sched_setattr(2)).
"""

import ctypes
import os
import platform
import struct
from contextlib import suppress

NICE = 10
LONGEST_SLICE_NS = 100_000_000
"""What the kernel allows at most."""
SYSTEM_CALLS = {"x86_64": 314, "aarch64": 274}
"""sched_setattr(2), which Python does not offer."""
ATTRIBUTES = struct.Struct("IIQiIQQQII")
"""struct sched_attr: its size, policy, flags, nice, priority, runtime in ns, deadline, period, two limits."""


def give_way(pid: int) -> None:
    """Let every process of the usual priority go before this one: all its threads, and those they will start."""
    with suppress(OSError):  # it has just ended
        for thread in os.listdir(f"/proc/{pid}/task"):
            with suppress(OSError):
                _give_way(int(thread))


def _give_way(thread: int) -> None:
    os.setpriority(os.PRIO_PROCESS, thread, NICE)
    if call := SYSTEM_CALLS.get(platform.machine()):
        wanted = ATTRIBUTES.pack(ATTRIBUTES.size, os.SCHED_OTHER, 0, NICE, 0, LONGEST_SLICE_NS, 0, 0, 0, 0)
        ctypes.CDLL(None).syscall(call, thread, ctypes.c_char_p(wanted), 0)  # what it cannot do is left undone
