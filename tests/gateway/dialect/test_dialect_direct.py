"""Direct orders and confirmations as text: to whom they are addressed, and who is told what of whom."""

import datetime as dt

import pytest
from dialect_market import LISTING, TIME, an_order, flat, one, text, validated
from test_dialect_reports import EVENTS, WAITS, fix44_report, next_report

from kase_fix.gateway.cursor import last_stored
from kase_fix.gateway.dialect import fix44, next_
from kase_fix.gateway.dialect.delivery import SIDES, delivery_id, parse_delivery_id, recipients
from kase_fix.gateway.dialect.direct_text import side_of
from kase_fix.gateway.dialect.fix_text import frame
from kase_fix.gateway.dialect.problems import BusinessReason, Problem, SessionReason
from kase_fix.gateway.dialect.questions import OrderStatus as Asked
from kase_fix.messages.commands import Confirm
from kase_fix.messages.direct import DirectTerms
from kase_fix.messages.order_events import OrderCancelled, OrderReplaced
from kase_fix.values.enums import OrderKind, OrderStatus

ORDER = ("35=D", "34=7", "11=a1", "1=S", "55=BRKLb1", "54=1", "38=100", "40=2", "44=98.75", "60=20200527-05:30:00")
DIALECTS = {"FIX44": fix44, "NEXT": next_}
BOTH = pytest.mark.parametrize("dialect", DIALECTS)
OTHER_HALF = {"FIX44": fix44_report, "NEXT": next_report}


def parties(*named):
    return (f"453={len(named)}", *(part for name, role in named for part in _party(name, role)))


def _party(name, role):
    return (f"448={name}", "447=D", *((f"452={role}",) if role else ()))


def read(dialect, *more):
    body = text(*ORDER, *more)
    validated(dialect, text(*ORDER[:1], *ORDER[2:], *more), "FIRMA", "KASE")
    return DIALECTS[dialect].read(frame("FIX.4.4", body), "FIRMA")


@BOTH
def test_an_order_is_addressed_to_the_contra_firm_or_trader(dialect):
    assert read(dialect, *parties(("FIRMB", "17"))).direct == DirectTerms("FIRMB")
    assert read(dialect, *parties(("FIRMB", "17"), ("00100", "37"))).direct == DirectTerms("00100")
    assert read(dialect, *parties(("C1", "3"), ("FIRMB", "17"))).direct == DirectTerms("FIRMB")


@BOTH
def test_a_client_is_no_counterparty(dialect):
    assert read(dialect, *parties(("C1", "3"))).direct is None
    assert read(dialect).direct is None


def test_a_party_without_a_role_is_the_counterparty_in_next_alone():
    assert read("NEXT", *parties(("02001", ""))).direct == DirectTerms("02001")
    assert read("NEXT", *parties(("02001", ""), ("FIRMB", "17"))).direct == DirectTerms("FIRMB")
    assert read("FIX44", *parties(("02001", ""))).direct is None


@BOTH
def test_what_was_agreed(dialect):
    order = read(dialect, *parties(("FIRMB", "17")), "526=ref", "1003=7-1", "917=20200603", "640=99.5")
    assert order.direct == DirectTerms("FIRMB", "ref", "7-1", dt.date(2020, 6, 3), 9_950_000_000)


@BOTH
def test_a_deal_is_repeated_with_somebody(dialect):
    problem = read(dialect, "1003=7-1")
    assert isinstance(problem, Problem)
    assert (problem.reason, problem.reference) == (BusinessReason.FIELD_MISSING, "a1")


@BOTH
@pytest.mark.parametrize(("tag", "value"), [(917, "soon"), (640, "4e2")])
def test_terms_that_are_none(dialect, tag, value):
    body = text(*ORDER, *parties(("FIRMB", "17")), f"{tag}={value}")
    problem = DIALECTS[dialect].read(frame("FIX.4.4", body), "FIRMA")
    assert (problem.reason, problem.tag) == (SessionReason.WRONG_FORMAT, tag)


def confirmation(dialect, *parts):
    validated(dialect, text("35=AU", *parts), "CUSTOD", "KASE")
    return DIALECTS[dialect].read(frame("FIX.4.4", text("35=AU", "34=9", *parts)), "CUSTOD")


@BOTH
def test_a_custodian_confirms_or_rejects(dialect):
    assert confirmation(dialect, "664=NS_7", "940=3") == Confirm("CUSTOD", "NS_7", True)
    rejected = confirmation(dialect, "664=NS_7", "940=2", "58=no", "75=20200527", "60=20200527-05:30:00")
    assert rejected == Confirm("CUSTOD", "NS_7", False, "no")


