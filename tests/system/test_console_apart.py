"""The console is a process of its own: it may die, and trading goes on; operators come back to the same address."""

import os
import random
import signal

import pytest

from kase_fix.scenario.console import ConsoleRefused
from tests.system.floor import Member, VenueProcess, until
from tests.system.test_door import metrics
from tests.system.test_feed import SYMBOL, they_trade
from tests.system.test_feed_apart import children

MODULE = "kase_fix.console"


@pytest.fixture
def venue(tmp_path):
    running = VenueProcess(tmp_path)
    assert running.addresses
    yield running
    running.end()


def answers(venue):
    """Tell whether the console is there."""
    try:
        return venue.addresses.console.get("/healthz") is not None
    except ConsoleRefused:
        return False


def test_one_that_is_killed_is_started_again_at_the_same_address_and_nobody_waits_for_it(venue):
    """Members trade on; the new one knows the whole day, answers, and carries decisions out."""
    members = [Member(user).logs_on(venue.api) for user in ("FIRMA", "FIRMB")]
    chance = random.Random(1)
    they_trade(members, chance, 30)
    before = venue.addresses.console.get(f"/api/deals/{SYMBOL}")["deals"]
    assert before
    [pid] = children(venue, MODULE)
    os.kill(pid, signal.SIGKILL)
    they_trade(members, chance, 30)
    assert until(lambda: answers(venue))
    assert children(venue, MODULE) != [pid]
    deals = venue.addresses.console.get(f"/api/deals/{SYMBOL}")["deals"]
    assert [deal["deal_id"] for deal in deals][-len(before) :] == [deal["deal_id"] for deal in before]
    assert len(deals) > len(before)
    venue.addresses.console.post("/api/clock", {"by": 1})
    assert "kase_venue_console_restarts 1.0" in metrics(venue)
    assert "the console has ended and is started again" in venue.errors()
    assert all(member.is_alive() for member in members)


def test_one_that_stands_still_holds_nobody_up_and_catches_up(venue):
    members = [Member(user).logs_on(venue.api) for user in ("FIRMA", "FIRMB")]
    chance = random.Random(2)
    [pid] = children(venue, MODULE)
    os.kill(pid, signal.SIGSTOP)
    try:
        they_trade(members, chance, 60)
    finally:
        os.kill(pid, signal.SIGCONT)
    they_trade(members, chance, 10)
    venue.addresses.console.post("/api/clock", {"by": 1})
    assert venue.addresses.console.get(f"/api/deals/{SYMBOL}")["deals"]
    assert children(venue, MODULE) == [pid]
    assert all(member.is_alive() for member in members)
