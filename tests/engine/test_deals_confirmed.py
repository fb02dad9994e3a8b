"""Deals on controlled accounts: confirmed, refused, not in time; failed ones repeated (art. 6, 41, 42)."""

from datetime import date as DATE

from kase_fix.messages.day_events import Announced
from kase_fix.messages.deal_events import Deal, DealConfirmed, DealFailed
from kase_fix.messages.decisions import FailDeal
from kase_fix.messages.order_events import ConfirmRefused, OrderAccepted, OrderExpired, OrderRefused
from kase_fix.messages.repo import RepoClosing
from kase_fix.messages.specialised import ConfirmOrder
from kase_fix.values.enums import OrderStatus
from tests.engine.desk import same_on_replay
from tests.engine.market import one, words
from tests.engine.products import agree, confirm, desk, to


def dealt(here, **parties):
    return one(agree(here, "BRKLb1", "98.75", 100, **parties), Deal)


def repeat(here, deal, price="98.75", quantity=100, **parties):
    return agree(here, "BRKLb1", price, quantity, replaces=deal.deal_id, **parties)


def refusal(events):
    return one(events, OrderRefused).refusal.code


def test_a_deal_on_a_controlled_account_awaits_its_custodian():
    """art. 42 p. 2: CUSTOD controls FIRMC's account; nobody else's word counts, and his only once."""
    here = desk()
    deal = dealt(here, buyer="FIRMC")
    assert deal.awaits == ("CUSTOD",)
    assert one(confirm(here, "FIRMA", deal.deal_id), ConfirmRefused).refusal.code == "unknown_order"
    assert one(confirm(here, "CUSTOD", deal.deal_id), DealConfirmed).by == "CUSTOD"
    assert one(confirm(here, "CUSTOD", deal.deal_id), ConfirmRefused).refusal.code == "too_late"
    assert words(here.to("18:16")).count("DealFailed") == 0
    assert dealt(desk(), buyer="FIRMA").awaits == ()
    same_on_replay(here)


def test_a_refused_deal_has_failed_and_everybody_is_told():
    """art. 42 p. 2: both parties and the custodian himself."""
    here = desk()
    deal = dealt(here, buyer="FIRMC")
    events = confirm(here, "CUSTOD", deal.deal_id, agreed=False)
    assert one(events, DealFailed).deal == deal
    assert [event.user for event in events if isinstance(event, Announced)] == ["FIRMC", "FIRMB", "CUSTOD"]


def test_what_is_not_confirmed_by_the_end_of_the_hours_has_failed():
    """art. 41 p. 1, 42 p. 2: at 18:15, an order that would repeat a deal dies with the hours too (art. 6)."""
    here = desk()
    deal, other = dealt(here, buyer="FIRMC"), dealt(here, buyer="FIRMA")
    here.decide(FailDeal, other.deal_id)
    here.to("17:30")
    direct = to("FIRMA", replaces=other.deal_id)
    waiting = one(here.sell("FIRMB", 100, "98.75", "BRKLb1", account="S_FIRMB_0000", direct=direct), OrderAccepted)
    events = here.to("18:15")
    assert one(events, DealFailed).deal == deal
    assert one(events, OrderExpired).order.order_id == waiting.order.order_id
    assert one(confirm(here, "CUSTOD", deal.deal_id), ConfirmRefused).refusal.code == "control_closed"
    same_on_replay(here)


def test_a_failed_deal_is_repeated_once_after_the_session():
    """art. 6, R-19: from 17:00 to 18:15, on the same terms, by the same parties; no last deal comes of it."""
    here = desk()
    deal = dealt(here, buyer="FIRMA")
    assert refusal(repeat(here, deal)[:1] or []) == "repeat_not_allowed"
    here.to("17:40")
    assert refusal(repeat(here, deal)) == "nothing_to_repeat"
    here.decide(FailDeal, deal.deal_id)
    for terms in ({"price": "98.76"}, {"quantity": 99}, {"seller": "FIRMA", "buyer": "FIRMB"}):
        assert refusal(repeat(here, deal, **terms)) == "repeat_differs"
    assert refusal(repeat(here, deal, buyer="NBRK", seller="FIRMC")) == "nothing_to_repeat"
    last = here.state.listings["BRKLb1"].last_today
    repeated = one(repeat(here, deal), Deal)
    assert (repeated.method, repeated.replaces) == ("repeated", deal.deal_id)
    assert here.state.listings["BRKLb1"].last_today == last
    assert refusal(repeat(here, deal)) == "nothing_to_repeat"
    same_on_replay(here)


