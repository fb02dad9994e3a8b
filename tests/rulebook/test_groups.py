"""The checked-in market is the Regulation's: swaps (art. 15), securities, futures and repo (chapters 3-9)."""

import importlib.util
from collections import Counter

import pytest

from kase_fix.messages.configuration import Group
from kase_fix.rulebook import admission, methods, prices
from kase_fix.rulebook.market import Market
from kase_fix.rulebook.price_kind import warnings
from kase_fix.values.numbers import parse_price
from tests.rulebook.conftest import CFG

DEBT = ("gov", "gov_notes", "gov_municipal", "eurobonds", "bonds", "bonds_usd", "bonds_unlisted", "ifi", "foreign_gov")


def test_the_files_are_what_the_script_makes():
    """The tables of scripts/make_instruments.py are the only place where the instruments are changed."""
    spec = importlib.util.spec_from_file_location("make_instruments", CFG.parent / "scripts" / "make_instruments.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    checked_in = {path.name: path.read_text(encoding="utf-8") for path in (CFG / "instruments").glob("*.toml")}
    assert checked_in == script.files()


def test_as_many_instruments_as_the_exchange_had(market: Market):
    """Domain, "Load to plan for": 620 instruments, 469 securities and 151 of automatic repo, and the rest."""
    count = Counter(market.group_of(symbol).market for symbol in market.instruments)
    groups = Counter(instrument.group for instrument in market.instruments.values())
    assert count["securities"] == 469
    assert groups["repo"] + groups["repo_gov"] == 151
    assert (count["fx"], count["futures"], groups["repo_netting"]) == (15 + 26, 8, 18)


@pytest.mark.parametrize(
    ("symbol", "group", "kind", "last"),
    [
        ("MUM180_0014", "gov", "clean", "100.0000"),
        ("MKM012_0150", "gov", "clean", "92.5000"),
        ("NTK028_2545", "gov_notes", "clean", "99.2800"),
        ("KZ_24_2410", "eurobonds", "clean", "104.2500"),
        ("BRKLb1", "bonds", "clean", "98.7500"),
        ("KZIKb26", "bonds", "dirty", "1340.2500"),
        ("BRKLe1", "bonds_usd", "clean", "102.5000"),
        ("UNLSb1", "bonds_unlisted", "clean", "97.0000"),
        ("KZTO", "shares", "", "150.00"),
        ("KZTKp", "shares", "", "187.00"),
        ("KZTO_GP1", "state_packages", "", "980.00"),
        ("EABRb15", "ifi", "clean", "99.9500"),
        ("US_T_3011", "foreign_gov", "clean", "101.1250"),
        ("FUSD_0620", "futures", "", "414.00"),
        ("R_GS_001", "repo_gov", "", "9.0100"),
        ("R_GS_007", "repo_gov", "", "9.0700"),
        ("R_BRKLb1_007", "repo", "", "9.0700"),
        ("RN_MUM180_0014_001", "repo_netting", "", "9.0100"),
        ("RN_BRKLe1_001", "repo_netting", "", "9.0100"),
    ],
)
def test_the_register_names_these(market: Market, symbol, group, kind, last):
    """Contract, "Rehearsal register"."""
    instrument = market.instruments[symbol]
    assert (instrument.group, instrument.price_kind, instrument.last_deal) == (group, kind, parse_price(last))


def test_swaps_are_those_of_article_15(market: Market):
    """Art. 15 p. 1, 2, 4, 6: every first leg with every second; p. 1-1: two of them in the additional session."""
    swaps = {symbol for symbol, instrument in market.instruments.items() if instrument.scheme == "swap"}
    terms = {"USD": ("001", "002", "01W", "01M", "03M", "06M", "01Y")}
    expected = {
        f"{currency}KZT_{first}_{term}"
        for currency in ("USD", "EUR", "RUB", "CNY")
        for first in (0, 1)
        for term in terms.get(currency, ("001", "002"))
    }
    assert swaps == expected
    assert market.symbols_by_board["SWAP_USD_ADD"] == ("USDKZT_0_001", "USDKZT_1_002")
    assert market.instruments["USDKZT_1_01W"].first_leg == "TOM"
    for name in ("swap_usd", "swap_eur", "swap_rub", "swap_cny"):
        group = market.groups[name]
        assert (group.lot, group.price_decimals, group.price_kind, group.limit_hundredths) == (10_000, 4, "yield", None)
        assert (group.clauses.lot, group.clauses.price, group.clauses.methods) == (
            "art. 15 p. 9",
            "art. 15 p. 10",
            "art. 15 p. 12",
        )


@pytest.mark.parametrize(
    ("name", "window", "limit", "parameters", "additional"),
    [
        ("eurobonds", "art. 16", "art. 18", "art. 19", "direct"),
        ("gov", "art. 16", "art. 18", "art. 20", ""),
        ("gov_notes", "art. 16", "art. 18", "art. 20", ""),
        ("gov_municipal", "art. 16", "art. 18", "art. 20", ""),
        ("bonds", "art. 21", "art. 22", "art. 24", "direct"),
        ("bonds_usd", "art. 21", "art. 22", "art. 24", "direct"),
        ("bonds_unlisted", "art. 21", "art. 22", "art. 25", "direct"),
        ("ifi", "art. 30", "art. 31", "art. 32", "direct"),
        ("foreign_gov", "art. 30", "art. 31", "art. 33", "direct"),
    ],
)
def test_debt_has_the_parameters_of_its_article(market: Market, name, window, limit, parameters, additional):
    """Art. 18-20, 22, 24, 25, 31-33: no lot, 30 % of the day's last deal, the first deal opens, standby, methods."""
    group: Group = market.groups[name]
    clauses = group.clauses
    assert (clauses.window, clauses.limit) == (window, limit)
    assert [clauses.lot, clauses.price, clauses.opening, clauses.methods] == [
        f"{parameters} p. {n}" for n in range(1, 5)
    ]
    assert (group.lot, group.price_decimals, group.price_kind, group.standby) == (1, 4, "bond", "every cross")
    assert (group.limit_hundredths, group.limit_reference, group.limit_request_minutes) == (
        3000,
        "day then average",
        15,
    )
    assert (group.opening_price, group.reserve_method, group.additional_method) == ("first deal", "fixing", additional)
    assert (group.order_kinds, group.times_in_force) == (("limit", "stop_limit"), ("day", "gtc", "gtd"))
    assert (group.forbidden == {"direct": "art. 17"}) is (parameters == "art. 20")


def test_direct_deals_have_boards_where_a_chapter_names_them(market: Market):
    """Art. 17, 19 p. 4, 24 p. 4, 25 p. 4, 32 p. 4, 33 p. 4; direct repo in all but packages."""
    for symbol, instrument in market.instruments.items():
        group = market.groups[instrument.group]
        on = {board.method for board in market.boards_of(symbol)}
        if group.price_kind == "bond":
            assert ("direct" in on) is (group.additional_method == "direct")
        if group.market == "securities":
            assert ("REPO_DIRECT" in instrument.more_boards) is (group.name != "state_packages")


def test_the_dollar_of_tomorrow_alone_has_a_standby_by_deviation(market: Market):
    """Art. 7 p. 1-1."""
    deviating = {symbol for symbol in market.instruments if market.group_of(symbol).standby == "deviation"}
    assert deviating == {"USDKZT_TOM"}
    crossing = {name for name, group in market.groups.items() if group.standby == "every cross"}
    assert crossing == set(DEBT)


def test_shares_are_subjects_of_direct_repo_alone_unless_decided(market: Market):
    """Art. 23: any other method is refused, automatic repo is not listed, a decision of the Board stands over it."""
    share, decided = market.instruments["KZTO"], market.instruments["ALTN"]
    group, corp, repo = market.groups["shares"], market.boards["CORP"], market.boards["REPO_DIRECT"]
    found = methods.method_enabled(share, corp, group)
    assert found is not None
    assert (found.code, found.clause) == ("method_not_enabled", "art. 23")
    assert methods.method_enabled(share, repo, group) is None
    assert methods.method_enabled(decided, corp, group) is None
    assert methods.method_enabled(decided, repo, group) is None
    assert decided.methods_document
    underlyings = {instrument.underlying for instrument in market.instruments.values() if instrument.scheme == "repo"}
    assert not {symbol for symbol in underlyings if symbol != "GS" and market.instruments[symbol].group == "shares"}


def test_direct_purchase_is_forbidden_in_government_securities_and_direct_repo_is_not(market: Market):
    """Art. 17; domain, "Direct (negotiated) deals"."""
    bond, group = market.instruments["MUM180_0014"], market.groups["gov"]
    found = methods.method_enabled(bond, market.boards["GOV_DIRECT"], group)
    assert found is not None
    assert found.clause == "art. 17"
    assert methods.method_enabled(bond, market.boards["REPO_DIRECT"], group) is None
    abroad = market.instruments["KZ_24_2410"]
    assert methods.method_enabled(abroad, market.boards["GOV_DIRECT"], market.group_of("KZ_24_2410")) is None


def test_a_state_package_has_its_sellers_lot_methods_and_window(market: Market):
    """Art. 26 p. 1-4, art. 4 p. 1: KZT, two decimals, no opening price, no limit."""
    group = market.groups["state_packages"]
    assert (group.price_decimals, group.limit_hundredths, group.opening_price) == (2, None, "none")
    assert market.lot_of("KZTO_GP1") == 10
    assert [f"{time:%H:%M}" for time in market.window_of("KZTO_GP1")] == ["12:00", "14:00"]
    assert [f"{time:%H:%M}" for time in market.window_of("DOMB_GP1")] == ["10:30", "11:30"]
    assert [f"{time:%H:%M}" for time in market.window_of("BRKLb1", "REPO_DIRECT")] == ["11:30", "17:00"]
    direct = market.instruments["BESK_GP1"]
    found = methods.method_enabled(direct, market.boards["PACKAGES"], group)
    assert found is not None
    assert found.clause == "art. 26 p. 4"
    assert methods.method_enabled(direct, market.boards["PACKAGES_DIRECT"], group) is None


def test_repo_is_priced_by_its_rate(market: Market):
    """Art. 40 p. 1-4: four decimals, no limit, three opening prices; R-25, R-29: codes, an order counts lots."""
    government, others, netting = (market.groups[name] for name in ("repo_gov", "repo", "repo_netting"))
    for group in (government, others, netting):
        assert (group.lot, group.price_decimals, group.price_kind, group.limit_hundredths) == (1, 4, "yield", None)
        assert (group.clauses.limit, group.reserve_method, group.additional_method) == ("art. 40 p. 4", "fixing", "")
    assert (government.opening_price, government.clauses.opening) == ("last session's average", "art. 40 p. 3 sp. 1")
    assert (others.opening_price, others.clauses.opening) == ("first deal", "art. 40 p. 3 sp. 2")
    assert (netting.opening_price, netting.clauses.opening) == ("first deal", "art. 40 p. 3 sp. 3")
    for symbol, instrument in market.instruments.items():
        if instrument.scheme != "repo":
            continue
        assert symbol.split("_", 1)[1] == f"{instrument.underlying}_{instrument.days:03}"
        subject = instrument.underlying
        of_government = subject == "GS" or market.instruments[subject].group in ("gov", "gov_notes", "eurobonds")
        if instrument.board == "M":
            assert (instrument.group == "repo_gov") is of_government
            assert instrument.more_boards == ("A",)
            assert (instrument.average is not None) is of_government


@pytest.mark.parametrize(
    ("code", "window", "clause", "method"),
    [
        ("SWAP_USD", "11:30-15:30", "art. 10 p. 2 sp. 1", "continuous"),
        ("SWAP_USD_ADD", "17:00-17:30", "art. 10 p. 2 sp. 2", "continuous"),
        ("SWAP_EUR_RUB", "11:30-15:30", "art. 10 p. 1 sp. 4", "continuous"),
        ("SWAP_CNY", "10:15-11:00", "art. 10 p. 1 sp. 2", "continuous"),
        ("GOV", "11:30-17:00", "art. 16", "continuous"),
        ("GOV_DIRECT", "11:30-17:00", "art. 16", "direct"),
        ("CORP", "11:30-17:00", "art. 21", "continuous"),
        ("CORP_DIRECT", "11:30-17:00", "art. 21", "direct"),
        ("INTL", "11:30-17:00", "art. 30", "continuous"),
        ("INTL_DIRECT", "11:30-17:00", "art. 30", "direct"),
        ("FUT", "10:00-15:30", "art. 36", "continuous"),
        ("REPO_DIRECT", "11:30-17:00", "art. 38 p. 1", "repo_direct"),
        ("M", "11:30-18:00", "art. 38 p. 1 sp. 1", "continuous"),
        ("A", "17:00-17:30", "art. 38 p. 1 sp. 2", "continuous"),
        ("RN", "11:30-17:15", "art. 38 p. 2", "continuous"),
    ],
)
def test_boards_have_the_windows_of_their_articles(market: Market, code, window, clause, method):
    """Art. 10 p. 1 sp. 2, 4, p. 2; art. 16, 21, 30, 36, 38."""
    board = market.boards[code]
    assert (f"{board.opens:%H:%M}-{board.closes:%H:%M}", board.clause, board.method) == (window, clause, method)
    stock_market = code not in ("FUT",) and not code.startswith("SWAP")
    assert board.waits_for_depository is stock_market
    assert (board.session == "additional") is (code in ("SWAP_USD_ADD", "A"))


def test_preliminary_orders_are_for_chapters_3_4_and_6(market: Market):
    """Art. 7 p. 2; R-7: from 11:05, in no other group."""
    having = {code: f"{board.preliminary:%H:%M}" for code, board in market.boards.items() if board.preliminary}
    assert having == {"GOV": "11:05", "CORP": "11:05", "INTL": "11:05"}


def test_the_additional_session_is_the_national_banks(market: Market):
    """Art. 15 p. 1-1 sp. 1, 4, 5: banks that are clearing participants; art. 40 p. 4-2, R-26: all members of repo."""
    swaps, repo = market.boards["SWAP_USD_ADD"], market.boards["A"]
    assert (swaps.firm_quotes_of, repo.firm_quotes_of) == ("NBRK", "NBRK")
    admitted = [name for name in market.users if admission.participant_admitted(market.users[name], swaps) is None]
    assert {"00100", "02001", "FIRMA", "FIRMB", "NBRK"} <= set(admitted)
    found = admission.participant_admitted(market.users["FIRMC"], swaps)
    assert found is not None
    assert (found.code, found.clause) == ("not_a_participant", "art. 15 p. 1-1 sp. 4")
    assert admission.participant_admitted(market.users["FIRMC"], repo) is None


def test_settlement_schemes(market: Market):
    """R-21: T+0 unless listed for T+2; dollar bonds T+2; R-22: listed dollar bonds know the dollar."""
    schemes = Counter(i.scheme for i in market.instruments.values() if market.groups[i.group].price_kind == "bond")
    assert set(schemes) == {"T+0", "T+2"}
    for symbol, instrument in market.instruments.items():
        if instrument.bond is not None and instrument.quote == "USD":
            assert instrument.scheme == "T+2", symbol
            assert (instrument.settled_in == "USD") is (instrument.group == "bonds_usd"), symbol
    assert market.instruments["RN_BRKLe1_001"].settled_in == "USD"
    assert market.instruments["MUM180_0014"].scheme == "T+0"
    assert market.instruments["MUM120_0019"].scheme == "T+2"


def test_boards_are_found_by_symbol_and_code(market: Market):
    """R-30: an order that names no board is for the default one."""
    assert market.board_of("BRKLb1").code == "CORP"
    assert [board.code for board in market.boards_of("BRKLb1")] == ["CORP", "CORP_DIRECT", "CORP_SPEC", "REPO_DIRECT"]
    named = [market.on_board("R_GS_001", code) for code in ("", "M", "A", "GOV", "NONE")]
    assert [board and board.code for board in named] == ["M", "M", "A", None, None]
    assert market.on_board("NOTHING", "M") is None
    assert "KZTO" in market.symbols_by_board["REPO_DIRECT"]


def test_yields_may_be_negative_and_are_bounded_both_ways(market: Market):
    """Art. 15 p. 10, 40 p. 2: % p.a. with four decimals."""
    swap, bond = market.groups["swap_usd"], market.groups["bonds"]
    assert prices.price_positive(parse_price("-0.2500"), swap) is None
    assert prices.price_positive(parse_price("-0.2500"), bond) is not None
    assert prices.price_within_maximum(parse_price("-1000.0001"), swap) is not None
    assert prices.price_on_grid(parse_price("-0.2500"), swap) is None
    assert prices.price_on_grid(parse_price("-0.25001"), swap) is not None


def test_no_checked_in_decision_contradicts_annex_2(market: Market):
    """R-20; of some undetermined bonds the Board member decided."""
    assert warnings(market.instruments.values()) == []
    decided = [one.symbol for one in market.instruments.values() if one.price_decision is not None]
    assert len(decided) == 7
    assert market.instruments["NURAb1"].price_kind == "clean"
    assert market.instruments["ORDAb1"].price_kind == "dirty"
