"""What a fixing refuses: orders, changes, withdrawals, and steps of the makler (art. 12 p. 9 par. 2; R-17)."""

import datetime as dt

import msgspec
import pytest

from kase_fix.messages.decisions import MoveTrading, SetHardLimit, Suspend
from kase_fix.messages.fixing import AnnounceSurplus, CallPrice, EndFixing, OrderFixing
from kase_fix.messages.order_events import CancelRefused, OrderAccepted, OrderRefused
from kase_fix.rulebook import refusals
from kase_fix.rulebook import refusals_of_methods as codes
from kase_fix.values.enums import TimeInForce
from kase_fix.values.numbers import parse_price
from tests.engine.desk import BOND, DOLLAR, EUR, FX, same_on_replay, small
from tests.engine.makler import Makler
from tests.engine.market import one

METHODS = "art. 12 p. 9"
PRICE = parse_price("450.00")


@pytest.fixture
def makler():
    desk = Makler(to="12:00")
    yield desk
    assert desk.engine.failures == 0
    same_on_replay(desk)


def taken(events):
    return one(events, OrderAccepted).order.order_id


def no(events):
    """Code and clause by which an order is refused."""
    refusal = one(events, OrderRefused).refusal
    return refusal.code, refusal.clause


def kept(events):
    """Code by which a change or a withdrawal is refused."""
    return one(events, CancelRefused).refusal.code


def test_only_the_called_price(makler):
    """Art. 12 p. 9 par. 2; R-17: quantities are sent for the called price, before as after its announcement."""
    makler.fixing()
    assert no(makler.buy("FIRMA", 1000, "450.01")) == (codes.NOT_THE_CALLED_PRICE, METHODS)
    makler.call("450.01")
    assert no(makler.buy("FIRMA", 1000, "450.00")) == (codes.NOT_THE_CALLED_PRICE, METHODS)
    mine = taken(makler.buy("FIRMA", 1000, "450.01"))
    assert kept(makler.replace("FIRMA", mine, price="450.02")) == codes.NOT_THE_CALLED_PRICE


@pytest.mark.parametrize(
    "terms",
    [
        {"tif": TimeInForce.IOC},
        {"tif": TimeInForce.FOK},
        {"display": 1000},
        {"price": None, "tif": TimeInForce.IOC},
    ],
)
def test_only_orders_of_the_day_that_show_themselves(makler, terms):
    """Art. 12 p. 9 par. 2; R-81."""
    makler.fixing()
    price = terms.get("price", "450.00")
    terms = {name: value for name, value in terms.items() if name != "price"}
    assert no(makler.buy("FIRMA", 2000, price, **terms)) == (refusals.KIND_NOT_ENABLED, METHODS)


def test_lots_hold(makler):
    """Art. 12 p. 5."""
    makler.fixing()
    assert no(makler.buy("FIRMA", 1500, "450.00")) == (refusals.NOT_IN_LOTS, "art. 12 p. 5")


def test_market_orders_wait_for_the_other_side(makler):
    """R-81: they take the called price; no opponent is needed, as it is in the continuous auction (art. 7 p. 1)."""
    makler.fixing()
    taken(makler.buy("FIRMA", 1000))


def test_bonds_take_no_market_orders_here_either():
    """Art. 7 p. 3: at no time."""
    desk = Makler(small(standby="every cross", order_kinds=("limit",)), to="12:00")
    desk.symbol, desk.board = BOND, "BONDS"
    desk.fixing("100.00")
    assert no(desk.buy("FIRMA", 1000, symbol=BOND))[0] == refusals.KIND_NOT_ENABLED


