"""The judge of the fault harness is judged: each thing it looks for, put into sound books, makes it complain."""

import pytest

from scripts.soak.checker import check
from tests.soak.made import FIRMA, FIRMB, MadeBooks


@pytest.fixture
def made(tmp_path):
    """A deal of two parts between two orders, a cancel, and the last answers; all is well."""
    return MadeBooks(tmp_path)


def faults(made) -> str:
    verdict = check(made.books, made.write())
    return "\n".join(verdict.faults)


def test_sound_books_are_sound(made):
    verdict = check(made.books, made.write())
    assert verdict.faults == []
    counts = verdict.counts
    assert (counts["orders confirmed"], counts["deals"], counts["requests"], counts["lost"]) == (2, 2, 3, 0)


def test_a_removed_fill_is_missed(made):
    made.remove(FIRMA, "527=12-0-B")
    made.renumber(FIRMA)
    assert "has one side" in faults(made)


def test_a_fill_removed_from_both_is_missed(made):
    for user, side in ((FIRMA, "B"), (FIRMB, "S")):
        made.remove(user, f"527=12-0-{side}")
        made.renumber(user)
    found = faults(made)
    assert "its fills make 300, its CumQty is 500" in found


def test_a_removed_number_is_missed(made):
    made.remove(FIRMA, "527=12-0-B")
    assert "came behind" in faults(made)


def test_a_doubled_fill_is_seen(made):
    made.double(FIRMA, "527=12-0-B")
    made.renumber(FIRMA)
    verdict = check(made.books, made.write())
    assert verdict.counts["doubled"] == 1
    assert "was told twice" in "\n".join(verdict.faults)


def test_a_message_twice_without_a_flag_is_seen(made):
    made.double(FIRMA, "527=12-0-B")
    assert "came twice without PossDupFlag" in faults(made)


def test_a_message_given_again_with_its_flag_is_none(made):
    made.double(FIRMA, "527=12-0-B", flag="43=Y")
    assert faults(made) == ""


def test_swapped_reports_are_seen(made):
    made.swap(FIRMA, "527=11-0-B", "527=12-0-B")
    made.renumber(FIRMA)
    assert "came behind" in faults(made)


def test_swapped_lines_are_seen(made):
    made.swap(FIRMA, "527=11-0-B", "527=12-0-B")
    assert "came behind" in faults(made)


def test_a_number_that_stands_for_two_messages_is_seen(made):
    made.double(FIRMA, "527=12-0-B", flag="43=Y")
    made.change(FIRMA, "43=Y", "32=200", "32=100")
    assert "stands for two messages" in faults(made)


def test_sides_that_do_not_agree_are_seen(made):
    made.change(FIRMA, "527=12-0-B", "31=410.00", "31=410.01")
    assert "do not agree" in faults(made)


def test_an_order_that_is_not_in_the_journal_is_lost(made):
    made.journal[0] = [10, 0, ["cancel_order", FIRMB, "b9"]]
    assert "NF_10 of FIRMB (b1) is not in the journal" in faults(made)


def test_a_request_without_an_answer_is_lost(made):
    made.journal.append([14, 0, ["cancel_order", FIRMA, "a9"]])
    assert "command 14 (F a9) of FIRMA was never answered" in faults(made)


def test_an_order_that_the_last_answer_has_not_is_lost(made):
    made.remove(FIRMA, "584=999999")
    made.renumber(FIRMA)
    assert "NF_9 of FIRMA (a1) is not in the last answer" in faults(made)


def test_an_order_that_is_entered_twice_is_seen(made):
    made.change(FIRMB, "527=13-0-0", "37=NF_10", "37=NF_13")
    assert "became 2 orders" in faults(made)


def test_a_life_behind_the_end_is_seen(made):
    made.change(FIRMB, "527=10-0-0", "39=0", "39=4")
    assert "lives on behind its end" in faults(made)


def test_a_torn_journal_is_sound_and_a_broken_one_is_not(made):
    assert "stands behind the last sound group" in "\n".join(check(made.books, made.write(rest=b"rest")).faults)
    assert check(made.books, made.write(rest=bytes(64))).faults == []
