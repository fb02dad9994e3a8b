"""Specialised trading from its opening to its result (art. 4 p. 1; art. 26; art. 42 p. 1)."""

import datetime as dt

import msgspec
import pytest

from kase_fix.engine import turn
from kase_fix.messages.auction_events import SpecialisedOpened
from kase_fix.messages.commands import ConfigurationLoaded
from kase_fix.messages.day_events import Announced, DecisionTaken, PhaseEntered
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.decisions import ChangeTradingTime, Resume, Suspend, SuspendMember
from kase_fix.messages.order_events import OrderAccepted, OrderCancelled, OrderRefused, OrderReplaced, OrderShown
from kase_fix.messages.specialised import (
    AuctionKind,
    ConfirmOrder,
    Execution,
    OpenSpecialised,
    SetCutOff,
    Subject,
    Submission,
)
from kase_fix.rulebook import refusals, refusals_of_methods
from kase_fix.values.enums import OrderStatus, Phase, TimeInForce
from kase_fix.values.numbers import parse_price
from tests.engine.auctions import BOARD, BOND, PACKAGE, PACKAGES, SHARE, Hall, deals, result, stages, terms
from tests.engine.desk import same_on_replay
from tests.engine.market import one, words


def refusal(events, kind=OrderRefused):
    return one(events, kind).refusal.code


def test_a_placement_from_its_opening_to_its_result():
    """Art. 4 p. 1: opened on the initiator's terms; orders gather; his cut-off brings the deals, the rest is over."""
    hall = Hall()
    assert words(hall.told_at_opening) == [
        "Announced",
        "DecisionTaken",
        "SpecialisedOpened",
        "PhaseEntered",
        "SpecialisedTurned",
    ]
    best, half, low = hall.taken("FIRMA", 300, "101"), hall.taken("FIRMB", 500, "100"), hall.taken("00100", 400, "99")
    market = hall.taken("02001", 200)
    assert deals(hall.told[-1]) == []
    assert stages(hall.to("13:00")) == ["deciding"]
    events = hall.cut("100")
    assert deals(events) == [(best, 101.0, 300), (half, 100.0, 500), (market, 100.375, 200)]
    assert [event.order.order_id for event in events if isinstance(event, OrderCancelled)] == [low]
    assert {event.method for event in events if isinstance(event, Deal)} == {"specialised"}
    assert result(events).results.satisfied.volume == 1000
    assert hall.state.phase(hall.state.trading[f"{BOND}@{BOARD}"]) is Phase.CLOSED
    assert not hall.state.specialised
    assert not hall.state.trading[f"{BOND}@{BOARD}"].apart
    assert hall.state.listings[BOND].last_deal == parse_price("100.375")
    same_on_replay(hall)


def test_members_are_told_in_both_languages_of_opening_end_of_acceptance_and_result():
    """Art. 4 p. 4: through the trading system."""
    hall = Hall(opens="12:30")
    hall.taken_at = hall.to("12:30")
    hall.taken("FIRMA", 1000, "100")
    told = [*hall.told_at_opening, *hall.taken_at, *hall.to("13:00"), *hall.cut("100")]
    texts = [event for event in told if isinstance(event, Announced)]
    assert [text.english.split(":")[0] for text in texts] == [
        f"Specialised trading in {BOND} on the board {BOARD}",
        *[f"Specialised trading in {BOND}"] * 3,
    ]
    assert all(text.russian.startswith("Специализированные торги") and text.symbol == BOND for text in texts)
    assert "cut-off 100.0000, 1000 of 1000 executed at 100.0000" in texts[-1].english


def test_the_initiators_own_order_is_the_cut_off():
    """Art. 42 p. 1: the single seller's order needs no confirmation; deals follow at once, its rest is cancelled."""
    hall = Hall()
    order = hall.taken("FIRMA", 300, "101")
    hall.to("13:00")
    events = hall.enter("ISSUER", 800, "100", side="sell")
    assert words(events) == [
        "OrderAccepted",
        "Announced",
        "Deal",
        "OrderCancelled",
        "SpecialisedResult",
        "PhaseEntered",
    ]
    assert deals(events) == [(order, 101.0, 300)]
    rest = one(events, OrderCancelled)
    assert (rest.order.user, rest.order.filled, rest.order.quantity) == ("ISSUER", 300, 800)


