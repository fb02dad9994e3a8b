"""Every refusal of the catalogue is met by some story, in both dialects, with its number and its words.

Nothing is played here: the stories are read. That they are true is seen where they are played.
"""

import functools
import re
from pathlib import Path

import pytest

from kase_fix.rulebook import (
    refusals,
    refusals_of_corrections,
    refusals_of_depository,
    refusals_of_making,
    refusals_of_methods,
    refusals_of_protection,
    refusals_of_quotes,
)
from kase_fix.rulebook.refusals import CATALOGUE
from kase_fix.scenario.language import parse
from kase_fix.scenario.register import dialect_of
from kase_fix.scenario.story import Expect, Literal, Send

STORIES = Path(__file__).parent
DIALECTS = ("FIX44", "NEXT")
EXEC_TYPE, STATUS, ORDER_REASON, CANCEL_REASON, TEXT, RUSSIAN, MASS_RESPONSE = 150, 39, 103, 102, 58, 355, 531

UNREACHABLE = {
    refusals.DEFECT: "the answer to a defect of the exchange's own; tests of the engine bring one about",
    refusals.NEAR_LIMIT: "no refusal: a warning beside an order that stands, where a group sets such a limit",
    refusals_of_methods.NO_PRICE_OF_YIELD: "bonds whose yields give no price are not placed by yield; kept as a net",
    refusals_of_depository.UNKNOWN_REQUEST: "answers the depository, whose messages are no member's",
    refusals_of_depository.ALREADY_ANSWERED: "answers the depository, whose messages are no member's",
    refusals_of_depository.WRONG_TOTALS: "answers the depository, whose messages are no member's",
    refusals_of_methods.CONTROL_CLOSED: "answers a confirmation: j, where the words stand with a deal's number",
    refusals_of_quotes.COMMENT_TOO_LONG: "answers IQI with words; a test of the engine reads it",
    refusals_of_quotes.UNKNOWN_INDICATIVE: "answers IQC, which has a status and no words",
    refusals_of_quotes.ANOTHERS_INDICATIVE: "answers IQC, which has a status and no words",
    refusals_of_quotes.QUOTE_WITHDRAWN: "no words on the wire: the acknowledgement of the quote speaks for its orders",
    refusals_of_methods.NOT_WAITING: "answers a confirmation: j, where the words stand with an OrderID",
}
SAID_TO_OPERATORS = {
    refusals.NOT_ENTITLED,
    refusals.WRONG_GROUND,
    refusals.WRONG_TIME,
    refusals.REQUEST_TOO_LATE,
    refusals.UNKNOWN_NAME,
    refusals.DOCUMENT_MISSING,
    refusals.NO_LIMIT,
    refusals.NOT_WIDER,
    refusals.BETWEEN_DAYS_ONLY,
    refusals_of_depository.NOT_TO_BE_ASKED,
    refusals_of_methods.FIXING_RUNS,
    refusals_of_methods.NO_FIXING,
    refusals_of_methods.PRICE_CALLED_ALREADY,
    refusals_of_methods.SURPLUS_TOLD_ALREADY,
    refusals_of_methods.SPECIALISED_RUNS,
    refusals_of_methods.WRONG_TERMS,
    refusals_of_methods.OPENED_BY_INITIATOR,
    refusals_of_making.NOT_RELIEVED,
    *(entry.code for entry in refusals_of_corrections.ENTRIES),
}
"""Refusals of decisions: the console's answer, never on the wire."""
NOBODY_IN_NEXT = {
    refusals.NOT_A_PARTICIPANT,
    refusals_of_methods.NOT_CONFIRMED,
    refusals_of_methods.CONFIRMATION_REFUSED,
}
"""Every NEXT user of the register is a bank and a clearing participant, and nobody controls their accounts."""
NEXT_ALONE = {refusals_of_quotes.TWO_SIDED_KIND, refusals_of_quotes.SPREAD_MISSING}
"""FIX44 knows no two-sided orders."""
REFUSES_A_QUOTE = {
    refusals_of_quotes.MAY_NOT_QUOTE,
    refusals_of_quotes.QUOTE_CROSSED,
    refusals_of_quotes.TOO_MANY_ENTRIES,
    refusals_of_quotes.NOTHING_INDICATED,
}
"""Answers to quotes only: b, and in it the words of each entry, AI, and IQI of NEXT."""
ENDS_AN_ORDER = {
    refusals.SELF_TRADE,
    refusals.REST_OF_MARKET,
    refusals.REST_OF_IOC,
    refusals.FOK_NOT_FILLED,
    refusals.PRICE_KIND_CHANGED,
    refusals_of_methods.METHODS_CHANGED,
    refusals_of_methods.NOT_FIXED,
    refusals_of_methods.NOT_CONFIRMED,
    refusals_of_methods.CONFIRMATION_REFUSED,
    refusals_of_methods.NOT_SATISFIED,
    refusals_of_methods.SPECIALISED_FAILED,
    refusals_of_methods.DECLARED_FAILED,
    refusals_of_methods.NOTHING_DECIDED,
    refusals_of_methods.COUNTERPARTY_REFUSED,
    refusals_of_protection.WITHDRAWN_BY,
    refusals_of_protection.WITHDRAWN_BY_EXCHANGE,
    refusals_of_protection.SESSION_LOST,
}
"""No refusals on the wire: the order was taken, and is cancelled with these words."""
REFUSES_A_CHANGE = {refusals.CANNOT_CHANGE, refusals.TOO_LATE, refusals_of_methods.ONLY_WITHDRAWN}
"""Answers to F and G only. FIX44 gives 102; NEXT clients know no 9 and get the order with the words."""
REFUSES_A_MASS_CANCEL = {refusals_of_protection.UNKNOWN_BOARD, refusals_of_protection.NO_SUCH_PARTY}
"""Answers to q only: r with 531=0."""
NAMES_AN_ORDER_ID = {refusals.TOO_LATE}
"""The words hold the exchange's OrderID, which a story captures and cannot write into a text."""


