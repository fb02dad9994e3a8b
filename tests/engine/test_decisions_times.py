"""Decisions on when and where trading goes on (art. 3, 4 p. 3, 5 p. 3, 9, 41 p. 2)."""

import datetime as dt

import msgspec
import pytest

from kase_fix.messages.auction_events import AuctionEnded
from kase_fix.messages.day_events import (
    Announced,
    DayClosed,
    DecisionTaken,
    PhaseEntered,
    ServiceEntered,
    TradingSuspended,
    WindowChanged,
)
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.decisions import (
    ChangeOperationalDay,
    ChangeService,
    ChangeTradingTime,
    DeclareForceMajeure,
    MoveTrading,
    Resume,
    Suspend,
)
from kase_fix.messages.order_events import (
    CancelRefused,
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderFormed,
    OrderRefused,
)
from kase_fix.rulebook import refusals
from kase_fix.values.enums import Phase, TimeInForce
from tests.engine.desk import BILL, BOND, BONDS, DOLLAR, EUR, FX, Desk, same_on_replay, small
from tests.engine.market import one, words

ART_4 = "art. 4 p. 3"
FAILURE, ASKED_FOR, PROLONGED = f"{ART_4} sp. 1", f"{ART_4} sp. 4", f"{ART_4} sp. 5"
ON_DEFAULT = "art. 5 p. 3 sp. 5"
HALF_PAST_FIVE = dt.time(17, 30)


def entered(events):
    return one(events, OrderAccepted).order.order_id


def prolonged(desk, symbols=(), closes=HALF_PAST_FIVE, opens=None, board=FX, ground=FAILURE, **by):
    return desk.decide(ChangeTradingTime, board, symbols, opens, closes, ground=ground, **by)


def times(events, kind, board):
    return [(event.phase, event.symbols) for event in events if isinstance(event, kind) and event.board == board]


# -- trading time (art. 4 p. 3)


@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_session_is_prolonged_and_its_orders_live_on(number):
    """art. 4 p. 3, 4: decided at 16:50, members are told before, day orders then live until 17:30 (R-4)."""
    desk = Desk(to="16:50")
    bid = entered(desk.buy("FIRMA", 1000, "450.00"))
    events = prolonged(desk, ground=f"{ART_4} sp. {number}", document="12")
    assert words(events) == ["Announced", "DecisionTaken", "WindowChanged"]
    assert "17:30" in events[0].english
    assert "17:30" in events[0].russian
    assert events[0].english.endswith("(why) No 12")
    assert (events[1].what, events[1].by.actor, events[1].detail["window"]) == (
        "change_trading_time",
        "chairman",
        "10:15-17:30",
    )
    assert events[2] == WindowChanged(FX, (), dt.time(10, 15), HALF_PAST_FIVE)
    assert not any(isinstance(event, OrderExpired) for event in desk.to("17:29:59.999"))
    assert words(desk.buy("FIRMB", 1000, "449.00")) == ["OrderAccepted"]
    gone = [event.order.order_id for event in desk.to("17:30") if isinstance(event, OrderExpired)]
    assert gone[0] == bid
    assert len(gone) == 2
    refused = one(desk.buy("FIRMA", 1000, "450.00"), OrderRefused).refusal
    assert (refused.code, refused.found) == (refusals.SESSION_CLOSED, (EUR, "10:15", "17:30"))
    assert desk.state.terms.changes.boards
    desk.to("2020-05-28T17:00")
    assert not desk.state.terms.changes.boards  # for its day only
    assert desk.phase(EUR) is Phase.CLOSED
    same_on_replay(desk)


