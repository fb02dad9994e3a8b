"""The check that removes rules notices what it should, and does not what it should not."""

from clause_check import by_rule, check, is_refusal
from clause_index import Clause, resolve

RULE = "kase_fix.rulebook.lots.quantity_in_lots"
THROUGH_THE_ENGINE = "tests/spec/test_quoted_rules.py::test_an_order_off_the_grid_is_refused"
OF_THE_RULE_ALONE = "tests/rulebook/test_rules.py::test_quantities_are_multiples_of_the_lot"


def clause(number: str, *tests: str) -> Clause:
    return Clause(number=number, text="a lot", state="done", rules=(RULE,), tests=tests)


def test_only_a_test_of_the_program_notices_that_a_rule_is_gone():
    """A unit test of the rule does not show that anybody asks it."""
    clauses = [clause("seen", THROUGH_THE_ENGINE), clause("unseen", OF_THE_RULE_ALONE), clause("untested")]
    rows = list(check({RULE: clauses}))
    assert [row.endswith("UNNOTICED") for row in rows] == [False, True, True]
    assert rows[0].endswith("test_an_order_off_the_grid_is_refused")


def test_refusals_are_known_by_what_they_return():
    """Computing functions, constants and classes are no refusals."""
    assert is_refusal(resolve(RULE)[2])
    assert is_refusal(resolve("kase_fix.engine.phases.closed.refuse")[2])
    for other in ("rulebook.limits.reaches_limit", "rulebook.operational_day.OPENS", "calendar.working_days.Calendars"):
        assert not is_refusal(resolve(f"kase_fix.{other}")[2])
    assert list(by_rule([clause("one"), clause("two")])) == [RULE]
