"""The Frankfurt auction against an oracle that counts unit by unit (art. 7 p. 3; R-11, R-12)."""

import itertools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kase_fix.matching.book import Book
from kase_fix.matching.frankfurt import (
    Indication,
    allocate,
    crossing,
    indicative,
    own_cross,
    own_crosses,
    uncross,
)
from kase_fix.matching.order import Order
from kase_fix.messages.commands import NewOrder
from kase_fix.values.enums import OrderKind, Side
from tests.matching import frankfurt_oracle as oracle

BUY, SELL = Side.BUY, Side.SELL


def order(name, account, buy, price, quantity, display=None, entered=None):
    side = BUY if buy else SELL
    command = NewOrder("U", str(name), account, "X", side, OrderKind.LIMIT, quantity, price, display=display)
    return Order(f"N_{name}", command, "F", "B", name if entered is None else entered)


def book_of(orders, display=None):
    book = Book("X")
    for one in orders:
        book.add(order(*one, display=display))
    return book


def name_of(one):
    return int(one.order_id[2:])


def levels(orders, buy):
    sums = {}
    for _, _, side, price, quantity in orders:
        if side == buy:
            sums[price] = sums.get(price, 0) + quantity
    return sorted(sums.items(), reverse=buy)


def hold(book, reference=None):
    """Hold the auction and return its indication, its deals and the names withdrawn."""
    done, gone = [], []

    def withdraw(one):
        book.remove(one)
        gone.append(name_of(one))

    def met(buy, sell, quantity, price):
        done.append((name_of(buy), name_of(sell), quantity, price))

    return uncross(book, reference, met, withdraw), done, gone


def orders_of(accounts):
    one = st.tuples(st.sampled_from(accounts), st.booleans(), st.integers(-3, 12), st.integers(1, 6))
    return st.lists(one, max_size=14).map(lambda found: [(name, *rest) for name, rest in enumerate(found)])


references = st.one_of(st.none(), st.integers(-6, 15))


@settings(max_examples=2000, deadline=None)
@given(orders_of("A"), references)
def test_cut_off_price_is_the_one_the_oracle_finds(orders, reference):
    """R-11: over every price of every order; and no price at all, named or not, executes more."""
    found = indicative(levels(orders, True), levels(orders, False), reference)
    expected = oracle.cut_off(orders, reference)
    if expected is None:
        assert found is None
        return
    assert found is not None
    surplus = found.surplus if found.surplus_side is BUY else -found.surplus
    assert (found.price, found.volume, surplus) == expected
    assert (found.surplus == 0) == (found.surplus_side is None)
    assert all(min(oracle.executable(orders, price)) <= found.volume for price in range(-4, 14))


@settings(max_examples=600, deadline=None)
@given(orders_of("A"), references, st.sampled_from([None, 1, 2]))
def test_book_gives_the_same_as_its_levels_and_icebergs_count_whole(orders, reference, display):
    """R-12: hidden parts take part; only the levels that cross matter."""
    given_whole = indicative(levels(orders, True), levels(orders, False), reference)
    assert indicative(*crossing(book_of(orders, display)), reference) == given_whole


TWO_OWN = [(0, "A", True, 5, 3), (1, "A", False, 4, 3), (2, "B", False, 5, 2)]


@settings(max_examples=1000, deadline=None)
@given(orders_of("ABCD"), references, st.sampled_from([None, None, 1, 3]))
@example(TWO_OWN, None, None)
def test_auction_allocates_as_the_oracle_does(orders, reference, display):
    """R-12: the same deals in the same order, one price, and the rest of the book in its place and not crossed."""
    taking_part, kept_out = oracle.without_own_crosses(orders)
    expected = oracle.cut_off(taking_part, reference)
    book = book_of(orders, display)
    before = {name_of(one): one for one in book.orders()}
    queue = [name_of(one) for one in book.orders()]
    found, done, gone = hold(book, reference)
    assert gone == [one[0] for one in kept_out]
    if expected is None:
        assert found is None
        assert done == []
    else:
        assert found is not None
        assert found.price == expected[0]
        assert done == [(*deal, found.price) for deal in oracle.deals(taking_part, *expected[:2])]
    book._check()
    kept = [name for name in queue if name not in gone and before[name].leaves]
    assert [name_of(one) for one in book.orders()] == kept
    assert all(one.visible == one.shown_at_most for one in book.orders())