def test_acceptance_is_its_first_instant_and_not_its_last():
    """R-3: at 12:30:00 in, at 13:00:00 out; before it there is only the announcement."""
    hall = Hall(opens="12:30")
    assert refusal(hall.enter("FIRMA", 10, "100")) == refusals_of_methods.NOT_ACCEPTING
    assert stages(hall.to("12:30")) == ["accepting"]
    order = hall.taken("FIRMA", 10, "100")
    hall.to("12:59:59")
    hall.replace("FIRMA", order, "100.5")
    hall.to("13:00")
    assert refusal(hall.enter("FIRMA", 10, "100")) == refusals_of_methods.NOT_ACCEPTING
    for events in (
        hall.replace("FIRMA", order, "100.6"),
        hall.cancel("FIRMA", order),
        hall.cancel("FIRMA", order, quantity=5),
    ):
        assert words(events) == ["CancelRefused"]
        assert events[0].refusal.code == refusals_of_methods.NOT_ACCEPTING


def test_orders_are_withdrawn_and_changed_while_they_are_taken():
    """A change costs the place in time; what was withdrawn counts among the submitted orders alone."""
    hall = Hall(market_share=0)
    first, second = hall.taken("FIRMA", 800, "100"), hall.taken("FIRMB", 800, "100")
    gone = hall.taken("00100", 500, "105")
    assert words(hall.cancel("00100", gone)) == ["OrderCancelled"]
    hall.replace("FIRMA", first, "100", quantity=700)
    hall.cancel("FIRMB", second, quantity=100)
    hall.to("13:00")
    events = hall.enter("ISSUER", 1000, "100", side="sell")
    assert deals(events) == [(second, 100.0, 500), (first, 100.0, 500)]
    book = result(events).results
    assert (book.participants, book.submitted.orders, book.active.orders) == (3, 3, 2)
    assert (book.submitted.volume, book.active.volume, book.active.share) == (2000, 1400, 14_000)
    assert (book.submitted.highest, book.active.highest) == (parse_price("105"), parse_price("100"))


# -- confirmation (art. 42 p. 1)


def custody(**more):
    """A trading with one order of FIRMC's, on an account CUSTOD controls."""
    hall = Hall(**more)
    events = hall.enter("FIRMC", 100, "101")
    order = one(events, OrderAccepted).order
    assert (order.status, order.confirmer) == (OrderStatus.PENDING_CONFIRMATION, "CUSTOD")
    return hall, order.order_id


@pytest.mark.parametrize(
    ("kind", "last", "clause"),
    [(AuctionKind.PLACEMENT, "13:30", "art. 42 p. 1 sp. 1"), (AuctionKind.ADDITIONAL, "13:15", "art. 42 p. 1 sp. 2")],
)
def test_orders_on_controlled_accounts_are_confirmed_within_half_or_quarter_of_an_hour(kind, last, clause):
    """Art. 42 p. 1 sp. 1 and 2: acceptance and 30, for an additional placement 15 minutes; the last instant counts."""
    hall, order = custody(kind=kind)
    other = hall.taken("FIRMC", 50, "102")
    hall.taken("FIRMA", 10, "100")
    assert stages(hall.to("13:00")) == ["confirming"]
    assert stages(hall.to(last)) == []
    assert words(hall.confirm(order)) == ["OrderConfirmed"]
    assert refusal(hall.enter("ISSUER", 10, "100", side="sell")) == refusals_of_methods.CUT_OFF_TOO_EARLY
    events = hall.to(f"{last}:01")
    gone = one(events, OrderCancelled)
    assert (gone.order.order_id, gone.reason, gone.clause) == (other, refusals_of_methods.NOT_CONFIRMED, clause)
    assert stages(events) == ["deciding"]
    late = hall.confirm(other)
    assert (words(late), late[0].refusal.code) == (["ConfirmRefused"], refusals.TOO_LATE)
    events = hall.cut("100")
    assert deals(events)[0] == (order, 101.0, 100)
    assert (result(events).results.submitted.orders, result(events).results.active.orders) == (3, 2)
    same_on_replay(hall)


