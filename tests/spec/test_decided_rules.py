"""What the exchange's heads, its maklers and its clock may decide and bring about, by the articles that say so."""

import datetime as dt

import msgspec
import pytest

from kase_fix.app.operator_views import completed
from kase_fix.calendar.almaty import instant
from kase_fix.calendar.working_days import Calendars
from kase_fix.messages.configuration import PriceDecision
from kase_fix.messages.day_events import (
    Announced,
    DayClosed,
    DecisionTaken,
    InstrumentChanged,
    LimitSet,
    ServiceEntered,
    WindowChanged,
)
from kase_fix.messages.decisions import (
    CarryOutApplication,
    ChangeLimit,
    ChangeOperationalDay,
    ChangeService,
    ChangeTradingTime,
    DecideMethods,
    DecidePriceKind,
    Decision,
    DeclareForceMajeure,
    FileApplication,
    MoveTrading,
    SetHardLimit,
    SuspendMember,
)
from kase_fix.messages.order_events import OrderAccepted, OrderCancelled, OrderFormed, PreliminaryEnded
from kase_fix.rulebook import refusals
from kase_fix.rulebook.coupons import accrued
from kase_fix.values.enums import OrderKind, Phase, TimeInForce
from kase_fix.values.numbers import parse_price
from tests.engine.market import one, words
from tests.spec.venue import Venue, market_with

EUR, GOV, BOND, INTL, USD_BOND = "EURKZT_TOM", "MUM180_0014", "BRKLb1", "EABRb15", "BRKLe1"
GTC = TimeInForce.GTC
MEMBER_OF_BOARD = {"actor": "board_member", "document": "5"}
DAY = dt.date(2020, 5, 27)


def asked(time):
    return instant(DAY, dt.time.fromisoformat(time))


def at_par(*symbols, **more):
    """These bonds with a last deal and an average of 100."""
    par = {"last_deal": parse_price("100"), "average": parse_price("100")}
    return Venue(*symbols, **dict.fromkeys(symbols, par), **more)


# -- instruments (art. 2 p. 6, 23, 24; annex 2 p. 3)


def test_a_security_is_opened_by_a_decision_on_an_application():
    """Art. 2 p. 6: a Board member decides, with a document, on what was applied for; members hear of it before."""
    venue = Venue(EUR)
    listed = market_with(BOND).instruments[0]
    decision = PriceDecision("dirty", "5", DAY)
    terms = {"price_kind": "dirty", "price_decision": decision, "last_deal": None, "average": None}
    listed = msgspec.structs.replace(listed, **terms)
    filed = (FileApplication, "A-1", BOND, "listing", DAY, dt.date(2020, 6, 1))
    assert venue.refused(*filed, actor="member") == (refusals.NOT_ENTITLED, "art. 2 p. 6")
    assert one(venue.decide(*filed), DecisionTaken).detail["due"] == "2020-06-01"
    carried = (CarryOutApplication, "A-1", listed)
    assert venue.refused(*carried, actor="makler", document="5") == (refusals.NOT_ENTITLED, "art. 2 p. 6")
    assert venue.refused(*carried, actor="board_member") == (refusals.DOCUMENT_MISSING, "art. 2 p. 6")
    assert venue.refused(CarryOutApplication, "A-2", listed, **MEMBER_OF_BOARD)[0] == refusals.UNKNOWN_NAME
    assert words(venue.decide(*carried, **MEMBER_OF_BOARD)) == ["Announced", "DecisionTaken", "InstrumentChanged"]
    venue.to("2020-05-28T12:00")
    venue.taken(1, "1000.0000", BOND)


def test_a_change_of_prospectus_is_due_within_three_working_days():
    """Annex 2 p. 3; art. 2 p. 6: of the day the Exchange got it; what waits is kept with its day until carried out."""
    venue = at_par(BOND)
    by = Decision("d", "board_member", "why")
    filed = completed(FileApplication(by, "A-1", BOND, "prospectus", DAY, DAY), Calendars())
    assert filed.due == dt.date(2020, 6, 1)
    venue.send(filed)
    venue.to("2020-05-28T18:00")
    assert venue.state.terms.applications["A-1"].due == filed.due
    terms = msgspec.structs.replace(venue.state.listings[BOND].instrument.bond, amortised=True)
    changed = msgspec.structs.replace(venue.state.listings[BOND].instrument, bond=terms, price_kind="dirty")
    venue.decide(CarryOutApplication, "A-1", changed, **MEMBER_OF_BOARD)
    assert not venue.state.terms.applications


