"""Orders have processors of their own: whole cores, one at the least for each, or none are parted."""

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kase_fix.app.processors import Shares, core_of, keep_to, shares

TWO_THREADS = "import threading, sys; threading.Thread(target=sys.stdin.read).start(); print('up', flush=True)"


def single(processor):
    return str(processor)


@pytest.mark.parametrize(
    ("count", "beside", "expected"),
    [
        (1, None, 0),
        (2, None, 1),
        (4, None, 1),
        (7, None, 1),
        (8, None, 2),
        (64, None, 2),
        (4, 0, 0),
        (4, 3, 3),
        (4, 9, 3),
        (1, 5, 0),
    ],
)
def test_how_many_are_beside(count, beside, expected):
    """One, or two of eight and more, unless it is set; the orders keep one."""
    parted = shares(set(range(count)), beside, single)
    assert parted.apart == bool(expected)
    if expected:
        last = frozenset(range(count - expected, count))
        assert parted == Shares(frozenset(range(count)) - last, last)


def test_hyper_threads_of_a_core_stay_together():
    """Two halves of a core slow each other down: 0 and 4, 1 and 5, ... are one core each."""
    parted = shares(set(range(8)), None, lambda processor: f"{processor % 4},{processor % 4 + 4}")
    assert parted == Shares(frozenset({0, 1, 2, 4, 5, 6}), frozenset({3, 7}))


def test_where_only_one_core_is_ours_nothing_is_parted():
    parted = shares({2, 6}, None, lambda processor: str(processor % 4))
    assert not parted.apart
    assert parted.orders == {2, 6}


@given(st.dictionaries(st.integers(0, 300), st.integers(0, 40), min_size=1), st.one_of(st.none(), st.integers(0, 50)))
def test_every_processor_is_used_and_no_core_is_split(cores, beside):
    parted = shares(cores.keys(), beside, lambda processor: str(cores[processor]))
    assert parted.orders
    assert parted.orders | parted.beside == cores.keys()
    if parted.apart:
        split = {cores[one] for one in parted.orders} & {cores[one] for one in parted.beside}
        assert not split
        assert not parted.orders & parted.beside


def test_a_core_has_a_name_where_there_is_nothing_to_read():
    assert core_of(100_000) == "100000"


@pytest.fixture
def child():
    """A process of two threads."""
    command = [sys.executable, "-c", TWO_THREADS]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "up\n"
        yield running
        running.communicate()


def threads_of(process):
    return sorted(map(int, os.listdir(f"/proc/{process.pid}/task")))


def allowed(process):
    """Return where each of its threads may run."""
    return [os.sched_getaffinity(thread) for thread in threads_of(process)]


def test_all_threads_keep_to_theirs(child):
    one = min(os.sched_getaffinity(0))
    assert keep_to(child.pid, {one})
    assert allowed(child) == [{one}, {one}]
    assert keep_to(child.pid, {one})  # again: they are there


def test_one_thread_that_runs_elsewhere_is_fetched(child):
    here = os.sched_getaffinity(0)
    os.sched_setaffinity(threads_of(child)[1], {min(here)})
    assert keep_to(child.pid, here)
    assert allowed(child) == [here, here]


def test_where_no_processors_are_known_it_stays_where_it_is(child):
    """A system that does not tell its processors."""
    before = allowed(child)
    assert keep_to(child.pid, set())
    assert allowed(child) == before


def test_it_does_not_keep_to_processors_that_are_not_there(child):
    """Gone since they were parted: it stays where it is, and whoever asked is told. So where one of two is gone."""
    one = min(os.sched_getaffinity(0))
    keep_to(child.pid, {one})
    assert not keep_to(child.pid, {100_000})
    assert allowed(child) == [{one}, {one}]
    assert not keep_to(child.pid, {one, 100_000})
    assert allowed(child) == [{one}, {one}]


def test_one_that_has_ended_is_no_trouble(child):
    child.communicate()
    assert keep_to(child.pid, os.sched_getaffinity(0))
