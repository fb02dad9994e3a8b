"""Swaps, repo and bonds as text: who is told what of their terms and of their life; quickfix judges every text."""

import datetime as dt

import msgspec
import pytest
from dialect_market import LISTING, TIME, a_deal, an_order, flat, one, validated

from kase_fix.clearing.opening import repo_of
from kase_fix.gateway.cursor import last_stored
from kase_fix.gateway.dialect import fix44, next_
from kase_fix.gateway.dialect.delivery import SIDES, recipients
from kase_fix.messages.deal_events import DealConfirmed, DealFailed
from kase_fix.messages.deal_terms import BondMoney, LegTerms, RepoTerms, SwapTerms
from kase_fix.messages.direct import DirectTerms
from kase_fix.messages.repo import RepoClosed, RepoClosing, RepoProlonged, RepoReady, RepoTerminated
from kase_fix.values.enums import OrderStatus, Side
from kase_fix.values.numbers import parse_price

DIALECTS = {"FIX44": fix44, "NEXT": next_}
FIRST, LAST = dt.date(2020, 5, 27), dt.date(2020, 6, 24)
SWAP = SwapTerms(
    LegTerms("EURKZT_TOD", Side.BUY, parse_price("450"), 1000, FIRST, 450_000_00, "EUR", "KZT"),
    LegTerms("EURKZT_TOM", Side.SELL, parse_price("450.09"), 1000, dt.date(2020, 5, 28), 450_090_00, "EUR", "KZT"),
)


def repo_terms(kind="automatic", rate="200"):
    price, closing = parse_price("13319.92"), parse_price("15363.52")
    return RepoTerms(
        kind,
        LegTerms("GS", Side.SELL, price, 901, FIRST, 12_001_247_92, "GS", "KZT"),
        LegTerms("GS", Side.BUY, closing, 901, LAST, 13_842_531_52, "GS", "KZT"),
        None if rate is None else parse_price(rate),
    )


def dealt(terms, price="200", **changed):
    return msgspec.structs.replace(a_deal(price=parse_price(price)), terms=terms, **changed)


CONTROLLED = {"controllers": ("CUSTOD", "")}
AUTOMATIC = dealt(repo_terms(), **CONTROLLED)
OPEN = msgspec.structs.replace(repo_of(AUTOMATIC), closing_id="90-1")
DIRECT = dealt(
    repo_terms("direct", None),
    method="repo_direct",
    buy=an_order(direct=DirectTerms("00100", closes=LAST, closing_price=parse_price("15363.52"))),
)
EVENTS = {
    "swap": dealt(SWAP, "7.5"),
    "repo": AUTOMATIC,
    "direct repo": DIRECT,
    "prolongation": msgspec.structs.replace(DIRECT, method="prolonged"),
    "bond": dealt(BondMoney(9_875_00, 26_92, "KZT"), "98.75"),
    "closing": RepoClosing(OPEN),
    "ready": RepoReady(OPEN, "00100"),
    "closed": RepoClosed(OPEN),
    "terminated": RepoTerminated(OPEN, "art. 38 p. 1-1 sp. 1"),
    "prolonged": RepoProlonged(msgspec.structs.replace(OPEN, closing_id=""), OPEN.terms),
    "confirmed": DealConfirmed(dealt(None, **CONTROLLED), "CUSTOD"),
    "failed": DealFailed(dealt(None, **CONTROLLED), "art. 42 p. 2"),
}
BOTH = pytest.mark.parametrize("dialect", DIALECTS)


def told(dialect, what, side, user="FIRMA"):
    return DIALECTS[dialect].report(EVENTS[what], side, 18, 1, TIME, LISTING, user=user)


@BOTH
@pytest.mark.parametrize("what", EVENTS)
def test_every_report_is_valid(dialect, what):
    for user, side in recipients(EVENTS[what]):
        body = told(dialect, what, side, user)
        if body:
            sent = validated(dialect, body, "KASE", user)
            assert set(flat(body)) <= set(flat(sent))


def test_the_sides_of_an_event_grow_and_are_sides():
    """A user's cursor grows with each of his reports."""
    for event in EVENTS.values():
        sides = [side for _, side in recipients(event)]
        assert sides == sorted(sides)
        assert set(sides) <= set(SIDES)


@pytest.mark.parametrize("side", SIDES)
def test_each_is_found_again_in_the_store(side, tmp_path):
    body = f"8=FIX.4.4\x0135=8\x01527=18-1-{side}\x0110=1\x01".encode()
    (tmp_path / "s.body").write_bytes(body)
    (tmp_path / "s.header").write_text(f"1,0,{len(body)} ")
    assert last_stored(tmp_path / "s") == (18, 1, side)


def test_a_swap_is_told_as_itself_and_its_two_legs():
    """Art. 15: B, B1, B2 and S, S1, S2; who buys the swap buys, then sells back; the seller the other way round."""
    assert recipients(EVENTS["swap"]) == (
        ("FIRMA", "B"), ("FIRMA", "B1"), ("FIRMA", "B2"), ("00100", "S"), ("00100", "S1"), ("00100", "S2"),
    )  # fmt: skip
    legs = [told("FIX44", "swap", side) for side in ("B1", "B2", "S1", "S2")]
    assert [one(leg, 54) for leg in legs] == ["1", "2", "2", "1"]
    assert [one(leg, 55) for leg in legs[:2]] == ["EURKZT_TOD", "EURKZT_TOM"]
    assert [one(leg, 31) for leg in legs[:2]] == ["450.00", "450.09"]
    assert [one(leg, 64) for leg in legs[:2]] == ["20200527", "20200528"]
    assert {one(leg, 44) for leg in legs} == {None}


