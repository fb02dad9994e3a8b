"""Instruments, market data, positions and rejects as text; quickfix is the judge."""

import datetime as dt

import msgspec
import pytest
import quickfix as fix
from dialect_market import DAY, FIX44, LISTING, MARKET, TIME, flat, one, text, validated
from hypothesis import given
from hypothesis import strategies as st

from kase_fix.gateway.dialect import marketdata_text as md
from kase_fix.gateway.dialect.fix_text import frame, utc_microseconds, utc_timestamp
from kase_fix.gateway.dialect.instrument_list import security_list
from kase_fix.gateway.dialect.listing import listing
from kase_fix.gateway.dialect.numbers_text import security_id
from kase_fix.gateway.dialect.problems import business_reject, session_reject
from kase_fix.gateway.dialect.questions import SecurityList
from kase_fix.gateway.dialect.status_text import security_status
from kase_fix.messages.configuration import Board, Instrument
from kase_fix.values.enums import Phase

BOTH = pytest.mark.parametrize("dialect", ["FIX44", "NEXT"])
ALL = SecurityList("FIRMA", "r1", "4")


def is_open(_board: str, _symbol: str) -> Phase:
    return Phase.CONTINUOUS


def is_closed(_board: str, _symbol: str) -> Phase:
    return Phase.CLOSED


SETTLEMENT = {"EURKZT_TOM": dt.date(2020, 5, 28)}
NUMBER_TAGS = ("48", "22", "454", "455", "456")


@BOTH
def test_instruments_in_one_message(dialect):
    (body,) = security_list(dialect, ALL, "s1", LISTING.values(), is_open, SETTLEMENT, {"CETS": 20200527})
    validated(dialect, body)
    assert [one(body, tag) for tag in (320, 322, 560, 393, 893, 146)] == ["r1", "s1", "0", "3", "Y", "3"]
    assert [part for part in flat(body) if part.startswith("55=")] == [
        "55=EURKZT_TOM", "55=EURKZT_TOD", "55=EURUSD_TOM",
    ]  # fmt: skip
    assert flat(body).count("625=T") == 3


def test_an_instrument_of_next():
    asked = SecurityList("00100", "r1", "0", "EURKZT_TOM")
    (body,) = security_list("NEXT", asked, "s1", LISTING.values(), is_closed, SETTLEMENT, {"CETS": 7})
    assert flat(body)[6:] == [
        "146=1", "55=EURKZT_TOM", "460=4", "5031=1000", "5034=1000", "5035=1000000000", "5036=7", "5039=3",
        "5044=EUR", "5045=KZT", "5046=2", "5047=0.01", "5114=Spot EURKZT", "5155=20200528", "561=1000", "562=1000",
        "1143=3", "1245=KZT", "1309=1", "336=CETS", "625=C", "1237=2", "40=1", "40=2", "1239=3", "59=0", "59=3", "59=4",
        "1312=2", "1210=27", "1211=2", "1210=99", "1211=PriceType 2",
    ]  # fmt: skip
    sent = validated("NEXT", body)
    assert "1309=1\x01336=CETS\x01625=C\x01" in sent
    assert "1237=2\x0140=1\x0140=2\x011239=3\x0159=0\x0159=3\x0159=4\x011312=2\x011210=27\x011211=2\x011210=99" in sent


@BOTH
def test_instruments_in_several_messages(dialect):
    first, second = security_list(dialect, ALL, "s1", LISTING.values(), is_open, SETTLEMENT, chunk=2)
    assert [one(first, tag) for tag in (393, 893, 146)] == ["3", "N", "2"]
    assert [one(second, tag) for tag in (393, 893, 146)] == ["3", "Y", "1"]
    validated(dialect, first)
    validated(dialect, second)


