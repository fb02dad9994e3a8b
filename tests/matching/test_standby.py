"""The clock of a standby, to the second (art. 7 p. 1-1, 1-2, 4; R-14 to R-16)."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kase_fix.matching.standby import (
    NUMBERS,
    SECOND,
    Change,
    Kind,
    Moment,
    Origin,
    What,
    begin,
    counts,
    deviation_reference,
    inside_bound,
    may_begin,
)

BONDS, DOLLAR = Kind.EVERY_CROSS, Kind.DEVIATION
ACCEPTED, CANCELLED, CHANGED = Change.ACCEPTED, Change.CANCELLED, Change.CHANGED
BEFORE, OPENER, DURING = Origin.BEFORE, Origin.OPENER, Origin.DURING
START = 1_590_557_400_000_000_007  # no whole second on purpose
FAR = START + 3600 * SECOND


def at(text):
    """A moment of the standby, as "6:00" or "6:00.000000001"."""
    minutes, seconds = text.split(":")
    whole, _, fraction = seconds.partition(".")
    return START + (int(minutes) * 60 + int(whole)) * SECOND + int(fraction.ljust(9, "0"))


def clock_of(kind, *events, closes=FAR):
    """A clock after new orders at these moments."""
    clock = begin(kind, START, closes)
    for moment in events:
        clock = clock.touched(at(moment), ACCEPTED, DURING)
    return clock


def ends(text):
    return Moment(at(text), What.END)


def decides(text):
    return Moment(at(text), What.DECIDE)


# -- bonds: art. 7 p. 4 --


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((), ends("10:00")),
        (("0:01", "4:59"), ends("10:00")),
        (("5:00",), ends("10:00")),
        (("5:00.000000001",), ends("10:00.000000001")),
        (("5:30",), ends("10:30")),
        (("6:00",), ends("11:00")),
        (("2:00", "6:30", "9:00"), ends("14:00")),
        (("6:00", "11:00"), ends("11:00")),
        (("6:00", "10:59.999999999"), ends("15:59.999999999")),
        (("9:00", "13:00"), ends("18:00")),
        (("9:00", "13:00.000000001"), decides("18:00")),
        (("9:00", "13:30"), decides("18:00")),
        (("9:00", "13:30", "17:59"), decides("18:00")),
        (("9:00", "13:30", "18:00"), decides("18:00")),
    ],
)
def test_length_of_a_bond_standby(events, expected):
    """art. 7 p. 4: 10 minutes, or 5 after the last event, exact up to 18:00; beyond that a draw at 18:00 (R-14).

    An event of the very moment of the end or of the draw comes after it.
    """
    assert clock_of(BONDS, *events).next_moment() == expected


@pytest.mark.parametrize(
    ("change", "origin", "loses_priority", "extends"),
    [
        (ACCEPTED, DURING, False, True),
        (ACCEPTED, OPENER, False, False),
        (CANCELLED, DURING, False, True),
        (CANCELLED, BEFORE, False, False),
        (CANCELLED, OPENER, False, False),
        (CHANGED, DURING, False, True),
        (CHANGED, DURING, True, True),
        (CHANGED, BEFORE, False, False),
        (CHANGED, BEFORE, True, True),
        (CHANGED, OPENER, False, False),
        (CHANGED, OPENER, True, True),
    ],
)
def test_what_extends_a_bond_standby(change, origin, loses_priority, extends):
    """art. 7 p. 4 sp. 2: orders submitted during it; the opener is none, an older one only by losing its priority."""
    assert counts(BONDS, change, origin, loses_priority) is extends
    clock = begin(BONDS, START, FAR).touched(at("7:00"), change, origin, loses_priority)
    assert clock.next_moment() == ends("12:00" if extends else "10:00")


def walk(events):
    """The rule of bonds walked second by second: ("end", second) or ("decide", 1080)."""
    last = None
    for second in range(1201):
        if second >= 600 and (last is None or second - last >= 300):
            return "end", second
        if second == 1080:
            return "decide", second
        if second in events:
            last = second
    raise AssertionError


@settings(max_examples=1000, deadline=None)
@given(st.lists(st.integers(0, 1200), max_size=12))
def test_bond_clock_against_a_walk_through_the_seconds(seconds):
    """art. 7 p. 4: whatever the events."""
    clock = begin(BONDS, START, FAR)
    for second in sorted(seconds):
        clock = clock.touched(START + second * SECOND, ACCEPTED, DURING)
    what, second = walk(set(seconds))
    assert clock.next_moment() == Moment(START + second * SECOND, What(what))


# -- USDKZT_TOM: art. 7 p. 1-2 --


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((), ends("6:00")),
        (("0:00.000000001",), decides("6:00")),
        (("5:59.999999999",), decides("6:00")),
        (("6:00",), ends("6:00")),
    ],
)
def test_length_of_a_dollar_standby(events, expected):
    """art. 7 p. 1-2: 6 minutes when nothing came before they were over, a draw otherwise."""
    assert clock_of(DOLLAR, *events).next_moment() == expected


@pytest.mark.parametrize("change", [CANCELLED, CHANGED])
@pytest.mark.parametrize("origin", list(Origin))
def test_any_cancel_or_change_makes_a_dollar_standby_random(change, origin):
    """art. 7 p. 1-2 sp. 2, 3: old orders count, and the one that opened it."""
    assert begin(DOLLAR, START, FAR).touched(at("3:00"), change, origin).next_moment() == decides("6:00")


def test_order_that_opened_it_is_no_further_order():
    """art. 7 p. 1-2 sp. 3: "дополнительная"."""
    assert begin(DOLLAR, START, FAR).touched(START, ACCEPTED, OPENER).next_moment() == ends("6:00")


# -- the random end: R-14 --

LONG = {BONDS: (("9:00", "13:30"), 18 * 60, 120), DOLLAR: (("3:00",), 6 * 60, 60)}


@pytest.mark.parametrize("kind", [BONDS, DOLLAR])
def test_random_end_is_a_whole_second_of_its_interval(kind):
    """R-14: open at its beginning, closed at its end, each second reached."""
    events, after, size = LONG[kind]
    clock = clock_of(kind, *events)
    found = [clock.draw(number).next_moment() for number in range(size)]
    assert found == [Moment(START + (after + second) * SECOND, What.END) for second in range(1, size + 1)]
    assert clock.draw(size).next_moment() == found[0]
    assert clock.draw(NUMBERS - 1).next_moment() in found


@pytest.mark.parametrize("kind", [BONDS, DOLLAR])
def test_after_the_draw_nothing_matters(kind):
    """R-14: drawn once."""
    drawn = clock_of(kind, *LONG[kind][0]).draw(3)
    for change in Change:
        assert drawn.touched(drawn.next_moment().time - 1, change, DURING, True) == drawn
    with pytest.raises(ValueError, match="no random end"):
        drawn.draw(4)


def test_draw_is_refused_where_none_is_due():
    """R-14: an exact length is not drawn; a number out of range is none."""
    with pytest.raises(ValueError, match="no random end"):
        clock_of(BONDS, "6:00").draw(1)
    for number in (-1, NUMBERS):
        with pytest.raises(ValueError, match="no random number"):
            clock_of(BONDS, "9:00", "13:30").draw(number)


@pytest.mark.parametrize(("kind", "critical"), [(BONDS, 174), (DOLLAR, 99)])
def test_random_end_is_uniform_over_seeds(kind, critical):
    """R-14: chi-square over many seeds stays below its 0.1 % point (119 and 59 degrees of freedom)."""
    events, _, size = LONG[kind]
    clock, seeds = clock_of(kind, *events), 24_000
    found = Counter(clock.draw(random.Random(seed).getrandbits(63)).next_moment().time for seed in range(seeds))
    expected = seeds // size
    assert len(found) == size
    chi_square = sum((count - expected) ** 2 for count in found.values()) / expected
    print(f"chi-square of {seeds} seeds over {size} seconds ({kind}): {chi_square:.1f}, at most {critical}")
    assert chi_square < critical


# -- the session's end: R-16 --


@pytest.mark.parametrize(
    ("closes", "events", "expected"),
    [
        ("9:00", (), ends("9:00")),
        ("10:00", (), ends("10:00")),
        ("12:00", ("8:00",), ends("12:00")),
        ("18:00", ("9:00", "13:30"), ends("18:00")),
        ("18:00.000000001", ("9:00", "13:30"), decides("18:00")),
    ],
)
def test_no_standby_outlives_its_session(closes, events, expected):
    """R-16: the session's end is the end, and at the very moment of a draw nothing is drawn."""
    assert clock_of(BONDS, *events, closes=at(closes)).next_moment() == expected


