"""The checked-in market, as rules and files see it."""

import shutil
from pathlib import Path

import pytest

from kase_fix.rulebook.files import load_market
from kase_fix.rulebook.market import Market

CFG = Path(__file__).parent.parent.parent / "cfg"


@pytest.fixture(scope="session")
def market() -> Market:
    return Market.of(load_market(CFG))


@pytest.fixture
def cfg(tmp_path: Path) -> Path:
    """A copy of the configuration that a test may spoil."""
    return Path(shutil.copytree(CFG, tmp_path / "cfg"))