@pytest.mark.parametrize("symbol", [BOND, "UNLSb1", INTL, "US_T_3011"])
def test_what_a_bond_trades_in_is_decided(symbol):
    """Art. 24 p. 2; art. 25 p. 2; art. 32 p. 2; art. 33 p. 2; annex 2 p. 3: by a Board member, between two sessions."""
    venue = at_par(symbol)
    waits = venue.taken(1, "100.0000", tif=GTC)
    to_dirty = (DecidePriceKind, symbol, "dirty")
    assert venue.refused(*to_dirty, **MEMBER_OF_BOARD) == (refusals.BETWEEN_DAYS_ONLY, "annex 2 p. 3")
    venue.to("18:00")
    assert venue.refused(*to_dirty, actor="makler", document="5") == (refusals.NOT_ENTITLED, "annex 2 p. 3")
    assert venue.refused(*to_dirty, actor="board_member") == (refusals.DOCUMENT_MISSING, "annex 2 p. 3")
    events = venue.decide(*to_dirty, **MEMBER_OF_BOARD)
    assert one(events, InstrumentChanged).instrument.price_kind == "dirty"
    assert one(events, PreliminaryEnded).order.order_id == waits
    assert venue.state.listings[symbol].instrument.price_decision == PriceDecision("dirty", "5", DAY)


def test_an_indexed_par_counts_alike_for_coupon_and_redemption():
    """Annex 2 p. 2-1: the coupon accrues in per cent of par, so whatever par is indexed by, the coupon is too."""
    bond = market_with("MUJ108_0005").instruments[0].bond
    assert bond.indexed
    fixed = msgspec.structs.replace(bond, indexed=False)
    assert accrued(bond, DAY) == accrued(fixed, DAY) > 0


def test_methods_of_shares_and_packages_are_decided():
    """Art. 23; art. 26 p. 4: the Board's decision opens a share, the seller's letter closes a package; by document."""
    venue = Venue("KZTO", "KZTO_GP1")
    assert venue.no(10, "150.00")[0] == refusals.METHOD_NOT_ENABLED
    opened = (DecideMethods, "KZTO", ("continuous",))
    assert venue.refused(*opened) == (refusals.DOCUMENT_MISSING, "art. 23")
    venue.decide(*opened, document="7")
    venue.taken(10, "150.00")
    venue.decide(DecideMethods, "KZTO_GP1", ("specialised",), document="8")
    assert venue.no(10, "980.00", symbol="KZTO_GP1") == (refusals.METHOD_NOT_ENABLED, "art. 26 p. 4")


# -- place, times, force majeure (art. 3, 4 p. 3, 5 p. 3, 9, 41)


def test_members_know_of_another_place_before_trading_begins_there():
    """Art. 3 p. 2, 3: the heads say where; members are told first, and the system takes no orders meanwhile."""
    venue = Venue(EUR)
    assert venue.refused(MoveTrading, "The hall", actor="makler") == (refusals.NOT_ENTITLED, "art. 3 p. 2")
    events = venue.decide(MoveTrading, "The hall", actor="deputy_chairman")
    assert isinstance(events[0], Announced)
    assert "The hall" in events[0].english
    assert venue.no(1000, "450.00") == (refusals.TRADING_MOVED, "art. 3 p. 2")
    venue.decide(MoveTrading, "")
    venue.taken(1000, "450.00")


@pytest.mark.parametrize("number", range(1, 6))
def test_times_are_changed_for_five_reasons(number):
    """Art. 4 p. 3 sp. 1-5; art. 4 p. 4: by the heads alone; members are told before the window changes."""
    venue = Venue(BOND, to="11:00")
    opens, closes = (dt.time(14), None) if number == 4 else (None, dt.time(17, 30))
    change = (ChangeTradingTime, "CORP", (BOND,), opens, closes)
    ground = {"ground": f"art. 4 p. 3 sp. {number}"}
    assert venue.refused(*change, ground="art. 4 p. 3 sp. 6") == (refusals.WRONG_GROUND, "art. 4 p. 3")
    assert venue.refused(*change, ground="art. 9") == (refusals.WRONG_GROUND, "art. 4 p. 3")
    assert venue.refused(*change, **ground, actor="makler") == (refusals.NOT_ENTITLED, "art. 4 p. 3")
    events = venue.decide(*change, **ground)
    assert words(events) == ["Announced", "DecisionTaken", "WindowChanged"]
    window = one(events, WindowChanged)
    assert (window.opens, window.closes) == (opens or dt.time(11, 30), closes or dt.time(17))
    venue.to(f"{window.closes:%H:%M}")
    assert venue.phase(BOND) is Phase.CLOSED


