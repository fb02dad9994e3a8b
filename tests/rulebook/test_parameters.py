"""The checked-in market is the Regulation's: articles 10-14 and annex 1, and the rehearsal's register.

Chapters 3-9 have tests of their own (test_groups.py).
"""

import argon2
import pytest

from kase_fix.rulebook.files import load_calendar_decisions, load_passwords
from kase_fix.rulebook.market import Market
from kase_fix.values.numbers import parse_price
from tests.rulebook.conftest import CFG


@pytest.mark.parametrize(
    ("group", "lot", "decimals", "limit", "lot_clause", "price_clause", "limit_clause", "opening", "methods"),
    [
        ("fx_usd", 1000, 2, None, "art. 11 p. 5", "art. 11 p. 6", "art. 11 p. 8", "art. 11 p. 7", "art. 11 p. 9"),
        ("fx_eur", 1000, 2, 300, "art. 12 p. 5", "art. 12 p. 6 sp. 1", "art. 12 p. 8", "art. 12 p. 7", "art. 12 p. 9"),
        (
            "fx_eurusd",
            1000,
            4,
            300,
            "art. 12 p. 5",
            "art. 12 p. 6 sp. 2",
            "art. 12 p. 8",
            "art. 12 p. 7",
            "art. 12 p. 9",
        ),
        ("fx_rub", 50000, 4, 300, "art. 13 p. 4", "art. 13 p. 5", "art. 13 p. 7", "art. 13 p. 6", "art. 13 p. 8"),
        ("fx_cny", 5000, 4, 300, "art. 14 p. 4", "art. 14 p. 5", "art. 14 p. 7", "art. 14 p. 6", "art. 14 p. 8"),
    ],
)
def test_groups_have_the_parameters_of_their_articles(
    market: Market, group, lot, decimals, limit, lot_clause, price_clause, limit_clause, opening, methods
):
    """Art. 11-14: lot, unit of price, limit, opening price, reserve method."""
    found = market.groups[group]
    assert (found.lot, found.price_decimals, found.limit_hundredths) == (lot, decimals, limit)
    assert (found.market, found.order_prefix) == ("fx", "NF")
    assert (found.opening_price, found.reserve_method) == ("first deal", "fixing")
    clauses = found.clauses
    assert (clauses.lot, clauses.price, clauses.limit) == (lot_clause, price_clause, limit_clause)
    assert (clauses.opening, clauses.methods, clauses.window) == (opening, methods, "art. 10 p. 1")


def test_only_the_dollar_has_a_ladder(market: Market):
    """Art. 11 p. 5."""
    assert [name for name, group in market.groups.items() if group.lot_ladder] == ["fx_usd", "fx_usd_tom"]
    assert market.ladder_of("USDKZT_SPT") is market.ladders["annex_1"]
    assert market.ladder_of("EURUSD_TOM") is None


@pytest.mark.parametrize(
    ("code", "window", "clause"),
    [
        ("FX_TOD", "10:15-15:30", "art. 10 p. 1 sp. 1"),
        ("CNY_TOD", "10:15-11:00", "art. 10 p. 1 sp. 2"),
        ("FX_TOM", "10:15-17:00", "art. 10 p. 1 sp. 3"),
    ],
)
def test_boards_have_the_windows_of_article_10(market: Market, code, window, clause):
    """Art. 10 p. 1 sp. 1-3."""
    board = market.boards[code]
    assert (f"{board.opens:%H:%M}-{board.closes:%H:%M}", board.clause, board.method) == (window, clause, "continuous")


def test_every_pair_and_term_is_listed_on_its_board(market: Market):
    """Art. 11-14 p. 1: fifteen instruments; art. 10 p. 1 sp. 2: the yuan of today has its own window."""
    currencies = {
        symbol: instrument for symbol, instrument in market.instruments.items() if instrument.scheme == "currency"
    }
    assert len(currencies) == 15
    assert market.symbols_by_board["CNY_TOD"] == ("CNYKZT_TOD",)
    assert market.symbols_by_board["FX_TOD"] == ("USDKZT_TOD", "EURKZT_TOD", "EURUSD_TOD", "RUBKZT_TOD")
    assert len(market.symbols_by_board["FX_TOM"]) == 10
    for symbol, instrument in currencies.items():
        assert symbol == f"{instrument.currency}{instrument.quote}_{instrument.term}"
    last = {symbol[:6]: instrument.last_deal for symbol, instrument in currencies.items()}
    assert last == {
        "USDKZT": parse_price("410"),
        "EURKZT": parse_price("450"),
        "EURUSD": parse_price("1.1"),
        "RUBKZT": parse_price("5.75"),
        "CNYKZT": parse_price("57.4"),
    }


def test_the_register_of_the_rehearsal(market: Market):
    """Contract, "Rehearsal register": dialects, services, admission to currencies, accounts."""
    users = market.users
    assert {name for name, user in users.items() if user.dialect == "NEXT"} == {
        "00100",
        "02001",
        "VENDOR2",
        "DROPN",
        "ROB02",
        "ROB04",
        "ROB06",
    }
    assert {name for name, user in users.items() if user.services == ("md",)} == {"VENDOR1", "VENDOR2", "ROBMD"}
    assert (users["DROPA"].firm, users["DROPA"].services) == ("FIRMA", ("dropcopy",))
    assert (users["DROPN"].firm, users["DROPN"].services) == ("00100", ("dropcopy",))
    traders = {name for name, user in users.items() if user.services == ("api",)}
    assert {name for name in traders if "fx" not in users[name].markets} == {"CUSTOD", "ISSUER"}
    assert {name for name in traders if "market_maker" in users[name].roles} == {"FIRMA", "FIRMB"}
    assert {name for name in traders if users[name].roles[:2] == ("bank", "fx_clearing")} == {
        "00100",
        "02001",
        "FIRMA",
        "FIRMB",
        *(f"ROB0{number}" for number in range(1, 7)),
    }
    assert [users[name].roles for name in ("NBRK", "CUSTOD", "ISSUER", "FIRMC", "VENDOR1")] == [
        ("national_bank",),
        ("custodian",),
        ("initiator",),
        (),
        (),
    ]
    for name in traders:
        assert users[name].accounts == (f"F_{name}_0000", f"S_{name}_0000")
    assert market.owners["F_00100_0000"] is users["00100"]


def test_everyone_has_the_password_of_the_rehearsal(market: Market):
    """Contract: the password of everyone is `rehearsal`; a hash for each, honest argon2id."""
    hashes = load_passwords(CFG)
    assert hashes.keys() == market.users.keys()
    assert len(set(hashes.values())) == len(hashes)
    assert argon2.PasswordHasher().verify(hashes["FIRMA"], "rehearsal")


def test_no_decision_on_working_days_is_checked_in():
    """R-6: the defaults give the dates of 2020 and 2021 without an operator."""
    assert not any(load_calendar_decisions(CFG).values())
