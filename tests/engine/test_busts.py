"""The exchange cancels and corrects deals: who may, what becomes of the orders, obligations and prices (R-165)."""

import msgspec
import pytest

from kase_fix.engine.corrected_orders import ended_as
from kase_fix.engine.engine import Engine
from kase_fix.engine.snapshot import Mark
from kase_fix.messages.corrections import BustDeal, CorrectDeal, DealBusted, DealCorrected, OrderRestated
from kase_fix.messages.day_events import Announced, DecisionTaken
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.decisions import DecidePriceKind, FailDeal
from kase_fix.messages.order_events import CancelRefused, ConfirmRefused, OrderRefused
from kase_fix.messages.repo import RepoProlonged
from kase_fix.values.enums import OrderStatus, TimeInForce
from kase_fix.values.numbers import parse_price
from tests.engine.desk import same_on_replay
from tests.engine.market import one, words
from tests.engine.products import agree, confirm, desk, listed, to, trade

CLAUSE = "art. 1 p. 2"
EUR = "EURKZT_TOM"


def bust(here, deal, **by):
    return here.decide(BustDeal, getattr(deal, "deal_id", deal), **({"actor": "administrator", "document": "7"} | by))


def correct(here, deal, price=None, quantity=None, **by):
    terms = None if price is None else parse_price(price), quantity
    return here.decide(CorrectDeal, deal.deal_id, *terms, **({"actor": "administrator", "document": "7"} | by))


def refused(here, kind, *terms, **by):
    return here.refused(kind, *terms, **({"actor": "administrator", "document": "7"} | by))


def prices(here, symbol=EUR):
    listing = here.state.listings[symbol]
    return tuple(
        None if price is None else price / 10**8
        for price in (listing.first_today, listing.last_today, listing.last_deal)
    )


def standing(here):
    """What everybody is still to get, without what came to nothing."""
    return dict(here.state.ledger.open())


def test_a_deal_is_as_though_it_was_never_done():
    here = desk()
    first = trade(here, EUR, "450.10", 1000)
    before = standing(here), prices(here), here.state.listings[EUR].value
    second = trade(here, EUR, "450.30", 2000)
    events = bust(here, second, reason="a slip of the keyboard")
    assert words(events) == ["Announced", "DecisionTaken", "DealBusted"]
    told, busted = one(events, Announced), one(events, DealBusted)
    assert told.english == f"Deal {second.deal_id} in {EUR} is cancelled (a slip of the keyboard) No 7"
    assert told.russian == f"Сделка {second.deal_id} по {EUR} отменена (a slip of the keyboard) № 7"
    assert (told.user, busted.deal, busted.document, busted.clause) == ("", second, "7", CLAUSE)
    assert one(events, DecisionTaken).detail["deal"] == second.deal_id
    for order in (busted.buy, busted.sell):
        assert (order.filled, order.leaves, order.average, order.quantity) == (0, 0, 0, 2000)
        assert order.status is OrderStatus.CANCELLED
    assert (standing(here), prices(here), here.state.listings[EUR].value) == before
    bust(here, first)
    assert standing(here) == {}
    assert prices(here) == (None, None, 450.0)
    same_on_replay(here)


def test_what_lives_of_an_order_rests_as_it_did_and_what_was_taken_back_trades_no_more():
    here = desk()
    resting = one(here.sell("FIRMB", 5000, "450.00", EUR, display=2000)[:1], object).order
    low = one(here.buy("FIRMA", 1000, "450.00", EUR), Deal)
    one(here.buy("FIRMC", 1000, "450.00", EUR, account="F_FIRMC_0000"), Deal)
    events = bust(here, low)
    busted, restated = one(events, DealBusted), one(events, OrderRestated)
    assert restated.order == busted.sell
    assert restated.order.order_id == resting.order_id
    assert (restated.order.quantity, restated.order.filled, restated.order.leaves) == (4000, 1000, 3000)
    assert restated.order.status is OrderStatus.PARTIALLY_FILLED
    assert here.book(EUR) == [("FIRMB", 450.0, 3000)]
    *_, third = [event for event in here.buy("FIRMA", 3000, "450.00", EUR) if isinstance(event, Deal)]
    assert (third.sell.filled, third.sell.leaves, third.sell.status) == (4000, 0, OrderStatus.FILLED)
    same_on_replay(here)


