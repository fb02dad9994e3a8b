"""What happens together: standbys, decisions, new configurations, places in time."""

import datetime as dt

import msgspec

from kase_fix.messages.auction_events import AuctionEnded
from kase_fix.messages.commands import ConfigurationLoaded
from kase_fix.messages.day_events import ConfigurationApplied, PhaseEntered
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.decisions import (
    CarryOutApplication,
    ChangeTradingTime,
    DecideMethods,
    FileApplication,
    Resume,
    Suspend,
)
from kase_fix.messages.order_events import OrderAccepted, OrderCancelled, OrderFormed, OrderRefused
from kase_fix.rulebook import refusals
from kase_fix.values.enums import Phase, TimeInForce
from tests.engine import products
from tests.engine.desk import BOND, DOLLAR, EUR, FX, Desk, same_on_replay, small
from tests.engine.market import one


def standing_by(desk):
    """Let the dollar stray by more than 1.5 % and more orders gather."""
    desk.sell("FIRMB", 10_000_000, "417.00", DOLLAR)
    desk.buy("FIRMA", 10_000_000, "417.00", DOLLAR)
    desk.sell("FIRMC", 10_000_000, "417.50", DOLLAR)
    desk.buy("00100", 10_000_000, "417.50", DOLLAR)
    assert f"{DOLLAR}@{FX}" in desk.state.standbys


def phases(events):
    return [event.phase for event in events if isinstance(event, PhaseEntered)]


def test_resumed_dollar_stands_by_once_and_ends_with_its_session():
    """art. 7 p. 1-1, R-15: the first that strays opens it, those behind gather there."""
    desk = Desk(to="12:00")
    standing_by(desk)
    desk.decide(Suspend, (DOLLAR,), (), actor="chairman")
    events = desk.decide(Resume, (DOLLAR,), (), actor="chairman")
    assert phases(events).count(Phase.STANDBY) == 1
    desk.to("17:30")
    late = one(desk.buy("FIRMA", 1000, "410.00", DOLLAR), OrderRefused).refusal
    assert late.code == refusals.SESSION_CLOSED
    same_on_replay(desk)


def test_configuration_without_the_standby_holds_its_auction():
    """R-16: what ran under the former rules ends by them."""
    desk = Desk(to="12:00")
    standing_by(desk)
    market = small()
    groups = tuple(msgspec.structs.replace(group, standby="") for group in market.groups)
    events = desk.send(ConfigurationLoaded(msgspec.structs.replace(market, groups=groups)))
    assert isinstance(events[-1], ConfigurationApplied)
    assert one(events, AuctionEnded).price is not None
    assert desk.engine.next_due() is None
    same_on_replay(desk)


def test_configuration_without_the_instrument_ends_its_standby():
    """Law 6: nothing is due for what is no longer listed."""
    desk = Desk(to="12:00")
    standing_by(desk)
    market = small()
    rest = tuple(one for one in market.instruments if one.symbol != DOLLAR)
    desk.send(ConfigurationLoaded(msgspec.structs.replace(market, instruments=rest)))
    assert desk.engine.next_due() is None
    assert not any(order.symbol == DOLLAR for order in desk.state.orders.values())


def test_instrument_that_loses_its_own_window_turns_with_its_board():
    """art. 4 p. 1: nothing of its own window is left."""
    market = small()

    def windowed(opens):
        return msgspec.structs.replace(
            market,
            instruments=tuple(
                msgspec.structs.replace(one, opens=opens, closes=dt.time(18) if opens else None)
                if one.symbol == EUR
                else one
                for one in market.instruments
            ),
        )

    desk = Desk(windowed(dt.time(11)), to="12:00")
    assert desk.state.phases[f"{EUR}@{FX}"] is Phase.CONTINUOUS
    desk.send(ConfigurationLoaded(windowed(None)))
    assert f"{EUR}@{FX}" not in desk.state.phases


