"""The opening price of a session, by what the group's chapter says, and money in tenge."""

import msgspec
import pytest

from kase_fix.messages.day_events import DayOpened
from kase_fix.values.numbers import parse_price
from tests.marketdata.test_market_fold import CONFIGURATION, DAY, TODAY, TOMORROW, deal, folded_with

TOM = "EURKZT_TOM"
AVERAGE = DayOpened(TODAY, {TOM: TOMORROW}, {}, {}, "art. 5 p. 1", averages={TOM: parse_price("449.50")})


def market_of(opening, *events):
    groups = (msgspec.structs.replace(CONFIGURATION.groups[0], opening_price=opening),)
    return folded_with(msgspec.structs.replace(CONFIGURATION, groups=groups), AVERAGE, *events)


@pytest.mark.parametrize(
    ("opening", "before", "after"),
    [
        ("first deal", None, "450.00"),
        ("last session's average", "449.50", "449.50"),
        ("none", None, None),
    ],
)
def test_the_opening_price_is_what_the_chapter_says(opening, before, after):
    """The first deal; the average of the last session (art. 40 p. 3 sp. 1); none at all (art. 26 p. 3)."""
    expected = [None if price is None else parse_price(price) for price in (before, after)]
    empty, traded = market_of(opening), market_of(opening, deal("450.00", 1000), deal("451.00", 1000, number=2))
    assert [market.opening(TOM, "EUR_TOM") for market in (empty, traded)] == expected


def test_money_is_worth_what_its_pair_for_tomorrow_was_last_dealt_at():
    """R-103: tenge as they are, euro at 451, of what has no pair nothing."""
    market = folded_with(CONFIGURATION)
    assert DAY.last_deals == {TOM: parse_price("451")}
    assert market.in_tenge({"KZT": 500, "EUR": 100, "GBP": 7}) == 500 + 45_100
