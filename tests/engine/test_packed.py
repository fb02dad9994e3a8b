"""A packed row is a list of bytes, whatever is added and taken away."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kase_fix.values.packed import BLOCK, Packed

STEPS = st.lists(st.tuples(st.sampled_from(["add", "take"]), st.integers(1, 3 * BLOCK)), max_size=12)


@given(STEPS, st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_it_is_a_list_of_bytes(steps, shift):
    row, plain = Packed(), []
    for what, count in steps:
        for _ in range(count):
            if what == "add":
                plain.append(b"%d" % len(plain) * (1 + len(plain) % (3 + shift)))
                row.append(plain[-1])
            elif plain:
                assert row.pop() == plain.pop()
        assert len(row) == len(plain)
        assert list(row) == plain
        assert list(reversed(row)) == plain[::-1]
        for pieces in ((b"1",), (b"77", b"12" * 2), (b"none",)):
            there = [(place, one) for place, one in enumerate(plain) if any(piece in one for piece in pieces)]
            assert list(row.holding(*pieces)) == there
        for place in range(0, len(plain), 37 + shift):
            assert row[place] == plain[place]
            assert list(row.since(place)) == plain[place:]


def test_behind_its_end_and_before_its_beginning_is_nothing():
    row = Packed()
    with pytest.raises(IndexError):
        row.pop()
    for number in range(3 * BLOCK):
        row.append(b"%d" % number)
    for place in (-1, 3 * BLOCK):
        with pytest.raises(IndexError):
            row[place]


def test_what_is_added_while_it_is_read_is_read():
    row = Packed()
    row.append(b"first")
    read = []
    for record in row:
        read.append(record)
        if len(row) < 3 * BLOCK:
            row.append(b"%d" % len(row))
    assert len(read) == 3 * BLOCK
