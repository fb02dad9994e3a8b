"""The pages of messages and refusals say what dictionaries, readers and catalogue say; nobody edits them by hand."""

import re

import make_rules_of_engagement as rules
import pytest

from kase_fix.rulebook.refusals import CATALOGUE


@pytest.mark.parametrize("path", list(rules.pages()), ids=lambda path: path.name)
def test_the_pages_are_those_the_script_makes(path):
    assert path.read_text(encoding="utf-8") == rules.pages()[path], "run scripts/make_rules_of_engagement.py"


@pytest.mark.parametrize("dialect", rules.DICTIONARIES)
def test_every_message_that_is_said_is_on_the_page(dialect):
    said = set()
    for path in rules.GATEWAY.rglob("*.py"):
        if "doorman" not in path.parts:
            said |= set(re.findall(r'"35=([A-Za-z0-9]+)', path.read_text(encoding="utf-8")))
    assert said - {"3"} == {kind for kinds in rules.SENT.values() for kind in kinds}
    page = rules.page(dialect)
    for kind in (*rules.TAKEN[dialect], *rules.SENT[dialect]):
        assert re.search(rf"^### \w+ `{kind}`$", page, re.MULTILINE)


def test_a_page_tells_what_must_stand_in_an_order():
    page = rules.page("FIX44")
    order = page[page.index("### NewOrderSingle") : page.index("### OrderCancelRequest")]
    needed = re.findall(r"^\| (\d+) \| \w+ \| R \|", order, re.MULTILINE)
    assert sorted(map(int, needed)) == [1, 11, 40, 54, 60]
    assert re.search(r"^\| 44 \| Price \|  \| price \|$", order, re.MULTILINE)
    assert "MaxShow" not in order


def test_every_refusal_has_its_row():
    rows = re.findall(r"^\| `(\w+)` \|", rules.refusals(), re.MULTILINE)
    assert rows == sorted(CATALOGUE)
