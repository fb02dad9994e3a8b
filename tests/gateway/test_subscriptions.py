"""How much market data a session may ask for, and what of it is refused."""

import pytest

from kase_fix.gateway import subscriptions
from kase_fix.gateway.dialect.questions import MarketData
from kase_fix.gateway.feed import Place
from kase_fix.gateway.subscriptions import GREATEST_NUMBER, Denied, Lists, Subscriptions, subscription_of

BOARDS = {"EURKZT_TOM": ("EUR_TOM",), "USDKZT_TOM": ("USD_TOM",)}
ALL = Lists(BOARDS, BOARDS)


def asked(request: str, user: str = "VENDOR1", kind: int = 1, symbols: tuple[str, ...] = ("EURKZT_TOM",), **more):
    return MarketData(user, request, kind, 5, 1, more.pop("book", 0), (), symbols, more.pop("all", False), **more)


@pytest.fixture
def kept():
    return Subscriptions()


def add(kept, *arguments, **more):
    return kept.add(subscription_of("md", "FIX44", asked(*arguments, **more)), BOARDS)


def test_a_session_has_no_more_than_so_many_subscriptions(kept):
    for number in range(GREATEST_NUMBER):
        assert kept.judge("md", asked(str(number)), ALL) is None
        assert add(kept, str(number)) == [Place("EURKZT_TOM", "EUR_TOM")]
    words = "50 subscriptions are open; end one, or name several symbols in one"
    assert kept.judge("md", asked("more"), ALL) == Denied("2", words)
    assert kept.judge("md", asked("more", kind=0), ALL) is None
    assert kept.judge("md", asked("7", kind=2), ALL) is None
    assert kept.judge("md", asked("more", user="VENDOR2"), ALL) is None
    assert kept.judge("api", asked("more"), ALL) is None
    assert [one.request_id for one in kept.remove("md", "VENDOR1", "7")] == ["7"]
    assert kept.judge("md", asked("more"), ALL) is None


def test_a_session_has_no_more_than_so_many_instruments(kept, monkeypatch):
    monkeypatch.setattr(subscriptions, "GREATEST_PLACES", 3)
    add(kept, "a", symbols=(), all=True)
    assert kept.judge("md", asked("b"), ALL) is None
    denied = kept.judge("md", asked("b", symbols=(), all=True), ALL)
    assert denied == Denied("2", "3 instruments are the most for all subscriptions together")
    kept.remove("md", "VENDOR1")
    assert kept.judge("md", asked("b", symbols=(), all=True), ALL) is None


def test_what_a_user_is_not_entitled_to_is_another_thing_than_what_is_unknown(kept):
    some = Lists(BOARDS, {"EURKZT_TOM": BOARDS["EURKZT_TOM"]})
    assert kept.judge("md", asked("a", symbols=("USDKZT_TOM",)), some).reason == "3"
    assert kept.judge("md", asked("a", symbols=("GBPKZT_TOM",)), some).reason == "0"
    assert kept.judge("md", asked("a", symbols=(), all=True), some) is None


@pytest.mark.parametrize(("book", "aggregated", "reason"), [(3, True, "7"), (2, False, "7"), (1, False, "7")])
def test_a_book_is_by_price_or_by_order(kept, book, aggregated, reason):
    assert kept.judge("md", asked("a", book=book, aggregated=aggregated), ALL).reason == reason


@pytest.mark.parametrize(("book", "aggregated"), [(3, False), (3, None), (0, False)])
def test_a_book_by_order(kept, book, aggregated):
    request = asked("a", book=book, aggregated=aggregated)
    assert kept.judge("md", request, ALL) is None
    assert subscription_of("md", "NEXT", request).wish.book == 3
