"""The standby of continuous trading and its Frankfurt auction, to the second (art. 7 p. 1-1, 1-2, 3, 4)."""

import msgspec
import pytest

from kase_fix.calendar.almaty import wall
from kase_fix.engine.engine import Engine
from kase_fix.messages.auction_events import AuctionDrawn, AuctionEnded, AuctionIndicated
from kase_fix.messages.day_events import PhaseEntered
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.order_events import OrderAccepted, OrderCancelled, OrderRefused
from kase_fix.rulebook import refusals
from kase_fix.values.enums import OrderKind, Phase, Side, TimeInForce
from kase_fix.values.numbers import format_price, parse_price
from tests.engine.market import MarketInTest, configuration, one, words

DOLLAR = "USDKZT_TOM"
BOND = "EURKZT_TOM"
"""A currency in the part of a bond: its group turns to standby at every cross."""


def market_of(group, standby):
    market = configuration()
    groups = tuple(msgspec.structs.replace(g, standby=standby) if g.name == group else g for g in market.groups)
    return msgspec.structs.replace(market, groups=groups)


@pytest.fixture
def bonds():
    market = MarketInTest(market=market_of("fx_eur", "every cross"))
    market.at("12:00:00")
    return market


@pytest.fixture
def dollar():
    market = MarketInTest(market=dollar_market())
    market.at("12:00:00")
    return market


def dollar_market():
    group = next(i.group for i in configuration().instruments if i.symbol == DOLLAR)
    return market_of(group, "deviation")


def phases(events):
    return [event.phase for event in events if isinstance(event, PhaseEntered)]


def order_id(events):
    return one(events, OrderAccepted).order.order_id


def ended(events):
    return one(events, AuctionEnded)


def open_standby(market):
    market.buy("FIRMA", 2000, "450.00")
    return market.sell("FIRMB", 1000, "449.00")


def ends_at(market):
    """When the standby ends if nobody does anything any more."""
    told = market.at("18:59:59")
    moment = next(market.commands[i].time for i, events in enumerate(market.told) if ended_in(events))
    return f"{wall(moment):%H:%M:%S}", told


def ended_in(events):
    return any(isinstance(event, AuctionEnded) for event in events)


def test_every_cross_of_a_bond_opens_the_standby(bonds):
    """Art. 7 p. 3 sp. 1: no deal is done continuously; the order rests and the auction is indicated (R-13)."""
    events = open_standby(bonds)
    assert words(events) == ["OrderAccepted", "PhaseEntered", "AuctionIndicated"]
    assert phases(events) == [Phase.STANDBY]
    indication = one(events, AuctionIndicated)
    assert (format_price(indication.price, 2), indication.volume) == ("450.00", 1000)
    assert (indication.surplus_side, indication.surplus) == (Side.BUY, 1000)


def test_auction_deals_at_one_price_and_rests_stay(bonds):
    """R-12: by price, then time; the rest keeps its price and place, trading goes on continuously."""
    open_standby(bonds)
    told = bonds.at("12:10:00")
    deal, end = one(told, Deal), ended(told)
    assert (format_price(deal.price, 2), deal.quantity, deal.method) == ("450.00", 1000, "frankfurt")
    assert (end.price, end.volume, end.surplus_side, end.surplus) == (deal.price, 1000, Side.BUY, 1000)
    assert phases(told) == [Phase.CONTINUOUS]
    assert bonds.book() == [("FIRMA", "450.00", 1000, 1000)]


def test_quiet_standby_lasts_ten_minutes(bonds):
    """Art. 7 p. 4 sp. 1: the order that opened it is none submitted during it."""
    open_standby(bonds)
    assert ends_at(bonds)[0] == "12:10:00"


@pytest.mark.parametrize(
    ("last", "end"), [("12:06:00", "12:11:00"), ("12:13:00", "12:18:00"), ("12:05:00", "12:10:00")]
)
def test_five_minutes_after_the_last_change(bonds, last, end):
    """Art. 7 p. 4 sp. 2, 3: exact up to 18 minutes."""
    open_standby(bonds)
    for minute in range(1, 13):
        if f"12:{minute:02d}:00" < last:
            bonds.at(f"12:{minute:02d}:00")
            bonds.buy("FIRMC", 1000, "448.00")
    bonds.at(last)
    bonds.buy("FIRMC", 1000, "448.00")
    assert ends_at(bonds)[0] == end


