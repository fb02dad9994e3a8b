"""The laws of the engine under the traffic of a fixing: determinism, atomicity, conservation (R-17)."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kase_fix.engine.phases import fixing_rounds
from kase_fix.engine.snapshot import Mark, dump
from kase_fix.messages.auction_events import FixingEnded, FixingSurplus
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.events import CommandFailed
from kase_fix.messages.order_events import OrderAccepted, OrderCancelled
from kase_fix.values.enums import OrderStatus, Phase, Side
from tests.engine.desk import EUR, same_on_replay
from tests.engine.makler import Makler

USERS = ("FIRMA", "FIRMB", "FIRMC", "00100")
traffic = st.lists(
    st.tuples(
        st.sampled_from(["order", "order", "order", "order", "cancel", "replace", "call", "announce", "end", "again"]),
        st.sampled_from(USERS),
        st.sampled_from(list(Side)),
        st.integers(0, 6),
        st.integers(0, 2),
    ),
    max_size=40,
)


def play(desk, script):
    """Let members and makler do what a script says; many a step is refused."""
    living: list[tuple[str, str]] = []
    for what, user, side, lots, step in script:
        price = f"45{step}.00"
        if what == "order":
            running = desk.state.fixings.get(desk.key)
            called = None if running is None else f"{running.present.price / 10**8:.2f}"
            events = desk.order(user, side, lots * 1000, called if lots % 3 else None)
            living += [(user, event.order.order_id) for event in events if isinstance(event, OrderAccepted)]
        elif what in ("cancel", "replace") and living:
            owner, order_id = living[lots % len(living)]
            if what == "replace":
                desk.replace(owner, order_id, quantity=(lots + 1) * 1000)
            else:
                desk.cancel(owner, order_id, quantity=step * 1000 or None)
        elif what == "call":
            desk.call(price)
        elif what == "announce":
            desk.announce()
        elif what == "end" and lots == 0:
            desk.end()
        elif what == "again":
            desk.fixing(price, until=dt.time(12, 30))


def begun():
    desk = Makler(to="12:00")
    desk.key = f"{EUR}@FX_TOM"
    desk.fixing("450.00", until=dt.time(12, 30))
    return desk


@settings(max_examples=80, deadline=None)
@given(traffic)
def test_replay_gives_the_same_and_nobody_is_forgotten(script):
    """Laws 1 and 4: events and state are the same again; at the end every order sent is over, dealt or cancelled."""
    desk = begun()
    play(desk, script)
    assert dump(Mark(desk.state).restore()) == dump(desk.state)
    desk.to("12:31")
    assert desk.engine.failures == 0
    assert desk.phase(EUR) is Phase.CONTINUOUS
    assert desk.living() == []
    assert not any(order.apart for order in desk.state.orders.values())
    same_on_replay(desk)


@settings(max_examples=80, deadline=None)
@given(traffic)
def test_conservation_price_and_surplus(script):
    """R-17: what is bought is sold, at a called price; once announced a surplus never grows; all deals are told."""
    desk = begun()
    play(desk, script)
    desk.to("12:31")
    surplus = None
    filled: dict[str, int] = {}
    for events in desk.told:
        volume = 0
        for event in events:
            if isinstance(event, FixingSurplus):
                now = event.round, abs(event.buy - event.sell)
                assert surplus is None or surplus[0] != now[0] or now[1] <= surplus[1]
                surplus = now
            elif isinstance(event, Deal) and event.method == "fixing":
                assert event.buy.account != event.sell.account
                volume += event.quantity
                for state in (event.buy, event.sell):
                    assert state.price in (None, event.price)
                    filled[state.order_id] = filled.get(state.order_id, 0) + event.quantity
                    assert state.filled == filled[state.order_id] <= state.quantity
            elif isinstance(event, FixingEnded):
                assert event.volume == volume
                assert (event.price is None) is (volume == 0)
                surplus = None
            elif isinstance(event, OrderCancelled) and event.reason == "not_fixed":
                assert event.order.status is OrderStatus.CANCELLED
                assert event.order.filled == filled.get(event.order.order_id, 0) < event.order.quantity


@pytest.mark.no_twin
@settings(max_examples=40, deadline=None)
@given(traffic, st.sampled_from(["_leave", "_tell_surplus", "allocate", "standing"]))
def test_a_defect_leaves_the_state_as_it_was(script, place):
    """Law 4: wherever the end of a fixing breaks."""
    desk = begun()
    play(desk, script)
    if desk.key not in desk.state.fixings:
        desk.fixing("450.00")
    genuine = getattr(fixing_rounds, place)
    planted: list[None] = []

    def broken(*arguments, **named):
        if planted:
            planted.clear()
            genuine(*arguments, **named)
            raise ArithmeticError("planted")
        return genuine(*arguments, **named)  # commands before it, applied again

    setattr(fixing_rounds, place, broken)
    try:
        for step in (desk.announce, desk.end):
            before = dump(desk.state)
            planted.append(None)
            if isinstance(step()[0], CommandFailed):
                assert dump(desk.state) == before
    finally:
        setattr(fixing_rounds, place, genuine)
    desk.to("12:31")
    assert desk.living() == []
