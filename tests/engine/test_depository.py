"""The stock market's operational day and the Central Depository (art. 5 p. 3, 4)."""

import datetime as dt

import msgspec
import pytest

from kase_fix.clearing.depository import REPLIES_KEPT
from kase_fix.engine import depository as handlers
from kase_fix.engine.snapshot import Mark
from kase_fix.messages.day_events import (
    Announced,
    DayClosed,
    DayOpened,
    DepositoryAnswerRefused,
    PhaseEntered,
    ServiceEntered,
)
from kase_fix.messages.decisions import AskDepository, ChangeOperationalDay, ChangeTradingTime
from kase_fix.messages.depository import (
    BALANCES,
    CLOSE,
    BalancesLoaded,
    DepositoryAnswered,
    DepositoryAsked,
    DepositoryDropped,
    DepositoryReplied,
)
from kase_fix.messages.events import CommandFailed
from kase_fix.messages.order_events import OrderAccepted, OrderExpired, OrderFormed, OrderRefused
from kase_fix.rulebook import refusals
from kase_fix.rulebook import refusals_of_depository as refused
from kase_fix.rulebook.refusals import english, russian
from kase_fix.values.enums import Phase, TimeInForce
from tests.engine.desk import BOND, BONDS, EUR, FX, Desk, same_on_replay, small
from tests.engine.market import one, words

BY_LETTER = "art. 5 p. 3 sp. 4"


def waiting():
    """The small market; its bonds wait for the depository."""
    market = small()
    boards = (msgspec.structs.replace(one, waits_for_depository=one.code == BONDS) for one in market.boards)
    return msgspec.structs.replace(market, boards=tuple(boards))


def desk_at(time, **ordered):
    desk = Desk(waiting(), to="08:45")
    if ordered:
        desk.expects(**ordered)
    desk.to(time)
    return desk


def found(events, kind):
    return [event for event in events if isinstance(event, kind)]


def refusal(events):
    return one(events, OrderRefused).refusal.code


def answer(desk, ok=True, what=BALANCES, balances=(), totals=(), request=""):
    """Send an answer, to the last request of its kind unless another one is named."""
    pending = [one.request for one in desk.state.depository.pending if one.what == what]
    return desk.send(DepositoryAnswered(request or pending[-1], what, ok, "", balances, totals))


def test_usual_day_opens_at_0855_and_closes_at_1915():
    """Art. 5 p. 4 sp. 1, 2: asked before 9.00 and at 19.15; the answers load the accounts and close the day."""
    desk = Desk(waiting(), to="08:49")
    asked = one(desk.to("08:54:59"), DepositoryAsked)
    assert (asked.what, asked.clause) == (BALANCES, "art. 5 p. 4 sp. 1")
    assert not desk.state.depository.open
    assert desk.state.balances == {}
    events = desk.to("08:55")
    loaded = one(events, BalancesLoaded)
    assert loaded.count == sum(map(len, desk.state.balances.values())) > 0
    assert words(events) == ["DepositoryReplied", "BalancesLoaded"]
    assert desk.state.balances["F_FIRMA_0000"]["KZT"] == 10**15
    desk.to("19:14:59")
    events = desk.to("19:15")
    assert words(events) == ["DepositoryAsked", "DepositoryReplied", "DayClosed", "ServiceEntered"]
    assert events[-2:] == [DayClosed(desk.state.date, "art. 5 p. 2"), ServiceEntered("api", False, "art. 5 p. 2")]
    same_on_replay(desk)