def test_late_changes_make_the_end_random(bonds):
    """Art. 7 p. 4 sp. 3, R-14: drawn once at 18:00, on a whole second up to 20:00; the same journal draws the same."""
    open_standby(bonds)
    for minute in range(1, 14):
        bonds.at(f"12:{minute:02d}:30")
        bonds.buy("FIRMC", 1000, "448.00")
    end, told = ends_at(bonds)
    assert "12:18:00" < end <= "12:20:00"
    assert f"{wall(one(told, AuctionDrawn).ends):%H:%M:%S}" == end
    again = Engine()
    assert [again.apply(command) for command in bonds.commands] == bonds.told
    assert again.hash() == bonds.engine.hash()


def test_cancelling_an_older_order_does_not_extend(bonds):
    """Art. 7 p. 4 sp. 2: only orders submitted during the standby count."""
    old = order_id(bonds.buy("FIRMC", 1000, "447.00"))
    open_standby(bonds)
    bonds.at("12:08:00")
    bonds.cancel("FIRMC", old)
    assert ends_at(bonds)[0] == "12:10:00"


def test_cancelling_an_order_of_the_standby_extends(bonds):
    """Art. 7 p. 4 sp. 2."""
    open_standby(bonds)
    bonds.at("12:01:00")
    young = order_id(bonds.buy("FIRMC", 1000, "447.00"))
    bonds.at("12:08:00")
    bonds.cancel("FIRMC", young)
    assert ends_at(bonds)[0] == "12:13:00"


def test_change_that_loses_its_priority_makes_an_order_of_the_standby(bonds):
    """Domain: changing an older order extends only if it loses its priority."""
    old = order_id(bonds.buy("FIRMC", 3000, "447.00"))
    open_standby(bonds)
    bonds.at("12:07:00")
    bonds.replace("FIRMC", old, quantity=2000)
    assert bonds.engine.state.standbys[f"{BOND}@FX_TOM"].clock.next_moment().time == bonds.now + 180 * 10**9
    bonds.at("12:08:00")
    bonds.replace("FIRMC", old, price="447.50")
    assert ends_at(bonds)[0] == "12:13:00"


def test_standby_ends_with_its_session_and_its_auction_is_held(bonds):
    """R-16: a standby at 16:55 ends at 17:00; the auction comes before the end of the session (R-3)."""
    bonds.at("16:55:00")
    open_standby(bonds)
    told = bonds.at("17:00:00")
    assert one(told, Deal).quantity == 1000
    closing = bonds.close("FX_TOM")
    assert words(closing) == ["PhaseEntered", "OrderExpired"]


def test_no_cross_left_no_price(bonds):
    """R-12: the order that crossed is withdrawn; nothing is dealt and trading goes on."""
    events = open_standby(bonds)
    bonds.at("12:01:00")
    bonds.cancel("FIRMB", order_id(events))
    told = bonds.at("12:30:00")
    assert ended(told).price is None
    assert phases(told) == [Phase.CONTINUOUS]
    assert bonds.book() == [("FIRMA", "450.00", 2000, 2000)]


def test_only_limit_orders_in_standby(bonds):
    """R-12."""
    open_standby(bonds)
    for terms in ({"price": None}, {"tif": TimeInForce.IOC}, {"tif": TimeInForce.FOK}):
        price = terms.pop("price", "449.00")
        refused = one(bonds.sell("FIRMC", 1000, price, **terms), OrderRefused).refusal
        assert refused.code == refusals.KIND_NOT_ENABLED


def test_own_account_has_no_part_in_the_auction(bonds):
    """Self-trade (43) is looked at before anything else that a cross may cause."""
    bonds.buy("FIRMA", 2000, "450.00")
    events = bonds.sell("FIRMA", 1000, "449.00")
    assert words(events) == ["OrderAccepted", "OrderCancelled"]
    assert one(events, OrderCancelled).reason == refusals.SELF_TRADE


def test_dollar_trades_within_the_bound(dollar):
    """Art. 7 p. 1-1 sp. 1: 1.5 % of 410.00 is 6.15; 416.14 is inside, 416.15 is not."""
    dollar.sell("FIRMB", 10_000_000, "416.14", symbol=DOLLAR)
    assert words(dollar.buy("FIRMA", 10_000_000, "416.14", symbol=DOLLAR)) == ["OrderAccepted", "Deal"]


def test_dollar_at_the_bound_stands_by(dollar):
    """Art. 7 p. 1-1: by 1.5 % or more from the last deal of the previous day, for the first deal."""
    dollar.sell("FIRMB", 10_000_000, "416.15", symbol=DOLLAR)
    events = dollar.buy("FIRMA", 10_000_000, "416.15", symbol=DOLLAR)
    assert phases(events) == [Phase.STANDBY]
    told = dollar.at("12:06:00")
    assert (format_price(one(told, Deal).price, 2), phases(told)) == ("416.15", [Phase.CONTINUOUS])


