"""A store that QuickFIX was writing when it was killed: what is stored is counted, what is torn is not taken."""

import pytest

from kase_fix.gateway.cursor import BEFORE_ALL, last_stored
from kase_fix.gateway.store import count_what_is_stored, cut_what_is_torn, latest


def message(number, delivery):
    whole = f"8=FIX.4.4\x0135=8\x0134={number}\x01527={delivery}-0-0\x01".encode()
    return whole + b"10=%03d\x01" % (sum(whole) % 256)


FIRST, SECOND = message(1, 6), message(2, 7)


def write(path, header, numbers, body=FIRST + SECOND):
    for ending, text in ((".header", header), (".seqnums", numbers)):
        path.with_name(path.name + ending).write_text(text, encoding="ascii")
    path.with_name(path.name + ".body").write_bytes(body)


def numbers_of(path):
    return path.with_name(path.name + ".seqnums").read_text(encoding="ascii")


@pytest.fixture
def store(tmp_path):
    return tmp_path / "FIX.4.4-KASE-FIRMA"


@pytest.fixture
def header():
    """Two messages, 1 and 2."""
    return f"1,0,{len(FIRST)} 2,{len(FIRST)},{len(SECOND)} "


def test_a_message_stored_and_not_counted_gets_its_number(store, header):
    write(store, header, f"{2:020d} : {9:020d}")
    assert count_what_is_stored(store)
    assert numbers_of(store) == f"{3:020d} : {9:020d}"
    assert last_stored(store) == (7, 0, "0")
    assert not count_what_is_stored(store)


@pytest.mark.parametrize("numbers", [f"{3:020d} : {9:020d}", f"{10:020d} : {9:020d}", "", "x"])
def test_a_store_that_is_right_or_unreadable_is_left_alone(store, header, numbers):
    write(store, header, numbers)
    assert not count_what_is_stored(store)
    assert numbers_of(store) == numbers


@pytest.mark.parametrize("torn", ["2", "2,", "2,70", "2,70,5", "2,70,65"])
def test_a_torn_entry_is_none(store, torn):
    write(store, f"1,0,{len(FIRST)} {torn}", f"{2:020d} : {9:020d}")
    assert [entry.number for entry in latest(store)] == [1]
    assert last_stored(store) == (6, 0, "0")
    assert not count_what_is_stored(store)


@pytest.mark.parametrize(
    "body",
    [FIRST, FIRST + SECOND[:-1], FIRST + SECOND[:-1] + b"8", FIRST + SECOND.replace(b"7-", b"9-"), FIRST * 2],
)
def test_an_entry_without_its_whole_message_is_cut_off(store, header, body):
    """A full disk took the entry and not the message: nothing could be resent for it."""
    write(store, header, f"{2:020d} : {9:020d}", body)
    first = f"1,0,{len(FIRST)} "
    assert cut_what_is_torn(store) == len(header) - len(first)
    assert store.with_name(store.name + ".header").read_text(encoding="ascii") == first
    assert not count_what_is_stored(store)
    assert cut_what_is_torn(store) == 0


def test_of_several_messages_with_one_number_only_the_last_counts(store):
    """A disk that failed for a while: the report was buffered, another message took its number."""
    write(store, f"1,0,{len(FIRST)} 2,{len(FIRST)},{len(SECOND)} 2,0,{len(FIRST)} ", f"{2:020d} : {9:020d}")
    assert [(entry.number, entry.offset) for entry in latest(store)] == [(2, 0), (1, 0)]
    assert last_stored(store) == (6, 0, "0")


def test_a_torn_entry_is_cut_off_lest_the_next_one_be_glued_to_it(store, header):
    write(store, header + "3,7", f"{3:020d} : {9:020d}")
    assert cut_what_is_torn(store) == 3
    assert [entry.number for entry in latest(store)] == [2, 1]


def test_no_store_yet(store):
    assert cut_what_is_torn(store) == 0
    assert not count_what_is_stored(store)
    assert last_stored(store) == BEFORE_ALL
