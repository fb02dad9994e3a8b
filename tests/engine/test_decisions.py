"""Decisions about members and instruments, and what holds for every decision (art. 2 p. 6, 7 p. 2, 23; annex 2)."""

import datetime as dt

import msgspec
import pytest

from kase_fix.calendar.almaty import parse_instant
from kase_fix.engine.decisions import HANDLERS
from kase_fix.engine.snapshot import Mark
from kase_fix.messages.auction_events import AuctionIndicated
from kase_fix.messages.corrections import BustDeal, CorrectDeal
from kase_fix.messages.day_events import Announced, DecisionTaken, InstrumentChanged
from kase_fix.messages.decisions import (
    Announce,
    AskDepository,
    CarryOutApplication,
    ChangeLimit,
    ChangeOperationalDay,
    ChangeService,
    ChangeTradingTime,
    DecideMethods,
    DecidePriceKind,
    DecisionCommand,
    DeclareForceMajeure,
    FailDeal,
    FileApplication,
    MoveTrading,
    RestoreMember,
    Resume,
    SetHardLimit,
    Suspend,
    SuspendMember,
)
from kase_fix.messages.events import CommandFailed
from kase_fix.messages.fixing import AnnounceSurplus, CallPrice, EndFixing, OrderFixing
from kase_fix.messages.making import RelieveMaker
from kase_fix.messages.order_events import OrderAccepted, OrderCancelled, OrderRefused, OrderShown
from kase_fix.messages.protection import LimitUser, WithdrawOrders
from kase_fix.messages.specialised import ConfirmOrder, OpenSpecialised, SetCutOff
from kase_fix.rulebook import refusals
from kase_fix.schedule.changes import Changes
from kase_fix.values.enums import TimeInForce
from kase_fix.values.numbers import parse_price
from tests.engine.desk import BILL, BOND, BONDS, DOLLAR, EUR, FX, Desk, same_on_replay, small
from tests.engine.market import one, words

BOARD_MEMBER = {"actor": "board_member", "document": "5"}


def entered(events):
    return one(events, OrderAccepted).order.order_id


# -- members (art. 7 p. 2)


def test_suspended_member_has_no_orders_and_enters_none():
    desk = Desk(to="12:00")
    mine = {entered(desk.buy("FIRMA", 1000, "450.00")), entered(desk.buy("FIRMA", 1000, "100.00", BOND))}
    entered(desk.buy("FIRMB", 1000, "450.00"))
    assert desk.refused(SuspendMember, "FIRMA") == (refusals.DOCUMENT_MISSING, "art. 7 p. 2")
    assert desk.refused(SuspendMember, "NONE", document="1")[0] == refusals.UNKNOWN_NAME
    assert desk.refused(SuspendMember, "FIRMA", actor="a member", document="1")[0] == refusals.NOT_ENTITLED
    events = desk.decide(SuspendMember, "FIRMA", actor="administrator", document="AFR 1")
    assert words(events) == ["Announced", "DecisionTaken", "OrderCancelled", "OrderCancelled"]
    gone = [event for event in events if isinstance(event, OrderCancelled)]
    assert {event.order.order_id for event in gone} == mine
    assert {(event.reason, event.clause) for event in gone} == {(refusals.MEMBER_SUSPENDED, "art. 7 p. 2")}
    assert {event.visible for event in events if isinstance(event, OrderShown)} == {0}
    refused = one(desk.buy("FIRMA", 1000, "450.00"), OrderRefused).refusal
    assert (refused.code, refusals.CATALOGUE[refused.code].next) == (refusals.MEMBER_SUSPENDED, 25)
    desk.to("2020-05-28T12:00")
    assert words(desk.buy("FIRMA", 1000, "450.00")) == ["OrderRefused"]
    assert words(desk.decide(RestoreMember, "FIRMA")) == ["Announced", "DecisionTaken"]
    assert words(desk.buy("FIRMA", 1000, "450.00")) == ["OrderAccepted"]
    assert desk.refused(RestoreMember, "NONE")[0] == refusals.UNKNOWN_NAME
    same_on_replay(desk)


def test_standby_takes_note_of_a_suspended_members_orders():
    """R-13: the indicative price is told on change."""
    desk = Desk(small(standby="every cross"), to="12:00")
    desk.buy("FIRMA", 1000, "100.00", BOND)
    desk.sell("FIRMB", 1000, "100.00", BOND)
    events = desk.decide(SuspendMember, "FIRMA", document="1")
    assert one(events, AuctionIndicated).price is None
    same_on_replay(desk)


