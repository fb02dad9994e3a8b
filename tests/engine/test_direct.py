"""Direct deals: nobody but the two parties has a part in them, nothing is lost, nothing comes up again on a replay."""

from functools import cache

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kase_fix.messages.deal_events import Deal
from kase_fix.messages.decisions import FailDeal
from kase_fix.messages.direct import DirectTerms
from kase_fix.messages.order_events import (
    CancelRefused,
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderRefused,
    OrderReplaced,
    OrderShown,
)
from kase_fix.rulebook.files import load_market
from kase_fix.values.enums import OrderStatus, Side
from tests.engine.desk import Desk, same_on_replay
from tests.engine.market import CFG, one

BOND, PACKAGE = "BRKLb1", "BESK_GP1"
USERS = ("FIRMA", "FIRMB", "00100")


@cache
def bonds():
    """The checked-in market with a bond and a package alone."""
    market = load_market(CFG)
    listed = tuple(one for one in market.instruments if one.symbol in (BOND, PACKAGE))
    groups = {one.group for one in listed}
    return msgspec.structs.replace(
        market, instruments=listed, groups=tuple(group for group in market.groups if group.name in groups)
    )


@pytest.fixture
def desk():
    return Desk(bonds())


def direct(desk, user, side, other, price="98.00", quantity=10, symbol=BOND, **terms):
    account = f"S_{user}_0000"
    return desk.order(user, side, quantity, price, symbol, account=account, direct=DirectTerms(other, **terms))


def waiting(desk, symbol=BOND):
    return [
        order for trading in desk.state.trading.values() if trading.symbol == symbol for order in trading.apart.values()
    ]


def test_a_mirrored_order_agrees(desk):
    first = one(direct(desk, "FIRMA", Side.SELL, "00100", reference="r"), OrderAccepted).order
    assert (first.status, first.direct.counterparty, first.board) == (
        OrderStatus.PENDING_COUNTERPARTY,
        "00100",
        "CORP_DIRECT",
    )
    events = direct(desk, "00100", Side.BUY, "FIRMA", reference="r")
    assert one(events, OrderAccepted).order.status is OrderStatus.NEW
    deal = one(events, Deal)
    assert (deal.method, deal.buy.user, deal.sell.user, deal.quantity) == ("direct", "00100", "FIRMA", 10)
    assert waiting(desk) == []
    assert desk.state.listings[BOND].last_deal == deal.price
    same_on_replay(desk)


@pytest.mark.parametrize(
    "other", [{"price": "98.01"}, {"quantity": 11}, {"reference": "other"}], ids=["price", "quantity", "reference"]
)
def test_other_terms_are_no_answer(desk, other):
    direct(desk, "FIRMA", Side.SELL, "00100")
    events = direct(desk, "00100", Side.BUY, "FIRMA", **other)
    assert [type(event) for event in events] == [OrderAccepted]
    assert len(waiting(desk)) == 2


def test_the_same_side_and_another_member_are_no_answer(desk):
    direct(desk, "FIRMA", Side.SELL, "00100")
    assert not any(isinstance(event, Deal) for event in direct(desk, "00100", Side.SELL, "FIRMA"))
    assert not any(isinstance(event, Deal) for event in direct(desk, "FIRMB", Side.BUY, "FIRMA"))
    assert len(waiting(desk)) == 3


def test_only_its_counterparty_refuses_an_order(desk):
    order_id = one(direct(desk, "FIRMA", Side.SELL, "00100"), OrderAccepted).order.order_id
    for user in ("FIRMB", "02001"):
        assert one(desk.cancel(user, order_id), CancelRefused).refusal.code == "unknown_order"
    refused = one(desk.cancel("00100", order_id), OrderCancelled)
    assert (refused.reason, refused.by, refused.clause) == ("counterparty_refused", "00100", "art. 2 p. 5")
    assert waiting(desk) == []
    assert one(desk.cancel("00100", order_id), CancelRefused).refusal.code == "unknown_order"
    same_on_replay(desk)


def test_a_change_may_meet_its_answer(desk):
    order_id = one(direct(desk, "FIRMA", Side.SELL, "00100"), OrderAccepted).order.order_id
    direct(desk, "00100", Side.BUY, "FIRMA", price="97.50", quantity=8)
    assert not any(isinstance(event, Deal) for event in desk.replace("FIRMA", order_id, "97.50"))
    deal = one(desk.cancel("FIRMA", order_id, quantity=2), Deal)
    assert (deal.quantity, deal.sell.order_id) == (8, order_id)
    same_on_replay(desk)


def test_a_part_is_taken_off_whatever_the_lot(desk):
    """No lot is asked of a direct deal (art. 2 p. 5 par. 2): the package's is 500. Something it must be."""
    assert one(direct(desk, "FIRMA", Side.SELL, "00100", "900.00", 0, PACKAGE), OrderRefused).refusal.code == (
        "zero_quantity"
    )
    order_id = one(direct(desk, "FIRMA", Side.SELL, "00100", "900.00", 30, PACKAGE), OrderAccepted).order.order_id
    assert one(desk.cancel("FIRMA", order_id, quantity=7), OrderReplaced).order.leaves == 23


