"""Events to text, in both dialects; quickfix is the judge of every text."""

import datetime as dt

import msgspec
import pytest
from dialect_market import LISTING, TIME, a_deal, a_direct_deal, an_order, flat, one, validated

from kase_fix.gateway.dialect import fix44, next_
from kase_fix.gateway.dialect.delivery import delivery_id, parse_delivery_id, recipients
from kase_fix.gateway.dialect.questions import OrderStatus as Asked
from kase_fix.messages.day_events import DayClosed
from kase_fix.messages.deal_events import DealConfirmed
from kase_fix.messages.direct import DirectTerms
from kase_fix.messages.events import CommandFailed, Event
from kase_fix.messages.order_events import (
    CancelRefused,
    ConfirmRefused,
    OrderAccepted,
    OrderCancelled,
    OrderConfirmed,
    OrderExpired,
    OrderFormed,
    OrderRefused,
    OrderRepeated,
    OrderReplaced,
    OrderShown,
    OrderTriggered,
    PreliminaryEnded,
)
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook.refusals import CATALOGUE
from kase_fix.rulebook.refusals_of_methods import CONFIRMATION_REFUSED
from kase_fix.values.enums import OrderKind, OrderStatus, Phase, Side, TimeInForce

DIALECTS = {"FIX44": fix44, "NEXT": next_}
BOTH = pytest.mark.parametrize("dialect", DIALECTS)

GONE = {"status": OrderStatus.CANCELLED, "leaves": 0}
REFUSAL = Refusal("beyond_limit", "art. 12 p. 8", ("463.50", "3", "450.00"))
WARNING = Refusal("near_limit", "art. 8 p. 2", ("450.10", "2", "440.00"))
WAITS = {"status": OrderStatus.PENDING_COUNTERPARTY, "direct": DirectTerms("00100", "ref", "7-1")}
STOP = {"kind": OrderKind.STOP_LIMIT, "stop_price": 45_000_000_000}
REPO = DirectTerms("00100", closes=dt.date(2020, 6, 3), closing_price=45_110_000_000)
KEPT = {"status": OrderStatus.PENDING_CONFIRMATION, "confirmer": "CUSTOD"}
EVENTS: dict[str, Event] = {
    "direct": OrderAccepted(an_order(**WAITS)),
    "direct repo": OrderAccepted(an_order(**{**WAITS, "direct": REPO, "kind": OrderKind.DIRECT_REPO})),
    "direct, refused": OrderRefused(an_order(**{**WAITS, "status": OrderStatus.REJECTED}), REFUSAL),
    "direct, changed": OrderReplaced(an_order(cl_ord_id="a2", **WAITS), "a1"),
    "direct, withdrawn": OrderCancelled(an_order(**{**WAITS, **GONE}), "requested", "c1"),
    "direct, refused by the other": OrderCancelled(
        an_order(**{**WAITS, **GONE}), "counterparty_refused", "f1", "art. 2 p. 5", "00100"
    ),
    "direct, expired": OrderExpired(an_order(**{**WAITS, "status": OrderStatus.EXPIRED, "leaves": 0}), "art. 21"),
    "direct deal": a_direct_deal(),
    "deal to be confirmed": msgspec.structs.replace(a_deal(), awaits=("CUSTOD",)),
    "deal confirmed": DealConfirmed(a_deal(), "CUSTOD"),
    "to be confirmed": OrderAccepted(an_order(**KEPT)),
    "confirmed": OrderConfirmed(an_order(confirmer="CUSTOD")),
    "rejected": OrderCancelled(an_order(confirmer="CUSTOD", **GONE), CONFIRMATION_REFUSED, "", "art. 42", "CUSTOD"),
    "confirmation refused": ConfirmRefused("CUSTOD", "NF_99", Refusal("unknown_order", "", ("NF_99",))),
    "accepted with a warning": OrderAccepted(an_order(), WARNING),
    "stop order": OrderAccepted(an_order(**STOP)),
    "triggered": OrderTriggered(an_order(triggered=True, **STOP), 45_005_000_000),
    "triggered, with a warning": OrderTriggered(an_order(triggered=True, **STOP), 45_005_000_000, WARNING),
    "triggered and cancelled": OrderCancelled(
        an_order(triggered=True, **STOP, **GONE), "beyond_limit", clause="art. 12 p. 8", found=("450.10", "3", "436.00")
    ),
    "formed": OrderFormed(an_order(tif=TimeInForce.GTC)),
    "skipped today": PreliminaryEnded(an_order(tif=TimeInForce.GTC), REFUSAL),
    "accepted": OrderAccepted(an_order()),
    "accepted, with everything": OrderAccepted(
        an_order(display=500, expire_date=dt.date(2020, 6, 1), tif=TimeInForce.GTD, market_maker=True)
    ),
    "refused": OrderRefused(an_order(status=OrderStatus.REJECTED, leaves=0), REFUSAL),
    "refused, symbol and kind unknown": OrderRefused(
        an_order(status=OrderStatus.REJECTED, leaves=0, symbol="X", board="", kind=OrderKind.OTHER, order_id=""),
        Refusal("unknown_instrument", "", ("X",)),
    ),
    "replaced": OrderReplaced(an_order(cl_ord_id="a2", quantity=3000), "a1"),
    "replaced by a partial cancel": OrderReplaced(an_order(), "a1", "c1"),
    "cancelled": OrderCancelled(an_order(**GONE), "requested", "c1"),
    "cancelled by OrderID": OrderCancelled(an_order(**GONE), "requested"),
    "cancelled by the exchange": OrderCancelled(an_order(**GONE), "self_trade", clause="art. 7 p. 1"),
    "expired": OrderExpired(an_order(status=OrderStatus.EXPIRED, leaves=0), "art. 5 p. 2"),
    "cancel refused": CancelRefused(
        "FIRMA", "cancel", "c1", "a1", "NF_17", OrderStatus.FILLED, Refusal("too_late", "", ("NF_17",))
    ),
    "replace of an unknown order": CancelRefused(
        "FIRMA", "replace", "c1", "", "NF_99", OrderStatus.REJECTED, Refusal("unknown_order", "", ("NF_99",))
    ),
    "repeated": OrderRepeated("FIRMA", "a1", "NF_17"),
    "failed": CommandFailed("KeyError: 'x'", "FIRMA", "a1"),
    "deal": a_deal(),
    "deal in dollars": a_deal("EURUSD_TOM", 110_123_456),
}