def test_an_announced_surplus_does_not_grow(makler):
    """Art. 12 p. 9 par. 2; R-83: by no new order, change or withdrawal; it may turn to the other side."""
    makler.fixing()
    bought = taken(makler.buy("FIRMA", 5000, "450.00"))
    sold = taken(makler.sell("FIRMB", 3000, "450.00"))
    makler.replace("FIRMA", bought, quantity=6000)
    makler.announce()
    assert no(makler.buy("FIRMC", 1000, "450.00")) == (codes.SURPLUS_GROWS, METHODS)
    assert no(makler.sell("FIRMC", 7000, "450.00")) == (codes.SURPLUS_GROWS, METHODS)
    assert kept(makler.replace("FIRMA", bought, quantity=7000)) == codes.SURPLUS_GROWS
    assert kept(makler.replace("FIRMB", sold, quantity=2000)) == codes.SURPLUS_GROWS
    assert kept(makler.cancel("FIRMB", sold)) == codes.SURPLUS_GROWS
    assert kept(makler.cancel("FIRMB", sold, quantity=1000)) == codes.SURPLUS_GROWS
    taken(makler.sell("FIRMC", 5000, "450.00"))
    assert kept(makler.cancel("FIRMA", bought)) == codes.SURPLUS_GROWS
    assert makler.running.present.announced


def test_before_the_announcement_quantities_are_free(makler):
    """R-17."""
    makler.fixing()
    bought = taken(makler.buy("FIRMA", 5000, "450.00"))
    makler.buy("FIRMA", 1000, "450.00")
    makler.replace("FIRMA", bought, quantity=9000)
    makler.cancel("FIRMA", bought)
    assert len(makler.living()) == 1


def test_orders_of_an_earlier_round_are_only_withdrawn(makler):
    """Art. 12 p. 9 par. 2; R-82: and only so that the surplus of their round does not grow, be it announced or not."""
    makler.fixing("451.00")
    bought = taken(makler.buy("FIRMA", 5000, "451.00"))
    sold = taken(makler.sell("FIRMB", 3000, "451.00"))
    makler.call("450.00")
    assert kept(makler.replace("FIRMA", bought, quantity=4000)) == codes.ONLY_WITHDRAWN
    assert kept(makler.replace("FIRMA", bought, price="450.00")) == codes.ONLY_WITHDRAWN
    assert kept(makler.cancel("FIRMB", sold)) == codes.SURPLUS_GROWS
    assert kept(makler.cancel("FIRMA", bought)) == codes.SURPLUS_GROWS
    makler.cancel("FIRMA", bought, quantity=2000)
    assert len(makler.living()) == 2


def test_orders_of_the_book_are_only_withdrawn(makler):
    """R-80."""
    waits = taken(makler.buy("FIRMA", 5000, "449.00"))
    makler.fixing()
    assert kept(makler.replace("FIRMA", waits, price="450.00")) == codes.ONLY_WITHDRAWN
    makler.cancel("FIRMA", waits, quantity=1000)
    makler.cancel("FIRMA", waits)
    assert makler.book(EUR) == []


def test_the_limit_of_deviation_is_the_maklers_to_lift(makler):
    """Art. 12 p. 8; art. 8 p. 3, 4; R-81: he calls beyond the overridable limit, not beyond the hard one."""
    makler.fixing("470.00")
    taken(makler.buy("FIRMA", 1000, "470.00"))
    makler.decide(SetHardLimit, EUR, 500, document="1")
    assert makler.refused(CallPrice, EUR, FX, parse_price("472.50"), actor="makler") == (
        refusals.BEYOND_HARD_LIMIT,
        "art. 8 p. 4",
    )
    makler.call("472.49")
    makler.end()
    assert makler.refused(OrderFixing, EUR, FX, parse_price("427.50"))[0] == refusals.BEYOND_HARD_LIMIT


def test_who_may_order_it(makler):
    """R-86: the heads, or any office with a document; the makler alone runs it."""
    terms = OrderFixing, EUR, FX, PRICE
    assert makler.refused(*terms, actor="makler") == (refusals.DOCUMENT_MISSING, METHODS)
    assert makler.refused(*terms, actor="FIRMA", document="1") == (refusals.NOT_ENTITLED, METHODS)
    makler.fixing(actor="makler A. B.", document="17")
    assert makler.refused(CallPrice, EUR, FX, parse_price("451")) == (refusals.NOT_ENTITLED, METHODS)
    assert makler.refused(AnnounceSurplus, EUR, FX) == (refusals.NOT_ENTITLED, METHODS)
    assert makler.refused(EndFixing, EUR, FX) == (refusals.NOT_ENTITLED, METHODS)