def test_what_nobody_answers_dies_with_the_session(desk):
    first = one(direct(desk, "FIRMA", Side.SELL, "00100"), OrderAccepted).order
    (expired,) = (event for event in desk.to("17:00") if isinstance(event, OrderExpired))
    assert (expired.order.order_id, expired.order.filled) == (first.order_id, 0)
    assert one(direct(desk, "00100", Side.BUY, "FIRMA"), OrderRefused).refusal.code == "session_closed"
    same_on_replay(desk)


def failed_deal(desk):
    direct(desk, "FIRMA", Side.SELL, "00100")
    deal = one(direct(desk, "00100", Side.BUY, "FIRMA"), Deal)
    desk.to("17:40")
    desk.decide(FailDeal, deal.deal_id)
    return deal.deal_id


def test_a_failed_deal_is_repeated_once(desk):
    """Art. 6: the deal in its place is marked, and no part of the day's prices (R-10, R-19)."""
    name = failed_deal(desk)
    before = desk.state.listings[BOND].last_deal
    direct(desk, "FIRMA", Side.SELL, "00100", replaces=name)
    deal = one(direct(desk, "00100", Side.BUY, "FIRMA", replaces=name), Deal)
    assert (deal.method, deal.replaces, desk.state.listings[BOND].last_deal) == ("repeated", name, before)
    again = one(direct(desk, "FIRMA", Side.SELL, "00100", replaces=name), OrderRefused)
    assert (again.refusal.code, again.refusal.clause) == ("nothing_to_repeat", "art. 6")
    same_on_replay(desk)


def test_a_repetition_has_its_hours_and_its_terms(desk):
    """Art. 6: by its parties, on its terms, from the session's end to the control system's (R-19)."""
    name = failed_deal(desk)
    wrong = one(direct(desk, "FIRMA", Side.SELL, "00100", price="98.01", replaces=name), OrderRefused)
    assert wrong.refusal.code == "repeat_differs"
    assert one(direct(desk, "FIRMB", Side.SELL, "00100", replaces=name), OrderRefused).refusal.code == (
        "nothing_to_repeat"
    )
    waits = one(direct(desk, "FIRMA", Side.SELL, "00100", replaces=name), OrderAccepted).order
    (expired,) = (event for event in desk.to("18:15") if isinstance(event, OrderExpired))
    assert (expired.order.order_id, expired.clause) == (waits.order_id, "art. 6")
    late = one(direct(desk, "00100", Side.BUY, "FIRMA", replaces=name), OrderRefused)
    assert late.refusal.code == "repeat_not_allowed"
    same_on_replay(desk)


traffic = st.lists(
    st.tuples(
        st.sampled_from(["new", "new", "new", "cancel", "replace", "part"]),
        st.sampled_from(USERS),
        st.sampled_from(USERS),
        st.sampled_from(list(Side)),
        st.integers(1, 2),
        st.sampled_from(["98.00", "98.50"]),
        st.integers(0, 5),
    ),
    max_size=25,
)


def play(desk, script):
    """Let members address each other, change, withdraw and refuse whatever waits, one beside them trade in the open."""
    names = []
    for kind, user, other, side, quantity, price, which in script:
        if kind == "new":
            events = direct(desk, user, side, other, price, quantity)
            names += [event.order.order_id for event in events if isinstance(event, OrderAccepted)]
        elif names:
            order_id = names[which % len(names)]
            if kind == "cancel":
                desk.cancel(user, order_id)
            elif kind == "part":
                desk.cancel(user, order_id, quantity=1)
            else:
                desk.replace(user, order_id, price, quantity=quantity)


@settings(max_examples=100, deadline=None)
@given(traffic)
def test_laws_of_direct_deals(script):
    """Deals are between two who named each other, of one quantity and price; no book knows; a replay is the same."""
    desk = Desk(bonds())
    play(desk, script)
    events = [event for told in desk.told for event in told]
    assert not any(isinstance(event, OrderShown) for event in events)
    done = {}
    for deal in events:
        if isinstance(deal, Deal):
            buy, sell = deal.buy, deal.sell
            assert (buy.direct.counterparty, sell.direct.counterparty) == (sell.user, buy.user)
            assert buy.account != sell.account
            for state in (buy, sell):
                assert (state.quantity, state.filled, state.leaves, state.price) == (
                    deal.quantity,
                    deal.quantity,
                    0,
                    deal.price,
                )
                assert state.order_id not in done
                done[state.order_id] = deal.deal_id
    left = waiting(desk)
    assert all(order.pending is OrderStatus.PENDING_COUNTERPARTY and not order.filled for order in left)
    assert not {order.order_id for order in left} & set(done)
    assert {order.order_id for order in left} == set(desk.state.orders)
    same_on_replay(desk)


@settings(max_examples=60, deadline=None)
@given(traffic)
def test_no_two_orders_wait_for_each_other_in_vain(script):
    """Whatever is changed or lessened: two that agree, of two accounts, have met."""
    desk = Desk(bonds())
    play(desk, script)
    left = waiting(desk)
    for order in left:
        for other in left:
            assert not (
                order.side is Side.BUY
                and other.side is Side.SELL
                and (order.price, order.quantity) == (other.price, other.quantity)
                and (order.direct.counterparty, other.direct.counterparty) == (other.user, order.user)
                and order.account != other.account
            )