def test_the_initiator_may_decide_once_nothing_waits():
    """R-73: acceptance is over and the last order that waited is confirmed, or refused."""
    hall, order = custody()
    other = hall.taken("FIRMC", 50, "102")
    hall.to("13:00")
    hall.confirm(order)
    events = hall.confirm(other, agreed=False)
    gone = one(events, OrderCancelled)
    assert (gone.reason, gone.by, gone.clause) == (refusals_of_methods.CONFIRMATION_REFUSED, "CUSTOD", "art. 42 p. 1")
    assert stages(events) == ["deciding"]
    assert deals(hall.cut("100")) == [(order, 101.0, 100)]


def test_a_confirmation_is_the_custodians_own_and_given_once():
    """Art. 42 p. 1: another's is an unknown order; a changed order is confirmed anew, a lessened one is not."""
    hall, order = custody()
    free = hall.taken("FIRMA", 10, "100")
    for user, reference, code in (
        ("FIRMC", order, refusals.UNKNOWN_ORDER),
        ("NOBODY", order, refusals.UNKNOWN_ORDER),
        ("CUSTOD", free, refusals.UNKNOWN_ORDER),
        ("CUSTOD", "NS_0", refusals.UNKNOWN_ORDER),
    ):
        assert refusal(hall.confirm(reference, user), type(hall.confirm(reference, user)[0])) == code
    hall.confirm(order)
    assert hall.confirm(order)[0].refusal.code == refusals_of_methods.NOT_WAITING
    hall.cancel("FIRMC", order, quantity=10)
    assert hall.state.orders[order].status is OrderStatus.NEW
    changed = one(hall.replace("FIRMC", order, "101.5"), OrderReplaced)
    assert changed.order.status is OrderStatus.PENDING_CONFIRMATION
    assert words(hall.confirm(order)) == ["OrderConfirmed"]


def test_a_confirmation_may_reach_the_operator():
    """Art. 42 p. 1: the operator passes it on; what he may not confirm is refused to him."""
    hall, order = custody()
    assert hall.refused(ConfirmOrder, "FIRMA", order, True, actor="makler")[0] == refusals.UNKNOWN_ORDER
    assert hall.refused(ConfirmOrder, "CUSTOD", order, True, actor="CUSTOD")[0] == refusals.NOT_ENTITLED
    events = hall.decide(ConfirmOrder, "CUSTOD", order, True, actor="makler")
    assert words(events) == ["DecisionTaken", "OrderConfirmed"]


# -- who may enter what


def test_sides_kinds_and_terms_of_orders():
    """Art. 4 p. 1: one seller; market orders only with a share; orders of the day, whole, in the limits."""
    hall = Hall(market_share=0, volume=500)
    for user, quantity, price, more, code in (
        ("FIRMA", 10, "100", {"side": "sell"}, refusals_of_methods.SIDE_NOT_ENABLED),
        ("ISSUER", 10, "100", {}, refusals_of_methods.CUT_OFF_TOO_EARLY),
        ("FIRMA", 10, None, {}, refusals.KIND_NOT_ENABLED),
        ("FIRMA", 10, "100", {"display": 5}, refusals.KIND_NOT_ENABLED),
        ("FIRMA", 10, "100", {"tif": TimeInForce.GTC}, refusals.TIF_NOT_ENABLED),
        ("FIRMA", 10, "100", {"tif": TimeInForce.IOC}, refusals.TIF_NOT_ENABLED),
        ("FIRMA", 0, "100", {}, refusals.ZERO_QUANTITY),
        ("FIRMA", 10, "100.00001", {}, refusals.PRICE_OFF_GRID),
        ("FIRMA", 10, "130", {}, refusals.BEYOND_LIMIT),
    ):
        assert refusal(hall.enter(user, quantity, price, **more)) == code
    hall.taken("FIRMA", 600, "129.9999")
    hall.to("13:00")
    for quantity, price, more, code in (
        (10, "100", {"side": "buy"}, refusals_of_methods.SIDE_NOT_ENABLED),
        (10, "100", {"account": "F_ISSUER_0000"}, refusals.WRONG_ACCOUNT_MARKET),
        (501, "100", {}, refusals_of_methods.ABOVE_DECLARED),
        (10, None, {}, refusals.KIND_NOT_ENABLED),
        (10, "129.99999", {}, refusals.PRICE_OFF_GRID),
    ):
        assert refusal(hall.enter("ISSUER", quantity, price, **{"side": "sell", **more})) == code


