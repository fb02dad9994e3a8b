"""The file of market makers: what it says, and what it may not say (R-155; contract: file, key, found, expected)."""

import datetime as dt
from pathlib import Path

import pytest

from kase_fix.messages.making import Liability
from kase_fix.rulebook.files import ConfigurationError, belongs_to_market, load_market
from kase_fix.rulebook.market import Market
from kase_fix.values.numbers import parse_price

FILE = "market_makers.toml"
SPOILED = [
    ("[1]", "[one]", "one", '"one"', "a number"),
    ("[1]", "[0]", "0", '"0"', "a number above 0"),
    ('firm = "FIRMB"', 'firm = "FIRMX"', "1.firm", '"FIRMX"', "FIRMC"),
    ('firm = "FIRMB"', 'firm = "VENDOR"', "1.firm", '"VENDOR"', "FIRMC"),
    ('firm = "FIRMB"\nsymbol = "EURKZT_TOM"', 'firm = "00100"\nsymbol = "FUSD_0620"', "1.firm", '"00100"', "futures"),
    ('symbol = "EURKZT_TOM"', 'symbol = "EURKZT"', "1.symbol", '"EURKZT"', "listed"),
    ('board = "FX_TOM"', 'board = "FX"', "1.board", '"FX"', "FX_TOM"),
    ('board = "FX_TOM"', 'board = "FX_TOD"', "1.board", '"FX_TOD"', "a board of EURKZT_TOM"),
    ('board = "CORP"', 'board = "CORP_DIRECT"', "3.board", '"CORP_DIRECT"', "continuous"),
    ('spread = "2.00"', "spread = 2.00", "1.spread", "2.0", "as text"),
    ('spread = "2.00"', 'spread = "0"', "1.spread", '"0"', "above 0"),
    ('spread = "2.00"\n', "", "1.spread", "nothing", "a price"),
    ('spread_percent = "0.5"', 'spread_percent = "0.125"', "2.spread_percent", '"0.125"', "two decimals"),
    ("quantity = 2000", "quantity = 0", "1.quantity", "0", "at least 1"),
    ("quantity = 2000", 'quantity = "all"', "1.quantity", '"all"', "whole number"),
    ('volume = "100000.00"', 'volume = "-1"', "3.volume", '"-1"', "above 0"),
    ('begins = "10:30"', 'begins = "10:14"', "2.begins", '"10:14"', "FX_TOM's 10:15-17:00"),
    ('begins = "10:30"', 'begins = "15:00"', "2.begins", '"15:00"', "in this order"),
    ('begins = "none"\nends = "none"', 'begins = "none"\nends = "17:01"', "1.ends", '"17:01"', "FX_TOM's"),
    ('share = "80"', 'share = "100.01"', "1.share", '"100.01"', "up to 100"),
    ('share = "80"', 'share = "none"', "1.share", '"none"', "per cent"),
    ("released_after = 200_000", "released_after = -1", "1.released_after", "-1", "at least 1"),
    ("released_after = 200_000", "released_after = 200_000\nfine = 1", "1.fine", "unknown key", "released_after"),
    (
        'firm = "00100"\nsymbol = "EURKZT_TOM"',
        'firm = "FIRMB"\nsymbol = "EURKZT_TOM"',
        "2.board",
        '"FX_TOM"',
        "1 is one",
    ),
]


@pytest.mark.parametrize(("old", "new", "key", "found", "expected"), SPOILED)
def test_a_bad_file_is_named(cfg: Path, old, new, key, found, expected):
    text = (cfg / FILE).read_text(encoding="utf-8")
    assert old in text
    (cfg / FILE).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_market(cfg)
    assert caught.value.file == str(cfg / FILE)
    assert caught.value.key == key
    assert found in caught.value.found
    assert expected in caught.value.expected


def test_a_yield_has_an_absolute_spread_alone(cfg: Path):
    text = (cfg / FILE).read_text(encoding="utf-8")
    swap = text.replace('firm = "FIRMB"\nsymbol = "EURKZT_TOM"\nboard = "FX_TOM"', "{}", 1)
    swap = swap.replace("{}", 'firm = "FIRMB"\nsymbol = "USDKZT_0_001"\nboard = "SWAP_USD"')
    (cfg / FILE).write_text(swap, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"1\.deviation: found \"2\.5\", expected \"none\": .* a yield"):
        load_market(cfg)
    (cfg / FILE).write_text(swap.replace('deviation = "2.5"', 'deviation = "none"', 1), encoding="utf-8")
    assert load_market(cfg).makers[0].spread == parse_price("2")


def test_what_the_checked_in_file_says(cfg: Path):
    first, second, third = load_market(cfg).makers
    assert first == Liability(
        1,
        "FIRMB",
        "EURKZT_TOM",
        "FX_TOM",
        spread=parse_price("2.00"),
        quantity=2000,
        deviation_hundredths=250,
        share_hundredths=8000,
        released_after=200_000,
    )
    assert (second.begins, second.ends, second.spread_hundredths) == (dt.time(10, 30), dt.time(15), 50)
    assert third.volume == 100_000_00
    assert Market.of(load_market(cfg)).liabilities["00100", "BRKLb1", "CORP"] == third
    assert load_market(cfg, {"market_makers.1.share": "95"}).makers[0].share_hundredths == 9500
    assert belongs_to_market("market_makers.1.share")


def test_nobody_need_be_a_market_maker(cfg: Path):
    (cfg / FILE).write_text("", encoding="utf-8")
    assert load_market(cfg).makers == ()
