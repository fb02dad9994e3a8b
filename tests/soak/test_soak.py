"""Twenty crashes of the real processes in heavy traffic: nothing confirmed is lost, nothing told twice.

At length, by another seed each time: `make soak CRASHES=200`. `SOAK_SEED` repeats a run of twenty.
"""

import os
import time

from scripts.soak.__main__ import told
from scripts.soak.plan import POINTS
from scripts.soak.run import Wish, soak

CRASHES = 20


def test_twenty_crashes_cost_nothing(tmp_path):
    seed = os.environ.get("SOAK_SEED", "twenty")
    begun = time.monotonic()
    outcome = soak(Wish(CRASHES, seed, tmp_path, rate=60))
    table = told(outcome, seed, time.monotonic() - begun)
    assert outcome.good, table
    assert sum(outcome.survived.values()) + sum(outcome.missed.values()) == CRASHES
    assert all(outcome.survived[point] for point in POINTS), table
    counts = outcome.verdict.counts
    assert (counts["lost"], counts["doubled"]) == (0, 0)
    assert counts["deals"] > 100, table
    assert counts["orders confirmed"] > 300, table
