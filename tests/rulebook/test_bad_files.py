"""A configuration that cannot be used says in one line which file, which key, what was found, what was expected."""

import datetime as dt
from pathlib import Path

import pytest

from kase_fix.rulebook.files import (
    ConfigurationError,
    belongs_to_market,
    load_calendar_decisions,
    load_market,
    load_passwords,
)


def replaced(cfg: Path, file: str, old: str, new: str) -> None:
    text = (cfg / file).read_text(encoding="utf-8")
    assert old in text
    (cfg / file).write_text(text.replace(old, new, 1), encoding="utf-8")


SWAPS, BONDS, OTHERS, REPO = (
    f"instruments/{name}.toml" for name in ("chapter_2_swaps", "chapter_3", "chapter_4", "chapter_9")
)
"""The instruments that a script makes; what an operator changes in them is checked like all else."""

SPOILED = [
    ("groups.toml", "lot = 1000", "lot = 0", "fx_usd.lot", "0", "at least 1"),
    ("groups.toml", "lot = 1000", 'lot = "1000"', "fx_usd.lot", '"1000"', "whole number"),
    ("groups.toml", "lot = 1000", "lot = true", "fx_usd.lot", "True", "whole number"),
    ("groups.toml", "lot = 1000", "lot = 2000", "fx_usd.lot", "2000", "1000"),
    ("groups.toml", "lot = 1000\n", "", "fx_usd.lot", "nothing", "whole number"),
    ("groups.toml", "lot = 1000", "lot = 1000\nlots = 1", "fx_usd.lots", "unknown key", "lot_ladder"),
    ("groups.toml", "price_decimals = 2", "price_decimals = 9", "fx_usd.price_decimals", "9", "from 0 to 8"),
    ("groups.toml", 'lot_ladder = "annex_1"', 'lot_ladder = "annex_2"', "fx_usd.lot_ladder", '"annex_2"', "annex_1"),
    ("groups.toml", 'limit = "3"', "limit = 3.0", "fx_eur.limit", "3.0", "as text"),
    ("groups.toml", 'limit = "3"', 'limit = "0"', "fx_eur.limit", '"0"', "above 0"),
    ("groups.toml", 'limit = "3"', 'limit = "3.125"', "fx_eur.limit", '"3.125"', "two decimals"),
    ("groups.toml", 'market = "fx"', 'market = "fxx"', "fx_usd.market", '"fxx"', "securities"),
    ("groups.toml", 'order_prefix = "NF"', 'order_prefix = "nf"', "fx_usd.order_prefix", '"nf"', "capital letters"),
    ("groups.toml", 'max_price = "100000.00"', "max_price = 100000", "fx_usd.max_price", "100000", "as text"),
    ("groups.toml", "max_quantity = 1_000_000_000", "max_quantity = 5", "fx_usd.max_quantity", "5", "the lot 1000"),
    (
        "groups.toml",
        '"market", "limit", "stop", "stop_limit"]',
        '"market", "pegged"]',
        "fx_usd.order_kinds",
        "pegged",
        "stop_limit",
    ),
    ("groups.toml", '["day", "ioc", "fok"]', '["day", "day"]', "fx_usd.times_in_force", "day", "different"),
    ("groups.toml", 'opening_price = "first deal"', 'opening_price = ""', "fx_usd.opening_price", '""', "first deal"),
    ("groups.toml", 'lot = "art. 11 p. 5"\n', "", "fx_usd.clauses.lot", "nothing", "text"),
    ("groups.toml", 'lot = "art. 11 p. 5"', 'lot = "x"\nsize = "x"', "fx_usd.clauses.size", "unknown key", "window"),
    ("groups.toml", "[fx_eur]", "[fx-eur]", "fx-eur", '"fx-eur"', "letters"),
    ("groups.toml", "[fx_eur]", "[fx_usd]", "(at line", "Cannot declare", "valid TOML"),
    ("groups.toml", "lot = 1000", "lot = = 1", "(at line", "Invalid value", "valid TOML"),
    ("boards.toml", 'closes = "15:30"', 'closes = "10:15"', "FX_TOD.closes", '"10:15"', "after the board opens"),
    ("boards.toml", 'closes = "15:30"', 'closes = "10:00"', "FX_TOD.closes", '"10:00"', "after the board opens"),
    ("boards.toml", 'closes = "15:30"', 'closes = "19:16"', "FX_TOD.closes", '"19:16"', "19:15"),
    ("boards.toml", 'opens = "10:15"', 'opens = "08:30"', "FX_TOD.opens", '"08:30"', "08:45"),
    ("boards.toml", 'opens = "10:15"', 'opens = "25:15"', "FX_TOD.opens", '"25:15"', "Almaty time"),
    ("boards.toml", 'opens = "10:15"', "opens = 10:15:00", "FX_TOD.opens", "10:15:00", "as text"),
    ("boards.toml", 'method = "continuous"', 'method = "auction"', "FX_TOD.method", '"auction"', "continuous"),
    ("instruments.toml", 'group = "fx_usd"', 'group = "usd"', "USDKZT_TOD.group", '"usd"', "fx_usd"),
    ("instruments.toml", 'board = "FX_TOD"', 'board = "FX"', "USDKZT_TOD.board", '"FX"', "FX_TOD"),
    ("instruments.toml", 'term = "TOD"', 'term = "T0"', "USDKZT_TOD.term", '"T0"', "TOD"),
    ("instruments.toml", 'quote = "KZT"', 'quote = "USD"', "USDKZT_TOD.quote", '"USD"', "another currency"),
    ("instruments.toml", 'currency = "USD"', 'currency = "GBP"', "USDKZT_TOD.currency", '"GBP"', "CNY"),
    ("instruments.toml", '"410.00"', '"410.001"', "USDKZT_TOD.last_deal", '"410.001"', "2 decimals"),
    ("instruments.toml", '"410.00"', '"-410.00"', "USDKZT_TOD.last_deal", '"-410.00"', "above 0"),
    ("instruments.toml", '"410.00"', '"4.1e2"', "USDKZT_TOD.last_deal", '"4.1e2"', "price"),
    ("instruments.toml", "[USDKZT_TOM]", "[USDKZT_TOD]", "(at line", "Cannot declare", "valid TOML"),
    ("ladders.toml", 'up_to = "0.20"', 'up_to = "0.10"', "annex_1.steps[2].up_to", '"0.10"', "more than in the row"),
    ("ladders.toml", "least = 100_000 }", "least = 1_000 }", "annex_1.steps[2].least", "1000", "more than in the row"),
    ("ladders.toml", "least = 100_000 }", "least = 100_500 }", "annex_1.steps[2].least", "100500", "multiple of 1000"),
    ("ladders.toml", "multiple = 1_000", "multiple = 0", "annex_1.multiple", "0", "at least 1"),
    ("ladders.toml", "steps = [", "steps = []\nrows = [", "annex_1.steps", "[]", "not empty"),
    ("members.toml", 'dialect = "NEXT"', 'dialect = "FIX42"', "00100.dialect", '"FIX42"', "FIX44"),
    ("members.toml", 'services = ["api"]', 'services = ["web"]', "00100.services", "web", "dropcopy"),
    ("members.toml", 'services = ["api"]', "services = []", "00100.services", "[]", "at least one"),
    ("members.toml", 'services = ["api"]', 'services = "api"', "00100.services", '"api"', "a list"),
    ("members.toml", '"F_02001_0000"', '"F_00100_0000"', "02001.accounts", "F_00100_0000", "no other user"),
    ("members.toml", '["fx", "securities", "repo"]', '["forex"]', "00100.markets", "forex", "fx"),
    ("members.toml", 'firm = "00100"', 'firm = ""', "00100.firm", '""', "name"),
    ("members.toml", 'firm = "00100"', 'firm = "00100"\npassword = "x"', "00100.password", "unknown key", "firm"),
    ("groups.toml", 'standby = "none"', 'standby = "always"', "fx_usd.standby", '"always"', "every cross"),
    ("groups.toml", 'price_kind = "money"', 'price_kind = "par"', "fx_usd.price_kind", '"par"', "yield"),
    ("groups.toml", 'settlement = "currency"', 'settlement = "T+3"', "fx_usd.settlement", '"T+3"', "T+2"),
    (
        "groups.toml",
        'main_method = "continuous"',
        'main_method = "open"',
        "fx_usd.main_method",
        '"open"',
        "repo_direct",
    ),
    ("groups.toml", 'warning = "none"\n', "", "fx_usd.warning", "nothing", "per cent"),
    ("groups.toml", 'hard = "none"', 'hard = "10"', "fx_usd.hard_document", '"none"', "decision"),
    (
        "groups.toml",
        "limit_request_minutes = 0",
        "limit_request_minutes = -1",
        "fx_usd.limit_request_minutes",
        "-1",
        "0 to",
    ),
    (
        "groups.toml",
        'order_kinds = ["limit", "stop_limit"]',
        'order_kinds = ["market"]',
        "eurobonds.order_kinds",
        "market",
        "art. 7 p. 3",
    ),
    ("groups.toml", '"limit", "stop_limit"]', '"limit", "stop"]', "eurobonds.order_kinds", "stop", "art. 7 p. 3"),
    (
        "groups.toml",
        'order_kinds = ["market", "limit"]',
        'order_kinds = ["limit", "stop"]',
        "swap_usd.order_kinds",
        "stop",
        "R-150",
    ),
    ("groups.toml", '"gtc", "gtd"]', '"gtc", "fok"]', "eurobonds.times_in_force", "fok", "art. 7 p. 3"),
    ("groups.toml", 'direct = "art. 17"', 'voice = "art. 17"', "gov.forbidden.voice", "unknown key", "direct"),
    ("groups.toml", 'direct = "art. 17"', 'continuous = "x"', "eurobonds.main_method", '"continuous"', "not forbidden"),
    ("groups.toml", 'like = "fx_eur"', 'like = "fx_gbp"', "fx_eurusd.like", '"fx_gbp"', "fx_eur"),
    ("groups.toml", 'like = "fx_eur"', 'like = "futures"', "fx_eurusd.like", '"futures"', "fx_eur"),
    ("groups.toml", 'board = "GOV"', 'bord = "GOV"', "eurobonds.instruments.bord", "unknown key", "board"),
    ("groups.toml", 'board = "GOV"', 'board = "GOVT"', "eurobonds.instruments.board", '"GOVT"', "GOV"),
    (
        "groups.toml",
        'board = "GOV"',
        'board = "FUT"',
        "eurobonds.instruments.board",
        "FUT",
        "preliminary",
    ),
    ("boards.toml", 'session = "main"', 'session = "late"', "FX_TOD.session", '"late"', "additional"),
    ("boards.toml", 'preliminary = "11:05"', 'preliminary = "11:30"', "GOV.preliminary", '"11:30"', "before the board"),
    ("boards.toml", 'preliminary_clause = "art. 7 p. 2"', "", "FX_TOD.preliminary_clause", '"none"', "the clause"),
    ("boards.toml", 'firm_quotes_of = "NBRK"', 'firm_quotes_of = "NB"', "SWAP_USD_ADD.firm_quotes_of", '"NB"', "NBRK"),
    (
        "boards.toml",
        '"bank+fx_clearing", ',
        '"bank+clearing", ',
        "SWAP_USD_ADD.participants",
        "bank+clearing",
        "fx_clearing",
    ),
    (
        "boards.toml",
        "waits_for_depository = false",
        "waits_for_depository = 0",
        "FX_TOD.waits_for",
        "0",
        "true or false",
    ),
    ("boards.toml", 'like = "FX_TOD"', 'like = "FX"', "CNY_TOD.like", '"FX"', "FX_TOD"),
    ("members.toml", '["national_bank"]', '["central_bank"]', "NBRK.roles", "central_bank", "national_bank"),
    ("members.toml", "roles = []\n", "", "FIRMC.roles", "nothing", "a list"),
    (SWAPS, 'first_leg = "TOD"', 'first_leg = "SPT"', "USDKZT_0_001.first_leg", '"SPT"', "TOM"),
    (SWAPS, 'term = "01W"', 'term = "02W"', "USDKZT_0_01W.term", '"02W"', "01W"),
    (SWAPS, '"7.5000"', '"7.50001"', "USDKZT_0_001.last_deal", '"7.50001"', "4 decimals"),
    (SWAPS, "[USDKZT_0_002]", "[USDKZT_TOD]", "USDKZT_TOD", "a second entry", "instruments.toml"),
    (SWAPS, '["SWAP_USD_ADD"]', '["SWAP_USD"]', "USDKZT_0_001.more_boards", "SWAP_USD", "other boards"),
    (BONDS, "issued = 2018", "issued = 2058", "MOM036_0078.bond.matures", "2021-02-03", "after it was issued"),
    (BONDS, "discount = true", 'discount = "yes"', "MKM012_0150.bond.discount", '"yes"', "true or false"),
    (BONDS, 'coupon_kind = "none"', 'coupon_kind = "fixed"', "MKM012_0150.bond.coupon_kind", '"fixed"', "none"),
    (BONDS, 'coupon = "8.95"', 'coupon = "8,95"', "MOM036_0078.bond.coupon", '"8,95"', "price"),
    (BONDS, "coupons_a_year = 1", "coupons_a_year = 5", "KZ_E2309.bond.coupons_a_year", "5", "12"),
    (BONDS, 'scheme = "T+2"', 'scheme = "T+5"', "MOM060_0050.scheme", '"T+5"', "T+2"),
    (BONDS, 'last_deal = "104.2500"', 'price = "1"', "KZ_24_2410.price", "unknown key", "last_deal"),
    (OTHERS, 'kind = "clean"', 'kind = "net"', "NURAb1.price_decision.kind", '"net"', "dirty"),
    (OTHERS, "date = 2020-05-27", 'date = "today"', "NURAb1.price_decision.date", '"today"', "a date"),
    (OTHERS, 'opens = "12:00"', 'opens = "14:00"', "KZTO_GP1.closes", '"14:00"', "after it opens"),
    (OTHERS, 'methods = ["specialised"]', 'methods = ["direct"]', "KEGN_GP1.methods", "direct", "specialised"),
    (OTHERS, "lot = 10\n", "lot = 0\n", "KZTO_GP1.lot", "0", "at least 1"),
    (REPO, 'underlying = "GS"', 'underlying = "BASKET"', "R_GS_001.underlying", '"BASKET"', "listed security"),
    (REPO, 'underlying = "GS"', 'underlying = "KZTO"', "R_GS_001.underlying", '"KZTO"', "art. 23"),
    (REPO, 'term = "001"', 'term = "000"', "R_GS_001.term", '"000"', "three digits"),
    ("market.toml", '= "cancel_incoming"', '= "skip"', "self_trade", '"skip"', "cancel_incoming"),
    ("market.toml", "self_trade =", "self_trades =", "self_trade", "nothing", "cancel_incoming"),
]


