"""Stop and stop-limit orders: where they are taken, what triggers them, what becomes of them (R-150 to R-154)."""

import datetime as dt
from functools import cache

import msgspec
import pytest

from kase_fix.engine.snapshot import Mark, dump
from kase_fix.marketdata.market import Market as Fold
from kase_fix.messages.auction_events import AuctionEnded
from kase_fix.messages.configuration import TradingLimits
from kase_fix.messages.corrections import BustDeal
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.decisions import Resume, Suspend
from kase_fix.messages.events import Published
from kase_fix.messages.fixing import AnnounceSurplus, OrderFixing
from kase_fix.messages.order_events import (
    CancelRefused,
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderFormed,
    OrderRefused,
    OrderReplaced,
    OrderShown,
    OrderTriggered,
)
from kase_fix.messages.protection import LimitUser, MassCancel, Scope, WithdrawOrders
from kase_fix.rulebook import refusals, refusals_of_protection, refusals_of_stops
from kase_fix.values.enums import OrderKind, OrderStatus, Phase, Side, TimeInForce
from kase_fix.values.numbers import parse_price
from tests.engine.desk import BILL, BOND, DOLLAR, EUR, FX, Desk, same_on_replay, small
from tests.engine.market import one, words

KINDS = ("market", "limit", "stop", "stop_limit")


@cache
def market(**of_bonds):
    """The small market; its bonds have preliminary orders and orders of several days, and take stop orders."""
    return small(order_kinds=KINDS, **of_bonds)


class Stopping(Desk):
    """Sends stop orders: with a price it is a stop-limit one."""

    def stop(self, user, side, quantity, stop, price=None, symbol=EUR, **more):
        kind = OrderKind.STOP if price is None else OrderKind.STOP_LIMIT
        return self.order(user, side, quantity, price, symbol, kind=kind, stop_price=parse_price(stop), **more)

    def deal(self, price, symbol=EUR, quantity=1000, by=("00100", "FIRMC")):
        """Two others deal; return what the aggressor's command brings."""
        self.sell(by[0], quantity, price, symbol)
        return self.buy(by[1], quantity, price, symbol)


@pytest.fixture
def desk():
    return Stopping(market())


def entered(events):
    return one(events, OrderAccepted).order.order_id


def triggered(events):
    return [event.order.order_id for event in events if isinstance(event, OrderTriggered)]


def refused(events):
    return one(events, OrderRefused).refusal.code


def waiting(desk, symbol=EUR):
    return [order.order_id for order in desk.state.listings[symbol].boards[0].stops.orders()]


def test_a_stop_order_waits_unseen_and_becomes_a_market_order(desk):
    """R-150, R-151: a deal at its stop price triggers it; it trades at what stands in the book."""
    desk.sell("FIRMB", 3000, "452.00")
    events = desk.stop("FIRMA", Side.BUY, 2000, "451.00")
    order = one(events, OrderAccepted).order
    assert (order.status, order.leaves, order.stop_price, order.triggered) == (
        OrderStatus.NEW,
        2000,
        451 * 10**8,
        False,
    )
    assert not any(isinstance(event, OrderShown) for event in events)
    assert desk.book(EUR) == [("FIRMB", 452.0, 3000)]
    assert triggered(desk.deal("450.99")) == []
    events = desk.deal("451.00")
    assert words(events) == ["OrderAccepted", "Deal", "OrderTriggered", "Deal"]
    assert one(events, OrderTriggered).order.order_id == order.order_id
    assert one(events, OrderTriggered).price == 451 * 10**8
    deal = [event for event in events if isinstance(event, Deal)][1]
    assert (deal.price, deal.quantity, deal.buy.status) == (452 * 10**8, 2000, OrderStatus.FILLED)
    assert waiting(desk) == []
    same_on_replay(desk)


def test_a_stop_limit_order_rests_at_its_price_with_the_time_of_its_triggering(desk):
    order = entered(desk.stop("FIRMA", Side.BUY, 2000, "451.00", "451.50"))
    desk.deal("450.50")
    desk.buy("FIRMB", 1000, "451.50")
    events = desk.deal("451.20", by=("FIRMC", "00100"))  # the resting bid is hit: that is a deal at 451.50
    assert triggered(events) == []
    assert triggered(desk.told[-2]) == [order]
    assert desk.book(EUR)[0] == ("FIRMA", 451.5, 2000)
    assert desk.state.orders[order].priority == len(desk.commands) - 1
    before = desk.engine.hash()
    assert dump(Mark(desk.state).restore()) == dump(desk.state)
    assert desk.engine.hash() == before