def test_members_are_told_something():
    desk = Desk()
    assert desk.decide(Announce, "Hello", "")[0] == Announced("Hello", "Hello")
    assert desk.decide(Announce, "Hello", "Привет", actor="makler")[0].russian == "Привет"
    assert desk.refused(Announce, "Hello", "", actor="member")[0] == refusals.NOT_ENTITLED


# -- instruments (art. 2 p. 6, 23; annex 2 p. 3)


def test_methods_are_decided_with_a_document():
    """art. 23: what was closed to a method is open to it, and the other way."""
    desk = Desk()
    assert desk.refused(DecideMethods, BOND, ("continuous",))[0] == refusals.DOCUMENT_MISSING
    assert desk.refused(DecideMethods, BOND, ("nothing",), document="1")[0] == refusals.UNKNOWN_NAME
    assert desk.refused(DecideMethods, "NONE", ("continuous",), document="1")[0] == refusals.UNKNOWN_NAME
    events = desk.decide(DecideMethods, BOND, ("continuous",), document="9")
    assert words(events) == ["Announced", "DecisionTaken", "InstrumentChanged"]
    changed = one(events, InstrumentChanged).instrument
    assert (changed.methods, changed.methods_document) == (("continuous",), "9")
    assert words(desk.buy("FIRMA", 1000, "100.00", BOND)) == ["OrderAccepted"]
    same_on_replay(desk)


def test_kind_of_price_changes_between_trading_days():
    """annex 2 p. 3; R-20: former prices compare with nothing any more, so there is no limit until a deal."""
    desk = Desk(to="12:00")
    terms = (DecidePriceKind, BOND, "dirty")
    assert desk.refused(*terms, **BOARD_MEMBER)[0] == refusals.BETWEEN_DAYS_ONLY
    desk.to("18:00")
    assert desk.refused(*terms, actor="makler", document="5")[0] == refusals.NOT_ENTITLED
    assert desk.refused(*terms, actor="board_member")[0] == refusals.DOCUMENT_MISSING
    assert desk.refused(DecidePriceKind, BOND, "pretty", **BOARD_MEMBER)[0] == refusals.UNKNOWN_NAME
    assert desk.refused(DecidePriceKind, BILL, "clean", **BOARD_MEMBER)[0] == refusals.UNKNOWN_NAME  # no bond
    events = desk.decide(*terms, **BOARD_MEMBER)
    assert words(events) == ["Announced", "DecisionTaken", "InstrumentChanged"]
    decision = one(events, InstrumentChanged).instrument.price_decision
    assert (decision.kind, decision.document, decision.date) == ("dirty", "5", dt.date(2020, 5, 27))
    desk.to("2020-05-28T12:00")
    entered(desk.buy("FIRMA", 1000, "1000.00", BOND))
    same_on_replay(desk)


def test_kind_of_price_that_is_so_already_ends_nothing():
    desk = Desk(to="12:00")
    entered(desk.buy("FIRMA", 1000, "100.00", BOND, tif=TimeInForce.GTC))
    desk.to("18:00")
    desk.decide(DecidePriceKind, BOND, "dirty", **BOARD_MEMBER)
    assert not desk.state.orders
    desk.to("2020-05-28T12:00")
    entered(desk.buy("FIRMA", 1000, "100.00", BOND, tif=TimeInForce.GTC))
    desk.to("2020-05-28T18:00")
    desk.decide(DecidePriceKind, BOND, "dirty", **BOARD_MEMBER)
    assert len(desk.state.orders) == 1


def test_kind_of_price_is_decided_before_the_first_day():
    desk = Desk(to="00:00")
    assert one(desk.decide(DecidePriceKind, BOND, "dirty", **BOARD_MEMBER), DecisionTaken)
    desk.to("12:00")
    assert desk.state.listings[BOND].instrument.price_kind == "dirty"
    same_on_replay(desk)


def applied(symbol, number="7", due=dt.date(2020, 6, 1)):
    return FileApplication, number, symbol, "listing", dt.date(2020, 5, 27), due