def test_an_order_that_had_one_deal_is_new_again():
    here = desk()
    here.sell("FIRMB", 5000, "450.00", EUR)
    deal = one(here.buy("FIRMA", 1000, "450.00", EUR), Deal)
    order = one(bust(here, deal), OrderRestated).order
    assert (order.status, order.filled, order.leaves, order.quantity) == (OrderStatus.NEW, 0, 4000, 4000)


def test_orders_that_are_over_stay_so():
    here = desk()
    sold = one(here.sell("FIRMB", 5000, "450.00", EUR)[:1], object).order
    first = one(here.buy("FIRMA", 2000, "450.00", EUR), Deal)
    here.buy("FIRMA", 1000, "450.00", EUR)
    here.cancel("FIRMB", sold.order_id)
    busted = one(bust(here, first), DealBusted)
    assert (busted.sell.status, busted.sell.filled, busted.sell.leaves) == (OrderStatus.CANCELLED, 1000, 0)
    assert busted.sell.average == parse_price("450")
    assert busted.buy.status is OrderStatus.CANCELLED
    assert ended_as(here.state, first.buy.order_id) is OrderStatus.CANCELLED
    late = one(here.cancel("FIRMA", first.buy.order_id), CancelRefused)
    assert late.status is OrderStatus.CANCELLED


def test_a_price_is_corrected():
    here = desk()
    trade(here, EUR, "450.00", 1000)
    here.sell("FIRMB", 3000, "451.00", EUR)
    wrong = one(here.buy("FIRMA", 2000, "451.00", EUR), Deal)
    right = one(correct(here, wrong, "450.50"), DealCorrected)
    assert right.before == wrong
    assert (right.deal.deal_id, right.deal.price, right.deal.quantity) == (wrong.deal_id, parse_price("450.5"), 2000)
    assert (right.buy.status, right.buy.filled, right.buy.average) == (OrderStatus.FILLED, 2000, parse_price("450.5"))
    assert (right.sell.quantity, right.sell.leaves, right.sell.average) == (3000, 1000, parse_price("450.5"))
    assert prices(here) == (450.0, 450.5, 450.5)
    bust(here, right.deal)
    assert prices(here) == (450.0, 450.0, 450.0)
    assert sorted(standing(here).values()) == [-45_000_000, -100_000, 100_000, 45_000_000]
    same_on_replay(here)


def test_a_quantity_is_lessened():
    here = desk()
    here.sell("FIRMB", 5000, "450.00", EUR)
    deal = one(here.buy("FIRMA", 3000, "450.00", EUR), Deal)
    events = correct(here, deal, quantity=1000)
    right = one(events, DealCorrected)
    assert (right.buy.filled, right.buy.leaves, right.buy.status) == (1000, 0, OrderStatus.CANCELLED)
    restated = one(events, OrderRestated).order
    assert (restated.quantity, restated.filled, restated.leaves) == (3000, 1000, 2000)
    busted = one(bust(here, right.deal), DealBusted)
    assert (busted.buy.filled, busted.sell.filled, busted.sell.leaves) == (0, 0, 2000)
    assert standing(here) == {}
    same_on_replay(here)


