"""Journals in tests reserve no 16 MiB."""

import pytest

from kase_fix.journal import photographer, writing
from tests.journal.written import closing, opening, trading, write


@pytest.fixture(autouse=True)
def small_reserve(monkeypatch):
    monkeypatch.setattr(writing, "PREALLOCATE", 512)


@pytest.fixture
def day(tmp_path):
    """A day's journal: its opening, its orders in groups of three, its closing, its last proof."""
    orders = trading()
    return write(tmp_path, [opening(), *(orders[i : i + 3] for i in range(0, len(orders), 3)), closing()])


@pytest.fixture
def often(monkeypatch):
    """A mark, and with it a snapshot, every few commands."""
    monkeypatch.setattr(photographer, "EVERY", 3)
    monkeypatch.setattr(photographer, "PENDING", 100)
    monkeypatch.setattr("kase_fix.engine.engine.MARK_EVERY", 2)
