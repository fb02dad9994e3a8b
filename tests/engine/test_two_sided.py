"""Two-sided orders: one message, two orders (R-160)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kase_fix.messages.configuration import TradingLimits
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.order_events import CancelRefused, OrderAccepted, OrderCancelled, OrderRefused, OrderRepeated
from kase_fix.messages.protection import MassCancel, Scope
from kase_fix.rulebook import refusals, refusals_of_protection, refusals_of_quotes
from kase_fix.values.enums import OrderKind, Side, TimeInForce
from kase_fix.values.numbers import parse_price
from tests.engine.desk import EUR, Desk, same_on_replay, small
from tests.engine.market import one, words
from tests.engine.test_protection import with_users


def both(desk, user="FIRMA", side=Side.BUY, price="449.00", spread="1.00", quantity=2000, **more):
    spread = None if spread is None else parse_price(spread)
    return desk.order(user, side, quantity, price, two_sided=True, spread=spread, **more)


def entered(events):
    return [event.order.order_id for event in events if isinstance(event, OrderAccepted)]


@pytest.mark.parametrize(("side", "price"), [(Side.BUY, "449.00"), (Side.SELL, "450.00")])
def test_the_price_is_that_of_the_stated_side_the_other_is_a_spread_away(side, price):
    desk = Desk()
    events = both(desk, side=side, price=price)
    assert desk.book(EUR) == [("FIRMA", 449.0, 2000), ("FIRMA", 450.0, 2000)]
    first, second = entered(events)
    assert second == f"{first}.2"
    assert {event.order.cl_ord_id for event in events if isinstance(event, OrderAccepted)} == {"c1"}
    desk.engine.state = desk.engine.take_mark().restore()
    assert len(desk.book(EUR)) == 2
    same_on_replay(desk)


def test_a_fill_of_one_leaves_the_other():
    desk = Desk()
    both(desk)
    desk.sell("FIRMB", 2000, "449.00")
    assert desk.book(EUR) == [("FIRMA", 450.0, 2000)]


def test_one_may_trade_as_it_comes_and_the_other_still_follows():
    desk = Desk()
    desk.sell("FIRMB", 1000, "449.00")
    events = both(desk)
    assert words(events) == ["OrderAccepted", "Deal", "OrderAccepted"]
    assert desk.book(EUR) == [("FIRMA", 449.0, 1000), ("FIRMA", 450.0, 2000)]


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"spread": None}, refusals_of_quotes.SPREAD_MISSING),
        ({"spread": "0"}, refusals_of_quotes.SPREAD_MISSING),
        ({"spread": "-1.00"}, refusals_of_quotes.SPREAD_MISSING),
        ({"spread": "0.001"}, refusals.PRICE_OFF_GRID),
        ({"spread": "14.50"}, refusals.BEYOND_LIMIT),
        ({"price": "436.50"}, refusals.BEYOND_LIMIT),
        ({"price": None, "kind": OrderKind.MARKET}, refusals.NO_OPPONENTS),
        ({"tif": TimeInForce.IOC}, refusals_of_quotes.TWO_SIDED_KIND),
    ],
)
def test_both_or_neither(terms, code):
    desk = Desk()
    before = desk.engine.hash()
    events = both(desk, **terms)
    assert one(events, OrderRefused).refusal.code == code
    assert words(events) == ["OrderRefused"]
    assert desk.engine.hash() == before


def test_the_limit_of_living_orders_counts_both():
    desk = Desk(with_users(small(), FIRMA={"limits": TradingLimits(orders=2)}))
    desk.buy("FIRMA", 1000, "440.00")
    assert one(both(desk), OrderRefused).refusal.code == refusals_of_protection.USER_ORDERS


def test_the_name_takes_both_off_the_order_id_one():
    desk = Desk()
    first, second = entered(both(desk))
    gone = desk.cancel("FIRMA", "", orig_cl_ord_id="c1")
    assert [event.order.order_id for event in gone if isinstance(event, OrderCancelled)] == [first, second]
    first, second = entered(both(desk))
    desk.cancel("FIRMA", second)
    assert desk.book(EUR) == [("FIRMA", 449.0, 2000)]


@pytest.mark.parametrize(("side", "left"), [(Side.BUY, 450.0), (Side.SELL, 449.0)])
def test_the_name_with_a_side_takes_that_one_off(side, left):
    desk = Desk()
    both(desk)
    desk.cancel("FIRMA", "", orig_cl_ord_id="c1", side=side)
    assert [price for _, price, _ in desk.book(EUR)] == [left]


def test_the_name_means_what_is_left_of_the_two():
    desk = Desk()
    first, second = entered(both(desk))
    desk.cancel("FIRMA", first)
    assert one(desk.cancel("FIRMA", "", orig_cl_ord_id="c1"), OrderCancelled).order.order_id == second
    assert one(desk.cancel("FIRMA", "", orig_cl_ord_id="c1"), CancelRefused).refusal.code == refusals.TOO_LATE


def test_one_that_has_a_name_of_its_own_is_not_meant_by_the_former():
    desk = Desk()
    first, second = entered(both(desk))
    desk.replace("FIRMA", second, "451.00")
    gone = desk.cancel("FIRMA", "", orig_cl_ord_id="c1")
    assert one(gone, OrderCancelled).order.order_id == first
    assert desk.book(EUR) == [("FIRMA", 451.0, 2000)]


def test_a_change_by_the_name_is_of_the_stated_side():
    desk = Desk()
    both(desk)
    desk.replace("FIRMA", "", "448.00", orig_cl_ord_id="c1")
    assert [price for _, price, _ in desk.book(EUR)] == [448.0, 450.0]


def test_sent_again_both_are_told():
    desk = Desk()
    ids = entered(both(desk))
    desk.names = 0
    events = both(desk, poss_resend=True)
    assert [event.order_id for event in events if isinstance(event, OrderRepeated)] == ids
    assert len(desk.book(EUR)) == 2


def test_a_mass_cancel_takes_both():
    desk = Desk()
    ids = entered(both(desk))
    assert [order_id for _, order_id in desk.send(MassCancel("FIRMA", "m", Scope.ALL))[-1].withdrawn] == ids
    same_on_replay(desk)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["FIRMA", "FIRMB"]),
            st.sampled_from(list(Side)),
            st.integers(44800, 45200),
            st.integers(1, 300),
            st.integers(1, 4),
        ),
        max_size=12,
    )
)
def test_it_is_two_orders_one_behind_the_other(script):
    """What two messages would bring about, where both are taken."""
    paired, single = Desk(), Desk()
    for user, side, cents, spread, lots in script:
        prices = cents / 100, (cents + (spread if side is Side.BUY else -spread)) / 100
        taken = both(paired, user, side, f"{prices[0]:.2f}", f"{spread / 100:.2f}", lots * 1000)
        if not isinstance(taken[0], OrderRefused):
            single.order(user, side, lots * 1000, f"{prices[0]:.2f}")
            single.order(user, side.other, lots * 1000, f"{prices[1]:.2f}")
    assert paired.book(EUR) == single.book(EUR)
    deals = [
        [
            (deal.price, deal.quantity, deal.buy.user)
            for events in desk.told
            for deal in events
            if isinstance(deal, Deal)
        ]
        for desk in (paired, single)
    ]
    assert deals[0] == deals[1]
    same_on_replay(paired)