def test_application_to_list_an_instrument():
    """art. 2 p. 6: it trades from the next operational day on, whose settlement dates know it."""
    desk = Desk(to="12:00")
    new = msgspec.structs.replace(desk.state.listings[BOND].instrument, symbol="NEWb1", lot=5000)
    assert desk.refused(CarryOutApplication, "7", new, **BOARD_MEMBER)[0] == refusals.UNKNOWN_NAME
    assert words(desk.decide(*applied("NEWb1"), actor="administrator")) == ["DecisionTaken"]
    assert desk.refused(*applied("NEWb1"), actor="member")[0] == refusals.NOT_ENTITLED
    assert desk.refused(CarryOutApplication, "7", new, actor="makler", document="5")[0] == refusals.NOT_ENTITLED
    assert desk.refused(CarryOutApplication, "7", new, actor="board_member")[0] == refusals.DOCUMENT_MISSING
    nowhere = msgspec.structs.replace(new, board="NONE")
    assert desk.refused(CarryOutApplication, "7", nowhere, **BOARD_MEMBER)[0] == refusals.UNKNOWN_NAME
    other = msgspec.structs.replace(new, symbol="OTHER")
    assert desk.refused(CarryOutApplication, "7", other, **BOARD_MEMBER)[0] == refusals.UNKNOWN_NAME
    events = desk.decide(CarryOutApplication, "7", new, **BOARD_MEMBER)
    assert words(events) == ["Announced", "DecisionTaken", "InstrumentChanged"]
    assert desk.state.terms.applications == {}
    refused = one(desk.buy("FIRMA", 5000, "100.00", "NEWb1"), OrderRefused).refusal
    assert refused.code == refusals.NOT_TRADED_TODAY
    told = desk.to("2020-05-28T12:00")
    assert one(told, InstrumentChanged).instrument == new  # for projections that begin with the day
    assert one(desk.buy("FIRMA", 1000, "100.00", "NEWb1"), OrderRefused).refusal.code == refusals.NOT_IN_LOTS
    assert words(desk.buy("FIRMA", 5000, "100.00", "NEWb1")) == ["OrderAccepted"]
    same_on_replay(desk)


def test_numbers_of_what_is_listed_are_its_own_and_can_be():
    """ISO 6166: no check digit but the right one, no number that another instrument has."""
    desk = Desk(to="12:00")
    desk.decide(*applied("NEWb1"), actor="administrator")
    bond = desk.state.listings[BOND].instrument
    new = msgspec.structs.replace(bond, symbol="NEWb1", scheme="T+0", isin="US0378331005")
    for wrong in ({"isin": "US0378331006"}, {"nin": "NEWb1"}):
        bad = msgspec.structs.replace(new, **wrong)
        assert desk.refused(CarryOutApplication, "7", bad, **BOARD_MEMBER)[0] == refusals.UNKNOWN_NAME
    assert "DecisionTaken" in words(desk.decide(CarryOutApplication, "7", new, **BOARD_MEMBER))
    desk.to("2020-05-28T12:00")
    desk.decide(*applied("OTHERb1", "8"), actor="administrator")
    other = msgspec.structs.replace(new, symbol="OTHERb1")
    assert desk.refused(CarryOutApplication, "8", other, **BOARD_MEMBER)[0] == refusals.UNKNOWN_NAME
    same_on_replay(desk)


def test_application_to_change_parameters_waits_for_the_close():
    desk = Desk(to="12:00")
    waits = entered(desk.buy("FIRMA", 1000, "100.00", BOND, tif=TimeInForce.GTC))
    desk.decide(*applied(BOND))
    changed = msgspec.structs.replace(desk.state.listings[BOND].instrument, lot=2000)
    assert desk.refused(CarryOutApplication, "7", changed, **BOARD_MEMBER)[0] == refusals.BETWEEN_DAYS_ONLY
    desk.to("18:00")
    events = desk.decide(CarryOutApplication, "7", changed, **BOARD_MEMBER)
    assert one(events, OrderCancelled).order.order_id == waits
    assert one(events, DecisionTaken).detail["ended"] == "1"
    desk.to("2020-05-28T12:00")
    assert one(desk.buy("FIRMA", 1000, "100.00", BOND), OrderRefused).refusal.code == refusals.NOT_IN_LOTS
    same_on_replay(desk)


# -- every decision