def test_currencies_do_not_wait_and_securities_do():
    """Art. 5 p. 4 sp. 1: no order is taken before the balances are in, a preliminary one neither."""
    desk = desk_at("10:20", silent="yes")
    assert one(desk.buy("FIRMA", 1000, "450.00"), OrderAccepted)
    assert refusal(desk.buy("FIRMA", 1000, "100.00", BOND)) == refusals.SESSION_CLOSED
    late = one(desk.to("11:05"), Announced)
    assert "do not open yet" in late.english
    assert "не получены" in late.russian
    told = one(desk.buy("FIRMA", 1000, "100.00", BOND), OrderRefused).refusal
    assert (told.code, told.clause, told.found) == (refused.STOCK_MARKET_CLOSED, "art. 5 p. 4 sp. 1", (BOND,))
    assert english(told).endswith("(art. 5 p. 4 sp. 1)")
    assert russian(told).endswith("(ст. 5 п. 4 пп. 1)")
    events = desk.to("12:00")
    assert not found(events, Announced)
    assert [event.board for event in found(events, PhaseEntered)] == []
    assert refusal(desk.buy("FIRMA", 1000, "100.00", BOND)) == refused.STOCK_MARKET_CLOSED
    same_on_replay(desk)


@pytest.mark.parametrize(
    ("answered", "phase"),
    [
        ("11:04:59", Phase.CLOSED),
        ("11:05", Phase.PRELIMINARY),
        ("11:29:59", Phase.PRELIMINARY),
        ("11:30", Phase.CONTINUOUS),
        ("16:59:59", Phase.CONTINUOUS),
        ("17:00", Phase.CLOSED),
        ("18:00", Phase.CLOSED),
    ],
)
def test_board_opens_as_far_as_its_day_has_come(answered, phase):
    """Art. 5 p. 4 sp. 1: the turns it missed are one; a board whose session is over never opens."""
    desk = desk_at("11:00", silent="yes")
    desk.expects(silent="no", balances=answered)
    desk.to(answered)
    assert desk.phase(BOND) is phase
    assert desk.state.depository.held == ()
    events = desk.to("19:15")
    assert one(events, DayClosed)
    same_on_replay(desk)


@pytest.mark.parametrize("answered", ["10:00", "11:05", "11:10", "12:00"])
def test_preliminary_orders_are_formed_once_whenever_it_answers(answered):
    """Art. 7 p. 2 with art. 5 p. 4: at 11:05, or when the stock market opens after that."""
    desk = desk_at("11:10")
    kept = one(desk.buy("FIRMA", 1000, "100.00", BOND, tif=TimeInForce.GTC), OrderAccepted).order.order_id
    desk.to("2020-05-28T08:45")
    desk.expects(balances=answered)
    events = desk.to("12:00")
    assert [event.order.order_id for event in found(events, OrderFormed)] == [kept]
    assert desk.book(BOND) == [("FIRMA", 100.0, 1000)]
    same_on_replay(desk)


def test_no_order_of_several_days_is_formed_where_it_answers_after_the_session():
    """Art. 5 p. 4 sp. 1; art. 7 p. 2: the application stays for the next day."""
    desk = desk_at("11:10")
    desk.buy("FIRMA", 1000, "100.00", BOND, tif=TimeInForce.GTC)
    desk.to("2020-05-28T08:45")
    desk.expects(balances="17:00")
    assert not found(desk.to("19:00"), OrderFormed)
    desk.expects(balances="usual")
    assert one(desk.to("2020-05-29T11:05"), OrderFormed)


def test_late_opening_is_told_and_a_usual_one_is_not():
    """R-93: who waited should know; at 8.55 nobody has."""
    assert not found(desk_at("19:15").told[-1], Announced)
    desk = desk_at("09:00", balances="09:20")
    assert one(desk.to("09:20"), Announced).english.endswith("since 09:20")
    desk = desk_at("08:50", balances="09:00")
    assert not found(desk.to("09:00"), Announced)


# -- each answer once


def test_answer_that_comes_twice_changes_nothing():
    """Art. 5 p. 4: a request is answered once, now or on a later day."""
    desk = desk_at("10:00")
    request = one([event for events in desk.told for event in events], BalancesLoaded).request
    for moment in ("10:01", "2020-05-28T10:00"):
        desk.to(moment)
        before = desk.engine.hash()
        event = one(
            answer(desk, request=request, balances=(("F_X", "KZT", 1),), totals=(("KZT", 1),)), DepositoryAnswerRefused
        )
        assert (event.refusal.code, event.refusal.found) == (refused.ALREADY_ANSWERED, (request,))
        assert desk.engine.hash() == before


