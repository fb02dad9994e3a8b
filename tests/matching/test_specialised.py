"""Allocation of a specialised trading (domain.md, R-23, R-71, R-72), by hand and against an oracle of its own."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kase_fix.matching.specialised import Bid, Rule, allocate, rule_of, statistics
from kase_fix.messages.specialised import Allocation, AuctionKind, AuctionTerms, Execution, Subject, Submission
from kase_fix.values.numbers import parse_price
from tests.matching.specialised_oracle import allocated

STEP = 10**4
"""Four decimals."""


def rule(volume=1000, share=0, lot=1, dearest_first=True, single=False, pro_rata=True, step=STEP):
    return Rule(dearest_first, volume, share, lot, step, single, pro_rata)


def bids(*entries):
    return [Bid(name, None if price is None else parse_price(price), quantity) for name, price, quantity in entries]


def got(cut_off, found, with_rule):
    parts = allocate(found, parse_price(cut_off), with_rule)
    return {part.name: (part.quantity, part.price / 10**8) for part in parts}


def test_limit_orders_are_executed_by_price_at_their_own_prices():
    """domain.md: limit orders at the cut-off or better, at their own prices; those below it get nothing."""
    found = bids(("a", "99", 300), ("b", "101", 300), ("c", "98.9", 300), ("d", "100", 300))
    assert got("99", found, rule()) == {"b": (300, 101.0), "d": (300, 100.0), "a": (300, 99.0)}


def test_single_price_is_the_cut_off():
    """domain.md: at the single cut-off price, also where the price is better."""
    found = bids(("a", "99", 300), ("b", "101", 300))
    assert got("98", found, rule(single=True)) == {"b": (300, 98.0), "a": (300, 98.0)}


def test_at_the_price_where_the_volume_ends_orders_share_pro_rata_down_to_the_lot():
    """R-23: 700 left for 500 and 400: 388.8 and 311.1 down to 380 and 310; 10 left go to the earlier one."""
    found = bids(("a", "99", 500), ("b", "100", 300), ("c", "99", 400))
    assert got("99", found, rule(lot=10)) == {"b": (300, 100.0), "a": (390, 99.0), "c": (310, 99.0)}
    assert got("99", found, rule(lot=10, pro_rata=False)) == {"b": (300, 100.0), "a": (500, 99.0), "c": (200, 99.0)}


def test_the_volume_may_end_above_the_cut_off():
    """The orders of the price at which it ends share it as those of the cut-off would."""
    found = bids(("a", "101", 600), ("b", "101", 600), ("c", "100", 600))
    assert got("100", found, rule()) == {"a": (500, 101.0), "b": (500, 101.0)}


def test_market_orders_get_their_share_at_the_weighted_average():
    """domain.md: 700 of 1000 for market orders; the limit ones' 300 at (200 x 101 + 100 x 100) / 300 = 100.6667."""
    found = bids(("m", None, 500), ("a", "101", 200), ("n", None, 400), ("b", "100", 200))
    assert got("100", found, rule(share=7000)) == {
        "a": (200, 101.0),
        "b": (100, 100.0),
        "m": (389, 100.6667),
        "n": (311, 100.6667),
    }


def test_what_market_orders_leave_goes_to_limit_ones_but_not_the_other_way():
    """R-71: 70 % is the most market orders get, not what is kept for them."""
    assert got("100", bids(("m", None, 100), ("a", "101", 950)), rule(share=7000)) == {
        "a": (900, 101.0),
        "m": (100, 101.0),
    }
    assert got("100", bids(("m", None, 900), ("a", "101", 100)), rule(share=7000)) == {
        "a": (100, 101.0),
        "m": (700, 101.0),
    }


def test_market_orders_need_a_limit_order_to_price_them():
    """R-72: without one as good as the cut-off nothing is dealt; where none gets anything the cut-off prices them."""
    assert got("100", bids(("m", None, 100), ("a", "99", 100)), rule(share=10_000)) == {}
    assert got("100", bids(("m", None, 1000), ("a", "101", 100)), rule(share=10_000)) == {"m": (1000, 100.0)}


