"""Market makers: who may mark an order, what it must be, relief, and the measure of it all (R-155 to R-158)."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kase_fix.marketdata.makers import Makers
from kase_fix.messages.commands import ConfigurationLoaded
from kase_fix.messages.day_events import Announced, DecisionTaken
from kase_fix.messages.decisions import Resume, Suspend, SuspendMember
from kase_fix.messages.events import Published
from kase_fix.messages.making import Liability, MakerRelieved, RelieveMaker
from kase_fix.messages.order_events import CancelRefused, OrderAccepted, OrderRefused, OrderReplaced, PreliminaryEnded
from kase_fix.messages.quotes import MassQuote, QuoteEntry
from kase_fix.rulebook import refusals
from kase_fix.rulebook import refusals_of_making as making
from kase_fix.values.enums import OrderKind, Phase, Side, TimeInForce
from kase_fix.values.numbers import parse_price
from tests.engine.desk import BOND, BONDS, DOLLAR, EUR, FX, Desk, same_on_replay, small
from tests.engine.market import one, words

PLACE = ("FIRMB", EUR, FX)
LIABILITY = Liability(1, *PLACE, spread=parse_price("2"), quantity=2000, deviation_hundredths=250)
SECOND = 1_000_000_000


def desk(*liabilities, to="12:00", **changes):
    made = liabilities or (msgspec.structs.replace(LIABILITY, **changes),)
    return Desk(msgspec.structs.replace(small(), makers=made), to)


def quote(desk, side, price, quantity=2000, user="FIRMB", **more):
    return desk.order(user, side, quantity, price, market_maker=True, **more)


def refused(events):
    refusal = one(events, OrderRefused).refusal
    assert refusal.clause == "art. 1 p. 2"
    return refusal.code, refusal.found


def measured(desk):
    """The fold over everything that happened, as of now."""
    makers = Makers()
    for command, events in zip(desk.commands, desk.told, strict=True):
        makers.apply(Published(command.number, command.time, tuple(events)))
    return {place: quoting.at(desk.now) for place, quoting in makers.quotings.items()}


def test_only_a_market_maker_of_the_instrument_may_mark_an_order():
    at = desk()
    assert refused(quote(at, Side.BUY, "450", user="FIRMA")) == (making.NOT_A_MAKER, ("FIRMA", EUR, FX))
    assert refused(quote(at, Side.BUY, "410", 1_000_000, symbol=DOLLAR)) == (
        making.NOT_A_MAKER,
        ("FIRMB", DOLLAR, FX),
    )
    assert one(quote(at, Side.BUY, "450"), OrderAccepted).order.market_maker
    assert not one(at.buy("FIRMA", 1000, "450"), OrderAccepted).order.market_maker
    same_on_replay(at)


@pytest.mark.parametrize(
    "more",
    [{"tif": TimeInForce.IOC}, {"tif": TimeInForce.FOK}, {"kind": OrderKind.MARKET, "price": None}],
)
def test_a_quote_rests(more):
    at = desk()
    at.sell("FIRMA", 5000, "450")
    price = more.pop("price", "450")
    assert refused(quote(at, Side.BUY, price, **more)) == (making.MAKER_MUST_REST, (EUR,))


def test_its_size_is_what_it_shows():
    at = desk()
    assert refused(quote(at, Side.BUY, "450", 1000)) == (making.MAKER_QUANTITY, ("1000", "2000"))
    assert refused(quote(at, Side.BUY, "450", 5000, display=1000)) == (making.MAKER_QUANTITY, ("1000", "2000"))
    assert one(quote(at, Side.BUY, "450", 5000, display=2000), OrderAccepted)
    at = desk(quantity=None, volume=900_000_00)
    assert refused(quote(at, Side.BUY, "449.99")) == (making.MAKER_VOLUME, ("899980.00", "900000.00"))
    assert one(quote(at, Side.BUY, "450.00"), OrderAccepted)


def test_its_price_stays_near_the_last_day():
    at = desk()  # 450.00, 2.5 % are 11.25
    found = refused(quote(at, Side.BUY, "438.74"))
    assert found == (making.MAKER_DEVIATION, ("438.74", "2.5", "450.00"))
    assert refused(quote(at, Side.SELL, "461.26"))[0] == making.MAKER_DEVIATION
    assert one(quote(at, Side.BUY, "438.75"), OrderAccepted)
    assert one(at.buy("FIRMA", 1000, "438.74"), OrderAccepted)  # bound is who marks, not who trades


def test_his_best_prices_are_not_too_far_apart():
    at = desk()
    best = one(quote(at, Side.BUY, "450.00"), OrderAccepted).order.order_id
    assert refused(quote(at, Side.SELL, "452.01")) == (making.MAKER_SPREAD, ("450.00", "452.01", "2.00"))
    at.buy("FIRMA", 1000, "451")  # another's price does not help him
    assert refused(quote(at, Side.SELL, "452.01"))[0] == making.MAKER_SPREAD
    sell = one(quote(at, Side.SELL, "452.00"), OrderAccepted).order.order_id
    assert one(quote(at, Side.SELL, "453.00"), OrderAccepted)  # behind his best one
    assert one(at.replace("FIRMB", best, "449.99"), CancelRefused).refusal.code == making.MAKER_SPREAD
    assert one(at.replace("FIRMB", best, "450.50"), OrderReplaced).order.market_maker
    assert one(at.replace("FIRMB", sell, "452.50"), OrderReplaced)
    assert one(at.replace("FIRMB", sell, quantity=1000), CancelRefused).refusal.code == making.MAKER_QUANTITY
    at = desk(spread=None, spread_hundredths=50)  # 0.5 % of 450 are 2.25
    quote(at, Side.BUY, "450.00")
    assert refused(quote(at, Side.SELL, "452.26")) == (making.MAKER_SPREAD, ("450.00", "452.26", "0.5 %"))
    assert one(quote(at, Side.SELL, "452.25"), OrderAccepted)
    same_on_replay(at)


def test_orders_of_all_users_of_the_member_count_together():
    market = small()
    users = tuple(
        msgspec.structs.replace(user, firm="FIRMB") if user.name == "FIRMA" else user for user in market.users
    )
    at = Desk(msgspec.structs.replace(market, users=users, makers=(LIABILITY,)))
    quote(at, Side.BUY, "450.00", user="FIRMA")
    assert refused(quote(at, Side.SELL, "452.01"))[0] == making.MAKER_SPREAD
    quote(at, Side.SELL, "452.00")
    at.to("12:00:10")
    assert measured(at)[PLACE].kept == 10 * SECOND


def test_a_marked_order_of_several_days_is_judged_each_morning():
    liability = Liability(2, "FIRMB", BOND, BONDS, quantity=2000, deviation_hundredths=500)
    at = desk(liability, to="11:10")
    entered = quote(at, Side.BUY, "94", symbol=BOND, tif=TimeInForce.GTC)
    order_id = one(entered, OrderAccepted).order.order_id
    at.to("12:00")
    assert measured(at)[liability.place].buy.price == parse_price("94")
    at.to("2020-05-28T12:00")
    assert measured(at)[liability.place].buy.quantity == 2000
    at.send(ConfigurationLoaded(msgspec.structs.replace(small(), makers=())))
    events = at.to("2020-05-29T12:00")
    ended = one(events, PreliminaryEnded)
    assert (ended.order.order_id, ended.refusal.code) == (order_id, making.NOT_A_MAKER)
    same_on_replay(at)


def test_relief_is_a_decision_told_to_the_member_alone():
    at = desk()
    at.to("12:00:10")
    events = at.decide(RelieveMaker, "FIRMB", EUR, True, actor="makler", document="7")
    assert words(events) == ["Announced", "DecisionTaken", "MakerRelieved"]
    told = one(events, Announced)
    assert (told.user, told.english) == ("FIRMB", f"FIRMB need not quote {EUR} (why) No 7")
    assert one(events, DecisionTaken).detail == {"firm": "FIRMB", "symbol": EUR, "on": "yes"}
    assert one(events, MakerRelieved) == MakerRelieved("FIRMB", EUR, True)
    since = measured(at)[PLACE].due
    at.to("12:30")
    assert measured(at)[PLACE].due == since
    at.decide(RelieveMaker, "FIRMB", EUR, False)
    at.to("12:30:05")
    assert measured(at)[PLACE].due == since + 5 * SECOND
    at.decide(RelieveMaker, "FIRMB", EUR, True)
    at.to("2020-05-28T12:00")  # it held for the day
    assert measured(at)[PLACE].due == measured(at)[PLACE].since - 1_590_639_300_000_000_000  # 10:15
    assert at.refused(RelieveMaker, "FIRMA", EUR, True) == (making.NOT_RELIEVED, "art. 1 p. 2")
    assert at.refused(RelieveMaker, "FIRMB", EUR, True, actor="guest") == (refusals.NOT_ENTITLED, "art. 1 p. 2")
    same_on_replay(at)


def test_trading_that_stops_asks_for_no_quotes():
    at = desk(to="10:15")
    at.to("10:20")
    at.decide(Suspend, (EUR,), ())
    at.to("10:40")
    at.decide(Resume, (EUR,), ())
    at.to("10:45")
    assert measured(at)[PLACE].due == 10 * 60 * SECOND
    at.decide(SuspendMember, "FIRMB", document="1")
    at.to("20:00")  # the session has ended at 17:00; a member who is suspended stays bound
    assert measured(at)[PLACE].due == (6 * 60 + 25) * 60 * SECOND
    assert measured(at)[PLACE].hundredths == 0


ACTIONS = ("quote", "plain", "hit", "cancel", "replace", "suspend", "resume", "relieve", "oblige")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.sampled_from(ACTIONS + ("quote",) * 6),
            st.sampled_from(["448", "449", "450", "451", "452", "453"]),
            st.sampled_from(list(Side)),
            st.sampled_from([2000, 3000]),
        ),
        max_size=25,
    )
)
def test_the_measure_agrees_with_the_book_second_by_second(story):
    at = desk()
    due = kept = 0
    start = at.now
    for gap, action, price, side, quantity in story:
        for _ in range(gap):
            is_due, is_kept = looked_at(at)
            due, kept = due + is_due, kept + (is_due and is_kept)
            at.now += SECOND
        act(at, action, price, side, quantity)
    quoting = measured(at)[PLACE]
    before = (start - 1_590_552_900_000_000_000) // SECOND  # since 10:15 nothing was quoted
    assert (quoting.due // SECOND, quoting.kept // SECOND) == (due + before, kept)
    same_on_replay(at)


def act(at, action, price, side, quantity):
    own = [order for order in at.state.orders.values() if order.market_maker]
    if action == "quote":
        quote(at, side, price, quantity)
    elif action in ("plain", "hit"):
        at.order("FIRMB" if action == "plain" else "FIRMA", side, quantity - 1000, price)
    elif action in ("cancel", "replace") and own:
        order = own[quantity % len(own)]
        at.cancel("FIRMB", order.order_id) if action == "cancel" else at.replace("FIRMB", order.order_id, price)
    elif action in ("suspend", "resume"):
        at.decide(Suspend if action == "suspend" else Resume, (EUR,), ())
    elif action in ("relieve", "oblige"):
        at.decide(RelieveMaker, "FIRMB", EUR, action == "relieve")


def looked_at(at):
    """Whether a quote is due, and is as it must be: what the engine's book and decisions say at this moment."""
    trading = at.state.listings[EUR].boards[0]
    relief = [one.command.on for one in at.commands if isinstance(one.command, RelieveMaker)]
    due = at.state.phase(trading) is Phase.CONTINUOUS and trading.key not in at.state.terms.suspended
    own = [order for order in trading.book.orders() if order.market_maker and order.firm == "FIRMB"]
    sides = [[order for order in own if order.side is side] for side in (Side.BUY, Side.SELL)]
    if not all(sides):
        return due and relief[-1:] != [True], False
    best = [max(order.price for order in sides[0]), min(order.price for order in sides[1])]
    sizes = [
        sum(order.visible for order in side if order.price == price) for side, price in zip(sides, best, strict=True)
    ]
    return due and relief[-1:] != [True], min(sizes) >= 2000 and best[1] - best[0] <= parse_price("2")


