"""The rules of admission, each by the numbers of its article."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook import admission, limits, lots, methods, prices, refusals
from kase_fix.rulebook.market import Market
from kase_fix.values.enums import OrderKind, TimeInForce
from kase_fix.values.numbers import parse_price


def px(text: str) -> int:
    return parse_price(text)


def worded(refusal: Refusal | None) -> str:
    """The English text, with every placeholder of the catalogue filled and none left over."""
    assert refusal is not None
    for template in (refusals.CATALOGUE[refusal.code].english, refusals.CATALOGUE[refusal.code].russian):
        assert {int(place) for place in re.findall(r"\{(\d)\}", template)} == set(range(len(refusal.found)))
    assert refusals.russian(refusal)
    return refusals.english(refusal)


@pytest.mark.parametrize(
    ("symbol", "last", "taken", "refused"),
    [
        ("EURKZT_TOM", "450.00", "463.49", "463.50"),
        ("EURKZT_TOM", "450.00", "436.51", "436.50"),
        ("EURUSD_TOM", "1.1000", "1.1329", "1.1330"),
        ("RUBKZT_TOM", "5.7500", "5.9224", "5.9225"),
        ("CNYKZT_TOM", "57.4000", "59.1219", "59.1220"),
        ("EURKZT_TOM", "450.33", "463.83", "463.84"),
    ],
)
def test_a_price_at_the_limit_is_refused(market: Market, symbol, last, taken, refused):
    """Art. 8 p. 3; art. 12 p. 8, 13 p. 7, 14 p. 7: reaching 3 % of the last deal, up or down, is refused."""
    group = market.group_of(symbol)
    assert limits.refuse_beyond(px(taken), px(last), group.limit_hundredths, group) is None
    found = limits.refuse_beyond(px(refused), px(last), group.limit_hundredths, group)
    assert found == Refusal("beyond_limit", group.clauses.limit, (refused, "3", last))
    assert worded(found).endswith(f"({group.clauses.limit})")


def test_no_limit_without_last_deal_without_price_and_for_the_dollar(market: Market):
    """Art. 11 p. 8: none for the dollar; with no deal on record there is nothing to deviate from."""
    euro, dollar = market.groups["fx_eur"], market.groups["fx_usd"]
    assert limits.refuse_beyond(px("9999"), None, euro.limit_hundredths, euro) is None
    assert limits.refuse_beyond(None, px("450"), euro.limit_hundredths, euro) is None
    assert limits.refuse_beyond(px("9999"), px("410"), dollar.limit_hundredths, dollar) is None


@given(st.integers(1, 10**15), st.integers(1, 10**15), st.integers(1, 10_000))
def test_the_limit_is_exact(price, last, hundredths):
    """Art. 1 p. 1 sp. 1: reached or exceeded, in exact numbers."""
    assert limits.reaches_limit(price, last, hundredths) == (
        Fraction(abs(price - last), last) >= Fraction(hundredths, 10_000)
    )


@pytest.mark.parametrize(
    ("price", "least"),
    [
        ("410.00", 1_000),
        ("410.41", 1_000),  # 0.1000 %
        ("410.43", 1_000),  # 0.1049 % is 0.10
        ("410.44", 100_000),  # 0.1073 % is 0.11
        ("409.56", 100_000),
        ("410.84", 100_000),  # 0.2049 % is 0.20
        ("410.85", 1_000_000),  # 0.2073 % is 0.21
        ("411.66", 1_000_000),  # 0.4049 % is 0.40
        ("411.67", 2_500_000),
        ("412.48", 2_500_000),  # 0.6049 % is 0.60
        ("412.49", 5_000_000),
        ("413.30", 5_000_000),  # 0.8049 % is 0.80
        ("413.31", 10_000_000),
        ("414.10", 10_000_000),  # 1.00 %
        ("450.00", 10_000_000),  # beyond the table
    ],
)
def test_the_ladder_of_annex_1(market: Market, price, least):
    """Art. 11 p. 5, annex 1; R-8: the row is chosen by the deviation rounded half up to two decimals."""
    group, ladder = market.group_of("USDKZT_TOM"), market.ladder_of("USDKZT_TOM")
    assert ladder is not None
    assert lots.least_quantity(px(price), px("410.00"), ladder) == least
    assert lots.quantity_by_ladder(least, px(price), px("410.00"), group, ladder) is None
    if least > 1_000:
        found = lots.quantity_by_ladder(least - 1_000, px(price), px("410.00"), group, ladder)
        assert found is not None
        assert (found.code, found.clause) == ("below_minimum", "art. 11 p. 5, annex 1")
        assert found.found[0:2] == (str(least - 1_000), str(least))
        assert "from the last deal 410.00" in worded(found)


def test_the_deviation_is_rounded_half_up(market: Market):
    """R-8: 0.105 % is 0.11, the second row."""
    assert lots.deviation_hundredths(px("400.42"), px("400.00")) == 11
    assert lots.deviation_hundredths(px("399.58"), px("400.00")) == 11
    found = lots.quantity_by_ladder(
        1_000, px("400.42"), px("400"), market.group_of("USDKZT_TOM"), market.ladder_of("USDKZT_TOM")
    )
    assert found is not None
    assert found.found == ("1000", "100000", "0.11", "400.00")


def test_the_ladder_needs_a_last_deal_and_a_price(market: Market):
    """R-8: with no deal on record only the multiple applies; other currencies have no ladder."""
    group, ladder = market.group_of("USDKZT_TOM"), market.ladder_of("USDKZT_TOM")
    assert lots.quantity_by_ladder(1_000, px("999"), None, group, ladder) is None
    assert lots.quantity_by_ladder(1_000, None, px("410"), group, ladder) is None
    assert lots.quantity_by_ladder(1_000, px("999"), px("450"), market.groups["fx_eur"], None) is None


@pytest.mark.parametrize(
    ("group", "lot"), [("fx_usd", 1000), ("fx_eur", 1000), ("fx_eurusd", 1000), ("fx_rub", 50000), ("fx_cny", 5000)]
)
def test_quantities_are_multiples_of_the_lot(market: Market, group, lot):
    """Art. 11 p. 5, 12 p. 5, 13 p. 4, 14 p. 4."""
    parameters = market.groups[group]
    assert lots.quantity_in_lots(lot * 3, parameters) is None
    found = lots.quantity_in_lots(lot * 3 + 1, parameters)
    assert found == Refusal("not_in_lots", parameters.clauses.lot, (str(lot * 3 + 1), str(lot)))
    assert parameters.clauses.lot in worded(found)


def test_quantities_are_positive_and_bounded(market: Market):
    """Art. 12 p. 5: at least a lot; the greatest size is the group's setting."""
    euro = market.groups["fx_eur"]
    assert lots.quantity_positive(1000, euro) is None
    assert worded(lots.quantity_positive(0, euro)) == "Quantity 0 is not positive (art. 12 p. 5)"
    assert worded(lots.quantity_positive(-1000, euro)).startswith("Quantity -1000")
    assert lots.quantity_within_maximum(euro.max_quantity, euro) is None
    assert "greatest 1000000000" in worded(lots.quantity_within_maximum(euro.max_quantity + 1000, euro))