REPO = listing(
    msgspec.structs.replace(
        MARKET,
        boards=(
            Board("M", "Main", "continuous", dt.time(11, 30), dt.time(18), "art. 38"),
            Board("A", "Additional", "continuous", dt.time(17), dt.time(17, 30), "art. 38", "additional"),
        ),
        instruments=(Instrument("R_GS_001", "EURKZT", "M", "", "KZT", "", more_boards=("A",)),),
    )
)


def in_main_session(board: str, _symbol: str) -> Phase:
    return Phase.CONTINUOUS if board == "M" else Phase.CLOSED


def test_an_instrument_on_two_boards_is_two_entries_of_fix44():
    (body,) = security_list("FIX44", ALL, "s1", REPO.values(), in_main_session, {})
    validated("FIX44", body)
    assert [part for part in flat(body) if part[:3] in ("55=", "336", "625")] == [
        "55=R_GS_001", "336=M", "625=T", "55=R_GS_001", "336=A", "625=C",
    ]  # fmt: skip
    assert [one(body, tag) for tag in (393, 146)] == ["2", "2"]


def test_an_instrument_on_two_boards_is_one_entry_of_next():
    (body,) = security_list("NEXT", ALL, "s1", REPO.values(), in_main_session, {})
    assert "1309=2\x01336=M\x01625=T\x01336=A\x01625=C\x01" in validated("NEXT", body)
    assert one(body, 146) == "1"


BOND = listing(
    msgspec.structs.replace(
        MARKET,
        groups=(
            msgspec.structs.replace(MARKET.groups[0], order_kinds=("limit",), forbidden={"continuous": "art. 23"}),
        ),
        boards=(
            Board("CORP", "", "continuous", dt.time(11, 30), dt.time(17), "art. 21"),
            Board("CORP_DIRECT", "", "direct", dt.time(11, 30), dt.time(17), "art. 21"),
            Board("REPO_DIRECT", "", "repo_direct", dt.time(11, 30), dt.time(17), "art. 38"),
        ),
        instruments=(
            Instrument("BRKLb1", "EURKZT", "CORP", "", "KZT", "", more_boards=("CORP_DIRECT", "REPO_DIRECT")),
        ),
    )
)


def test_boards_tell_their_methods():
    """Direct boards are named as such, and a method that a clause forbids too."""
    (ours,) = security_list("FIX44", ALL, "s1", BOND.values(), is_open, {})
    validated("FIX44", ours)
    assert [part for part in flat(ours) if part[:3] in ("336", "58=")] == [
        "336=CORP", "58=not traded by this method (art. 23)", "336=CORP_DIRECT", "58=direct deals",
        "336=REPO_DIRECT", "58=direct repo",
    ]  # fmt: skip
    (theirs,) = security_list("NEXT", ALL, "s1", BOND.values(), is_open, {})
    assert "1237=2\x0140=2\x0140=R\x01" in validated("NEXT", theirs)
    assert one(theirs, 58) == (
        "CORP not traded by this method (art. 23), CORP_DIRECT direct deals, REPO_DIRECT direct repo"
    )


