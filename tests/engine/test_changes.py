"""What changes under living orders: their names, their terms, the configuration, the day; and what is taken back."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from kase_fix.engine import day
from kase_fix.engine.engine import Engine
from kase_fix.matching import book
from kase_fix.messages.commands import (
    BoardPhaseChanged,
    CancelOrder,
    ConfigurationLoaded,
    OperationalDayOpened,
)
from kase_fix.messages.day_events import DayOpened, PhaseEntered
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.depository import CLOSE, DepositoryAnswered, DepositoryDue
from kase_fix.messages.events import CommandFailed
from kase_fix.messages.order_events import (
    CancelRefused,
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderRefused,
    OrderRepeated,
    OrderReplaced,
)
from kase_fix.rulebook import refusals
from kase_fix.values.enums import OrderStatus, Phase, TimeInForce
from tests.engine.market import DATE, MarketInTest, configuration, one, words

TOMORROW = DATE + dt.timedelta(days=1)


@pytest.fixture
def market():
    return MarketInTest()


def entered(events):
    return one(events, OrderAccepted).order.order_id


def changed(**parts):
    return ConfigurationLoaded(msgspec.structs.replace(configuration(), **parts))


def without(symbol):
    return changed(instruments=tuple(i for i in configuration().instruments if i.symbol != symbol))


def moved_to(symbol, board):
    moved = (msgspec.structs.replace(i, board=board) if i.symbol == symbol else i for i in configuration().instruments)
    return changed(instruments=tuple(moved))


def next_day(market):
    settlement = {i.symbol: TOMORROW for i in configuration().instruments}
    return market.send(OperationalDayOpened(TOMORROW, settlement, {}, "day:opens", "art. 5 p. 1"))


def same_on_replay(market):
    again = Engine()
    assert [again.apply(command) for command in market.commands] == market.told
    assert again.hash() == market.engine.hash()


# -- names


def test_an_order_is_found_by_each_name_it_had(market):
    """Names of things: a replace keeps the OrderID; each ClOrdID of the chain names the same order."""
    order_id = entered(market.buy("FIRMA", 3000, "450.00", name="a"))
    market.replace("FIRMA", orig_cl_ord_id="a", quantity=2000, name="b")
    market.replace("FIRMA", orig_cl_ord_id="b", price="450.01", name="c")
    for name in ("a", "b", "c"):
        answer = one(market.replace("FIRMA", orig_cl_ord_id=name, side=2), CancelRefused)
        assert (answer.refusal.code, answer.order_id) == (refusals.CANNOT_CHANGE, order_id)
    assert one(market.cancel("FIRMA", orig_cl_ord_id="a"), OrderCancelled).order.cl_ord_id == "c"


def test_name_of_a_refused_change_may_be_used_again(market):
    """Names of things: a request that changed nothing takes no name."""
    order_id = entered(market.buy("FIRMA", 3000, "450.00", name="a"))
    assert words(market.replace("FIRMA", order_id, quantity=1, name="g")) == ["CancelRefused"]
    assert words(market.cancel("FIRMA", order_id, quantity=1, name="g")) == ["CancelRefused"]
    assert words(market.replace("FIRMA", order_id, quantity=2000, name="g")) == ["OrderReplaced"]
    again = one(market.replace("FIRMA", order_id, quantity=1000, name="g"), CancelRefused)
    assert again.refusal.code == refusals.DUPLICATE_ORDER


def test_cancels_without_a_name_do_not_collide(market):
    """F of NEXT with OrderID(37) alone: an empty ClOrdID is no name, takes none and finds nothing."""
    first = entered(market.buy("FIRMA", 3000, "450.00"))
    second = entered(market.buy("FIRMA", 3000, "450.00"))
    assert words(market.send(cancel_of("FIRMA", first, 1000))) == ["OrderReplaced"]
    assert words(market.send(cancel_of("FIRMA", first, 1000))) == ["OrderReplaced"]
    assert words(market.send(cancel_of("FIRMA", first))) == ["OrderCancelled"]
    assert words(market.send(cancel_of("FIRMA", second))) == ["OrderCancelled"]
    assert one(market.send(cancel_of("FIRMA", "")), CancelRefused).refusal.code == refusals.UNKNOWN_ORDER
    same_on_replay(market)


def cancel_of(user, order_id, quantity=None):
    return CancelOrder(user, "", order_id, quantity=quantity)


def test_resent_change_and_cancel_are_answered_by_the_present_state(market):
    """Names of things: with PossResend=Y a known ClOrdID of F or G is answered too (150=I), and nothing happens."""
    order_id = entered(market.buy("FIRMA", 3000, "450.00", name="a"))
    market.replace("FIRMA", order_id, quantity=2000, name="g")
    before = market.engine.hash()
    assert market.replace("FIRMA", order_id, quantity=2000, name="g", poss_resend=True) == [
        OrderRepeated("FIRMA", "g", order_id)
    ]
    assert market.engine.hash() == before
    market.cancel("FIRMA", order_id, name="f")
    assert market.cancel("FIRMA", order_id, name="f", poss_resend=True) == [OrderRepeated("FIRMA", "f", order_id)]
    late = one(market.cancel("FIRMA", order_id, name="f2", poss_resend=True), CancelRefused)
    assert (late.refusal.code, late.status) == (refusals.TOO_LATE, OrderStatus.CANCELLED)


def test_a_change_that_is_refused_may_take_the_order_off(market):
    """CancelOrigOnReject(9619), R-190: refused, then withdrawn under the name of the request, which is used up."""
    order_id = entered(market.buy("FIRMA", 3000, "450.00", name="a"))
    told = market.replace("FIRMA", order_id, quantity=1, name="g", cancel_on_reject=True)
    assert words(told) == ["CancelRefused", "OrderCancelled"]
    gone = one(told, OrderCancelled)
    assert (gone.order.status, gone.request_cl_ord_id) == (OrderStatus.CANCELLED, "g")
    assert market.book() == []
    again = market.replace("FIRMA", order_id, quantity=1, name="g", cancel_on_reject=True, poss_resend=True)
    assert again == [OrderRepeated("FIRMA", "g", order_id)]
    same_on_replay(market)


def test_a_request_without_a_sound_name_takes_nothing_off(market):
    """R-190: a ClOrdID that was used, another's order or another instrument is no change that could be refused."""
    order_id = entered(market.buy("FIRMA", 3000, "450.00", name="a"))
    for user, more in (("FIRMA", {"name": "a"}), ("FIRMB", {}), ("FIRMA", {"symbol": "USDKZT_TOM"})):
        assert words(market.replace(user, order_id, quantity=1, cancel_on_reject=True, **more)) == ["CancelRefused"]
    assert words(market.replace("FIRMA", order_id, quantity=2000, cancel_on_reject=True)) == ["OrderReplaced"]
    assert market.book() == [("FIRMA", "450.00", 2000, 2000)]