@BOTH
@pytest.mark.parametrize("what", EVENTS)
@pytest.mark.parametrize("known", [None, an_order()])
def test_every_report_is_valid(dialect, what, known):
    event = EVENTS[what]
    assert recipients(event)
    for user, side in recipients(event):
        if (what, dialect, side) == ("direct repo", "FIX44", "0"):
            continue  # a kind that only NEXT can send
        body = DIALECTS[dialect].report(event, side, 18, 1, TIME, LISTING, known=known)
        sent = validated(dialect, body, "KASE", user)
        assert sorted(flat(body)) == sorted(set(flat(sent)) & set(flat(body)))


@BOTH
@pytest.mark.parametrize("code", CATALOGUE)
def test_every_refusal_of_the_catalogue_is_valid(dialect, code):
    order = an_order(status=OrderStatus.REJECTED, leaves=0)
    refusal = Refusal(code, "art. 7 p. 1", tuple("abcd"))
    validated(dialect, DIALECTS[dialect].report(OrderRefused(order, refusal), "0", 18, 0, TIME, LISTING))
    refused = CancelRefused("FIRMA", "cancel", "c1", "a1", "NF_17", OrderStatus.NEW, refusal)
    validated(dialect, DIALECTS[dialect].report(refused, "0", 18, 0, TIME, LISTING))


def fix44_report(what: str, side: str = "0", **more: object) -> str:
    return fix44.report(EVENTS[what], side, 18, 1, TIME, LISTING, **more)  # type: ignore[arg-type]


def next_report(what: str, side: str = "0", **more: object) -> str:
    return next_.report(EVENTS[what], side, 18, 1, TIME, LISTING, **more)  # type: ignore[arg-type]


def test_a_stop_order_says_whether_it_works_and_what_triggered_it():
    """R-151: 150=L and 636 in FIX44; NEXT reads 150=I, 99 and the words; a warning is told with them (art. 8 p. 2)."""
    waits, works = flat(fix44_report("stop order")), flat(fix44_report("triggered"))
    assert {"150=0", "39=0", "40=4", "44=450.10", "99=450.00", "636=N"} <= set(waits)
    assert {"150=L", "39=0", "40=4", "99=450.00", "636=Y", "58=Triggered by a deal at 450.05"} <= set(works)
    in_next = flat(next_report("triggered, with a warning"))
    assert {"150=I", "39=0", "99=450.00"} <= set(in_next)
    words = "Triggered by a deal at 450.05. Warning: price 450.10 reaches the warning limit of 2 % from 440.00"
    assert f"58={words} (art. 8 p. 2)" in in_next
    ended = "Price 450.10 reaches the limit of deviation of 3 % from the last deal 436.00 (art. 12 p. 8)"
    assert f"58={ended}" in flat(fix44_report("triggered and cancelled"))


