"""A disk without room: the venue stops answering and says why, and what it confirmed is there (law 2)."""

import resource
import subprocess
import sys
from contextlib import suppress

import pytest

from kase_fix.scenario.client import LineDown
from tests.system.floor import BUY, NEW, PATIENCE, Member, VenueProcess, until

SYMBOL = "EURKZT_TOM"
ROOM = 16 * 1024
"""Bytes that are left for the journal when the disk fills up."""


@pytest.fixture
def venue(tmp_path):
    running = VenueProcess(tmp_path)
    yield running
    running.end()


def test_a_full_disk_halts_the_venue_and_loses_nothing_confirmed(venue):
    firma = Member("FIRMA").logs_on(venue.api)
    firma.rests(SYMBOL, BUY, 1000, "440.00")
    limit = len((venue.data / "journal").read_bytes().rstrip(b"\0")) + ROOM
    resource.prlimit(venue.process.pid, resource.RLIMIT_FSIZE, (limit, limit))
    sent = []
    with suppress(LineDown):
        for _ in range(400):
            sent.append(firma.orders(SYMBOL, BUY, 1000, "440.00"))
            if firma.client.holds("5"):  # what is written to a line that is being closed may cost what is on it
                break
    farewell = firma.hears("5", patience=2 * PATIENCE)
    reason = farewell.get(58) or ""
    assert "the journal cannot be written" in reason
    assert "(EFBIG)" in reason
    assert venue.process.wait(2 * PATIENCE) == 74
    assert "the venue had to halt: the journal cannot be written" in venue.errors()
    with firma.client.changed:
        told = [one.message for one in firma.client.inbox if one.message.kind == "8"]
    confirmed = {one.get(11) for one in told if one.get(150) == NEW}
    assert 0 < len(confirmed & set(sent)) < len(sent)
    command = [sys.executable, "-m", "kase_fix", "verify", "--data", str(venue.data)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    venue.start()  # with room again
    assert until(lambda: bool(venue.api), 40.0)
    firma = Member("FIRMA").logs_on(venue.api)
    for name in sorted(confirmed & set(sent)):
        firma.says("H", (11, name), (55, SYMBOL), (54, BUY))
        assert firma.hears("8", {11: name}).get(39) == "0"
