"""The client's session keeps its numbers, fills the other side's gaps and asks for its own."""

import pytest
from simplefix import FixParser

from kase_fix.scenario.session import ROUND_TRIP, Session
from kase_fix.scenario.wire import Message, decode


def message(kind: str, number: int, **fields: str) -> Message:
    pairs = [(35, kind), (34, str(number)), *((int(tag[1:]), value) for tag, value in fields.items())]
    return Message(kind, pairs)


def said(session: Session) -> list[tuple[str, dict[int, str]]]:
    parser = FixParser(allow_empty_values=True)
    for reply in session.replies:
        parser.append_buffer(reply)
    session.replies.clear()
    found = []
    while (one := parser.get_message()) is not None:
        read = decode(one)
        found.append((read.kind, dict(read.pairs)))
    return found


@pytest.fixture
def session() -> Session:
    session = Session("FIRMA", "FIX44")
    session.logon({})
    session.arrived(message("A", 1, _141="Y"))
    session.delivered.clear()
    return session


def kinds(session: Session) -> list[str]:
    return [one.kind for one in session.delivered]


def test_a_test_request_is_answered(session):
    session.arrived(message("1", 2, _112="who"))
    ((kind, fields),) = said(session)
    assert (kind, fields[112], fields[34]) == ("0", "who", "2")


def test_a_gap_is_asked_for_once_and_put_in_order(session):
    session.arrived(message("8", 4, _11="c"))
    session.arrived(message("8", 5, _11="d"))
    assert [(kind, fields[7], fields[16]) for kind, fields in said(session)] == [("2", "2", "3")]
    assert kinds(session) == []
    session.arrived(message("8", 2, _11="a", _43="Y"))
    session.arrived(message("8", 3, _11="b", _43="Y"))
    assert [one.get(11) for one in session.delivered] == ["a", "b", "c", "d"]
    assert session.next_in == 6


def test_a_gap_fill_jumps(session):
    session.arrived(message("8", 7, _11="late"))
    session.arrived(message("4", 2, _123="Y", _36="7", _43="Y"))
    assert [one.kind for one in session.delivered if one.kind == "8"] == ["8"]
    assert session.next_in == 8


def test_what_came_before_is_ignored_and_a_low_number_ends_the_session(session):
    session.arrived(message("8", 2))
    session.arrived(message("8", 2, _43="Y"))
    assert kinds(session) == ["8"]
    session.arrived(message("8", 1))
    ((kind, fields),) = said(session)
    assert kind == "5"
    assert "too low" in fields[58]
    assert session.finished


def test_a_resend_request_gets_orders_again_and_a_gap_fill_for_the_rest(session):
    session.compose("D", [(11, "a"), (97, "Y")])
    session.compose("0", [])
    session.compose("0", [])
    session.compose("D", [(11, "b")])
    session.compose("0", [])
    session.arrived(message("2", 2, _7="1", _16="0"))
    told = [(kind, fields[34], fields.get(36), fields.get(11), fields[43]) for kind, fields in said(session)]
    assert told == [
        ("4", "1", "2", None, "Y"),
        ("D", "2", None, "a", "Y"),
        ("4", "3", "5", None, "Y"),
        ("D", "5", None, "b", "Y"),
        ("4", "6", "7", None, "Y"),
    ]
    assert session.next_out == 7


def test_a_round_trip_that_was_counted_over_is_asked_for_anew(session):
    """After a crash the venue may have missed our last number: its gap fill takes our next question along."""
    session.compose("1", [(112, f"{ROUND_TRIP}1")])
    session.compose("1", [(112, "a story's own")])
    session.arrived(message("2", 2, _7="1", _16="0"))
    answers = said(session)
    assert [(kind, fields[34]) for kind, fields in answers] == [("4", "1"), ("1", "4")]
    assert answers[0][1][36] == "4"
    assert answers[1][1][112] == f"{ROUND_TRIP}1"


def test_a_round_trip_that_was_answered_is_not_asked_for_anew(session):
    session.compose("1", [(112, f"{ROUND_TRIP}1")])
    session.arrived(message("0", 2, _112=f"{ROUND_TRIP}1"))
    session.arrived(message("2", 3, _7="1", _16="0"))
    assert [kind for kind, _ in said(session)] == ["4"]


def test_what_a_story_asks_for_again_is_shown_to_it(session):
    session.arrived(message("8", 2))
    session.arrived(message("8", 3))
    session.delivered.clear()
    session.want_again([(7, "3"), (16, "0")])
    for number in (2, 3):
        session.arrived(message("8", number, _43="Y"))
    assert [one.number for one in session.delivered] == [3]
    session.arrived(message("8", 4))
    assert session.next_in == 5


def test_a_logout_is_answered_once(session):
    session.arrived(message("5", 2, _58="end of the day"))
    assert [kind for kind, _ in said(session)] == ["5"]
    assert not session.logged_on


def test_the_answer_to_our_logout_ends_the_session(session):
    session.logout([])
    session.arrived(message("5", 2))
    assert said(session) == []
    assert session.finished


def test_next_says_its_version():
    parser = FixParser()
    parser.append_buffer(Session("00100", "NEXT").logon({108: "10", 554: None}))
    fields = dict(decode(parser.get_message()).pairs)
    assert (fields[8], fields[1137], fields[108], fields[56]) == ("FIXT.1.1", "7", "10", "KASE")
    assert 554 not in fields


def test_numbers_stay_without_a_reset(session):
    session.compose("D", [(11, "a")])
    session.new_line()
    session.logon({141: None})
    assert session.next_out == 4
    session.arrived(message("A", 2))
    assert session.logged_on
    assert session.next_in == 3