@pytest.mark.parametrize(("request_id", "what"), [("20200527-balances-999", BALANCES), ("", CLOSE), ("x", "weather")])
def test_answer_nobody_asked_for_changes_nothing(request_id, what):
    """Art. 5 p. 4: of another request, or to something else than was asked."""
    desk = desk_at("08:52", silent="yes")
    (pending,) = desk.state.depository.pending
    before = desk.engine.hash()
    events = answer(desk, what=what, request=request_id or pending.request)
    assert one(events, DepositoryAnswerRefused).refusal.code == refused.UNKNOWN_REQUEST
    assert desk.engine.hash() == before
    assert desk.state.day_open


@pytest.mark.parametrize(
    ("balances", "totals"),
    [
        ((("A", "KZT", 5), ("B", "KZT", 6)), (("KZT", 10),)),
        ((("A", "KZT", 5),), ()),
        ((), (("KZT", 1),)),
        ((("A", "KZT", 5), ("A", "KZT", 5)), (("KZT", 10),)),
        ((("A", "KZT", -5), ("B", "KZT", 6)), (("KZT", 1),)),
        ((("A", "KZT", 5),), (("KZT", 5), ("KZT", 5))),
    ],
)
def test_balances_that_do_not_agree_are_not_loaded(balances, totals):
    """R-90: nothing of them is; members hear it, and the operator asks again."""
    desk = desk_at("08:52", silent="yes")
    events = answer(desk, balances=balances, totals=totals)
    assert words(events) == ["DepositoryAnswerRefused", "Announced"]
    assert events[0].refusal.code == refused.WRONG_TOTALS
    assert (desk.state.balances, desk.state.depository.open, desk.state.depository.pending) == ({}, False, ())
    assert one(desk.decide(AskDepository, BALANCES, actor="administrator"), DepositoryAsked)
    events = answer(desk, balances=(("A", "KZT", 5), ("B", "KZT", 6), ("A", "XX", 0)), totals=(("KZT", 11), ("XX", 0)))
    assert words(events) == ["DepositoryReplied", "BalancesLoaded", "Announced"]
    assert desk.state.balances == {"A": {"KZT": 5, "XX": 0}, "B": {"KZT": 6}}
    same_on_replay(desk)


def test_first_good_answer_is_enough():
    """R-91: where it was asked twice, the other request needs no answer any more."""
    desk = desk_at("09:10", silent="yes")
    desk.decide(AskDepository, BALANCES)
    first, second = desk.state.depository.pending
    assert one(answer(desk, request=first.request), DepositoryDropped).request == second.request
    assert one(answer(desk, request=second.request), DepositoryAnswerRefused).refusal.code == refused.ALREADY_ANSWERED
    assert desk.refused(AskDepository, BALANCES) == (refused.NOT_TO_BE_ASKED, "art. 5 p. 4 sp. 1")


def test_refusal_keeps_the_stock_market_closed():
    """Art. 5 p. 4 sp. 1: a no is no answer with balances."""
    desk = desk_at("08:55", balances="refuse", reason="the registrar is down")
    (told,) = found(desk.told[-1], Announced)
    assert told.english.endswith("(the registrar is down)")
    assert desk.state.depository.pending == ()
    desk.to("12:00")
    assert refusal(desk.buy("FIRMA", 1000, "100.00", BOND)) == refused.STOCK_MARKET_CLOSED


def test_answers_of_a_month_are_remembered():
    """R-95: the table of requests that are done with does not grow without end."""
    desk = desk_at("09:00", balances="refuse", close="refuse")
    for _ in range(REPLIES_KEPT + 10):
        desk.decide(AskDepository, BALANCES)
        answer(desk, ok=False)
    assert len(desk.state.depository.replies) == REPLIES_KEPT


# -- closing


def closing(**ordered):
    desk = desk_at("19:14")
    desk.expects(**ordered)
    return desk, desk.to("19:15")


