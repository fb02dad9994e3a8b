"""Limits of deviation: at the limit is over it; widened or lifted at a member's request (art. 8, 12-15, 18, 22, 31)."""

import datetime as dt

import pytest

from kase_fix.calendar.almaty import date_of, instant
from kase_fix.messages.day_events import Announced, DecisionTaken, LimitSet
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.decisions import ChangeLimit, ChangeTradingTime, SetHardLimit
from kase_fix.messages.order_events import OrderAccepted, OrderRefused
from kase_fix.rulebook import refusals
from tests.engine.desk import BILL, BOND, BONDS, DATE, DOLLAR, EUR, Desk, same_on_replay, small
from tests.engine.market import one, words


def asked(time, desk=None):
    return instant(DATE if desk is None else date_of(desk.now), dt.time.fromisoformat(time))


def widened(desk, percent, symbol=EUR, by="FIRMA", at="11:59", **more):
    hundredths = None if percent is None else percent * 100
    return desk.decide(ChangeLimit, symbol, hundredths, by, asked(at, desk), actor="makler", **more)


def too_far(desk, price, symbol=EUR, quantity=1000):
    events = desk.buy("FIRMA", quantity, price, symbol)
    if isinstance(events[0], OrderAccepted):
        desk.cancel("FIRMA", events[0].order.order_id)
        return None
    return one(events, OrderRefused).refusal


# -- overridable (art. 8 p. 3; art. 12 p. 8)


def test_at_three_percent_refused_and_taken_once_it_is_widened():
    """The limit is from the last deal, 450.00, both ways; what is refused is not remembered."""
    desk = Desk()
    for at, inside in (("463.50", "463.49"), ("436.50", "436.51")):
        refusal = too_far(desk, at)
        assert (refusal.code, refusal.clause) == (refusals.BEYOND_LIMIT, "art. 12 p. 8")
        assert refusal.found == (at, "3", "450.00")
        assert too_far(desk, inside) is None
    events = widened(desk, 5, document="7")
    assert words(events) == ["Announced", "DecisionTaken", "LimitSet"]
    assert events[0] == Announced(events[0].english, events[0].russian, "", EUR)
    assert ("5 %" in events[0].english, "FIRMA" in events[0].russian) == (True, True)
    assert (events[1].by.actor, events[1].by.reason, events[1].by.document) == ("makler", "why", "7")
    assert events[2] == LimitSet(EUR, "overridable", 500)
    assert too_far(desk, "463.50") is None
    assert too_far(desk, "472.50").found == ("472.50", "5", "450.00")
    assert too_far(desk, "472.49") is None
    same_on_replay(desk)


def test_widened_limit_holds_to_the_end_of_the_day():
    """R-9."""
    desk = Desk()
    widened(desk, 5)
    desk.to("2020-05-28T12:00")
    assert too_far(desk, "463.50").code == refusals.BEYOND_LIMIT
    assert desk.state.terms.limits == {}
    same_on_replay(desk)


def test_limit_is_lifted_and_follows_the_last_deal():
    desk = Desk()
    assert one(widened(desk, None), LimitSet).hundredths is None
    assert too_far(desk, "900.00") is None
    desk.sell("FIRMB", 1000, "463.50")
    assert one(desk.buy("FIRMA", 1000, "463.50"), Deal)
    desk.to("2020-05-28T12:00")
    assert too_far(desk, "477.40") is None  # under 3 % of 463.50
    assert too_far(desk, "477.405") is not None
    assert too_far(desk, "477.41").found[2] == "463.50"


def test_change_of_an_order_is_judged_by_the_limit_as_it_stands():
    desk = Desk()
    bid = one(desk.buy("FIRMA", 1000, "450.00"), OrderAccepted).order.order_id
    assert words(desk.replace("FIRMA", bid, "463.50")) == ["CancelRefused"]
    widened(desk, 4)
    assert words(desk.replace("FIRMA", bid, "463.50")) == ["OrderReplaced"]


