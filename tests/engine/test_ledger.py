"""Clearing: whatever becomes of deals, positions are the sum of those that stand, and obligations sum to zero."""

import datetime as dt
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kase_fix.calendar.almaty import date_of, parse_instant
from kase_fix.clearing.obligations import Key
from kase_fix.clearing.positions import Positions
from kase_fix.engine import repo as repo_rules
from kase_fix.engine.engine import Engine
from kase_fix.engine.snapshot import Mark
from kase_fix.messages.day_events import DayOpened
from kase_fix.messages.deal_events import Deal, DealFailed
from kase_fix.messages.deal_terms import BondMoney, RepoTerms, SwapTerms
from kase_fix.messages.decisions import FailDeal
from kase_fix.messages.order_events import OrderRefused
from kase_fix.messages.repo import RepoClosing, RepoProlonged, RepoTerminated
from kase_fix.values.enums import Side
from kase_fix.values.numbers import money_of
from tests.engine.desk import same_on_replay
from tests.engine.market import one
from tests.engine.products import agree, confirm, desk, to, trade

FIRMS = ("FIRMA", "FIRMB", "00100")
PAIRS = {"USDKZT_TOD": "410.00", "USDKZT_TOM": "410.00", "EURKZT_SPT": "450.00", "RUBKZT_TOM": "5.70"}
SWAPS = {"USDKZT_0_001": "7.5", "EURKZT_1_002": "-1.25"}
REPO = {"R_GS_001": "9", "R_GS_028": "9.5", "RN_MUM180_0014_001": "8"}


def owed(told, today):
    """The obligations by all deals that stand: an oracle that never takes back, but leaves out what is gone."""
    deals, closings = {}, {}
    for event in (event for events in told for event in events):
        if isinstance(event, Deal) and event.method != "prolonged":
            deals[event.deal_id] = event
            if isinstance(event.terms, RepoTerms):
                closings[event.deal_id] = event.terms.closing
        elif isinstance(event, DealFailed):
            del deals[event.deal.deal_id]
        elif isinstance(event, RepoTerminated):
            del closings[event.repo.deal_id]
        elif isinstance(event, RepoProlonged | RepoClosing):  # to a later date, or to today from a day off
            closings[event.repo.deal_id] = event.repo.terms.closing
    sums = Counter()
    for name, deal in deals.items():
        for sign, account in ((1, deal.buy.account), (-1, deal.sell.account)):
            for asset, date, amount in movements(deal, closings.get(name)):
                if date >= today:
                    sums[account, asset, date] += sign * amount
    return {Key(*key): amount for key, amount in sums.items() if amount}


def movements(deal, closing):
    """What the buyer of a deal gets."""
    terms = deal.terms
    if isinstance(terms, SwapTerms):
        return [*leg(terms.first, 100), *leg(terms.second, 100)]
    if isinstance(terms, RepoTerms):
        return [*leg(terms.opening, 1), *(leg(closing, 1) if closing else [])]
    date = deal.settlement
    if isinstance(terms, BondMoney):
        return [(deal.symbol, date, deal.quantity), (terms.currency, date, -terms.amount)]
    paid = money_of(deal.price, deal.quantity)
    return [(deal.symbol[:3], date, deal.quantity * 100), (deal.symbol[3:6], date, -paid)]


def leg(terms, units):
    sign = 1 if terms.side is Side.BUY else -1
    date = terms.settlement
    return [(terms.asset, date, sign * terms.quantity * units), (terms.currency, date, -sign * terms.amount)]


def folded(told, since_day=False):
    """Positions folded over all events, or from the last day's opening on, as after a restart."""
    events = [event for events in told for event in events]
    if since_day:
        events = events[max(place for place, event in enumerate(events) if isinstance(event, DayOpened)) :]
    positions = Positions()
    for event in events:
        positions.apply(event)
    return positions


def held(positions):
    accounts = {f"{kind}_{firm}_0000" for kind in "FS" for firm in FIRMS}
    return {key: amount for key, amount in positions.of_accounts(accounts).items() if amount}