ASKED = parse_instant("2020-05-27T11:00:00")
AFTERWARDS = [
    (ChangeTradingTime, (FX, (), None, dt.time(17, 30)), {"ground": "art. 4 p. 3 sp. 1"}),
    (ChangeTradingTime, (BONDS, (BOND,), None, dt.time(17, 45)), {"ground": "art. 4 p. 3 sp. 5"}),
    (ChangeOperationalDay, (dt.time(20),), {"ground": "art. 5 p. 3 sp. 5"}),
    (ChangeService, ("control", dt.time(18, 30)), {"ground": "art. 41 p. 2 sp. 1"}),
    (ChangeLimit, (EUR, 500, "FIRMA", ASKED), {"actor": "makler"}),
    (ChangeLimit, (BOND, None, "FIRMA", ASKED), {"actor": "makler"}),
    (SetHardLimit, (EUR, 1000), {"document": "1"}),
    (SetHardLimit, (BOND, None), {"document": "1"}),
    (Suspend, ((EUR,), (BONDS,)), {}),
    (Resume, ((BOND,), ()), {}),
    (SuspendMember, ("FIRMB",), {"document": "1"}),
    (SuspendMember, ("FIRMC",), {"document": "1"}),
    (RestoreMember, ("FIRMC",), {}),
    (OrderFixing, (DOLLAR, FX, parse_price("410")), {}),
    (CallPrice, (DOLLAR, FX, parse_price("411")), {"actor": "makler"}),
    (AnnounceSurplus, (DOLLAR, FX), {"actor": "makler"}),
    (EndFixing, (DOLLAR, FX), {"actor": "makler"}),
    (MoveTrading, ("The hall",), {}),
    (DeclareForceMajeure, (True,), {}),
    (DecideMethods, (BOND, ("continuous",)), {"document": "1"}),
    (FileApplication, applied("NEWb1")[1:], {}),
    (FileApplication, applied(DOLLAR, "8")[1:], {}),
    (Announce, ("Hello", "Привет"), {}),
]


def full():
    """A market at noon in which every order there can be waits somewhere, and all is decided."""
    desk = Desk(to="12:00")
    for user in ("FIRMA", "FIRMB", "FIRMC"):
        desk.buy(user, 2000, "450.00")
        desk.buy(user, 2000, "100.00", BOND, tif=TimeInForce.GTC)
        desk.buy(user, 2000, "100.00", BOND, tif=TimeInForce.GTD, expire_date=dt.date(2020, 5, 29))
    desk.sell("FIRMC", 3000, "450.00")
    return desk


def test_members_are_told_before_the_decision_and_the_change_comes_after_it():
    """art. 3 p. 3, 4 p. 4, 8 p. 3: one decision, and every event of a change behind it."""
    desk = full()
    for kind, terms, by in AFTERWARDS:
        events = desk.decide(kind, *terms, **by)
        names = words(events)
        taken = names.index("DecisionTaken")
        assert set(names[:taken]) <= {"Announced"}
        assert not {"Announced", "DecisionTaken", "DecisionRefused"} & set(names[taken + 1 :])
        assert taken >= 1 or kind is FileApplication
        decided = one(events, DecisionTaken)
        assert (decided.by.reason, decided.by.id) == ("why", f"d{len(desk.commands) - 1}")
        assert all(isinstance(value, str) for value in decided.detail.values())
    elsewhere = {DecidePriceKind, CarryOutApplication, FailDeal}
    elsewhere |= {OpenSpecialised, SetCutOff, ConfirmOrder, AskDepository, WithdrawOrders, LimitUser, RelieveMaker}
    elsewhere |= {BustDeal, CorrectDeal}
    assert {kind for kind, _, _ in AFTERWARDS} | elsewhere == set(HANDLERS)
    assert set(HANDLERS) == set(DecisionCommand.__args__)
    desk.to("2020-05-29T12:00")
    assert desk.engine.failures == 0
    same_on_replay(desk)


def test_state_comes_back_from_its_bytes():
    """Law 4: a mark holds everything that was decided; what goes on from it is the same."""
    desk = full()
    for kind, terms, by in AFTERWARDS:
        desk.decide(kind, *terms, **by)
        before = desk.engine.hash()
        assert Mark(desk.state).hash == before
        desk.engine.state = Mark(desk.state).restore()
        assert desk.engine.hash() == before
    desk.to("18:00")
    desk.engine.state = Mark(desk.state).restore()  # orders of several days wait outside the books
    desk.to("2020-05-28T12:00")
    desk.engine.state = Mark(desk.state).restore()
    desk.to("2020-05-29T18:00")
    same_on_replay(desk)
    assert desk.state.terms.hard_limits == {EUR: 1000, BOND: None}
    assert desk.state.terms.changes == Changes()


@pytest.mark.parametrize(("kind", "terms", "by"), AFTERWARDS)
def test_decision_that_ends_in_a_defect_changes_nothing(kind, terms, by, monkeypatch):
    """Law 4: the state is what it was; the same on replay."""
    desk = full()
    before = desk.engine.hash()
    handler = HANDLERS[kind]

    def broken(turn, command):
        handler(turn, command)
        raise ArithmeticError

    monkeypatch.setitem(HANDLERS, kind, broken)
    failed = one(desk.decide(kind, *terms, **by), CommandFailed)
    assert (failed.defect, failed.request) == ("ArithmeticError", kind.__struct_config__.tag)
    assert desk.engine.hash() == before
    same_on_replay(desk)
