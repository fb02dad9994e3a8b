"""`kase-fix bench resend` asks for everything both ways, and the other member is answered in both."""

import json

from kase_fix.app.bench_resend import WAYS, bench


def test_both_ways_are_measured(capfd):
    assert bench(300, as_json=True) == 0
    figures = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert figures["reports"] == 300
    for way in WAYS:
        assert figures[way]["resend_s"] > 0
        assert figures[way]["round_trips"] > 0
        assert figures[way]["longest_ms"] >= figures[way]["median_ms"] > 0
