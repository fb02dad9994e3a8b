"""The compact tables of names and ended orders are what plain ones would be, also taken back and read again."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kase_fix.engine import names as module
from kase_fix.engine.names import Names, NamesGained
from kase_fix.values.compact import Table, key_of
from kase_fix.values.enums import OrderStatus

USERS = ("ONE", "TWO")
texts = st.text(alphabet="ab\x00é", min_size=1, max_size=3)
order_ids = st.one_of(
    st.builds(
        lambda prefix, number, part: f"{prefix}_{number}" + (f".{part}" if part else ""),
        st.sampled_from(["NF", "MQ"]),
        st.integers(1, 12),
        st.integers(0, 2),
    ),
    st.sampled_from(["NONE", "NF_007", "NF_1.0", "_", "NF_", "x.y", "NF_٣", "NF_1.", "NF_1.a"]),
)
steps = st.lists(
    st.tuples(
        st.sampled_from(["use", "use", "use", "request", "end", "mark", "back", "photograph"]),
        st.sampled_from(USERS),
        texts,
        order_ids,
        st.sampled_from([OrderStatus.FILLED, OrderStatus.CANCELLED]),
    ),
    max_size=60,
)


class Plain:
    """Two dicts, and the names of the living in order."""

    def __init__(self, used=(), ended=(), living=()):
        self.used, self.ended, self.living = dict(used), dict(ended), list(living)

    def copy(self):
        return Plain(self.used, self.ended, self.living)


class Ended(msgspec.Struct):
    """What of an order counts when it ends."""

    order_id: str
    firm: str


@settings(max_examples=300, deadline=None)
@given(steps)
def test_they_are_what_dicts_would_be_through_marks_defects_and_starts(script):
    names, plain, tables, before = Names(), Plain(), [], None
    mark, marked = names.mark(), plain.copy()
    asked = set()
    for kind, user, text, order_id, status in script:
        asked.add((user, text))
        if kind in ("use", "request"):
            if (user, text) in plain.used or order_id in plain.ended:
                continue
            names.use(user, text, order_id, is_order=kind == "use")
            plain.used[user, text] = order_id
            if kind == "use":
                plain.living.append((user, text, order_id))
        elif kind == "end" and order_id not in plain.ended:
            names.end(Ended(order_id, user), status)
            plain.ended[order_id] = (user, status)
            plain.living = [one for one in plain.living if one[2] != order_id]
        elif kind == "mark":
            mark, marked = names.mark(), plain.copy()
        elif kind == "back":
            names.take_back(mark)
            plain = marked.copy()
        elif kind == "photograph":
            mark, marked = names.mark(), plain.copy()
            tables.append(msgspec.msgpack.encode(names.gained(mark, before)))
            before = mark
    again = Names()
    tables.append(msgspec.msgpack.encode(names.gained(names.mark(), before)))
    for data in tables:
        more = msgspec.msgpack.decode(data, type=NamesGained)
        again.take_in(more)
    again.live(more.living)
    assert again.digest() == names.digest()
    for one in (names, again):
        assert list(one.living()) == plain.living
        assert {key: one.used(*key) for key in asked} == {key: plain.used.get(key) for key in asked}
        assert all(one.ended(order_id) == plain.ended.get(order_id) for order_id in (*plain.ended, "NF_1", "MQ_1.1"))


def test_the_names_of_the_living_come_in_the_order_of_their_use():
    """A new day begins with them (R-5), also where defects were taken back."""
    names = Names()
    for user, text, order_id in (("ONE", "a", "NF_1"), ("TWO", "b", "NF_2"), ("ONE", "c", "NF_1"), ("TWO", "", "NF_2")):
        names.use(user, text, order_id)
    names.use("ONE", "m", "MC_3", is_order=False)
    mark = names.mark()
    names.end(Ended("NF_1", "ONE"), OrderStatus.FILLED)
    assert list(names.living()) == [("TWO", "b", "NF_2")]
    names.take_back(mark)
    assert list(names.living()) == [("ONE", "a", "NF_1"), ("TWO", "b", "NF_2"), ("ONE", "c", "NF_1")]
    assert (names.used("ONE", "m"), names.ended("NF_1")) == ("MC_3", None)


def test_more_prefixes_than_there_is_room_for_are_kept_at_length(monkeypatch):
    monkeypatch.setattr(module, "GREATEST_PREFIXES", 1)
    names = Names()
    for number in range(1, 6):
        names.use("ONE", f"a{number}", f"P{number}_{number}")
        names.end(Ended(f"P{number}_{number}", "ONE"), OrderStatus.FILLED)
    assert [names.used("ONE", f"a{number}") for number in range(1, 6)] == [f"P{one}_{one}" for one in range(1, 6)]
    assert all(names.ended(f"P{number}_{number}") == ("ONE", OrderStatus.FILLED) for number in range(1, 6))


def test_names_that_were_not_used_are_not_believed():
    names = Names()
    with pytest.raises(ValueError, match="not used"):
        names.live([("NF_1", [(0, "ONE", "a")])])


rows = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3)), max_size=40)


@settings(max_examples=200, deadline=None)
@given(rows, st.lists(st.integers(0, 40), max_size=10))
def test_a_table_has_what_was_added_and_not_discarded(added, gone):
    """All keys in one bucket, and some that overlap: a key is found at records' beginnings alone."""
    keys = [bytes([1, 1] * 6), bytes([1] * 12), bytes([1, 0] * 6), bytes(12), *map(key_of, "abc")]
    keys = [bytes([0, 0]) + key[2:] for key in keys]
    table, plain = Table(), []
    for key, number in added:
        table.add(keys[key], number)
        plain.append((keys[key], number))
    for place in gone:
        if place < len(added):
            row = keys[added[place][0]], added[place][1]
            table.discard(*row)
            if row in plain:
                del plain[len(plain) - 1 - plain[::-1].index(row)]
    records = b"".join(key + number.to_bytes(4, "little") for key, number in plain)
    extended = Table()
    extended.extend(records)
    for one in (table, Table.load(*table.dump()), extended):
        assert one.count == len(plain)
        assert all(list(one.all(key)) == [number for at, number in plain if at == key] for key in keys)
        assert all(one.first(key) == next((number for at, number in plain if at == key), None) for key in keys)
    with pytest.raises(ValueError, match="no table's"):
        Table.load([1] * 7, b"")
