"""The player meets the small venue of these tests instead of the exchange."""

import sys
import tempfile
from pathlib import Path

import pytest

from kase_fix.scenario import venue

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def small_venue(monkeypatch, tmp_path):
    """Start `fake_venue.py` wherever a story asks for a venue; what it leaves behind goes with the test."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(venue, "SERVE", (sys.executable, str(HERE / "fake_venue.py")))