def test_a_cut_off_keeps_the_reserve_and_needs_an_order():
    """The initiator's reserve is told to nobody; a cut-off at which nothing is executed is refused (38)."""
    hall = Hall(least="100")
    assert one(hall.told_at_opening, SpecialisedOpened).terms.least is None
    hall.taken("FIRMA", 10, "101")
    hall.to("13:00")
    decided = {"actor": "makler"}
    assert hall.refused(SetCutOff, BOND, BOARD, parse_price("99.9999"), **decided) == (
        refusals_of_methods.WORSE_THAN_RESERVE,
        "art. 4 p. 1",
    )
    assert hall.refused(SetCutOff, BOND, BOARD, parse_price("101.0001"), **decided)[0] == refusals.NO_OPPONENTS
    assert hall.refused(SetCutOff, BOND, BOARD, parse_price("100"), 1001, **decided)[0] == (
        refusals_of_methods.ABOVE_DECLARED
    )
    assert deals(hall.cut("100", 4))[0][2] == 4


def test_a_buy_back_is_the_mirror_of_a_placement():
    """Art. 42 p. 1: a single buyer; the cheapest sellers first, market orders at the average of limit ones."""
    hall = Hall(kind=AuctionKind.BUYBACK, volume=100, market_share=5000)
    dear, cheap = hall.taken("FIRMA", 60, "101", side="sell"), hall.taken("FIRMB", 30, "99", side="sell")
    market = hall.taken("00100", 80, side="sell")
    hall.to("13:00")
    assert deals(hall.enter("ISSUER", 100, "101")) == [(cheap, 99.0, 30), (dear, 101.0, 20), (market, 99.8, 50)]


def test_single_price():
    """domain.md: all limit orders at the cut-off; market orders at the average of them, which it is."""
    hall = Hall(execution=Execution.SINGLE)
    first, market = hall.taken("FIRMA", 300, "101"), hall.taken("FIRMB", 100)
    hall.to("13:00")
    assert deals(hall.cut("99.5")) == [(first, 99.5, 300), (market, 99.5, 100)]


def test_by_yield_the_lowest_are_the_best_and_deals_have_the_price_of_the_yield():
    """R-75: orders and cut-off are yields, the lower the better for the seller; a deal has the clean price it means."""
    hall = Hall(subject=Subject.YIELD)
    dear, cheap = hall.taken("FIRMA", 600, "7.2"), hall.taken("FIRMB", 600, "6.8")
    assert refusal(hall.enter("FIRMB", 600, "60")) == refusals.BEYOND_LIMIT  # of the price it means
    hall.to("13:00")
    events = hall.cut("7.2")
    found = deals(events)
    assert [(name, quantity) for name, _, quantity in found] == [(cheap, 600), (dear, 400)]
    assert found[0][1] > found[1][1] > 50
    assert result(events).results.cut_off == parse_price("7.2")


def test_a_state_package_is_sold_on_its_own_board():
    """Art. 26 p. 1, 4: the seller's lot and method; R-23: what is left over goes by time."""
    hall = Hall(symbol=PACKAGE, board=PACKAGES, kind=AuctionKind.SALE, subject=Subject.PRICE, market_share=0)
    first = hall.taken("FIRMA", 700, "1500", symbol=PACKAGE, board="")
    second = hall.taken("FIRMB", 700, "1500", symbol=PACKAGE, board=PACKAGES)
    assert refusal(hall.enter("FIRMB", 50, "1500", symbol=PACKAGE, board=PACKAGES)) == refusals.NOT_IN_LOTS
    hall.to("13:00")
    assert deals(hall.cut("1400", symbol=PACKAGE, board=PACKAGES)) == [(first, 1500.0, 500), (second, 1500.0, 500)]


