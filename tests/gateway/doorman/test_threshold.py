"""How many may stand before the door, with a clock of the test's own."""

from kase_fix.gateway.doorman import threshold as module
from kase_fix.gateway.doorman.threshold import Threshold

HERE, THERE = "192.0.2.1", "192.0.2.2"


def test_an_address_may_come_so_often_at_once_and_then_so_often_a_second():
    threshold = Threshold(3, 2.0, 1000, 1000)
    assert [threshold.comes(HERE, 0.0) for _ in range(5)] == ["", "", "", "rate", "rate"]
    assert threshold.comes(THERE, 0.0) == ""
    assert [threshold.comes(HERE, 0.5) for _ in range(2)] == ["", "rate"]
    assert [threshold.comes(HERE, 100.0) for _ in range(5)] == ["", "", "", "rate", "rate"]


def test_strangers_are_counted_until_they_pass():
    threshold = Threshold(100, 1.0, 3, 2)
    assert [threshold.comes(HERE, 0.0) for _ in range(3)] == ["", "", "crowd_of_address"]
    assert [threshold.comes(THERE, 0.0) for _ in range(2)] == ["", "crowd"]
    threshold.passes(HERE)
    assert threshold.comes(THERE, 0.0) == ""
    threshold.passes(THERE)
    threshold.passes(THERE)
    assert threshold.comes(HERE, 0.0) == ""
    assert dict(threshold._standing) == {HERE: 2}


def test_addresses_without_end_fill_no_memory(monkeypatch):
    monkeypatch.setattr(module, "GREATEST_TABLE", 100)
    threshold = Threshold(1, 1.0, 10, 10)
    for number in range(1000):
        if not threshold.comes(f"2001:db8::{number:x}", 0.0):
            threshold.passes(f"2001:db8::{number:x}")
    assert (len(threshold._left), len(threshold._standing)) == (100, 0)
    assert threshold.comes(f"2001:db8::{999:x}", 0.0) == "rate"
