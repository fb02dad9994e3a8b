"""What the console says of decisions: announced first, with actor, reason and document, and the same after a crash."""

import datetime as dt
import subprocess
import sys

import pytest

from kase_fix.scenario.console import ConsoleRefused
from kase_fix.scenario.story import OpenVenue
from kase_fix.scenario.venue import Venue

MOMENT = dt.datetime(2020, 5, 27, 16, 50)
PROLONGATION = {
    "actor": "chairman",
    "reason": "FIRMB closes positions",
    "document": "33",
    "ground": "art. 4 p. 3 sp. 5",
}
DECISIONS = (
    ({"command": "widen_limit", "symbol": "EURKZT_TOM", "percent": "5", "requested_by": "FIRMA"}, {"reason": "asked"}),
    ({"command": "change_trading_time", "board": "FX_TOM", "closes": "17:30"}, PROLONGATION),
    ({"command": "suspend", "symbols": "RUBKZT_TOM"}, {"actor": "makler A. B.", "reason": "failure of a bank"}),
    ({"command": "suspend_member", "firm": "00100"}, {"actor": "chairman", "reason": "letter", "document": "44"}),
    (
        {"command": "file_application", "application": "A-1", "symbol": "NEWCb1", "what": "listing"},
        {"reason": "letter"},
    ),
)
EFFECTS = ("limit_set", "window_changed", "suspended", "order_cancelled")


@pytest.fixture(scope="module")
def venue():
    started = Venue(OpenVenue(MOMENT))
    yield started
    started.end()


def test_decisions_are_announced_first_and_survive_a_crash(venue):
    console = venue.addresses().console
    for terms, by in DECISIONS:
        number = console.post("/api/operator", terms | by)["number"]
        events = [one for one in console.get(f"/api/events?after={number - 1}")["events"] if one["seq"] == number]
        names = [one["event"] for one in events]
        decided = events[names.index("decided")]
        assert {name: decided["by"][name] for name in by} == by
        if terms["command"] != "file_application":  # it changes nothing for members
            assert names[0] == "announced"
            assert by["reason"] in events[0]["english"]
        assert not any(name in EFFECTS for name in names[: names.index("decided")])
    with pytest.raises(ConsoleRefused, match="makler may not decide"):
        console.post("/api/operator", DECISIONS[1][0] | PROLONGATION | {"actor": "makler"})

    before = [console.get(path) for path in ("/api/decisions", "/api/applications")]
    assert [one["refused"] is None for one in before[0]["decisions"]] == [False, True, True, True, True, True]
    assert [one["application"] for one in before[1]["applications"]] == ["A-1"]
    venue.start_again(kill=True, moment=MOMENT)
    console = venue.addresses().console
    after = [console.get(path) for path in ("/api/decisions", "/api/applications")]
    assert after[0]["in_force"] == before[0]["in_force"]
    assert after[0]["decisions"] == before[0]["decisions"]
    assert after[1]["applications"] == before[1]["applications"]
    verify = [sys.executable, "-m", "kase_fix", "verify", "--data", str(venue.folder / "data")]
    done = subprocess.run(verify, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
