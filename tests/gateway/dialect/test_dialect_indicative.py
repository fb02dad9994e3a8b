"""Indicative quotes in NEXT: read, answered validly by the dictionary, pushed to those who asked (R-164)."""

import pytest
import quickfix as fix

from kase_fix.gateway.dialect import fix44, next_
from kase_fix.gateway.dialect.delivery import recipients
from kase_fix.gateway.dialect.fix_text import frame
from kase_fix.gateway.dialect.indicative_text import ACTIVE, GREATEST_LIST, quotes
from kase_fix.gateway.dialect.problems import Problem
from kase_fix.gateway.dialect.questions import IndicativeList
from kase_fix.gateway.dictionaries import FIX50, FIXT11
from kase_fix.gateway.indicative import IndicativeBoard
from kase_fix.messages.day_events import DayClosed
from kase_fix.messages.events import Published
from kase_fix.messages.indicative import (
    Indicate,
    IndicativeGone,
    IndicativeQuote,
    IndicativeRefused,
    IndicativeSet,
    WithdrawIndicative,
)
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook.refusals import PRICE_MISSING, UNKNOWN_INSTRUMENT
from kase_fix.rulebook.refusals_of_quotes import ANOTHERS_INDICATIVE
from kase_fix.values.numbers import parse_price

NOON = 1_590_559_200_000_000_000
QUOTE = IndicativeQuote(7, "00100", "00100", "X", parse_price("1.5"), None, 5, None, "call", NOON)
BARE = IndicativeQuote(8, "02001", "02001", "Y", None, parse_price("2"), None, None, "", NOON)


def read(text, dialect=next_):
    return dialect.read(text.replace("|", "\x01"), "00100")


def test_what_is_read():
    assert read("35=IQR|5159=r|263=1|") == IndicativeList("00100", "r", 1)
    assert read("35=IQR|") == IndicativeList("00100", "")
    assert read("35=IQI|5159=r|5161=X|5164=1.5|5166=5|5170=call|") == Indicate(
        "00100", "r", "X", parse_price("1.5"), None, 5, None, "call"
    )
    assert read("35=IQC|5162=7|") == WithdrawIndicative("00100", "", 7)


@pytest.mark.parametrize(
    "text", ["35=IQI|5164=1|", "35=IQI|5161=X|5164=a|", "35=IQC|", "35=IQC|5162=-1|", "35=IQR|263=3|"]
)
def test_what_cannot_be_read(text):
    assert isinstance(read(text), Problem)
    assert isinstance(read(text, fix44), Problem)


EVENTS = [
    IndicativeSet(QUOTE, "r"),
    IndicativeGone(QUOTE, "00100", "requested", "r"),
    IndicativeGone(QUOTE, "00100", "session_lost"),
    IndicativeRefused("00100", "r", Refusal(UNKNOWN_INSTRUMENT, "art. 1", ("X",)), BARE),
    IndicativeRefused("00100", "", Refusal(ANOTHERS_INDICATIVE, "art. 1", ("7",)), quote_id=7),
]


def valid(body):
    kind = body.split("\x01")[0] + "\x01"
    body = body.replace(kind, kind + "34=2\x0149=KASE\x0156=00100\x0152=20200527-05:00:00\x01", 1)
    session, application = fix.DataDictionary(str(FIXT11)), fix.DataDictionary(str(FIX50))
    fix.Message(frame("FIXT.1.1", body), session, application, True)
    return body


@pytest.mark.parametrize("event", EVENTS)
def test_answers_are_valid_and_told_to_who_asked(event):
    assert recipients(event) == (("00100", "0"),)
    valid(next_.report(event, "0", 5, 0, NOON, {}))
    assert fix44.report(event, "0", 5, 0, NOON, {}) == ""


@pytest.mark.parametrize(("place", "part"), [(0, "5171=0"), (1, "5172=0"), (3, "5171=1"), (4, "5172=2")])
def test_the_status(place, part):
    assert f"\x01{part}\x01" in next_.report(EVENTS[place], "0", 5, 0, NOON, {})


def test_a_refusal_without_a_status_of_its_own():
    refused = IndicativeRefused("00100", "r", Refusal(PRICE_MISSING, ""), BARE)
    assert "\x015171=99\x01" in next_.report(refused, "0", 5, 0, NOON, {})


def test_a_list_is_valid_with_and_without_quotes():
    assert "\x015160=2\x01" in valid(quotes("r", [(QUOTE, ACTIVE), (BARE, ACTIVE)], {}))
    assert "5160=" not in valid(quotes("", [], {}))


def test_who_asked_hears_until_he_ends_it_comes_anew_or_the_day_ends():
    told = []
    board = IndicativeBoard(lambda user, body: told.append((user, body.count("5162="))))

    def happens(*events):
        told.clear()
        board.take(Published(1, NOON, events), {})
        return list(told)

    board.answer(IndicativeList("A", "r", 1), {})
    board.answer(IndicativeList("B", "r"), {})
    assert told == [("A", 0), ("B", 0)]
    assert happens(IndicativeSet(QUOTE, ""), IndicativeGone(BARE, "02001", "requested")) == [("A", 1), ("A", 1)]
    board.answer(IndicativeList("C", "r", 1), {})
    assert told[-1] == ("C", 1)
    board.answer(IndicativeList("A", "r", 2), {})
    assert happens(IndicativeSet(BARE, "")) == [("C", 1)]
    board.forget("C")
    assert happens(IndicativeSet(BARE, "")) == []
    happens(DayClosed(None, ""))
    board.answer(IndicativeList("A", "r"), {})
    assert told == [("A", 0)]


def test_a_long_list_comes_in_parts():
    told = []
    board = IndicativeBoard(lambda _, body: told.append(body.count("\x015162=")))
    many = (
        IndicativeSet(IndicativeQuote(n, "A", "A", "X", 1, None, None, None, "", NOON), "")
        for n in range(GREATEST_LIST + 1)
    )
    board.take(Published(1, NOON, tuple(many)), {})
    board.answer(IndicativeList("A", "r"), {})
    assert told == [GREATEST_LIST, 1]
