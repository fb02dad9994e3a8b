"""Fixing as the reserve method of every group whose chapter names it, and of none whose chapter does not (R-17)."""

import pytest

from kase_fix.messages.auction_events import FixingEnded
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.decisions import DecideMethods
from kase_fix.messages.fixing import AnnounceSurplus, OrderFixing
from kase_fix.rulebook import refusals
from kase_fix.values.enums import Phase
from kase_fix.values.numbers import parse_price
from tests.engine.desk import same_on_replay
from tests.engine.market import one
from tests.spec.venue import Venue, checked_in

HEAD, MAKLER = {"actor": "chairman"}, {"actor": "makler"}
RESERVED = [
    ("USDKZT_TOD", 100_000, "410.00", "art. 11 p. 9", "10:45"),
    ("USDKZT_TOM", 100_000, "410.00", "art. 11 p. 9", "12:00"),
    ("EURKZT_TOM", 100_000, "450.00", "art. 12 p. 9", "12:00"),
    ("EURUSD_SPT", 100_000, "1.1000", "art. 12 p. 9", "12:00"),
    ("RUBKZT_TOM", 100_000, "5.7500", "art. 13 p. 8", "12:00"),
    ("CNYKZT_TOM", 100_000, "57.4000", "art. 14 p. 8", "12:00"),
    ("USDKZT_0_001", 100_000, "9.00", "art. 15 p. 12", "12:00"),
    ("EURKZT_0_001", 100_000, "9.00", "art. 15 p. 12", "12:00"),
    ("RUBKZT_0_001", 100_000, "9.00", "art. 15 p. 12", "12:00"),
    ("CNYKZT_0_001", 100_000, "9.00", "art. 15 p. 12", "10:45"),
    ("KZ_24_2410", 100_000, "100.0000", "art. 19 p. 4", "12:00"),
    ("MUM180_0014", 100_000, "100.0000", "art. 20 p. 4", "12:00"),
    ("NTK028_2545", 100_000, "99.0000", "art. 20 p. 4", "12:00"),
    ("ALM036_0001", 100_000, "100.0000", "art. 20 p. 4", "12:00"),
    ("BRKLb1", 100_000, "100.0000", "art. 24 p. 4", "12:00"),
    ("BRKLe1", 100_000, "100.0000", "art. 24 p. 4", "12:00"),
    ("UNLSb1", 100_000, "100.0000", "art. 25 p. 4", "12:00"),
    ("EABRb15", 100_000, "100.0000", "art. 32 p. 4", "12:00"),
    ("US_T_3011", 100_000, "100.0000", "art. 33 p. 4", "12:00"),
    ("R_GS_007", 10, "9.5000", "art. 40 p. 5", "12:00"),
    ("R_AST024_0001_007", 10, "9.5000", "art. 40 p. 5", "12:00"),
    ("RN_MUM180_0014_007", 100_000, "9.5000", "art. 40 p. 5", "12:00"),
]
"""Symbol, a quantity, a price, the chapter's clause, a time of its session."""


def board_of(symbol):
    return next(one.board for one in checked_in().instruments if one.symbol == symbol)


@pytest.mark.parametrize(("symbol", "quantity", "price", "clause", "time"), RESERVED)
def test_the_reserve_method_is_fixing(symbol, quantity, price, clause, time):
    """Art. 11 p. 9 par. 2; art. 12 p. 9 par. 2; art. 13 p. 8 par. 2; art. 14 p. 8 par. 2; art. 15 p. 12 par. 2.

    Art. 19 p. 4 par. 2; art. 20 p. 4 par. 2; art. 24 p. 4 par. 2; art. 25 p. 4 par. 2; art. 32 p. 4 par. 2;
    art. 33 p. 4 par. 2; art. 40 p. 5 par. 2: when it is ordered quantities meet at the called price, at once and with
    no standby, and the continuous auction goes on.
    """
    pair = [symbol.replace("_0_001", "_TOD")] if symbol.endswith("KZT_0_001") else []
    venue = Venue(symbol, *pair, to=time)
    place = symbol, board_of(symbol)
    called = parse_price(price)
    assert venue.refused(OrderFixing, *place, called, actor="makler") == (refusals.DOCUMENT_MISSING, clause)
    venue.decide(OrderFixing, *place, called, **HEAD)
    assert venue.phase(symbol) is Phase.FIXING
    venue.buy("FIRMA", quantity, price)
    venue.sell("FIRMB", quantity, price)
    events = venue.decide(AnnounceSurplus, *place, **MAKLER)
    deal = one(events, Deal)
    assert (deal.method, deal.price, deal.quantity) == ("fixing", called, quantity)
    assert one(events, FixingEnded).reason == "fixed"
    assert venue.phase(symbol) is Phase.CONTINUOUS


def test_a_method_decided_away_ends_its_fixing():
    """Art. 23; art. 24 p. 4 par. 2; R-85: what ran under the former methods ends by them, as by its time-out."""
    venue = Venue("BRKLb1")
    venue.decide(OrderFixing, "BRKLb1", "CORP", parse_price("100"), **HEAD)
    venue.buy("FIRMA", 20, "100.0000")
    venue.sell("FIRMB", 30, "100.0000")
    events = venue.decide(DecideMethods, "BRKLb1", ("direct",), document="9")
    deal = one(events, Deal)
    assert (deal.quantity, deal.deal_id) == (20, f"{len(venue.commands)}-{events.index(deal)}")
    assert one(events, FixingEnded).reason == "timed out"
    assert not venue.state.orders
    same_on_replay(venue)


@pytest.mark.parametrize(
    ("symbol", "board"), [("KZTO", "REPO_DIRECT"), ("KZTO_GP1", "PACKAGES"), ("MUM180_0014", "REPO_DIRECT")]
)
def test_where_no_reserve_method_is_set_none_is_used(symbol, board):
    """Art. 23, art. 26 p. 4, art. 39 sp. 4: neither for shares nor for state packages, nor in direct repo."""
    venue = Venue(symbol)
    refusal = venue.refused(OrderFixing, symbol, board, parse_price("100"), **HEAD)
    assert refusal[0] == refusals.METHOD_NOT_ENABLED
