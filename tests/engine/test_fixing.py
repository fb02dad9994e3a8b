"""Fixing as the reserve method, round by round (art. 11 p. 9 par. 2; art. 12 p. 9 par. 2; R-17)."""

import datetime as dt

import msgspec
import pytest

from kase_fix.engine.snapshot import Mark, dump
from kase_fix.messages.auction_events import AuctionEnded, AuctionIndicated, FixingCalled, FixingEnded, FixingSurplus
from kase_fix.messages.commands import ConfigurationLoaded
from kase_fix.messages.day_events import Announced, PhaseEntered
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.decisions import ChangeTradingTime, Resume, Suspend, SuspendMember
from kase_fix.messages.order_events import OrderAccepted, OrderCancelled, OrderExpired, OrderShown
from kase_fix.rulebook import refusals
from kase_fix.rulebook.refusals_of_methods import NOT_FIXED
from kase_fix.values.enums import Phase, Side
from kase_fix.values.numbers import parse_price
from tests.engine.desk import BOND, BONDS, DOLLAR, EUR, FX, same_on_replay, small
from tests.engine.makler import Makler, ended
from tests.engine.market import one, words


@pytest.fixture
def makler():
    desk = Makler(to="12:00")
    yield desk
    assert desk.engine.failures == 0
    same_on_replay(desk)


def taken(events):
    return one(events, OrderAccepted).order.order_id


def dealt(events):
    """[(buyer, seller, quantity)] of a fixing's deals."""
    deals = [event for event in events if isinstance(event, Deal)]
    assert all(deal.method == "fixing" for deal in deals)
    return [(deal.buy.user, deal.sell.user, deal.quantity) for deal in deals]


def cancelled(events):
    return [(event.order.user, event.reason) for event in events if isinstance(event, OrderCancelled)]


def test_three_calls_and_a_price_that_is_fixed(makler):
    """Art. 12 p. 9 par. 2; R-17: call, quantities, surplus, another price; below one lot deals are done at it."""
    assert words(makler.fixing("451.00", reason="the lines are down")) == [
        "Announced",
        "DecisionTaken",
        "PhaseEntered",
        "FixingCalled",
        "AuctionIndicated",
    ]
    assert makler.phase(EUR) is Phase.FIXING
    makler.buy("FIRMA", 5000, "451.00")
    makler.sell("FIRMB", 9000, "451.00")
    surplus = one(makler.announce(), FixingSurplus)
    assert (surplus.round, surplus.buy, surplus.sell) == (1, 5000, 9000)
    assert one(makler.call("449.00"), FixingCalled).round == 2
    makler.buy("FIRMA", 8000, "449.00")
    makler.sell("FIRMB", 3000, "449.00")
    makler.announce()
    makler.call("450.00")
    makler.buy("FIRMA", 4000, "450.00")
    makler.buy("FIRMC", 2000)
    makler.sell("FIRMB", 4000, "450.00")
    makler.sell("00100", 2000)
    events = makler.announce()
    assert ended(events) == ("450.00", 6000, "fixed")
    assert dealt(events) == [("FIRMA", "FIRMB", 4000), ("FIRMC", "00100", 2000)]
    assert {event.price for event in events if isinstance(event, Deal)} == {parse_price("450.00")}
    assert cancelled(events) == [(user, NOT_FIXED) for user in ("FIRMA", "FIRMB", "FIRMA", "FIRMB")]
    assert (one(events, AuctionEnded).price, one(events, AuctionEnded).volume) == (parse_price("450.00"), 6000)
    assert makler.phase(EUR) is Phase.CONTINUOUS
    assert not makler.state.orders
    assert makler.state.listings[EUR].last_deal == parse_price("450.00")


def test_a_change_after_the_announcement_fixes_the_price(makler):
    """R-17: at the announcement or after any later change."""
    makler.fixing()
    makler.buy("FIRMA", 5000, "450.00")
    rest = taken(makler.sell("FIRMB", 2000, "450.00"))
    makler.announce()
    events = makler.replace("FIRMB", rest, quantity=4000)
    assert words(events) == ["OrderReplaced", "FixingSurplus", "AuctionIndicated"]
    events = makler.sell("FIRMC", 1000, "450.00")
    assert words(events)[:3] == ["OrderAccepted", "FixingSurplus", "AuctionIndicated"]
    assert ended(events) == ("450.00", 5000, "fixed")
    assert dealt(events) == [("FIRMA", "FIRMB", 4000), ("FIRMA", "FIRMC", 1000)]
    assert "5000" in one(events, Announced).english


