"""Rules of the engine by the articles they rest on, for every currency they hold for."""

import pytest

from kase_fix.marketdata.market import Market
from kase_fix.messages.commands import ConfigurationLoaded
from kase_fix.messages.events import Published
from kase_fix.messages.order_events import OrderAccepted, OrderRefused
from kase_fix.rulebook import refusals
from kase_fix.rulebook.files import load_market
from kase_fix.values.enums import OrderKind, TimeInForce
from kase_fix.values.numbers import parse_price
from tests.engine.market import CFG, MarketInTest, one


@pytest.fixture
def market() -> MarketInTest:
    return MarketInTest()


def refused(events):
    return one(events, OrderRefused).refusal


def test_a_market_order_needs_somebody_to_trade_with(market):
    """Art. 7 p. 1: in a counter auction a market order against an empty side is refused."""
    found = refused(market.buy("FIRMA", 1000))
    assert (found.code, found.clause) == (refusals.NO_OPPONENTS, "art. 7 p. 1")


@pytest.mark.parametrize(
    ("terms", "code", "clause"),
    [
        ({"kind": OrderKind.OTHER}, refusals.KIND_NOT_ENABLED, "art. 7 p. 1"),
        ({"price": None, "kind": OrderKind.MARKET, "display": 1000}, refusals.KIND_NOT_ENABLED, "art. 7 p. 1"),
        ({"tif": TimeInForce.GTD}, refusals.TIF_NOT_ENABLED, "art. 7 p. 2"),
    ],
)
def test_orders_the_method_does_not_know_are_refused(market, terms, code, clause):
    """Art. 7 p. 1, 2: kinds, visible parts and lives that the continuous auction of currencies has no place for."""
    market.sell("FIRMB", 1000, "450.00")
    found = refused(market.buy("FIRMA", 1000, terms.pop("price", "450.00"), **terms))
    assert (found.code, found.clause) == (code, clause)


def test_a_group_says_how_long_its_orders_may_live(market):
    """Art. 7 p. 1, 2: a time in force that is not set for the group is refused."""
    market.send(ConfigurationLoaded(load_market(CFG, {"groups.fx_eur.times_in_force": "day"})))
    found = refused(market.buy("FIRMA", 1000, "450.00", tif=TimeInForce.IOC))
    assert (found.code, found.clause) == (refusals.TIF_NOT_ENABLED, "art. 7 p. 1")
    one(market.buy("FIRMA", 1000, "450.00"), OrderAccepted)


@pytest.mark.parametrize(
    ("user", "terms", "code", "clause"),
    [
        ("FIRMA", {"symbol": "EURKZT_XXX"}, refusals.UNKNOWN_INSTRUMENT, "art. 1 p. 1 sp. 3"),
        ("ISSUER", {}, refusals.NOT_ADMITTED, "art. 1 p. 2"),
        ("FIRMA", {"account": "F_FIRMB_0000"}, refusals.NO_RIGHT_ON_ACCOUNT, "art. 1 p. 2"),
        ("FIRMA", {"account": "S_FIRMA_0000"}, refusals.WRONG_ACCOUNT_MARKET, "art. 1 p. 2"),
        ("FIRMA", {"board": "FX_TOD"}, refusals.WRONG_BOARD, "art. 10 p. 1 sp. 3"),
    ],
)
def test_who_may_trade_what_and_where(market, user, terms, code, clause):
    """Art. 1 p. 1 sp. 3, art. 1 p. 2, art. 4 p. 1: instrument, member, account and board are looked at first."""
    found = refused(market.buy(user, 1000, "450.00", **terms))
    assert (found.code, found.clause) == (code, clause)