def test_names_are_free_the_next_day(market):
    """Names of things: a ClOrdID is unique within the operational day; yesterday's orders are unknown today."""
    order_id = entered(market.buy("FIRMA", 3000, "450.00", name="a"))
    market.cancel("FIRMA", order_id, name="f")
    next_day(market)
    answer = one(market.cancel("FIRMA", order_id, name="f"), CancelRefused)
    assert (answer.refusal.code, answer.order_id) == (refusals.UNKNOWN_ORDER, "NONE")
    for board in configuration().boards:
        market.send(BoardPhaseChanged(board.code, Phase.CONTINUOUS, f"{board.code}:opens", board.clause))
    assert words(market.buy("FIRMA", 3000, "450.00", name="a")) == ["OrderAccepted"]


# -- terms


def test_iceberg_that_shrinks_below_its_slice_keeps_its_place(market):
    """G, MaxFloor(111): less quantity at the same price keeps the priority, also where it is less than the slice."""
    first = entered(market.buy("FIRMA", 5000, "450.00", display=3000))
    market.buy("FIRMB", 1000, "450.00")
    order = one(market.replace("FIRMA", first, quantity=2000), OrderReplaced).order
    assert (order.quantity, order.display) == (2000, 2000)
    assert market.book() == [("FIRMA", "450.00", 2000, 2000), ("FIRMB", "450.00", 1000, 1000)]
    market.replace("FIRMA", first, display=1000)
    assert market.book() == [("FIRMB", "450.00", 1000, 1000), ("FIRMA", "450.00", 2000, 1000)]


