"""Preliminary orders and orders of several days (art. 7 p. 2; R-5, R-7)."""

import datetime as dt

import pytest

from kase_fix.messages.day_events import DayOpened, PhaseEntered
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.decisions import ChangeLimit, DecidePriceKind, Suspend, SuspendMember
from kase_fix.messages.order_events import (
    CancelRefused,
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderFormed,
    OrderRefused,
    OrderReplaced,
    OrderShown,
    PreliminaryEnded,
)
from kase_fix.rulebook import refusals
from kase_fix.values.enums import OrderStatus, Phase, TimeInForce
from tests.engine.desk import BOND, EUR, Desk, same_on_replay, small
from tests.engine.market import one, words

GTC, GTD = TimeInForce.GTC, TimeInForce.GTD
TOMORROW, MORNING = "2020-05-28", "2020-05-28T11:05"


def entered(events):
    return one(events, OrderAccepted).order.order_id


def formed(events):
    return [event.order.order_id for event in events if isinstance(event, OrderFormed)]


def waiting(desk, user="FIRMA", price="100.00", quantity=1000, tif=GTC, **more):
    return entered(desk.buy(user, quantity, price, BOND, tif=tif, **more))


# -- before the session


def test_acceptance_begins_at_11_05_and_nothing_matches():
    desk = Desk(to="11:04:59.999")
    assert one(desk.buy("FIRMA", 1000, "100.00", BOND), OrderRefused).refusal.code == refusals.SESSION_CLOSED
    assert one(desk.to("11:05"), PhaseEntered).phase is Phase.PRELIMINARY
    desk.buy("FIRMA", 1000, "100.00", BOND)
    assert words(desk.sell("FIRMB", 1000, "99.00", BOND)) == ["OrderAccepted"]
    assert desk.book(BOND) == [("FIRMA", 100.0, 1000), ("FIRMB", 99.0, 1000)]
    assert not any(isinstance(event, Deal) for event in desk.to("11:29:59.999"))


@pytest.mark.parametrize(
    ("price", "tif"),
    [
        (None, TimeInForce.DAY),
        (None, TimeInForce.IOC),
        ("100.00", TimeInForce.IOC),
        ("100.00", TimeInForce.FOK),
    ],
)
def test_only_limit_orders_that_can_wait_are_preliminary(price, tif):
    """R-7."""
    desk = Desk(to="11:05")
    refusal = one(desk.buy("FIRMA", 1000, price, BOND, tif=tif), OrderRefused).refusal
    assert (refusal.code, refusal.clause) == (refusals.ONLY_LIMIT_BEFORE_SESSION, "art. 7 p. 2")


def test_they_are_checked_cancelled_and_changed_like_any_other():
    desk = Desk(to="11:05")
    assert one(desk.buy("FIRMA", 1000, "130.00", BOND), OrderRefused).refusal.code == refusals.BEYOND_LIMIT
    order = entered(desk.buy("FIRMA", 2000, "100.00", BOND))
    assert one(desk.replace("FIRMA", order, "101.00"), OrderReplaced).order.price == 101 * 10**8
    assert one(desk.replace("FIRMA", order, quantity=1000), OrderReplaced).order.quantity == 1000
    assert one(desk.cancel("FIRMA", order), OrderCancelled)
    assert desk.book(BOND) == []


