"""ResendRequests are bounded: repeats are not asked again, ever other ranges end the connection."""

from kase_fix.gateway.doorman import fields
from kase_fix.gateway.doorman.framing import Frame, Framer
from kase_fix.gateway.doorman.resends import GREATEST_IN_PERIOD, PERIOD_SECONDS, Resends, Verdict, as_heartbeat


def resend_request(number: int, begin: int, name: str = "FIRMA", end: int = 0) -> bytes:
    values = [(35, b"2"), (49, name.encode()), (56, b"KASE"), (34, b"%d" % number), (52, fields.sending_time())]
    return fields.join(b"FIX.4.4", [*values, (7, b"%d" % begin), (16, b"%d" % end)])


def test_a_repeat_within_a_second_is_one():
    resends = Resends()
    assert resends.judge(resend_request(2, 1), 0.0) is Verdict.PASS
    assert resends.judge(resend_request(3, 1), 0.9) is Verdict.REPEATED
    assert resends.judge(resend_request(4, 1), 1.0) is Verdict.PASS
    assert resends.judge(resend_request(5, 2), 2.0) is Verdict.PASS


def test_what_an_earlier_one_covers_is_a_repeat_and_more_is_not():
    resends = Resends()
    verdicts = [
        resends.judge(resend_request(number, begin, end=end), 0.0)
        for number, (begin, end) in enumerate([(5, 9), (6, 8), (5, 10), (4, 9), (5, 0), (5, 99)])
    ]
    repeated, passed = Verdict.REPEATED, Verdict.PASS
    assert verdicts == [passed, repeated, passed, passed, passed, repeated]


def test_too_many_ranges_in_a_period_are_abuse():
    resends = Resends()
    for begin in range(1, GREATEST_IN_PERIOD + 1):
        assert resends.judge(resend_request(begin, begin, end=begin), 0.0) is Verdict.PASS
    assert resends.judge(resend_request(99, 99, end=99), PERIOD_SECONDS - 0.1) is Verdict.ABUSE
    assert resends.judge(resend_request(99, 99, end=99), PERIOD_SECONDS) is Verdict.PASS


def test_a_repeat_takes_its_number_as_a_heartbeat():
    said = as_heartbeat(resend_request(7, 1))
    [frame] = Framer(1 << 16).feed(said)
    assert isinstance(frame, Frame)
    found = dict(fields.split(said))
    assert (found[8], found[35], found[49], found[56], found[34]) == (b"FIX.4.4", b"0", b"FIRMA", b"KASE", b"7")
    assert 7 not in found