def test_what_is_left_of_a_triggered_stop_order_is_cancelled_as_of_a_market_order(desk):
    desk.stop("FIRMA", Side.SELL, 3000, "449.00")
    desk.buy("FIRMB", 1000, "448.00")
    events = desk.deal("449.00")
    cancelled = one(events, OrderCancelled)
    assert (cancelled.reason, cancelled.order.filled) == (refusals.REST_OF_MARKET, 1000)
    desk.stop("FIRMA", Side.SELL, 3000, "447.00")
    cancelled = one(desk.deal("446.50"), OrderCancelled)
    assert (cancelled.reason, cancelled.order.filled, cancelled.order.triggered) == (refusals.NO_OPPONENTS, 0, True)


def test_among_those_of_one_deal_the_first_entered_comes_first_whatever_its_side_or_price(desk):
    desk.deal("450.00")
    later = [
        entered(desk.stop("FIRMA", Side.BUY, 1000, "450.50", "450.50")),
        entered(desk.stop("FIRMB", Side.BUY, 1000, "450.10", "450.10")),
        entered(desk.stop("FIRMA", Side.BUY, 1000, "450.20", "450.20")),
    ]
    assert triggered(desk.deal("450.60")) == later
    assert [row[:2] for row in desk.book(EUR)] == [("FIRMA", 450.5), ("FIRMA", 450.2), ("FIRMB", 450.1)]


def test_every_deal_counts_at_its_moment_and_the_order_that_deals_is_not_interrupted(desk):
    """One order deals at 450.10 and 450.30: what the first deal reaches comes before what the second does."""
    desk.deal("450.20")
    high = entered(desk.stop("FIRMA", Side.BUY, 1000, "450.30", "450.00"))
    low = entered(desk.stop("FIRMB", Side.SELL, 1000, "450.10", "450.40"))
    desk.sell("00100", 1000, "450.10")
    desk.sell("00100", 1000, "450.30")
    events = desk.buy("FIRMC", 2000, "450.30")
    assert words(events) == ["OrderAccepted", "Deal", "Deal", "OrderTriggered", "OrderTriggered"]
    assert triggered(events) == [low, high]


