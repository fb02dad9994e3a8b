"""Every group of chapters 2-9 in trading: window, lot, prices, limits, opening price and methods, by its articles."""

import datetime as dt

import pytest

from kase_fix.messages.auction_events import AuctionEnded
from kase_fix.messages.day_events import PhaseEntered
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.direct import DirectTerms
from kase_fix.messages.order_events import OrderAccepted, OrderExpired, OrderShown
from kase_fix.rulebook import refusals
from kase_fix.values.enums import OrderKind, Phase, TimeInForce
from kase_fix.values.numbers import format_price, parse_price
from tests.engine.market import one
from tests.spec.venue import Venue, checked_in

SWAPS = ("USDKZT_0_001", "EURKZT_0_001", "RUBKZT_0_001", "CNYKZT_0_001")
DEBT = ("KZ_24_2410", "MUM180_0014", "NTK028_2545", "ALM036_0001", "BRKLb1", "UNLSb1", "EABRb15", "US_T_3011")
"""Eurobonds, the Ministry, the National Bank, local bodies; listed, unlisted, international organisations, foreign."""
REPO_GOV, REPO, NETTING = "R_GS_007", "R_AST024_0001_007", "RN_MUM180_0014_007"
PACKAGE, FUTURE = "KZTO_GP1", "FUSD_0620"


def last_of(symbol):
    return next(one.last_deal for one in checked_in().instruments if one.symbol == symbol)