def test_one_instrument_trades_longer_than_its_board():
    """art. 4 p. 3: "отдельным финансовым инструментом"."""
    desk = Desk(to="16:50")
    euro = entered(desk.buy("FIRMA", 1000, "450.00"))
    desk.buy("FIRMA", 100_000, "410.00", DOLLAR)
    assert one(prolonged(desk, (EUR,)), WindowChanged).symbols == (EUR,)
    events = desk.to("17:00")
    assert times(events, PhaseEntered, FX) == [(Phase.CLOSED, (DOLLAR,))]
    assert one(events, OrderExpired).order.symbol == DOLLAR
    assert (desk.phase(EUR), desk.phase(DOLLAR)) == (Phase.CONTINUOUS, Phase.CLOSED)
    assert one(desk.sell("FIRMB", 1000, "450.00"), Deal).symbol == EUR
    desk.buy("FIRMA", 1000, "450.00")
    events = desk.to("17:30")
    assert times(events, PhaseEntered, FX) == [(Phase.CLOSED, (EUR,))]
    assert one(events, OrderExpired).order.order_id != euro
    same_on_replay(desk)


def test_board_that_is_prolonged_leaves_windows_of_their_own_alone():
    desk = Desk(to="16:50")
    prolonged(desk, (EUR,), dt.time(16, 55))
    desk.to("17:05")
    assert (desk.phase(EUR), desk.phase(DOLLAR)) == (Phase.CLOSED, Phase.CLOSED)
    events = prolonged(desk)
    assert times(events, PhaseEntered, FX) == [(Phase.CONTINUOUS, (DOLLAR,))]
    assert (desk.phase(EUR), desk.phase(DOLLAR)) == (Phase.CLOSED, Phase.CONTINUOUS)
    same_on_replay(desk)


def test_instruments_with_different_windows_keep_the_edge_that_is_not_named():
    desk = Desk(to="12:00")
    prolonged(desk, (EUR,), dt.time(16))
    desk.to("16:30")
    events = prolonged(desk, (DOLLAR, EUR), dt.time(18))
    assert one(events, WindowChanged).symbols == (DOLLAR, EUR)
    assert one(events, PhaseEntered).symbols == (EUR,)
    same_on_replay(desk)


def test_trading_opens_again_after_its_close():
    """A decision at 17:10 to trade until 17:30 opens the board at once; one for later opens it then."""
    desk = Desk(to="17:10")
    events = prolonged(desk)
    assert words(events) == ["Announced", "DecisionTaken", "WindowChanged", "PhaseEntered"]
    assert words(desk.buy("FIRMA", 1000, "450.00")) == ["OrderAccepted"]
    assert one(desk.to("17:31"), OrderExpired).order.symbol == EUR
    prolonged(desk, opens=dt.time(18), closes=dt.time(18, 30))
    assert desk.phase(EUR) is Phase.CLOSED
    assert one(desk.buy("FIRMA", 1000, "450.00"), OrderRefused).refusal.found == (EUR, "18:00", "18:30")
    desk.to("18:00")
    assert desk.phase(EUR) is Phase.CONTINUOUS
    desk.to("18:30")
    assert desk.phase(EUR) is Phase.CLOSED
    same_on_replay(desk)


def test_orders_of_several_days_trade_when_their_board_opens_again():
    """R-5: they left the book with the session; a session that goes on has them."""
    desk = Desk(to="12:00")
    bid = entered(desk.buy("FIRMA", 1000, "100.00", BOND, tif=TimeInForce.GTC))
    desk.to("17:05")
    assert desk.book(BOND) == []
    events = prolonged(desk, board=BONDS)
    assert one(events, OrderFormed).order.order_id == bid
    assert one(desk.sell("FIRMB", 1000, "100.00", BOND), Deal).price == 100 * 10**8
    same_on_replay(desk)


def test_session_ends_earlier():
    desk = Desk(to="12:00")
    desk.buy("FIRMA", 1000, "450.00")
    prolonged(desk, closes=dt.time(15))
    assert one(desk.to("15:00"), OrderExpired).order.symbol == EUR
    assert not any(isinstance(event, PhaseEntered) and event.board == FX for event in desk.to("18:00"))
    same_on_replay(desk)


