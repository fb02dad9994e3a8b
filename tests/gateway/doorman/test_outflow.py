"""The age of the oldest byte a client has not taken."""

from kase_fix.gateway.doorman.outflow import Unsent


def test_who_takes_nothing_ages():
    unsent = Unsent()
    unsent.given = 100
    assert [unsent.age(100, now) for now in (10.0, 11.0, 15.0)] == [0.0, 1.0, 5.0]


def test_new_bytes_do_not_make_old_ones_younger():
    unsent = Unsent()
    for now in range(5):
        unsent.given += 10
        assert unsent.age(unsent.given, float(now)) == now


def test_who_takes_something_is_as_old_as_what_is_left():
    unsent = Unsent()
    for now in range(5):
        unsent.given += 10
        unsent.age(unsent.given, float(now))
    assert unsent.age(30, 5.0) == 3.0  # the first 20 are gone, the next were given at 2
    assert unsent.age(5, 5.0) == 1.0
    assert unsent.age(0, 6.0) == 0.0


def test_who_is_slow_but_steady_never_gets_old():
    """A second behind for an hour is a second's age, not an hour's."""
    unsent = Unsent()
    for now in range(3600):
        unsent.given += 10
        assert unsent.age(min(unsent.given, 20), float(now)) <= 1.0


def test_one_who_has_caught_up_begins_anew():
    unsent = Unsent()
    unsent.given = 10
    assert (unsent.age(10, 0.0), unsent.age(10, 9.0), unsent.age(0, 10.0)) == (0.0, 9.0, 0.0)
    unsent.given = 20
    assert unsent.age(10, 20.0) == 0.0