@settings(max_examples=1000, deadline=None)
@given(orders_of("ABCD"), references)
def test_auction_is_just(orders, reference):
    """R-12: bought = sold, a single price, no limit violated, nobody of higher priority left behind, no own deals."""
    book = book_of(orders)
    everyone = list(book.orders())  # by side, price, then time
    found, done, gone = hold(book, reference)
    taking_part = [one for one in everyone if name_of(one) not in gone]
    by_name = {name_of(one): one for one in everyone}
    volume = found.volume if found else 0
    for side in (BUY, SELL):
        assert sum(one.filled for one in taking_part if one.side is side) == volume
        ranked = [one for one in taking_part if one.side is side]
        for earlier, later in itertools.pairwise(ranked):
            assert later.filled == 0 or earlier.leaves == 0
    assert {price for *_, price in done} == ({found.price} if found else set())
    for buyer, seller, quantity, price in done:
        buy, sell = by_name[buyer], by_name[seller]
        assert quantity > 0
        assert sell.price <= price <= buy.price
        assert buy.account != sell.account
    for one in taking_part:
        assert one.filled + one.leaves == one.quantity
        assert one.value == one.filled * (found.price if found else 0)
    assert len(done) <= max(0, len([one for one in taking_part if one.filled]) - 1)


# -- each rule of R-11 with an example of its own; (price, size), best first --


def test_no_cross_gives_no_price():
    """R-12: no cross, no price; an empty side neither."""
    assert indicative([(99, 10)], [(100, 10)], 100) is None
    assert indicative([], [(100, 10)], 100) is None
    assert indicative([(100, 10)], [], 100) is None


def test_rule_1_largest_volume():
    """R-11 (1): 101 executes 30, 100 and 102 only 20."""
    bids, asks = [(102, 20), (101, 10)], [(100, 20), (101, 10)]
    assert indicative(bids, asks, 100) == Indication(101, 30, None, 0)


def test_rule_2_least_surplus():
    """R-11 (2): 20 at both; at 101 thirty want to buy, at 102 twenty-five."""
    assert indicative([(102, 25), (101, 5)], [(100, 20)], 100) == Indication(102, 20, BUY, 5)


def test_rule_3_surplus_on_the_buy_side_takes_the_highest():
    """R-11 (3): whatever the reference, the buyers' surplus of 10 drives the price up."""
    assert indicative([(103, 30)], [(100, 10), (101, 10)], 90) == Indication(103, 20, BUY, 10)


def test_rule_3_surplus_on_the_sell_side_takes_the_lowest():
    """R-11 (3): the sellers' surplus of 10 drives it down."""
    assert indicative([(103, 10), (102, 10)], [(100, 30)], 110) == Indication(100, 20, SELL, 10)


@pytest.mark.parametrize(("reference", "price"), [(90, 100), (101, 100), (102, 104), (103, 104), (120, 104)])
def test_rule_4_nearest_to_the_reference(reference, price):
    """R-11 (4) and (5): no surplus at either; the nearer wins, and of two equally near (102) the higher."""
    assert indicative([(104, 10)], [(100, 10)], reference) == Indication(price, 10, None, 0)


@pytest.mark.parametrize(("reference", "expected"), [(100, (100, BUY)), (104, (104, SELL)), (102, (104, SELL))])
def test_rule_4_surplus_on_different_sides(reference, expected):
    """R-11 (4): at 100 buyers, at 104 sellers have a surplus of 5: the reference decides, in the middle the higher."""
    found = indicative([(104, 10), (100, 5)], [(100, 10), (104, 5)], reference)
    assert found == Indication(expected[0], 10, expected[1], 5)