def test_decided_instruments_are_told_with_a_new_configuration():
    """Law 6: who listens knows the market as it trades; one whose group is gone is left out."""
    desk = Desk(to="12:00")
    desk.decide(DecideMethods, BOND, ("continuous",), document="9")
    market = one(desk.send(ConfigurationLoaded(small())), ConfigurationApplied).market
    assert next(bond for bond in market.instruments if bond.symbol == BOND).methods == ("continuous",)
    only_fx = msgspec.structs.replace(
        small(),
        groups=tuple(group for group in small().groups if group.name != "bonds"),
        boards=tuple(board for board in small().boards if board.code == FX),
        instruments=tuple(one for one in small().instruments if one.board == FX),
    )
    market = one(desk.send(ConfigurationLoaded(only_fx)), ConfigurationApplied).market
    assert {instrument.symbol for instrument in market.instruments} == {EUR, DOLLAR}
    same_on_replay(desk)


def test_order_that_lost_its_place_does_not_get_it_back_at_the_opening():
    """R-7: preliminary orders match in the order of their places."""
    desk = Desk(to="11:06")
    first = one(desk.buy("FIRMA", 1000, "100.00", BOND), OrderAccepted).order.order_id
    desk.buy("FIRMB", 1000, "100.00", BOND)
    desk.replace("FIRMA", first, quantity=2000)
    desk.sell("FIRMC", 1000, "100.00", BOND)
    assert one(desk.to("11:30"), Deal).buy.user == "FIRMB"


def test_board_that_opens_again_later_forms_the_orders_of_several_days():
    """art. 4 p. 3, R-5."""
    desk = Desk(to="12:00")
    waits = one(desk.buy("FIRMA", 1000, "100.00", BOND, tif=TimeInForce.GTC), OrderAccepted).order.order_id
    desk.to("17:30")
    desk.decide(
        ChangeTradingTime, "BONDS", (), dt.time(18, 10), dt.time(19), actor="chairman", ground="art. 4 p. 3 sp. 1"
    )
    assert [event.order.order_id for event in desk.to("18:10") if isinstance(event, OrderFormed)] == [waits]
    same_on_replay(desk)


def test_incomplete_instrument_is_not_listed():
    """art. 2 p. 6: without a term no settlement date could be given, today or at any start."""
    desk = Desk(to="12:00")
    desk.decide(FileApplication, "7", "NEWKZT", "listing", dt.date(2020, 5, 27), dt.date(2020, 6, 1))
    new = msgspec.structs.replace(desk.state.listings[EUR].instrument, symbol="NEWKZT", term="", scheme="")
    found = desk.refused(CarryOutApplication, "7", new, actor="board_member", document="1")
    assert found[0] == refusals.UNKNOWN_NAME
    assert "NEWKZT" not in desk.state.listings


def test_deal_of_a_resumption_is_numbered_by_its_event():
    """A deal's number is its event's, in a decision's command too."""
    desk = Desk(to="11:06")
    desk.decide(Suspend, (BOND,), (), actor="chairman")
    desk.decide(Resume, (BOND,), (), actor="chairman")
    desk.buy("FIRMA", 1000, "100.00", BOND)
    desk.sell("FIRMB", 1000, "100.00", BOND)
    desk.decide(Suspend, (BOND,), (), actor="chairman")
    desk.to("11:31")
    events = desk.decide(Resume, (BOND,), (), actor="chairman")
    deal = one(events, Deal)
    assert deal.deal_id == f"{len(desk.commands)}-{events.index(deal)}"


def test_orders_of_a_method_that_is_decided_away_are_withdrawn():
    """art. 23: a decision on methods ends what rests on the boards of others; orders that may stay keep their place."""
    desk = products.desk()
    direct = products.to("FIRMA")
    desk.sell("FIRMB", 5, "98.75", "BRKLb1", account="S_FIRMB_0000", direct=direct)
    desk.sell("FIRMB", 5, "99.75", "BRKLb1", account="S_FIRMB_0000")
    events = desk.decide(DecideMethods, "BRKLb1", ("continuous",), document="9")
    gone = one(events, OrderCancelled)
    assert (gone.reason, gone.order.board) == ("methods_changed", "CORP_DIRECT")
    assert len(desk.state.orders) == 1
    same_on_replay(desk)