def check(here):
    """Positions are the sum of the deals, the same from everywhere, and nothing is made or lost."""
    expected = owed(here.told, here.state.date)
    assert dict(here.state.ledger.open()) == expected
    assert held(folded(here.told)) == held(folded(here.told, since_day=True)) == expected
    assert set(here.state.ledger.totals().values()) <= {0}
    restored = Mark(here.state).restore()
    assert dict(restored.ledger.open()) == expected
    assert restored.ledger.date == here.state.date


class Floor:
    """Does one thing after another on a desk; what cannot be done at the moment is refused, which is fine."""

    def __init__(self):
        self.desk = desk()

    def do(self, word, which, size):
        desk = self.desk
        buyer, seller = FIRMS[which % 3], FIRMS[(which + 1 + size % 2) % 3]
        parties = {"buyer": buyer, "seller": seller}
        if word in ("pair", "swap", "repo"):
            table = {"pair": PAIRS, "swap": SWAPS, "repo": REPO}[word]
            symbol = sorted(table)[which % len(table)]
            quantity = {"pair": 1_000_000, "swap": 10_000}.get(word, 1) * size
            self.cross(symbol, table[symbol], quantity, **parties)
        elif word == "bond":
            self.cross("BRKLb1", "98.75", size, **parties)
        elif word == "direct":
            agree(desk, "BRKLb1", "98.75", size, **parties)
        elif word == "direct repo":
            closes = desk.state.date + dt.timedelta(days=1 + which % 9)
            agree(desk, "KZTO", "15000", size, **parties, closes=closes, closing_price="15030")
        elif word == "prolong":
            self.prolong(which, size)
        elif word == "fail" and desk.state.deals.kept:
            desk.decide(FailDeal, sorted(desk.state.deals.kept)[which % len(desk.state.deals.kept)])
        elif word == "ready":
            closings = [one.closing_id for one in desk.state.repos.values() if one.closing_id]
            for name in closings[: which + 1]:
                for firm in FIRMS:
                    confirm(desk, firm, name)
        elif word == "hour":
            time = f"{date_of(desk.now)}T{12 + which % 8}:{10 + size}"
            if parse_instant(time) > desk.now:
                desk.to(time)
        elif word == "night":
            desk.to(f"{date_of(desk.now) + dt.timedelta(days=1 + which % 4)}T12:00")
        elif word == "restart":
            desk.engine = Engine(Mark(desk.state).restore())
            desk._plan()
        elif word == "defect":
            desk.engine._take_back()

    def cross(self, symbol, price, quantity, buyer, seller):
        kind = "F" if symbol[:3] in ("USD", "EUR", "RUB", "CNY") else "S"
        self.desk.sell(seller, quantity, price, symbol, account=f"{kind}_{seller}_0000")
        self.desk.buy(buyer, quantity, price, symbol, account=f"{kind}_{buyer}_0000")

    def prolong(self, which, size):
        repos = [one for one in self.desk.state.repos.values() if one.terms.kind == "direct"]
        if repos:
            one = repos[which % len(repos)]
            closes = max(one.terms.closing.settlement, self.desk.state.date) + dt.timedelta(days=size)
            parties = {"buyer": one.buyer.user, "seller": one.seller.user}
            more = {"closes": closes, "closing_price": "15100", "replaces": one.deal_id}
            agree(self.desk, "KZTO", "15000", one.quantity, **parties, **more)


WORDS = ("pair", "swap", "repo", "bond", "direct", "direct repo", "prolong", "fail", "ready", "hour", "night")
STEPS = st.tuples(st.sampled_from((*WORDS, "restart", "defect")), st.integers(0, 7), st.integers(1, 6))


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, max_size=25))
def test_positions_are_the_sum_of_the_deals_and_all_obligations_sum_to_zero(steps):
    """art. 6, 11, 15, 24, 38, 39, 40: traded, failed, terminated, prolonged, expired, restarted, taken back."""
    floor = Floor()
    for step in steps:
        floor.do(*step)
        check(floor.desk)
    same_on_replay(floor.desk)