def test_steps_that_cannot_be_taken(makler):
    """R-17: one fixing at a time, another price with each call, one announcement a round."""
    assert makler.refused(CallPrice, EUR, FX, PRICE, actor="makler") == (codes.NO_FIXING, METHODS)
    assert makler.refused(OrderFixing, "NONE", FX, PRICE)[0] == refusals.UNKNOWN_NAME
    assert makler.refused(OrderFixing, EUR, "BONDS", PRICE)[0] == refusals.UNKNOWN_NAME
    makler.fixing()
    assert makler.refused(OrderFixing, EUR, FX, PRICE) == (codes.FIXING_RUNS, METHODS)
    assert makler.refused(CallPrice, EUR, FX, PRICE, actor="makler") == (codes.PRICE_CALLED_ALREADY, METHODS)
    makler.announce()
    assert makler.refused(AnnounceSurplus, EUR, FX, actor="makler") == (codes.SURPLUS_TOLD_ALREADY, METHODS)
    makler.call("451.00")
    makler.call("450.00")
    assert makler.running.present.number == 3


@pytest.mark.parametrize(
    ("price", "code"),
    [
        ("0", refusals.PRICE_NOT_POSITIVE),
        ("450.001", refusals.PRICE_OFF_GRID),
        ("100000.01", refusals.PRICE_ABOVE_MAXIMUM),
    ],
)
def test_a_price_that_no_order_could_have_is_not_called(makler, price, code):
    """Art. 12 p. 6."""
    assert makler.refused(OrderFixing, EUR, FX, parse_price(price)) == (code, "art. 12 p. 6 sp. 1")


def test_when_it_may_begin_and_end(makler):
    """R-86: in the session, with a time-out that is to come and no later than its end; not while trading is halted."""
    terms = OrderFixing, EUR, FX, PRICE
    assert makler.refused(*terms, dt.time(12, 0)) == (refusals.WRONG_TIME, METHODS)
    assert makler.refused(*terms, dt.time(17, 1)) == (refusals.WRONG_TIME, METHODS)
    makler.decide(Suspend, (EUR,), ())
    assert makler.refused(*terms) == (refusals.INSTRUMENT_SUSPENDED, "art. 4 p. 3")
    makler.decide(MoveTrading, "The hall")
    assert makler.refused(*terms) == (refusals.TRADING_MOVED, "art. 3 p. 2")
    makler.decide(MoveTrading, "")
    makler.to("17:00")
    assert makler.refused(OrderFixing, DOLLAR, FX, parse_price("410")) == (
        refusals.SESSION_CLOSED,
        "art. 10 p. 1 sp. 3",
    )


def test_only_where_it_is_the_reserve_method():
    """R-86: the chapter names it, and it stands for the instrument's main method."""
    market = small()
    groups = tuple(
        msgspec.structs.replace(group, reserve_method="") if group.name == "bonds" else group for group in market.groups
    )
    desk = Makler(msgspec.structs.replace(market, groups=groups), to="12:00")
    assert desk.refused(OrderFixing, BOND, "BONDS", parse_price("100"))[0] == refusals.METHOD_NOT_ENABLED
    boards = tuple(
        msgspec.structs.replace(board, firm_quotes_of="NBRK", firm_quotes_clause="art. 15 p. 1-1 sp. 5")
        if board.code == FX
        else board
        for board in market.boards
    )
    desk = Makler(msgspec.structs.replace(market, boards=boards), to="12:00")
    quotes = refusals.METHOD_NOT_ENABLED, "art. 15 p. 1-1 sp. 5"
    assert desk.refused(OrderFixing, EUR, FX, PRICE) == quotes
