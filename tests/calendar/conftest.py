"""The calendars without any operator's decision, and the instruments: the fifteen currencies, and all."""

from pathlib import Path

import pytest

from kase_fix.calendar.working_days import Calendars
from kase_fix.messages.configuration import Instrument
from kase_fix.rulebook.files import load_market


@pytest.fixture(scope="session")
def calendars() -> Calendars:
    return Calendars()


@pytest.fixture(scope="session")
def listed() -> dict[str, Instrument]:
    market = load_market(Path(__file__).parent.parent.parent / "cfg")
    return {instrument.symbol: instrument for instrument in market.instruments}


@pytest.fixture(scope="session")
def instruments(listed) -> dict[str, Instrument]:
    return {symbol: instrument for symbol, instrument in listed.items() if instrument.scheme == "currency"}
