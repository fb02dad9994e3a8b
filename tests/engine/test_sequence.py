"""A state that is read back goes on in the sequence of the one that was written (law 1).

Each story brings things about in another sequence than the one they are sorted in, and goes on with both engines.
"""

import datetime as dt

import msgspec
import pytest

from kase_fix.engine.engine import Engine
from kase_fix.messages.commands import CancelOrder
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.decisions import CarryOutApplication, FileApplication, SuspendMember
from kase_fix.messages.order_events import OrderAccepted
from kase_fix.messages.specialised import AuctionKind, Subject
from kase_fix.values.enums import Side
from tests.engine.auctions import PACKAGE, PACKAGES, Hall
from tests.engine.desk import BOND, Desk, read_back, same_on_replay
from tests.engine.market import one
from tests.engine.test_direct import bonds, direct, waiting

pytestmark = pytest.mark.no_twin  # each has its own, read back at the moment that matters


def goes_on_alike(desk: Desk, twin: Engine, before: int) -> None:
    """What was sent since then, the twin answers to the byte."""
    for sequenced, events in zip(desk.commands[before:], desk.told[before:], strict=True):
        assert msgspec.msgpack.encode(twin.apply(sequenced)) == msgspec.msgpack.encode(events)
    assert twin.hash() == desk.engine.hash()
    same_on_replay(desk)


def test_instruments_are_listed_in_the_sequence_of_the_decisions():
    """art. 2 p. 6: the next operational day begins with them."""
    desk = Desk(to="12:00")
    bond = desk.state.listings[BOND].instrument
    for number, symbol in enumerate(("ZZZb1", "AAAb1")):
        desk.decide(
            FileApplication, f"a{number}", symbol, "listing", dt.date(2020, 5, 27), dt.date(2020, 6, 1),
            actor="administrator",
        )  # fmt: skip
        listed = msgspec.structs.replace(bond, symbol=symbol, isin="", nin="")
        desk.decide(CarryOutApplication, f"a{number}", listed, actor="board_member", document="5")
    twin, before = read_back(desk.engine), len(desk.commands)
    desk.to("2020-05-28T12:00")
    symbols = [instrument.symbol for instrument in desk.state.market.configuration.instruments]
    assert symbols[-2:] == ["ZZZb1", "AAAb1"]
    goes_on_alike(desk, twin, before)


def test_specialised_tradings_end_in_the_sequence_of_their_opening():
    """art. 3 p. 3: an initiator who is suspended loses both at once."""
    hall = Hall()
    hall.open(symbol=PACKAGE, board=PACKAGES, kind=AuctionKind.SALE, subject=Subject.PRICE, market_share=0)
    assert list(hall.state.specialised) == ["MUM180_0014@GOV_SPEC", f"{PACKAGE}@{PACKAGES}"]
    twin, before = read_back(hall.engine), len(hall.commands)
    hall.decide(SuspendMember, "ISSUER")
    hall.to("2020-05-28T12:00")
    goes_on_alike(hall, twin, before)


def test_of_two_like_direct_orders_the_same_is_met():
    """R-18: the first that waits; one of which a part was taken off waits behind the others."""
    desk = Desk(bonds())
    larger = one(direct(desk, "FIRMA", Side.SELL, "00100", quantity=15), OrderAccepted).order.order_id
    other = one(direct(desk, "FIRMA", Side.SELL, "00100", quantity=10), OrderAccepted).order.order_id
    desk.send(CancelOrder("FIRMA", "less", order_id=larger, quantity=5))
    assert [order.order_id for order in waiting(desk)] == [other, larger]
    twin, before = read_back(desk.engine), len(desk.commands)
    deal = one(direct(desk, "00100", Side.BUY, "FIRMA", quantity=10), Deal)
    assert deal.sell.order_id == other
    goes_on_alike(desk, twin, before)
