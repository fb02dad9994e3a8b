"""So many messages a second, with a burst; who does not stop has to leave (R-116)."""

from hypothesis import given
from hypothesis import strategies as st

from kase_fix.gateway.throttle import Throttle, Verdict
from kase_fix.messages.limits import ThrottleLimits

TAKEN, REFUSED, ENOUGH = Verdict.TAKEN, Verdict.REFUSED, Verdict.ENOUGH
LIMITS = ThrottleLimits(messages_per_second=2, burst=3, refused=4, refused_seconds=10)


def judged(*moments):
    throttle = Throttle(LIMITS, 0.0)
    return [throttle.judge(moment) for moment in moments]


def test_a_burst_passes_and_what_follows_waits_for_its_turn():
    assert judged(0, 0, 0, 0, 0.4, 0.5) == [TAKEN, TAKEN, TAKEN, REFUSED, REFUSED, TAKEN]


def test_a_silence_earns_no_more_than_the_burst():
    assert judged(100, 100, 100, 100) == [TAKEN, TAKEN, TAKEN, REFUSED]


def test_so_many_refusals_are_enough():
    assert judged(0, 0, 0, 0.1, 0.2, 0.25, 0.3)[-4:] == [REFUSED, REFUSED, REFUSED, ENOUGH]


def test_refusals_long_ago_are_forgotten():
    assert judged(0, 0, 0, 0, 0, 0, 20, 20, 20, 20, 20, 20)[-3:] == [REFUSED, REFUSED, REFUSED]


@given(st.lists(st.floats(0, 0.3), max_size=200))
def test_never_more_than_the_rate_and_a_burst(gaps):
    throttle, now, taken = Throttle(LIMITS, 0.0), 0.0, 0
    for gap in gaps:
        now += gap
        taken += throttle.judge(now) is TAKEN
        assert taken <= LIMITS.burst + LIMITS.messages_per_second * now + 1e-6
