"""What the schedule has in store after what the journal knows (R-3; art. 5, 10)."""

import datetime as dt
from itertools import pairwise

import pytest

from kase_fix.app.agenda import Agenda
from kase_fix.rulebook.files import load_market
from kase_fix.schedule.transitions import day
from tests.app.conftest import CALENDARS, CFG, at

DATE = dt.date(2020, 5, 27)
FRIDAY, MONDAY = dt.date(2020, 5, 29), dt.date(2020, 6, 1)
MARKET = load_market(CFG)


def taken(agenda, until):
    """All transitions up to a moment."""
    found = []
    while (transition := agenda.take(until)) is not None:
        found.append(transition)
    return found


def test_nothing_is_due_before_its_moment():
    agenda = Agenda(MARKET, CALENDARS, at("00:00:00"), None, set())
    first = agenda.next_time
    assert first == day(DATE, MARKET, CALENDARS)[0].time
    assert agenda.take(first - 1) is None
    assert agenda.take(first) is not None


def test_day_comes_whole_and_in_order():
    found = taken(Agenda(MARKET, CALENDARS, at("00:00:00"), None, set()), at("23:59:59"))
    assert tuple(found) == day(DATE, MARKET, CALENDARS)


def test_what_the_journal_has_is_skipped_by_its_key():
    whole = day(DATE, MARKET, CALENDARS)
    for place in range(len(whole) + 1):
        done = {transition.key for transition in whole[:place]}
        moment = whole[place - 1].time if place else at("00:00:00")
        agenda = Agenda(MARKET, CALENDARS, moment, DATE, done)
        assert tuple(taken(agenda, at("23:59:59"))) == whole[place:]


def test_restart_in_the_middle_of_an_instant_brings_the_rest_of_it():
    """Law 2: a group may end between two transitions of one instant; the second is not lost, the first not repeated."""
    whole = day(DATE, MARKET, CALENDARS)
    first, second = next((a, b) for a, b in pairwise(whole) if a.time == b.time)
    done = {transition.key for transition in whole[: whole.index(second)]}
    assert first.key in done
    agenda = Agenda(MARKET, CALENDARS, first.time, DATE, done)
    assert agenda.take(first.time) == second


def test_keys_of_another_day_skip_nothing():
    whole = day(DATE, MARKET, CALENDARS)
    done = {transition.key for transition in whole}
    agenda = Agenda(MARKET, CALENDARS, at("2020-05-28T00:00:00"), DATE, done)
    assert tuple(taken(agenda, at("2020-05-28T23:59:59"))) == day(dt.date(2020, 5, 28), MARKET, CALENDARS)


@pytest.mark.parametrize("moment", ["2020-05-29T23:59:59", "2020-05-30T12:00:00", "2020-05-31T23:59:59"])
def test_weekend_is_crossed(moment):
    """art. 4 p. 1: trading days are the working days."""
    whole = {transition.key for transition in day(FRIDAY, MARKET, CALENDARS)}
    agenda = Agenda(MARKET, CALENDARS, at(moment), FRIDAY, whole)
    assert tuple(taken(agenda, at("2020-06-01T23:59:59"))) == day(MONDAY, MARKET, CALENDARS)


def test_days_follow_each_other_without_end():
    agenda = Agenda(MARKET, CALENDARS, at("00:00:00"), None, set())
    found = taken(agenda, at("2021-05-27T00:00:00"))
    assert all(a.time <= b.time for a, b in pairwise(found))
    opened = [transition.command.date for transition in found if transition.key == "day:opens"]
    assert opened == sorted(set(opened))
    assert len(opened) > 240