@pytest.mark.parametrize(
    ("symbol", "hundredths", "by", "at", "actor", "code"),
    [
        (EUR, 500, "FIRMA", "11:59", "chairman", refusals.NOT_ENTITLED),
        (EUR, 500, "FIRMA", "11:59", "administrator", refusals.NOT_ENTITLED),
        (EUR, 500, "NOBODY", "11:59", "makler", refusals.UNKNOWN_NAME),
        ("NONE", 500, "FIRMA", "11:59", "makler", refusals.UNKNOWN_NAME),
        (EUR, 500, "FIRMA", "12:00:01", "makler", refusals.WRONG_TIME),
        (EUR, 300, "FIRMA", "11:59", "makler", refusals.NOT_WIDER),
        (EUR, 100, "FIRMA", "11:59", "makler", refusals.NOT_WIDER),
        (DOLLAR, 500, "FIRMA", "11:59", "makler", refusals.NO_LIMIT),  # art. 11 p. 8
    ],
)
def test_limit_that_cannot_be_changed_so(symbol, hundredths, by, at, actor, code):
    desk = Desk()
    assert desk.refused(ChangeLimit, symbol, hundredths, by, asked(at), actor=actor)[0] == code
    assert one(widened(desk, 5, at="12:00"), DecisionTaken)


def test_limit_is_widened_step_by_step_and_once_lifted_is_none():
    desk = Desk()
    widened(desk, 5)
    assert desk.refused(ChangeLimit, EUR, 500, "FIRMA", asked("11:00"), actor="makler")[0] == refusals.NOT_WIDER
    widened(desk, 6)
    widened(desk, None)
    assert desk.refused(ChangeLimit, EUR, 700, "FIRMA", asked("11:00"), actor="makler")[0] == refusals.NO_LIMIT
    same_on_replay(desk)


@pytest.mark.parametrize("to", ["08:00", "19:30"])
def test_limit_has_no_day_to_hold_for(to):
    desk = Desk(to=to)
    refused = desk.refused(ChangeLimit, EUR, 500, "FIRMA", asked("07:00"), actor="makler")
    assert refused == (refusals.WRONG_TIME, "art. 8 p. 3")


# -- the request in securities (art. 18, 22, 31)


@pytest.mark.parametrize(("at", "in_time"), [("16:44:59", True), ("16:45:00", True), ("16:45:00.001", False)])
def test_request_in_securities_comes_15_minutes_before_the_end(at, in_time):
    """ "Не менее чем за 15 минут": inclusive; the request is bound, the makler's act is not."""
    desk = Desk(to="16:58")
    if in_time:
        assert one(widened(desk, 50, BOND, at=at), LimitSet).hundredths == 5000
    else:
        terms = (ChangeLimit, BOND, 5000, "FIRMA", asked(at))
        assert desk.refused(*terms, actor="makler")[0] == refusals.REQUEST_TOO_LATE
    assert one(widened(desk, 5, EUR, at="16:57"), LimitSet)  # in currencies nothing binds it


def test_end_of_the_session_moves_with_its_prolongation():
    desk = Desk(to="16:50")
    terms = (ChangeLimit, BOND, 5000, "FIRMA", asked("16:46"))
    assert desk.refused(*terms, actor="makler")[0] == refusals.REQUEST_TOO_LATE
    ground = "art. 4 p. 3 sp. 5"
    desk.decide(ChangeTradingTime, BONDS, (BOND,), None, dt.time(17, 30), ground=ground)
    assert one(widened(desk, 50, BOND, at="16:46"), LimitSet)
    assert (
        desk.refused(ChangeLimit, BILL, 5000, "FIRMA", asked("16:46"), actor="makler")[0] == refusals.REQUEST_TOO_LATE
    )
    desk.to("17:20")
    assert (
        desk.refused(ChangeLimit, BOND, 6000, "FIRMA", asked("17:16"), actor="makler")[0] == refusals.REQUEST_TOO_LATE
    )
    assert one(widened(desk, 60, BOND, at="17:15"), LimitSet)
    same_on_replay(desk)


