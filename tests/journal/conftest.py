"""Journals in tests reserve no 16 MiB."""

import pytest

from kase_fix.journal import writing
from tests.journal.written import closing, opening, trading, write


@pytest.fixture(autouse=True)
def small_reserve(monkeypatch):
    monkeypatch.setattr(writing, "PREALLOCATE", 512)


@pytest.fixture
def day(tmp_path):
    """A day's journal: its opening, its orders in groups of three, its closing, its last proof."""
    orders = trading()
    return write(tmp_path, [opening(), *(orders[i : i + 3] for i in range(0, len(orders), 3)), closing()])