@functools.cache
def expected(dialect: str) -> tuple[tuple[str, dict[int, str]], ...]:
    """Return type and fields of every message stories expect in a dialect, as far as they give a value."""
    found = []
    for path in sorted(STORIES.rglob("*.fix")):
        for step in parse(path).steps:
            action = step.action
            if isinstance(action, Expect) and dialect_of(action.actor.user) == dialect:
                fields = {tag: value.text for tag, value in action.fields if isinstance(value, Literal)}
                found.append((action.kind, fields))
    return tuple(found)


def words_of(template: str, text: str) -> bool:
    """Tell whether a text is this template, filled, with or without a clause."""
    pattern = re.sub(r"\\\{\d\\\}", ".+", re.escape(template))
    return re.fullmatch(rf"{pattern}( \((art\.|ст\.).+\))?", text) is not None


def met(dialect: str, code: str) -> list[tuple[str, dict[int, str]]]:
    """Return the expected messages that hold the words of a refusal."""
    template = CATALOGUE[code].english
    return [(kind, fields) for kind, fields in expected(dialect) if words_of(template, fields.get(TEXT, ""))]


REACHABLE = [code for code in CATALOGUE if code not in {*UNREACHABLE, *SAID_TO_OPERATORS, *REFUSES_A_QUOTE}]
REFUSES_AN_ORDER = [code for code in REACHABLE if code not in ENDS_AN_ORDER | REFUSES_A_CHANGE | REFUSES_A_MASS_CANCEL]


def test_the_exceptions_are_codes_of_the_catalogue():
    answers = ENDS_AN_ORDER | REFUSES_A_CHANGE | REFUSES_A_MASS_CANCEL | NAMES_AN_ORDER_ID
    assert {*UNREACHABLE} | SAID_TO_OPERATORS | answers <= set(CATALOGUE)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("code", REFUSES_AN_ORDER)
