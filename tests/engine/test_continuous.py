"""The continuous counter auction as the engine tells it (art. 7 p. 1; domain: orders of the continuous auction)."""

import pytest

from kase_fix.messages.deal_events import Deal
from kase_fix.messages.order_events import (
    CancelRefused,
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderRefused,
    OrderRepeated,
    OrderReplaced,
)
from kase_fix.rulebook import refusals
from kase_fix.values.enums import OrderKind, OrderStatus, TimeInForce
from kase_fix.values.numbers import format_price, parse_price
from tests.engine.market import MarketInTest, one, words


@pytest.fixture
def market():
    return MarketInTest()


def refused(events):
    return one(events, OrderRefused).refusal


def test_aggressor_takes_the_resting_price(market):
    """art. 7 p. 1."""
    resting = one(market.buy("FIRMA", 2000, "450.10"), OrderAccepted).order
    events = market.sell("00100", 1000, "450.00")
    deal = one(events, Deal)
    assert words(events) == ["OrderAccepted", "Deal"]
    assert (format_price(deal.price, 2), deal.quantity) == ("450.10", 1000)
    assert deal.deal_id == f"{len(market.commands)}-1"
    assert deal.buy.order_id == resting.order_id == f"NF_{len(market.commands) - 1}"
    assert (deal.buy.leaves, deal.buy.status) == (1000, OrderStatus.PARTIALLY_FILLED)
    assert (deal.sell.leaves, deal.sell.status) == (0, OrderStatus.FILLED)
    assert market.book() == [("FIRMA", "450.10", 1000, 1000)]


def test_rest_of_a_market_order_is_cancelled(market):
    """A market order never rests; against an empty side it is refused (38)."""
    assert refused(market.buy("FIRMA", 1000)).code == refusals.NO_OPPONENTS
    market.sell("00100", 1000, "450.00")
    events = market.buy("FIRMA", 3000)
    assert words(events) == ["OrderAccepted", "Deal", "OrderCancelled"]
    gone = one(events, OrderCancelled)
    assert (gone.reason, gone.order.filled, gone.order.leaves) == (refusals.REST_OF_MARKET, 1000, 0)
    assert market.book() == []


def test_immediate_or_cancel_leaves_nothing(market):
    """TIF 3."""
    market.sell("00100", 1000, "450.00")
    events = market.buy("FIRMA", 3000, "450.00", tif=TimeInForce.IOC)
    assert words(events) == ["OrderAccepted", "Deal", "OrderCancelled"]
    assert one(events, OrderCancelled).reason == refusals.REST_OF_IOC


def test_fill_or_kill_is_all_or_nothing(market):
    """TIF 4."""
    market.sell("00100", 1000, "450.00")
    events = market.buy("FIRMA", 2000, "450.00", tif=TimeInForce.FOK)
    assert words(events) == ["OrderAccepted", "OrderCancelled"]
    assert one(events, OrderCancelled).reason == refusals.FOK_NOT_FILLED
    assert words(market.buy("FIRMA", 1000, "450.00", tif=TimeInForce.FOK)) == ["OrderAccepted", "Deal"]


def test_own_account_stops_the_incoming_order(market):
    """Self-trade (43): what stands before trades, the rest is cancelled, the resting order stays."""
    market.sell("00100", 1000, "450.00")
    market.sell("FIRMA", 1000, "450.01")
    events = market.buy("FIRMA", 3000, "450.02")
    assert words(events) == ["OrderAccepted", "Deal", "OrderCancelled"]
    assert one(events, OrderCancelled).reason == refusals.SELF_TRADE
    assert market.book() == [("FIRMA", "450.01", 1000, 1000)]


def test_priority_stays_only_when_the_quantity_shrinks(market):
    """G: at the same price a smaller quantity keeps its place; a larger one or another price goes to the end."""
    first = one(market.buy("FIRMA", 3000, "450.00"), OrderAccepted).order.order_id
    market.buy("FIRMB", 1000, "450.00")
    market.replace("FIRMA", first, quantity=2000)
    assert [row[0] for row in market.book()] == ["FIRMA", "FIRMB"]
    market.replace("FIRMA", first, quantity=3000)
    assert [row[0] for row in market.book()] == ["FIRMB", "FIRMA"]
    second = market.book()
    market.replace("FIRMA", first, price="450.05")
    assert market.book() == [("FIRMA", "450.05", 3000, 3000), second[0]]