def test_session_begins_later_or_earlier():
    desk = Desk(to="09:00")
    prolonged(desk, closes=None, opens=dt.time(9, 30))
    prolonged(desk, board=BONDS, closes=None, opens=dt.time(13))
    desk.to("09:30")
    assert desk.phase(EUR) is Phase.CONTINUOUS
    desk.to("11:30")
    assert desk.phase(BOND) is Phase.PRELIMINARY
    assert words(desk.buy("FIRMA", 1000, "100.00", BOND)) == ["OrderAccepted"]
    desk.to("13:00")
    assert desk.phase(BOND) is Phase.CONTINUOUS
    same_on_replay(desk)


def test_opening_an_initiator_asks_for_lies_within_the_groups_day():
    """art. 4 p. 3 sp. 4: "в пределах времени торгового дня по финансовым инструментам данной группы"."""
    desk = Desk(to="09:00")

    def ask(opens):
        return ChangeTradingTime, BONDS, (BOND,), opens, None

    for outside in (dt.time(11, 29, 59), dt.time(17), dt.time(18)):
        assert desk.refused(*ask(outside), ground=ASKED_FOR)[0] == refusals.WRONG_TIME
    assert one(desk.decide(*ask(dt.time(11, 30)), ground=ASKED_FOR), WindowChanged).opens == dt.time(11, 30)
    assert one(desk.decide(*ask(dt.time(14)), ground=ASKED_FOR), WindowChanged).closes == dt.time(17)
    desk.to("12:00")
    assert (desk.phase(BOND), desk.phase(BILL)) == (Phase.PRELIMINARY, Phase.CONTINUOUS)
    desk.to("14:00")
    assert desk.phase(BOND) is Phase.CONTINUOUS
    desk.to("17:00")
    assert (desk.phase(BOND), desk.phase(BILL)) == (Phase.CLOSED, Phase.CLOSED)
    same_on_replay(desk)


@pytest.mark.parametrize(
    ("board", "symbols", "opens", "closes", "by", "code"),
    [
        (FX, (), None, HALF_PAST_FIVE, {"actor": "makler"}, refusals.NOT_ENTITLED),
        (FX, (), None, HALF_PAST_FIVE, {"actor": "administrator A. B."}, refusals.NOT_ENTITLED),
        (FX, (), None, HALF_PAST_FIVE, {"actor": ""}, refusals.NOT_ENTITLED),
        (FX, (), None, HALF_PAST_FIVE, {"ground": ""}, refusals.WRONG_GROUND),
        (FX, (), None, HALF_PAST_FIVE, {"ground": "art. 4 p. 3 sp. 6"}, refusals.WRONG_GROUND),
        (FX, (), None, HALF_PAST_FIVE, {"ground": "art. 9"}, refusals.WRONG_GROUND),
        ("NONE", (), None, HALF_PAST_FIVE, {}, refusals.UNKNOWN_NAME),
        (FX, (BOND,), None, HALF_PAST_FIVE, {}, refusals.UNKNOWN_NAME),
        (FX, ("NONE",), None, HALF_PAST_FIVE, {}, refusals.UNKNOWN_NAME),
        (FX, (), None, dt.time(16, 50), {}, refusals.WRONG_TIME),  # now is past: [start, end)
        (FX, (), None, dt.time(9), {}, refusals.WRONG_TIME),
        (FX, (), None, dt.time(19, 16), {}, refusals.WRONG_TIME),
        (FX, (), dt.time(16), None, {}, refusals.WRONG_TIME),
        (FX, (), dt.time(16, 55), None, {}, refusals.WRONG_TIME),  # it trades already
        (FX, (), dt.time(18), HALF_PAST_FIVE, {}, refusals.WRONG_TIME),
        (FX, (), None, dt.time(16, 55), {"ground": PROLONGED}, refusals.WRONG_TIME),
    ],
)
def test_change_of_time_that_art_4_does_not_know(board, symbols, opens, closes, by, code):
    desk = Desk(to="16:50")
    by.setdefault("ground", FAILURE)
    assert desk.refused(ChangeTradingTime, board, symbols, opens, closes, **by)[0] == code
    assert words(desk.decide(ChangeTradingTime, FX, (), None, dt.time(19, 15), actor="deputy_chairman", ground=FAILURE))
    same_on_replay(desk)