@pytest.mark.parametrize(("file", "old", "new", "key", "found", "expected"), SPOILED)
def test_a_spoiled_file_is_named_with_key_found_and_expected(cfg: Path, file, old, new, key, found, expected):
    """Contract: bad configuration is one line that names file, key, what was found and what was expected."""
    replaced(cfg, file, old, new)
    with pytest.raises(ConfigurationError) as caught:
        load_market(cfg)
    error = caught.value
    # What a group says for its instruments is blamed where it stands.
    assert error.file == str(cfg / file)
    assert error.key.startswith(key)
    assert found in error.found
    assert expected in error.expected
    line = str(error)
    assert "\n" not in line
    for part in (file, key, found, expected):
        assert part in line


def test_a_missing_file_is_named(cfg: Path):
    """Contract: bad configuration names the file."""
    (cfg / "boards.toml").unlink()
    with pytest.raises(ConfigurationError, match=r"boards\.toml.*No such file.*a readable file"):
        load_market(cfg)


def test_a_file_in_another_encoding_is_named(cfg: Path):
    """Contract: bad configuration names the file."""
    (cfg / "members.toml").write_bytes("# Участники".encode("cp1251"))
    with pytest.raises(ConfigurationError, match=r"members\.toml.*expected UTF-8"):
        load_market(cfg)