def test_an_opening_that_is_asked_for_lies_in_the_groups_window():
    """Art. 4 p. 3 sp. 4: at 11:30 at the earliest, and before 17:00."""
    venue = Venue(BOND, to="09:00")
    ground = {"ground": "art. 4 p. 3 sp. 4"}
    for opens, closes in ((dt.time(11, 29, 59), None), (dt.time(17), dt.time(18))):
        change = (ChangeTradingTime, "CORP", (BOND,), opens, closes)
        assert venue.refused(*change, **ground) == (refusals.WRONG_TIME, "art. 4 p. 3 sp. 4")
    one(venue.decide(ChangeTradingTime, "CORP", (BOND,), dt.time(12), None, **ground), WindowChanged)


def test_a_prolongation_prolongs():
    """Art. 4 p. 3 sp. 5: to close positions or meet obligations trading goes on for longer, not for less."""
    venue = Venue(EUR)
    ground = {"ground": "art. 4 p. 3 sp. 5"}
    shorter = (ChangeTradingTime, "FX_TOM", (), None, dt.time(16))
    assert venue.refused(*shorter, **ground) == (refusals.WRONG_TIME, "art. 4 p. 3 sp. 5")


@pytest.mark.parametrize("number", range(1, 6))
def test_the_operational_day_is_extended_for_five_reasons(number):
    """Art. 5 p. 3 sp. 1-5: by the heads, to a later end; the day then ends at it."""
    venue = Venue(EUR, to="19:00")
    ground = {"ground": f"art. 5 p. 3 sp. {number}"}
    longer = (ChangeOperationalDay, dt.time(20))
    assert venue.refused(*longer, ground="art. 5 p. 3 sp. 6") == (refusals.WRONG_GROUND, "art. 5 p. 3")
    assert venue.refused(*longer, **ground, actor="makler") == (refusals.NOT_ENTITLED, "art. 5 p. 3")
    assert venue.refused(ChangeOperationalDay, dt.time(19, 15), **ground) == (refusals.WRONG_TIME, "art. 5 p. 3")
    assert words(venue.decide(*longer, **ground)) == ["Announced", "DecisionTaken"]
    assert not any(isinstance(event, DayClosed) for event in venue.to("19:59:59"))
    assert one(venue.to("20:00"), DayClosed).clause == "art. 5 p. 2"


def test_force_majeure_is_a_ground_of_its_own():
    """Art. 9: while it lasts the heads set other times than the Regulation's, the control system's too."""
    venue = Venue(EUR)
    shorter = (ChangeTradingTime, "FX_TOM", (), None, dt.time(15))
    assert venue.refused(*shorter, ground="art. 9")[0] == refusals.WRONG_GROUND
    assert venue.refused(DeclareForceMajeure, True, actor="makler") == (refusals.NOT_ENTITLED, "art. 9")
    assert words(venue.decide(DeclareForceMajeure, True)) == ["Announced", "DecisionTaken"]
    one(venue.decide(*shorter, ground="art. 9"), WindowChanged)
    one(venue.decide(ChangeService, "control", dt.time(14), ground="art. 9"), DecisionTaken)
    assert ServiceEntered("control", False, "art. 41 p. 1") in venue.to("14:00")


@pytest.mark.parametrize(
    ("service", "opens", "opens_by", "closes", "closes_by"),
    [
        ("control", "11:30", "art. 41 p. 1", "18:15", "art. 41 p. 1"),
        ("md", "09:00", "support annex 1", "18:00", "support annex 1"),
        ("api", "08:45", "art. 5 p. 1", "19:15", "art. 5 p. 2"),
    ],
)
def test_services_have_hours_of_their_own(service, opens, opens_by, closes, closes_by):
    """Art. 41 p. 1; support terms, annex 1; art. 5 p. 1, 2: on working days of the Republic alone (R-2)."""
    venue = Venue(EUR, to="00:00")
    turns = [event for event in venue.to("2020-05-30T23:59") if isinstance(event, ServiceEntered)]
    mine = [(event.open, event.clause) for event in turns if event.service == service]
    assert mine == [(True, opens_by), (False, closes_by)] * 3  # Wednesday to Friday
    venue = Venue(EUR, to="08:44")
    for time, turn in ((opens, (True, opens_by)), (closes, (False, closes_by))):
        before = dt.datetime.fromisoformat(f"{DAY}T{time}") - dt.timedelta(seconds=1)
        assert ServiceEntered(service, *turn) not in venue.to(f"{before:%H:%M:%S}")
        assert ServiceEntered(service, *turn) in venue.to(time)


