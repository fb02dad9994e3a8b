"""Quotes in FIX44: what is read, and what is answered, is valid by the dictionary and says what it should."""

import pytest
import quickfix as fix

from kase_fix.gateway.dialect import fix44, next_
from kase_fix.gateway.dialect.delivery import recipients
from kase_fix.gateway.dialect.fix_text import Fields, frame
from kase_fix.gateway.dialect.problems import Problem
from kase_fix.gateway.dictionaries import FIX44
from kase_fix.gateway.incoming import weight_of
from kase_fix.gateway.throttle import Throttle, ThrottleLimits, Verdict
from kase_fix.messages.order_state import Refusal
from kase_fix.messages.quotes import (
    CancelQuotes,
    MassQuote,
    MassQuoteAnswered,
    QuoteEntry,
    QuoteResult,
    QuotesCancelled,
    QuoteScope,
)
from kase_fix.rulebook.refusals import DUPLICATE_ORDER, UNKNOWN_INSTRUMENT
from kase_fix.values.numbers import parse_price

HEAD = "34=2|49=FIRMA|56=KASE|52=20200527-05:00:00|"
MASS = f"35=i|{HEAD}117=q1|1=F|293=3000|296=2|302=a|304=1|295=1|299=1|55=X|132=1.5|133=2|134=1000|135=0|"
MASS += "302=b|304=2|295=2|299=1|55=Y|336=M|132=1|299=2|55=Z|"


def read(text, dialect=fix44):
    return dialect.read(text.replace("|", "\x01"), "FIRMA")


def test_sets_and_entries_are_kept_apart():
    entries = (
        QuoteEntry("a", "1", "X", "", parse_price("1.5"), 1000, parse_price("2"), 0),
        QuoteEntry("b", "1", "Y", "M", parse_price("1"), 3000),
        QuoteEntry("b", "2", "Z"),
    )
    assert read(MASS) == MassQuote("FIRMA", "q1", "F", entries)
    assert read(MASS.replace("|296=2", "|301=1|296=2").replace("49=", "97=Y|49=")).level == 1


def test_one_quote_and_withdrawals():
    assert read(f"35=S|{HEAD}117=s|1=F|55=X|132=1|134=5|336=M|") == MassQuote(
        "FIRMA", "s", "F", (QuoteEntry("", "", "X", "M", parse_price("1"), 5),), single=True
    )
    assert read(f"35=Z|{HEAD}117=z|298=4|301=1|") == CancelQuotes("FIRMA", "z", QuoteScope.ALL, level=1)
    some = read(f"35=Z|{HEAD}117=z|298=1|336=M|1=F|295=2|55=X|55=Y|")
    assert some == CancelQuotes("FIRMA", "z", QuoteScope.INSTRUMENTS, ("X", "Y"), "M", "F")


@pytest.mark.parametrize(
    "text",
    [
        MASS.replace("|1=F", ""),
        MASS.replace("|117=q1", ""),
        MASS.replace("293=3000|", ""),
        MASS.replace("132=1.5", "132=x"),
        MASS.replace("134=1000", "134=1.5"),
        MASS.replace("55=Z", ""),
        MASS.replace("304=1|", "304=1|367=20200527-06:00:00|"),
        MASS.replace("55=Y", "55=Y|62=20200527-06:00:00"),
        MASS.replace("|1=F", "|537=0|1=F"),
        f"35=i|{HEAD}117=q|1=F|",
        f"35=S|{HEAD}117=s|1=F|55=X|132=1|",
        f"35=Z|{HEAD}117=z|298=1|",
        f"35=Z|{HEAD}117=z|298=2|",
    ],
)
def test_what_cannot_be_read_is_a_problem(text):
    assert isinstance(read(text), Problem)


def test_next_has_no_mass_quotes():
    assert isinstance(read(MASS, next_), Problem)


REFUSED = Refusal(UNKNOWN_INSTRUMENT, "art. 1", ("X",))
ENTRIES = (QuoteResult("a", "1", "X", "", REFUSED), QuoteResult("a", "2", "Y", "M"), QuoteResult("b", "1", "Z", "M"))
ANSWERS = [
    MassQuoteAnswered("FIRMA", "q", "F", 2, False, ENTRIES),
    MassQuoteAnswered("FIRMA", "q", "F", 1, False, ENTRIES),
    MassQuoteAnswered("FIRMA", "q", "F", 2, False, ENTRIES[:1], Refusal(DUPLICATE_ORDER, "", ("q",))),
    MassQuoteAnswered("FIRMA", "q", "F", 2, False, ENTRIES[:1], repeated=True),
    MassQuoteAnswered("FIRMA", "q", "F", 2, True, ENTRIES[:1]),
    MassQuoteAnswered("FIRMA", "q", "F", 2, True, ENTRIES[1:2]),
    QuotesCancelled("FIRMA", "q", "F", 2, QuoteScope.ALL, 3, 1),
    QuotesCancelled("FIRMA", "q", "", 2, QuoteScope.INSTRUMENTS, 0, 0, REFUSED),
]


def told(event):
    return fix44.report(event, "0", 5, 1, 1_590_559_200_000_000_000, {})


@pytest.mark.parametrize("event", ANSWERS)
def test_answers_are_valid_and_told_to_who_asked(event):
    assert recipients(event) == (("FIRMA", "0"),)
    body = told(event).replace("35=b\x01", f"35=b\x01{HEAD}".replace("|", "\x01"))
    body = body.replace("35=AI\x01", f"35=AI\x01{HEAD}".replace("|", "\x01"))
    dictionary = fix.DataDictionary(str(FIX44))
    dictionary.validate(fix.Message(frame("FIX.4.4", body), dictionary, True))


def test_the_status_and_the_entries_by_level():
    each, negative = told(ANSWERS[0]), told(ANSWERS[1])
    assert all(part in each for part in ("\x01297=0\x01", "\x01368=1\x01"))
    assert each.count("\x01299=") == 3
    assert negative.count("\x01299=") == 1
    assert told(MassQuoteAnswered("FIRMA", "q", "F", 1, False, ENTRIES[1:])) == ""
    assert told(MassQuoteAnswered("FIRMA", "q", "F", 0, False, ENTRIES)) == ""
    assert "\x01297=5\x01" in told(MassQuoteAnswered("FIRMA", "q", "F", 2, False, ENTRIES[:1]))
    assert "\x01297=9\x01" in told(QuotesCancelled("FIRMA", "q", "", 2, QuoteScope.INSTRUMENTS))


def test_ten_entries_count_as_a_message():
    assert weight_of(Fields(MASS.replace("|", "\x01"))) == 1.0
    assert weight_of(Fields("35=i\x01" + "299=1\x01" * 25)) == 2.5
    assert weight_of(Fields("35=D\x01" + "299=1\x01" * 25)) == 1.0
    throttle = Throttle(ThrottleLimits(messages_per_second=1, burst=3), 0.0)
    assert [throttle.judge(0.0, 2.0), throttle.judge(0.0, 2.0)] == [Verdict.TAKEN, Verdict.REFUSED]
    assert Throttle(ThrottleLimits(messages_per_second=1, burst=3), 0.0).judge(0.0, 50.0) is Verdict.TAKEN