@BOTH
def test_a_receipt_decides_nothing(dialect):
    problem = confirmation(dialect, "664=NS_7", "940=1")
    assert (problem.reason, problem.reference) == (BusinessReason.UNSUPPORTED, "NS_7")


def test_who_is_told_of_what():
    """The counterparty hears of an order until it is answered, the custodian of what he controls (R-18; art. 42)."""
    told = {what: {side: user for user, side in recipients(event)} for what, event in EVENTS.items()}
    for what in ("direct", "direct, changed", "direct, withdrawn", "direct, refused by the other", "direct, expired"):
        assert told[what] == {"0": "FIRMA", "C": "00100"}
    for what in ("to be confirmed", "confirmed", "rejected"):
        assert told[what] == {"0": "FIRMA", "K": "CUSTOD"}
    assert told["direct, refused"] == {"0": "FIRMA"}
    assert told["direct deal"] == {"B": "FIRMA", "S": "00100"}
    assert told["confirmation refused"] == {"0": "CUSTOD"}


def test_nobody_hears_of_an_order_that_never_waited_for_him():
    """One that met its answer at once, or its sender's own other order, was never told to the counterparty."""
    answer = an_order(**{**WAITS, "status": OrderStatus.NEW})
    stopped = an_order(**{**WAITS, "status": OrderStatus.CANCELLED, "leaves": 0})
    for event in (OrderReplaced(answer, "a1"), OrderCancelled(stopped, "self_trade", clause="art. 2 p. 5")):
        assert [side for _, side in recipients(event)] == ["0"]
    with_oneself = an_order(**{**WAITS, "direct": DirectTerms("FIRMA")})
    assert recipients(OrderReplaced(with_oneself, "a1")) == (("FIRMA", "0"),)


def test_the_sides_of_an_event_are_in_order():
    """A user's cursor grows: of one event his reports come in the order of their sides."""
    assert list(SIDES) == sorted(SIDES)
    for event in EVENTS.values():
        sides = [side for _, side in recipients(event)]
        assert sides == sorted(sides)


@pytest.mark.parametrize("side", SIDES)
def test_every_side_is_found_again_in_the_store(side, tmp_path):
    told = delivery_id(18, 1, side)
    assert parse_delivery_id(told) == (18, 1, side)
    body = text("8=FIX.4.4", "35=8", f"527={told}", "10=1").encode()
    (tmp_path / "s.body").write_bytes(body)
    (tmp_path / "s.header").write_text(f"1,0,{len(body)} ")
    assert last_stored(tmp_path / "s") == (18, 1, side)


@BOTH
@pytest.mark.parametrize(
    "what", ["direct", "direct, changed", "direct, withdrawn", "direct, expired", "to be confirmed", "confirmed"]
)
def test_others_hear_the_order_id_and_no_names_of_requests(dialect, what):
    """Nobody learns another's ClOrdID, a counterparty not his account either."""
    side = recipients(EVENTS[what])[1][1]
    body = OTHER_HALF[dialect](what, side)
    assert (one(body, 11), one(body, 41), one(body, 37)) == (None, None, "NF_17")
    assert (one(body, 453), one(body, 448), one(body, 447), one(body, 452)) == ("1", "FIRMA", "D", "17")
    assert one(body, 1) == (None if side == "C" else "F_FIRMA_0000")
    assert one(OTHER_HALF[dialect](what), 11) is not None


def test_a_waiting_order_in_both_dialects():
    ours, theirs = fix44_report("direct"), next_report("direct")
    assert (one(ours, 150), one(ours, 39), one(theirs, 150), one(theirs, 39)) == ("A", "A", "I", "J")
    assert (one(ours, 448), one(ours, 526), one(ours, 1003)) == ("00100", "ref", "7-1")
    assert (one(theirs, 448), one(theirs, 526), one(theirs, 1003), one(theirs, 19)) == ("00100", "ref", None, "7-1")
    assert one(ours, 58) == "Waits for the answer of 00100"
    assert one(fix44_report("direct", "C"), 58) == (
        "FIRMA would buy 2000 EURKZT_TOM at 450.10: answer by the same order to sell, or refuse by F with OrderID NF_17"
    )
    assert "NF_17" in (one(next_report("direct", "C"), 355) or "")


