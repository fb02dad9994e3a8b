"""`bench gateway` goes all its ways; how long they take is for people to judge."""

import json

from kase_fix.app.main import main


def test_it_measures_round_the_door_and_through_it(capsys):
    assert main(["bench", "gateway", "--round-trips", "20", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    ways = ["round the door", "through it", "through it, TLS"]
    assert [list(told[name]) for name in ("median_us", "added_us", "a_second")] == [ways] * 3
    assert told["added_us"]["round the door"] == 0
    assert min(told["median_us"].values()) > 0
