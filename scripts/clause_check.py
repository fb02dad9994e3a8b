"""Removes the rules of the index one by one and expects the tests that are named for them to notice.

    python scripts/clause_check.py [RULE ...]

A rule here is a refusal function: one that is declared to return a `Refusal`. It is replaced by "no objection" wherever
a module of the program holds it, in a fork of a process that has run all tests once, and only the tests of the clauses
which name it are run; for each such clause at least one of its tests has to fail. A test that asks the rule itself
still gets the rule's answer: what counts is that the program is seen to ask it. Exit code 1: a rule can be removed
unnoticed.
"""

import inspect
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
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
    """Replace a rule in every module that has it, by whatever name, alone, in a tuple of rules or a table."""
    nothing = silenced(rule)
    for module in list(sys.modules.values()):
        if not isinstance(module, ModuleType) or not module.__name__.startswith("kase_fix"):
            continue
        for name, value in list(vars(module).items()):
            if value is rule:
                setattr(module, name, nothing)
            elif isinstance(value, tuple) and any(part is rule for part in value):
                setattr(module, name, tuple(nothing if part is rule else part for part in value))
            elif isinstance(value, dict) and any(part is rule for part in value.values()):
                setattr(module, name, {key: nothing if part is rule else part for key, part in value.items()})


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


def run_without(name: str, tests: list[str]) -> None:
    """Run tests without a rule, or with all of them, in this process, and print what became of them."""
    rule = no_rule if name == NOTHING else resolve(name)[2]
    assert isinstance(rule, FunctionType)
    removal = Removal(rule)
    options = ["-q", "--tb=no", "--no-header", "--no-summary", "-p", "no:cacheprovider"]
    code = pytest.main([*options, *tests], plugins=[removal])
    print(ANSWER + json.dumps({"rule": name, "code": code, "failed": sorted(removal.failed)}), flush=True)


def run_all(jobs: dict[str, list[str]]) -> int:
    """Run all tests with all rules in this process, then those of each rule without it in a fork of it."""
    run_without(NOTHING, sorted({test for tests in jobs.values() for test in tests}))
    for name, tests in jobs.items():
        child = os.fork()
        if not child:
            run_without(name, tests)
            os._exit(0)
        os.waitpid(child, 0)
    return 0


def outcomes(jobs: dict[str, list[str]]) -> Iterator[tuple[str, set[str]]]:
    """Yield the tests that failed: first with all rules, as `NOTHING`, then without each rule, as they come.

    Exits where tests could not be run.
    """
    command = [sys.executable, __file__, REMOVE]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(jobs))
        process.stdin.close()
        said: list[str] = []
        missing = [NOTHING, *jobs]
        for line in process.stdout:
            said.append(line)
            if line.startswith(ANSWER):
                answer: dict[str, Any] = json.loads(line.removeprefix(ANSWER))
                if answer["code"] not in (0, 1):
                    break
                missing.remove(answer["rule"])
                said.clear()
                yield answer["rule"], set(answer["failed"])
    if missing:
        raise SystemExit(f"{missing[0]}: the tests could not be run\n{''.join(said)}")


def rows(name: str, clauses: list[Clause], failed: set[str]) -> list[str]:
    """Return the row of each clause that names a rule, unnoticed removals marked."""
    found = []
    for clause in clauses:
        noticed = [test for test in clause.pytest_tests if test in failed]
        by = noticed[0].partition("::")[2] if noticed else "UNNOTICED"
        found.append(f"{clause.number:<26} {name.removeprefix('kase_fix.'):<44} {by}")
    return found


def check(rules: dict[str, list[Clause]]) -> Iterator[str]:
    """Yield the rows of all rules as they are removed in turn. Exits where a test fails with all rules in place."""
    jobs = {name: sorted({test for clause in rules[name] for test in clause.pytest_tests}) for name in rules}
    for name, failed in outcomes({name: tests for name, tests in jobs.items() if tests}):
        if name != NOTHING:
            yield from rows(name, rules[name], failed)
        elif failed:
            raise SystemExit(f"these fail with all rules in place: {', '.join(sorted(failed))}")
    for name, tests in jobs.items():
        if not tests:
            yield from rows(name, rules[name], set())


def main(arguments: list[str]) -> int:
    """Check all refusal functions of the index, or those named."""
    if arguments == [REMOVE]:
        return run_all(json.load(sys.stdin))
    rules = by_rule(load_all())
    if unknown := [name for name in arguments if name not in rules]:
        print(f"no refusal function of the index: {', '.join(unknown)}", file=sys.stderr)
        return 2
    chosen = {name: rules[name] for name in arguments or rules}
    unnoticed = 0
    for row in check(chosen):
        print(row, flush=True)
        unnoticed += row.endswith(" UNNOTICED")
    print(f"{len(chosen)} rules removed in turn, {unnoticed} removals unnoticed")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main(sys.argv[1:]))