def test_a_withdrawal_after_the_announcement_may_fix_the_price(makler):
    """R-17: what is taken off the surplus side lessens the surplus; a part of an order too."""
    makler.fixing()
    big = taken(makler.buy("FIRMA", 5000, "450.00"))
    extra = taken(makler.buy("FIRMC", 1000, "450.00"))
    makler.sell("FIRMB", 2000, "450.00")
    makler.announce()
    assert words(makler.cancel("FIRMC", extra)) == ["OrderCancelled", "FixingSurplus", "AuctionIndicated"]
    events = makler.cancel("FIRMA", big, quantity=3000)
    assert ended(events) == ("450.00", 2000, "fixed")


def test_surplus_side_is_filled_by_time(makler):
    """R-17: on time-out; an order that was lessened keeps its time, one that was raised is behind all others."""
    makler.fixing(until=dt.time(12, 30))
    first = taken(makler.buy("FIRMA", 4000, "450.00"))
    second = taken(makler.buy("FIRMB", 2000, "450.00"))
    makler.buy("FIRMC", 2000, "450.00")
    makler.replace("FIRMA", first, quantity=3000)
    makler.replace("FIRMB", second, quantity=3000)
    makler.sell("00100", 6000, "450.00")
    events = makler.to("12:30")
    assert ended(events) == ("450.00", 6000, "timed out")
    assert dealt(events) == [("FIRMA", "00100", 3000), ("FIRMC", "00100", 2000), ("FIRMB", "00100", 1000)]
    assert cancelled(events) == [("FIRMB", NOT_FIXED)]
    assert one(events, AuctionEnded).surplus == 2000


def test_time_out_executes_the_round_with_the_largest_volume(makler):
    """Art. 12 p. 9 par. 2; R-17: at the called price of the largest matched volume, not at the last one called."""
    makler.fixing("451.00", until=dt.time(12, 30))
    makler.buy("FIRMA", 3000, "451.00")
    makler.sell("FIRMB", 9000, "451.00")
    makler.call("450.50")
    makler.buy("FIRMA", 5000, "450.50")
    makler.sell("FIRMB", 7000, "450.50")
    makler.call("450.00")
    makler.buy("FIRMA", 9000, "450.00")
    makler.sell("FIRMB", 4000, "450.00")
    events = makler.to("12:45")
    assert ended(events) == ("450.50", 5000, "timed out")
    assert dealt(events) == [("FIRMA", "FIRMB", 5000)]
    assert makler.engine.next_due() is None
    assert "450.50" in one(events, Announced).english


def test_time_out_without_a_match_has_no_price(makler):
    """R-17: nothing is dealt, the last deal stays."""
    makler.fixing(until=dt.time(12, 30))
    makler.buy("FIRMA", 3000, "450.00")
    events = makler.to("12:30")
    assert ended(events) == (None, 0, "timed out")
    assert dealt(events) == []
    assert cancelled(events) == [("FIRMA", NOT_FIXED)]


def test_fixing_ends_with_its_session(makler):
    """R-17: as by its time-out, before the session's end (R-3)."""
    makler.fixing()
    makler.buy("FIRMA", 3000, "450.00")
    makler.sell("FIRMB", 2000, "450.00")
    events = makler.to("17:00")
    assert ended(events) == ("450.00", 2000, "timed out")
    assert makler.phase(EUR) is Phase.CLOSED
    assert not [event for event in events if isinstance(event, OrderExpired)]


def test_fixing_goes_with_the_prolonged_session(makler):
    """Art. 4 p. 3: without a time-out of its own it lasts as long as the session does."""
    makler.fixing()
    by = {"ground": "art. 4 p. 3 sp. 1"}
    makler.decide(ChangeTradingTime, FX, (), None, dt.time(17, 30), **by)
    makler.to("17:10")
    assert makler.phase(EUR) is Phase.FIXING
    assert ended(makler.to("17:30"))[2] == "timed out"