def test_part_of_an_iceberg_is_taken_off_its_hidden_part_first(market):
    """F of NEXT with OrderQty(38) on an iceberg that has traded a part of its slice."""
    first = entered(market.buy("FIRMA", 5000, "450.00", display=2000))
    market.sell("FIRMB", 1000, "450.00")
    assert market.book() == [("FIRMA", "450.00", 4000, 1000)]
    order = one(market.cancel("FIRMA", first, quantity=2000), OrderReplaced).order
    assert (order.quantity, order.leaves, order.filled) == (3000, 2000, 1000)
    assert market.book() == [("FIRMA", "450.00", 2000, 1000)]
    market.sell("FIRMB", 1000, "450.00")
    assert market.book() == [("FIRMA", "450.00", 1000, 1000)]


def test_changed_order_stops_at_its_own_account(market):
    """Self-trade (43) of a change: what stands before trades, the rest is cancelled, the resting order stays."""
    bid = entered(market.buy("FIRMA", 3000, "449.00"))
    market.sell("FIRMB", 1000, "450.00")
    market.sell("FIRMA", 1000, "450.01")
    events = market.replace("FIRMA", bid, price="450.02")
    assert words(events) == ["OrderReplaced", "Deal", "OrderCancelled"]
    gone = one(events, OrderCancelled)
    assert (gone.reason, gone.order.filled, gone.order.leaves) == (refusals.SELF_TRADE, 1000, 0)
    assert market.book() == [("FIRMA", "450.01", 1000, 1000)]
    assert one(market.cancel("FIRMA", bid), CancelRefused).status is OrderStatus.CANCELLED


def test_change_is_judged_by_the_limit_and_leaves_the_order(market):
    """art. 12 p. 8: a change is judged like an entry; the order stays as it was."""
    bid = entered(market.buy("FIRMA", 3000, "450.00"))
    assert one(market.replace("FIRMA", bid, price="463.50"), CancelRefused).refusal.code == refusals.BEYOND_LIMIT
    assert one(market.replace("FIRMA", bid, display=500), CancelRefused).refusal.code == refusals.DISPLAY_NOT_IN_LOTS
    assert market.book() == [("FIRMA", "450.00", 3000, 3000)]


def test_fill_or_kill_stops_counting_at_the_own_account(market):
    """TIF 4: what stands behind an order of one's own account cannot be reached; a hidden part before it can."""
    market.sell("FIRMB", 3000, "450.00", display=1000)
    market.sell("FIRMA", 1000, "450.00")
    market.sell("FIRMB", 3000, "450.01")
    killed = one(market.buy("FIRMA", 2000, "450.02", tif=TimeInForce.FOK), OrderCancelled)
    assert (killed.reason, killed.order.filled) == (refusals.FOK_NOT_FILLED, 0)
    assert words(market.buy("FIRMA", 1000, "450.02", tif=TimeInForce.FOK)) == ["OrderAccepted", "Deal"]


def test_market_order_is_judged_only_where_it_would_trade(market):
    """R-8: the ladder looks at the worst price it would trade at; behind an order of its own account it trades not."""
    market.sell("FIRMB", 100_000, "410.00", symbol="USDKZT_TOM")
    market.sell("FIRMA", 100_000, "410.10", symbol="USDKZT_TOM")
    market.sell("FIRMB", 1_000_000, "413.00", symbol="USDKZT_TOM")
    events = market.buy("FIRMA", 201_000, symbol="USDKZT_TOM")
    assert words(events) == ["OrderAccepted", "Deal", "OrderCancelled"]
    assert one(events, OrderCancelled).reason == refusals.SELF_TRADE


# -- configuration and day


def test_orders_of_an_instrument_that_is_listed_no_more_expire(market):
    """art. 1 p. 1 sp. 3: in the order of their entry; the rest of the market goes on."""
    market.sell("FIRMB", 1000, "451.00")
    market.buy("FIRMA", 1000, "450.00")
    market.buy("FIRMC", 1000, "410.00", symbol="USDKZT_SPT")
    events = market.send(without("EURKZT_TOM"))
    assert words(events) == ["OrderExpired", "OrderExpired", "ConfigurationApplied"]
    assert [event.order.user for event in events if isinstance(event, OrderExpired)] == ["FIRMB", "FIRMA"]
    assert len(market.engine.state.orders) == 1
    assert one(market.buy("FIRMA", 1000, "450.00"), OrderRefused).refusal.code == refusals.UNKNOWN_INSTRUMENT
    same_on_replay(market)


