"""The player meets the small venue of these tests instead of the exchange."""

import sys
import tempfile
from pathlib import Path

import pytest

from kase_fix.scenario import player, venue

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def small_venue(monkeypatch, tmp_path):
    """Start `fake_venue.py` wherever a story asks for a venue; what it leaves behind goes with the test."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(venue, "SERVE", (sys.executable, str(HERE / "fake_venue.py")))


@pytest.fixture(autouse=True)
def no_great_patience(monkeypatch):
    """Many stories of these tests are meant to fail."""
    monkeypatch.setattr(player, "ON_A_BUSY_MACHINE", 0.2)
    monkeypatch.setattr(player, "LONGEST", player.PATIENCE_AT_THE_END)
