"""The arithmetic of a fixing's rounds (R-17), against one who counts unit by unit (art. 11 p. 9 par. 2)."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kase_fix.matching.fixing import Fixing, Round, Standing, allocate, best, is_fixed, standing
from kase_fix.matching.order import Order
from kase_fix.messages.commands import NewOrder
from kase_fix.values.enums import OrderKind, Side
from tests.matching import fixing_oracle as oracle

sizes = st.lists(st.tuples(st.booleans(), st.integers(1, 6)), max_size=12)


def order(name, buy, quantity, priority):
    side = Side.BUY if buy else Side.SELL
    command = NewOrder("U", name, f"A{name}", "X", side, OrderKind.LIMIT, quantity, 10)
    made = Order(name, command, "F", "B", 1)
    made.priority = priority
    return made


def orders_of(terms):
    return [order(f"o{number}", *one, number) for number, one in enumerate(terms)]


def plain(orders):
    return [(one.order_id, one.side is Side.BUY, one.leaves) for one in orders]


@given(sizes, st.randoms(use_true_random=False))
def test_deals_are_those_of_the_pencil(terms, random):
    """Art. 11 p. 9 par. 2; By time on both sides; the order in which a round knows its orders does not matter."""
    orders = orders_of(terms)
    shuffled = orders.copy()
    random.shuffle(shuffled)
    found = [(fill.buy.order_id, fill.sell.order_id, fill.quantity) for fill in allocate(shuffled)]
    assert found == oracle.pairs(plain(orders))


@given(sizes)
def test_what_is_bought_is_sold_and_no_order_gets_too_much(terms):
    """Conservation: the short side is filled, the surplus side by time, its last orders not at all."""
    orders = orders_of(terms)
    got = dict.fromkeys((one.order_id for one in orders), 0)
    for buy, sell, quantity in allocate(orders):
        assert quantity > 0
        assert (buy.side, sell.side) == (Side.BUY, Side.SELL)
        for one in (buy, sell):
            got[one.order_id] += quantity
    now = standing(orders)
    for side in Side:
        filled = [got[one.order_id] for one in orders if one.side is side]
        full = [one.leaves for one in orders if one.side is side]
        assert sum(filled) == now.volume
        assert all(a <= b for a, b in zip(filled, full, strict=True))
        behind = list(itertools.dropwhile(lambda pair: pair[0] == pair[1], zip(filled, full, strict=True)))
        assert all(got_by == 0 for got_by, _ in behind[1:])  # only one is filled in part, nobody behind it


@given(sizes)
def test_volume_and_surplus(terms):
    orders = orders_of(terms)
    now = standing(orders)
    assert (now.volume, now.surplus) == (oracle.dealt_in(plain(orders)), oracle.left_over(plain(orders)))
    assert (now.surplus == 0) is (now.surplus_side is None)


@given(st.lists(sizes, max_size=6))
def test_the_time_out_executes_the_best_round(rounds):
    """Art. 11 p. 9 par. 2; Largest matched volume, then least surplus, then the later round."""
    made = [orders_of(terms) for terms in rounds]
    assert best([standing(one) for one in made]) == oracle.executed([plain(one) for one in made])


@pytest.mark.parametrize(
    ("buy", "sell", "fixed"),
    [(5, 5, True), (5, 4, True), (4, 5, True), (7, 5, False), (5, 7, False), (0, 0, False), (1, 0, False)],
)
def test_price_is_fixed_below_one_lot(buy, sell, fixed):
    """R-17: something is matched, and the surplus is below a lot of 2."""
    assert is_fixed(Standing(buy, sell), 2) is fixed


def test_a_round_knows_its_orders_even_when_they_are_over():
    fixing = Fixing([Round(1, 10, {"a": None}), Round(2, 11, {"b": None})], None, True)
    assert fixing.round_of("a") is fixing.rounds[0]
    assert fixing.present.price == 11
    assert fixing.round_of("c") is None
