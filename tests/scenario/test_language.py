"""Scripts are read to steps; what cannot be read says where."""

import datetime as dt
from pathlib import Path

import pytest
from simplefix import FixMessage

from kase_fix.scenario.fields import raw_bytes, read_span
from kase_fix.scenario.language import parse
from kase_fix.scenario.story import (
    Absent,
    Actor,
    AnyValue,
    Capture,
    ChangeMember,
    CheckBook,
    CheckDeals,
    EndVenue,
    Entries,
    Expect,
    ExpectClosed,
    ExpectNothing,
    Literal,
    Logon,
    MoveClock,
    OpenVenue,
    Operator,
    ScriptError,
    Send,
    Story,
)


def read(tmp_path: Path, text: str) -> Story:
    path = tmp_path / "story.fix"
    path.write_text(text, encoding="utf-8")
    return parse(path)


def only(tmp_path: Path, line: str):
    return read(tmp_path, line).steps[-1].action


CONTRACT = r"""# Continuous trading: the aggressor takes the resting price            art. 7 p. 1
venue  2020-05-27 10:20:00
FIRMA  logon
00100  logon
FIRMA > NewOrderSingle ClOrdID=a1 Account=F_FIRMA_0000 Symbol=EURKZT_TOM Side=Buy \
  OrderQty=2000 OrdType=Limit Price=450.10
FIRMA < ExecutionReport ClOrdID=a1 ExecType=New OrderID=?resting LeavesQty=2000
00100 > D 11=b1 1=F_00100_0000 55=EURKZT_TOM 54=2 38=1000 40=2 44=450.00
00100 < ExecutionReport ClOrdID=b1 OrdStatus=Filled LastPx=450.10
FIRMA < ExecutionReport OrderID=?resting ExecType=Trade LeavesQty=1000
FIRMA < nothing within 300ms
book EURKZT_TOM
  1000 | 450.10 |
at 17:00:00
FIRMA < ExecutionReport OrderID=?resting ExecType=Expired
operator widen_limit symbol=EURKZT_TOM percent=5 requested_by=FIRMA requested_at=16:30:00
"""


def test_the_story_of_the_contract(tmp_path):
    story = read(tmp_path, CONTRACT)
    assert story.title == "Continuous trading: the aggressor takes the resting price"
    assert story.clauses == ("art. 7 p. 1",)
    actions = [step.action for step in story.steps]
    assert [step.line for step in story.steps] == [2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 14, 15, 16]
    assert {step.clause for step in story.steps} == {"art. 7 p. 1"}
    assert story.opening == OpenVenue(dt.datetime(2020, 5, 27, 10, 20))
    assert actions[3] == Send(
        Actor("FIRMA"),
        "D",
        (
            (11, Literal("a1")),
            (1, Literal("F_FIRMA_0000")),
            (55, Literal("EURKZT_TOM")),
            (54, Literal("1")),
            (38, Literal("2000")),
            (40, Literal("2")),
            (44, Literal("450.10")),
        ),
    )
    assert actions[4].fields[1:3] == ((150, Literal("0")), (37, Capture("resting")))
    assert actions[8] == ExpectNothing(Actor("FIRMA"), 0.3)
    assert actions[9] == CheckBook("EURKZT_TOM", (("1000", "450.10", ""),))
    assert actions[10] == MoveClock(dt.time(17))
    assert actions[12].arguments[-1] == ("requested_at", "16:30:00")


@pytest.mark.parametrize(
    ("line", "tag", "value"),
    [
        ("FIRMA < 8 TimeInForce=IOC", 59, "3"),
        ("FIRMA < 8 TimeInForce=ImmediateOrCancel", 59, "3"),
        ("FIRMA < 8 TimeInForce=FOK", 59, "4"),
        ("FIRMA < 8 TimeInForce=Day", 59, "0"),
        ("FIRMA < 8 TimeInForce=GTC", 59, "1"),
        ("FIRMA < 8 TimeInForce=GTD", 59, "6"),
        ("00100 < 8 TimeInForce=GTD", 59, "6"),
        ("FIRMA < 8 OrdStatus=PARTIALLY_FILLED", 39, "1"),
        ("FIRMA < 8 OrdStatus=Cancelled", 39, "4"),
        ("00100 < 8 ExecType=Trade", 150, "F"),
        ("00100 < 8 ExecType=Expired", 150, "C"),
        ("FIRMA < 8 ExecType=OrderStatus", 150, "I"),
        ("FIRMA < 8 OrdRejReason=99", 103, "99"),
        ("FIRMA < 8 Side=Z", 54, "Z"),
        ("FIRMA < 8 ResetSeqNumFlag=Y", 141, "Y"),
        ("FIRMA < 8 TradingSessionID=FX_TOM", 336, "FX_TOM"),
    ],
)
def test_names_of_values(tmp_path, line, tag, value):
    assert only(tmp_path, line).fields == ((tag, Literal(value)),)


def test_expectations(tmp_path):
    action = only(tmp_path, 'FIRMA < ExecutionReport Text="no such thing" 37=* 11=- exactly within 2s')
    assert action == Expect(
        Actor("FIRMA"),
        "8",
        ((58, Literal("no such thing", exact=True)), (37, AnyValue()), (11, Absent())),
        exactly=True,
        within=2.0,
    )
    assert only(tmp_path, "FIRMA < closed within 3s") == ExpectClosed(Actor("FIRMA"), 3.0)
    assert only(tmp_path, "FIRMA < Logout Text=*").kind == "5"


