"""The operator's commands over HTTP: what they become, what is wrong with them, and what is answered (art. 2-9, 41)."""

import datetime as dt
import json

import pytest
from console_venue import CONFIGURATION, NOON
from test_console_routes import problem_of

from kase_fix.app.operator_views import completed
from kase_fix.calendar.almaty import instant
from kase_fix.calendar.working_days import Calendars
from kase_fix.console.commands import COMMANDS, read
from kase_fix.console.given import Wrong
from kase_fix.messages.corrections import BustDeal, CorrectDeal
from kase_fix.messages.day_events import Announced, DecisionRefused, DecisionTaken, LimitSet
from kase_fix.messages.decisions import (
    Announce,
    CarryOutApplication,
    ChangeLimit,
    ChangeOperationalDay,
    ChangeService,
    ChangeTradingTime,
    DecideMethods,
    DecidePriceKind,
    DecisionCommand,
    DeclareForceMajeure,
    FileApplication,
    MoveTrading,
    RestoreMember,
    Resume,
    SetHardLimit,
    Suspend,
    SuspendMember,
)
from kase_fix.messages.events import CommandFailed
from kase_fix.messages.fixing import AnnounceSurplus, CallPrice, EndFixing, OrderFixing
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook.refusals import NOT_ENTITLED

TOKEN = {"Authorization": "Bearer rehearsal"}
DATE = dt.date(2020, 5, 27)
WIDEN = {"command": "widen_limit", "symbol": "EURKZT_TOM", "percent": "5", "requested_by": "FIRMA"}
APPLICATION = {"command": "file_application", "application": "1", "symbol": "X", "what": "y"}
HALF_PAST_FOUR = instant(DATE, dt.time(16, 30))
SIX = dt.time(18)


def listed(symbol):
    return next((one for one in CONFIGURATION.instruments if one.symbol == symbol), None)


def meant(command, **arguments):
    return read({"command": command, **arguments}, NOON, listed)