def test_dollar_is_judged_deal_by_deal(dollar):
    """R-15: levels inside the bound trade first, the rest opens the standby."""
    dollar.sell("FIRMB", 1000, "410.10", symbol=DOLLAR)
    dollar.sell("FIRMB", 10_000_000, "417.00", symbol=DOLLAR)
    events = dollar.buy("FIRMA", 20_000_000, "417.00", symbol=DOLLAR)
    assert words(events) == ["OrderAccepted", "Deal", "PhaseEntered", "AuctionIndicated"]
    assert one(events, Deal).quantity == 1000


def test_dollar_market_and_fill_or_kill_orders_open_nothing(dollar):
    """R-15: a market or IOC order trades inside, its rest is cancelled; FOK that needs the outside is not done."""
    dollar.sell("FIRMB", 10_000_000, "410.10", symbol=DOLLAR)
    dollar.sell("FIRMB", 10_000_000, "417.00", symbol=DOLLAR)
    events = dollar.buy("FIRMA", 20_000_000, "417.00", symbol=DOLLAR, tif=TimeInForce.FOK)
    assert words(events) == ["OrderAccepted", "OrderCancelled"]
    events = dollar.buy("FIRMA", 15_000_000, symbol=DOLLAR, kind=OrderKind.MARKET)
    assert words(events) == ["OrderAccepted", "Deal", "OrderCancelled"]
    assert dollar.engine.state.standbys == {}


def test_dollar_compares_with_the_first_deal_then_with_the_cut_off(dollar):
    """Art. 7 p. 1-1 sp. 1 par. 2, sp. 2."""
    dollar.sell("FIRMB", 10_000_000, "415.00", symbol=DOLLAR)
    dollar.buy("FIRMA", 10_000_000, "415.00", symbol=DOLLAR)
    dollar.sell("FIRMB", 10_000_000, "421.00", symbol=DOLLAR)
    assert words(dollar.buy("FIRMA", 10_000_000, "421.00", symbol=DOLLAR)) == ["OrderAccepted", "Deal"]
    dollar.sell("FIRMB", 10_000_000, "421.30", symbol=DOLLAR)
    assert phases(dollar.buy("FIRMA", 10_000_000, "421.30", symbol=DOLLAR)) == [Phase.STANDBY]
    assert ended(dollar.at("12:06:00")).price == parse_price("421.30")
    dollar.sell("FIRMB", 10_000_000, "427.61", symbol=DOLLAR)
    assert words(dollar.buy("FIRMA", 10_000_000, "427.61", symbol=DOLLAR)) == ["OrderAccepted", "Deal"]
    dollar.sell("FIRMB", 10_000_000, "427.62", symbol=DOLLAR)
    assert phases(dollar.buy("FIRMA", 10_000_000, "427.62", symbol=DOLLAR)) == [Phase.STANDBY]


@pytest.mark.parametrize(("time", "stands_by"), [("16:53:00", True), ("16:53:01", False)])
def test_dollar_never_stands_by_in_the_last_seven_minutes(dollar, time, stands_by):
    """Art. 7 p. 1-1: not later than seven minutes before the end."""
    dollar.at(time)
    dollar.sell("FIRMB", 10_000_000, "417.00", symbol=DOLLAR)
    events = dollar.buy("FIRMA", 10_000_000, "417.00", symbol=DOLLAR)
    assert (phases(events) == [Phase.STANDBY]) is stands_by
    assert ("Deal" in words(events)) is not stands_by


def test_dollar_standby_is_random_after_a_change(dollar):
    """Art. 7 p. 1-2 sp. 3: between six and seven minutes, on a whole second; in standby the lot is 1 000."""
    dollar.sell("FIRMB", 10_000_000, "417.00", symbol=DOLLAR)
    dollar.buy("FIRMA", 10_000_000, "417.00", symbol=DOLLAR)
    dollar.at("12:03:00")
    assert words(dollar.buy("FIRMC", 1000, "417.00", symbol=DOLLAR))[0] == "OrderAccepted"
    assert "12:06:00" < ends_at(dollar)[0] <= "12:07:00"


def test_standby_survives_a_mark(bonds):
    """Law 4: a state with a standby comes back from its bytes."""
    from kase_fix.engine.snapshot import Mark, dump

    open_standby(bonds)
    bonds.at("12:03:00")
    bonds.buy("FIRMC", 1000, "448.00")
    before = dump(bonds.engine.state)
    assert dump(Mark(bonds.engine.state).restore()) == before
