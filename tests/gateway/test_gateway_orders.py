"""What H and AF are answered from."""

import datetime as dt

import msgspec

from kase_fix.gateway.orders import Orders
from kase_fix.journal.log import EventLog
from kase_fix.messages.codec import encode_published
from kase_fix.messages.day_events import DayOpened
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.events import Published
from kase_fix.messages.order_events import OrderAccepted, OrderFormed
from kase_fix.messages.order_state import OrderState
from kase_fix.values.enums import OrderKind, OrderStatus, Side, TimeInForce

DAY = OrderState(
    "NS_1", "FIRMA", "FIRMA", "a1", "S", "MUM180_0014", "GOV", Side.BUY, OrderKind.LIMIT, TimeInForce.DAY,
    100, 100, 0, OrderStatus.NEW, 10**10, 0, None, None, "", "", 1,
)  # fmt: skip
SEVERAL = msgspec.structs.replace(DAY, order_id="NS_2", cl_ord_id="a2", tif=TimeInForce.GTC)


def test_only_orders_of_several_days_are_known_on_the_next_day():
    orders = Orders(EventLog())
    for index, order in enumerate((DAY, SEVERAL)):
        orders.apply(1, index, 0, OrderAccepted(order))
    orders.apply(2, 0, 0, DayOpened(dt.date(2020, 5, 28), {}, {}, {}, "", (SEVERAL,)))
    assert orders.named("FIRMA", "FIRMA", "", "a1") == []
    assert orders.named("FIRMA", "FIRMA", "", "a2") == [SEVERAL]
    assert orders.of_user("FIRMA") == [SEVERAL]


def test_an_order_formed_from_an_application_of_days_before_is_known():
    orders = Orders(EventLog())
    orders.apply(2, 0, 0, DayOpened(dt.date(2020, 5, 28), {}, {}, {}, "", (SEVERAL,)))
    orders.apply(3, 0, 0, OrderFormed(SEVERAL))
    assert orders.find("FIRMA", "FIRMA", "NS_2") == SEVERAL


def test_a_deal_with_oneself_is_noted_once():
    """A user may deal with himself between two accounts: H tells both sides of one deal, not of two."""
    sell = msgspec.structs.replace(DAY, order_id="NS_3", cl_ord_id="a3", account="S2", side=Side.SELL)
    other = msgspec.structs.replace(sell, user="FIRMB", firm="FIRMB")
    log = EventLog()
    orders = Orders(log)
    for number, seller in enumerate((sell, other), 1):
        deal = Deal("1_1", DAY.symbol, "GOV", 10**10, 100, dt.date(2020, 5, 28), Side.SELL, "continuous", DAY, seller)
        published = Published(number, 0, (deal,))
        log.keep(published, encode_published(published))
        orders.apply(number, 0, 0, deal)
    assert [entry[0] for entry in orders.deals_of("FIRMA")] == [1, 2]
    assert [entry[0] for entry in orders.deals_of("FIRMB")] == [2]