def test_one_stop_order_triggers_the_next(desk):
    """R-151: a cascade is part of the command that began it, and ends, since each is triggered once."""
    for lots, price in ((1000, "451.00"), (1000, "452.00"), (1000, "453.00"), (1000, "454.00")):
        desk.sell("FIRMB", lots, price)
    chain = [entered(desk.stop("FIRMA", Side.BUY, 1000, f"45{n}.00")) for n in (1, 2, 3)]
    events = desk.buy("00100", 1000, "451.00")
    assert triggered(events) == chain
    assert [event.price // 10**8 for event in events if isinstance(event, Deal)] == [451, 452, 453, 454]
    assert desk.book(EUR) == []
    same_on_replay(desk)


def test_a_stop_limit_order_of_all_or_nothing_is_judged_as_it_is_triggered(desk):
    """R-154: IOC and FOK wait like others, and must trade at once when their price has come."""
    desk.sell("FIRMB", 1000, "452.00")
    desk.stop("FIRMA", Side.BUY, 2000, "451.00", "452.00", tif=TimeInForce.FOK)
    desk.stop("FIRMA", Side.BUY, 2000, "451.00", "452.00", tif=TimeInForce.IOC)
    events = desk.deal("451.00")
    assert words(events)[2:] == ["OrderTriggered", "OrderCancelled", "OrderTriggered", "Deal", "OrderCancelled"]
    assert [e.reason for e in events if isinstance(e, OrderCancelled)] == [
        refusals.FOK_NOT_FILLED,
        refusals.REST_OF_IOC,
    ]


@pytest.mark.parametrize(
    ("side", "terms", "code"),
    [
        (Side.BUY, {"stop": "450.00"}, refusals_of_stops.STOP_NOT_ABOVE),
        (Side.BUY, {"stop": "449.00"}, refusals_of_stops.STOP_NOT_ABOVE),
        (Side.SELL, {"stop": "450.00"}, refusals_of_stops.STOP_NOT_BELOW),
        (Side.SELL, {"stop": "451.00"}, refusals_of_stops.STOP_NOT_BELOW),
        (Side.BUY, {"stop": "451.005"}, refusals.PRICE_OFF_GRID),
        (Side.BUY, {"stop": "-451"}, refusals.PRICE_NOT_POSITIVE),
        (Side.BUY, {"stop": "100000.01"}, refusals.PRICE_ABOVE_MAXIMUM),
        (Side.BUY, {"stop": "451", "price": "451.005"}, refusals.PRICE_OFF_GRID),
        (Side.BUY, {"stop": "451", "quantity": 1500}, refusals.NOT_IN_LOTS),
        (Side.BUY, {"stop": "451", "tif": TimeInForce.GTC}, refusals.TIF_NOT_ENABLED),
        (Side.BUY, {"stop": "451", "display": 1000}, refusals.KIND_NOT_ENABLED),
    ],
)
def test_terms_that_are_refused(desk, side, terms, code):
    quantity = terms.pop("quantity", 2000)
    assert refused(desk.stop("FIRMA", side, quantity, **terms)) == code


@pytest.mark.parametrize(
    ("kind", "more", "code"),
    [
        (OrderKind.STOP, {}, refusals_of_stops.STOP_PRICE_MISSING),
        (OrderKind.STOP, {"price": "451", "stop_price": 451 * 10**8}, refusals.PRICE_NOT_WANTED),
        (OrderKind.STOP_LIMIT, {"stop_price": 451 * 10**8}, refusals.PRICE_MISSING),
        (OrderKind.LIMIT, {"price": "450", "stop_price": 451 * 10**8}, refusals_of_stops.STOP_PRICE_NOT_WANTED),
    ],
)
def test_a_stop_order_has_a_stop_price_and_no_other_has(desk, kind, more, code):
    assert refused(desk.buy("FIRMA", 1000, more.pop("price", None), kind=kind, **more)) == code


def test_where_every_cross_opens_a_standby_a_stop_limit_order_follows_the_cut_off_price():
    """R-150, R-153: of bonds no market order is taken, so no stop order; after the auction its price triggers."""
    desk = Stopping(small(order_kinds=("limit", "stop_limit"), standby="every cross"))
    bonds = {"account": "F_FIRMA_0000", "symbol": BOND}
    assert refused(desk.stop("FIRMA", Side.BUY, 1000, "101", **bonds)) == refusals.KIND_NOT_ENABLED
    order = entered(desk.stop("FIRMA", Side.BUY, 1000, "101", "102", **bonds))
    desk.sell("FIRMB", 2000, "101", BOND)
    assert triggered(desk.buy("FIRMC", 1000, "101", BOND)) == []
    assert desk.phase(BOND) is Phase.STANDBY
    later = entered(
        desk.stop("FIRMC", Side.BUY, 1000, "101", "102", symbol=BOND)
    )  # taken in standby, has no part in it
    assert desk.book(BOND) == [("FIRMC", 101.0, 1000), ("FIRMB", 101.0, 2000)]
    events = desk.to("12:12")
    assert one(events, AuctionEnded).price == 101 * 10**8
    assert triggered(events) == [order]  # it crosses what is left, which opens the next standby: the other waits on
    assert desk.phase(BOND) is Phase.STANDBY
    assert waiting(desk, BOND) == [later]
    same_on_replay(desk)


def test_the_deals_of_an_order_that_opens_a_standby_trigger_nothing_the_cut_off_price_does():
    """R-153, by USDKZT_TOM: 1.5 % off the last deal of 410.00 opens it."""
    desk = Stopping(market())
    stop = entered(desk.stop("FIRMA", Side.BUY, 5_000_000, "411.00", symbol=DOLLAR))
    desk.sell("FIRMB", 1_000_000, "411.00", DOLLAR)
    desk.sell("FIRMB", 20_000_000, "419.00", DOLLAR)
    events = desk.buy("00100", 20_000_000, "419.00", DOLLAR)
    assert desk.phase(DOLLAR) is Phase.STANDBY
    assert (len([e for e in events if isinstance(e, Deal)]), triggered(events)) == (1, [])
    events = desk.to("12:30")
    assert triggered(events) == [stop]
    same_on_replay(desk)


def test_a_deal_on_another_board_or_a_price_of_a_fixing():
    """R-151, R-153: in a fixing nothing is triggered and no stop order taken; its price triggers."""
    desk = Stopping(market())
    stop = entered(desk.stop("FIRMA", Side.BUY, 1000, "451.00", "452.00"))
    desk.decide(OrderFixing, EUR, FX, parse_price("451"), None)
    assert refused(desk.stop("FIRMA", Side.BUY, 1000, "452.00")) == refusals.KIND_NOT_ENABLED
    desk.buy("FIRMB", 2000, "451.00")
    desk.sell("FIRMC", 2000, "451.00")
    events = desk.decide(AnnounceSurplus, EUR, FX, actor="makler")
    assert triggered(events) == [stop]
    assert desk.book(EUR) == [("FIRMA", 452.0, 1000)]
    same_on_replay(desk)


def test_limits_are_those_of_the_moment_it_is_triggered(desk):
    """R-152: 3 % from the last deal; at entry its price is nobody's yet."""
    desk.deal("450.00")
    desk.stop("FIRMA", Side.BUY, 1000, "451.00", "465.00")
    desk.stop("FIRMB", Side.BUY, 1000, "460.00", "465.00")
    events = desk.deal("451.00")
    cancelled = one(events, OrderCancelled)
    assert words(events)[2:] == ["OrderTriggered", "OrderCancelled"]
    assert (cancelled.reason, cancelled.clause) == (refusals.BEYOND_LIMIT, "art. 12 p. 8")
    assert cancelled.found == ("465.00", "3", "451.00")
    assert triggered(desk.deal("460.00"))
    assert desk.book(EUR)[0] == ("FIRMB", 465.0, 1000)


def test_cancel_lessen_and_replace(desk):
    desk.deal("450.00")
    first = entered(desk.stop("FIRMA", Side.BUY, 3000, "451.00", "451.00"))
    second = entered(desk.stop("FIRMB", Side.BUY, 1000, "451.00", "451.00"))
    desk.cancel("FIRMA", first, quantity=1000)
    assert triggered(desk.deal("450.90")) == []
    desk.replace("FIRMA", first, quantity=1000)  # less of it: it keeps its place
    assert one(desk.replace("FIRMB", second, "452.00", stop_price=parse_price("450.95")), OrderReplaced)
    assert [o.order_id for o in desk.state.listings[EUR].boards[0].stops.reached(parse_price("451"))] == [first, second]
    wrong = one(desk.replace("FIRMA", first, stop_price=parse_price("450.00")), CancelRefused)
    assert wrong.refusal.code == refusals_of_stops.STOP_NOT_ABOVE
    assert one(desk.replace("FIRMA", first, "451.50", stop_price=parse_price("451.00")), OrderReplaced)  # behind now
    assert triggered(desk.deal("451.00")) == [second, first]
    assert desk.book(EUR) == [("FIRMB", 452.0, 1000), ("FIRMA", 451.5, 1000)]
    late = one(desk.replace("FIRMA", first, stop_price=parse_price("453")), CancelRefused)
    assert late.refusal.code == refusals.CANNOT_CHANGE
    assert one(desk.replace("FIRMA", first, "451.40"), OrderReplaced).order.triggered
    third = entered(desk.stop("FIRMA", Side.BUY, 1000, "455"))
    assert one(desk.cancel("FIRMA", third), OrderCancelled)
    assert waiting(desk) == []
    same_on_replay(desk)


def test_orders_taken_off_at_once_and_at_the_end_of_the_session(desk):
    stops = [entered(desk.stop(user, Side.BUY, 1000, "451.00")) for user in ("FIRMA", "FIRMB", "FIRMC", "FIRMC")]
    assert one(desk.send(MassCancel("FIRMA", "m1", Scope.ALL)), OrderCancelled).order.order_id == stops[0]
    assert one(desk.decide(WithdrawOrders, "FIRMB"), OrderCancelled).order.order_id == stops[1]
    expired = [event.order.order_id for event in desk.to("17:00") if isinstance(event, OrderExpired)]
    assert expired == stops[2:]
    assert waiting(desk) == []
    assert desk.state.orders == {}
    same_on_replay(desk)


def test_a_suspension_keeps_it_and_what_meets_afterwards_triggers_it(desk):
    stop = entered(desk.stop("FIRMA", Side.BUY, 1000, "451.00", "452.00"))
    desk.decide(Suspend, (EUR,), ())
    assert one(desk.replace("FIRMA", stop, quantity=2000), CancelRefused).refusal.code == refusals.INSTRUMENT_SUSPENDED
    desk.decide(Resume, (EUR,), ())
    assert triggered(desk.deal("451.00")) == [stop]


def test_one_of_several_days_waits_anew_each_morning():
    """R-154 with R-5: it is formed like a preliminary order, waits before the session, follows the crossing orders."""
    desk = Stopping(market(), to="11:10")
    stop = entered(desk.stop("FIRMA", Side.BUY, 1000, "91", "92", BILL, tif=TimeInForce.GTC))
    assert refused(desk.buy("FIRMA", 1000, None, BILL)) == refusals.ONLY_LIMIT_BEFORE_SESSION
    desk.to("2020-05-28T11:04")
    assert waiting(desk, BILL) == []
    assert [event.order.order_id for event in desk.to("11:06") if isinstance(event, OrderFormed)] == [stop]
    assert waiting(desk, BILL) == [stop]
    assert dump(Mark(desk.state).restore()) == dump(desk.state)
    assert triggered(desk.deal("91", BILL)) == []  # preliminary orders cross and do not deal
    assert triggered(desk.to("11:30")) == [stop]
    assert [row[0] for row in desk.book(BILL)] == ["FIRMA"]
    formed = one(desk.to("2020-05-29T11:06"), OrderFormed).order
    assert (formed.order_id, formed.triggered) == (stop, True)
    assert desk.book(BILL) == [("FIRMA", 92.0, 1000)]  # triggered once, it is a limit order for good
    desk.cancel("FIRMA", stop)
    until = {"tif": TimeInForce.GTD, "expire_date": dt.date(2020, 5, 29)}
    last = entered(desk.stop("FIRMA", Side.SELL, 1000, "80", symbol=BILL, **until))
    assert one(desk.to("17:00"), OrderExpired).order.order_id == last
    same_on_replay(desk)


def test_users_limits_count_it_at_its_stop_price(desk):
    desk.decide(LimitUser, "FIRMA", TradingLimits(value=45_100_000, orders=1), ("value", "orders"))
    assert refused(desk.stop("FIRMA", Side.BUY, 1000, "451.01")) == refusals_of_protection.USER_VALUE
    entered(desk.stop("FIRMA", Side.BUY, 1000, "451.00"))
    assert refused(desk.stop("FIRMA", Side.BUY, 1000, "451.00")) == refusals_of_protection.USER_ORDERS


def test_it_meets_no_order_of_its_own_account(desk):
    """A deal of its own member's triggers it as any other; what it would meet of its account stops it (43)."""
    desk.deal("450.00")
    stop = entered(desk.stop("FIRMA", Side.BUY, 1000, "451.00", "451.00"))
    desk.sell("FIRMA", 1000, "451.00")
    assert triggered(desk.buy("FIRMB", 1000, "451.00")) == [stop]
    desk.cancel("FIRMA", stop)
    desk.stop("FIRMA", Side.SELL, 1000, "449.00")
    desk.buy("FIRMA", 1000, "448.00")
    events = desk.deal("449.00")
    assert one(events, OrderCancelled).reason == refusals.SELF_TRADE


def test_a_stop_has_no_deal_of_another_day_to_wait_for():
    """Without any last deal either side is taken."""
    listed = market()
    none = tuple(msgspec.structs.replace(one, last_deal=None) for one in listed.instruments)
    desk = Stopping(msgspec.structs.replace(listed, instruments=none))
    for side in Side:
        entered(desk.stop("FIRMA", side, 1000, "450.00"))


def test_market_data_do_not_know_it_before_it_is_triggered(desk):
    """R-150, R-124: neither the depth nor the numbers of orders and of members who sent any."""
    fold = Fold()

    def known():
        for number, events in enumerate(desk.told[fold.number :], fold.number + 1):
            fold.apply(Published(number, 0, events))
        here = fold.listings[EUR].on(FX)
        return here.crowd.orders, here.crowd.members, here.depth.orders

    desk.stop("FIRMA", Side.BUY, 1000, "451.00", "451.00")
    assert known() == (0, 0, 0)
    desk.deal("450.00")
    assert known() == (2, 2, 0)
    desk.deal("451.00")
    assert known() == (5, 3, 1)


def test_a_deal_that_is_cancelled_leaves_what_it_triggered(desk):
    """R-153: what was triggered stays so; the last deal of before is one again, and the stop orders wait on."""
    desk.deal("450.00")
    stop = entered(desk.stop("FIRMA", Side.BUY, 1000, "451.00", "451.00"))
    low = entered(desk.stop("FIRMB", Side.BUY, 1000, "452.00", "452.00"))
    deal = one(desk.deal("451.00"), Deal)
    assert triggered(desk.decide(BustDeal, deal.deal_id, document="1")) == []
    assert desk.book(EUR) == [("FIRMA", 451.0, 1000)]
    assert desk.state.orders[stop].triggered
    assert waiting(desk) == [low]
    assert refused(desk.stop("FIRMC", Side.BUY, 1000, "450.00")) == refusals_of_stops.STOP_NOT_ABOVE
    entered(desk.stop("FIRMC", Side.BUY, 1000, "450.01"))
    same_on_replay(desk)
