"""The laws of the engine: determinism, atomicity, conservation."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kase_fix.engine import engine as engine_module
from kase_fix.engine import orders
from kase_fix.engine.engine import Engine
from kase_fix.messages.commands import NewOrder
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.events import CommandFailed
from kase_fix.messages.order_events import OrderAccepted
from kase_fix.values.enums import Side, TimeInForce
from tests.engine.market import MarketInTest, words

traffic = st.lists(
    st.tuples(
        st.sampled_from(["new", "new", "new", "cancel", "replace"]),
        st.sampled_from(["FIRMA", "FIRMB", "00100"]),
        st.sampled_from(list(Side)),
        st.integers(0, 6),
        st.one_of(st.none(), st.integers(-3, 3)),
        st.sampled_from([TimeInForce.DAY, TimeInForce.DAY, TimeInForce.IOC, TimeInForce.FOK]),
        st.sampled_from([None, None, 1000]),
    ),
    max_size=40,
)


def play(market, script):
    living = []
    for kind, user, side, lots, steps, tif, display in script:
        price = None if steps is None else (45000 + steps) * 10**6
        if kind == "new":
            events = market.order(user, side, lots * 1000, price, tif=tif, display=display)
            living += [event.order.order_id for event in events if isinstance(event, OrderAccepted)]
        elif living:
            order_id = living[lots % len(living)]
            if kind == "cancel":
                market.cancel(user, order_id)
            else:
                market.replace(user, order_id, price, quantity=lots * 1000)


@settings(max_examples=150, deadline=None)
@given(traffic)
def test_replay_gives_the_same_events_and_state(script):
    """Law 1: the same commands in a second engine bring about the same events and the same state hash."""
    market = MarketInTest()
    play(market, script)
    again = Engine()
    assert [again.apply(command) for command in market.commands] == market.told
    assert again.hash() == market.engine.hash()


@pytest.mark.no_twin
@settings(max_examples=100, deadline=None)
@given(traffic, st.integers(0, 30), st.sampled_from(["match", "fill", "add", "remove", "end", "use"]))
def test_a_defect_leaves_the_state_as_it_was(script, nth, place):
    """Law 4: an exception anywhere in a command gives `CommandFailed` and the state before it."""
    market = MarketInTest()
    play(market, script)
    before = market.engine.hash()
    count = itertools.count()

    def wrap(function):
        def failing(*arguments, **more):
            if next(count) == nth % 4:
                raise ArithmeticError("planted")
            return function(*arguments, **more)

        return failing

    from kase_fix.engine import state
    from kase_fix.engine.phases import continuous
    from kase_fix.matching import book

    owner = {"match": continuous, "end": state.Names, "use": state.Names}.get(place, book.Book)
    genuine = getattr(owner, place)
    setattr(owner, place, wrap(genuine))
    try:
        number = len(market.commands)
        events = market.order("FIRMC", Side.BUY, 30_000, "450.03")
    finally:
        setattr(owner, place, genuine)
    if events and isinstance(events[0], CommandFailed):
        assert market.engine.hash() == before
        assert events == [
            CommandFailed("ArithmeticError", "FIRMC", market.commands[number].command.cl_ord_id, "new_order")
        ]
    assert words(market.order("FIRMC", Side.SELL, 1000, "450.03"))[0] == "OrderAccepted"


def test_failure_is_the_same_on_replay(monkeypatch):
    """Law 4: a command that fails fails again, and what follows it is the same."""
    genuine = orders.enter

    def unlucky(turn, market, command):
        genuine(turn, market, command)
        if command.cl_ord_id == "bad":
            raise ZeroDivisionError

    from kase_fix.engine import engine

    monkeypatch.setitem(engine.HANDLERS, NewOrder, engine._with_market(unlucky))
    market = MarketInTest()
    market.sell("FIRMB", 2000, "450.00")
    assert words(market.buy("FIRMA", 1000, "450.00", name="bad")) == ["CommandFailed"]
    assert words(market.buy("FIRMA", 1000, "450.00", name="good")) == ["OrderAccepted", "Deal"]
    again = Engine()
    assert [again.apply(command) for command in market.commands] == market.told
    assert again.hash() == market.engine.hash()
    assert again.failures == 1


@settings(max_examples=100, deadline=None)
@given(traffic)
def test_what_is_bought_is_sold(script):
    """Conservation: every deal has two sides of one quantity; an order's deals sum to what it is filled."""
    market = MarketInTest()
    play(market, script)
    filled: dict[str, int] = {}
    last: dict[str, int] = {}
    for events in market.told:
        for deal in events:
            if isinstance(deal, Deal):
                assert deal.buy.side is Side.BUY
                assert deal.sell.side is Side.SELL
                assert deal.buy.account != deal.sell.account
                for state in (deal.buy, deal.sell):
                    filled[state.order_id] = filled.get(state.order_id, 0) + deal.quantity
                    last[state.order_id] = state.filled
                    assert state.price is None or (
                        deal.price <= state.price if state.side is Side.BUY else deal.price >= state.price
                    )
    assert filled == last


def test_without_memory_a_command_has_no_result(monkeypatch):
    """Law 4: a defect is the same on every replay; that there was no memory is not, and no result may be proven."""
    market = MarketInTest()
    sequenced = market.commands[-1]

    def no_room(*_):
        raise MemoryError

    monkeypatch.setattr(engine_module, "_carry_out", no_room)
    with pytest.raises(MemoryError):
        market.engine.apply(sequenced)
    assert market.engine.failures == 0
