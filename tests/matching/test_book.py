"""The book and the continuous auction against a naive oracle (art. 7 p. 1)."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kase_fix.matching.book import Book
from kase_fix.matching.continuous import Stopped, fillable, match, worst_price
from kase_fix.matching.order import Order
from kase_fix.messages.commands import NewOrder
from kase_fix.values.enums import OrderKind, OrderStatus, Side
from tests.matching.oracle import NaiveBook


def order(name, account="A", side=Side.BUY, price=100, quantity=10, display=None):
    kind = OrderKind.MARKET if price is None else OrderKind.LIMIT
    command = NewOrder("U", str(name), account, "X", side, kind, quantity, price, display=display)
    return Order(f"N_{name}", command, "F", "B", 0)


class Venue:
    """The real book, driven with the oracle's words."""

    def __init__(self):
        self.book = Book("X")
        self.orders = {}
        self.deals = []

    def enter(self, name, account, buy, price, quantity, display=None):
        incoming = order(name, account, Side.BUY if buy else Side.SELL, price, quantity, display)

        def met(one, other, traded, at):
            self.deals.append((int(one.order_id[2:]), int(other.order_id[2:]), traded, at))
            if other.leaves == 0:
                del self.orders[int(other.order_id[2:])]

        stopped = match(self.book, incoming, met) is Stopped.OWN_ORDER
        if incoming.leaves and not stopped and price is not None:
            self.book.add(incoming)
            self.orders[name] = incoming
        return incoming.leaves, stopped

    def queue(self):
        return [(int(o.order_id[2:]), o.leaves, o.visible) for o in self.book.orders()]


steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("enter"),
            st.sampled_from("ABC"),
            st.booleans(),
            st.one_of(st.none(), st.integers(95, 105)),
            st.integers(1, 40),
            st.one_of(st.none(), st.none(), st.integers(1, 10)),
        ),
        st.tuples(st.just("cancel"), st.integers(0, 1000)),
        st.tuples(st.just("shrink"), st.integers(0, 1000), st.integers(1, 40)),
        st.tuples(st.just("fillable"), st.sampled_from("ABC"), st.booleans(), st.integers(95, 105), st.integers(1, 90)),
    ),
    max_size=60,
)


@settings(max_examples=400, deadline=None)
@given(steps)
def test_book_does_what_the_naive_book_does(script):
    """art. 7 p. 1: the same deals, in the same order, at the same prices, and the same queue afterwards."""
    naive, venue = NaiveBook(), Venue()
    for name, step in enumerate(script):
        living = [queued for queued, _, _ in naive.queue()]
        if step[0] == "enter":
            _, account, buy, price, quantity, display = step
            display = None if price is None or display is None else min(display, quantity)
            left = naive.enter(name, account, buy, price, quantity, display)
            assert venue.enter(name, account, buy, price, quantity, display) == left
        elif step[0] == "fillable":
            _, account, buy, price, quantity = step
            probe = order(name, account, Side.BUY if buy else Side.SELL, price, quantity)
            assert fillable(venue.book, probe) == naive.fillable(account, buy, price, quantity)
        elif living:
            chosen = living[step[1] % len(living)]
            found = venue.orders[chosen]
            if step[0] == "cancel":
                naive.cancel(chosen)
                venue.book.remove(venue.orders.pop(chosen))
            elif step[2] <= found.leaves:
                naive.shrink(chosen, step[2])
                venue.book.shrink(found, step[2])
        venue.book._check()
        assert venue.queue() == naive.queue()
    assert venue.deals == naive.deals


@settings(max_examples=200, deadline=None)
@given(steps)
def test_nothing_is_made_or_lost_in_matching(script):
    """art. 7 p. 1: what was entered is in deals, in the book, cancelled or left over; both sides of a deal agree."""
    venue, entered, gone = Venue(), 0, 0
    for name, step in enumerate(script):
        if step[0] == "enter":
            left, stopped = venue.enter(name, *step[1:5], None)
            entered += step[4]
            gone += left if stopped or step[3] is None else 0
        elif step[0] == "cancel" and venue.orders:
            found = venue.orders.pop(sorted(venue.orders)[step[1] % len(venue.orders)])
            gone += found.leaves
            venue.book.remove(found)
    traded = sum(quantity for _, _, quantity, _ in venue.deals)
    assert entered == 2 * traded + gone + sum(leaves for _, leaves, _ in venue.queue())


def test_deal_is_done_at_the_resting_price():
    """art. 7 p. 1: the aggressor gets the earlier order's price, better than its own."""
    venue = Venue()
    venue.enter(1, "A", False, 100, 10)
    venue.enter(2, "B", True, 105, 10)
    assert venue.deals == [(2, 1, 10, 100)]


def test_iceberg_shows_slice_by_slice_and_queues_anew():
    """MaxFloor(111): after its slice is taken the next one waits behind the others of the price."""
    venue = Venue()
    venue.enter(1, "A", False, 100, 30, display=10)
    venue.enter(2, "B", False, 100, 10)
    venue.enter(3, "C", True, 100, 25)
    assert venue.deals == [(3, 1, 10, 100), (3, 2, 10, 100), (3, 1, 5, 100)]
    assert venue.queue() == [(1, 15, 5)]


def test_own_account_stops_matching():
    """Self-trade: what stands before the own order trades, the rest does not pass it."""
    venue = Venue()
    venue.enter(1, "A", False, 100, 10)
    venue.enter(2, "B", False, 101, 10)
    assert venue.enter(3, "B", True, 102, 30) == (20, True)
    assert venue.deals == [(3, 1, 10, 100)]


def test_worst_price_is_the_last_level_reached():
    """R-8: a market order is judged at the worst price it would trade at; an empty side gives none."""
    venue = Venue()
    assert worst_price(venue.book, Side.BUY, 10, "C") is None
    for price in (100, 101, 102):
        venue.enter(price, "A", False, price, 10)
    assert worst_price(venue.book, Side.BUY, 10, "C") == 100
    assert worst_price(venue.book, Side.BUY, 11, "C") == 101
    assert worst_price(venue.book, Side.BUY, 1000, "C") == 102


def test_average_is_exact():
    """AvgPx(6): rounded once, from the exact sum."""
    one = order(1, quantity=30)
    one.fill(10, 100)
    one.fill(20, 101)
    assert one.state().average == 101
    assert one.state().status is OrderStatus.FILLED