def test_random_end_is_cut_by_the_session_and_freed_by_an_extension():
    """R-16: the end drawn stands; the session's end may move."""
    clock = clock_of(BONDS, "9:00", "13:30", closes=at("18:30")).draw(59)
    assert clock.next_moment() == ends("18:30")
    assert clock.closing(FAR).next_moment() == ends("19:00")
    assert clock.closing(at("18:40")).next_moment() == ends("18:40")
    assert clock_of(DOLLAR, closes=at("5:00")).closing(at("7:00")).next_moment() == ends("6:00")


# -- what begins it: art. 7 p. 1-1 --


@pytest.mark.parametrize(
    ("price", "inside"),
    [(40_600, False), (40_599, True), (39_400, False), (39_401, True), (40_000, True), (50_000, False)],
)
def test_bound_is_one_and_a_half_per_cent(price, inside):
    """art. 7 p. 1-1: 1.5 % or more begins standby; 400.00 -> 406.00 and 394.00 are at it."""
    assert inside_bound(price * 10**6, 40_000 * 10**6) is inside


def test_bound_is_exact_and_can_be_set():
    """art. 7 p. 1-1: no rounding at an odd reference; without one nothing deviates."""
    reference = 411_33 * 10**6
    edge = -(-reference * 150 // 10_000)
    assert not inside_bound(reference + edge, reference)
    assert inside_bound(reference + edge - 1, reference)
    assert inside_bound(101, 100, hundredths=101)
    assert not inside_bound(101, 100, hundredths=100)
    assert inside_bound(1, None)


@pytest.mark.parametrize(
    ("cut_off", "first", "previous", "reference"),
    [(None, None, None, None), (None, None, 3, 3), (None, 2, 3, 2), (1, 2, 3, 1), (1, None, 3, 1)],
)
def test_what_the_price_is_compared_with(cut_off, first, previous, reference):
    """art. 7 p. 1-1 sp. 1, 2: the last cut-off of today, else its first deal, else the last deal before."""
    assert deviation_reference(cut_off, first, previous) == reference


def test_last_start_is_seven_minutes_before_the_end():
    """art. 7 p. 1-1, R-3: with the end at 17:00, 16:53:00.000 begins one, 16:53:00.001 does not."""
    closes = START
    edge = closes - 7 * 60 * SECOND
    assert may_begin(edge, closes)
    assert not may_begin(edge + 10**6, closes)
    assert not may_begin(edge + 1, closes)