def test_replaced_order_trades_at_once_where_it_crosses(market):
    """G: with its new price an order is an incoming one; its OrderID stays."""
    bid = one(market.buy("FIRMA", 2000, "449.00"), OrderAccepted).order.order_id
    market.sell("00100", 1000, "450.00")
    events = market.replace("FIRMA", bid, price="450.00", name="g1")
    assert words(events) == ["OrderReplaced", "Deal"]
    deal = one(events, Deal)
    assert (deal.buy.order_id, deal.buy.cl_ord_id, deal.buy.leaves) == (bid, "g1", 1000)
    assert market.book() == [("FIRMA", "450.00", 1000, 1000)]


def test_replace_at_or_below_the_filled_part_ends_the_order(market):
    """FIX 4.4 matrices D: the new OrderQty is what is filled already."""
    bid = one(market.buy("FIRMA", 3000, "450.00"), OrderAccepted).order.order_id
    market.sell("00100", 2000, "450.00")
    events = market.replace("FIRMA", bid, quantity=1000)
    order = one(events, OrderReplaced).order
    assert (order.quantity, order.leaves, order.status) == (2000, 0, OrderStatus.FILLED)
    assert market.book() == []
    assert one(market.cancel("FIRMA", bid), CancelRefused).refusal.code == refusals.TOO_LATE


def test_cancel_finds_only_orders_of_the_senders_firm(market):
    """Anyone else's order is as unknown as one that never was."""
    bid = one(market.buy("FIRMA", 1000, "450.00", name="mine"), OrderAccepted).order.order_id
    for attempt in (market.cancel("FIRMB", bid), market.cancel("FIRMB", orig_cl_ord_id="mine"), market.cancel("FIRMB")):
        answer = one(attempt, CancelRefused)
        assert (answer.refusal.code, answer.order_id, answer.status) == (
            refusals.UNKNOWN_ORDER,
            "NONE",
            OrderStatus.REJECTED,
        )
    events = market.cancel("FIRMA", orig_cl_ord_id="mine")
    assert words(events) == ["OrderCancelled"]
    assert one(events, OrderCancelled).order.status is OrderStatus.CANCELLED


def test_part_of_the_rest_is_taken_off(market):
    """F of NEXT with OrderQty(38): priority and ClOrdID stay."""
    bid = one(market.buy("FIRMA", 3000, "450.00", name="a"), OrderAccepted).order.order_id
    market.buy("FIRMB", 1000, "450.00")
    answer = one(market.cancel("FIRMA", bid, quantity=1000, name="f"), OrderReplaced)
    assert (answer.order.cl_ord_id, answer.request_cl_ord_id, answer.order.leaves) == ("a", "f", 2000)
    assert market.book()[0] == ("FIRMA", "450.00", 2000, 2000)
    assert one(market.cancel("FIRMA", bid, quantity=500), CancelRefused).refusal.code == refusals.NOT_IN_LOTS
    assert one(market.cancel("FIRMA", bid, quantity=0), CancelRefused).refusal.code == refusals.ZERO_QUANTITY
    assert words(market.cancel("FIRMA", bid, quantity=9000)) == ["OrderCancelled"]


def test_name_is_used_once_a_day_and_a_resend_is_answered(market):
    """ClOrdID: unique for a user; a refused order's may be used again; with PossResend the state is told."""
    market.buy("FIRMA", 1000, "450.00", name="a")
    assert refused(market.buy("FIRMA", 1000, "450.00", name="a")).code == refusals.DUPLICATE_ORDER
    assert words(market.buy("FIRMB", 1000, "450.00", name="a")) == ["OrderAccepted"]
    assert one(market.buy("FIRMA", 1000, "450.00", name="a", poss_resend=True), OrderRepeated).cl_ord_id == "a"
    assert words(market.buy("FIRMA", 1, "450.00", name="b")) == ["OrderRefused"]
    assert words(market.buy("FIRMA", 1000, "450.00", name="b")) == ["OrderAccepted"]
    assert one(market.cancel("FIRMA", orig_cl_ord_id="b", name="a"), CancelRefused).refusal.code == (
        refusals.DUPLICATE_ORDER
    )


def test_day_orders_die_with_their_session(market):
    """art. 4, R-4: in the order of their entry; the book is empty and takes nothing more."""
    market.buy("FIRMA", 1000, "449.00")
    market.sell("FIRMB", 1000, "451.00")
    market.buy("FIRMC", 1000, "449.50")
    events = market.close("FX_TOM")
    assert words(events) == ["PhaseEntered", "OrderExpired", "OrderExpired", "OrderExpired"]
    assert [event.order.user for event in events if isinstance(event, OrderExpired)] == ["FIRMA", "FIRMB", "FIRMC"]
    assert market.book() == []
    late = refused(market.buy("FIRMA", 1000, "449.00"))
    assert (late.code, late.clause) == (refusals.SESSION_CLOSED, "art. 10 p. 1 sp. 3")