# -- what the market sees


def shown(hall):
    return [event for events in hall.told for event in events if isinstance(event, OrderShown)]


def test_open_submission_shows_limit_orders_that_count():
    """domain.md: open submission; an order that waits for its confirmation is shown when it has it."""
    hall = Hall()
    order = hall.taken("FIRMA", 300, "101")
    hall.taken("FIRMB", 300)
    waiting = hall.taken("FIRMC", 100, "102")
    assert [(one.order_id, one.visible) for one in shown(hall)] == [(order, 300)]
    hall.confirm(waiting)
    hall.cancel("FIRMA", order, quantity=100)
    assert [(one.order_id, one.visible) for one in shown(hall)[1:]] == [(waiting, 100), (order, 200)]
    hall.to("13:00")
    hall.cut("100", 150)
    left = {one.order_id: one.visible for one in shown(hall)}
    assert left == {order: 0, waiting: 0}
    same_on_replay(hall)


def test_closed_submission_shows_nothing():
    """domain.md: closed: each sees its own only."""
    hall = Hall(submission=Submission.CLOSED)
    hall.taken("FIRMA", 300, "101")
    hall.to("13:00")
    hall.cut("100")
    assert not shown(hall)


# -- failure


def test_the_initiator_declares_it_failed():
    """domain.md: the initiator may declare it failed; all orders are cancelled, the book of results is kept."""
    hall = Hall()
    hall.taken("FIRMA", 300, "101")
    events = hall.cut(None)
    assert one(events, OrderCancelled).reason == refusals_of_methods.DECLARED_FAILED
    assert (result(events).failed, result(events).results.active.orders) == (refusals_of_methods.DECLARED_FAILED, 1)
    assert result(events).results.cut_off is None
    assert words(events)[:2] == ["Announced", "DecisionTaken"]


def test_without_a_cut_off_it_fails_with_the_operational_day():
    """R-74: at the end of the operational day (art. 5 p. 2)."""
    hall = Hall()
    hall.taken("FIRMA", 300, "101")
    events = hall.to("19:15")
    assert result(events).failed == refusals_of_methods.NOTHING_DECIDED
    assert not hall.state.specialised
    same_on_replay(hall)


def test_a_suspended_initiator_ends_it_and_a_suspended_member_leaves_it():
    """Art. 7 p. 2: orders of a suspended member are withdrawn; without its initiator nothing can be sold."""
    hall = Hall()
    hall.taken("FIRMA", 300, "101")
    waiting = hall.taken("FIRMC", 300, "101")
    hall.to("13:00")
    events = hall.decide(SuspendMember, "FIRMC", document="1")
    assert (one(events, OrderCancelled).order.order_id, stages(events)) == (waiting, ["deciding"])
    events = hall.decide(SuspendMember, "ISSUER", document="1")
    assert result(events).failed == refusals_of_methods.SPECIALISED_FAILED
    assert hall.refused(OpenSpecialised, terms(closes="18:00"), actor="makler")[0] == refusals.MEMBER_SUSPENDED


def test_a_suspension_stops_orders_and_the_cut_off_but_not_the_clock():
    """Art. 4 p. 3; R-76: orders may be withdrawn while they are taken; it goes on as far as its clock has come."""
    hall = Hall()
    order = hall.taken("FIRMA", 300, "101")
    hall.decide(Suspend, (BOND,), ())
    assert refusal(hall.enter("FIRMB", 10, "100")) == refusals.INSTRUMENT_SUSPENDED
    assert words(hall.cancel("FIRMA", order, quantity=100)) == ["OrderReplaced"]
    assert stages(hall.to("13:00")) == ["deciding"]
    assert hall.refused(SetCutOff, BOND, BOARD, parse_price("100"), actor="makler")[0] == refusals.INSTRUMENT_SUSPENDED
    hall.decide(Resume, (BOND,), ())
    assert deals(hall.cut("100")) == [(order, 101.0, 200)]


# -- days and configurations