@pytest.mark.parametrize(
    ("command", "arguments", "kind", "terms", "actor"),
    [
        ("bust_deal", {"deal": "9-1"}, BustDeal, ("9-1",), "administrator"),
        (
            "correct_deal",
            {"deal": "9-1", "price": "450.10", "quantity": "1000"},
            CorrectDeal,
            ("9-1", 45_010_000_000, 1000),
            "administrator",
        ),
        ("correct_deal", {"deal": "9-1", "quantity": 2000}, CorrectDeal, ("9-1", None, 2000), "administrator"),
        (
            "widen_limit",
            {"symbol": "EURKZT_TOM", "percent": 7.5, "requested_by": "FIRMA", "requested_at": "16:30:00"},
            ChangeLimit,
            ("EURKZT_TOM", 750, "FIRMA", HALF_PAST_FOUR),
            "makler",
        ),
        (
            "lift_limit",
            {"symbol": "EURKZT_TOM", "requested_by": "FIRMA", "requested_at": "2020-05-27T10:30:00Z"},
            ChangeLimit,
            ("EURKZT_TOM", None, "FIRMA", HALF_PAST_FOUR),
            "makler",
        ),
        ("set_hard_limit", {"symbol": "A", "percent": 10}, SetHardLimit, ("A", 1000), "makler"),
        ("set_hard_limit", {"symbol": "A", "percent": "none"}, SetHardLimit, ("A", None), "makler"),
        (
            "change_trading_time",
            {"board": "B", "symbols": "X, Y", "opens": "11:00", "closes": "18:00:00"},
            ChangeTradingTime,
            ("B", ("X", "Y"), dt.time(11), SIX),
            "administrator",
        ),
        (
            "change_trading_time",
            {"symbol": "EURKZT_TOM", "closes": "18:00"},
            ChangeTradingTime,
            ("EUR_TOM", ("EURKZT_TOM",), None, SIX),
            "administrator",
        ),
        ("extend_day", {"closes": "18:00"}, ChangeOperationalDay, (SIX,), "administrator"),
        ("extend_control", {"closes": "18:00"}, ChangeService, ("control", SIX), "administrator"),
        ("extend_md", {"closes": "18:00"}, ChangeService, ("md", SIX), "administrator"),
        ("suspend", {"symbols": ["X"], "boards": ["B"]}, Suspend, (("X",), ("B",)), "makler"),
        ("resume", {"board": "B"}, Resume, ((), ("B",)), "makler"),
        ("suspend_member", {"firm": "FIRMA"}, SuspendMember, ("FIRMA",), "administrator"),
        ("restore_member", {"member": "FIRMA"}, RestoreMember, ("FIRMA",), "administrator"),
        ("move_trading", {"place": "The hall"}, MoveTrading, ("The hall",), "administrator"),
        ("move_trading", {}, MoveTrading, ("",), "administrator"),
        ("force_majeure", {"on": "yes"}, DeclareForceMajeure, (True,), "administrator"),
        ("force_majeure", {"on": False}, DeclareForceMajeure, (False,), "administrator"),
        ("decide_methods", {"symbol": "X", "methods": "continuous"}, DecideMethods, ("X", ("continuous",)), None),
        ("decide_price_kind", {"symbol": "X", "kind": "clean"}, DecidePriceKind, ("X", "clean", ""), "administrator"),
        (
            "file_application",
            {"application": 7, "symbol": "X", "what": "listing", "due": "2020-07-01"},
            FileApplication,
            ("7", "X", "listing", DATE, dt.date(2020, 7, 1)),
            "administrator",
        ),
        (
            "order_fixing",
            {"symbol": "EURKZT_TOM", "price": "450.10", "until": "12:30"},
            OrderFixing,
            ("EURKZT_TOM", "EUR_TOM", 45010 * 10**6, dt.time(12, 30)),
            "makler",
        ),
        (
            "call_price",
            {"symbol": "EURKZT_TOM", "price": 450},
            CallPrice,
            ("EURKZT_TOM", "EUR_TOM", 450 * 10**8),
            "makler",
        ),
        ("announce_surplus", {"symbol": "EURKZT_TOM"}, AnnounceSurplus, ("EURKZT_TOM", "EUR_TOM"), "makler"),
        ("end_fixing", {"symbol": "EURKZT_TOM", "board": "M"}, EndFixing, ("EURKZT_TOM", "M"), "makler"),
        ("announce", {"text": "Hello"}, Announce, ("Hello", "Hello", ""), "makler"),
        ("announce", {"english": "Hello", "russian": "Привет"}, Announce, ("Hello", "Привет", ""), "makler"),
    ],
)
def test_each_command_becomes_its_decision(command, arguments, kind, terms, actor):
    decided = meant(command, **arguments, reason="why", document="12", ground="art. 9")
    assert type(decided) is kind
    assert tuple(getattr(decided, name) for name in decided.__struct_fields__[1:]) == terms
    assert (decided.by.actor, decided.by.reason, decided.by.document) == (actor or "administrator", "why", "12")
    assert meant(command, **arguments, actor="chairman A. B.").by.actor == "chairman A. B."
    assert meant(command, **arguments).by.id != meant(command, **arguments).by.id


def test_the_document_of_a_cancelled_deal_may_be_called_its_number():
    assert meant("bust_deal", deal="9-1", number="31").by.document == "31"
    assert meant("correct_deal", deal="9-1", price="1", document="32").by.document == "32"


def test_every_decision_has_a_command():
    kinds = {form.make for form in COMMANDS.values()}
    twice = 3  # the hours of two services, a limit widened or lifted, a market maker relieved or bound again
    assert len(kinds) == len(COMMANDS) == len(DecisionCommand.__args__) + twice