def test_overrides_reach_every_kind_of_value(cfg: Path):
    """Contract: `--set` overrides any configuration key."""
    market = load_market(
        cfg,
        {
            "groups.fx_eur.limit": "5",
            "groups.fx_cny.limit": "none",
            "groups.fx_rub.lot": "10000",
            "groups.fx_rub.times_in_force": "day,ioc",
            "groups.fx_rub.clauses.lot": "decision No. 7",
            "boards.FX_TOM.closes": "18:00",
            "instruments.EURKZT_TOM.last_deal": "455.50",
            "instruments.EURKZT_SPT.last_deal": "none",
            "members.FIRMC.markets": "",
            "market.self_trade": "cancel_incoming",
        },
    )
    groups = {group.name: group for group in market.groups}
    assert (groups["fx_eur"].limit_hundredths, groups["fx_cny"].limit_hundredths) == (500, None)
    assert (groups["fx_rub"].lot, groups["fx_rub"].times_in_force) == (10000, ("day", "ioc"))
    assert groups["fx_rub"].clauses.lot == "decision No. 7"
    assert market.boards[2].closes == dt.time(18)
    last = {instrument.symbol: instrument.last_deal for instrument in market.instruments}
    assert (last["EURKZT_TOM"], last["EURKZT_SPT"]) == (45_550_000_000, None)
    assert [user.markets for user in market.users if user.name == "FIRMC"] == [()]