def test_accepted_in_fix44():
    assert flat(fix44_report("accepted")) == [
        "35=8", "17=18-1-0", "527=18-1-0", "150=0", "11=a1", "37=NF_17", "1=F_FIRMA_0000", "55=EURKZT_TOM", "54=1",
        "38=2000", "40=2", "44=450.10", "59=0", "336=CETS", "39=0", "151=2000", "14=0", "6=0",
        "60=20200527-05:30:00.123", "5979=20200527-05:30:00.123456",
    ]  # fmt: skip


def test_accepted_in_next():
    assert flat(next_report("accepted", phase=Phase.CONTINUOUS)) == [
        "35=8", "17=N/A", "150=I", "11=a1", "37=NF_17", "1=F_FIRMA_0000", "55=EURKZT_TOM", "54=1",
        "38=2000", "40=2", "44=450.10", "59=0", "336=CETS", "39=0", "151=2000", "14=0", "6=0",
        "60=20200527-05:30:00.123", "553=FIRMA", "625=T", "527=18-1-0",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "fix44_says", "next_says"),
    [
        ("accepted", ("0", "0"), ("I", "0")),
        ("refused", ("8", "8"), ("8", "8")),
        ("replaced", ("5", "0"), ("I", "0")),
        ("cancelled", ("4", "4"), ("I", "4")),
        ("expired", ("C", "C"), ("I", "C")),
        ("deal", ("F", "1"), ("F", "1")),
    ],
)
def test_exec_type_and_status(what, fix44_says, next_says):
    ours, theirs = fix44_report(what), next_report(what)
    assert (one(ours, 150), one(ours, 39)) == fix44_says
    assert (one(theirs, 150), one(theirs, 39)) == next_says


def test_an_order_of_several_days_is_restated_each_day():
    formed = fix44.report(EVENTS["formed"], "0", 18, 1, TIME, LISTING)
    assert (one(formed, 150), one(formed, 39), one(formed, 378), one(formed, 58)) == ("D", "0", "1", None)
    skipped = fix44.report(EVENTS["skipped today"], "0", 18, 1, TIME, LISTING)
    assert (one(skipped, 150), one(skipped, 39), one(skipped, 378)) == ("D", "0", "8")
    assert "art. 12 p. 8" in (one(skipped, 58) or "")
    assert "ст. 12 п. 8" in (one(skipped, 355) or "")
    assert one(next_.report(EVENTS["formed"], "0", 18, 1, TIME, LISTING), 150) == "I"


@BOTH
def test_a_warning_stands_beside_an_order_that_stands(dialect):
    body = DIALECTS[dialect].report(EVENTS["accepted with a warning"], "0", 18, 1, TIME, LISTING)
    assert (one(body, 39), one(body, 103), one(body, 347)) == ("0", None, "UTF-8")
    assert one(body, 58) == "Warning: price 450.10 reaches the warning limit of 2 % from 440.00 (art. 8 p. 2)"


def test_who_is_suspended_is_named_in_the_cancel_of_his_orders():
    order = an_order(**GONE)
    body = fix44.report(OrderCancelled(order, "member_suspended", clause="art. 7 p. 2"), "0", 18, 1, TIME, LISTING)
    assert one(body, 58) == "The member FIRMA is suspended from trading (art. 7 p. 2)"


def test_a_deal_has_two_reports_with_ids_of_their_own():
    assert recipients(EVENTS["deal"]) == (("FIRMA", "B"), ("00100", "S"))
    buy, sell = fix44_report("deal", "B"), fix44_report("deal", "S")
    assert [one(buy, tag) for tag in (37, 54, 151, 14, 6, 527)] == ["NF_17", "1", "1000", "1000", "450.10", "18-1-B"]
    assert [one(sell, tag) for tag in (37, 54, 151, 14, 39, 527)] == ["NF_18", "2", "0", "1000", "2", "18-1-S"]
    for body in (buy, sell):
        assert [one(body, tag) for tag in (31, 32, 64, 880)] == ["450.10", "1000", "20200528", "18-1"]


def test_a_deal_in_next_shows_no_more_than_the_own_side():
    buy, sell = next_report("deal", "B"), next_report("deal", "S")
    assert [one(buy, tag) for tag in (17, 31, 168, 152, 5185, 5188, 5179, 5180, 5181, 5182)] == [
        "18-1", "450.10", "20200528-00:00:00", "450100.00", "18-1", "REGULAR_DEAL", "F_FIRMA_0000", None, "NF_17", None,
    ]  # fmt: skip
    assert [one(sell, tag) for tag in (5179, 5180, 5181, 5182, 553)] == [
        None, "F_00100_0000", None, "NF_18", "00100",
    ]  # fmt: skip
    assert one(next_report("deal in dollars", "B"), 152) is None
    assert one(next_report("deal in dollars", "B"), 31) == "1.10123456"


