"""The clause index: every clause of the documents, and only names that exist."""

import re
import tomllib

import pytest
from clause_check import is_refusal
from clause_index import (
    CAPABILITIES,
    DONE,
    FILES,
    NOT_SOFTWARE,
    PLANNED,
    REASONS,
    REPEALED_TEXT,
    STATES,
    Clause,
    configured,
    covers,
    load,
    load_all,
    resolve,
    units_named,
    words_of_test,
)
from clause_list import DOCUMENTS, NUMBERS, REGULATION, REPEALED, ROOT, SUPPORT, checked_in, make, written
from clause_page import PAGE, page

CLAUSES = load_all()
NAMING = [clause for clause in CLAUSES if clause.rules or clause.keys or clause.tests]
LISTED = {number.removesuffix(REPEALED) for numbers in checked_in().numbers.values() for number in numbers}
CLAUSE_IN_CODE = re.compile(
    r"\b(?:art\. \d+(?: p\. \d+(?:-\d+)?)?(?: sp\. \d+)?(?: par\. \d+)?|annex \d)", re.IGNORECASE
)


def by_number(clause: Clause) -> str:
    return clause.number


def test_the_list_is_what_the_documents_say():
    """Digests and numbers are made anew where the documents lie beside the repository."""
    places = DOCUMENTS / REGULATION, DOCUMENTS / SUPPORT
    if not all(place.is_file() for place in places):
        pytest.skip("the documents are not beside the repository")
    listed = make(*places)
    assert listed.digests == checked_in().digests, "a document has changed: run scripts/clause_list.py, then the index"
    assert NUMBERS.read_text(encoding="utf-8") == written(listed)


def test_no_repealed_place_is_overlooked():
    """The Regulation says of each place it excluded by which decision it was excluded."""
    place = DOCUMENTS / REGULATION
    if not place.is_file():
        pytest.skip("the documents are not beside the repository")
    said = re.findall(r"исключен[ао]? решением", place.read_text(encoding="utf-8"))
    assert sum(number.endswith(REPEALED) for number in checked_in().numbers[REGULATION]) == len(said)


@pytest.mark.parametrize("document", [REGULATION, SUPPORT])
def test_the_index_has_exactly_the_listed_clauses(document):
    """In the documents' order, each once, repealed ones as such."""
    numbers = checked_in().numbers[document]
    clauses = load(document)
    assert [clause.number for clause in clauses] == [number.removesuffix(REPEALED) for number in numbers]
    assert len(LISTED) == len(CLAUSES)
    repealed = [clause.number + REPEALED for clause in clauses if clause.reason == REPEALED_TEXT]
    assert repealed == [number for number in numbers if number.endswith(REPEALED)]


def test_every_entry_is_well_formed():
    """A state has what belongs to it and nothing else; every text is one line of our own, in English."""
    for clause in CLAUSES:
        names = (*clause.rules, *clause.keys, *clause.tests)
        assert clause.state in STATES, clause
        assert clause.text, clause
        assert not re.search(r"[а-яА-Я\n|]", clause.text + clause.note), clause
        assert (clause.capability in CAPABILITIES) == (clause.state == PLANNED), clause
        assert (clause.reason in REASONS) == (clause.state == NOT_SOFTWARE), clause
        assert bool(clause.capability) == (clause.state == PLANNED), clause
        assert bool(clause.reason) == (clause.state == NOT_SOFTWARE), clause
        if clause.state == DONE:
            assert clause.tests, clause
            assert clause.rules or clause.keys, clause
        if clause.state == NOT_SOFTWARE:
            assert not names, clause
        assert len(set(names)) == len(names), clause
        assert all(re.fullmatch(r"R-\d+", decision) for decision in clause.decisions), clause