@pytest.mark.parametrize("number", [1, 2])
def test_the_control_system_is_prolonged_for_two_reasons(number):
    """Art. 41 p. 2 sp. 1, 2: by the heads."""
    venue = Venue(EUR, to="18:00")
    longer = (ChangeService, "control", dt.time(18, 45))
    ground = {"ground": f"art. 41 p. 2 sp. {number}"}
    assert venue.refused(*longer, ground="art. 41 p. 2 sp. 3") == (refusals.WRONG_GROUND, "art. 41 p. 2")
    assert venue.refused(*longer, **ground, actor="makler") == (refusals.NOT_ENTITLED, "art. 41 p. 2")
    assert words(venue.decide(*longer, **ground)) == ["Announced", "DecisionTaken"]
    assert not any(isinstance(event, ServiceEntered) and event.service == "control" for event in venue.to("18:44:59"))
    assert ServiceEntered("control", False, "art. 41 p. 1") in venue.to("18:45")


# -- limits (art. 8; art. 18, 22, 31)


def test_the_makler_widens_or_lifts_and_tells_all_before():
    """Art. 8 p. 3: nobody else may; what is announced comes before what changes."""
    venue = Venue(EUR)
    assert venue.no(1000, "463.50") == (refusals.BEYOND_LIMIT, "art. 12 p. 8")
    wider = (ChangeLimit, EUR, 500, "FIRMB", asked("11:59"))
    assert venue.refused(*wider, actor="chairman") == (refusals.NOT_ENTITLED, "art. 8 p. 3")
    assert words(venue.decide(*wider, actor="makler")) == ["Announced", "DecisionTaken", "LimitSet"]
    venue.taken(1000, "463.50")
    assert venue.no(1000, "472.50") == (refusals.BEYOND_LIMIT, "art. 12 p. 8")
    venue.decide(ChangeLimit, EUR, None, "FIRMB", asked("11:59"), actor="makler")
    venue.taken(1000, "472.50")


@pytest.mark.parametrize(("symbol", "clause"), [(GOV, "art. 18"), (BOND, "art. 22"), (INTL, "art. 31")])
def test_for_securities_it_is_asked_for_a_quarter_of_an_hour_before_the_end(symbol, clause):
    """Art. 18; art. 22; art. 31: a request of 16:45 is in time whenever the makler acts, one a moment later is not."""
    venue = at_par(symbol, to="16:58")
    assert venue.no(1, "130.0000") == (refusals.BEYOND_LIMIT, clause)
    late = (ChangeLimit, symbol, 5000, "FIRMA", asked("16:45:00.001"))
    assert venue.refused(*late, actor="makler") == (refusals.REQUEST_TOO_LATE, clause)
    in_time = (ChangeLimit, symbol, 5000, "FIRMA", asked("16:45"))
    assert one(venue.decide(*in_time, actor="makler"), LimitSet).hundredths == 5000
    venue.taken(1, "130.0000")


def test_a_hard_limit_needs_the_document_of_who_set_it():
    """Art. 8 p. 4: the makler changes nothing without it; what reaches the limit is refused, a lifted one or not."""
    venue = Venue(EUR)
    assert venue.refused(SetHardLimit, EUR, 200, actor="makler") == (refusals.DOCUMENT_MISSING, "art. 8 p. 4")
    assert venue.refused(SetHardLimit, EUR, 200, actor="member", document="1")[0] == refusals.NOT_ENTITLED
    venue.decide(SetHardLimit, EUR, 200, document="1")
    assert venue.no(1000, "459.00") == (refusals.BEYOND_HARD_LIMIT, "art. 8 p. 4")
    assert venue.refused(SetHardLimit, EUR, None, actor="makler") == (refusals.DOCUMENT_MISSING, "art. 8 p. 4")
    venue.decide(SetHardLimit, EUR, None, actor="makler", document="2")
    venue.taken(1000, "459.00")


