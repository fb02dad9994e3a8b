"""Quotes: replaced whole, withdrawn, refused entry by entry (R-161, R-162), and the same as orders one by one."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kase_fix.engine.engine import Engine
from kase_fix.messages.configuration import TradingLimits
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.fixing import OrderFixing
from kase_fix.messages.making import Liability
from kase_fix.messages.order_events import OrderAccepted, OrderCancelled, OrderReplaced
from kase_fix.messages.protection import MassCancel, Scope, UserLeft, WithdrawOrders
from kase_fix.messages.quotes import CancelQuotes, MassQuote, QuoteEntry, QuoteScope
from kase_fix.rulebook import refusals, refusals_of_making, refusals_of_protection, refusals_of_quotes
from kase_fix.values.enums import Side
from kase_fix.values.numbers import parse_price
from tests.engine.desk import BOND, DOLLAR, EUR, FX, Desk, same_on_replay, small
from tests.engine.market import words
from tests.engine.test_protection import with_users


def entry(symbol=EUR, bid="449.00", bid_size=2000, offer="451.00", offer_size=2000, name="1", board=""):
    bid, offer = (None if price is None else parse_price(price) for price in (bid, offer))
    return QuoteEntry("s", name, symbol, board, bid, bid_size, offer, offer_size)


def two_makers():
    return Desk(with_users(small(), FIRMC={"roles": ("market_maker",)}))


def quote(desk, *entries, user="FIRMA", name=None, account=None, **more):
    desk.names += 1
    entries = entries or (entry(),)
    return desk.send(MassQuote(user, name or f"q{desk.names}", account or f"F_{user}_0000", entries, **more))


def codes(events):
    return [result.refusal.code if result.refusal is not None else "" for result in events[-1].entries]


def prices(desk):
    return [(price, leaves) for user, price, leaves in desk.book(EUR) if user == "FIRMA"]


def test_a_quote_is_two_orders_of_its_name():
    desk = Desk()
    events = quote(desk)
    assert words(events) == ["OrderAccepted", "OrderAccepted", "MassQuoteAnswered"]
    orders = [event.order for event in events if isinstance(event, OrderAccepted)]
    assert {(one.quote_id, one.quote_entry, one.cl_ord_id, one.market_maker) for one in orders} == {
        ("q1", "1", "q1", False)
    }
    number = len(desk.commands)
    assert [one.order_id for one in orders] == [f"NF_{number}.1", f"NF_{number}.2"]
    assert codes(events) == [""]
    same_on_replay(desk)


def test_the_next_quote_replaces_it_and_what_shrinks_keeps_its_place():
    desk = Desk()
    quote(desk)
    desk.buy("FIRMB", 1000, "449.00")
    events = quote(desk, entry(bid_size=1000, offer="452.00"))
    assert words(events) == ["OrderReplaced", "OrderCancelled", "OrderAccepted", "MassQuoteAnswered"]
    assert desk.book(EUR) == [("FIRMA", 449.0, 1000), ("FIRMB", 449.0, 1000), ("FIRMA", 452.0, 2000)]
    quote(desk, entry(bid_size=2000, offer="452.00"))  # a greater size goes behind
    assert desk.book(EUR)[:2] == [("FIRMB", 449.0, 1000), ("FIRMA", 449.0, 2000)]
    same_on_replay(desk)


def test_the_size_is_what_is_open_whatever_was_dealt_before():
    desk = Desk()
    quote(desk)
    desk.sell("FIRMB", 1000, "449.00")
    events = quote(desk, entry(bid_size=1000))
    assert prices(desk) == [(449.0, 1000), (451.0, 2000)]
    assert [event.order.quote_id for event in events if isinstance(event, OrderReplaced)] == ["q3", "q3"]
    deal = next(event for event in desk.sell("FIRMB", 1000, "449.00") if isinstance(event, Deal))
    assert (deal.buy.quote_id, deal.buy.filled) == ("q3", 2000)
    quote(desk, entry(bid_size=2000))
    assert prices(desk)[0] == (449.0, 2000)


def test_a_size_of_zero_withdraws_a_side():
    desk = Desk()
    quote(desk)
    quote(desk, entry(bid=None, bid_size=0))
    assert prices(desk) == [(451.0, 2000)]
    quote(desk, entry(bid_size=0, offer_size=0))
    assert prices(desk) == []
    assert desk.state.quotes == {}


def test_a_quote_that_moves_through_itself_does_not_meet_itself():
    desk = Desk()
    quote(desk)
    quote(desk, entry(bid="452.00", offer="453.00"))
    assert prices(desk) == [(452.0, 2000), (453.0, 2000)]


def test_a_quote_takes_what_it_crosses():
    desk = Desk()
    desk.sell("FIRMB", 1000, "448.50")
    events = quote(desk)
    assert words(events) == ["OrderAccepted", "Deal", "OrderAccepted", "MassQuoteAnswered"]
    assert prices(desk) == [(449.0, 1000), (451.0, 2000)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"symbol": "NOSUCH"}, refusals.UNKNOWN_INSTRUMENT),
        ({"bid": "451.00"}, refusals_of_quotes.QUOTE_CROSSED),
        ({"bid": "449.001"}, refusals.PRICE_OFF_GRID),
        ({"bid": None}, refusals.PRICE_MISSING),
        ({"offer": "470.00"}, refusals.BEYOND_LIMIT),
        ({"offer_size": 1500}, refusals.NOT_IN_LOTS),
        ({"offer_size": -1000}, refusals.ZERO_QUANTITY),
        ({"board": "BONDS"}, refusals.WRONG_BOARD),
    ],
)
def test_a_refused_entry_leaves_the_quote_as_it_was_and_the_others_go_on(change, code):
    desk = Desk()
    quote(desk)
    before = prices(desk)
    events = quote(desk, entry(**change), entry(DOLLAR, "409.00", 5_000_000, "411.00", 5_000_000, "2"))
    assert codes(events) == [code, ""]
    assert prices(desk) == before
    assert len(desk.book(DOLLAR)) == 2
    same_on_replay(desk)


def test_who_is_no_market_maker_may_not_quote_but_withdraw():
    desk = Desk()
    assert codes(quote(desk, user="NBRK")) == [refusals_of_quotes.MAY_NOT_QUOTE]
    assert codes(quote(desk, entry(bid_size=0, offer_size=0), user="NBRK")) == [""]


LIABILITY = Liability(1, "FIRMA", EUR, FX, spread=parse_price("2.00"), quantity=2000)


def test_who_is_bound_quotes_as_a_market_maker():
    desk = Desk(msgspec.structs.replace(small(), makers=(LIABILITY,)))
    assert codes(quote(desk)) == [""]
    assert {order.market_maker for order in desk.state.orders.values()} == {True}
    assert codes(quote(desk, entry(bid="448.99"))) == [refusals_of_making.MAKER_SPREAD]
    assert codes(quote(desk, entry(bid_size=1000))) == [refusals_of_making.MAKER_QUANTITY]
    assert codes(quote(desk, entry(bid="452.00", offer="454.00"))) == [""]  # measured against what comes with it
    assert prices(desk) == [(452.0, 2000), (454.0, 2000)]


def test_a_bound_two_sided_order_is_measured_by_its_own_spread():
    desk = Desk(msgspec.structs.replace(small(), makers=(LIABILITY,)))
    terms = {"two_sided": True, "market_maker": True}
    refused = desk.buy("FIRMA", 2000, "449.00", spread=parse_price("2.01"), **terms)
    assert refused[0].refusal.code == refusals_of_making.MAKER_SPREAD
    assert len(desk.buy("FIRMA", 2000, "449.00", spread=parse_price("2.00"), **terms)) == 4


def test_another_ones_account():
    assert codes(quote(Desk(), account="F_FIRMB_0000")) == [refusals.NO_RIGHT_ON_ACCOUNT]


def test_too_many_entries_are_refused_as_a_whole():
    desk = Desk(msgspec.structs.replace(small(), greatest_quote_entries=2))
    (answer,) = quote(desk, *(entry(name=str(n)) for n in range(3)))
    assert answer.refusal.code == refusals_of_quotes.TOO_MANY_ENTRIES
    assert codes(quote(desk, *(entry(name=str(n)) for n in range(2)))) == ["", ""]
    assert len(prices(desk)) == 2


def test_a_name_is_used_once_and_a_resent_quote_is_not_carried_out_again():
    desk = Desk()
    quote(desk, name="x")
    (answer,) = quote(desk, name="x")
    assert answer.refusal.code == refusals.DUPLICATE_ORDER
    desk.sell("FIRMB", 2000, "449.00")
    (answer,) = quote(desk, name="x", poss_resend=True)
    assert answer.repeated
    assert prices(desk) == [(451.0, 2000)]


def test_quotes_are_withdrawn_by_instrument_board_or_all():
    desk = two_makers()
    quotes = entry(), entry(DOLLAR, "409.00", 5_000_000, "411.00", 5_000_000)
    quote(desk, *quotes)
    desk.buy("FIRMA", 1000, "440.00")
    quote(desk, user="FIRMC")
    answer = desk.send(CancelQuotes("FIRMA", "z", QuoteScope.INSTRUMENTS, (EUR,)))[-1]
    assert (answer.withdrawn, answer.refusal) == (2, None)
    assert desk.book(EUR) == [("FIRMC", 449.0, 2000), ("FIRMA", 440.0, 1000), ("FIRMC", 451.0, 2000)]
    assert desk.send(CancelQuotes("FIRMA", "z", QuoteScope.ALL, board="BONDS"))[-1].withdrawn == 0
    assert desk.send(CancelQuotes("FIRMA", "z", QuoteScope.ALL, board=FX))[-1].withdrawn == 2
    assert desk.send(CancelQuotes("FIRMA", "z", QuoteScope.INSTRUMENTS, ("NO",)))[-1].refusal is not None
    same_on_replay(desk)


def test_quotes_go_with_mass_cancels_absences_and_the_exchanges_withdrawal():
    for bring in (
        lambda desk: desk.send(MassCancel("FIRMA", "m", Scope.ALL)),
        lambda desk: desk.send(UserLeft("FIRMA", "x")) and desk.to("12:01"),
        lambda desk: desk.decide(WithdrawOrders, "FIRMA", "", (), (), actor="makler"),
    ):
        desk = Desk()
        quote(desk)
        bring(desk)
        assert prices(desk) == []
        assert desk.state.quotes == {}


def test_limits_of_the_user_count_what_comes_and_not_what_goes():
    desk = Desk(with_users(small(), FIRMA={"limits": TradingLimits(orders=2)}))
    assert codes(quote(desk)) == [""]
    assert codes(quote(desk, entry(bid="448.00", offer="452.00"))) == [""]
    desk.send(CancelQuotes("FIRMA", "z", QuoteScope.ALL))
    desk.buy("FIRMA", 1000, "440.00")
    assert codes(quote(desk)) == [refusals_of_protection.USER_ORDERS]
    assert prices(desk) == [(440.0, 1000)]


def test_in_fixing_a_quote_is_only_withdrawn():
    desk = Desk()
    quote(desk)
    desk.decide(OrderFixing, EUR, FX, parse_price("450"), None)
    assert codes(quote(desk, entry(bid="450.00", offer="450.01"))) == [refusals.KIND_NOT_ENABLED]
    assert codes(quote(desk, entry(bid_size=0, offer_size=0))) == [""]
    assert desk.book(EUR) == []


def test_quotes_live_as_long_as_their_session():
    desk = Desk()
    quote(desk, entry(BOND, "89.00", 1000, "91.00", 1000))
    desk.to("17:00")
    assert desk.state.quotes == {}
    assert codes(quote(desk)) == [refusals.SESSION_CLOSED]


def test_the_state_written_down_is_the_state():
    desk = two_makers()
    quote(desk)
    quote(desk, user="FIRMC")
    desk.engine.state = desk.engine.take_mark().restore()
    assert len(desk.state.quotes) == 2
    quote(desk, entry(bid="448.00"))
    assert prices(desk) == [(448.0, 2000), (451.0, 2000)]


def one_by_one(desk, user, terms):
    """What a mass quote's entry is, in orders: lessen what stays, cancel what goes, enter what comes."""
    standing = {order.side: order for order in desk.state.orders.values() if order.user == user}
    going, coming = [], []
    for side, (price, size) in terms.items():
        order = standing.get(side)
        if order is not None and order.price == price and 0 < size <= order.leaves:
            if size < order.leaves:
                desk.replace(user, order.order_id, quantity=order.filled + size)
            continue
        going += [order] if order is not None else []
        coming += [(side, price, size)] if size else []
    for order in going:
        desk.cancel(user, order.order_id)
    for side, price, size in coming:
        desk.order(user, side, size, f"{price / 10**8:.2f}")