@pytest.mark.parametrize(
    ("display", "quantity", "kind", "code"),
    [
        (None, 5000, OrderKind.MARKET, None),
        (1000, 5000, OrderKind.LIMIT, None),
        (5000, 5000, OrderKind.LIMIT, None),
        (6000, 5000, OrderKind.LIMIT, "display_not_in_lots"),
        (1500, 5000, OrderKind.LIMIT, "display_not_in_lots"),
        (0, 5000, OrderKind.LIMIT, "display_not_in_lots"),
        (-1000, 5000, OrderKind.LIMIT, "display_not_in_lots"),
        (1000, 5000, OrderKind.MARKET, "kind_not_enabled"),
    ],
)
def test_an_iceberg_shows_whole_lots_of_a_limit_order(market: Market, display, quantity, kind, code):
    """Art. 2 p. 5, art. 7 p. 1: the visible part is made of lots and no more than the order."""
    found = lots.display_in_lots(display, quantity, kind, "EURKZT_TOM", market.groups["fx_eur"])
    assert (found and found.code) == code
    if found:
        assert worded(found)


@pytest.mark.parametrize(
    ("group", "good", "bad"),
    [
        ("fx_usd", "410.01", "410.001"),
        ("fx_eur", "450.99", "450.005"),
        ("fx_eurusd", "1.1001", "1.10005"),
        ("fx_rub", "5.7501", "5.75001"),
        ("fx_cny", "57.4001", "57.40001"),
    ],
)
def test_prices_lie_on_the_grid(market: Market, group, good, bad):
    """Art. 11 p. 6, 12 p. 6, 13 p. 5, 14 p. 5: two or four decimals."""
    parameters = market.groups[group]
    assert prices.price_on_grid(px(good), parameters) is None
    found = prices.price_on_grid(px(bad), parameters)
    assert found == Refusal("price_off_grid", parameters.clauses.price, (bad, str(parameters.price_decimals)))
    assert worded(found)