def test_a_warning_stands_beside_an_order_that_stands():
    """Art. 8 p. 2: a setting of the group, per cent; the order is taken, its sender is warned."""
    market = market_with(EUR)
    groups = tuple(msgspec.structs.replace(group, warning_hundredths=100) for group in market.groups)
    venue = Venue(EUR, groups=groups)
    accepted = one(venue.buy("FIRMA", 1000, "454.50"), OrderAccepted)
    assert (accepted.warning.code, accepted.warning.clause) == (refusals.NEAR_LIMIT, "art. 8 p. 2")
    assert one(venue.buy("FIRMA", 1000, "454.49"), OrderAccepted).warning is None


# -- preliminary orders (art. 7 p. 2)


@pytest.mark.parametrize("symbol", [GOV, BOND, INTL])
def test_preliminary_orders_are_taken_from_five_past_eleven(symbol):
    """Art. 7 p. 2: not a second before; limit orders alone; crossing ones trade when the session begins, not before."""
    venue = at_par(symbol, to="11:04:59")
    assert venue.no(1, "100.0000")[0] == refusals.SESSION_CLOSED
    venue.to("11:05")
    market = {"kind": OrderKind.MARKET, "price": None}
    assert venue.no(1, **market)[0] in (refusals.KIND_NOT_ENABLED, refusals.ONLY_LIMIT_BEFORE_SESSION)
    venue.sell("FIRMB", 1, "100.0000")
    venue.taken(1, "100.0000")
    assert venue.phase(symbol) is Phase.PRELIMINARY
    venue.to("11:30")
    assert venue.phase(symbol) is Phase.STANDBY


def test_before_the_session_nothing_that_must_trade_at_once_is_taken():
    """Art. 7 p. 2: a share that a decision has opened knows market and immediate orders, in its session alone."""
    venue = Venue("ALTN", to="11:10")
    refused = (refusals.ONLY_LIMIT_BEFORE_SESSION, "art. 7 p. 2")
    assert venue.no(10, "260.00", tif=TimeInForce.IOC) == refused
    assert venue.no(10, None) == refused


def test_an_order_of_several_days_is_formed_anew_each_day():
    """Art. 7 p. 2: at 11:05 while it is valid, with its own number; one for a day that is past is none."""
    venue = at_par(BOND)
    wrong = venue.no(1, "100.0000", tif=TimeInForce.GTD, expire_date=dt.date(2020, 5, 26))
    assert wrong == (refusals.WRONG_EXPIRATION, "art. 7 p. 2")
    order = venue.taken(1, "100.0000", tif=TimeInForce.GTD, expire_date=dt.date(2020, 5, 28))
    venue.to("2020-05-28T11:04:59")
    assert one(venue.to("2020-05-28T11:05"), OrderFormed).order.order_id == order
    assert not any(isinstance(event, OrderFormed) for event in venue.to("2020-05-29T12:00"))


def test_daily_orders_stop_with_a_message_when_the_instrument_changes():
    """Art. 7 p. 2: other parameters by a decision; the member is told that nothing is formed any more, and why."""
    venue = at_par(BOND)
    order = venue.taken(1, "100.0000", tif=GTC)
    venue.to("18:00")
    venue.decide(FileApplication, "A-1", BOND, "split", DAY, dt.date(2020, 6, 1))
    changed = msgspec.structs.replace(venue.state.listings[BOND].instrument, title="after the split")
    events = venue.decide(CarryOutApplication, "A-1", changed, **MEMBER_OF_BOARD)
    told = one(events, PreliminaryEnded)
    assert (told.order.order_id, told.order.user) == (order, "FIRMA")
    assert (told.refusal.code, told.refusal.clause) == (refusals.PRICE_KIND_CHANGED, "art. 7 p. 2")
    assert not any(isinstance(event, OrderFormed) for event in venue.to("2020-05-28T12:00"))


def test_a_member_without_licence_has_no_orders():
    """Art. 7 p. 2: by the authority's document daily orders stop, living ones are taken out, new ones refused."""
    venue = at_par(BOND, GOV)
    mine = {venue.taken(1, "100.0000", tif=GTC), venue.taken(1, "100.0000", GOV)}
    assert venue.refused(SuspendMember, "FIRMA") == (refusals.DOCUMENT_MISSING, "art. 7 p. 2")
    events = venue.decide(SuspendMember, "FIRMA", document="17")
    assert {event.order.order_id for event in events if isinstance(event, OrderCancelled)} == mine
    assert venue.no(1, "100.0000") == (refusals.MEMBER_SUSPENDED, "art. 7 p. 2")
    assert not any(isinstance(event, OrderFormed) for event in venue.to("2020-05-28T12:00"))
