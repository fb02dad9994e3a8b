"""The pages of messages and refusals say what dictionaries, readers, catalogue and stories say; nobody edits them."""

import re

import make_rules_of_engagement as rules
import pytest
import quickfix as fix
from tags_read import Use, uses

from kase_fix.gateway.dialect import fix44
from kase_fix.rulebook.refusals import CATALOGUE

LOADED = {path: fix.DataDictionary(str(path)) for pair in rules.DICTIONARIES.values() for path in pair}


def test_the_pages_are_those_the_script_makes():
    for path, text in rules.pages().items():
        assert path.read_text(encoding="utf-8") == text, "run scripts/make_rules_of_engagement.py"
    there = {path for dialect in rules.DIALECTS for path in (rules.PAGES / dialect.lower()).glob("*.md")}
    assert there <= set(rules.pages())


@pytest.mark.parametrize("dialect", rules.DIALECTS)
def test_every_message_that_is_said_has_its_page(dialect):
    said = set()
    for path in rules.GATEWAY.rglob("*.py"):
        if "doorman" not in path.parts:
            said |= set(re.findall(r'"35=([A-Za-z0-9]+)', path.read_text(encoding="utf-8")))
    assert said - {"3"} == {kind for kinds in rules.SENT.values() for kind in kinds}
    contents = rules.contents(dialect)
    for kind in rules.kinds(dialect):
        path = rules.path_of(dialect, kind)
        assert f"| `{kind}` | [{path.stem}]({dialect.lower()}/{path.name}) |" in contents
        assert rules.pages()[path].startswith(f"# {path.stem} `{kind}`\n")


@pytest.mark.parametrize("dialect", rules.DIALECTS)
def test_every_message_has_an_example_of_each_way_it_goes(dialect):
    lacking = {
        (kind, way)
        for by, way in ((rules.TAKEN, ">"), (rules.SENT, "<"))
        for kind in by[dialect]
        if way not in {one.way for one in rules.examples(dialect, kind)}
    }
    assert lacking == set()


@pytest.mark.parametrize("dialect", rules.DIALECTS)
def test_the_published_dictionaries_take_every_example(dialect):
    session, application = (LOADED[path] for path in rules.DICTIONARIES[dialect])
    seen = 0
    for kind in rules.kinds(dialect):
        for one in rules.examples(dialect, kind):
            text = one.text.replace("|", "\x01")
            if dialect == "FIX44" or kind in rules.SESSION:
                session.validate(fix.Message(text, session, True))
            else:
                fix.DataDictionary.validate(fix.Message(text, session, application, True), session, application)
            seen += 1
    assert seen >= len(rules.kinds(dialect))


@pytest.mark.parametrize("dialect", rules.DIALECTS)
def test_a_page_tells_of_every_tag_of_its_examples_that_the_exchange_says(dialect):
    for kind in rules.SENT[dialect]:
        page = rules.page(dialect, kind)
        listed = set(re.findall(r"^\| (?:&nbsp;)*(\d+) \|", page[page.index("## From the exchange") :], re.MULTILINE))
        for one in rules.examples(dialect, kind):
            if one.way == "<":
                tags = {part.partition("=")[0] for part in one.text.split("|") if part}
                assert tags - listed - HEADER == set(), (kind, one.story)


@pytest.mark.parametrize("dialect", rules.DIALECTS)
def test_the_exchange_writes_no_value_that_its_page_does_not_have(dialect):
    seen = set()
    for kind in rules.SENT[dialect]:
        for one in rules.examples(dialect, kind):
            for tag, _, value in (part.partition("=") for part in one.text.split("|") if one.way == "<"):
                known = rules.values_said(dialect, tag).values
                if known:
                    assert value in known, (kind, tag, value)
                    seen.add((tag, value))
    assert len({value for tag, value in seen if tag == "150"}) >= 4


HEADER = {"8", "9", "35", "49", "56", "34", "52", "43", "97", "122", "347", "10"}


def test_a_page_tells_what_must_stand_in_an_order_and_what_may():
    order = rules.page("FIX44", "D")
    needed = re.findall(r"^\| (\d+) \| \w+ \| R \|", order, re.MULTILINE)
    assert sorted(map(int, needed)) == [1, 11, 38, 40, 54, 55, 60]
    assert re.search(r"^\| 44 \| Price \|  \| price \|$", order, re.MULTILINE)
    assert re.search(r"^\| 54 \| Side \| R \| 1 buy, 2 sell \|$", order, re.MULTILINE)
    for untouched in ("MaxShow", "Spread", "QuoteID", "5146"):
        assert untouched not in order
    assert "| 5146 | DoubleOrder |" in rules.page("NEXT", "D")


def test_what_is_looked_at_is_found_by_reading():
    text = "35=q\x0134=2\x0111=a\x01530=7\x01"
    fields = rules.dictionary("FIX44", "q").fields_of(rules.place_of("FIX44", "q"))
    used = uses(fix44.read, [text], fields)
    assert used["530"] == Use(True, frozenset("167"))
    assert used["54"] == Use(False, frozenset("12"))
    assert "60" not in used


def test_every_refusal_has_its_row():
    rows = re.findall(r"^\| `(\w+)` \|", rules.refusals(), re.MULTILINE)
    assert rows == sorted(CATALOGUE)
