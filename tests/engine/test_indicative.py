"""Indicative quotes: one for a member and instrument, seen by all, gone with the day; never in a book (R-164)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kase_fix.engine.engine import Engine
from kase_fix.messages.decisions import SuspendMember
from kase_fix.messages.indicative import Indicate, IndicativeGone, IndicativeRefused, IndicativeSet, WithdrawIndicative
from kase_fix.messages.protection import MassCancel, Scope, UserLeft, WithdrawOrders
from kase_fix.rulebook import refusals, refusals_of_quotes
from kase_fix.values.numbers import parse_price
from tests.engine.desk import BOND, DOLLAR, EUR, Desk, same_on_replay, small
from tests.engine.market import one
from tests.engine.test_protection import with_users


def put(desk, user="00100", symbol=EUR, buy="449.00", sell="451.00", **more):
    buy, sell = (None if price is None else parse_price(price) for price in (buy, sell))
    return desk.send(Indicate(user, "r", symbol, buy, sell, **more))


def standing(desk):
    return [(quote.firm, quote.symbol, quote.quote_id) for quote in desk.state.indicative.values()]


def test_a_quote_is_changed_in_place_and_in_no_book():
    desk = Desk()
    first = one(put(desk), IndicativeSet).quote
    desk.to("12:01")
    second = one(put(desk, buy="448.00", sell=None, buy_volume=5, comment="ask"), IndicativeSet).quote
    assert first.quote_id == second.quote_id
    assert (second.buy, second.sell, second.buy_volume, second.comment) == (parse_price("448"), None, 5, "ask")
    assert second.created > first.created
    assert desk.book(EUR) == []
    assert len(standing(desk)) == 1
    same_on_replay(desk)


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"symbol": "NOSUCH"}, refusals.UNKNOWN_INSTRUMENT),
        ({"symbol": "NOSUCH", "buy": None, "sell": None}, refusals.UNKNOWN_INSTRUMENT),
        ({"buy": None, "sell": None}, refusals_of_quotes.NOTHING_INDICATED),
        ({"buy": "451.00"}, refusals_of_quotes.QUOTE_CROSSED),
        ({"buy": "449.001"}, refusals.PRICE_OFF_GRID),
        ({"sell": "-1.00", "buy": None}, refusals.PRICE_NOT_POSITIVE),
        ({"buy_volume": 0}, refusals.ZERO_QUANTITY),
        ({"comment": "x" * 201}, refusals_of_quotes.COMMENT_TOO_LONG),
        ({"user": "VENDOR1"}, refusals.NOT_ADMITTED),
    ],
)
def test_what_is_refused_changes_nothing(terms, code):
    desk = Desk()
    put(desk)
    before = desk.engine.hash()
    assert one(put(desk, **terms), IndicativeRefused).refusal.code == code
    assert desk.engine.hash() == before


def test_no_limit_of_deviation_and_no_session_binds_it():
    desk = Desk(to="09:30")
    assert one(put(desk, buy="100.00", sell="900.00"), IndicativeSet)


def test_the_member_alone_withdraws_it():
    desk = Desk(with_users(small(), FIRMA={"firm": "00100"}))
    number = one(put(desk), IndicativeSet).quote.quote_id
    refused = one(desk.send(WithdrawIndicative("FIRMB", "x", number)), IndicativeRefused)
    assert refused.refusal.code == refusals_of_quotes.ANOTHERS_INDICATIVE
    gone = one(desk.send(WithdrawIndicative("FIRMA", "x", number)), IndicativeGone)
    assert (gone.user, gone.reason, gone.reference) == ("FIRMA", refusals.REQUESTED, "x")
    refused = one(desk.send(WithdrawIndicative("FIRMA", "x", number)), IndicativeRefused)
    assert refused.refusal.code == refusals_of_quotes.UNKNOWN_INDICATIVE


@pytest.mark.parametrize(
    "bring",
    [
        lambda desk: desk.send(MassCancel("00100", "m", Scope.ALL)),
        lambda desk: desk.send(MassCancel("00100", "m", Scope.INSTRUMENT, EUR)),
        lambda desk: desk.send(UserLeft("00100", "x")) and desk.to("12:01"),
        lambda desk: desk.decide(WithdrawOrders, "", "", (EUR,), (), actor="makler"),
        lambda desk: desk.decide(SuspendMember, "00100", document="1"),
    ],
)
def test_it_goes_with_what_takes_his_orders(bring):
    desk = Desk()
    put(desk)
    put(desk, "02001", DOLLAR, "409.00", "411.00")
    told = [event for event in bring(desk) if isinstance(event, IndicativeGone)]
    assert [(event.user, event.quote.symbol) for event in told] == [("00100", EUR)]
    assert [firm for firm, _, _ in standing(desk)] == ["02001"]
    same_on_replay(desk)


def test_a_mass_cancel_that_means_a_side_leaves_it():
    desk = Desk()
    put(desk)
    desk.send(MassCancel("00100", "m", Scope.INSTRUMENT, DOLLAR))
    desk.send(MassCancel("00100", "n", Scope.ALL, account="F_00100_0000"))
    assert len(standing(desk)) == 1


def test_it_ends_with_the_day():
    desk = Desk()
    put(desk)
    desk.to("20:00")
    assert standing(desk) == []


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["00100", "02001", "FIRMA"]),
            st.sampled_from([EUR, DOLLAR, BOND]),
            st.integers(0, 3),
            st.integers(0, 12),
        ),
        max_size=20,
    ),
    st.integers(0, 20),
)
def test_a_state_written_down_anywhere_goes_on_the_same(script, place):
    desk, again = Desk(), Engine()
    for user, symbol, kind, number in script:
        if kind:
            put(desk, user, symbol, f"{100 + number}.00", "200.00")
        else:
            desk.send(WithdrawIndicative(user, "w", number))
    assert len(standing(desk)) == len(set(standing(desk)))
    for count, command in enumerate(desk.commands):
        if count == len(desk.commands) - place:
            again.state = again.take_mark().restore()
        assert again.apply(command) == desk.told[count]
    assert again.hash() == desk.engine.hash()
