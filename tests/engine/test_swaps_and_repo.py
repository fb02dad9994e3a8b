"""Swaps, repo and bonds in the engine: what deals promise, and what becomes of a repo (art. 15, 24, 38-40)."""

import datetime as dt

import pytest

from kase_fix.messages.day_events import Announced
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.deal_terms import BondMoney, RepoTerms, SwapTerms
from kase_fix.messages.direct import DirectTerms
from kase_fix.messages.order_events import OrderAccepted, OrderRefused
from kase_fix.messages.repo import RepoClosed, RepoClosing, RepoProlonged, RepoReady, RepoTerminated
from kase_fix.values.enums import OrderStatus, Side
from kase_fix.values.numbers import parse_price
from tests.engine.desk import same_on_replay
from tests.engine.market import one, words
from tests.engine.products import agree, confirm, desk, to, trade

DATE = dt.date


def test_a_swap_deal_has_two_legs_by_its_yield():
    """art. 15 p. 10, R-27: 410.00 at 7.5 % over one day gives 410.08; who buys the swap buys, then sells back."""
    deal = trade(desk(), "USDKZT_0_001", "7.5000", 10_000)
    assert isinstance(deal.terms, SwapTerms)
    first, second = deal.terms.first, deal.terms.second
    assert (first.symbol, first.side, first.price, first.settlement) == (
        "USDKZT_TOD",
        Side.BUY,
        parse_price("410.00"),
        DATE(2020, 5, 27),
    )
    # 410 x 7.5 / 100 / 365 = 0.0842...
    assert (second.symbol, second.side, second.price, second.settlement) == (
        "USDKZT_TOM",
        Side.SELL,
        parse_price("410.08"),
        DATE(2020, 5, 28),
    )
    assert (first.amount, second.amount) == (4_100_000_00, 4_100_800_00)


def test_a_swap_follows_the_last_deal_of_its_first_leg():
    """R-27: P1 is the last deal of the pair of the first leg's day; the swap's own deals are none of it (R-10)."""
    here = desk()
    trade(here, "USDKZT_TOD", "411.25", 1_000_000)
    deal = trade(here, "USDKZT_0_001", "8", 10_000)
    assert deal.terms.first.price == parse_price("411.25")
    assert here.state.listings["USDKZT_TOD"].last_deal == parse_price("411.25")


def test_a_swap_runs_over_a_holiday_and_a_weekend():
    """art. 15, R-27: Friday 22 May 2020, the dollar is closed on Monday: TOD 22, TOM 26, four days."""
    deal = trade(desk(date="2020-05-22"), "USDKZT_0_001", "9", 10_000)
    first, second = deal.terms.first, deal.terms.second
    assert (first.settlement, second.settlement) == (DATE(2020, 5, 22), DATE(2020, 5, 26))
    assert second.price == parse_price("410.40")  # 410 x 9 x 4 / 36 500 = 0.4044
    weekend = trade(desk(date="2020-05-29"), "USDKZT_0_001", "-2", 10_000)
    assert weekend.terms.second.settlement == DATE(2020, 6, 1)
    assert weekend.terms.second.price == parse_price("409.93")  # 410 x 2 x 3 / 36 500 = 0.0674


@pytest.mark.no_twin
def test_without_a_price_of_the_first_leg_no_swap_is_taken():
    """art. 15 p. 10, R-27: 42 where there is no base price."""
    here = desk()
    here.state.listings["USDKZT_TOD"].last_deal = None
    refused = one(here.sell("FIRMB", 10_000, "7.5", "USDKZT_0_001"), OrderRefused)
    assert (refused.refusal.code, refused.refusal.found) == ("no_base_price", ("USDKZT_0_001", "USDKZT_TOD"))
    here.state.listings["USDKZT_TOD"].average = parse_price("400.00")
    assert trade(here, "USDKZT_0_001", "7.5", 10_000).terms.first.price == parse_price("400.00")