def test_day_goes_on_without_consent_and_closes_when_it_is_asked_again():
    """Art. 5 p. 4 sp. 2: closed by the positive answer, not by the clock."""
    desk, events = closing(close="refuse")
    assert words(events) == ["DepositoryAsked", "DepositoryReplied", "Announced"]
    assert not one(events, DepositoryReplied).ok
    assert desk.state.day_open
    assert words(desk.to("19:40")) == []
    desk.expects(close="usual")
    assert words(desk.decide(AskDepository, CLOSE, actor="administrator")) == ["DecisionTaken", "DepositoryAsked"]
    events = desk.to("19:40")
    assert words(events) == ["DepositoryReplied", "DayClosed", "ServiceEntered"]
    assert events[-1].unusual == dt.time(19, 40)
    assert desk.refused(AskDepository, CLOSE) == (refused.NOT_TO_BE_ASKED, "art. 5 p. 4 sp. 2")
    same_on_replay(desk)


def test_depository_that_answers_late_closes_late():
    """Art. 5 p. 4 sp. 2; R-2: FIX-API follows."""
    desk, events = closing(close="20:10")
    assert words(events) == ["DepositoryAsked"]
    assert words(desk.to("20:09:59")) == []
    assert one(desk.to("20:10"), ServiceEntered) == ServiceEntered("api", False, "art. 5 p. 2", dt.time(20, 10))


@pytest.mark.parametrize("refuses", [True, False])
def test_prolonged_day_is_asked_for_at_its_new_end(refuses):
    """Art. 5 p. 3 sp. 4; R-92: what was asked at 19:15 counts no more, also where no answer has come yet."""
    desk, _ = closing(**({"close": "refuse"} if refuses else {"silent": "yes"}))
    earlier = [one.request for one in desk.state.depository.pending]
    desk.to("19:20")
    events = desk.decide(ChangeOperationalDay, dt.time(20), ground=BY_LETTER, document="9")
    assert [event.request for event in found(events, DepositoryDropped)] == earlier
    if earlier:
        late = one(answer(desk, what=CLOSE, request=earlier[0]), DepositoryAnswerRefused)
        assert late.refusal.code == refused.ALREADY_ANSWERED
    desk.expects(close="usual", silent="no")
    assert words(desk.to("19:59:59")) == []
    assert words(desk.to("20:00")) == ["DepositoryAsked", "DepositoryReplied", "DayClosed", "ServiceEntered"]
    assert one(desk.to("2020-05-28T19:15"), DayClosed)
    same_on_replay(desk)


def test_day_can_be_prolonged_again_and_again():
    """Art. 5 p. 3: each time it is asked anew."""
    desk, _ = closing(close="refuse")
    for hour in (20, 21):
        desk.to(f"{hour - 1}:30")
        desk.decide(ChangeOperationalDay, dt.time(hour), ground=BY_LETTER)
        assert words(desk.to(f"{hour}:00"))[-2:] == ["DepositoryReplied", "Announced"]
    assert desk.state.day_open


def test_closing_is_not_asked_for_before_the_day_s_end():
    """R-91."""
    desk = desk_at("19:14:59")
    assert desk.refused(AskDepository, CLOSE) == (refused.NOT_TO_BE_ASKED, "art. 5 p. 4 sp. 2")
    assert desk.refused(AskDepository, "weather") == (refusals.UNKNOWN_NAME, "art. 5 p. 4")
    desk.decide(ChangeOperationalDay, dt.time(20), ground=BY_LETTER)
    desk.to("19:30")
    assert desk.refused(AskDepository, CLOSE) == (refused.NOT_TO_BE_ASKED, "art. 5 p. 4 sp. 2")


def test_day_that_was_never_closed_ends_with_the_next_one():
    """Art. 5 p. 4 sp. 2; R-94: told, closed before the new day opens; yesterday's request needs no answer any more."""
    desk, _ = closing(silent="yes")
    desk.to("2020-05-28T08:44:59")
    assert desk.state.day_open
    events = desk.to("08:45")
    kinds = words(events)
    assert (
        kinds.index("Announced")
        < kinds.index("DepositoryDropped")
        < kinds.index("DayClosed")
        < kinds.index("DayOpened")
    )
    assert one(events, DayClosed).date == dt.date(2020, 5, 27)
    assert one(events, DayOpened).date == dt.date(2020, 5, 28)
    assert [event.open for event in found(events, ServiceEntered)] == [False, True]
    desk.expects(silent="no")
    desk.to("19:15")
    assert not desk.state.day_open
    same_on_replay(desk)