def test_before_the_first_deal_of_the_day_the_average_is_the_reference():
    """art. 18, 22: then today's last deal; 30 % is refused at the limit. The average is that of the last session."""
    desk = Desk()
    assert too_far(desk, "130.00", BOND).found == ("130.00", "30", "100.00")  # not the last deal, 90
    assert too_far(desk, "129.99", BOND) is None
    desk.sell("FIRMB", 1000, "120.00", BOND)
    desk.buy("FIRMA", 1000, "120.00", BOND)
    assert too_far(desk, "155.99", BOND) is None
    assert too_far(desk, "156.00", BOND).found == ("156.00", "30", "120.00")
    desk.sell("FIRMB", 1000, "110.00", BOND)
    desk.buy("FIRMA", 1000, "110.00", BOND)
    desk.to("2020-05-28T12:00")
    assert too_far(desk, "149.50", BOND).found == ("149.50", "30", "115.00")  # (120 + 110) / 2
    assert too_far(desk, "149.49", BOND) is None
    desk.to("2020-05-29T12:00")  # a day without deals in between: the last session with any
    assert too_far(desk, "149.50", BOND).found[2] == "115.00"
    same_on_replay(desk)


# -- hard and warning (art. 8 p. 2, 4)


def test_hard_limit_stands_against_a_lifted_overridable_one():
    """art. 8 p. 4: only by the document of the body that set it."""
    desk = Desk()
    assert desk.refused(SetHardLimit, EUR, 1000, actor="makler") == (refusals.DOCUMENT_MISSING, "art. 8 p. 4")
    assert desk.refused(SetHardLimit, EUR, 1000, actor="member", document="1")[0] == refusals.NOT_ENTITLED
    assert desk.refused(SetHardLimit, "NONE", 1000, document="1")[0] == refusals.UNKNOWN_NAME
    events = desk.decide(SetHardLimit, EUR, 1000, actor="makler", document="1")
    assert words(events) == ["Announced", "DecisionTaken", "LimitSet"]
    assert events[2] == LimitSet(EUR, "hard", 1000)
    widened(desk, None)
    assert too_far(desk, "494.99") is None
    refusal = too_far(desk, "495.00")
    assert (refusal.code, refusal.clause) == (refusals.BEYOND_HARD_LIMIT, "art. 8 p. 4")
    told = desk.to("2020-05-28T12:00")
    assert LimitSet(EUR, "hard", 1000) in told  # it holds until decided anew, and is told with the day
    widened(desk, None, at="11:59")
    assert too_far(desk, "495.00").code == refusals.BEYOND_HARD_LIMIT
    desk.decide(SetHardLimit, EUR, None, document="2")
    assert too_far(desk, "495.00") is None
    same_on_replay(desk)


def test_hard_limit_of_the_group_can_be_lifted_too():
    desk = Desk(small(hard_hundredths=2000, hard_document="1"))
    assert too_far(desk, "120.00", BOND).code == refusals.BEYOND_HARD_LIMIT
    desk.decide(SetHardLimit, BOND, None, document="2")
    assert too_far(desk, "120.00", BOND) is None
    assert too_far(desk, "120.00", BILL).code == refusals.BEYOND_HARD_LIMIT
    same_on_replay(desk)


def test_warning_limit_lets_the_order_stand():
    """art. 8 p. 2."""
    desk = Desk(small(warning_hundredths=1000))
    warned = one(desk.buy("FIRMA", 1000, "110.00", BOND), OrderAccepted).warning
    assert (warned.code, warned.clause) == (refusals.NEAR_LIMIT, "art. 8 p. 2")
    assert one(desk.buy("FIRMA", 1000, "109.99", BOND), OrderAccepted).warning is None


def test_request_of_another_day_is_none_of_today():
    """art. 18, R-9: what it would change lasts to the end of the day it came on."""
    desk = Desk(to="2020-05-28T12:00")
    refused = desk.refused(ChangeLimit, EUR, 500, "FIRMA", asked("11:00"), actor="makler")
    assert refused[0] == refusals.WRONG_TIME