def test_each_refusal():
    here = desk()
    deal = trade(here, EUR, "450.10", 1000)
    swap = trade(here, "USDKZT_0_001", "7.5", 10000)
    name = deal.deal_id
    assert refused(here, BustDeal, name, actor="broker") == ("not_entitled", CLAUSE)
    assert refused(here, BustDeal, name, document="") == ("document_missing", CLAUSE)
    assert refused(here, BustDeal, name, reason="") == ("reason_missing", CLAUSE)
    assert refused(here, BustDeal, "999-9") == ("unknown_name", CLAUSE)
    assert refused(here, BustDeal, f"{swap.deal_id}.1") == ("part_of_a_deal", CLAUSE)
    assert refused(here, BustDeal, f"{name}.1") == ("unknown_name", CLAUSE)
    assert refused(here, CorrectDeal, name, deal.price, 1000) == ("nothing_corrected", CLAUSE)
    assert refused(here, CorrectDeal, name) == ("nothing_corrected", CLAUSE)
    assert refused(here, CorrectDeal, name, None, 2000) == ("quantity_not_less", CLAUSE)
    assert refused(here, CorrectDeal, name, None, 500) == ("not_in_lots", "art. 12 p. 5")
    assert refused(here, CorrectDeal, name, None, 0)[0] == "zero_quantity"
    assert refused(here, CorrectDeal, name, parse_price("450.101"), None) == ("price_off_grid", "art. 12 p. 6 sp. 1")
    assert refused(here, CorrectDeal, name, 0, None)[0] == "price_not_positive"
    assert refused(here, CorrectDeal, name, parse_price("99999999"), None)[0] == "price_above_maximum"
    bust(here, deal)
    assert refused(here, BustDeal, name) == ("deal_busted", CLAUSE)
    assert refused(here, CorrectDeal, name, parse_price("450"), None) == ("deal_busted", CLAUSE)
    assert refused(here, FailDeal, name)[0] == "unknown_name"


def test_it_is_too_late_when_the_control_system_or_the_day_closes():
    here = desk()
    euro, bond = trade(here, EUR, "450.10", 1000), agree(here, "BRKLb1", "98.7", 10)[-1].deal_id
    here.to("18:30")
    assert refused(here, BustDeal, bond) == ("deal_final", "art. 41 p. 1")
    assert refused(here, CorrectDeal, bond, None, 5) == ("deal_final", "art. 41 p. 1")
    bust(here, trade_id := euro.deal_id)
    assert here.state.deals.kept[trade_id].busted
    here.to("19:15")
    assert refused(here, BustDeal, euro.deal_id)[0] == "deal_busted"
    assert not here.state.day_open


def test_the_end_of_the_day_is_the_depositorys_request():
    here = desk()
    euro = trade(here, EUR, "450.10", 1000)
    here.expects(close="refuse")
    here.to("19:16")
    assert here.state.day_open
    assert refused(here, BustDeal, euro.deal_id) == ("deal_final", "art. 5 p. 2")


def test_deals_of_another_day_stay():
    here = desk()
    euro, bond = trade(here, EUR, "450.10", 1000), agree(here, "BRKLb1", "98.7", 10)[-1]
    here.to("2020-05-28T12:00")
    assert refused(here, BustDeal, euro.deal_id) == ("unknown_name", CLAUSE)
    assert refused(here, BustDeal, bond.deal_id) == ("unknown_name", CLAUSE)


def test_a_deal_of_another_day_that_is_not_settled_yet_stays_too():
    bonds = (one_ for one_ in listed().instruments)
    here = desk(instruments=tuple(msgspec.structs.replace(bond, scheme="T+2") if bond.symbol == "BRKLb1" else bond
                                  for bond in bonds))  # fmt: skip
    deal = one(agree(here, "BRKLb1", "98.7", 10), Deal)
    here.to("2020-05-28T12:00")
    assert refused(here, BustDeal, deal.deal_id) == ("deal_of_another_day", CLAUSE)
    assert here.state.deals.kept[deal.deal_id].deal == deal


