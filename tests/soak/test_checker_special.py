"""The judge is judged: stop orders, quotes, orders of two sides, deals taken back, and what vendors were told."""

import pytest

from scripts.soak.checker import check
from tests.soak.made import FIRMA, FIRMB
from tests.soak.made_special import BANK, MadeSpecial


@pytest.fixture
def made(tmp_path):
    """All of them, and all is well."""
    return MadeSpecial(tmp_path)


def faults(made) -> str:
    for user in made.lines:
        made.renumber(user)
    verdict = check(made.books, made.write())
    return "\n".join(verdict.faults)


def test_sound_books_are_sound(made):
    verdict = check(made.books, made.write())
    assert verdict.faults == []
    counts = verdict.counts
    assert (counts["deals"], counts["deals cancelled"], counts["stop orders triggered"]) == (2, 1, 1)
    assert (counts["quotes"], counts["orders of two sides"], counts["levels compared"]) == (1, 1, 3)
    assert counts["orders confirmed"] == 7


def test_a_deal_taken_back_from_one_side_alone_is_seen(made):
    made.remove(FIRMA, "527=14-0-B")
    assert "deal 12_0 is cancelled for one side alone" in faults(made)


def test_a_deal_the_console_cancelled_and_nobody_heard_of_is_lost(made):
    made.operator.append("11_0 200")
    assert "deal 11_0 was cancelled, said the console, and its parties do not know" in faults(made)


def test_a_deal_taken_back_without_a_decision_is_seen(made):
    made.journal[4] = [14, 0, ["bust_deal", None, "11_0"]]
    assert "they are no such ones" in faults(made)


def test_a_deal_taken_back_that_still_counts_is_seen(made):
    made.change(FIRMA, "527=14-0-B", "14=300", "14=500")
    assert "500 filled, -200 more, CumQty 500" in faults(made)


def test_an_order_that_is_over_and_rests_again_behind_a_deal_taken_back_is_seen(made):
    made.change(FIRMB, "527=14-0-S", "39=4", "39=1")
    assert "lives on behind its end" in faults(made)


def test_a_stop_order_that_deals_untriggered_is_seen(made):
    made.change(FIRMA, "150=L", "150=L", "150=0")
    made.lines[FIRMA].insert(-1, [*made.lines[FIRMA][1]])
    fill = made.lines[FIRMA][-2]
    for tag, value in ((150, "F"), (527, "16-2-B"), (37, "NF_15"), (14, "100"), (151, "0"), (39, "2")):
        place = next(index for index, pair in enumerate(fill) if pair[0] == tag)
        fill[place] = (tag, value)
    fill += [(31, "410.00"), (32, "100"), (880, "16_0")]
    assert "NF_15 was dealt and never triggered" in faults(made)


def test_a_stop_order_triggered_by_no_deal_is_seen(made):
    made.change(FIRMA, "150=L", "58=Triggered by a deal at 410.00", "58=Triggered by a deal at 411.00")
    assert "NF_15 was triggered by a deal at 411.00 that nobody was told of" in faults(made)


def test_a_stop_order_triggered_too_early_is_seen(made):
    made.change(FIRMA, "527=15-0-0", "99=409.90", "99=410.10")
    assert "NF_15 was triggered at 410.00, its stop price is 410.10" in faults(made)


def test_a_stop_order_triggered_twice_is_seen(made):
    again = [(527, "16-3-0") if tag == 527 else (tag, value) for tag, value in made.lines[FIRMA][-3]]
    made.lines[FIRMA].insert(-2, again)
    assert "NF_15 was triggered twice" in faults(made)


def test_two_quotes_of_one_maker_are_seen(made):
    made.change(FIRMB, "37=NF_17.2", "54=2", "54=1")
    assert "2 orders of quotes live at ('FIRMB', 'USDKZT_TOM'" in faults(made)


def test_a_quote_without_an_answer_is_lost(made):
    made.remove(FIRMB, "297=0")
    assert "command 17 (i q1) of FIRMB was never answered" in faults(made)


def test_an_order_of_two_sides_that_has_one_is_lost(made):
    for _ in range(2):
        made.remove(BANK, "37=NF_18.2")
    assert "d1 of 00100, an order of two sides, has these: ['1']" in faults(made)


def test_an_order_of_two_sides_that_became_three_is_seen(made):
    third = [(37, "NF_18.3") if tag == 37 else (tag, value) for tag, value in made.lines[BANK][3]]
    made.lines[BANK].insert(4, [(527, "18-2-0") if tag == 527 else (tag, value) for tag, value in third])
    assert "d1 of 00100 became 3 orders" in faults(made)


@pytest.mark.parametrize(
    ("place", "field", "value", "fault"),
    [
        (2, 3, 140, "was told 140 of USDKZT_TOM at ('2', Decimal('411.00')), members know of 150"),
        (1, 4, 3, "83=3 came behind 1"),
        (1, 1, "410.00", "279=0 of a level that is so"),
        (0, 0, "X", "an increment of USDKZT_TOM before its snapshot"),
    ],
)
def test_a_vendor_who_was_told_otherwise_is_seen(made, place, field, value, fault):
    made.fed[place][field] = value
    assert fault in faults(made)


def test_a_vendor_who_was_told_too_little_or_nothing_is_seen(made):
    made.fed.pop()
    assert "was told 0 of USDKZT_TOM at ('2', Decimal('411.00')), members know of 150" in faults(made)
    made.fed.clear()
    assert "VENDOR1 was told no book on his last line" in faults(made)
