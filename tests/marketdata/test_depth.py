"""The book as the public sees it, against the plainest possible model of it."""

from hypothesis import given
from hypothesis import strategies as st

from kase_fix.marketdata.depth import Change, Depth, Level, Resting, difference, order_difference
from kase_fix.messages.order_events import OrderShown
from kase_fix.values.enums import Side

SHOWN = st.builds(
    OrderShown,
    order_id=st.sampled_from([f"NF_{number}" for number in range(12)]),
    symbol=st.just("EURKZT_TOM"),
    side=st.sampled_from(Side),
    price=st.integers(-4, 4),
    visible=st.integers(0, 3).map(lambda count: count * 1000),
)


def added_up(shown: dict[str, OrderShown], side: Side) -> list[Level]:
    prices = sorted({one.price for one in shown.values() if one.side == side}, reverse=side is Side.BUY)
    levels = []
    for price in prices:
        here = [one.visible for one in shown.values() if one.side == side and one.price == price]
        levels.append(Level(price, sum(here), len(here)))
    return levels


@given(st.lists(SHOWN, max_size=60), st.integers(1, 5))
def test_levels_are_the_orders_added_up_best_first_after_every_event(events: list[OrderShown], count: int):
    depth, shown = Depth(), {}
    for event in events:
        depth.apply(event)
        shown[event.order_id] = event
        if not event.visible:
            del shown[event.order_id]
        for side in Side:
            expected = added_up(shown, side)
            assert depth.best(side, count) == tuple(expected[:count])
            assert depth.levels(side) == len(expected)
    for side in Side:
        assert depth.best(side) == tuple(added_up(shown, side))
    assert depth.orders == len(shown)


def test_what_happens_behind_the_levels_asked_for_leaves_the_answer_as_it_was():
    depth = Depth()
    for number in range(5):
        depth.apply(OrderShown(f"NF_{number}", "EURKZT_TOM", Side.BUY, 100 - number, 1000))
    answer = depth.best(Side.BUY, 3)
    depth.apply(OrderShown("NF_9", "EURKZT_TOM", Side.BUY, 90, 1000))
    assert depth.best(Side.BUY, 3) is answer
    depth.apply(OrderShown("NF_2", "EURKZT_TOM", Side.BUY, 98, 0))
    assert depth.best(Side.BUY, 3) == (Level(100, 1000, 1), Level(99, 1000, 1), Level(97, 1000, 1))


LEVELS = st.dictionaries(st.integers(1, 9), st.tuples(st.integers(1, 3), st.integers(1, 2)), max_size=5).map(
    lambda side: [Level(price, *side[price]) for price in sorted(side)]
)


def applied(before: list[Level], changes: list[Change], greatest: int) -> list[Level]:
    """Do as a member's book does, strictly: a change needs its level, a new one a free place, by price and by 290."""
    book = {level.price: level for level in before}
    by_position = list(before)
    for action, level, position in changes:
        if action == "delete":
            assert book.pop(level.price) == level == by_position.pop(position - 1)
        elif action == "change":
            assert book[level.price] != level
            assert by_position[position - 1].price == level.price
            book[level.price] = by_position[position - 1] = level
        else:
            assert level.price not in book
            book[level.price] = level
            by_position.insert(position - 1, level)
        assert len(book) <= greatest
    assert by_position == [book[price] for price in sorted(book)]
    return by_position


@given(LEVELS, LEVELS)
def test_a_difference_turns_one_list_into_the_other_and_never_overfills_it(before: list[Level], after: list[Level]):
    changes = difference(before, after)
    assert applied(before, changes, max(len(before), len(after))) == after
    assert (not changes) == (before == after)


@given(st.lists(SHOWN, max_size=40), st.integers(0, 40), st.integers(1, 3))
def test_orders_are_those_of_the_best_levels_whenever_somebody_begins_to_look(events, looked, count):
    depth, shown = Depth(), {}
    told: dict[Side, dict[tuple[str, int], int]] = {side: {} for side in Side}
    view: dict[Side, tuple[Resting, ...]] = dict.fromkeys(Side, ())
    for number, event in enumerate(events):
        depth.apply(event)
        shown[event.order_id] = event
        if number < looked:
            continue
        for side in Side:
            prices = [level.price for level in added_up({k: v for k, v in shown.items() if v.visible}, side)][:count]
            now = depth.resting(side, count)
            assert {one.order_id: (one.price, one.quantity) for one in now} == {
                one.order_id: (one.price, one.visible)
                for one in shown.values()
                if one.visible and one.side == side and one.price in prices
            }
            for action, order in order_difference(view[side], now):
                assert (order[:2] in told[side]) == (action != "new")
                if action == "delete":
                    del told[side][order[:2]]
                else:
                    told[side][order[:2]] = order.quantity
            view[side] = now
            assert told[side] == {order[:2]: order.quantity for order in now}
