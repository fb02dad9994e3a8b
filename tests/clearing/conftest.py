"""The calendars without any operator's decision, the checked-in instruments, and a plain bond."""

import datetime as dt
from pathlib import Path

import pytest

from kase_fix.calendar.working_days import Calendars
from kase_fix.messages.configuration import BondTerms, Instrument
from kase_fix.rulebook.files import load_market
from kase_fix.values.numbers import parse_price


@pytest.fixture(scope="session")
def calendars() -> Calendars:
    return Calendars()


@pytest.fixture(scope="session")
def listed() -> dict[str, Instrument]:
    market = load_market(Path(__file__).parent.parent.parent / "cfg")
    return {instrument.symbol: instrument for instrument in market.instruments}


@pytest.fixture(scope="session")
def plain() -> BondTerms:
    """9 % in two coupons a year on 1 000.00 KZT, on 15 March and 15 September."""
    return BondTerms(
        nominal=1000_00,
        currency="KZT",
        issued=dt.date(2018, 3, 15),
        matures=dt.date(2028, 3, 15),
        coupon=parse_price("9"),
    )