def test_a_quote_filled_below_its_size_falls_short():
    at = desk()
    quote(at, Side.BUY, "450", 3000)
    quote(at, Side.SELL, "452", 2000)
    at.sell("FIRMA", 1000, "450")
    at.to("12:00:10")
    assert measured(at)[PLACE].short == ()
    at.sell("FIRMA", 1000, "450")
    at.to("12:00:20")
    found = measured(at)[PLACE]
    assert (found.short, found.dealt, found.deals) == (("QTY",), 2000, 2)
    assert found.kept == 10 * SECOND


def test_hours_are_of_the_day():
    at = desk(begins=dt.time(13), ends=dt.time(14))
    at.to("18:00")
    assert measured(at)[PLACE].due == 3600 * SECOND


def test_both_sides_of_one_message_are_judged_together():
    at = desk()
    wide = {"two_sided": True, "spread": parse_price("2.01")}
    assert refused(quote(at, Side.BUY, "450.00", **wide))[0] == making.MAKER_SPREAD
    assert at.state.orders == {}
    narrow = {"two_sided": True, "spread": parse_price("2.00")}
    events = quote(at, Side.SELL, "452.00", **narrow)
    assert [event.order.market_maker for event in events if isinstance(event, OrderAccepted)] == [True, True]
    at.to("12:00:10")
    found = measured(at)[PLACE]
    assert (found.kept, found.buy.price, found.sell.price) == (10 * SECOND, parse_price("450"), parse_price("452"))
    same_on_replay(at)


def test_mass_quotes_of_who_is_bound_count_and_replace_each_other_without_a_breach():
    at = desk()
    for number, (bid, offer) in enumerate((("450", "452"), ("453", "455"), ("448", "450"))):
        entry = QuoteEntry("1", "1", EUR, "", parse_price(bid), 2000, parse_price(offer), 2000)
        at.send(MassQuote("FIRMB", f"q{number}", "F_FIRMB_0000", (entry,)))
        assert measured(at)[PLACE].short == ()
        at.now += 10 * SECOND
    found = measured(at)[PLACE]
    assert (found.kept, found.lapses) == (30 * SECOND, 1)  # it fell short before the first alone
    entry = QuoteEntry("1", "1", EUR, "", parse_price("448"), 2000, parse_price("450.01"), 2000)
    at.send(MassQuote("FIRMB", "wide", "F_FIRMB_0000", (entry,)))
    assert measured(at)[PLACE].sell.price == parse_price("450")  # refused: the quote before it stands
    same_on_replay(at)