def test_every_capability_is_one_of_the_roadmap():
    """Where the roadmap lies beside the repository."""
    roadmap = ROOT.parent / "shared" / "design" / "roadmap.md"
    if not roadmap.is_file():
        pytest.skip("the roadmap is not beside the repository")
    rows = re.findall(r"^\| ([^|]+?)(?: \(later\))? \|", roadmap.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(CAPABILITIES) <= set(rows)


def test_every_decision_is_named():
    """A silent place that was decided stands in the index with its R-n; each that is named is a reading of ours."""
    named = {decision for clause in CLAUSES for decision in clause.decisions}
    readings = (ROOT / "spec" / "decisions" / "readings.md").read_text(encoding="utf-8")
    assert named <= set(re.findall(r"^\| (R-\d+) \|", readings, re.MULTILINE))
    domain = DOCUMENTS / "domain.md"
    if not domain.is_file():
        pytest.skip("the domain page is not beside the repository")
    assert set(re.findall(r"\*\*(R-\d+) \[D\]\*\*", domain.read_text(encoding="utf-8"))) <= named


@pytest.mark.parametrize("clause", NAMING, ids=by_number)
def test_what_an_entry_names_exists(clause: Clause):
    """Rules import, keys stand in cfg/, tests are there and name the clause's article or annex."""
    for rule in clause.rules:
        assert rule.startswith("kase_fix."), rule
        resolve(rule)
    for key in clause.keys:
        configured(key)
    for test in clause.tests:
        assert clause.unit in units_named(words_of_test(test)), f"{test} does not name {clause.unit}"
    if any(is_refusal(resolve(rule)[2]) for rule in clause.rules):
        assert clause.pytest_tests, "a refusal needs a test that runs in this process"


@pytest.mark.parametrize("name", ["kase_fix.nowhere.rule", "kase_fix.rulebook.limits.nothing", "nothing"])
def test_a_name_that_leads_nowhere_is_found(name):
    """A rule that was renamed leaves a stale entry."""
    with pytest.raises(LookupError):
        resolve(name)
    with pytest.raises(LookupError):
        configured(name)
    with pytest.raises(LookupError):
        words_of_test(f"tests/spec/test_clauses.py::{name}")
    with pytest.raises(LookupError):
        words_of_test(f"tests/scenarios/{name}.fix")


@pytest.mark.parametrize(
    ("words", "units"),
    [
        ("Art. 8 p. 3; art. 12 p. 8, 13 p. 7", {"art. 8", "art. 12", "art. 13"}),
        ("art. 10-12: windows; annex 1", {"art. 10", "art. 11", "art. 12", "annex 1"}),
        ("(art. 8, 11-12; 103 of NEXT)", {"art. 8", "art. 11", "art. 12"}),
        ("art. 11 p. 2, 3", {"art. 11"}),
        ("Art. 10 p. 1, 2; art. 18-20, 22, 31.", {"art. 10", "art. 18", "art. 19", "art. 20", "art. 22", "art. 31"}),
        ("# A desk      terms p. 11", {"support p. 11"}),
        ("# Hours      support terms, annex 1", {"support annex 1", "annex 1"}),
        ("nothing of 12 p. 8", set()),
    ],
)
def test_citations_are_read_as_people_mean_them(words, units):
    """A docstring cites several articles in one breath."""
    assert units_named(words) == units


def test_the_program_and_its_configuration_quote_listed_clauses():
    """What a refusal tells a member can be looked up."""
    places = [*(ROOT / "cfg").rglob("*.toml"), *(ROOT / "kase_fix" / "rulebook").rglob("*.py")]
    places += [*(ROOT / "kase_fix" / "calendar").rglob("*.py"), *(ROOT / "kase_fix" / "engine").rglob("*.py")]
    for path in places:
        for quoted in CLAUSE_IN_CODE.findall(path.read_text(encoding="utf-8")):
            assert covers(quoted[0].lower() + quoted[1:], LISTED), f"{path.name} quotes {quoted}"


def test_the_files_have_no_other_table():
    """A misspelt table would be an entry nobody reads."""
    for path in FILES.values():
        assert list(tomllib.loads(path.read_text(encoding="utf-8"))) == ["clause"]


def test_the_page_is_up_to_date():
    """`python scripts/clause_page.py` makes it."""
    assert PAGE.read_text(encoding="utf-8") == page()