@pytest.mark.parametrize(("symbol", "price"), [("USDKZT_0_001", "-999"), ("R_GS_090", "-999")])
def test_a_yield_that_eats_up_the_price(symbol, price):
    """art. 15 p. 10, 40 p. 2: a second price of nothing or less is refused; at -999 % for one day something is left."""
    account = "F_FIRMB_0000" if symbol.startswith("USD") else "S_FIRMB_0000"
    events = desk().sell("FIRMB", 10_000, price, symbol, account=account)
    if symbol == "R_GS_090":
        assert one(events, OrderRefused).refusal.code == "leg_price_wrong"
    else:
        assert words(events) == ["OrderAccepted"]


def test_the_published_repo_sample_to_the_tiyn():
    """art. 40 p. 1, R-24: 12 lots, P = 13 319.92, 28 days, 200 %: 901 securities, 13 842 531.52 at the close."""
    here = desk(collateral={"GS": parse_price("13319.92")})
    deal = trade(here, "R_GS_028", "200.0000", 12)
    terms = deal.terms
    assert isinstance(terms, RepoTerms)
    assert (terms.kind, terms.opening.side, terms.closing.side) == ("automatic", Side.SELL, Side.BUY)
    assert terms.closing.quantity == 901
    assert terms.closing.price == parse_price("15363.52")
    assert terms.closing.amount == 13_842_531_52
    assert terms.closing.settlement == DATE(2020, 6, 24)


def test_a_bond_comes_to_its_principal_and_the_interest_accrued():
    """art. 24 p. 2: BRKLb1, 8.5 % 30/360 since 3 February: 114 of 360 days by 27 May, 26.92 a bond."""
    here = desk(to="11:45")
    here.sell("FIRMB", 100, "98.75", "BRKLb1", account="S_FIRMB_0000")
    here.buy("FIRMA", 100, "98.75", "BRKLb1", account="S_FIRMA_0000")
    deal = one(here.to("12:10"), Deal)
    assert deal.terms == BondMoney(9_875_000, 100 * 2692, "KZT")


def test_repo_closes_on_its_day_when_both_are_ready():
    """art. 38 p. 1-1: the closing deal is created on its day; each side tells that it is ready, and it is executed."""
    here = desk()
    deal = trade(here, "R_GS_001", "9.0000", 3)
    closing = one(here.to("2020-05-28T12:00"), RepoClosing).repo
    assert (closing.deal_id, closing.terms) == (deal.deal_id, deal.terms)
    assert words(confirm(here, "FIRMA", closing.closing_id)) == ["RepoReady"]
    assert words(confirm(here, "FIRMC", closing.closing_id))[-1] == "ConfirmRefused"
    here.to("17:45:00")
    events = confirm(here, "FIRMB", closing.closing_id)  # the instant itself counts
    assert words(events) == ["RepoReady", "RepoClosed"]
    assert one(events, RepoClosed).repo.ready
    assert here.state.repos == {}
    same_on_replay(here)


def test_without_readiness_in_time_the_closing_deal_is_terminated():
    """art. 38 p. 1-1 sp. 1: 17:45 for what the main session opened; both are told."""
    here = desk()
    trade(here, "R_GS_001", "9.0000", 3)
    trade(here, "R_GS_028", "9.0000", 1)
    closing = one(here.to("2020-05-28T17:45:00"), RepoClosing).repo
    confirm(here, "FIRMA", closing.closing_id)
    events = here.to("17:46")
    assert one(events, RepoTerminated).repo.closing_id == closing.closing_id
    assert [event.user for event in events if isinstance(event, Announced)] == ["FIRMA", "FIRMB"]
    assert list(here.state.repos) != []  # the other repo lives on
    assert words(confirm(here, "FIRMB", closing.closing_id))[-1] == "ConfirmRefused"
    same_on_replay(here)


def test_repo_of_the_additional_session_is_with_the_national_bank_and_closes_by_half_past_five():
    """art. 38 p. 1-1 sp. 2, art. 40 p. 4-2."""
    here = desk(to="17:05")
    deal = trade(here, "R_GS_001", "8.5", 2, seller="NBRK", board="A")
    assert deal.terms.session == "additional"
    here.to("2020-05-28T17:30:00")
    assert words(here.to("17:31"))[-1] == "RepoTerminated"