def test_prices_are_there_where_wanted_positive_and_bounded(market: Market):
    """Art. 12 p. 6: a limit order has a price, a market order none; so many tenge for a euro is above zero."""
    euro = market.groups["fx_eur"]
    assert prices.price_suits_kind(px("450"), OrderKind.LIMIT, euro) is None
    assert prices.price_suits_kind(None, OrderKind.MARKET, euro) is None
    assert worded(prices.price_suits_kind(None, OrderKind.LIMIT, euro)).startswith("A limit order needs a price")
    assert worded(prices.price_suits_kind(px("1"), OrderKind.MARKET, euro)).startswith("A market order has no price")
    assert prices.price_positive(px("0.01"), euro) is None
    assert "-1.00" in worded(prices.price_positive(px("-1"), euro))
    assert prices.price_positive(0, euro) is not None
    assert prices.price_within_maximum(euro.max_price, euro) is None
    assert "greatest 100000.00" in worded(prices.price_within_maximum(euro.max_price + 1, euro))
    for rule in (prices.price_positive, prices.price_on_grid, prices.price_within_maximum):
        assert rule(None, euro) is None


def test_kinds_and_times_in_force_of_the_currencies(market: Market):
    """Art. 7 p. 1, R-150: market, limit and of currencies stop; art. 7 p. 2, R-5: several days need a phase before."""
    for group in market.groups.values():
        if group.market == "securities":
            continue
        board = next(market.boards[one.board] for one in market.instruments.values() if one.group == group.name)
        taken = [kind for kind in OrderKind if methods.kind_enabled(kind, "X", group, board) is None]
        own = {"swap": [OrderKind.SWAP], "repo": [OrderKind.AUTOMATIC_REPO]}.get(group.settlement, [])
        stops = [OrderKind.STOP, OrderKind.STOP_LIMIT] if group.settlement == "currency" else []
        assert taken == [OrderKind.MARKET, OrderKind.LIMIT, *stops, *own]
        lives = [tif for tif in TimeInForce if methods.time_in_force_enabled(tif, "X", group) is None]
        assert lives == [TimeInForce.DAY, TimeInForce.IOC, TimeInForce.FOK]
    euro = market.groups["fx_eur"]
    gtc = methods.time_in_force_enabled(TimeInForce.GTC, "EURKZT_TOM", euro)
    assert worded(gtc) == "Time in force GTC is not accepted in EURKZT_TOM (art. 7 p. 2)"
    swaps = market.groups["swap_usd"]
    stop = methods.kind_enabled(OrderKind.STOP_LIMIT, "USDKZT_0_001", swaps, market.boards["SWAP_USD"])
    assert worded(stop) == "Orders of the kind stop limit are not accepted in USDKZT_0_001 (art. 7 p. 1)"
    bonds, repo = market.groups["bonds"], market.boards["REPO_DIRECT"]
    assert methods.kind_enabled(OrderKind.DIRECT_REPO, "BRKLb1", bonds, repo) is None
    assert methods.kind_enabled(OrderKind.DIRECT_REPO, "BRKLb1", bonds, market.boards["CORP_DIRECT"]) is not None