@pytest.mark.parametrize(
    ("key", "value", "found", "expected"),
    [
        ("groups.fx_eur.limits", "5", "unknown key", "limit"),
        ("groups.fx_eur.limit", "five", '"five"', "per cent"),
        ("groups.fx_gbp.limit", "5", "no fx_gbp in groups", "fx_eur"),
        ("groups.fx_eur", "5", "whole table", "groups.ENTRY.FIELD"),
        ("groups.fx_eur.clauses", "5", "whole table", "groups.ENTRY.FIELD"),
        ("groups", "5", "whole table", "groups.ENTRY.FIELD"),
        ("groups.fx_eur.lot", "-1", '"-1"', "at least 1"),
        ("groups.fx_eur.clauses.size", "x", "unknown key", "window"),
        ("boards.FX_TOM.closes", "9:00", '"9:00"', "Almaty time"),
        ("boards.FX_TOM.closes", "09:00", '"09:00"', "after the board opens"),
        ("ladders.annex_1.steps", "1", '"1"', "a list of tables"),
        ("market.seed", "1", "unknown key", "self_trade"),
        ("gateway.api.port", "1", "unknown key", "groups"),
    ],
)
def test_a_bad_override_is_blamed_on_the_command_line(cfg: Path, key, value, found, expected):
    """Contract: `--set` overrides any configuration key; one that is none is an error."""
    with pytest.raises(ConfigurationError) as caught:
        load_market(cfg, {key: value})
    assert (caught.value.file, caught.value.key) == ("--set", key)
    assert found in caught.value.found
    assert expected in caught.value.expected


