"""`bench feed` runs a venue with vendors; how fast it is is for people to judge."""

import json
import random

from kase_fix.app import bench_beside, bench_feed
from kase_fix.app.main import main


def test_it_measures_vendors_and_what_they_cost_the_orders(capsys, monkeypatch):
    monkeypatch.setattr(bench_feed, "COUNTS", (3,))
    monkeypatch.setattr(bench_beside, "IN_A_ROW", 2)
    assert main(["bench", "feed", "--deals", "4", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["vendors"]["3"]
    assert 0 < told["vendor_us"] <= told["last_us"]
    assert told["messages"] > 0
    for name in ("report", "orders", "venue_cpu"):
        assert list(told[name]) == ["none", "vendors", "busy"]
        assert all(one["median"] > 0 for one in told[name].values())
        for kind in ("vendors", "busy"):
            middle, low, high = told[name][kind]["ratio"]
            assert low <= middle <= high


def test_a_ratio_is_of_the_same_block():
    """A machine that is ten times slower for a while is so for both."""
    theirs = [1.0, 10.0, 1.0, 10.0, 1.0]
    assert bench_beside.ratio([one * 1.5 for one in theirs], theirs, random.Random(1)) == (1.5, 1.5, 1.5)


def test_a_ratio_says_how_sure_it_is():
    chance = random.Random(1)
    theirs = [1.0] * 101
    few = bench_beside.ratio([chance.uniform(1, 3) for _ in range(11)], theirs[:11], chance)
    many = bench_beside.ratio([chance.uniform(1, 3) for _ in range(101)], theirs, chance)
    assert many.high - many.low < few.high - few.low
    assert many.low < 2 < many.high