def test_stop_orders_are_for_boards_of_continuous_trading(market: Market):
    """R-150: a bond's stop-limit order on its main board alone; a stop order would be a market one (art. 7 p. 3)."""
    bonds = market.groups["bonds"]
    assert methods.kind_enabled(OrderKind.STOP_LIMIT, "BRKLb1", bonds, market.boards["CORP"]) is None
    for board in ("CORP_DIRECT", "CORP_SPEC", "REPO_DIRECT"):
        assert methods.kind_enabled(OrderKind.STOP_LIMIT, "BRKLb1", bonds, market.boards[board]) is not None
    stop = methods.kind_enabled(OrderKind.STOP, "BRKLb1", bonds, market.boards["CORP"])
    assert worded(stop) == "Orders of the kind stop are not accepted in BRKLb1 (art. 7 p. 3)"
    package = market.groups["state_packages"]
    assert methods.kind_enabled(OrderKind.STOP, "KZTO_GP1", package, market.boards["PACKAGES"]) is None


def test_members_trade_where_they_are_admitted(market: Market):
    """Art. 1 p. 2: rights of members come from the Exchange's Rules."""
    euro = market.groups["fx_eur"]
    assert admission.member_admitted(market.users["FIRMC"], euro) is None
    for name in ("CUSTOD", "ISSUER", "VENDOR1", "DROPA"):
        assert name in worded(admission.member_admitted(market.users[name], euro))


def test_accounts_are_known_own_and_of_the_market(market: Market):
    """Art. 1 p. 2: accounts are coded by the Exchange's instruction; `F_...` are those for currencies."""
    firma, euro = market.users["FIRMA"], market.groups["fx_eur"]

    def usable(account: str) -> Refusal | None:
        return admission.account_usable(account, market.owners.get(account), firma)

    assert usable("F_FIRMA_0000") is None
    assert worded(usable("F_NOBODY_0000")).startswith("Unknown account")
    assert worded(usable("F_FIRMB_0000")).startswith("No right to use")
    assert admission.account_of_market("F_FIRMA_0000", euro) is None
    found = admission.account_of_market("S_FIRMA_0000", euro)
    assert worded(found).startswith("Account S_FIRMA_0000")
    assert refusals.CATALOGUE["wrong_account_market"].next == 45


def test_instruments_are_listed_on_their_board_and_traded_today(market: Market):
    """Art. 1 p. 1 sp. 3; art. 4 p. 1 and R-30; art. 11 p. 2."""
    euro = market.instruments["EURKZT_TOM"]
    assert admission.instrument_listed("EURKZT_TOM", euro) is None
    assert worded(admission.instrument_listed("EURKZT_XXX", None)) == (
        "Unknown instrument EURKZT_XXX (art. 1 p. 1 sp. 3)"
    )
    board = market.board_of("EURKZT_TOM")
    assert admission.instrument_on_board(euro, "", board) is None
    assert admission.instrument_on_board(euro, "FX_TOM", board) is None
    assert worded(admission.instrument_on_board(euro, "FX_TOD", board)).startswith("EURKZT_TOM is not traded on")
    assert admission.traded_today("EURKZT_TOM", {"USDKZT_TOD": "art. 11 p. 2"}) is None
    found = admission.traded_today("USDKZT_TOD", {"USDKZT_TOD": "art. 11 p. 2"})
    assert worded(found) == "USDKZT_TOD is not traded today (art. 11 p. 2)"