steps = st.lists(
    st.tuples(
        st.sampled_from(["FIRMA", "FIRMC"]),
        st.integers(44990, 45010),
        st.integers(1, 5),
        st.integers(0, 4),
        st.integers(0, 4),
    ),
    max_size=25,
)


@settings(max_examples=120, deadline=None)
@given(steps)
def test_mass_quotes_do_to_the_book_what_single_orders_do(script):
    quoting, single = two_makers(), two_makers()
    for user, cents, spread, bids, offers in script:
        bid, offer = cents * 10**6, (cents + spread) * 10**6
        events = quote(quoting, QuoteEntry("s", "1", EUR, "", bid, bids * 1000, offer, offers * 1000), user=user)
        assert codes(events) == [""]
        one_by_one(single, user, {Side.BUY: (bid, bids * 1000), Side.SELL: (offer, offers * 1000)})
        assert quoting.book(EUR) == single.book(EUR)
    found = [
        [(deal.price, deal.quantity, deal.buy.user, deal.sell.user, deal.aggressor) for deal in deals_of(desk)]
        for desk in (quoting, single)
    ]
    assert found[0] == found[1]
    same_on_replay(quoting)
    assert all(len(sides) <= 2 for sides in quoting.state.quotes.values())


def deals_of(desk):
    return [event for events in desk.told for event in events if isinstance(event, Deal)]


@settings(max_examples=25, deadline=None)
@given(steps, st.integers(0, 25))
def test_a_state_written_down_anywhere_goes_on_the_same(script, place):
    desk, again = two_makers(), Engine()
    for user, cents, spread, bids, offers in script:
        bid, offer = cents * 10**6, (cents + spread) * 10**6
        quote(desk, QuoteEntry("s", "1", EUR, "", bid, bids * 1000, offer, offers * 1000), user=user)
    for count, command in enumerate(desk.commands):
        if count == len(desk.commands) - place:
            again.state = again.take_mark().restore()
        assert again.apply(command) == desk.told[count]
    assert again.hash() == desk.engine.hash()


def test_the_endings_of_replaced_quotes_say_so():
    desk = Desk()
    quote(desk)
    ended = [event for event in quote(desk, entry(bid="448.00")) if isinstance(event, OrderCancelled)]
    assert [(event.reason, event.request_cl_ord_id) for event in ended] == [(refusals_of_quotes.QUOTE_WITHDRAWN, "q2")]