def test_a_group_takes_after_the_one_it_is_like(cfg: Path):
    """What a group does not say it has from the one above; an override changes it, and what is like it, alone."""
    market = load_market(
        cfg,
        {
            "groups.fx_eur.limit": "5",
            "groups.fx_cny.clauses.lot": "decision No. 8",
            "groups.gov_notes.lot": "100",
            "groups.gov.instruments.scheme": "T+2",
            "instruments.MUM180_0014.bond.coupon": "7.25",
            "instruments.MUM180_0014.more_boards": "",
            "boards.GOV.preliminary": "11:10",
        },
    )
    groups = {group.name: group for group in market.groups}
    limits = {name: groups[name].limit_hundredths for name in ("fx_eur", "fx_eurusd", "fx_cny", "fx_usd", "gov")}
    assert limits == {"fx_eur": 500, "fx_eurusd": 500, "fx_cny": 500, "fx_usd": None, "gov": 3000}
    assert (groups["fx_cny"].clauses.lot, groups["fx_cny"].clauses.price) == ("decision No. 8", "art. 14 p. 5")
    assert (groups["gov"].lot, groups["gov_notes"].lot) == (1, 100)
    instruments = {instrument.symbol: instrument for instrument in market.instruments}
    bond = instruments["MUM180_0014"]
    assert (bond.scheme, bond.more_boards, bond.bond and bond.bond.coupon) == ("T+2", (), 725_000_000)
    assert instruments["KZ_24_2410"].scheme == "T+2"
    boards = {board.code: board.preliminary for board in market.boards}
    assert boards["GOV"] == boards["CORP"] == dt.time(11, 10)
    assert boards["GOV_DIRECT"] is None


