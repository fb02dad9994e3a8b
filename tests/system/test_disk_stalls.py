"""A disk that stands still: after 10 s the venue halts, tells whom it can, and cuts the others."""

import pytest

from scripts.soak.disk import Disk
from tests.system.disk_floor import EVERYONE, NOBODY, Floor
from tests.system.floor import VenueProcess

STALLED = "disk does not answer"
FOR_EVER = 600_000
"""Milliseconds: nobody waits for it."""
BLOCK_OF_EVENTS = 300
"""Orders whose events fill more than a block, which is written then."""


def test_what_is_written_cannot_be_made_durable(disk: Disk, venue_of_its_own: VenueProcess) -> None:
    """As a disk stands still that the system writes to behind our back: the Logouts can be stored."""
    floor = Floor(venue_of_its_own)
    disk.slow_syncs_down(FOR_EVER)
    floor.order()
    floor.halts(STALLED, EVERYONE)
    assert floor.firma.heard("8") == [], "he was answered what is not durable"
    disk.heal()
    floor.goes_on()


def test_nothing_can_be_written_and_nobody_trades(disk: Disk, venue_of_its_own: VenueProcess) -> None:
    """All sessions hang, FIX-MD's too: nobody can be told, and everyone is cut."""
    floor = Floor(venue_of_its_own)
    disk.slow_down(FOR_EVER)
    floor.halts(STALLED, NOBODY)
    disk.heal()
    floor.goes_on()


@pytest.mark.parametrize("disk", ["events"], indirect=True)
def test_only_the_days_events_cannot_be_written(disk: Disk, venue_of_its_own: VenueProcess) -> None:
    """They are no part of the journal, but it is the journal's thread that writes them."""
    floor = Floor(venue_of_its_own)
    disk.slow_down(FOR_EVER)
    for _ in range(BLOCK_OF_EVENTS):
        floor.order()
    floor.halts(STALLED, EVERYONE)


@pytest.mark.parametrize("disk", ["fix/md"], indirect=True)
def test_only_market_data_cannot_be_written(disk: Disk, venue_of_its_own: VenueProcess) -> None:
    """FIX-MD is a process of its own: members trade on."""
    floor = Floor(venue_of_its_own)
    disk.slow_down(FOR_EVER)
    vendor = floor.bystanders[-1]
    vendor.says("1", (112, "hangs"))
    floor.order()
    name = floor.sent[-1][0]
    assert floor.firma.hears("8", {11: name}).get(39) == "0"
    assert all(one.is_alive() for one in (floor.firma, *floor.bystanders[:-1]))
    assert "hangs" not in vendor.client.session.answers
