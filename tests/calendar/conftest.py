"""The calendars without any operator's decision, and the fifteen currency instruments."""

from pathlib import Path

import pytest

from kase_fix.calendar.working_days import Calendars
from kase_fix.messages.configuration import Instrument
from kase_fix.rulebook.files import load_market


@pytest.fixture(scope="session")
def calendars() -> Calendars:
    return Calendars()


@pytest.fixture(scope="session")
def instruments() -> dict[str, Instrument]:
    market = load_market(Path(__file__).parent.parent.parent / "cfg")
    return {instrument.symbol: instrument for instrument in market.instruments}