def test_a_swap_goes_with_both_legs_and_a_corrected_one_keeps_its_base():
    here = desk()
    trade(here, "USDKZT_TOD", "411.00", 1_000_000)
    before = standing(here)
    swap = trade(here, "USDKZT_0_001", "7.5", 20000)
    later = trade(here, "USDKZT_TOD", "412.00", 1_000_000)
    right = one(correct(here, swap, "8.25", 10000), DealCorrected).deal
    assert right.terms.first.price == swap.terms.first.price == parse_price("411")
    assert (right.terms.first.quantity, right.terms.second.quantity) == (10000, 10000)
    assert right.terms.second.settlement == swap.terms.second.settlement
    assert right.terms.second.amount < swap.terms.second.amount
    bust(here, right)
    bust(here, later)
    assert standing(here) == before
    same_on_replay(here)


def test_a_repo_is_open_no_more_and_a_corrected_one_is_open_as_it_is():
    here = desk()
    repo = trade(here, "R_GS_028", "9.5", 12)
    right = one(correct(here, repo, "9", 6), DealCorrected).deal
    assert here.state.repos[repo.deal_id].terms == right.terms
    assert right.terms.opening.quantity < repo.terms.opening.quantity
    assert right.terms.rate == parse_price("9")
    bust(here, right)
    assert here.state.repos == {}
    assert standing(here) == {}
    same_on_replay(here)


def direct_repo(here):
    terms = {"closes": here.state.date.replace(month=6, day=5), "closing_price": "99.5"}
    return one(agree(here, "MUM180_0014", "99", 10, **terms), Deal)


def test_a_prolonged_repo_goes_with_its_prolongation():
    here = desk()
    repo = direct_repo(here)
    later = {"closes": here.state.date.replace(month=6, day=12), "closing_price": "100", "replaces": repo.deal_id}
    events = agree(here, "MUM180_0014", "99", 10, **later)
    prolonging = one(events, Deal)
    assert one(events, RepoProlonged).before == repo.terms
    assert refused(here, BustDeal, prolonging.deal_id) == ("part_of_a_deal", "art. 39 sp. 2")
    assert refused(here, CorrectDeal, repo.deal_id, None, 5) == ("repo_prolonged", "art. 39 sp. 2")
    busted = [event for event in bust(here, repo) if isinstance(event, DealBusted)]
    assert [event.deal.deal_id for event in busted] == [repo.deal_id, prolonging.deal_id]
    assert standing(here) == {}
    assert here.state.repos == {}
    same_on_replay(here)


def test_a_direct_repo_is_corrected_at_its_opening():
    here = desk()
    repo = direct_repo(here)
    right = one(correct(here, repo, "98", 4), DealCorrected).deal
    assert (right.terms.opening.price, right.terms.opening.quantity) == (parse_price("98"), 4)
    assert right.terms.closing.price == parse_price("99.5")


def test_a_closing_deal_is_not_taken_back_alone():
    here = desk()
    trade(here, "R_GS_001", "9", 3)
    here.to("2020-05-28T11:31")
    (repo,) = here.state.repos.values()
    assert repo.closing_id
    assert refused(here, BustDeal, repo.closing_id) == ("part_of_a_deal", CLAUSE)


def test_interest_is_reckoned_anew():
    here = desk()
    deal = one(agree(here, "BRKLb1", "98.7", 10), Deal)
    right = one(correct(here, deal, "98.0000", 5), DealCorrected).deal
    assert right.terms.accrued * 2 == deal.terms.accrued
    assert right.terms.principal < deal.terms.principal // 2
    bust(here, right)
    assert standing(here) == {}


def test_a_deal_that_waits_for_its_custodian_waits_no_more():
    here = desk()
    deal = one(agree(here, "BRKLb1", "98.7", 10, seller="FIRMC"), Deal)
    assert deal.awaits == ("CUSTOD",)
    bust(here, deal)
    assert one(confirm(here, "CUSTOD", deal.deal_id), ConfirmRefused).refusal.code == "too_late"
    assert not [event for event in here.to("18:30") if "Fail" in type(event).__name__]