def test_an_instrument_is_described_by_what_changes():
    """art. 2 p. 6: what is not named stays as it is."""
    changed = meant("carry_out_application", application="7", symbol="EURKZT_TOM", lot="5000", title="Euro")
    assert isinstance(changed, CarryOutApplication)
    assert (changed.instrument.lot, changed.instrument.title, changed.instrument.quote) == (5000, "Euro", "KZT")
    bond = {"nominal": 100000, "currency": "KZT", "issued": "2020-01-01", "matures": "2025-01-01", "coupon": "7.5"}
    new = {"symbol": "NEWb1", "group": "eur", "board": "EUR_TOM", "currency": "NEWb1", "quote": "KZT"}
    made = meant("carry_out_application", application="7", **new, bond=bond, more_boards="A,B", opens="11:00")
    assert (made.instrument.bond.coupon, made.instrument.bond.issued) == (750_000_000, dt.date(2020, 1, 1))
    assert (made.instrument.more_boards, made.instrument.opens, made.instrument.term) == (("A", "B"), dt.time(11), "")


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({}, "command"),
        ({"command": "nothing"}, "command"),
        ({**WIDEN, "percent": "x"}, "percent"),
        ({"command": "correct_deal", "deal": "9-1"}, "price"),
        ({"command": "correct_deal", "deal": "9-1", "quantity": "1.5"}, "quantity"),
        ({"command": "bust_deal"}, "deal"),
        ({**WIDEN, "percent": 0}, "percent"),
        ({**WIDEN, "percent": "1.234"}, "percent"),
        ({**WIDEN, "percent": True}, "percent"),
        ({**WIDEN, "symbol": None}, "symbol"),
        ({**WIDEN, "symbol": ""}, "symbol"),
        ({**WIDEN, "symbol": ["EURKZT_TOM"]}, "symbol"),
        ({**WIDEN, "requested_at": "soon"}, "requested_at"),
        ({**WIDEN, "reason": "two\nlines"}, "reason"),
        ({**WIDEN, "reason": "\x0158=forged"}, "reason"),
        ({**WIDEN, "boards": "FX_TOM"}, "boards"),
        ({"command": "extend_day"}, "closes"),
        ({"command": "extend_day", "closes": "25:00"}, "closes"),
        ({"command": "extend_day", "closes": "18"}, "closes"),
        ({"command": "extend_day", "closes": "18:00+06:00"}, "closes"),
        ({"command": "change_trading_time", "board": "B"}, "closes"),
        ({"command": "change_trading_time", "symbol": "UNKNOWN", "closes": "18:00"}, "board"),
        ({"command": "suspend"}, "symbols"),
        ({"command": "suspend", "symbols": "A,,B"}, "symbols"),
        ({"command": "suspend", "symbols": [1]}, "symbols"),
        ({"command": "force_majeure", "on": "perhaps"}, "on"),
        ({"command": "file_application", "application": "1", "symbol": "X", "what": "y", "due": "soon"}, "due"),
        ({**APPLICATION, "received": "9999-12-30"}, "received"),
        ({**APPLICATION, "received": "1999-12-31"}, "received"),
        ({**APPLICATION, "due": "2101-01-01"}, "due"),
        ({"command": "carry_out_application", "application": "1", "symbol": "NEW"}, "group"),
        ({"command": "carry_out_application", "application": "1", "symbol": "EURKZT_TOM", "lot": 0}, "lot"),
        ({"command": "carry_out_application", "application": "1", "symbol": "EURKZT_TOM", "lot": "x"}, "lot"),
        ({"command": "carry_out_application", "application": "1", "symbol": "EURKZT_TOM", "bond": "x"}, "bond"),
        ({"command": "carry_out_application", "application": "1", "symbol": "EURKZT_TOM", "colour": "x"}, "colour"),
        ({"command": "carry_out_application", "application": "1", "symbol": "EURKZT_TOM", "isin": "US1"}, "isin"),
        ({"command": "carry_out_application", "application": "1", "symbol": "EURKZT_TOM", "nin": "US1"}, "nin"),
    ],
)
async def test_a_wrong_argument_is_named_with_what_was_expected(pair, arguments, field):
    response = await pair.client.post("/api/operator", json=arguments, headers=TOKEN)
    assert f"'{field}': found " in problem_of(response, 400)
    assert response.json()["field"] == field
    assert response.json()["expected"]
    assert pair.fake.decided == []


async def test_only_an_operator_decides(pair):
    for headers in ({}, {"Authorization": "Bearer other"}):
        response = await pair.client.post("/api/operator", json=WIDEN, headers=headers)
        problem_of(response, 401)
        assert response.headers["www-authenticate"] == "Bearer"
    for content in (b"", b"[]", b"{", b'"x"'):
        problem_of(await pair.client.post("/api/operator", content=content, headers=TOKEN), 400)
    assert pair.fake.decided == []


def taken(command):
    told = Announced("wider", "шире", "", "EURKZT_TOM")
    detail = {"symbol": "EURKZT_TOM", "limit": "5 %"}
    return told, DecisionTaken("change_limit", command.by, detail), LimitSet("EURKZT_TOM", "overridable", 500)