def test_a_refused_order(code, dialect):
    if dialect == "NEXT" and code in NOBODY_IN_NEXT:
        pytest.skip("nobody in NEXT can meet it")
    if dialect == "FIX44" and code in NEXT_ALONE:
        pytest.skip("nobody in FIX44 can meet it")
    number = str(getattr(CATALOGUE[code], "fix44" if dialect == "FIX44" else "next"))
    reports = [fields for kind, fields in met(dialect, code) if kind == "8" and fields.get(ORDER_REASON) == number]
    assert reports, f"no story expects {code} in {dialect}: OrdRejReason {number} and its words"
    assert all(fields[STATUS] == "8" and fields[EXEC_TYPE] in ("8", "I") for fields in reports)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("code", sorted(ENDS_AN_ORDER))
def test_an_order_the_exchange_ends(code, dialect):
    if dialect == "NEXT" and code in NOBODY_IN_NEXT:
        pytest.skip("nobody in NEXT can meet it")
    assert any(kind == "8" and fields.get(STATUS, "4") == "4" for kind, fields in met(dialect, code))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("code", sorted(REFUSES_A_CHANGE | {refusals.DUPLICATE_ORDER, refusals.UNKNOWN_ORDER}))
def test_a_refused_change(code, dialect):
    if dialect == "FIX44":
        number = str(CATALOGUE[code].cancel)
        rejects = [fields for kind, fields in expected(dialect) if kind == "9" and fields.get(CANCEL_REASON) == number]
        assert rejects, f"no story expects {code}: CxlRejReason {number}"
    if code not in NAMES_AN_ORDER_ID:
        assert any(fields.get(EXEC_TYPE, "I") == "I" for _, fields in met(dialect, code))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("code", sorted(REFUSES_A_MASS_CANCEL))
def test_a_refused_mass_cancel(code, dialect):
    assert any(kind == "r" and fields.get(MASS_RESPONSE) == "0" for kind, fields in met(dialect, code))


@pytest.mark.parametrize("code", REFUSES_AN_ORDER)
def test_each_refusal_is_read_in_russian_once(code):
    template = CATALOGUE[code].russian
    assert any(words_of(template, fields.get(RUSSIAN, "")) for dialect in DIALECTS for _, fields in expected(dialect))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_refused_orders_show_their_clause(dialect):
    """Every refusal by a rule quotes the Regulation; only names and states of orders are no matter of it."""
    without = {refusals.DUPLICATE_ORDER, refusals.UNKNOWN_ORDER}
    for code in set(REFUSES_AN_ORDER) - without:
        assert all("(art. " in fields[TEXT] for kind, fields in met(dialect, code) if kind == "8"), code


@pytest.mark.parametrize("code", sorted(REFUSES_A_QUOTE))
@pytest.mark.parametrize("language", ["english", "russian"])
def test_a_refused_quote(code, language):
    """Groups are read as text: the words stand in an entry, or for the whole message."""
    template = re.sub(r"\\\{\d\\\}", ".+", re.escape(getattr(CATALOGUE[code], language)))
    stories = "".join(path.read_text(encoding="utf-8") for path in sorted(STORIES.glob("quotes/*.fix")))
    assert re.search(rf'(Text="|Comment="|/ ){template} \((art\.|ст\.)', stories), f"no story expects {code}"


def test_every_story_names_its_article():
    assert [path.name for path in STORIES.rglob("*.fix") if not parse(path).clauses] == []


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("tag", "values"),
    [(40, {"1", "2", "3", "4"}), (59, {"0", "1", "2", "3", "4", "5", "6", "7"}), (54, {"1", "2"})],
    ids=["OrdType", "TimeInForce", "Side"],
)
def test_every_kind_of_order_is_sent(dialect, tag, values):
    sent = set()
    for path in STORIES.rglob("*.fix"):
        for step in parse(path).steps:
            action = step.action
            if isinstance(action, Send) and action.kind == "D" and dialect_of(action.actor.user) == dialect:
                sent |= {value.text for name, value in action.fields if name == tag and isinstance(value, Literal)}
    assert values <= sent