@BOTH
@pytest.mark.parametrize(
    ("isin", "nin", "ours", "theirs"),
    [
        ("", "", [], []),
        ("KZ1C00000744", "", ["48=KZ1C00000744", "22=4"], ["48=KZ1C00000744", "22=4"]),
        ("", "KZ1C29950017", ["48=KZ1C29950017", "22=8"], ["48=KZ1C29950017", "22=8"]),
        ("KZ1C00000744", "KZ1C00000744", ["48=KZ1C00000744", "22=4"], ["48=KZ1C00000744", "22=4"]),
        (
            "KZ1C00000744",
            "KZ1C29950017",
            ["48=KZ1C00000744", "22=4", "454=1", "455=KZ1C29950017", "456=8"],
            ["48=KZ1C29950017", "22=8", "454=1", "455=KZ1C00000744", "456=4"],
        ),
    ],
)
def test_numbers_of_a_security(dialect, isin, nin, ours, theirs):
    """48 is the ISIN in FIX44, the national number in NEXT; the other one stands in 454. The same in d, and 48 in f."""
    instrument = msgspec.structs.replace(MARKET.instruments[0], symbol="KZTO", isin=isin, nin=nin)
    listed = listing(msgspec.structs.replace(MARKET, instruments=(instrument,))).values()
    expected = ours if dialect == "FIX44" else theirs
    for asked in (ALL, SecurityList("FIRMA", "r1", "0", "KZTO", definition=True)):
        (body,) = security_list(dialect, asked, "s1", listed, is_open, {})
        told = flat(validated(dialect, body))
        assert sorted(part for part in told if part.split("=")[0] in NUMBER_TAGS) == sorted(expected)
    status = security_status("KZTO", "CETS", Phase.CLOSED, TIME, number=security_id(dialect, instrument))
    assert [part for part in flat(validated(dialect, status)) if part.split("=")[0] in NUMBER_TAGS] == expected[1::-1]


@BOTH
def test_no_such_instrument(dialect):
    (body,) = security_list(dialect, SecurityList("FIRMA", "r1", "0", "NOPE"), "s1", LISTING.values(), is_closed, {})
    assert one(body, 560) == "2"
    validated(dialect, body)


BID = md.Entry(md.BID, 45_010_000_000, 1000, orders=2, position=1, decimals=2)
OFFER = md.Entry(md.OFFER, 45_020_000_000, 3000, decimals=2, id="NF_3")
DEAL = md.Entry(md.TRADE, 45_010_000_000, 1000, time=TIME, id="18-1", settlement=dt.date(2020, 5, 28), decimals=2)


def terms(dialect):
    return md.Terms(dialect == "NEXT")


@BOTH
def test_snapshot(dialect):
    """83 is before the group in FIX44, in NEXT in every entry, in one that says nothing else where there is none."""
    body = md.snapshot("m1", "EURKZT_TOM", [BID, OFFER, DEAL], terms(dialect), 7)
    assert [part for part in flat(body) if part not in ("83=7", "1021=2")] == [
        "35=W", "262=m1", "55=EURKZT_TOM", "268=3",
        "269=0", "270=450.10", "271=1000", "346=2", "290=1",
        "269=1", "278=NF_3", "270=450.20", "271=3000",
        "269=2", "278=18-1", "270=450.10", "271=1000", "272=20200527", "273=05:30:00.123", "64=20200528",
    ]  # fmt: skip
    validated(dialect, body)
    assert flat(body).count("83=7") == (3 if dialect == "NEXT" else 1)
    empty = md.snapshot("m1", "EURKZT_TOM", [], terms(dialect), 7)
    assert flat(empty)[-3:] == (["268=1", "269=J", "83=7"] if dialect == "NEXT" else ["83=7", "268=1", "269=J"])
    validated(dialect, empty)


@BOTH
@pytest.mark.parametrize("method", md.METHODS)
def test_a_deal_says_by_its_condition_how_it_was_done(dialect, method):
    deal = msgspec.structs.replace(DEAL, condition=md.METHODS[method], symbol="EURKZT_TOM", session=5)
    for body in (
        md.snapshot("m1", "EURKZT_TOM", [deal], terms(dialect)),
        md.incremental("m1", [deal], terms(dialect)),
    ):
        assert one(validated(dialect, body), 277) == md.METHODS[method]


