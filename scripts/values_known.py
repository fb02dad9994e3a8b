"""Which values of enumerations are answered, and which the exchange writes, where no dictionary or reader says it."""

from tags_read import Use

from kase_fix.gateway.dialect import next_
from kase_fix.gateway.dialect.report_parts import STATUS
from kase_fix.rulebook.refusals import CATALOGUE

ANSWERED = {("V", "269"): frozenset("01245789ABQ"), ("AD", "569"): frozenset("01")}
"""What requests ask for and get, of values that are all understood; others are refused in the answer."""
SAID = {
    "FIX44": {"150": frozenset("0458ACDFGHIL"), "39": frozenset(STATUS.values())},
    "NEXT": {"150": frozenset("8FGHI"), "39": frozenset(next_._STATUSES.values())},
}
"""Values the exchange writes."""
SAID["FIX44"] |= {"103": frozenset(str(entry.fix44) for entry in CATALOGUE.values())}
SAID["NEXT"] |= {"103": frozenset(str(entry.next) for entry in CATALOGUE.values())}
OF_BOTH = {"54": frozenset("12"), "40": frozenset("1234AGR"), "529": frozenset("5"),
           "434": frozenset("12"), "531": frozenset("0167")}  # fmt: skip


def values_said(dialect: str, tag: str) -> Use:
    """Return which values the exchange writes, where the code says it."""
    return Use(False, {**OF_BOTH, **SAID[dialect]}.get(tag, frozenset()))
