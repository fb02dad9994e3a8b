"""Mass cancels, absences, the exchange's withdrawals and users' limits (R-110 to R-115)."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kase_fix.messages.configuration import TradingLimits
from kase_fix.messages.day_events import Announced, DecisionTaken
from kase_fix.messages.fixing import AnnounceSurplus, OrderFixing
from kase_fix.messages.order_events import OrderAccepted, OrderCancelled, OrderRefused
from kase_fix.messages.protection import (
    LimitUser,
    MassCancel,
    Scope,
    UserAway,
    UserBack,
    UserCame,
    UserLeft,
    WithdrawOrders,
)
from kase_fix.rulebook import refusals, refusals_of_protection
from kase_fix.values.enums import Side, TimeInForce
from kase_fix.values.numbers import parse_price
from tests.engine.desk import BOND, DOLLAR, EUR, FX, Desk, same_on_replay, small
from tests.engine.market import one, words

SECOND = 1_000_000_000


def with_users(market, **changes):
    """The market with some fields of its users changed: FIRMB={"firm": "FIRMA"}."""
    users = tuple(msgspec.structs.replace(user, **changes.get(user.name, {})) for user in market.users)
    return msgspec.structs.replace(market, users=users)


def entered(events):
    return one(events, OrderAccepted).order.order_id


def mass(desk, user, scope=Scope.ALL, name="m1", **more):
    return desk.send(MassCancel(user, name, scope, **more))


def gone(events):
    return [event.order.order_id for event in events if isinstance(event, OrderCancelled)]


def in_fixing():
    """A desk where EURKZT_TOM is in fixing, its surplus of 3000 announced: FIRMA has bought, FIRMB sold more."""
    desk = Desk()
    desk.decide(OrderFixing, EUR, FX, parse_price("450"), None)
    desk.buy("FIRMA", 2000, "450.00")
    desk.sell("FIRMB", 5000, "450.00")
    desk.decide(AnnounceSurplus, EUR, FX, actor="makler")
    return desk


@pytest.fixture
def three():
    """FIRMA buys euros and dollars and sells euros; FIRMB buys euros."""
    desk = Desk()
    orders = [
        entered(desk.buy("FIRMA", 1000, "449.00")),
        entered(desk.buy("FIRMA", 5_000_000, "409.00", DOLLAR)),
        entered(desk.sell("FIRMA", 1000, "451.00")),
    ]
    desk.buy("FIRMB", 1000, "449.00")
    return desk, orders


def test_all_orders_of_a_user_go_at_once_first_entered_first(three):
    desk, orders = three
    events = mass(desk, "FIRMA")
    assert gone(events) == orders
    cancelled = [event for event in events if isinstance(event, OrderCancelled)]
    assert {(event.reason, event.request_cl_ord_id, event.by) for event in cancelled} == {("requested", "m1", "")}
    answer = events[-1]
    assert answer.withdrawn == tuple(zip(("c1", "c2", "c3"), orders, strict=True))
    assert (answer.left, answer.refusal, answer.order_id) == (0, None, f"MC_{len(desk.commands)}")
    assert desk.book(EUR) == [("FIRMB", 449.0, 1000)]
    same_on_replay(desk)


@pytest.mark.parametrize(
    ("scope", "more", "which"),
    [
        (Scope.INSTRUMENT, {"symbol": EUR}, [0, 2]),
        (Scope.INSTRUMENT, {"symbol": EUR, "side": Side.SELL}, [2]),
        (Scope.INSTRUMENT, {"symbol": EUR, "board": "BONDS"}, []),
        (Scope.BOARD, {"board": FX}, [0, 1, 2]),
        (Scope.BOARD, {"board": "BONDS"}, []),
        (Scope.ALL, {"side": Side.BUY}, [0, 1]),
        (Scope.ALL, {"account": "S_FIRMA_0000"}, []),
        (Scope.ALL, {"party": "FIRMA"}, [0, 1, 2]),
    ],
)
def test_only_what_is_meant_goes(three, scope, more, which):
    desk, orders = three
    assert gone(mass(desk, "FIRMA", scope, **more)) == [orders[place] for place in which]


@pytest.mark.parametrize(
    ("scope", "more", "code"),
    [
        (Scope.INSTRUMENT, {"symbol": "NOSUCH"}, refusals.UNKNOWN_INSTRUMENT),
        (Scope.BOARD, {"board": "NOSUCH"}, refusals_of_protection.UNKNOWN_BOARD),
        (Scope.ALL, {"party": "FIRMB"}, refusals_of_protection.NO_SUCH_PARTY),
        (Scope.ALL, {"name": "c1"}, refusals.DUPLICATE_ORDER),
    ],
)
def test_a_refused_request_changes_nothing_and_keeps_its_name_free(three, scope, more, code):
    desk, _ = three
    before = desk.engine.hash()
    (answer,) = mass(desk, "FIRMA", scope, **more)
    assert (answer.refusal.code, answer.order_id) == (code, "")
    assert desk.engine.hash() == before


def test_the_firm_as_party_takes_its_other_users_orders_too_who_are_told_by_whom():
    desk = Desk(with_users(small(), FIRMB={"firm": "FIRMA"}))
    own, other = entered(desk.buy("FIRMA", 1000, "449.00")), entered(desk.buy("FIRMB", 1000, "448.00"))
    assert gone(mass(desk, "FIRMA")) == [own]
    own = entered(desk.buy("FIRMA", 1000, "449.00"))
    events = mass(desk, "FIRMA", name="m2", party="FIRMB")
    assert gone(events) == [other]
    cancelled = one(events, OrderCancelled)
    assert (cancelled.reason, cancelled.by) == (refusals_of_protection.WITHDRAWN_BY, "FIRMA")
    assert gone(mass(desk, "FIRMB", name="m3", party="FIRMA")) == [own]


def test_a_resent_request_is_answered_and_not_carried_out_again(three):
    desk, _ = three
    first = mass(desk, "FIRMA")[-1]
    desk.buy("FIRMA", 1000, "449.00")
    (again,) = mass(desk, "FIRMA", poss_resend=True)
    assert (again.repeated, again.order_id, again.withdrawn) == (True, first.order_id, ())
    assert len(desk.book(EUR)) == 2
    assert one(mass(desk, "FIRMA"), type(again)).refusal.code == refusals.DUPLICATE_ORDER


def test_fixing_keeps_what_would_make_the_surplus_grow():
    desk = in_fixing()
    answer = mass(desk, "FIRMA")[-1]
    assert (answer.withdrawn, answer.left) == ((), 1)
    assert len(gone(mass(desk, "FIRMB", name="m2"))) == 1


def test_orders_that_wait_for_tomorrow_go_too():
    desk = Desk()
    desk.sell("FIRMA", 1000, "99.00", BOND, tif=TimeInForce.GTC)
    desk.to("18:00")
    assert len(gone(mass(desk, "FIRMA"))) == 1
    assert not desk.state.orders


@pytest.mark.parametrize(
    ("terms", "count", "told"),
    [
        (("FIRMA", "", (), ()), 3, ["FIRMA"]),
        (("", "FIRMB", (), ()), 1, ["FIRMB"]),
        (("", "", (EUR,), ()), 3, [""]),
        (("", "", (), (FX,)), 4, [""]),
        (("FIRMA", "", (EUR,), ()), 2, ["FIRMA"]),
    ],
)
def test_the_exchange_withdraws_and_tells_whom_it_concerns(three, terms, count, told):
    desk, _ = three
    events = desk.decide(WithdrawOrders, *terms, actor="makler")
    assert len(gone(events)) == count
    assert [event.user for event in events if isinstance(event, Announced)] == told
    assert one(events, DecisionTaken).detail["orders"] == str(count)
    reasons = {event.reason for event in events if isinstance(event, OrderCancelled)}
    assert reasons == {refusals_of_protection.WITHDRAWN_BY_EXCHANGE}
    same_on_replay(desk)


def test_fixing_does_not_hold_the_exchange_back():
    assert len(gone(in_fixing().decide(WithdrawOrders, "FIRMA", "", (), ()))) == 1


@pytest.mark.parametrize(
    "terms", [("NOBODY", "", (), ()), ("", "NONE", (), ()), ("", "", ("X",), ()), ("", "", (), ())]
)
def test_a_withdrawal_names_somebody(three, terms):
    desk, _ = three
    assert desk.refused(WithdrawOrders, *terms) == (refusals.UNKNOWN_NAME, "art. 1 p. 2")
    assert desk.refused(WithdrawOrders, "FIRMA", "", (), (), actor="janitor")[0] == refusals.NOT_ENTITLED


def test_an_absent_user_loses_his_orders_when_the_grace_is_over():
    desk = Desk()
    order = entered(desk.buy("FIRMA", 1000, "449.00"))
    desk.buy("FIRMB", 1000, "449.00")
    assert desk.send(UserLeft("FIRMA", "lost")) == [UserAway("FIRMA", desk.now + 30 * SECOND, "lost")]
    assert gone(desk.to("12:00:29")) == []
    events = desk.to("12:00:30")
    assert gone(events) == [order]
    assert one(events, OrderCancelled).reason == refusals_of_protection.SESSION_LOST
    assert desk.state.away == {}
    same_on_replay(desk)


def test_who_is_back_in_time_keeps_them_and_a_second_absence_counts_anew():
    desk = Desk()
    desk.buy("FIRMA", 1000, "449.00")
    desk.send(UserLeft("FIRMA", "x"))
    desk.to("12:00:20")
    assert desk.send(UserLeft("FIRMA", "y")) == []
    assert desk.send(UserCame("FIRMA")) == [UserBack("FIRMA")]
    assert desk.send(UserCame("FIRMA")) == []
    desk.send(UserLeft("FIRMA", "z"))
    assert desk.to("12:00:49") == []
    assert len(gone(desk.to("12:00:50"))) == 1


def test_an_absence_outlives_the_state_being_written_down():
    desk = Desk()
    desk.buy("FIRMA", 1000, "449.00")
    desk.send(UserLeft("FIRMA", "x"))
    desk.engine.state = desk.engine.take_mark().restore()
    assert len(gone(desk.to("12:01"))) == 1


@pytest.mark.parametrize("several", [False, True])
def test_orders_of_several_days_stay_unless_the_setting_says_so(several):
    desk = Desk(msgspec.structs.replace(small(), disconnect_several_days=several, disconnect_grace_seconds=0))
    desk.sell("FIRMA", 1000, "99.00", BOND, tif=TimeInForce.GTC)
    desk.sell("FIRMA", 1000, "98.00", BOND)
    desk.send(UserLeft("FIRMA", "x"))
    assert len(gone(desk.to("12:00:01"))) == (2 if several else 1)


def limited(market=None, **limits):
    return Desk(with_users(market or small(), FIRMA={"limits": TradingLimits(**limits)}))


def code(events):
    return one(events, OrderRefused).refusal.code


def test_the_greatest_quantity():
    desk = limited(quantity=2000)
    assert code(desk.buy("FIRMA", 3000, "449.00")) == refusals_of_protection.USER_QUANTITY
    order = entered(desk.buy("FIRMA", 2000, "449.00"))
    assert words(desk.replace("FIRMA", order, quantity=3000)) == ["CancelRefused"]
    entered(desk.buy("FIRMB", 3000, "449.00"))


@pytest.mark.parametrize(("price", "taken"), [("449.99", True), ("450.00", True), ("450.01", False)])
def test_the_greatest_value_in_tenge(price, taken):
    desk = limited(value=450_000_00)
    assert words(desk.buy("FIRMA", 1000, price)) == (["OrderAccepted"] if taken else ["OrderRefused"])


def test_a_market_order_is_worth_what_was_last_dealt():
    desk = limited(value=449_999_99)
    desk.sell("FIRMB", 1000, "440.00")
    assert code(desk.buy("FIRMA", 1000)) == refusals_of_protection.USER_VALUE


def test_a_bond_is_worth_its_money_with_interest():
    """7 % a year, some 147 days of 360 since the issue are 2.86 % of 1000 beside 90 %: 1000 come to 928 600 tenge."""
    instruments = tuple(
        msgspec.structs.replace(one, price_kind="clean" if one.symbol == BOND else one.price_kind)
        for one in small().instruments
    )
    market = msgspec.structs.replace(small(), instruments=instruments)
    refused = limited(market, value=928_000_00)
    assert code(refused.buy("FIRMA", 1000, "90.0000", BOND)) == refusals_of_protection.USER_VALUE
    entered(limited(market, value=930_000_00).buy("FIRMA", 1000, "90.0000", BOND))


def test_so_many_orders_at_a_time():
    desk = limited(orders=2)
    first, second = (entered(desk.buy("FIRMA", 1000, price)) for price in ("449.00", "448.00"))
    assert code(desk.buy("FIRMA", 1000, "447.00")) == refusals_of_protection.USER_ORDERS
    assert "OrderReplaced" in words(desk.replace("FIRMA", second, "447.50"))
    desk.cancel("FIRMA", first)
    entered(desk.buy("FIRMA", 1000, "447.00"))
    desk.sell("FIRMB", 1000, "447.50")
    entered(desk.buy("FIRMA", 1000, "446.00"))


def test_a_decision_changes_what_it_names_and_holds_against_the_register():
    desk = limited(quantity=2000, orders=5)
    events = desk.decide(LimitUser, "FIRMA", TradingLimits(quantity=5000), ("quantity",))
    assert [event.user for event in events if isinstance(event, Announced)] == ["FIRMA"]
    assert desk.state.terms.user_limits == {"FIRMA": TradingLimits(quantity=5000, orders=5)}
    entered(desk.buy("FIRMA", 5000, "449.00"))
    desk.engine.state = desk.engine.take_mark().restore()
    assert code(desk.buy("FIRMA", 6000, "449.00")) == refusals_of_protection.USER_QUANTITY
    desk.decide(LimitUser, "FIRMA", TradingLimits(), ("quantity",))
    entered(desk.buy("FIRMA", 6000, "449.00"))
    desk.decide(LimitUser, "FIRMA", TradingLimits(orders=0), ("orders",))
    assert code(desk.buy("FIRMA", 1000, "449.00")) == refusals_of_protection.USER_ORDERS
    same_on_replay(desk)


def test_limits_of_nobody_are_not_set():
    assert Desk().refused(LimitUser, "NOBODY", TradingLimits(), ("orders",)) == (refusals.UNKNOWN_NAME, "art. 1 p. 2")


steps = st.lists(
    st.tuples(
        st.sampled_from(["order", "order", "order", "cancel", "mass", "left", "came", "withdraw"]),
        st.sampled_from(["FIRMA", "FIRMB"]),
        st.sampled_from(list(Side)),
        st.integers(-3, 3),
    ),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_any_mixture_replays_the_same_and_counts_the_living(script):
    desk = limited(orders=3)
    for minute, (what, user, side, step) in enumerate(script):
        if what == "order":
            desk.order(user, side, 1000, f"{450 + step}.00")
        elif what == "cancel" and desk.state.orders:
            desk.cancel(user, next(iter(desk.state.orders)))
        elif what == "mass":
            mass(desk, user, name=f"m{minute}", side=side)
        elif what in ("left", "came"):
            desk.send(UserLeft(user, "x") if what == "left" else UserCame(user))
        elif what == "withdraw":
            desk.decide(WithdrawOrders, user, "", (), ())
        desk.to(f"12:{minute:02d}:20")
        living = [order.user for order in desk.state.orders.values()]
        assert {user: living.count(user) for user in desk.state.of_user} == desk.state.of_user
        assert living.count("FIRMA") <= 3
    same_on_replay(desk)