def test_fixing_in_a_window_of_its_own_stays_there(makler):
    """Art. 4 p. 3: an instrument that gets its own window meanwhile goes on in it."""
    makler.fixing(until=dt.time(12, 30))
    makler.decide(ChangeTradingTime, FX, (EUR,), None, dt.time(17, 30), ground="art. 4 p. 3 sp. 1")
    assert makler.phase(EUR) is Phase.FIXING
    makler.to("12:30")
    assert makler.phase(EUR) is Phase.CONTINUOUS
    makler.to("17:15")
    assert (makler.phase(EUR), makler.phase(DOLLAR)) == (Phase.CONTINUOUS, Phase.CLOSED)


def test_broken_off_by_the_makler(makler):
    """R-17: no deals, even where something would match."""
    makler.fixing()
    makler.buy("FIRMA", 3000, "450.00")
    makler.sell("FIRMB", 3000, "450.00")
    events = makler.end()
    assert ended(events) == (None, 0, "broken off")
    assert words(events)[:2] == ["Announced", "DecisionTaken"]
    assert not makler.state.orders
    assert makler.phase(EUR) is Phase.CONTINUOUS


def test_the_book_waits_and_goes_on_afterwards(makler):
    """R-80: it does not trade meanwhile, its orders stay as they are and may be withdrawn."""
    makler.buy("FIRMA", 2000, "450.00")
    old = taken(makler.sell("FIRMC", 1000, "450.10"))
    makler.fixing()
    makler.sell("FIRMB", 2000, "450.00")
    assert makler.book(EUR) == [("FIRMA", 450.0, 2000), ("FIRMC", 450.1, 1000)]
    assert words(makler.cancel("FIRMC", old)) == ["OrderCancelled"]
    makler.end()
    assert one(makler.sell("FIRMB", 2000, "450.00"), Deal).method == "continuous"


def test_orders_of_a_fixing_are_not_shown(makler):
    """R-17: quantities are told as a surplus, and that only once it is announced."""
    makler.fixing()
    events = makler.buy("FIRMA", 3000, "450.00") + makler.sell("FIRMB", 1000, "450.00")
    assert not [event for event in events if isinstance(event, OrderShown | AuctionIndicated | FixingSurplus)]
    told = one(makler.announce(), AuctionIndicated)
    assert (told.price, told.volume, told.surplus_side, told.surplus) == (parse_price("450.00"), 1000, Side.BUY, 2000)