def test_orders_of_an_instrument_that_changes_its_board_expire(market):
    """R-4: the session they were entered in is over for them; none is left to wake up on another board."""
    market.buy("FIRMA", 1000, "450.00")
    market.close("FX_TOD")
    events = market.send(moved_to("EURKZT_TOM", "FX_TOD"))
    assert words(events) == ["OrderExpired", "ConfigurationApplied"]
    assert market.book() == []
    assert one(market.buy("FIRMA", 1000, "450.00"), OrderRefused).refusal.code == refusals.SESSION_CLOSED
    same_on_replay(market)


def test_orders_of_a_user_who_is_gone_expire(market):
    """art. 1 p. 2: who is no member has no orders; the others' stay."""
    market.buy("FIRMA", 1000, "450.00")
    market.buy("FIRMB", 1000, "450.00")
    users = tuple(user for user in configuration().users if user.name != "FIRMA")
    assert words(market.send(changed(users=users))) == ["OrderExpired", "ConfigurationApplied"]
    assert [row[0] for row in market.book()] == ["FIRMB"]


def test_configuration_with_the_same_orders_changes_nothing_for_them(market):
    """Law 6: books, last deals and living orders go on."""
    market.sell("FIRMB", 1000, "460.00")
    market.buy("FIRMA", 2000, "460.00")
    groups = tuple(msgspec.structs.replace(group, max_quantity=5000) for group in configuration().groups)
    assert words(market.send(changed(groups=groups))) == ["ConfigurationApplied"]
    assert market.book() == [("FIRMA", "460.00", 1000, 1000)]
    assert one(market.buy("FIRMA", 6000, "460.00"), OrderRefused).refusal.code == refusals.ABOVE_MAXIMUM
    assert words(market.buy("FIRMA", 1000, "473.79")) == ["OrderAccepted"]
    same_on_replay(market)


def test_instrument_listed_during_the_day_trades_from_the_next_one_on():
    """art. 5 p. 1: what has no settlement date today has no deals today, so nothing fails when orders meet."""
    market = MarketInTest(opened=False)
    market.send(without("EURKZT_TOM"))
    settlement = {i.symbol: DATE for i in configuration().instruments if i.symbol != "EURKZT_TOM"}
    market.send(OperationalDayOpened(DATE, settlement, {}, "day", "art. 5 p. 1"))
    market.send(BoardPhaseChanged("FX_TOM", Phase.CONTINUOUS, "FX_TOM:opens", "art. 10"))
    market.send(changed())
    assert one(market.buy("FIRMA", 1000, "450.00"), OrderRefused).refusal.code == refusals.NOT_TRADED_TODAY
    market.open()
    assert words(market.buy("FIRMA", 1000, "450.00")) == ["OrderAccepted"]
    assert words(market.sell("FIRMB", 1000, "450.00")) == ["OrderAccepted", "Deal"]


def test_day_that_opens_over_living_orders_ends_them_first(market):
    """R-4: a session that was never closed, since its closing had no place any more, leaves nothing to the next day."""
    market.buy("FIRMA", 1000, "450.00")
    market.send(DepositoryDue(CLOSE, "day:closes", "art. 5 p. 4 sp. 2"))
    (request,) = market.engine.state.depository.pending
    assert words(market.send(DepositoryAnswered(request.request, CLOSE, True)))[1:] == ["DayClosed", "ServiceEntered"]
    events = next_day(market)
    assert words(events) == ["OrderExpired", "DayOpened"]
    assert isinstance(events[-1], DayOpened)
    assert market.engine.state.orders == {}
    assert market.book() == []
    same_on_replay(market)


# -- taking back


