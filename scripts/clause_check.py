"""Removes the rules of the index one by one and expects the tests that are named for them to notice.

    python scripts/clause_check.py [RULE ...]

A rule here is a refusal function: one that is declared to return a `Refusal`. It is replaced by "no objection" wherever
a module of the program holds it, in a process of its own that runs only the tests of the clauses which name it; for
each such clause at least one of its tests has to fail. A test that asks the rule itself still gets the rule's answer:
what counts is that the program is seen to ask it. Exit code 1: a rule can be removed unnoticed.
"""

import inspect
import json
import subprocess
import sys
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

import pytest
from clause_index import Clause, load_all, resolve
from clause_list import ROOT

REMOVE = "--remove"
NOTHING = "nothing"
ANSWER = "clause-check: "


def silenced(rule: FunctionType) -> Callable[..., object]:
    """Return what stands in for a removed rule: it has no objection when the program asks."""

    def no_objection(*given: object, **named: object) -> object:
        asked_by = sys._getframe(1).f_globals.get("__name__", "")
        return None if asked_by.startswith("kase_fix.") else rule(*given, **named)

    return no_objection


def no_rule() -> None:
    """Be removed where nothing is to be."""


def is_refusal(rule: object) -> bool:
    """Tell whether a named rule is a refusal function."""
    return isinstance(rule, FunctionType) and "Refusal" in str(inspect.signature(rule).return_annotation)


def by_rule(clauses: list[Clause]) -> dict[str, list[Clause]]:
    """Return the clauses that name each refusal function, in the order of the index."""
    found: dict[str, list[Clause]] = {}
    for clause in clauses:
        for name in clause.rules:
            if is_refusal(resolve(name)[2]):
                found.setdefault(name, []).append(clause)
    return found


def remove(rule: FunctionType) -> None:
    """Replace a rule in every module that has it, by whatever name, alone or in a tuple of rules."""
    nothing = silenced(rule)
    for module in list(sys.modules.values()):
        if not isinstance(module, ModuleType) or not module.__name__.startswith("kase_fix"):
            continue
        for name, value in list(vars(module).items()):
            if value is rule:
                setattr(module, name, nothing)
            elif isinstance(value, tuple) and any(part is rule for part in value):
                setattr(module, name, tuple(nothing if part is rule else part for part in value))


class Removal:
    """A plug-in of pytest: removes a rule when all modules are loaded, and keeps what became of each test."""

    def __init__(self, rule: FunctionType) -> None:
        self.failed: set[str] = set()
        self._rule = rule

    def pytest_collection_finish(self) -> None:
        """Remove the rule: whoever imports it by name has done so."""
        remove(self._rule)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember a test by its name without parameters."""
        if report.failed:
            self.failed.add(report.nodeid.partition("[")[0])


def run_without(name: str, tests: list[str]) -> int:
    """Run tests without a rule, or with all of them, in this process, and print what became of them."""
    rule = no_rule if name == NOTHING else resolve(name)[2]
    assert isinstance(rule, FunctionType)
    removal = Removal(rule)
    options = ["-q", "--tb=no", "--no-header", "--no-summary", "-p", "no:cacheprovider"]
    code = pytest.main([*options, *tests], plugins=[removal])
    print(ANSWER + json.dumps({"code": code, "failed": sorted(removal.failed)}))
    return 0


def outcome(name: str, tests: list[str]) -> dict[str, Any]:
    """Run tests without a rule in a process of their own; "failed" are those that noticed."""
    command = [sys.executable, __file__, REMOVE, name, *tests]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    for line in reversed(done.stdout.splitlines()):
        if line.startswith(ANSWER):
            answer: dict[str, Any] = json.loads(line.removeprefix(ANSWER))
            if answer["code"] in (0, 1):
                return answer
    raise SystemExit(f"{name}: the tests could not be run\n{done.stdout}{done.stderr}")


def check(name: str, clauses: list[Clause]) -> list[str]:
    """Return the row of each clause that names a rule, unnoticed removals marked."""
    tests = sorted({test for clause in clauses for test in clause.pytest_tests})
    failed = set(outcome(name, tests)["failed"]) if tests else set()
    rows = []
    for clause in clauses:
        noticed = [test for test in clause.pytest_tests if test in failed]
        by = noticed[0].partition("::")[2] if noticed else "UNNOTICED"
        rows.append(f"{clause.number:<26} {name.removeprefix('kase_fix.'):<44} {by}")
    return rows


def main(arguments: list[str]) -> int:
    """Check all refusal functions of the index, or those named."""
    if arguments[:1] == [REMOVE]:
        return run_without(arguments[1], arguments[2:])
    rules = by_rule(load_all())
    if unknown := [name for name in arguments if name not in rules]:
        print(f"no refusal function of the index: {', '.join(unknown)}", file=sys.stderr)
        return 2
    tests = sorted({test for name in arguments or rules for clause in rules[name] for test in clause.pytest_tests})
    if failing := outcome(NOTHING, tests)["failed"]:
        print(f"these fail with all rules in place: {', '.join(failing)}", file=sys.stderr)
        return 1
    unnoticed = 0
    for name in arguments or rules:
        for row in check(name, rules[name]):
            print(row, flush=True)
            unnoticed += row.endswith(" UNNOTICED")
    print(f"{len(arguments or rules)} rules removed in turn, {unnoticed} removals unnoticed")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main(sys.argv[1:]))
