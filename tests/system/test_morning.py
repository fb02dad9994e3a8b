"""The morning in the rules for vendors is one that happened, and would happen again."""

from tests.system.morning import PAGE, FromTheMorning, morning, on_page


def test_the_page_has_a_morning_of_this_venue(tmp_path):
    venue = FromTheMorning(tmp_path)
    try:
        assert on_page(morning(venue)) == PAGE.read_text(encoding="utf-8"), "python -m tests.system.morning writes it"
    finally:
        venue.end()
