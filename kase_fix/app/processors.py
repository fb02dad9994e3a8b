"""Which processors do what: orders have theirs alone, market data and the console have others.

Where both may run anywhere, an order waits when it wakes up on a processor that is just sending to vendors: the kernel
is not interrupted in that, whatever the priorities. So each has cores of its own, where there are two or more. Nothing
is bound while the venue comes up: reading the day takes all there are.
"""

import os
from collections.abc import Callable, Iterable, Set
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

CORES_FOR_EACH_BESIDE = 4
"""For each so many one is for what runs beside the orders, and one of fewer, unless it is set."""
GREATEST_BESIDE = 2
"""Market data is one process that makes messages and one that sends them: it has no use for more."""
LOOKS = 5
"""At a process's threads, to bind all of them."""
SIBLINGS = "/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list"


class Shares(NamedTuple):
    """Who runs where, by the numbers of processors; the same for both where nothing is kept apart."""

    orders: frozenset[int]
    """The venue's process, and the doorman of FIX-API and drop copy."""
    beside: frozenset[int]
    """FIX-MD, its doorman, the console."""

    @property
    def apart(self) -> bool:
        """Tell whether they are kept apart."""
        return self.orders != self.beside


def available() -> frozenset[int]:
    """Return the processors this thread may use; none where the system does not tell."""
    return frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else frozenset()


def shares(of: Set[int], beside: int | None, core_of: Callable[[int], str]) -> Shares:
    """Part these processors by whole cores: the last ones are `beside`.

    `beside` is how many cores that are, 0 for none, None for one, or two of eight and more. The orders keep one at the
    least: of a single core all have everything. `core_of` names the core of a processor, the same for its siblings.
    """
    cores: dict[str, set[int]] = {}
    for processor in sorted(of):
        cores.setdefault(core_of(processor), set()).add(processor)
    each = list(cores.values())
    usual = max(1, min(GREATEST_BESIDE, len(each) // CORES_FOR_EACH_BESIDE))
    count = min(usual if beside is None else beside, len(each) - 1)
    if count <= 0:
        return Shares(frozenset(of), frozenset(of))
    return Shares(frozenset().union(*each[:-count]), frozenset().union(*each[-count:]))


def core_of(processor: int) -> str:
    """Return the name of a processor's core: the list of its hyper-threads; itself where Linux does not tell."""
    try:
        return Path(SIBLINGS.format(processor)).read_text().strip() or str(processor)
    except OSError:
        return str(processor)


def keep_to(pid: int, processors: Iterable[int]) -> bool:
    """Bind all threads of a process, and those they will start, to these processors; tell whether it holds.

    None: it is left as it is. One that has ended is no trouble. A system that does not let us costs speed alone.
    """
    wanted = set(processors)
    if not wanted or not hasattr(os, "sched_setaffinity"):
        return True
    for _ in range(LOOKS):  # a thread that was not bound yet may have started another
        try:
            loose = [thread for thread in map(int, os.listdir(f"/proc/{pid}/task")) if _runs_elsewhere(thread, wanted)]
        except OSError:
            return True
        if not loose:
            return True
        for thread in loose:
            with suppress(OSError):
                os.sched_setaffinity(thread, wanted)
    return False


def _runs_elsewhere(thread: int, wanted: Set[int]) -> bool:
    try:
        return os.sched_getaffinity(thread) != wanted
    except OSError:
        return False  # it has ended
