"""`bench feed` runs a venue with vendors; how fast it is is for people to judge."""

import json

from kase_fix.app import bench_feed
from kase_fix.app.main import main


def test_it_measures_vendors_and_what_they_cost_the_orders(capsys, monkeypatch):
    monkeypatch.setattr(bench_feed, "COUNTS", (0, 3))
    assert main(["bench", "feed", "--deals", "10", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["vendors"]
    assert list(told) == ["0", "3"]
    assert (told["0"]["report_ratio"], told["0"]["messages"]) == (1, 0)
    assert 0 < told["3"]["vendor_us"] <= told["3"]["last_us"]
    assert min(told["3"]["messages"], told["3"]["orders"]) > 0
