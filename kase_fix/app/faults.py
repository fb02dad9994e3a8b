"""Kill points: where a test has the venue die, to see that nothing it answered is lost.

`KASE_FIX_KILL=point:n`, read once at the start, ends the process with SIGKILL at the n-th crossing of the point. The
places themselves know nothing of it: without the variable nothing is wrapped and nothing costs anything. The points
within QuickFIX's file store, `store.stored` and `store.persisted`, are in a library of the harness (`scripts/soak`).
"""

import functools
import itertools
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from kase_fix.app import venue
from kase_fix.gateway.acceptor import Acceptor
from kase_fix.gateway.doorman import process
from kase_fix.gateway.doorman.upstream import Upstream
from kase_fix.journal.photographer import Photographer
from kase_fix.journal.writing import JournalWriter

VARIABLE = "KASE_FIX_KILL"


class Point(NamedTuple):
    """A method, and whether the process dies before it or after it."""

    owner: type
    method: str
    after: bool
    counts: Callable[[tuple[Any, ...]], bool] = lambda _: True
    """Whether a call is a crossing, by its arguments."""


def _resets(arguments: tuple[Any, ...]) -> bool:
    """Tell whether the doorman is about to give QuickFIX a Logon with 141=Y, which empties its store."""
    message: bytes = arguments[1]
    return b"\x0135=A\x01" in message and b"\x01141=Y\x01" in message


POINTS = {
    "journal.after_write": Point(JournalWriter, "append", after=True),
    "journal.after_sync": Point(JournalWriter, "wait", after=True),
    "engine.applied": Point(Photographer, "applied", after=False),  # what the sequencer calls behind each command
    "gateway.before_send": Point(Acceptor, "send", after=False),
    "doorman.before_reset": Point(Upstream, "send", after=False, counts=_resets),
}


def arm() -> None:
    """Wrap the point that the environment names, if any; the doorman's is in a process of its own."""
    name, _, count = os.environ.get(VARIABLE, "").partition(":")
    point = POINTS.get(name)
    if point is None:
        return
    if point.owner is Upstream:
        venue.DOORMAN = __name__
    setattr(point.owner, point.method, _deadly(point, int(count)))


def _deadly(point: Point, count: int) -> Callable[..., Any]:
    method = getattr(point.owner, point.method)
    crossings = itertools.count(1)

    @functools.wraps(method)
    def cross(*arguments: Any, **named: Any) -> Any:
        result = method(*arguments, **named) if point.after else None
        if point.counts(arguments) and next(crossings) == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return result if point.after else method(*arguments, **named)

    return cross


if __name__ == "__main__":  # the doorman, where its point is armed
    arm()
    sys.exit(process.main(sys.argv[1:]))