def test_a_subscription_takes_orders_for_several_days():
    """domain.md, "АСТ Подписка": orders outlive the night, with their confirmations; the last day ends it."""
    hall = Hall(kind=AuctionKind.SUBSCRIPTION, closes="2020-05-29T12:00")
    kept, waiting = hall.taken("FIRMA", 300, "101"), hall.taken("FIRMC", 300, "101")
    events = hall.to("2020-05-28T12:00")
    assert not [event for event in events if type(event).__name__ in ("OrderExpired", "OrderCancelled")]
    assert (stages(events), one(events, SpecialisedOpened).terms.volume) == (["accepting"], 1000)
    assert [event.visible for event in events if isinstance(event, OrderShown)] == [300]
    assert (BOARD, Phase.SPECIALISED) in [(e.board, e.phase) for e in events if isinstance(e, PhaseEntered)]
    hall.cancel("FIRMA", kept, quantity=50)
    hall.confirm(waiting)
    later = hall.taken("FIRMB", 100, "102")
    assert stages(hall.to("2020-05-29T12:00")) == ["accepting", "deciding"]
    assert deals(hall.cut("100")) == [(later, 102.0, 100), (kept, 101.0, 250), (waiting, 101.0, 300)]
    same_on_replay(hall)


def test_at_night_no_order_is_taken():
    """Art. 5 p. 2: between operational days nothing is."""
    hall = Hall(kind=AuctionKind.SUBSCRIPTION, closes="2020-05-29T12:00")
    hall.to("19:30")
    assert refusal(hall.enter("FIRMB", 10, "100")) == refusals_of_methods.NO_SPECIALISED


def test_a_new_configuration_leaves_it_be_and_one_without_it_ends_it():
    """Law 6: what goes on being listed goes on; without its instrument or initiator a trading has failed."""
    hall = Hall()
    order = hall.taken("FIRMA", 300, "101")
    hall.send(ConfigurationLoaded(hall.state.configuration))
    assert hall.state.trading[f"{BOND}@{BOARD}"].apart[order].leaves == 300
    assert hall.state.phase(hall.state.trading[f"{BOND}@{BOARD}"]) is Phase.SPECIALISED
    market = hall.state.configuration
    users = tuple(user for user in market.users if user.name != "ISSUER")
    events = hall.send(ConfigurationLoaded(msgspec.structs.replace(market, users=users)))
    assert result(events).failed == refusals_of_methods.SPECIALISED_FAILED
    assert one(events, OrderCancelled).order.order_id == order
    same_on_replay(hall)


# -- opening


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"board": "GOV"}, refusals.UNKNOWN_NAME),
        ({"symbol": SHARE, "board": "CORP_SPEC"}, refusals.UNKNOWN_NAME),
        ({"initiator": "NOBODY"}, refusals.UNKNOWN_NAME),
        ({"account": "S_FIRMA_0000"}, refusals.NO_RIGHT_ON_ACCOUNT),
        ({"account": "F_ISSUER_0000"}, refusals.WRONG_ACCOUNT_MARKET),
        ({"volume": 0}, refusals.ZERO_QUANTITY),
        ({"symbol": PACKAGE, "board": PACKAGES, "subject": Subject.PRICE, "volume": 150}, refusals.NOT_IN_LOTS),
        ({"opens": "13:00"}, refusals_of_methods.WRONG_TERMS),
        ({"opens": "10:00", "closes": "11:59"}, refusals_of_methods.WRONG_TERMS),
        ({"closes": "2020-05-28T13:00"}, refusals_of_methods.WRONG_TERMS),
        ({"closes": "18:45"}, refusals_of_methods.WRONG_TERMS),
        ({"subject": Subject.DIRTY}, refusals_of_methods.WRONG_TERMS),
        ({"symbol": PACKAGE, "board": PACKAGES, "subject": Subject.YIELD}, refusals_of_methods.WRONG_TERMS),
        ({"market_share": 10_001}, refusals_of_methods.WRONG_TERMS),
    ],
)
def test_terms_that_are_refused(more, code):
    """Art. 4 p. 1; art. 23; art. 26 p. 1; annex 2: each term is looked at before anything is announced."""
    assert Hall(open=False).refused(OpenSpecialised, terms(**more), actor="makler")[0] == code