def test_a_cancelled_deal_is_not_repeated_and_one_not_executed_not_cancelled():
    here = desk()
    busted, failed = (one(agree(here, "BRKLb1", "98.7", 10), Deal) for _ in range(2))
    bust(here, busted)
    here.decide(FailDeal, failed.deal_id)
    assert refused(here, BustDeal, failed.deal_id) == ("deal_not_executed", "art. 6")
    here.to("17:30")
    again = {"account": "S_FIRMA_0000", "direct": to("FIRMB", replaces=busted.deal_id)}
    assert one(here.buy("FIRMA", 10, "98.7", "BRKLb1", **again), OrderRefused).refusal.code == "nothing_to_repeat"


def test_a_deal_in_another_kind_of_price_is_cancelled_but_not_corrected():
    here = desk()
    deal = one(agree(here, "BRKLb1", "98.7", 10), Deal)
    here.to("17:45")
    here.decide(DecidePriceKind, "BRKLb1", "dirty", actor="board_member", document="5")
    assert refused(here, CorrectDeal, deal.deal_id, None, 5) == ("other_kind_of_price", "annex 2 p. 3")
    bust(here, deal)
    assert prices(here, "BRKLb1") == (None, None, None)


def test_an_order_of_several_days_keeps_what_other_days_filled():
    here = desk()
    here.sell("FIRMB", 30, "98.7", "BRKLb1", account="S_FIRMB_0000", tif=TimeInForce.GTC)
    here.buy("FIRMA", 10, "98.7", "BRKLb1", account="S_FIRMA_0000")
    (first,) = [event for event in here.to("12:30") if isinstance(event, Deal)]
    assert first.sell.filled == 10
    here.to("2020-05-28T12:00")
    here.buy("FIRMA", 20, "98.7", "BRKLb1", account="S_FIRMA_0000")
    (second,) = [event for event in here.to("12:30") if isinstance(event, Deal)]
    assert second.sell.filled == 30
    busted = one(bust(here, second), DealBusted)
    assert (busted.sell.filled, busted.sell.average) == (10, first.sell.average)
    assert busted.sell.status is OrderStatus.CANCELLED


def test_limits_ladder_and_standby_go_by_the_last_deal_that_stands():
    here = desk()
    wrong = trade(here, EUR, "463.40", 1000)
    assert one(here.buy("FIRMA", 1000, "465.00", EUR)[:1], object).order.status is OrderStatus.NEW
    bust(here, wrong)
    refusal = one(here.buy("FIRMA", 1000, "465.00", EUR), OrderRefused).refusal
    assert refusal.code == "beyond_limit"


@pytest.mark.no_twin
@pytest.mark.parametrize("place", ["put", "post"])
def test_a_defect_half_way_leaves_the_state_as_it_was(monkeypatch, place):
    here = desk()
    here.sell("FIRMB", 5000, "450.00", EUR)
    deal = one(here.buy("FIRMA", 1000, "450.00", EUR), Deal)
    before = here.engine.hash()
    owner = type(here.state.deals if place == "put" else here.state.ledger)
    genuine = getattr(owner, place)

    def failing(self, *arguments):
        genuine(self, *arguments)
        raise ArithmeticError("planted")

    with monkeypatch.context() as planted:
        planted.setattr(owner, place, failing)
        assert words(bust(here, deal)) == ["CommandFailed"]
    assert here.engine.hash() == before
    assert here.state.deals.lessened == {}
    assert one(bust(here, deal), DealBusted).sell.filled == 0


def test_a_mark_keeps_what_was_taken_back():
    here = desk()
    here.sell("FIRMB", 5000, "450.00", EUR)
    deal = one(here.buy("FIRMA", 1000, "450.00", EUR), Deal)
    bust(here, deal)
    mark = Mark(here.state)
    again = Engine(mark.restore())
    assert again.hash() == mark.hash
    assert list(again.state.deals.lessened) == [deal.deal_id]