@BOTH
def test_increments(dialect):
    entries = [
        md.Entry(md.BID, 45_010_000_000, 500, action=md.CHANGE, symbol="EURKZT_TOM", session=5, decimals=2),
        md.Entry(md.OFFER, 45_020_000_000, action=md.DELETE, symbol="EURUSD_TOM", decimals=2),
        md.Entry(md.TRADE, 45_010_000_000, 1, symbol="EURKZT_TOM", time=TIME, settlement=DAY, id="1", decimals=2),
    ]
    body = md.incremental("m1", entries, terms(dialect), 8)
    assert [part for part in flat(body) if part[:3] == "83="] == ["83=8", "83=9", "83=10"]
    assert [part for part in flat(body) if part != "1021=2"][:9] == [
        "35=X", "262=m1", "268=3", "279=1", "269=0", "55=EURKZT_TOM", "270=450.10", "271=500", "336=5",
    ]  # fmt: skip
    sent = validated(dialect, body)
    assert [part for part in flat(sent) if part[:3] in ("279", "269", "55=")] == [
        "279=1", "269=0", "55=EURKZT_TOM", "279=2", "269=1", "55=EURUSD_TOM", "279=0", "269=2", "55=EURKZT_TOM",
    ]  # fmt: skip


@BOTH
def test_auctions(dialect):
    """R-13: price and volume, and the surplus with its side; 286=5 as long as it has not ended."""
    price = md.Entry(
        md.CLEARING, 41_615_000_000, 10_000_000, time=TIME, symbol="USDKZT_TOM", decimals=2, flag=md.THEORETICAL
    )
    surplus = md.Entry(md.IMBALANCE, None, 5_000_000, symbol="USDKZT_TOM", condition=md.MORE_BUYERS, session=5)
    body = md.incremental("m1", [price, surplus], terms(dialect))
    assert [part for part in flat(body) if part[:3] not in ("83=", "102")] == [
        "35=X", "262=m1", "268=2",
        "279=0", "269=Q", "55=USDKZT_TOM", "270=416.15", "271=10000000", "272=20200527", "273=05:30:00.123", "286=5",
        "279=0", "269=A", "55=USDKZT_TOM", "271=5000000", "336=5", "277=P",
    ]  # fmt: skip
    validated(dialect, body)
    validated(dialect, md.snapshot("m1", "USDKZT_TOM", [price, surplus], terms(dialect)))


def test_book_type_and_statistics_of_next():
    numbers = md.Statistics(
        "EURKZT_TOM", 5, "T", 2, orders=3, last=45_010_000_000, volume=1000, deals=1, counter_volume="450100.00",
        average=45_010_000_000, opened=TIME, closed=TIME,
    )  # fmt: skip
    body = md.incremental("m1", [numbers], terms("NEXT"), 3)
    validated("NEXT", body)
    assert [one(body, tag) for tag in (1021, 83, 269, 336, 625, 346, 1020, 31, 5067, 5068, 5116)] == [
        "2", "3", None, "5", "T", "3", "1000", "450.10", "1", "450100.00", "450.10",
    ]  # fmt: skip
    validated("NEXT", md.snapshot("m1", "EURKZT_TOM", [BID, DEAL], terms("NEXT")))


@BOTH
def test_refusals(dialect):
    validated(dialect, md.refusal("m1", md.UNKNOWN_SYMBOL, "Unknown instrument X"))
    validated(dialect, session_reject(7, "D", 44, 6, "Tag 44 must be a number"))
    validated(dialect, business_reject(7, "BE", 3, "Not supported", "a1"))
    assert flat(session_reject(7, "D", 0, 6, "t")) == ["35=3", "45=7", "372=D", "373=6", "58=t"]


def test_times():
    assert utc_timestamp(TIME) == "20200527-05:30:00.123"
    assert utc_microseconds(TIME) == "20200527-05:30:00.123456"
    assert utc_timestamp(0) == "19700101-00:00:00.000"


@given(st.text(st.characters(blacklist_characters="\x01\x00", blacklist_categories=["Cs"]), min_size=1, max_size=40))
def test_length_and_checksum_count_bytes(words):
    whole = frame(
        "FIX.4.4", text("35=j", "34=1", "49=K", "56=F", "52=20200527-05:30:00", "372=D", "380=0", f"58={words}")
    )
    fix.Message(whole, FIX44, True)  # raises where 9 or 10 is wrong