def test_one_at_a_time_in_any_window():
    """Art. 4 p. 1: in a window of its own, before the group's too; a second one only when the first is over."""
    hall = Hall(to="09:00", opens="09:00", closes="11:00", submission=Submission.CLOSED)
    hall.taken("FIRMA", 300, "101")
    assert (
        hall.refused(OpenSpecialised, terms(closes="18:00"), actor="makler")[0] == refusals_of_methods.SPECIALISED_RUNS
    )
    hall.to("11:00")
    hall.cut("100")
    assert one(hall.open(opens="11:05"), DecisionTaken)


def test_its_boards_open_for_nothing_else():
    """Art. 4 p. 1, 3: they do not turn with the schedule, and no decision opens them otherwise."""
    hall = Hall(open=False)
    assert refusal(hall.enter("FIRMA", 10, "100")) == refusals_of_methods.NO_SPECIALISED
    found = hall.refused(ChangeTradingTime, BOARD, (), None, dt.time(18), ground="art. 4 p. 3 sp. 1")
    assert found == (refusals_of_methods.OPENED_BY_INITIATOR, "art. 4 p. 1")
    assert not any(BOARD in key for key in hall.state.transitions)


@pytest.mark.no_twin
def test_a_defect_takes_back_the_whole_cut_off(monkeypatch):
    """Law 4: half a cut-off is none; the same command goes through afterwards."""
    hall = Hall()
    hall.taken("FIRMA", 300, "101")
    hall.taken("FIRMB", 300, "101")
    hall.taken("FIRMC", 100, "101")
    hall.to("13:30:01")
    before, genuine, count = hall.engine.hash(), turn.Turn.deal, iter(range(9))

    def planted(*arguments, **more):
        if next(count) == 1:
            raise ArithmeticError("planted")
        return genuine(*arguments, **more)

    monkeypatch.setattr(turn.Turn, "deal", planted)
    assert words(hall.cut("100")) == ["CommandFailed"]
    assert hall.engine.hash() == before
    monkeypatch.undo()
    assert len(deals(hall.cut("100"))) == 2


def test_the_book_of_results_of_the_placement_that_the_story_tells():
    """domain.md: published numbers of `placement.fix`, by hand: 48 orders, of which FIRMC's three are not confirmed."""
    hall = Hall(volume=10_000, submission=Submission.CLOSED)
    users = ("FIRMA", "FIRMB", "NBRK", "ROB01", "00100", "02001", "ROB02", "FIRMC")
    own = [hall.taken(user, 200, f"{100.4 - 0.05 * place:.2f}") for place, user in enumerate(users)]
    for user in users:
        hall.taken(user, 400 if user == "FIRMA" else 300, "100")
    low = [hall.taken(user, 500, "99.5") for user in users]
    market = [hall.taken(user, 400) for _ in range(3) for user in users]
    hall.to("13:00")
    for order in (own[-1], low[-1], market[7]):
        hall.confirm(order)
    hall.to("13:30:01")
    book = result(hall.cut("100")).results
    assert book.participants == 8
    submitted, active, satisfied = book.submitted, book.active, book.satisfied
    assert (submitted.orders, submitted.limit_orders, submitted.market_orders) == (48, 24, 24)
    assert (submitted.limit_volume, submitted.market_volume, submitted.share) == (8_100, 9_600, 17_700)
    assert (active.orders, active.limit_orders, active.market_orders) == (45, 23, 22)
    assert (active.limit_volume, active.market_volume, active.share) == (7_800, 8_800, 16_600)
    assert (active.lowest, active.highest) == (parse_price("99.5"), parse_price("100.4"))
    assert submitted.average == parse_price("99.7975")  # 808 360 / 8 100
    assert active.average == parse_price("99.7897")  # 778 360 / 7 800
    assert (satisfied.orders, satisfied.volume, satisfied.limit_volume) == (37, 10_000, 3_000)
    assert (satisfied.average, book.cut_off) == (parse_price("100.12"), parse_price("100"))