def test_a_standby_is_broken_off_first(makler):
    """R-80: its orders stay in the book; those that cross meet as at an opening when the fixing is over."""
    makler.symbol = DOLLAR
    makler.sell("FIRMB", 10_000_000, "417.00", DOLLAR)
    makler.buy("FIRMA", 10_000_000, "417.00", DOLLAR)
    assert makler.phase(DOLLAR) is Phase.STANDBY
    events = makler.fixing("412.00")
    assert one(events, AuctionEnded).price is None
    assert not makler.state.standbys
    makler.buy("FIRMC", 1000, "412.00", DOLLAR)
    makler.sell("00100", 1000, "412.00", DOLLAR)
    events = makler.announce()
    deals = [(deal.method, deal.price // 10**8) for deal in events if isinstance(deal, Deal)]
    assert deals == [("fixing", 412), ("continuous", 417)]  # by less than 1.5 % from the day's first deal
    assert makler.phase(DOLLAR) is Phase.CONTINUOUS
    assert makler.state.listings[DOLLAR].cut_off is None


def test_ladder_of_the_dollar_does_not_hold(makler):
    """Art. 11 p. 5: it is the continuous auction's; in fixing the lot is 1 000 whatever the price."""
    makler.symbol = DOLLAR
    makler.fixing("415.00")
    taken(makler.buy("FIRMA", 1000, "415.00", DOLLAR))


def test_bond_in_fixing_starts_no_standby():
    """Art. 24 p. 4 par. 2; art. 7 p. 3: fixing deals in bonds are done at once, in securities as in currencies."""
    desk = Makler(small(standby="every cross"), to="12:00")
    desk.symbol, desk.board = BOND, BONDS
    desk.fixing("100.00")
    desk.buy("FIRMA", 1000, "100.00", BOND)
    desk.sell("FIRMB", 1000, "100.00", BOND)
    assert dealt(desk.announce()) == [("FIRMA", "FIRMB", 1000)]
    same_on_replay(desk)


def test_own_account_has_no_part_on_both_sides(makler):
    """Self-trade (43): the order whose account has an opposite one in the round is cancelled."""
    makler.fixing()
    makler.buy("FIRMA", 3000, "450.00")
    assert cancelled(makler.sell("FIRMA", 1000, "450.00")) == [("FIRMA", refusals.SELF_TRADE)]
    makler.call("450.10")
    taken(makler.sell("FIRMA", 1000, "450.10"))
    assert len(makler.living()) == 2


def test_suspension_breaks_it_off(makler):
    """Art. 4 p. 3; R-80: nothing is dealt, the orders are cancelled; trading goes on when resumed."""
    makler.buy("FIRMC", 1000, "449.00")
    makler.fixing()
    makler.buy("FIRMA", 3000, "450.00")
    events = makler.decide(Suspend, (EUR,), ())
    assert ended(events) == (None, 0, "broken off")
    assert words(events)[:3] == ["Announced", "Announced", "DecisionTaken"]
    assert makler.book(EUR) == [("FIRMC", 449.0, 1000)]
    makler.decide(Resume, (EUR,), ())
    assert makler.phase(EUR) is Phase.CONTINUOUS


def test_a_suspended_member_takes_no_part(makler):
    """Art. 7 p. 2: its orders are withdrawn, whatever becomes of the surplus; then the price may be fixed."""
    makler.fixing()
    makler.buy("FIRMA", 2000, "450.00")
    makler.buy("FIRMB", 3000, "450.00")
    makler.buy("FIRMB", 1000, "450.00")
    makler.sell("FIRMC", 2000, "450.00")
    makler.announce()
    events = makler.decide(SuspendMember, "FIRMB", document="1")
    assert dealt(events) == [("FIRMA", "FIRMC", 2000)]
    deal = one(events, Deal)
    assert deal.deal_id == f"{len(makler.commands)}-{events.index(deal)}"


def test_configuration_without_the_reserve_method_ends_it(makler):
    """Law 6: as by its time-out."""
    makler.fixing()
    makler.buy("FIRMA", 2000, "450.00")
    makler.sell("FIRMB", 3000, "450.00")
    market = small()
    groups = tuple(msgspec.structs.replace(group, reserve_method="") for group in market.groups)
    events = makler.send(ConfigurationLoaded(msgspec.structs.replace(market, groups=groups)))
    assert ended(events) == ("450.00", 2000, "timed out")
    assert makler.engine.next_due() is None


def test_configuration_that_keeps_it_lets_it_run(makler):
    """Law 6: books, orders and what runs go on."""
    makler.fixing()
    order_id = taken(makler.buy("FIRMA", 2000, "450.00"))
    makler.send(ConfigurationLoaded(small()))
    assert (makler.phase(EUR), makler.living()) == (Phase.FIXING, [order_id])
    makler.sell("FIRMB", 2000, "450.00")
    assert dealt(makler.announce()) == [("FIRMA", "FIRMB", 2000)]


def test_the_earliest_clock_is_due_first(makler):
    """Law 1: standbys and fixings have one order of time."""
    makler.fixing(until=dt.time(12, 5))
    makler.sell("FIRMB", 10_000_000, "417.00", DOLLAR)
    makler.buy("FIRMA", 10_000_000, "417.00", DOLLAR)
    events = makler.to("12:30")
    ends = [type(event) for event in events if isinstance(event, FixingEnded | AuctionEnded)]
    assert ends == [AuctionEnded, FixingEnded, AuctionEnded]


def test_fixing_survives_a_mark(makler):
    """Law 4: rounds, their orders and the announcement come back from the bytes."""
    makler.fixing("451.00", until=dt.time(12, 30))
    makler.buy("FIRMA", 3000, "451.00")
    makler.announce()
    makler.call("450.00")
    raised = taken(makler.buy("FIRMA", 3000, "450.00"))
    makler.buy("FIRMC", 3000)
    makler.replace("FIRMA", raised, quantity=4000)
    before = dump(makler.state)
    makler.engine.state = Mark(makler.state).restore()
    assert dump(makler.state) == before
    makler.sell("FIRMB", 3000, "450.00")
    assert dealt(makler.to("12:30")) == [("FIRMC", "FIRMB", 3000)]


def test_phase_of_the_instrument_alone_is_told(makler):
    """R-17: the board trades on continuously."""
    entered = one(makler.fixing(), PhaseEntered)
    assert (entered.board, entered.phase, entered.clause, entered.symbols) == (FX, Phase.FIXING, "art. 12 p. 9", (EUR,))
    assert makler.phase(DOLLAR) is Phase.CONTINUOUS