def test_a_refusal_speaks_english_and_russian():
    body = fix44_report("refused")
    assert flat(body)[1] == "347=UTF-8"
    assert (one(body, 103), one(next_report("refused"), 103)) == ("16", "34")
    assert "(art. 12 p. 8)" in (one(body, 58) or "")
    russian = one(body, 355) or ""
    assert "(ст. 12 п. 8)" in russian
    assert one(body, 354) == str(len(russian.encode()))
    assert one(validated("FIX44", body), 355) == russian


@pytest.mark.parametrize(
    ("what", "ids"),
    [
        ("replaced", ("a2", "a1")),
        ("replaced by a partial cancel", ("c1", "a1")),
        ("cancelled", ("c1", "a1")),
        ("cancelled by OrderID", ("a1", None)),
        ("cancelled by the exchange", ("a1", None)),
    ],
)
def test_client_ids(what, ids):
    for body in (fix44_report(what), next_report(what)):
        assert (one(body, 11), one(body, 41)) == ids


def test_who_took_an_order_off():
    assert (one(next_report("cancelled"), 5187), one(next_report("cancelled"), 5177)) == (
        "FIRMA",
        "20200527-05:30:00.123",
    )
    assert one(next_report("cancelled by the exchange"), 5187) == "KASE"
    assert one(next_report("expired"), 5187) == "KASE"
    assert one(next_report("accepted"), 5187) is None
    body = fix44_report("cancelled by the exchange")
    assert (one(body, 378), one(body, 5979)) == ("8", None)
    assert "F_FIRMA_0000" in (one(body, 58) or "")


def test_a_refused_cancel_is_9_in_fix44():
    body = fix44_report("cancel refused")
    assert [one(body, tag) for tag in (35, 37, 11, 41, 39, 434, 102, 527)] == [
        "9", "NF_17", "c1", "a1", "2", "1", "0", "18-1-0",
    ]  # fmt: skip
    unknown = fix44_report("replace of an unknown order")
    assert [one(unknown, tag) for tag in (37, 11, 41, 39, 434, 102)] == ["NONE", "c1", "NONE", "8", "2", "1"]


def test_a_refused_cancel_is_the_order_or_j_in_next():
    body = next_report("cancel refused", known=an_order())
    assert [one(body, tag) for tag in (35, 150, 39, 11, 103)] == ["8", "I", "0", "a1", None]
    assert one(body, 58) == "Too late: order NF_17 is done"
    unknown = next_report("replace of an unknown order")
    assert [one(unknown, tag) for tag in (35, 372, 379, 380)] == ["j", "G", "c1", "1"]
    assert one(next_report("cancel refused"), 380) == "0"


def test_a_defect_is_j_and_stays_in_the_house():
    for body in (fix44_report("failed", request="G"), next_report("failed", request="G")):
        assert [one(body, tag) for tag in (35, 372, 379, 380)] == ["j", "G", "a1", "4"]
        assert "KeyError" not in body


def test_status_of_an_order():
    asked = Asked("FIRMA", "a1", reference="q1", symbol="EURKZT_TOM", side="1")
    filled = an_order(status=OrderStatus.FILLED, leaves=0, filled=2000, average=45_010_500_000)
    body = fix44.order_status(asked, filled, "I-1", TIME, LISTING, fix44.mass_answer("m", 2, True))
    assert [one(body, tag) for tag in (150, 39, 17, 790, 527, 584, 911, 912, 6)] == [
        "I", "2", "I-1", "q1", None, "m", "2", "Y", "450.105",
    ]  # fmt: skip
    validated("FIX44", body)
    validated("NEXT", next_.order_status(asked, filled, TIME, LISTING, Phase.CLOSED))
    for name, unknown in (
        ("FIX44", fix44.order_status(asked, None, "I-2", TIME, LISTING)),
        ("NEXT", next_.order_status(Asked("00100", order_id="NF_1"), None, TIME, LISTING)),
    ):
        validated(name, unknown)
        assert [one(unknown, tag) for tag in (150, 39, 151, 14)] == ["I", "8", "0", "0"]
    assert one(fix44.order_status(asked, None, "I-2", TIME, LISTING), 103) == "5"


def test_what_concerns_no_member_is_told_to_nobody():
    for event in (DayClosed(dt.date(2020, 5, 27), ""), OrderShown("NF_1", "X", Side.BUY, 1, 1)):
        assert recipients(event) == ()
        assert fix44.report(event, "0", 1, 0, TIME, LISTING) == ""
        assert next_.report(event, "0", 1, 0, TIME, LISTING) == ""


def test_delivery_ids_can_be_read_again():
    for side in "BS0":
        assert parse_delivery_id(delivery_id(18, 3, side)) == (18, 3, side)
    for wrong in ("18-3", "18-3-X", "a-3-B", "1-2-3-B", ""):
        with pytest.raises(ValueError):  # noqa: PT011
            parse_delivery_id(wrong)