def test_iceberg_keeps_its_reserve_hidden(market):
    """MaxFloor(111): the slice is shown, the full size is judged."""
    events = market.sell("FIRMA", 5000, "450.00", display=1000)
    assert one(events, OrderAccepted).order.display == 1000
    assert market.book() == [("FIRMA", "450.00", 5000, 1000)]
    events = market.buy("FIRMB", 2000, "450.00")
    assert words(events) == ["OrderAccepted", "Deal", "Deal"]
    assert refused(market.sell("FIRMA", 5000, "450.00", display=500)).code == refusals.DISPLAY_NOT_IN_LOTS
    assert refused(market.sell("FIRMA", 5000, "450.00", display=6000)).code == refusals.DISPLAY_NOT_IN_LOTS


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"symbol": "XXXKZT_TOM"}, refusals.UNKNOWN_INSTRUMENT),
        ({"account": "F_NOBODY"}, refusals.WRONG_ACCOUNT),
        ({"account": "F_FIRMB_0000"}, refusals.NO_RIGHT_ON_ACCOUNT),
        ({"account": "S_FIRMA_0000"}, refusals.WRONG_ACCOUNT_MARKET),
        ({"board": "FX_TOD"}, refusals.WRONG_BOARD),
        ({"kind": OrderKind.OTHER}, refusals.KIND_NOT_ENABLED),
        ({"tif": TimeInForce.GTC}, refusals.TIF_NOT_ENABLED),
        ({"quantity": 0}, refusals.ZERO_QUANTITY),
        ({"quantity": -1000}, refusals.ZERO_QUANTITY),
        ({"quantity": 1500}, refusals.NOT_IN_LOTS),
        ({"quantity": 2_000_000_000}, refusals.ABOVE_MAXIMUM),
        ({"price": None, "kind": OrderKind.LIMIT}, refusals.PRICE_MISSING),
        ({"price": "450.00", "kind": OrderKind.MARKET}, refusals.PRICE_NOT_WANTED),
        ({"price": "450.005"}, refusals.PRICE_OFF_GRID),
        ({"price": "0"}, refusals.PRICE_NOT_POSITIVE),
        ({"price": "463.50"}, refusals.BEYOND_LIMIT),
        ({"price": "436.50"}, refusals.BEYOND_LIMIT),
    ],
)
def test_refusals(market, terms, code):
    """Each rule of the admission list refuses with its code (art. 8, 11-14; domain: 103 of NEXT)."""
    quantity = terms.pop("quantity", 1000)
    price = terms.pop("price", "450.00")
    assert refused(market.buy("FIRMA", quantity, price, **terms)).code == code
    assert market.book() == []


def test_price_below_the_limit_is_taken(market):
    """art. 12 p. 8: 463.49 is within 3 % of 450.00, 463.50 is at it."""
    assert words(market.buy("FIRMA", 1000, "463.49")) == ["OrderAccepted"]


def test_limit_follows_the_last_deal(market):
    """art. 12 p. 8, R-10: the reference is the last deal."""
    market.sell("00100", 1000, "460.00")
    market.buy("FIRMA", 1000, "460.00")
    assert words(market.buy("FIRMA", 1000, "473.79")) == ["OrderAccepted"]
    assert refused(market.buy("FIRMA", 1000, "473.80")).code == refusals.BEYOND_LIMIT


def test_dollar_ladder_judges_market_orders_at_their_worst_price(market):
    """annex 1, R-8: 410.00 is the last deal; 410.80 is 0.20 % away and needs 100 000."""
    assert refused(market.buy("FIRMA", 99_000, "410.80", symbol="USDKZT_TOM")).code == refusals.BELOW_MINIMUM
    market.sell("FIRMB", 100_000, "410.80", symbol="USDKZT_TOM")
    assert refused(market.buy("FIRMA", 99_000, symbol="USDKZT_TOM")).code == refusals.BELOW_MINIMUM
    assert words(market.buy("FIRMA", 100_000, symbol="USDKZT_TOM")) == ["OrderAccepted", "Deal"]
    assert market.engine.state.listings["USDKZT_TOM"].last_deal == parse_price("410.80")


def test_instrument_that_does_not_trade_today(market):
    """art. 11 p. 2: USDKZT_TOD on a day the dollar does not settle."""
    market.open({"USDKZT_TOD": "art. 11 p. 2"})
    refusal = refused(market.buy("FIRMA", 1000, "410.00", symbol="USDKZT_TOD"))
    assert (refusal.code, refusal.clause) == (refusals.NOT_TRADED_TODAY, "art. 11 p. 2")