@pytest.mark.parametrize(
    ("kind", "subject", "dearest_first"),
    [
        (AuctionKind.PLACEMENT, Subject.CLEAN, True),
        (AuctionKind.SUBSCRIPTION, Subject.PRICE, True),
        (AuctionKind.PLACEMENT, Subject.YIELD, False),
        (AuctionKind.BUYBACK, Subject.DIRTY, False),
        (AuctionKind.BUYBACK, Subject.YIELD, True),
    ],
)
def test_what_is_better_for_the_initiator(kind, subject, dearest_first):
    """A seller wants a high price or a low yield, the buyer of a buy-back the reverse."""
    terms = AuctionTerms(
        "S", "B", "I", "A", kind, 100, subject, 1, 2, Submission.CLOSED, 5000, Execution.SINGLE, Allocation.TIME
    )
    assert rule_of(terms, 50, 10, 4) == Rule(dearest_first, 50, 5000, 10, 10**4, True, False)


def test_statistics_of_orders():
    """domain.md: limit and market split, demand in per cent of the offer, least, greatest and weighted price."""
    found = statistics([(False, 100, 10), (True, None, 30), (False, 103, 20)], 40, 1)
    assert (found.orders, found.limit_orders, found.market_orders) == (3, 2, 1)
    assert (found.volume, found.limit_volume, found.market_volume, found.share) == (60, 30, 30, 15_000)
    assert (found.lowest, found.highest, found.average) == (100, 103, 102)


orders = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(9_990, 10_010)), st.integers(1, 40)), min_size=1, max_size=14
)
terms = st.fixed_dictionaries(
    {
        "seller": st.booleans(),
        "by_yield": st.booleans(),
        "volume": st.integers(1, 60),
        "share": st.sampled_from([0, 1, 2500, 3333, 7000, 10_000]),
        "lot": st.sampled_from([1, 5, 100]),
        "decimals": st.sampled_from([2, 4]),
        "single": st.booleans(),
        "pro_rata": st.booleans(),
    }
)


@settings(max_examples=600, deadline=None)
@given(orders, terms, st.integers(9_988, 10_012))
def test_as_the_oracle_counts(found, how, cut):
    """R-23, R-71, R-72: each order gets what the oracle gives it, at the same price."""
    how = {**how, "volume": how["volume"] * how["lot"]}
    named = [
        (f"o{place}", None if price is None else price * 10**6, lots * how["lot"])
        for place, (price, lots) in enumerate(found)
    ]
    with_rule = rule(
        how["volume"],
        how["share"],
        how["lot"],
        how["seller"] != how["by_yield"],
        how["single"],
        how["pro_rata"],
        10 ** (8 - how["decimals"]),
    )
    parts = allocate([Bid(*one) for one in named], cut * 10**6, with_rule)
    assert {part.name: (part.quantity, part.price) for part in parts} == allocated(named, cut * 10**6, **how)


@settings(max_examples=300, deadline=None)
@given(orders, terms, st.integers(9_988, 10_012))
def test_nothing_is_made_or_lost(found, how, cut):
    """Conservation: whole lots, no more than asked or offered, market orders within their share, no limit passed."""
    lot, volume = how["lot"], how["volume"] * how["lot"]
    entered = [
        Bid(f"o{place}", None if price is None else price * 10**6, lots * lot)
        for place, (price, lots) in enumerate(found)
    ]
    with_rule = rule(volume, how["share"], lot, how["seller"], how["single"], how["pro_rata"])
    parts = allocate(entered, cut * 10**6, with_rule)
    asked = {bid.name: bid for bid in entered}
    assert len({part.name for part in parts}) == len(parts)
    assert all(0 < part.quantity <= asked[part.name].quantity and part.quantity % lot == 0 for part in parts)
    sold, to_market = sum(part.quantity for part in parts), sum(part.quantity for part in parts if part.market)
    assert sold <= volume
    assert to_market * 10_000 <= volume * how["share"]
    eligible = [bid for bid in entered if bid.price is not None and (bid.price >= cut * 10**6) is how["seller"]]
    for part in parts:
        limit = asked[part.name].price
        assert part.market is (limit is None)
        assert limit is None or (part.price <= limit if how["seller"] else part.price >= limit)
    if eligible and all(bid.price != cut * 10**6 for bid in entered):
        room = min(sum(bid.quantity for bid in entered if bid.price is None), volume * how["share"] // 10_000)
        assert sold == min(volume, sum(bid.quantity for bid in eligible) + room - room % lot)