def test_a_waiting_repo_says_how_it_closes():
    assert (one(fix44_report("direct repo"), 917), one(fix44_report("direct repo"), 640)) == ("20200603", "451.10")
    assert one(next_report("direct repo"), 40) == "R"
    theirs = next_report("direct repo", "C")
    assert (one(theirs, 917), one(theirs, 640), one(theirs, 40)) == ("20200603", None, "2")
    assert ", closing 2020-06-03 at 451.10:" in (one(theirs, 58) or "")


def test_an_order_to_be_confirmed_in_both_dialects():
    ours, theirs = fix44_report("to be confirmed"), next_report("to be confirmed")
    assert (one(ours, 150), one(ours, 39), one(theirs, 150), one(theirs, 39)) == ("A", "A", "I", "H")
    assert one(ours, 58) == "Waits for the confirmation of CUSTOD"
    assert one(fix44_report("to be confirmed", "K"), 58) == (
        "Confirm or reject by AU with ConfirmID NF_17, AffirmStatus 3 or 2"
    )
    assert (one(fix44_report("confirmed"), 150), one(fix44_report("confirmed"), 39)) == ("0", "0")
    assert (one(next_report("confirmed", "K"), 150), one(next_report("confirmed", "K"), 39)) == ("I", "0")


@BOTH
def test_a_custodian_hears_of_a_deal_by_its_number(dialect):
    """Art. 42 p. 2: of the order whose account he controls, without its ClOrdID; 664 of his answer is the deal's."""
    event = EVENTS["deal to be confirmed"]
    assert recipients(event) == (("FIRMA", "B"), ("CUSTOD", "K"), ("00100", "S"))
    body = OTHER_HALF[dialect]("deal to be confirmed", "K", known=event.sell)
    assert (one(body, 11), one(body, 37), one(body, 1), one(body, 448)) == (None, "NF_18", "F_00100_0000", "00100")
    assert (one(body, 150), one(body, 880 if dialect == "FIX44" else 17)) == ("F", "18-1")
    assert one(body, 58) == "Confirm or reject by AU with ConfirmID 18-1, AffirmStatus 3 or 2"
    told = OTHER_HALF[dialect]("deal confirmed", "K", known=event.sell)
    assert (one(told, 11), one(told, 150), one(told, 58)) == (None, "I", "Deal 18-1 is confirmed")


@BOTH
def test_who_refuses_is_named_to_the_owner_and_hears_his_own_request(dialect):
    owner = OTHER_HALF[dialect]("direct, refused by the other")
    refuser = OTHER_HALF[dialect]("direct, refused by the other", "C")
    assert (one(owner, 11), one(refuser, 11)) == ("a1", "f1")
    for body in (owner, refuser):
        assert (one(body, 39), one(body, 58)) == ("4", "The counterparty 00100 has refused (art. 2 p. 5)")
    if dialect == "NEXT":
        assert one(owner, 5187) == "00100"


@BOTH
def test_a_direct_deal_names_the_other_side_to_each(dialect):
    buyer, seller = OTHER_HALF[dialect]("direct deal", "B"), OTHER_HALF[dialect]("direct deal", "S")
    assert (one(buyer, 448), one(seller, 448)) == ("00100", "FIRMA")
    assert one(buyer, 526) == "ref"
    assert one(buyer, 1003 if dialect == "FIX44" else 19) == "7-1"


@BOTH
def test_a_confirmation_that_cannot_be_taken_is_answered_by_j(dialect):
    body = OTHER_HALF[dialect]("confirmation refused")
    assert flat(body) == ["35=j", "372=AU", "379=NF_99", "380=1", "58=Unknown order NF_99"]


@BOTH
def test_everyone_asks_for_an_order_as_he_may_see_it(dialect):
    order = an_order(**WAITS)
    assert (side_of(order, "FIRMA"), side_of(order, "00100"), side_of(order, "FIRMA2")) == ("0", "C", "0")
    asked = Asked("00100", order_id="NF_17", reference="q")
    if dialect == "FIX44":
        body = fix44.order_status(asked, order, "A1", TIME, LISTING)
    else:
        body = next_.order_status(asked, order, TIME, LISTING)
    validated(dialect, body)
    assert (one(body, 11), one(body, 1), one(body, 448), one(body, 790)) == (None, None, "FIRMA", "q")


def test_the_kind_is_told_back_as_it_was_sent():
    for kind, written in ((OrderKind.SWAP, "G"), (OrderKind.DIRECT_REPO, "R"), (OrderKind.AUTOMATIC_REPO, "A")):
        order = an_order(kind=kind)
        body = next_.order_status(Asked("FIRMA", order_id="NF_17"), order, TIME, LISTING)
        assert one(body, 40) == written
        validated("NEXT", body)