def test_times_change_only_in_an_operational_day():
    for desk in (Desk(to="08:00"), Desk(to="19:30")):
        for terms in (
            (ChangeTradingTime, FX, (), None, dt.time(20)),
            (ChangeOperationalDay, dt.time(20)),
            (ChangeService, "control", dt.time(20)),
        ):
            ground = {ChangeTradingTime: FAILURE, ChangeOperationalDay: ON_DEFAULT}.get(terms[0], "art. 41 p. 2 sp. 1")
            assert desk.refused(*terms, ground=ground)[0] == refusals.WRONG_TIME


def test_standby_goes_on_to_the_new_end_of_its_session():
    """R-16, and an instrument in standby whose window becomes its own."""
    desk = Desk(small(standby="every cross"), to="16:55")
    desk.buy("FIRMA", 1000, "100.00", BOND)
    desk.sell("FIRMB", 1000, "100.00", BOND)
    assert desk.phase(BOND) is Phase.STANDBY
    prolonged(desk, (BOND,), board=BONDS)
    assert not any(isinstance(event, AuctionEnded) for event in desk.to("17:00"))
    events = desk.to("17:20")
    assert one(events, AuctionEnded).price == 100 * 10**8
    assert desk.phase(BOND) is Phase.CONTINUOUS
    desk.to("17:30")
    assert desk.phase(BOND) is Phase.CLOSED
    same_on_replay(desk)


# -- operational day and services (art. 5 p. 3; 41 p. 2; R-2)


def test_operational_day_is_prolonged_and_trading_may_follow_it():
    """art. 5 p. 3; trading cannot outlive the day."""
    desk = Desk(to="19:00")
    assert desk.refused(ChangeTradingTime, FX, (), None, dt.time(19, 30), ground=FAILURE)[0] == refusals.WRONG_TIME
    events = desk.decide(ChangeOperationalDay, dt.time(20), ground="art. 5 p. 3 sp. 2")
    assert words(events) == ["Announced", "DecisionTaken"]
    prolonged(desk, closes=dt.time(19, 30))
    assert not any(isinstance(event, DayClosed) for event in desk.to("19:59"))
    events = desk.to("20:00")
    assert words(events)[-2:] == ["DayClosed", "ServiceEntered"]
    assert one(desk.to("2020-05-28T19:15"), DayClosed)
    same_on_replay(desk)


@pytest.mark.parametrize(
    ("closes", "by", "code"),
    [
        (dt.time(20), {"actor": "makler"}, refusals.NOT_ENTITLED),
        (dt.time(20), {"ground": "art. 4 p. 3 sp. 1"}, refusals.WRONG_GROUND),
        (dt.time(20), {"ground": ""}, refusals.WRONG_GROUND),
        (dt.time(19, 15), {}, refusals.WRONG_TIME),
        (dt.time(18), {}, refusals.WRONG_TIME),
    ],
)
def test_operational_day_can_only_be_prolonged(closes, by, code):
    desk = Desk(to="12:00")
    assert desk.refused(ChangeOperationalDay, closes, **({"ground": ON_DEFAULT} | by)) == (code, "art. 5 p. 3")


def test_control_system_works_longer_and_again():
    """art. 41 p. 2: also where it has closed already; not beyond the operational day."""
    ground = "art. 41 p. 2 sp. 2"
    desk = Desk(to="18:00")
    assert desk.refused(ChangeService, "control", dt.time(18, 30), ground=ground, actor="makler")[1] == "art. 41 p. 2"
    assert desk.refused(ChangeService, "control", dt.time(18, 30), ground=FAILURE)[0] == refusals.WRONG_GROUND
    assert desk.refused(ChangeService, "control", dt.time(18, 15), ground=ground)[0] == refusals.WRONG_TIME
    assert desk.refused(ChangeService, "control", dt.time(19, 30), ground=ground)[0] == refusals.WRONG_TIME
    assert desk.refused(ChangeService, "api", dt.time(19, 30), ground=ground)[0] == refusals.UNKNOWN_NAME
    assert words(desk.decide(ChangeService, "control", dt.time(18, 30), ground=ground)) == [
        "Announced",
        "DecisionTaken",
    ]
    assert one(desk.to("18:35"), ServiceEntered) == ServiceEntered("control", False, "art. 41 p. 1")
    events = desk.decide(ChangeService, "control", dt.time(18, 50), ground=ground)
    assert words(events) == ["Announced", "DecisionTaken", "ServiceEntered"]
    assert events[-1].open
    assert not one(desk.to("18:50"), ServiceEntered).open
    same_on_replay(desk)