def test_at_the_opening_they_match_in_order_of_entry():
    """R-7: as if each came at 11:30:00 in turn; a deal is done at the price of the earlier one."""
    desk = Desk(to="11:05")
    for user, side, price, quantity in (
        ("FIRMA", desk.buy, "100.00", 2000),
        ("FIRMB", desk.sell, "101.00", 1000),
        ("FIRMC", desk.buy, "102.00", 1000),
        ("FIRMB", desk.sell, "99.00", 3000),
    ):
        side(user, quantity, price, BOND)
    events = desk.to("11:30")
    deals = [(one.buy.user, one.price // 10**8, one.quantity) for one in events if isinstance(one, Deal)]
    assert deals == [("FIRMC", 101, 1000), ("FIRMA", 100, 2000)]
    assert desk.book(BOND) == [("FIRMB", 99.0, 1000)]
    assert not any(isinstance(event, OrderCancelled) for event in events)
    same_on_replay(desk)


def test_own_orders_that_cross_at_the_opening_do_not_trade():
    desk = Desk(to="11:05")
    desk.buy("FIRMA", 1000, "100.00", BOND)
    desk.sell("FIRMA", 1000, "100.00", BOND)
    assert one(desk.to("11:30"), OrderCancelled).reason == refusals.SELF_TRADE


def test_crossing_ones_in_bonds_open_the_standby():
    """art. 7 p. 3 sp. 2."""
    desk = Desk(small(standby="every cross"), to="11:05")
    desk.buy("FIRMA", 1000, "100.00", BOND)
    desk.sell("FIRMB", 1000, "99.00", BOND)
    desk.to("11:30")
    assert desk.phase(BOND) is Phase.STANDBY
    assert one(desk.to("12:00"), Deal).quantity == 1000
    same_on_replay(desk)


def test_preliminary_orders_are_taken_where_the_group_has_them_only():
    desk = Desk(to="12:00")
    assert one(desk.buy("FIRMA", 1000, "450.00", EUR, tif=GTC), OrderRefused).refusal.code == refusals.TIF_NOT_ENABLED
    assert one(Desk(to="10:14").buy("FIRMA", 1000, "450.00"), OrderRefused).refusal.code == refusals.SESSION_CLOSED


# -- over several days


def test_they_are_formed_anew_each_day_in_order_of_first_entry():
    """R-5: the book is empty overnight, the OrderID stays, the price and what was filled too."""
    desk = Desk(to="12:00")
    second, third = waiting(desk, "FIRMB", "99.00"), waiting(desk, "FIRMC", "100.00")
    day = entered(desk.buy("FIRMA", 1000, "98.00", BOND))
    fourth = waiting(desk, "FIRMA", "100.00", 3000)
    desk.sell("FIRMB", 2000, "100.00", BOND)
    events = desk.to("17:00")
    assert [one.order.order_id for one in events if isinstance(one, OrderExpired)] == [day]
    assert desk.book(BOND) == []
    assert len([one for one in events if isinstance(one, OrderShown)]) == 3
    events = desk.to(MORNING)
    assert formed(events) == [second, fourth]
    left = [one.order for one in events if isinstance(one, OrderFormed)]
    assert [(one.leaves, one.filled, one.status) for one in left] == [
        (1000, 0, OrderStatus.NEW),
        (2000, 1000, OrderStatus.PARTIALLY_FILLED),
    ]
    assert third not in desk.state.orders
    assert desk.book(BOND) == [("FIRMA", 100.0, 2000), ("FIRMB", 99.0, 1000)]
    desk.sell("FIRMC", 1000, "99.00", BOND)
    assert one(desk.to("2020-05-28T11:30"), Deal).buy.order_id == fourth
    desk.to("2020-05-29T11:05")
    assert formed(desk.told[-1]) == [second, fourth]
    same_on_replay(desk)


def test_next_day_tells_which_orders_live_on():
    """R-5: who begins to listen in the morning knows them from the opening of the day."""
    desk = Desk(to="12:00")
    lives = waiting(desk)
    desk.buy("FIRMB", 1000, "99.00", BOND)
    opened = one(desk.to(f"{TOMORROW}T09:00"), DayOpened)
    assert [order.order_id for order in opened.standing] == [lives]


def test_order_of_the_last_day_dies_with_its_session():
    """GTD: the session of its last day is its last; of a last day without trading, the one before is."""
    desk = Desk(to="12:00")
    today = waiting(desk, tif=GTD, expire_date=dt.date(2020, 5, 27))
    tomorrow = waiting(desk, tif=GTD, expire_date=dt.date(2020, 5, 28))
    saturday = waiting(desk, tif=GTD, expire_date=dt.date(2020, 5, 30))
    assert one(desk.to("17:00"), OrderExpired).order.order_id == today
    assert formed(desk.to(MORNING)) == [tomorrow, saturday]
    assert one(desk.to("2020-05-28T17:00"), OrderExpired).order.order_id == tomorrow
    events = desk.to("2020-06-01T11:05")
    assert formed(events) == [saturday]  # on Friday
    assert one(events, OrderExpired).order.order_id == saturday
    assert not desk.state.orders
    same_on_replay(desk)


@pytest.mark.parametrize("date", [None, dt.date(2020, 5, 26)])
def test_order_with_no_last_day_or_one_that_is_over(date):
    desk = Desk(to="12:00")
    refused = one(desk.buy("FIRMA", 1000, "100.00", BOND, tif=GTD, expire_date=date), OrderRefused).refusal
    assert refused.code == refusals.WRONG_EXPIRATION


def test_check_that_fails_skips_the_day_and_is_reported():
    """R-5: the limit of deviation has moved away from it."""
    desk = Desk(to="12:00")
    desk.decide(ChangeLimit, BOND, None, "FIRMA", desk.now, actor="makler")
    far, near = waiting(desk, price="60.00"), waiting(desk, price="90.00")
    events = desk.to(MORNING)
    skipped = one(events, PreliminaryEnded)
    assert (skipped.order.order_id, skipped.refusal.code) == (far, refusals.BEYOND_LIMIT)
    assert formed(events) == [near]
    assert far in desk.state.orders
    desk.to("2020-05-28T12:00")
    desk.decide(ChangeLimit, BOND, None, "FIRMA", desk.now, actor="makler")
    assert words(desk.replace("FIRMA", far, quantity=2000)) == ["OrderReplaced"]  # the member may enter it again
    assert desk.book(BOND)[-1] == ("FIRMA", 60.0, 2000)
    same_on_replay(desk)


def test_suspended_instrument_skips_the_day():
    desk = Desk(to="12:00")
    order = waiting(desk)
    desk.decide(Suspend, (BOND,), ())
    skipped = one(desk.to(MORNING), PreliminaryEnded)
    assert (skipped.order.order_id, skipped.refusal.code) == (order, refusals.INSTRUMENT_SUSPENDED)


def test_overnight_they_are_cancelled_and_lessened_but_not_changed():
    desk = Desk(to="12:00")
    first, second = waiting(desk, quantity=3000), waiting(desk, quantity=3000)
    desk.to("20:00")
    assert one(desk.replace("FIRMA", first, "101.00"), CancelRefused).refusal.code == refusals.SESSION_CLOSED
    gone = one(desk.cancel("FIRMA", first), OrderCancelled)
    assert (gone.reason, gone.order.order_id) == ("requested", first)
    less = one(desk.cancel("FIRMA", second, quantity=1000), OrderReplaced)
    assert (less.order.leaves, less.order.quantity) == (2000, 2000)
    assert formed(desk.to(MORNING)) == [second]
    assert desk.book(BOND) == [("FIRMA", 100.0, 2000)]
    same_on_replay(desk)


def test_skipped_order_can_be_lessened_during_the_session():
    """It is in no book that day."""
    desk = Desk(to="12:00")
    order = waiting(desk, quantity=3000)
    desk.decide(Suspend, (BOND,), ())
    desk.to("2020-05-28T12:00")
    assert one(desk.cancel("FIRMA", order, quantity=1000), OrderReplaced).order.leaves == 2000
    assert desk.engine.failures == 0
    same_on_replay(desk)


def test_change_of_the_kind_of_price_stops_them_with_a_message():
    """art. 7 p. 2: "уведомить участника торгов ... о прекращении ежедневного формирования"."""
    desk = Desk(to="12:00")
    order = waiting(desk)
    desk.to("18:00")
    events = desk.decide(DecidePriceKind, BOND, "dirty", actor="board_member", document="5")
    ended = one(events, PreliminaryEnded)
    assert (ended.order.order_id, ended.refusal.code) == (order, refusals.PRICE_KIND_CHANGED)
    assert one(events, OrderCancelled).reason == refusals.PRICE_KIND_CHANGED
    assert words(events)[:2] == ["Announced", "DecisionTaken"]
    assert not desk.state.orders
    assert formed(desk.to(MORNING)) == []
    same_on_replay(desk)


def test_suspension_of_the_member_stops_them():
    """art. 7 p. 2, last paragraph."""
    desk = Desk(to="12:00")
    mine, other = waiting(desk), waiting(desk, "FIRMB")
    desk.to("20:00")
    events = desk.decide(SuspendMember, "FIRMA", document="AFR 1")
    assert one(events, OrderCancelled).order.order_id == mine
    assert formed(desk.to(MORNING)) == [other]
    same_on_replay(desk)
