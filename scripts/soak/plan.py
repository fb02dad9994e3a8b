"""What is to be survived: so many crashes of every kind, in an order drawn from the seed."""

import random
from typing import NamedTuple

POINTS = (
    "journal.after_write",
    "journal.after_sync",
    "engine.applied",
    "gateway.before_send",
    "store.stored",
    "store.persisted",
    "doorman.before_reset",
)
"""Where the process dies by itself: `kase_fix.app.faults`, those of the store in `disk.c`."""
OF_FEED = ("FIX-MD killed", "FIX-MD stopped", "FIX-MD's doorman killed")
"""Only market data fall out: orders go on, vendors come back; then the venue is killed."""
OTHERS = {
    "killed by chance": 8,
    "killed while starting": 3,
    "killed behind SIGSTOP": 2,
    "doorman killed": 1,
    "ended in order": 1,
    "disk full": 2,
    "disk full (a real one)": 1,
    "writes fail": 2,
    "syncs fail": 2,
    "slow disk, killed": 2,
    "FIX-MD killed": 2,
    "FIX-MD stopped": 2,
    "FIX-MD's doorman killed": 2,
}
"""The other ways to end, with their share."""
OF_POINTS = 0.72
"""The part of the crashes that happen at kill points: each of them at least 20 times in 200."""
LATEST = {"journal": 120, "engine": 200, "gateway": 300, "store": 300, "doorman": 5}
"""The crossing at which the process dies at the latest: within seconds of traffic."""


class Crash(NamedTuple):
    """One way to end."""

    kind: str
    crossing: int = 0
    """Of a kill point: at which of its crossings."""


def plan(crashes: int, chance: random.Random, only: str = "") -> list[Crash]:
    """Return so many crashes: the points in turn, the others by their share, all shuffled; or of one kind `only`."""
    if only:
        return [Crash(only, _crossing(only, chance) if only in POINTS else 0) for _ in range(crashes)]
    at_points = round(crashes * OF_POINTS)
    kinds = [POINTS[number % len(POINTS)] for number in range(at_points)]
    others = [kind for kind, share in OTHERS.items() for _ in range(share)]
    chance.shuffle(others)
    others.insert(0, OF_FEED[chance.randrange(len(OF_FEED))])  # also where there are few
    kinds += [others[number % len(others)] for number in range(crashes - at_points)]
    chance.shuffle(kinds)
    return [Crash(kind, _crossing(kind, chance) if kind in POINTS else 0) for kind in kinds]


def _crossing(kind: str, chance: random.Random) -> int:
    """Early crossings are tried as often as late ones: those of a start are among them."""
    latest = LATEST[kind.partition(".")[0]]
    return chance.randint(1, latest) if chance.random() < 0.7 else chance.randint(1, max(1, latest // 12))
