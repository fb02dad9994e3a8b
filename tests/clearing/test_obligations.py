"""What deals oblige their parties to, product by product."""

import datetime as dt
from pathlib import Path

import msgspec
import pytest

from kase_fix.clearing.obligations import Key, obligations_of, traded
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.deal_terms import BondMoney, Traded
from kase_fix.rulebook.files import load_market
from kase_fix.values.enums import Side
from kase_fix.values.numbers import parse_price
from tests.clearing.test_positions import order

DATE = dt.date(2020, 5, 29)


@pytest.fixture(scope="module")
def what():
    """What changes hands by symbol, of the checked-in market."""
    market = load_market(Path(__file__).parent.parent.parent / "cfg")
    groups = {group.name: group for group in market.groups}
    return {one.symbol: traded(one, groups[one.group]) for one in market.instruments}


def deal(symbol, price, quantity, traded, terms=None, method="continuous"):
    sides = order("A", symbol, Side.BUY), order("B", symbol, Side.SELL)
    deal = Deal("1-0", symbol, "X", parse_price(price), quantity, DATE, Side.BUY, method, *sides, terms=terms)
    return msgspec.structs.replace(deal, traded=traded)


def owed(*of_buyer):
    """Both sides of what the buyer gets."""
    both = [(Key("A", asset, DATE), amount) for asset, amount in of_buyer]
    return {**dict(both), **{key._replace(account="B"): -amount for key, amount in both}}


def test_a_pair_is_owed_in_minor_units_of_both_currencies(what):
    """art. 11-14."""
    assert what["EURUSD_SPT"] == Traded("EUR", "USD", 100)
    found = obligations_of(deal("EURUSD_SPT", "1.1003", 1000, what["EURUSD_SPT"]))
    assert dict(found) == owed(("EUR", 1000_00), ("USD", -1100_30))


def test_shares_and_state_packages_are_owed_in_pieces_for_money(what):
    """art. 26."""
    assert what["KZTO_GP1"] == Traded("KZTO_GP1", "KZT")
    found = obligations_of(deal("KZTO_GP1", "980", 10, what["KZTO_GP1"]))
    assert dict(found) == owed(("KZTO_GP1", 10), ("KZT", -9800_00))


def test_a_bond_is_paid_with_its_interest(what):
    """art. 24; annex 2: the money is that of the deal's terms."""
    money = BondMoney(9_875_000, 269_200, "KZT")
    found = obligations_of(deal("BRKLb1", "98.75", 100, what["BRKLb1"], money))
    assert dict(found) == owed(("BRKLb1", 100), ("KZT", -10_144_200))


def test_a_bond_whose_interest_is_not_known_is_owed_without_money(what):
    """R-100."""
    assert dict(obligations_of(deal("BRKLb1", "98.75", 100, what["BRKLb1"]))) == owed(("BRKLb1", 100))


def test_of_a_future_the_contracts_are_owed(what):
    """art. 35-37; R-100."""
    assert dict(obligations_of(deal("FUSD_0620", "414", 3, what["FUSD_0620"]))) == owed(("FUSD_0620", 3))


@pytest.mark.parametrize("symbol", ["USDKZT_0_001", "R_GS_001", "RN_MUM180_0014_001"])
def test_of_swaps_and_repo_the_terms_say_all(what, symbol):
    """art. 15, 38-40."""
    assert what[symbol] is None
    assert obligations_of(deal(symbol, "9", 10_000, None)) == ()


@pytest.mark.parametrize("method", ["repo_direct", "prolonged"])
def test_a_direct_repo_is_no_purchase_of_its_security(what, method):
    """art. 39."""
    assert obligations_of(deal("KZTO", "15000", 5, what["KZTO"], method=method)) == ()