def test_a_repeated_deal_knows_no_limit():
    """R-19: the price of the failed deal holds, however far the market has gone since."""
    here = desk()
    deal = dealt(here, buyer="FIRMA")
    here.decide(FailDeal, deal.deal_id)
    here.state.listings["BRKLb1"].last_today = 1
    here.to("17:40")
    assert one(repeat(here, deal), Deal).price == deal.price


def test_a_direct_order_is_refused_by_its_counterparty_alone():
    """R-18: by F with its OrderID; the sender may withdraw it too, for others it is not there."""
    here = desk()
    direct = to("FIRMA")
    order = one(here.sell("FIRMB", 5, "98.75", "BRKLb1", account="S_FIRMB_0000", direct=direct), OrderAccepted).order
    assert words(here.cancel("FIRMC", order.order_id)) == ["CancelRefused"]
    (gone,) = here.cancel("FIRMA", order.order_id)
    assert (gone.reason, gone.by, gone.order.status) == ("counterparty_refused", "FIRMA", OrderStatus.CANCELLED)
    assert words(here.cancel("FIRMA", order.order_id)) == ["CancelRefused"]
    order = one(here.sell("FIRMB", 5, "98.75", "BRKLb1", account="S_FIRMB_0000", direct=direct), OrderAccepted).order
    assert words(here.cancel("FIRMB", order.order_id)) == ["OrderCancelled"]
    same_on_replay(here)


def test_a_changed_direct_order_meets_its_answer():
    """R-18: two orders that differ wait side by side until one is changed to mirror the other."""
    here = desk()
    here.sell("FIRMB", 5, "98.75", "BRKLb1", account="S_FIRMB_0000", direct=to("FIRMA"))
    events = here.buy("FIRMA", 5, "98.70", "BRKLb1", account="S_FIRMA_0000", direct=to("FIRMB"))
    assert words(events) == ["OrderAccepted"]
    order = one(events, OrderAccepted).order
    assert words(here.replace("FIRMA", order.order_id, "98.75")) == ["OrderReplaced", "Deal"]
    same_on_replay(here)


def test_direct_deals_keep_the_limit_and_die_with_the_session():
    """art. 22, R-18: 30 % from the last deal; unanswered orders end at 17:00."""
    here = desk()
    far = here.sell("FIRMB", 5, "128.38", "BRKLb1", account="S_FIRMB_0000", direct=to("FIRMA"))
    assert refusal(far) == "beyond_limit"
    here.sell("FIRMB", 5, "98.75", "BRKLb1", account="S_FIRMB_0000", direct=to("FIRMA"))
    assert "OrderExpired" in words(here.to("17:00"))


def test_who_is_no_member_is_no_counterparty():
    """R-18: unknown, or not admitted to the market; a firm's name means its first user."""
    here = desk()
    for name in ("NOBODY", "VENDOR1"):
        events = here.sell("FIRMB", 5, "98.75", "BRKLb1", account="S_FIRMB_0000", direct=to(name))
        assert refusal(events) == "unknown_counterparty"
    here.sell("FIRMB", 5, "98.75", "BRKLb1", account="S_FIRMB_0000", board="CORP_DIRECT")
    assert refusal(here.sell("FIRMB", 5, "98.75", "BRKLb1", account="S_FIRMB_0000", board="CORP_DIRECT")) == (
        "counterparty_missing"
    )


def test_no_direct_deals_in_securities_of_the_ministry():
    """art. 17: purchase and sale is forbidden, with or without the board; direct repo goes on."""
    here = desk()
    events = here.sell("FIRMB", 5, "100", "MUM180_0014", account="S_FIRMB_0000", direct=to("FIRMA"))
    found = one(events, OrderRefused).refusal
    assert (found.code, found.clause) == ("method_not_enabled", "art. 17")


def test_a_confirmation_may_reach_the_operator_otherwise():
    """art. 38 p. 1-1, 42 p. 2: the console takes it for deals and readiness as for orders, in the user's name."""
    here = desk()
    deal = dealt(here, buyer="FIRMC")
    refused = here.decide(ConfirmOrder, "FIRMA", deal.deal_id, True, actor="makler")
    assert words(refused) == ["DecisionRefused"]
    events = here.decide(ConfirmOrder, "CUSTOD", deal.deal_id, True, actor="makler")
    assert words(events) == ["DecisionTaken", "DealConfirmed"]
    repo = one(agree(here, "KZTO", "15000", 1, closes=DATE(2020, 5, 28), closing_price="15030"), Deal)
    closing = one(here.to("2020-05-28T12:00"), RepoClosing).repo
    assert closing.deal_id == repo.deal_id
    assert words(here.decide(ConfirmOrder, "FIRMA", closing.closing_id, True, actor="makler")) == [
        "DecisionTaken",
        "RepoReady",
    ]
    same_on_replay(here)