def test_failed_day_and_configuration_leave_everything(market, monkeypatch):
    """Law 4: names, books and last deals are as they were when a day or a configuration fails half-way."""
    living = entered(market.buy("FIRMA", 2000, "450.00", name="a"))
    market.sell("FIRMB", 1000, "450.00", name="b")
    before = market.engine.hash()

    def planted(*_):
        raise ArithmeticError

    with monkeypatch.context() as patch:
        patch.setattr(day, "DayOpened", planted)
        patch.setattr(day, "ConfigurationApplied", planted)
        assert words(next_day(market)) == words(market.send(without("EURKZT_TOM"))) == ["CommandFailed"]
    assert market.engine.hash() == before
    assert one(market.buy("FIRMA", 1000, "450.00", name="a"), OrderRefused).refusal.code == refusals.DUPLICATE_ORDER
    assert words(market.sell("FIRMB", 1000, "450.00", name="c")) == ["OrderAccepted", "Deal"]
    assert one(market.cancel("FIRMA", living), CancelRefused).refusal.code == refusals.TOO_LATE


def test_defect_after_the_day_opened_keeps_the_new_days_names(market, monkeypatch):
    """Law 4: a mark taken at the opening of the day gives back that day's names and ended orders."""
    market.buy("FIRMA", 1000, "450.00", name="yesterday")
    market.close("FX_TOM")
    next_day(market)
    for board in configuration().boards:
        market.send(BoardPhaseChanged(board.code, Phase.CONTINUOUS, f"{board.code}:opens", board.clause))
    gone = entered(market.buy("FIRMA", 1000, "450.00", name="a"))
    market.cancel("FIRMA", gone, name="f")
    before = market.engine.hash()
    with monkeypatch.context() as patch:
        genuine = book.Book.add
        patch.setattr(book.Book, "add", lambda at, order: 1 // (order.cl_ord_id != "bad") and genuine(at, order))
        assert isinstance(market.buy("FIRMA", 1000, "450.00", name="bad")[0], CommandFailed)
    assert market.engine.hash() == before
    names = market.engine.state.names
    assert [names.used("FIRMA", name) for name in ("a", "f", "bad", "yesterday")] == [gone, gone, None, None]
    assert names.ended(gone) == ("FIRMA", OrderStatus.CANCELLED)
    assert words(market.buy("FIRMA", 1000, "450.00", name="bad")) == ["OrderAccepted"]


def test_announcement_comes_before_what_the_phase_does(market):
    """art. 4; R-4: PhaseEntered first, then each instrument's orders in the order of their entry, replaced ones too."""
    first = entered(market.buy("FIRMA", 1000, "449.00"))
    market.buy("FIRMB", 1000, "449.50")
    market.replace("FIRMA", first, price="449.90")
    events = market.close("FX_TOM")
    assert isinstance(events[0], PhaseEntered)
    assert [event.order.user for event in events if isinstance(event, OrderExpired)] == ["FIRMA", "FIRMB"]
    for event in events:
        if isinstance(event, OrderExpired):
            assert (event.order.leaves, event.order.status) == (0, OrderStatus.EXPIRED)


HASHING = """
import random
from kase_fix.values.enums import Side
from tests.engine.market import MarketInTest
market, chance = MarketInTest(), random.Random(5)
for _ in range(400):
    user, price = chance.choice(["FIRMA", "FIRMB", "00100"]), (45000 + chance.randint(-3, 3)) * 10**6
    side, display = chance.choice(list(Side)), chance.choice([None, 1000])
    market.order(user, side, 1000 * chance.randint(1, 9), price, display=display)
market.close("FX_TOM")
print(market.engine.hash().hex(), repr(market.told))
"""


def test_hash_seed_of_the_interpreter_changes_nothing():
    """Law 1: the same state hash under any PYTHONHASHSEED."""
    said = {
        subprocess.run(
            [sys.executable, "-c", HASHING],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parent.parent.parent,
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_deals_name_the_command_that_brought_them(market):
    """Names of things: a deal's number is its event's; no two deals of a command share one."""
    market.sell("FIRMB", 3000, "450.00", display=1000)
    events = market.buy("FIRMA", 3000, "450.00")
    deals = [event.deal_id for event in events if isinstance(event, Deal)]
    assert deals == [f"{len(market.commands)}-{index}" for index, event in enumerate(events) if isinstance(event, Deal)]