def test_what_a_group_says_for_its_instruments_is_blamed_on_the_command_line(cfg: Path):
    """Contract: file, key, found, expected; of `--set` the command line."""
    with pytest.raises(ConfigurationError) as caught:
        load_market(cfg, {"groups.gov.instruments.scheme": "T+9"})
    assert (caught.value.file, caught.value.key) == ("--set", "groups.gov.instruments.scheme")


def test_the_markets_keys_are_known_by_their_file():
    """Contract: the other keys are the program's own."""
    assert belongs_to_market("groups.fx_eur.limit")
    assert belongs_to_market("market.self_trade")
    assert not belongs_to_market("gateway.api.port")


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ('FIRMA = "rehearsal"', "FIRMA", "argon2id"),
        ("FIRMA = 1", "FIRMA", "argon2id"),
        ('NOBODY = "$argon2id$v=19$m=8192,t=2,p=1$c2FsdHNhbHQ$aGFzaA"', "NOBODY", "members.toml"),
    ],
)
def test_bad_passwords_are_named_and_never_shown(cfg: Path, text, key, expected):
    """Law 6: hashes stay out of the journal; a password in clear does not reach a log either."""
    (cfg / "passwords.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_passwords(cfg)
    assert caught.value.key == key
    assert expected in caught.value.expected
    assert "rehearsal" not in str(caught.value).replace(str(cfg), "")


def test_calendar_decisions_are_read_with_their_reasons(cfg: Path):
    """R-6: operator's files stand over the defaults."""
    (cfg / "calendar" / "banks.toml").write_text(
        '[USD.closed]\n2020-12-24 = "notice"\n[RK.opened]\n2020-05-30 = "moved"'
    )
    decisions = load_calendar_decisions(cfg)
    assert decisions["USD"] == {dt.date(2020, 12, 24): (False, "notice")}
    assert decisions["RK"] == {dt.date(2020, 5, 30): (True, "moved")}


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ('[GBP.closed]\n2020-12-24 = "x"', "GBP", "RK"),
        ('[USD.shut]\n2020-12-24 = "x"', "USD.shut", "closed"),
        ('[USD.closed]\n2020-12-32 = "x"', "USD.closed.2020-12-32", "a date"),
        ('[USD.closed]\n20201224 = "x"', "USD.closed.20201224", "a date"),
        ("[USD.closed]\n2020-12-24 = 1", "USD.closed.2020-12-24", "reason"),
        ('[USD]\nclosed = ["2020-12-24"]', "USD.closed", "a table"),
        ('USD = "closed"', "USD", "a table"),
        ('[USD.closed]\n2020-12-24 = "x"\n[USD.opened]\n2020-12-24 = "x"', "USD.closed.2020-12-24", "no second"),
    ],
)
def test_bad_calendar_files_are_named(cfg: Path, text, key, expected):
    """R-6; contract: file, key, found, expected."""
    (cfg / "calendar" / "operator.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_calendar_decisions(cfg)
    assert caught.value.file.endswith("operator.toml")
    assert caught.value.key == key
    assert expected in caught.value.expected