@pytest.mark.parametrize(
    ("symbol", "lot", "price", "finer", "lot_clause", "price_clause"),
    [
        ("USDKZT_TOM", 1000, "410.00", "410.001", "art. 11 p. 5", "art. 11 p. 6"),
        ("EURKZT_TOM", 1000, "450.00", "450.001", "art. 12 p. 5", "art. 12 p. 6 sp. 1"),
        ("EURUSD_TOM", 1000, "1.1000", "1.10001", "art. 12 p. 5", "art. 12 p. 6 sp. 2"),
        ("RUBKZT_TOM", 50000, "5.7500", "5.75001", "art. 13 p. 4", "art. 13 p. 5"),
        ("CNYKZT_TOM", 5000, "57.4000", "57.40001", "art. 14 p. 4", "art. 14 p. 5"),
    ],
)
def test_an_order_off_the_grid_is_refused(market, symbol, lot, price, finer, lot_clause, price_clause):
    """Art. 11 p. 5, 12 p. 5, 13 p. 4, 14 p. 4: the lot; art. 11 p. 6, 12 p. 6, 13 p. 5, 14 p. 5: the decimals."""
    one(market.buy("FIRMA", lot, price, symbol=symbol), OrderAccepted)
    found = refused(market.buy("FIRMA", lot + lot // 2, price, symbol=symbol))
    assert (found.code, found.clause) == (refusals.NOT_IN_LOTS, lot_clause)
    found = refused(market.buy("FIRMA", lot, finer, symbol=symbol))
    assert (found.code, found.clause) == (refusals.PRICE_OFF_GRID, price_clause)


def test_a_price_above_the_greatest_is_refused(market):
    """Art. 12 p. 6: so many tenge nobody pays for a euro; refused before any limit looks at it."""
    found = refused(market.buy("FIRMA", 1000, "100000.01"))
    assert (found.code, found.clause) == (refusals.PRICE_ABOVE_MAXIMUM, "art. 12 p. 6 sp. 1")


@pytest.mark.parametrize(
    ("price", "least"),
    [
        ("410.44", 100_000),
        ("410.85", 1_000_000),
        ("411.67", 2_500_000),
        ("412.49", 5_000_000),
        ("413.31", 10_000_000),
        ("500.00", 10_000_000),
    ],
)
def test_the_farther_a_dollar_order_is_the_larger_it_has_to_be(market, price, least):
    """Annex 1; art. 11 p. 5: the last deal is 410.00."""
    one(market.sell("FIRMA", 1_000, "410.41", symbol="USDKZT_TOM"), OrderAccepted)
    found = refused(market.sell("FIRMA", least - 1_000, price, symbol="USDKZT_TOM"))
    assert (found.code, found.clause) == (refusals.BELOW_MINIMUM, "art. 11 p. 5, annex 1")
    one(market.sell("FIRMA", least, price, symbol="USDKZT_TOM"), OrderAccepted)


@pytest.mark.parametrize(
    ("symbol", "lot", "price", "board", "clause"),
    [
        ("EURKZT_TOD", 1000, "450.00", "FX_TOD", "art. 10 p. 1 sp. 1"),
        ("CNYKZT_TOD", 5000, "57.4000", "CNY_TOD", "art. 10 p. 1 sp. 2"),
        ("USDKZT_SPT", 1000, "410.00", "FX_TOM", "art. 10 p. 1 sp. 3"),
    ],
)
def test_after_its_window_a_board_takes_no_orders(market, symbol, lot, price, board, clause):
    """Art. 10 p. 1 sp. 1-3: the refusal quotes the window."""
    one(market.buy("FIRMA", lot, price, symbol=symbol), OrderAccepted)
    market.close(board)
    found = refused(market.buy("FIRMA", lot, price, symbol=symbol))
    assert (found.code, found.clause) == (refusals.SESSION_CLOSED, clause)


@pytest.mark.parametrize(
    ("symbol", "lot", "price", "clause"),
    [
        ("USDKZT_TOD", 1000, "410.00", "art. 11 p. 2"),
        ("EURKZT_TOD", 1000, "450.00", "art. 12 p. 3"),
        ("EURUSD_TOD", 1000, "1.1000", "art. 12 p. 3"),
        ("RUBKZT_TOD", 50000, "5.7500", "art. 13 p. 2"),
        ("CNYKZT_SPT", 5000, "57.4000", "art. 14 p. 2"),
    ],
)
def test_what_does_not_trade_today_is_refused(market, symbol, lot, price, clause):
    """Art. 11 p. 2, 12 p. 3, 13 p. 2, 14 p. 2: with the clause the opening of the day brought."""
    market.open({symbol: clause})
    found = refused(market.buy("FIRMA", lot, price, symbol=symbol))
    assert (found.code, found.clause) == (refusals.NOT_TRADED_TODAY, clause)


@pytest.mark.parametrize(
    ("symbol", "lot", "within", "at", "clause"),
    [
        ("EURKZT_TOM", 1000, "463.49", "463.50", "art. 12 p. 8"),
        ("EURUSD_TOM", 1000, "1.1329", "1.1330", "art. 12 p. 8"),
        ("RUBKZT_TOM", 50000, "5.9224", "5.9225", "art. 13 p. 7"),
        ("CNYKZT_TOM", 5000, "59.1219", "59.1220", "art. 14 p. 7"),
    ],
)
def test_an_order_at_the_limit_is_refused_by_the_engine(market, symbol, lot, within, at, clause):
    """Art. 8 p. 3; art. 12 p. 8, 13 p. 7, 14 p. 7: the order is not taken, and its sender is told why."""
    one(market.buy("FIRMA", lot, within, symbol=symbol), OrderAccepted)
    found = refused(market.buy("FIRMA", lot, at, symbol=symbol))
    assert (found.code, found.clause) == (refusals.BEYOND_LIMIT, clause)


@pytest.mark.parametrize(
    ("symbol", "lot", "first", "later"),
    [
        ("USDKZT_TOM", 1000, "410.10", "410.00"),
        ("EURKZT_TOM", 1000, "450.10", "450.00"),
        ("EURUSD_TOM", 1000, "1.1005", "1.1001"),
        ("RUBKZT_TOM", 50000, "5.7510", "5.7501"),
        ("CNYKZT_TOM", 5000, "57.4100", "57.4001"),
    ],
)
def test_the_first_deal_gives_the_opening_price(market, symbol, lot, first, later):
    """Art. 11 p. 7, 12 p. 7, 13 p. 6, 14 p. 6: published as such, whatever is done afterwards."""
    public = Market()
    for price in (first, later):
        market.sell("FIRMB", lot, price, symbol=symbol)
        market.buy("FIRMA", lot, price, symbol=symbol)
    for number, events in enumerate(market.told, start=1):
        public.apply(Published(number, number, events))
    statistics = public.listings[symbol].deals.statistics
    assert (statistics.open, statistics.last) == (parse_price(first), parse_price(later))