def test_market_data_is_prolonged_by_a_decision_of_its_own():
    """R-2: with its document."""
    desk = Desk(to="12:00")
    assert desk.refused(ChangeService, "md", dt.time(18, 30))[0] == refusals.DOCUMENT_MISSING
    desk.decide(ChangeService, "md", dt.time(18, 30), document="12")
    closed = [event.service for event in desk.to("18:29") if isinstance(event, ServiceEntered)]
    assert "md" not in closed
    assert one(desk.to("18:30"), ServiceEntered).service == "md"


# -- suspension and resumption


def test_suspension_at_noon_and_resumption():
    """Orders are refused with 40, cancels are taken, what rests stays; one announcement, one decision, one change."""
    desk = Desk(to="12:00")
    stays, goes = entered(desk.buy("FIRMA", 2000, "450.00")), entered(desk.buy("FIRMA", 2000, "449.00"))
    events = desk.decide(Suspend, (EUR,), (), actor="makler")
    assert words(events) == ["Announced", "DecisionTaken", "TradingSuspended"]
    assert events[2] == TradingSuspended(FX, (EUR,), True)
    refused = one(desk.sell("FIRMB", 1000, "450.00"), OrderRefused).refusal
    assert (refused.code, refusals.CATALOGUE[refused.code].next) == (refusals.INSTRUMENT_SUSPENDED, 40)
    assert one(desk.replace("FIRMA", stays, quantity=1000), CancelRefused).refusal.code == refused.code
    assert one(desk.cancel("FIRMA", goes), OrderCancelled)
    assert words(desk.sell("FIRMB", 100_000, "410.00", DOLLAR)) == ["OrderAccepted"]
    assert desk.book(EUR) == [("FIRMA", 450.0, 2000)]
    desk.to("12:30")
    assert words(desk.decide(Resume, (EUR,), (), actor="makler"))[-1] == "TradingSuspended"
    assert one(desk.sell("FIRMB", 1000, "450.00"), Deal).sell.user == "FIRMB"
    same_on_replay(desk)


def test_suspended_board_stays_so_over_night_and_its_session_ends_as_ever():
    desk = Desk(to="12:00")
    desk.buy("FIRMA", 1000, "450.00")
    assert one(desk.decide(Suspend, (), (FX,)), TradingSuspended).symbols == (DOLLAR, EUR)
    assert one(desk.to("17:00"), OrderExpired)
    told = [event for event in desk.to("2020-05-28T12:00") if isinstance(event, TradingSuspended)]
    assert told == [TradingSuspended(FX, (DOLLAR, EUR), True)]  # for projections that begin with the day
    assert one(desk.buy("FIRMA", 1000, "450.00"), OrderRefused).refusal.code == refusals.INSTRUMENT_SUSPENDED
    desk.decide(Resume, (EUR,), ())
    assert words(desk.buy("FIRMA", 1000, "450.00")) == ["OrderAccepted"]
    assert one(desk.decide(Resume, (), (FX,)), TradingSuspended).symbols == (DOLLAR,)
    same_on_replay(desk)


def test_preliminary_orders_of_what_is_suspended_meet_when_it_is_resumed():
    """R-7: no deal is done while trading is suspended, not at the opening either."""
    desk = Desk(to="11:10")
    desk.buy("FIRMA", 1000, "100.00", BOND)
    desk.sell("FIRMB", 1000, "99.00", BOND)
    desk.decide(Suspend, (BOND,), ())
    assert not any(isinstance(event, Deal) for event in desk.to("12:00"))
    assert one(desk.decide(Resume, (BOND,), ()), Deal).price == 100 * 10**8
    same_on_replay(desk)