def test_orders_die_before_an_unclosed_day_ends():
    """R-4, R-94: a day's order dies with its session, whatever the depository says."""
    desk = desk_at("16:00", silent="yes")
    desk.buy("FIRMA", 1000, "450.00")
    assert one(desk.to("17:00"), OrderExpired)


# -- windows that are moved meanwhile


def moved(desk, **window):
    ground = {"ground": "art. 4 p. 3 sp. 1"}
    return desk.decide(ChangeTradingTime, BONDS, (BOND,), window.get("opens"), window.get("closes"), **ground)


def test_window_moved_later_opens_then_and_not_with_the_answer():
    """Art. 4 p. 3 with art. 5 p. 4: of one instrument the preliminary orders open, its session when it is due."""
    desk = desk_at("11:10", silent="yes")
    moved(desk, opens=dt.time(13))
    desk.expects(silent="no", balances="12:00")
    desk.to("12:00")
    assert (desk.phase(BOND), desk.phase("BILLb1")) == (Phase.PRELIMINARY, Phase.CONTINUOUS)
    desk.to("13:00")
    assert desk.phase(BOND) is Phase.CONTINUOUS
    same_on_replay(desk)


def test_session_moved_away_while_it_waits_is_not_opened_early():
    """Art. 4 p. 3 with art. 5 p. 4 sp. 1."""
    desk = desk_at("12:00", silent="yes")
    moved(desk, opens=dt.time(13))
    desk.expects(silent="no", balances="12:30")
    desk.to("12:30")
    assert (desk.phase(BOND), desk.phase("BILLb1")) == (Phase.CLOSED, Phase.CONTINUOUS)
    desk.to("13:00")
    assert desk.phase(BOND) is Phase.CONTINUOUS


def test_session_prolonged_after_its_end_waits_too():
    """R-54 with art. 5 p. 4 sp. 1: what opens again at once waits for the balances."""
    desk = desk_at("17:05", silent="yes")
    desk.decide(ChangeTradingTime, BONDS, (), None, dt.time(18), ground="art. 4 p. 3 sp. 1")
    assert desk.phase(BOND) is Phase.CLOSED
    assert refusal(desk.buy("FIRMA", 1000, "100.00", BOND)) == refused.STOCK_MARKET_CLOSED
    desk.expects(silent="no")
    desk.to("17:06")
    assert desk.phase(BOND) is Phase.CONTINUOUS
    desk.to("18:00")
    assert desk.phase(BOND) is Phase.CLOSED
    assert desk.state.phases.get(FX) is Phase.CLOSED
    same_on_replay(desk)


# -- laws


def test_marks_keep_the_talk_and_the_balances():
    """Law 4: what a mark restores is what was."""
    for time, ordered in (("08:52", {}), ("12:00", {"silent": "yes"}), ("12:00", {}), ("19:30", {"close": "refuse"})):
        desk = desk_at(time, **ordered)
        mark = Mark(desk.state)
        restored = mark.restore()
        assert (restored.depository, restored.balances) == (desk.state.depository, desk.state.balances)
        assert Mark(restored).bytes == mark.bytes


def test_failed_answer_leaves_all_as_it_was(monkeypatch):
    """Law 4: the request still waits; what answers by itself does not answer it without end."""
    desk = desk_at("08:54")
    before = desk.engine.hash()

    def planted(*_):
        raise ArithmeticError

    with monkeypatch.context() as patch:
        patch.setattr(handlers, "drop", planted)
        assert one(desk.to("08:56"), CommandFailed).request == "depository_answered"
    assert desk.engine.hash() == before
    desk.decide(AskDepository, BALANCES)
    assert one(desk.to("09:10"), BalancesLoaded)
    assert one(desk.buy("FIRMA", 1000, "450.00", EUR), OrderRefused)
