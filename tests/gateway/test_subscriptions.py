"""How much market data a session may ask for, and what is remembered of it."""

import pytest

from kase_fix.gateway.dialect.questions import MarketData
from kase_fix.gateway.feed import Feed, Place
from kase_fix.gateway.subscriptions import GREATEST_NUMBER, Denied, Subscriptions

BOARDS = {"EURKZT_TOM": ("EUR_TOM",), "USDKZT_TOM": ("USD_TOM",)}
EURO, DOLLAR = Place("EURKZT_TOM", "EUR_TOM"), Place("USDKZT_TOM", "USD_TOM")


def asked(
    request: str, user: str = "VENDOR1", kind: int = 1, depth: int = 5, symbols: tuple[str, ...] = ("EURKZT_TOM",)
):
    return MarketData(user, request, kind, depth, 1, 2, (), symbols, False)


@pytest.fixture
def kept():
    return Subscriptions()


def test_a_session_has_no_more_than_so_many_subscriptions(kept):
    for number in range(GREATEST_NUMBER):
        assert kept.judge("md", asked(str(number)), BOARDS) is None
        kept.add("md", asked(str(number)), BOARDS)
    words = "50 subscriptions are open; end one, or name several symbols in one"
    assert kept.judge("md", asked("more"), BOARDS) == Denied("4", words)
    assert kept.judge("md", asked("more", kind=0), BOARDS) is None
    assert kept.judge("md", asked("7", kind=2), BOARDS) is None
    assert kept.judge("md", asked("more", user="VENDOR2"), BOARDS) is None
    assert kept.judge("api", asked("more"), BOARDS) is None
    kept.remove("md", "VENDOR1", "7")
    assert kept.judge("md", asked("more"), BOARDS) is None


def test_what_nobody_asks_for_any_more_is_told_when_a_request_ends(kept):
    kept.add("md", asked("a", symbols=("EURKZT_TOM", "USDKZT_TOM")), BOARDS)
    kept.add("md", asked("b", depth=1), BOARDS)
    kept.add("md", asked("a", user="VENDOR2"), BOARDS)
    assert kept.remove("md", "VENDOR1", "none") == []
    assert kept.remove("md", "VENDOR1", "a") == [(DOLLAR, 5)]
    assert kept.remove("md", "VENDOR1") == [(EURO, 1)]
    assert [one.user for one in kept.by_place[EURO]] == ["VENDOR2"]
    assert kept.remove("md", "VENDOR2") == [(EURO, 5)]
    assert (len(kept), kept.by_place) == (0, {EURO: [], DOLLAR: []})


def test_views_that_nobody_is_told_of_are_forgotten():
    feed = Feed()
    feed._views = {(EURO, 5): {}, (EURO, 1): {}}
    feed.forget([(EURO, 5), (DOLLAR, 5)])
    assert feed._views == {(EURO, 1): {}}
