"""Every reason the doorman has is counted from the start and explained to its readers."""

import re
from pathlib import Path

import pytest

from kase_fix.gateway.doorman import doorman, reasons

ROOM = Path(doorman.__file__).parent
PAGE = Path(__file__).parent.parent.parent.parent / "spec" / "doorman.md"
USED = {
    "refused": r'Refusal\(\s*"(\w+)"',
    "left": r'\.(?:end|dismiss)\(\s*"([\w ]+)"|"left\.(\w+)"|call_later\([^"]*self\.end, "([\w ]+)"|else "(left)"\)',
    "turned_away": r'return "(\w+)"',
    "garbled": r'BadFrame\("(\w+)"\)|_drop\(start, "(\w+)"|_garbled\("(\w+)"\)',
}
PLACES = {"turned_away": "threshold.py"}


@pytest.mark.parametrize("family", reasons.FAMILIES)
def test_what_the_source_says_is_what_is_counted(family):
    """A reason that the list lacks would be missing in /metrics until it happens for the first time."""
    sources = "".join(path.read_text() for path in ROOM.glob(PLACES.get(family, "*.py")) if path.name != "reasons.py")
    used = {word.replace(" ", "_") for found in re.findall(USED[family], sources) for word in _words(found)}
    if family == "left":  # the venue's no to a later Logon, and the first branch of a choice
        used |= {"not_admitted", "venue_silent", "dead"}
    assert used == set(reasons.FAMILIES[family])


def _words(found: str | tuple[str, ...]) -> list[str]:
    return [found] if isinstance(found, str) else [word for word in found if word]


@pytest.mark.parametrize("family", reasons.FAMILIES)
def test_the_page_names_each(family):
    rows = re.findall(r"^\| `(\w+)` \|", PAGE.read_text().partition(f"\n### {family}\n")[2].partition("\n#")[0], re.M)
    assert sorted(rows) == sorted(reasons.FAMILIES[family])