def price_of(symbol, per_mille=1000):
    """A price of so many thousandths of the last one, on the grid of four decimals."""
    return format_price(last_of(symbol) * per_mille // 1000 // 10**4 * 10**4, 4)


# -- windows (art. 10, 16, 21, 30, 36, 38)

WINDOWS = [
    ("CNYKZT_0_001", "SWAP_CNY", "10:15", "11:00", "art. 10 p. 1 sp. 2"),
    ("EURKZT_0_001", "SWAP_EUR_RUB", "11:30", "15:30", "art. 10 p. 1 sp. 4"),
    ("RUBKZT_0_001", "SWAP_EUR_RUB", "11:30", "15:30", "art. 10 p. 1 sp. 4"),
    ("USDKZT_0_001", "SWAP_USD", "11:30", "15:30", "art. 10 p. 2 sp. 1"),
    ("USDKZT_0_001", "SWAP_USD_ADD", "17:00", "17:30", "art. 10 p. 2 sp. 2"),
    ("MUM180_0014", "GOV", "11:30", "17:00", "art. 16"),
    ("BRKLb1", "CORP", "11:30", "17:00", "art. 21"),
    ("EABRb15", "INTL", "11:30", "17:00", "art. 30"),
    (FUTURE, "FUT", "10:00", "15:30", "art. 36"),
    (REPO, "M", "11:30", "18:00", "art. 38 p. 1 sp. 1"),
    (REPO, "A", "17:00", "17:30", "art. 38 p. 1 sp. 2"),
    (NETTING, "RN", "11:30", "17:15", "art. 38 p. 2"),
]


@pytest.mark.parametrize(("symbol", "board", "opens", "closes", "clause"), WINDOWS)
def test_a_board_takes_orders_in_its_window_alone(symbol, board, opens, closes, clause):
    """Art. 10 p. 1 sp. 2, 4, p. 2 sp. 1, 2; art. 16; art. 21; art. 30; art. 36; art. 38 p. 1 sp. 1, 2, p. 2."""
    venue = Venue(symbol, to="09:59:59")
    user = "NBRK" if board in ("SWAP_USD_ADD", "A") else "FIRMA"
    quantity, price = 10_000, price_of(symbol)
    assert venue.no(quantity, price, user=user, board=board) == (refusals.SESSION_CLOSED, clause)
    venue.to(opens)
    one(venue.buy(user, quantity, price, board=board), OrderAccepted)
    expired = [event.order.board for event in venue.to(closes) if isinstance(event, OrderExpired)]
    assert expired == [board]
    assert venue.no(quantity, price, user=user, board=board) == (refusals.SESSION_CLOSED, clause)
    assert venue.turns(board)[-2:] == [("continuous", clause), ("closed", clause)]


def test_direct_repo_has_its_window():
    """Art. 38 p. 1: the board turns at 11:30 and at 17:00."""
    venue = Venue("KZTO", to="11:29:59")
    for time, phase in (("11:30", Phase.CONTINUOUS), ("17:00", Phase.CLOSED)):
        turns = [event for event in venue.to(time) if isinstance(event, PhaseEntered) and event.board == "REPO_DIRECT"]
        assert [(turn.phase, turn.clause) for turn in turns] == [(phase, "art. 38 p. 1")]


@pytest.mark.parametrize(
    ("symbol", "main", "additional"), [("USDKZT_0_001", "SWAP_USD", "SWAP_USD_ADD"), (REPO, "M", "A")]
)
def test_two_sessions_have_a_book_each(symbol, main, additional):
    """Art. 4 p. 2; art. 10 p. 2; art. 38 p. 1: no order passes from the main session into the other (R-4, R-26)."""
    venue = Venue(symbol)
    order = venue.taken(10_000, price_of(symbol), board=main)
    venue.to("17:00")
    other = one(venue.sell("NBRK", 10_000, price_of(symbol), board=additional), OrderAccepted).order.order_id
    venue.to("18:00")
    gone = [event.order.order_id for events in venue.told for event in events if isinstance(event, OrderExpired)]
    assert sorted(gone) == sorted((order, other))
    assert {board.session for board in checked_in().boards if board.code not in ("SWAP_USD_ADD", "A")} == {"main"}


def test_a_single_seller_has_a_window_of_his_own():
    """Art. 4 p. 1: state packages may trade outside the window of their group, 11:30-17:00."""
    venue = Venue("DOMB_GP1", PACKAGE, to="10:30")
    assert venue.phase(PACKAGE) is Phase.CLOSED
    venue.taken(1000, "500.00")
    assert one(venue.to("11:30"), OrderExpired).order.symbol == "DOMB_GP1"
    assert venue.no(1000, "500.00") == (refusals.SESSION_CLOSED, "art. 21")
    venue.to("12:00")
    venue.taken(10, "980.00", PACKAGE)
    assert one(venue.to("14:00"), OrderExpired).order.symbol == PACKAGE


# -- sizes (art. 15 p. 9, 19-40 p. 1)


@pytest.mark.parametrize("symbol", SWAPS)
def test_a_swap_has_lots_of_ten_thousand(symbol):
    """Art. 15 p. 9: of the swapped currency, whichever it is."""
    venue = Venue(symbol, to="10:30" if symbol.startswith("CNY") else "12:00")
    venue.taken(10_000, "7.5000")
    assert venue.no(15_000, "7.5000") == (refusals.NOT_IN_LOTS, "art. 15 p. 9")


@pytest.mark.parametrize("symbol", [*DEBT, NETTING])
def test_where_no_lot_is_set_one_is_enough(symbol):
    """Art. 19 p. 1; art. 20 p. 1; art. 24 p. 1; art. 25 p. 1; art. 32 p. 1; art. 33 p. 1; art. 40 p. 1."""
    Venue(symbol).taken(1, price_of(symbol))


def test_a_state_package_has_its_sellers_lot():
    """Art. 26 p. 1: 10 shares of this one."""
    venue = Venue(PACKAGE)
    venue.taken(20, "980.00")
    assert venue.no(15, "980.00") == (refusals.NOT_IN_LOTS, "art. 26 p. 1")


def test_a_futures_contract_goes_by_its_specification():
    """Art. 37: whole contracts, two decimals, no limit, as the rehearsal's specification has it."""
    venue = Venue(FUTURE)
    venue.taken(1, "900.00")
    assert venue.no(1, "414.001") == (refusals.PRICE_OFF_GRID, "art. 37")
    assert venue.no(0, "414.00") == (refusals.ZERO_QUANTITY, "art. 37")


# -- prices (art. 15 p. 10; art. 26 p. 2; art. 40 p. 2; annex 2)


@pytest.mark.parametrize(
    ("symbol", "good", "finer", "clause"),
    [
        *((symbol, "-7.5001", "7.50001", "art. 15 p. 10") for symbol in SWAPS[:3]),
        (REPO_GOV, "-9.0001", "9.00001", "art. 40 p. 2"),
        (REPO, "9.0001", "9.00001", "art. 40 p. 2"),
        (NETTING, "9.0001", "9.00001", "art. 40 p. 2"),
        (PACKAGE, "980.01", "980.001", "art. 26 p. 2"),
    ],
)
def test_prices_have_their_decimals(symbol, good, finer, clause):
    """Art. 15 p. 10, art. 40 p. 2: a yield, % p.a., with four decimals; art. 26 p. 2: tenge for a share with two."""
    venue = Venue(symbol)
    venue.taken(10_000, good)
    assert venue.no(10_000, finer) == (refusals.PRICE_OFF_GRID, clause)


@pytest.mark.parametrize(
    ("group", "symbols"),
    [
        ("eurobonds", {"KZ_24_2410": "clean"}),
        ("gov", {"MKM012_0150": "clean", "MUJ108_0005": "dirty", "MUX084_0001": "dirty"}),
        ("gov_notes", {"NTK028_2545": "clean"}),
        ("gov_municipal", {"AST024_0001": "clean", "OBL084_0001": "dirty"}),
        ("bonds", {"BRKLb1": "clean", "KZIKb26": "dirty", "NURAb1": "clean", "ORDAb1": "dirty"}),
        ("bonds_unlisted", {"UNLSb1": "clean", "ZHARb1": "dirty"}),
        ("ifi", {"EABRb15": "clean", "IFICb1": "dirty"}),
        ("foreign_gov", {"US_T_3011": "clean", "US_I_3001": "dirty"}),
    ],
)
def test_bonds_trade_clean_or_dirty_by_annex_2_and_as_decided(group, symbols):
    """Art. 19 p. 2; art. 20 p. 2; art. 24 p. 2; art. 25 p. 2; art. 32 p. 2; art. 33 p. 2; annex 2 p. 1, 2."""
    venue = Venue(*symbols)
    for symbol, kind in symbols.items():
        instrument = venue.state.listings[symbol].instrument
        assert (instrument.group, instrument.price_kind) == (group, kind)
    assert {one.price_kind for one in checked_in().instruments if one.bond is not None} == {"clean", "dirty"}


# -- limits of deviation (art. 18, 22, 26 p. 3, 31, 40 p. 4)


@pytest.mark.parametrize(
    ("symbol", "clause"),
    [
        ("KZ_24_2410", "art. 18"),
        ("MUM180_0014", "art. 18"),
        ("BRKLb1", "art. 22"),
        ("UNLSb1", "art. 22"),
        ("EABRb15", "art. 31"),
        ("US_T_3011", "art. 31"),
    ],
)
def test_thirty_per_cent_from_the_average_then_from_the_last_deal(symbol, clause):
    """Art. 18, art. 22, art. 31; art. 8 p. 3: before the day's first deal from the last session's average."""
    venue = Venue(symbol, **{symbol: {"average": parse_price("100"), "last_deal": parse_price("90")}})
    assert venue.no(100, "130.0000") == (refusals.BEYOND_LIMIT, clause)
    assert venue.no(100, "70.0000") == (refusals.BEYOND_LIMIT, clause)
    venue.cancel("FIRMA", venue.taken(100, "129.9999"))
    assert one(venue.dealt(100, "120.0000"), Deal).price == parse_price("120")
    assert venue.no(100, "156.0000") == (refusals.BEYOND_LIMIT, clause)
    venue.taken(100, "130.0000")


@pytest.mark.parametrize("symbol", [PACKAGE, REPO_GOV, REPO, NETTING])
def test_where_no_limit_is_set_any_price_is_taken(symbol):
    """Art. 26 p. 3; art. 40 p. 4: no limit of deviation."""
    Venue(symbol).taken(10_000, price_of(symbol, 10_000))


# -- the opening price of the session (art. 15 p. 11, 19-33 p. 3, 40 p. 3)


@pytest.mark.parametrize("symbol", [*SWAPS[:3], *DEBT, FUTURE, REPO, NETTING])
def test_the_first_deal_of_the_session_opens_it(symbol):
    """Art. 15 p. 11; art. 19 p. 3, 20 p. 3, 24 p. 3, 25 p. 3, 32 p. 3, 33 p. 3; art. 37; art. 40 p. 3 sp. 2, 3."""
    venue = Venue(symbol)
    first, later = price_of(symbol, 1010)[:-2] + "00", price_of(symbol, 990)[:-2] + "00"
    venue.dealt(10_000, first)
    venue.dealt(10_000, later)
    book = next(iter(venue.public().listings[symbol].books.values()))
    assert (book.deals.statistics.open, book.deals.statistics.last) == (parse_price(first), parse_price(later))


# -- what does not trade (art. 15 p. 1-1, 3, 5; art. 24 p. 3-1; art. 40 p. 4-1)


@pytest.mark.parametrize(
    ("day", "symbol", "clause"),
    [
        ("2020-05-27", "USDKZT_1_002", "art. 15 p. 3"),
        ("2020-05-27", "EURKZT_1_002", "art. 15 p. 3"),
        ("2020-05-27", "RUBKZT_1_002", "art. 15 p. 5"),
        ("2020-05-25", "USDKZT_0_001", "art. 11 p. 2"),
        ("2020-05-21", "BRKLe1", "art. 24 p. 3-1"),
    ],
)
def test_what_the_calendar_closes_is_refused(day, symbol, clause):
    """Art. 15 p. 3, 5: swaps from tomorrow only where today's do not trade; art. 24 p. 3-1: two days before."""
    assert Venue(symbol, day=day).no(10_000, price_of(symbol)) == (refusals.NOT_TRADED_TODAY, clause)


@pytest.mark.parametrize(("day", "symbol"), [("2020-05-25", "USDKZT_1_002"), ("2020-05-22", "BRKLe1")])
def test_what_the_calendar_leaves_open_is_taken(day, symbol):
    """Art. 15 p. 3; art. 24 p. 3-1: on Memorial Day swaps begin tomorrow; only the second day before it is closed."""
    Venue(symbol, day=day).taken(10_000, price_of(symbol))


@pytest.mark.parametrize(
    ("day", "clause"), [("2020-05-25", "art. 40 p. 4-1 sp. 1"), ("2020-05-22", "art. 40 p. 4-1 sp. 2")]
)
def test_netting_repo_in_dollar_bonds_is_closed_round_a_dollar_holiday(day, clause):
    """Art. 40 p. 4-1 sp. 1, 2: on the day and on the trading day before; R-22."""
    symbol = next(
        one.symbol for one in checked_in().instruments if one.group == "repo_netting" and one.settled_in == "USD"
    )
    assert Venue(symbol, day=day).no(100, price_of(symbol)) == (refusals.NOT_TRADED_TODAY, clause)
    Venue(symbol, day="2020-05-21").taken(100, price_of(symbol))


# -- the additional sessions (art. 15 p. 1-1; art. 40 p. 4-2)


@pytest.mark.parametrize(
    ("day", "trades", "closed"),
    [("2020-05-27", "USDKZT_0_001", "USDKZT_1_002"), ("2020-05-25", "USDKZT_1_002", "USDKZT_0_001")],
)
def test_the_additional_session_of_swaps_knows_one_day(day, trades, closed):
    """Art. 15 p. 1-1 sp. 2, 3: from today; from tomorrow when the dollar does not settle today."""
    venue = Venue(trades, closed, day=day, to="17:00")
    one(venue.sell("NBRK", 10_000, "7.5000", trades, board="SWAP_USD_ADD"), OrderAccepted)
    refused = venue.no(10_000, "7.5000", closed, user="NBRK", board="SWAP_USD_ADD")
    assert refused == (refusals.NOT_TRADED_TODAY, "art. 15 p. 1-1 sp. 3")
    others = [one.symbol for one in checked_in().instruments if "SWAP_USD_ADD" in one.more_boards]
    assert sorted(others) == sorted((trades, closed))


def test_swaps_of_the_additional_session_are_done_on_firm_quotes_of_the_national_bank():
    """Art. 15 p. 1-1 sp. 1, 4, 5: with banks that clear; what is not dealt on a quote at once does not stay."""
    venue = Venue("USDKZT_0_001", to="17:00")
    board = {"board": "SWAP_USD_ADD"}
    assert venue.no(10_000, "7.5000", **board)[0] == refusals.FIRM_QUOTES_ONLY
    assert venue.no(10_000, "7.5000", user="FIRMC", **board) == (refusals.NOT_A_PARTICIPANT, "art. 15 p. 1-1 sp. 4")
    one(venue.sell("NBRK", 10_000, "7.5000", **board), OrderAccepted)
    assert venue.no(10_000, "7.5000", user="FIRMC", **board)[0] == refusals.NOT_A_PARTICIPANT
    assert venue.no(10_000, "7.4999", **board)[0] == refusals.FIRM_QUOTES_ONLY
    deal = one(venue.buy("FIRMA", 20_000, "7.5000", **board), Deal)
    assert (deal.sell.user, deal.quantity) == ("NBRK", 10_000)
    assert not list(venue.state.trading["USDKZT_0_001@SWAP_USD_ADD"].book.orders())


def test_repo_of_the_additional_session_is_done_with_the_national_bank():
    """Art. 40 p. 4-2: every deal has the Bank on one side, any member of repo on the other (R-26)."""
    venue = Venue(REPO, to="17:00")
    assert venue.no(10, "9.0000", board="A")[0] == refusals.FIRM_QUOTES_ONLY
    one(venue.sell("NBRK", 10, "9.0000", board="A"), OrderAccepted)
    assert one(venue.buy("FIRMC", 10, "9.0000", board="A"), Deal).sell.user == "NBRK"


# -- methods (art. 7 p. 3; art. 17; art. 23; art. 26 p. 4; "no additional methods")


@pytest.mark.parametrize("symbol", DEBT)
def test_every_cross_in_debt_opens_a_standby_and_its_auction(symbol):
    """Art. 7 p. 3 sp. 1, p. 4: bonds of every chapter; nothing that has to trade at once is taken."""
    venue = Venue(symbol)
    for terms in ({"price": None, "kind": OrderKind.MARKET}, {"tif": TimeInForce.IOC}, {"tif": TimeInForce.FOK}):
        assert venue.no(10, terms.pop("price", price_of(symbol)), **terms)[0] in (
            refusals.KIND_NOT_ENABLED,
            refusals.TIF_NOT_ENABLED,
        )
    events = venue.dealt(10, price_of(symbol))
    deal = one(events, Deal)
    assert (deal.method, one(events, AuctionEnded).price) == ("frankfurt", deal.price)


def test_direct_deals_in_government_securities_are_forbidden():
    """Art. 17: also where a listing would have the board for them; art. 20 p. 4: they have no additional method."""
    symbol = "MUM180_0014"
    assert Venue(symbol).no(10, price_of(symbol), board="GOV_DIRECT") == (refusals.METHOD_NOT_ENABLED, "art. 17")
    venue = Venue(symbol, **{symbol: {"more_boards": ("GOV_DIRECT",)}})
    assert venue.no(10, price_of(symbol), board="GOV_DIRECT") == (refusals.METHOD_NOT_ENABLED, "art. 17")


@pytest.mark.parametrize(
    ("symbol", "board"),
    [
        ("KZ_24_2410", "GOV_DIRECT"),
        ("BRKLb1", "CORP_DIRECT"),
        ("UNLSb1", "CORP_DIRECT"),
        ("EABRb15", "INTL_DIRECT"),
        ("US_T_3011", "INTL_DIRECT"),
        ("KZTO", "REPO_DIRECT"),
    ],
)
def test_direct_deals_are_done_where_a_chapter_names_them(symbol, board):
    """Art. 19 p. 4, 24 p. 4, 25 p. 4, 32 p. 4, 33 p. 4; art. 39: between two who name each other, beside the book."""
    venue, price = Venue(symbol), price_of(symbol)[: -2 if symbol == "KZTO" else None]
    terms = {"closes": dt.date(2020, 6, 3), "closing_price": parse_price(price)} if board == "REPO_DIRECT" else {}
    assert venue.no(10, price, board=board) == ("counterparty_missing", "art. 2 p. 5")
    venue.sell("FIRMB", 10, price, board=board, direct=DirectTerms("FIRMA", **terms))
    deal = one(venue.buy("FIRMA", 10, price, board=board, direct=DirectTerms("FIRMB", **terms)), Deal)
    assert (deal.board, deal.method) == (board, "repo_direct" if terms else "direct")
    assert not any(isinstance(event, OrderShown) for told in venue.told for event in told)


def test_shares_are_for_direct_repo_alone_unless_decided():
    """Art. 23: an order to buy KZTO is refused; a Board's decision on another share lets it trade."""
    venue = Venue("KZTO", "ALTN")
    assert venue.no(10, "150.00") == (refusals.METHOD_NOT_ENABLED, "art. 23")
    venue.taken(10, price_of("ALTN")[:-2], "ALTN")


def test_a_state_package_trades_by_its_sellers_methods():
    """Art. 26 p. 4: one that is to be sold by specialised trading is not sold continuously."""
    venue = Venue("KEGN_GP1", PACKAGE, **{"KEGN_GP1": {"more_boards": ("PACKAGES",)}})
    assert venue.no(100, "500.00", board="PACKAGES") == (refusals.METHOD_NOT_ENABLED, "art. 26 p. 4")
    venue.taken(10, "980.00", PACKAGE)


@pytest.mark.parametrize(
    ("symbol", "other"),
    [
        ("USDKZT_TOM", "CORP_DIRECT"),
        ("EURKZT_TOM", "CORP_DIRECT"),
        ("RUBKZT_TOM", "CORP_DIRECT"),
        ("CNYKZT_TOM", "CORP_DIRECT"),
        ("USDKZT_0_001", "CORP_DIRECT"),
        ("MUM180_0014", "GOV_DIRECT"),
        (REPO, "REPO_DIRECT"),
        (NETTING, "REPO_DIRECT"),
    ],
)
def test_where_no_additional_method_is_set_there_is_no_board_for_one(symbol, other):
    """Art. 11 p. 9; art. 12 p. 9; art. 13 p. 8; art. 14 p. 8; art. 15 p. 12; art. 20 p. 4; art. 40 p. 5."""
    venue = Venue(symbol)
    refused = venue.no(100_000, price_of(symbol), board=other)
    assert refused[0] == refusals.WRONG_BOARD or refused == (refusals.METHOD_NOT_ENABLED, "art. 17")
    assert venue.state.listings[symbol].group.additional_method == ""
    methods = {trading.board.method for trading in venue.state.listings[symbol].boards}
    assert methods <= {"continuous", "repo_direct", "specialised"}


# -- the dollar of tomorrow in standby (art. 11 p. 5 par. 2)


def test_in_the_frankfurt_auction_of_dollars_a_lot_is_a_thousand():
    """Art. 11 p. 5: annex 1 is for the continuous auction; art. 7 p. 1-1: the same price asks for 10 000 000 before."""
    venue = Venue("USDKZT_TOM")
    assert venue.no(1_000, "417.00")[0] == refusals.BELOW_MINIMUM
    venue.sell("FIRMB", 10_000_000, "417.00")
    venue.taken(10_000_000, "417.00")
    assert venue.phase("USDKZT_TOM") is Phase.STANDBY
    venue.taken(1_000, "417.00")
    assert venue.no(1_500, "417.00") == (refusals.NOT_IN_LOTS, "art. 11 p. 5")