def test_what_is_not_settled_goes_over_the_night():
    """art. 11-13: a deal of tomorrow stands on tomorrow's morning, whoever begins to read then, and no longer."""
    here = desk()
    deal = trade(here, "USDKZT_TOM", "410.00", 1_000_000)
    opened = one(here.to("2020-05-28T12:00"), DayOpened)
    assert {(one.account, one.asset, one.amount) for one in opened.obligations} == {
        ("F_FIRMA_0000", "USD", "100000000"),
        ("F_FIRMA_0000", "KZT", "-41000000000"),
        ("F_FIRMB_0000", "USD", "-100000000"),
        ("F_FIRMB_0000", "KZT", "41000000000"),
    }
    assert {one.settlement for one in opened.obligations} == {deal.settlement}
    check(here)
    assert one(here.to("2020-05-29T12:00"), DayOpened).obligations == ()


@pytest.mark.no_twin
def test_a_repo_of_which_the_opening_deal_fails_is_none():
    """art. 6, 38 p. 1-1: nothing is left to be closed."""
    here = desk()
    here.state.listings["R_GS_028"].kept = True  # as where a custodian controls an account
    deal = trade(here, "R_GS_028", "9.0000", 1)
    here.decide(FailDeal, deal.deal_id)
    assert here.state.repos == {}
    check(here)


def test_a_closing_on_a_day_that_became_a_holiday_is_due_on_the_next(monkeypatch):
    """art. 38 p. 1-1: the closing deal is created on the first day the exchange works, and is owed on it."""
    here = desk()
    deal = trade(here, "R_GS_001", "9.0000", 1)
    monkeypatch.setattr(repo_rules, "begin_day", lambda _: None)
    here.to("2020-05-28T12:00")  # as if the exchange did not work
    monkeypatch.undo()
    here.to("2020-05-29T12:00")
    (repo,) = here.state.repos.values()
    assert repo.terms.closing.settlement == dt.date(2020, 5, 29)
    assert repo.terms.closing.amount == deal.terms.closing.amount
    assert set(here.state.ledger.totals().values()) == {0}
    assert {key.settlement for key, _ in here.state.ledger.open()} == {dt.date(2020, 5, 29)}
    assert held(folded(here.told, since_day=True)) == dict(here.state.ledger.open())


def test_a_direct_repo_prolonged_on_its_closing_day_owes_the_later_closing_alone():
    """art. 39 sp. 2."""
    here = desk()
    closes = dt.date(2020, 5, 28)
    deal = one(agree(here, "KZTO", "15000", 100, closes=closes, closing_price="15030"), Deal)
    here.to("2020-05-28T12:00")
    later = dt.date(2020, 6, 3)
    agree(here, "KZTO", "15000", 100, closes=later, closing_price="15090", replaces=deal.deal_id)
    assert dict(here.state.ledger.open()) == {
        Key("S_FIRMA_0000", "KZTO", later): 100,
        Key("S_FIRMA_0000", "KZT", later): -1_509_000_00,
        Key("S_FIRMB_0000", "KZTO", later): -100,
        Key("S_FIRMB_0000", "KZT", later): 1_509_000_00,
    }
    check(here)


@pytest.mark.parametrize(
    ("symbol", "price", "closing"),
    [("KZTO", "15000", "90000000000"), ("BRKLb1", "98.75", "90000000000"), ("KZTO", "99999999", "99999999")],
)
def test_what_could_not_be_written_down_is_refused(symbol, price, closing):
    """art. 39: an amount beyond 64 bits would stop the journal; the greatest quantity that can be counted is told."""
    here = desk()
    closes = dt.date(2020, 6, 3)
    terms = {"direct": to("FIRMB", closes=closes, closing_price=closing), "account": "S_FIRMA_0000"}
    refusal = one(here.buy("FIRMA", 1_000_000_000, price, symbol, **terms), OrderRefused).refusal
    assert refusal.code == "above_maximum"
    assert 0 < int(refusal.found[1]) < 1_000_000_000