def test_rule_5_without_a_reference_the_higher():
    """R-11 (5): an instrument that never traded has no reference."""
    assert indicative([(104, 10)], [(100, 10)], None) == Indication(104, 10, None, 0)


def test_allocation_goes_by_price_then_time():
    """R-12: 103 before 102, and at 102 the earlier; the last of them is left with its rest, in its place."""
    book = book_of(
        [
            (1, "A", True, 102, 10),
            (2, "B", True, 102, 10),
            (3, "C", True, 103, 5),
            (4, "D", False, 100, 8),
            (5, "E", False, 101, 10),
        ]
    )
    found, done, _ = hold(book, 100)
    assert found == Indication(102, 18, BUY, 7)
    assert done == [(3, 4, 5, 102), (1, 4, 3, 102), (1, 5, 7, 102), (2, 5, 3, 102)]
    assert [(name_of(one), one.leaves) for one in book.orders()] == [(2, 7)]


def test_allocation_alone_changes_nothing():
    """R-12: what would be done can be looked at while standby goes on."""
    book = book_of([(1, "A", True, 102, 10), (2, "B", False, 100, 4)])
    found = indicative(*crossing(book), 100)
    fills = allocate(book, found)
    assert [(name_of(buy), name_of(sell), quantity) for buy, sell, quantity in fills] == [(1, 2, 4)]
    assert [one.leaves for one in book.orders()] == [10, 4]


def test_iceberg_takes_part_whole_and_keeps_its_place():
    """R-12: 25 of 30 although 10 were on show; the rest shows 5, before the later order of its price."""
    book = Book("X")
    book.add(order(1, "A", False, 100, 30, display=10))
    book.add(order(2, "B", False, 100, 10))
    book.add(order(3, "C", True, 100, 25))
    found, done, _ = hold(book, 100)
    assert found == Indication(100, 25, SELL, 15)
    assert done == [(3, 1, 25, 100)]
    assert [(name_of(one), one.leaves, one.visible) for one in book.orders()] == [(1, 5, 5), (2, 10, 10)]
    book._check()


# -- orders of one account --


def test_own_cross_is_seen_at_entry():
    """Self-trade: an order that would cross its account's own is found out before it enters (43)."""
    book = book_of([(1, "A", False, 100, 10), (2, "B", False, 102, 10)])
    assert name_of(own_cross(book, order(3, "B", True, 103, 5))) == 2
    assert name_of(own_cross(book, order(3, "A", True, 100, 5))) == 1
    assert own_cross(book, order(3, "B", True, 101, 5)) is None
    assert own_cross(book, order(3, "C", True, 103, 5)) is None
    assert own_cross(book, order(3, "A", False, 90, 5)) is None


def test_later_of_two_own_orders_has_no_part():
    """Self-trade: the later of the pair goes before the price is found; the earlier trades with the others."""
    book = book_of([(1, "A", True, 105, 10), (2, "A", False, 100, 10), (3, "B", False, 104, 10)])
    assert [name_of(one) for one in own_crosses(book)] == [2]
    found, done, gone = hold(book, 104)
    assert (found.price, done, gone) == (104, [(1, 3, 10, 104)], [2])


def test_own_orders_that_do_not_cross_both_stay():
    """Self-trade: quoting both sides is no self-trade."""
    book = book_of([(1, "A", True, 99, 10), (2, "A", False, 101, 10), (3, "B", True, 101, 10), (4, "C", False, 99, 10)])
    assert own_crosses(book) == []


def test_entry_at_one_instant_goes_by_number():
    """Self-trade: preliminary orders formed at 11:05:00 have one time; their numbers tell the later, 10 after 9."""
    book = Book("X")
    book.add(order(10, "A", True, 105, 10, entered=0))
    book.add(order(9, "A", False, 100, 10, entered=0))
    assert [name_of(one) for one in own_crosses(book)] == [10]