def test_suspension_breaks_a_standby_off_and_resumption_begins_one_anew():
    desk = Desk(small(standby="every cross"), to="12:00")
    desk.buy("FIRMA", 1000, "100.00", BOND)
    desk.sell("FIRMB", 1000, "100.00", BOND)
    events = desk.decide(Suspend, (BOND,), ())
    assert one(events, AuctionEnded).price is None
    assert not any(isinstance(event, Deal) for event in desk.to("14:00"))
    desk.decide(Resume, (BOND,), ())
    assert desk.phase(BOND) is Phase.STANDBY
    assert one(desk.to("14:30"), Deal).price == 100 * 10**8
    same_on_replay(desk)


def test_suspension_of_what_is_not_there():
    desk = Desk()
    for terms in (((), ()), (("NONE",), ()), ((), ("NONE",)), ((EUR, "NONE"), ())):
        assert desk.refused(Suspend, *terms)[0] == refusals.UNKNOWN_NAME
    assert desk.refused(Resume, (EUR,), (), actor="member")[0] == refusals.NOT_ENTITLED


# -- place, force majeure (art. 3, 9)


def test_trading_moves_to_another_place_and_back():
    """art. 3 p. 2, 3: members know before; orders are withdrawn as they like, none is taken."""
    desk = Desk()
    bid = entered(desk.buy("FIRMA", 1000, "450.00"))
    assert desk.refused(MoveTrading, "The hall", actor="makler") == (refusals.NOT_ENTITLED, "art. 3 p. 2")
    assert words(desk.decide(MoveTrading, "The hall")) == ["Announced", "DecisionTaken"]
    assert one(desk.buy("FIRMA", 1000, "450.00"), OrderRefused).refusal.code == refusals.TRADING_MOVED
    assert one(desk.cancel("FIRMA", bid), OrderCancelled)
    assert "голосовым" in desk.told[-3][0].russian
    desk.decide(MoveTrading, "")
    assert words(desk.buy("FIRMA", 1000, "450.00")) == ["OrderAccepted"]
    same_on_replay(desk)


def test_force_majeure_is_a_ground_for_times_beside_the_usual_ones():
    """art. 9: an operational day may end early then, but never before its boards do."""
    desk = Desk()
    assert desk.refused(DeclareForceMajeure, True, actor="makler") == (refusals.NOT_ENTITLED, "art. 9")
    assert words(desk.decide(DeclareForceMajeure, True)) == ["Announced", "DecisionTaken"]
    prolonged(desk, closes=dt.time(15), ground="art. 9")
    assert desk.refused(ChangeOperationalDay, dt.time(16), ground="art. 9")[0] == refusals.WRONG_TIME  # the bonds
    prolonged(desk, closes=dt.time(15), board=BONDS, ground="art. 9")
    assert one(desk.decide(ChangeOperationalDay, dt.time(16), ground="art. 9"), DecisionTaken)
    assert one(desk.to("16:00"), DayClosed)
    desk.to("2020-05-28T12:00")
    assert one(desk.decide(DeclareForceMajeure, False), Announced)
    assert desk.refused(ChangeOperationalDay, dt.time(20), ground="art. 9")[0] == refusals.WRONG_GROUND
    same_on_replay(desk)


def test_own_window_of_a_single_seller_can_be_changed():
    """art. 4 p. 1: a window that is the instrument's own from its listing."""
    market = small()
    own = [
        msgspec.structs.replace(one, opens=dt.time(15), closes=dt.time(16)) if one.symbol == BOND else one
        for one in market.instruments
    ]
    desk = Desk(msgspec.structs.replace(market, instruments=tuple(own)), to="15:30")
    desk.buy("FIRMA", 1000, "100.00", BOND)
    prolonged(desk, (BOND,), dt.time(16, 30), board=BONDS)
    assert not any(isinstance(event, OrderExpired) for event in desk.to("16:00"))
    assert one(desk.to("16:30"), OrderExpired).order.symbol == BOND
    same_on_replay(desk)
