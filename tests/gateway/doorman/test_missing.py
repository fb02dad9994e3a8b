"""A client is asked once for what is missing, and again where it stays away; other questions become Heartbeats."""

from kase_fix.gateway.doorman import fields
from kase_fix.gateway.doorman.missing import REPEAT_SECONDS, Missing
from kase_fix.gateway.doorman.spoken import head_of


def said(kind: bytes, number: int, *more: tuple[int, bytes]) -> bytes:
    head = ((35, kind), (34, b"%d" % number), (49, b"KASE"), (52, b"20200527-05:30:00.000"), (56, b"FIRMA"))
    return fields.join(b"FIX.4.4", (*head, *more))


def question(number: int, begin: bytes) -> bytes:
    return said(b"2", number, (7, begin), (16, b"0"))


def test_a_hundred_messages_behind_a_gap_are_one_question():
    missing = Missing()
    told = [missing.told(question(number, b"7"), 10.0) for number in range(1, 101)]
    assert told[0] == question(1, b"7")
    assert told[1:] == [said(b"0", number) for number in range(2, 101)]
    assert head_of(told[1]) == (b"0", 2, False)


def test_another_gap_is_another_question():
    missing = Missing()
    assert missing.told(question(1, b"7"), 10.0) == question(1, b"7")
    assert missing.told(question(2, b"9"), 10.0) == question(2, b"9")


def test_what_stays_away_is_asked_for_again():
    missing = Missing()
    missing.told(question(1, b"7"), 10.0)
    later = 10.0 + REPEAT_SECONDS
    assert missing.told(question(2, b"7"), later) == question(2, b"7")
    assert missing.told(question(3, b"7"), later) == said(b"0", 3)


def test_all_else_goes_as_it_is():
    report = said(b"8", 1, (58, b"35=2"), (7, b"1"))
    assert Missing().told(report, 10.0) == report