def test_groups(tmp_path):
    line = "VENDOR1 < W NoMDEntries=[{MDEntryType=Bid MDEntryPx=450.10}, {269=Offer 270=?ask}] Symbol=EURKZT_TOM"
    entries = (((269, Literal("0")), (270, Literal("450.10"))), ((269, Literal("1")), (270, Capture("ask"))))
    assert only(tmp_path, line).fields == ((268, Entries(entries)), (55, Literal("EURKZT_TOM")))
    nested = only(tmp_path, "FIRMA > D NoPartyIDs=[{PartyID=A NoPartySubIDs=[{523=x 803=1}]}]")
    ((_, parties),) = nested.fields
    assert parties.entries[0][1][1] == Entries((((523, Literal("x")), (803, Literal("1"))),))


def test_services(tmp_path):
    story = read(tmp_path, "VENDOR1 md logon\nVENDOR1 > V 262=1\nFIRMA logon\nFIRMA dc logon\nFIRMA dc < Logout\n")
    actors = [step.action.actor for step in story.steps]
    assert actors == [
        Actor("VENDOR1", "md"),
        Actor("VENDOR1", "md"),
        Actor("FIRMA"),
        Actor("FIRMA", "dc"),
        Actor("FIRMA", "dc"),
    ]
    assert [step.action.refusal_expected for step in story.steps if isinstance(step.action, Logon)] == [
        False,
        False,
        True,
    ]


def test_the_venues_lines(tmp_path):
    story = read(
        tmp_path,
        "venue 2020-05-27 10:20 self_trade=cancel_resting\nkill\nrestart\nadvance 1h30m\nat 2020-05-28 10:15:00\n"
        "deals EURKZT_TOM\n  450.10 | 1000\n  450.20 | 2000 | direct\noperator lift_limit symbol=X refused\n"
        'member suspend FIRMA "no licence"\nmember restore FIRMA\n',
    )
    assert [step.action for step in story.steps] == [
        OpenVenue(dt.datetime(2020, 5, 27, 10, 20), (("self_trade", "cancel_resting"),)),
        EndVenue(kill=True),
        EndVenue(kill=False),
        MoveClock(by=5400.0),
        MoveClock(dt.time(10, 15), dt.date(2020, 5, 28)),
        CheckDeals("EURKZT_TOM", (("450.10", "1000"), ("450.20", "2000", "direct"))),
        Operator("lift_limit", (("symbol", "X"),), refused=True),
        ChangeMember("suspend", "FIRMA", "no licence"),
        ChangeMember("restore", "FIRMA"),
    ]


def test_clauses_stand_for_the_lines_below_and_beside_them(tmp_path):
    story = read(tmp_path, "# Title  art. 1 p. 1\nkill\n# then art. 2 p. 2\nkill\nkill  # art. 3\nkill\n")
    assert [step.clause for step in story.steps] == ["art. 1 p. 1", "art. 2 p. 2", "art. 3", "art. 2 p. 2"]
    assert story.clauses == ("art. 1 p. 1", "art. 2 p. 2", "art. 3")


def test_a_line_goes_on_behind_a_backslash(tmp_path):
    story = read(tmp_path, "FIRMA > D 11=a \\\n   55=X\nkill\n")
    assert story.steps[0].action.fields == ((11, Literal("a")), (55, Literal("X")))
    assert [step.line for step in story.steps] == [1, 3]


def test_raw_bytes():
    assert raw_bytes("8=FIX.4.4|9=5|35=0|10=000|", "") == b"8=FIX.4.4\x019=5\x0135=0\x0110=000\x01"
    right = FixMessage()
    for tag, value in ((8, "FIX.4.4"), (35, "0"), (34, "2")):
        right.append_pair(tag, value)
    assert raw_bytes("8=FIX.4.4|9=*|35=0|34=2|10=*|", "") == right.encode()
    now = "20200527-05:30:00.000"
    assert raw_bytes("35=0|52=*|112=52=*|", now) == f"35=0\x0152={now}\x01112=52=*\x01".encode()


def test_spans():
    assert [read_span(text) for text in ("300ms", "2s", "10m", "1h30m")] == [0.3, 2.0, 600.0, 5400.0]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("FIRMA > NewOrderSingel 11=a", "NewOrderSingel"),
        ("member suspend FIRMA", "member suspend USER"),
        ("FIRMA > D ClOrdId=a Symbool=X", "Symbool"),
        ("FIRMA > D Side=Bye", "Side(54) has no value called Bye"),
        ("FIRMA > D 11=?x", "?x was not captured"),
        ("FIRMA > D 11=*", "* can be expected"),
        ("FIRMA < nothing", "silence needs a time"),
        ("FIRMA dances", "FIRMA cannot 'dances'"),
        ('FIRMA raw "8=FIX', "not closed"),
        ("venue tomorrow 10:00", "no date"),
        ("advance quickly", "no span of time"),
        ("FIRMA < W NoMDEntries=[{269=0", "not closed"),
        ("FIRMA > D 11=a 12", "field=value was expected"),
        ("kill it", "nothing may follow"),
    ],
)
def test_slips_of_the_pen(tmp_path, line, words):
    with pytest.raises(ScriptError) as error:
        read(tmp_path, f"# a story\n\n{line}\n")
    assert str(error.value).startswith(f"{tmp_path / 'story.fix'}:3: ")
    assert words in str(error.value)