def test_fills_of_an_order_are_its_swaps_and_not_their_legs():
    """FIX44: what adds up 32 of 150=F, or of all reports without 442=2, has CumQty(14)."""
    reports = [told("FIX44", "swap", side) for side in ("B", "B1", "B2")]
    assert [(one(body, 150), one(body, 442)) for body in reports] == [("F", "3"), ("I", "2"), ("I", "2")]
    assert sum(int(one(body, 32)) for body in reports if one(body, 150) == "F") == int(one(reports[0], 14))
    assert len({one(body, 17) for body in reports}) == len({one(body, 880) for body in reports}) == 3
    assert {one(body, 19) for body in reports[1:]} == {one(reports[0], 17)}


def test_legs_in_next_have_numbers_of_their_own_and_name_the_swap():
    swap, first, second = (told("NEXT", "swap", side) for side in ("B", "B1", "B2"))
    assert [one(swap, tag) for tag in (17, 5185, 5188, 5231, 236)] == ["18-1", "18-1", "SWAP_DEAL", None, "7.5000"]
    for leg, number, volume in ((first, "18-1.1", "450000.00"), (second, "18-1.2", "450090.00")):
        assert [one(leg, tag) for tag in (17, 5185, 5188, 5231)] == [number, number, "SWAP_LEG_DEAL", "18-1"]
        assert (one(leg, 152), one(leg, 150)) == (volume, "F")


@BOTH
def test_a_repo_says_from_when_to_when_and_for_what(dialect):
    body = told(dialect, "repo", "B")
    said = [one(body, tag) for tag in (916, 917, 922, 311, 879, 236)]
    assert said == ["20200527", "20200624", "13842531.52", "GS", "901", "200.0000"]
    assert one(told(dialect, "direct repo", "B"), 917) == "20200624"
    assert one(told(dialect, "direct repo", "S"), 236) is None


def test_the_money_a_repo_begins_with():
    assert one(told("FIX44", "repo", "B"), 921) == "12001247.92"
    assert one(told("NEXT", "repo", "B"), 152) == "12001247.92"


def test_repo_information_tells_agreed_prices_from_computed_ones():
    computed, agreed = told("NEXT", "repo", "B1"), told("NEXT", "direct repo", "B1")
    assert [one(computed, tag) for tag in (5222, 5221, 5224, 5223)] == ["13319.92", "15363.52", "13842531.52", None]
    assert [one(agreed, tag) for tag in (5223, 5220, 5225, 5222)] == ["13319.92", "15363.52", "13842531.52", None]
    assert [one(computed, tag) for tag in (5218, 5219, 5226, 5229, 5230)] == ["18-1", None, "901", "GS", "12001247"]
    assert one(told("NEXT", "closing", "B"), 5219) == "90-1"


@pytest.mark.parametrize(
    ("what", "tags"),
    [
        ("repo", ("B1", "0", "0", "F", "18-1", None)),
        ("closing", ("B", "0", "1", None, "90-1", "18-1")),
        ("ready", ("B", "0", "2", None, "90-1", "18-1")),
        ("closed", ("B", "0", "0", "F", "90-1", "18-1")),
        ("terminated", ("B", "1", "0", "H", "90-1", "18-1")),
        ("prolonged", ("B", "2", "4", None, "18-1", None)),
    ],
)
def test_the_life_of_a_repo_in_fix44(what, tags):
    side, *said = tags
    body = told("FIX44", what, side)
    assert [one(body, tag) for tag in (487, 856, 150, 880, 820)] == said
    assert one(body, 570) == "N"


def test_each_is_told_of_his_own_side_alone():
    """Trading is anonymous: a custodian sees the account he controls, a party does not hear who the other one is."""
    assert one(told("FIX44", "closed", "K", "CUSTOD"), 1) == "F_FIRMA_0000"
    assert one(told("FIX44", "closed", "S", "00100"), 1) == "F_00100_0000"
    assert one(told("FIX44", "ready", "B"), 58) == "The other side is ready for the closing deal 90-1"
    assert one(told("FIX44", "ready", "S", "00100"), 58) == "00100 is ready for the closing deal 90-1"


@BOTH
def test_a_bond_says_what_it_comes_to(dialect):
    """Art. 24 p. 2: clean is % of par with interest on top; the instrument of this listing is no bond, so by unit."""
    body = told(dialect, "bond", "B")
    assert [one(body, tag) for tag in (423, 381, 159, 118, 15)] == ["2", "9875.00", "26.92", "9901.92", "KZT"]


def test_a_deal_that_waits_says_so():
    waits = msgspec.structs.replace(EVENTS["confirmed"].deal, awaits=("CUSTOD",))
    for dialect, status in (("FIX44", "1"), ("NEXT", "H")):
        buyer = DIALECTS[dialect].report(waits, "B", 18, 1, TIME, LISTING)
        seller = DIALECTS[dialect].report(waits, "S", 18, 1, TIME, LISTING)
        assert (one(buyer, 39), one(buyer, 58)) == (status, "The deal waits for the confirmation of CUSTOD")
        assert "CUSTOD" not in seller


def test_what_became_of_a_deal_is_told_on_the_order_as_it_stands():
    now = an_order(status=OrderStatus.CANCELLED, leaves=0, filled=1000)
    for dialect, module in DIALECTS.items():
        body = module.report(EVENTS["confirmed"], "B", 18, 1, TIME, LISTING, known=now)
        assert (one(body, 150), one(body, 39)) == ("I", "4")
        assert one(body, 880 if dialect == "FIX44" else 17) == "18-1"
    failed = told("FIX44", "failed", "B")
    assert [one(failed, tag) for tag in (35, 487, 150, 880)] == ["AE", "1", "H", "18-1"]
    assert [one(told("NEXT", "failed", "B"), tag) for tag in (35, 150, 17)] == ["8", "I", "18-1"]