async def test_a_decision_is_answered_with_what_was_decided_and_announced(pair):
    pair.fake.outcome = taken
    response = await pair.client.post("/api/operator", json={**WIDEN, "document": "12"}, headers=TOKEN)
    assert response.status_code == 200
    said = response.json()
    by = pair.fake.decided[0].by
    assert said == {
        "number": 6,
        "time": "2020-05-27T12:00:00.006000+06:00",
        "decided": {
            "what": "change_limit",
            "actor": "makler",
            "reason": "",
            "document": "12",
            "ground": "",
            "id": by.id,
            "detail": {"symbol": "EURKZT_TOM", "limit": "5 %"},
        },
        "announced": [{"english": "wider", "russian": "шире", "user": "", "symbol": "EURKZT_TOM"}],
    }


async def test_a_decision_a_clause_does_not_allow_is_a_conflict(pair):
    refusal = Refusal(NOT_ENTITLED, "art. 8 p. 3", ("chairman",))
    pair.fake.outcome = lambda command: (DecisionRefused("change_limit", command.by, refusal),)
    response = await pair.client.post("/api/operator", json={**WIDEN, "actor": "chairman"}, headers=TOKEN)
    assert "art. 8 p. 3" in problem_of(response, 409)
    said = response.json()
    assert (said["code"], said["clause"], said["number"]) == (NOT_ENTITLED, "art. 8 p. 3", 6)
    assert said["english"] == "The chairman may not decide this (art. 8 p. 3)"
    assert said["russian"].endswith("(ст. 8 п. 3)")


async def test_a_decision_that_ends_in_a_defect_is_said_to(pair):
    pair.fake.outcome = lambda _: (CommandFailed("KeyError", "", "", "change_limit"),)
    assert "incidents" in problem_of(await pair.client.post("/api/operator", json=WIDEN, headers=TOKEN), 500)


async def test_decisions_of_the_day_latest_first_with_what_is_in_force(pair):
    pair.fake.outcome = taken
    pair.fake.terms = {"suspended": [], "applications": [{"application": "7", "overdue": True}], "place": ""}
    await pair.client.post("/api/operator", json={**WIDEN, "reason": "asked"}, headers=TOKEN)
    pair.fake.outcome = lambda command: (
        DecisionRefused("change_limit", command.by, Refusal(NOT_ENTITLED, "art. 8 p. 3", ("x",))),
    )
    await pair.client.post("/api/operator", json={**WIDEN, "actor": "x"}, headers=TOKEN)
    said = (await pair.client.get("/api/decisions")).json()
    assert [(one["seq"], one["actor"], one["refused"] is None) for one in said["decisions"]] == [
        (7, "x", False),
        (6, "makler", True),
    ]
    assert said["decisions"][1]["reason"] == "asked"
    assert said["in_force"] == {"suspended": [], "place": ""}
    waiting = (await pair.client.get("/api/applications")).json()["applications"]
    assert waiting == [{"application": "7", "overdue": True}]


async def test_events_show_who_decided_and_why(pair):
    pair.fake.outcome = taken
    await pair.client.post("/api/operator", json={**WIDEN, "reason": "asked", "document": "12"}, headers=TOKEN)
    told, decided, limit = (await pair.client.get("/api/events?after=5")).json()["events"]
    assert (told["event"], decided["event"], limit["event"]) == ("announced", "decided", "limit_set")
    assert (decided["by"]["actor"], decided["by"]["reason"], decided["by"]["document"]) == ("makler", "asked", "12")
    assert decided["detail"]["limit"] == "5 %"
    json.dumps(decided)


@pytest.mark.parametrize(
    ("received", "named", "due"),
    [
        ("2020-05-27", "2020-05-27", "2020-06-01"),  # Wednesday: Thursday, Friday, Monday
        ("2020-05-29", "2020-05-29", "2020-06-03"),  # Friday: Monday, Tuesday, Wednesday
        ("2020-05-27", "2020-06-01", "2020-06-01"),
        ("2020-05-27", "2020-06-02", "2020-06-02"),
        ("2020-12-17", "2020-12-17", "2020-12-22"),  # Thursday before a Friday moved to Sunday: Sunday, Monday, Tuesday
    ],
)
def test_an_application_is_due_in_three_working_days_or_when_it_says(received, named, due):
    """art. 2 p. 6."""
    filed = meant("file_application", application="7", symbol="X", what="listing", received=received, due=named)
    assert completed(filed, Calendars()).due == dt.date.fromisoformat(due)
    other = meant("announce", text="x")
    assert completed(other, Calendars()) is other


def test_a_field_nobody_knows_is_wrong():
    with pytest.raises(Wrong, match="'colour': found an argument, expected only"):
        meant("announce", text="x", colour="red")