def test_a_direct_repo_at_agreed_prices_prolonged():
    """art. 39 sp. 1, 2: no limit holds, no last deal comes of it; its parties may agree on a later closing."""
    here = desk()
    deal = one(agree(here, "KZTO", "15000", 100, closes=DATE(2020, 6, 3), closing_price="15030"), Deal)
    assert (deal.method, deal.board) == ("repo_direct", "REPO_DIRECT")
    assert deal.terms.opening.amount == 1_500_000_00
    assert deal.terms.closing.amount == 1_503_000_00
    assert here.state.listings["KZTO"].last_deal == parse_price("150")
    longer = {"closes": DATE(2020, 6, 10), "closing_price": "15060", "replaces": deal.deal_id}
    events = agree(here, "KZTO", "15000", 100, **longer)
    assert words(events) == ["OrderAccepted", "Deal", "RepoProlonged"]
    prolonged = one(events, RepoProlonged)
    assert prolonged.before == deal.terms
    assert prolonged.repo.terms.closing.settlement == DATE(2020, 6, 10)
    assert prolonged.repo.terms.opening == deal.terms.opening
    assert list(here.state.repos) == [deal.deal_id]
    same_on_replay(here)


def test_what_is_no_repo_of_the_two_is_not_prolonged():
    """art. 39 sp. 2: another price, another party, an earlier day, no repo."""
    here = desk()
    deal = one(agree(here, "KZTO", "15000", 100, closes=DATE(2020, 6, 3), closing_price="15030"), Deal)
    for price, counterparty, closes, name in (
        ("14000", "FIRMA", DATE(2020, 6, 10), deal.deal_id),
        ("15000", "FIRMC", DATE(2020, 6, 10), deal.deal_id),
        ("15000", "FIRMA", DATE(2020, 6, 3), deal.deal_id),
        ("15000", "FIRMA", DATE(2020, 6, 10), "1-1"),
    ):
        direct = DirectTerms(counterparty, "m1", name, closes, parse_price("15060"))
        events = here.sell("FIRMB", 100, price, "KZTO", account="S_FIRMB_0000", direct=direct)
        assert one(events, OrderRefused).refusal.code == "no_open_repo"


def test_a_direct_repo_names_its_closing():
    """art. 39 sp. 1, 2: a later day and a price."""
    for terms in ({}, {"closes": DATE(2020, 5, 27), "closing_price": "1"}, {"closes": DATE(2020, 6, 1)}):
        direct = to("FIRMA", **terms)
        events = desk().sell("FIRMB", 1, "15000", "KZTO", account="S_FIRMB_0000", direct=direct, board="REPO_DIRECT")
        assert one(events, OrderRefused).refusal.code == "wrong_closing"


def test_repo_waits_for_its_day_over_the_operational_days():
    """art. 38 p. 1-1: a projection that begins with a day knows the repos that are open."""
    here = desk()
    trade(here, "R_GS_028", "9.0000", 3)
    opened = [event for event in here.to("2020-05-29T12:00") if type(event).__name__ == "DayOpened"]
    assert [len(event.repos) for event in opened] == [1, 1]


def test_a_side_may_be_made_ready_by_who_controls_its_account():
    """art. 38 p. 1-1: a participant of the confirmation system tells it for the account."""
    here = desk()
    trade(here, "R_GS_001", "9.0000", 3, buyer="FIRMC")
    closing = one(here.to("2020-05-28T12:00"), RepoClosing).repo
    ready = one(confirm(here, "CUSTOD", closing.closing_id), RepoReady)
    assert ready.by == "CUSTOD"
    assert ready.repo.buyer.ready
    assert not ready.repo.seller.ready


def test_a_direct_order_waits_and_is_answered():
    """R-18: pending until the mirrored order comes; lots are not asked (art. 2 p. 5)."""
    here = desk()
    waiting = here.sell("FIRMB", 7, "98.75", "BRKLb1", account="S_FIRMB_0000", direct=to("FIRMA"))
    assert one(waiting, OrderAccepted).order.status is OrderStatus.PENDING_COUNTERPARTY
    events = here.buy("FIRMA", 7, "98.75", "BRKLb1", account="S_FIRMA_0000", direct=to("FIRMB"))
    deal = one(events, Deal)
    assert (deal.method, deal.board, deal.sell.status) == ("direct", "CORP_DIRECT", OrderStatus.FILLED)
    same_on_replay(here)
