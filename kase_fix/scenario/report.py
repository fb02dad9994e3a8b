"""What became of the stories, for machines (JUnit XML) and for people (one HTML page)."""

import datetime as dt
import html
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import NamedTuple

from kase_fix.scenario.story import Story

STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1c2530 }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .35rem .6rem; vertical-align: top }
tr { border-bottom: 1px solid #d9dee4 } .passed { color: #12703c } .failed { color: #b3261e; font-weight: 600 }
pre { background: #f4f6f8; padding: .7rem; overflow-x: auto; font-size: 13px } .time { white-space: nowrap }
"""


class Outcome(NamedTuple):
    """One story played; `failure` is empty if it passed."""

    story: Story
    seconds: float
    failure: str

    @property
    def passed(self) -> bool:
        """Tell whether every line came true."""
        return not self.failure


def write_junit(path: Path, outcomes: list[Outcome]) -> None:
    """Write the outcomes as a JUnit test suite."""
    suite = ElementTree.Element(
        "testsuite",
        name="scenarios",
        tests=str(len(outcomes)),
        failures=str(sum(not outcome.passed for outcome in outcomes)),
        errors="0",
        time=f"{sum(outcome.seconds for outcome in outcomes):.3f}",
    )
    for outcome in outcomes:
        story = outcome.story
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=story.path.parent.as_posix(),
            name=story.path.stem,
            time=f"{outcome.seconds:.3f}",
        )
        if outcome.failure:
            failure = ElementTree.SubElement(case, "failure", message=outcome.failure.splitlines()[0])
            failure.text = outcome.failure
    tree = ElementTree.ElementTree(ElementTree.Element("testsuites"))
    root = tree.getroot()
    assert root is not None
    root.append(suite)
    tree.write(path, encoding="utf-8", xml_declaration=True)


def write_html(path: Path, outcomes: list[Outcome]) -> None:
    """Write the outcomes as one page that needs nothing beside it."""
    failed = sum(not outcome.passed for outcome in outcomes)
    moment = dt.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %z")
    rows = "\n".join(_row(outcome) for outcome in outcomes)
    head = "<tr><th>Story<th>Clauses<th>Result<th>Time</tr>"
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Scenarios</title><style>{STYLE}</style>'
        f"<h1>Scenarios</h1><p>{len(outcomes) - failed} passed, {failed} failed; {html.escape(moment)}</p>"
        f"<table>{head}\n{rows}\n</table></html>\n"
    )
    path.write_text(page, encoding="utf-8")


def _row(outcome: Outcome) -> str:
    story = outcome.story
    word = "passed" if outcome.passed else "failed"
    detail = f"<pre>{html.escape(outcome.failure)}</pre>" if outcome.failure else ""
    return (
        f"<tr><td>{html.escape(story.title)}<br><small>{html.escape(story.path.as_posix())}</small>{detail}"
        f"<td>{html.escape('; '.join(story.clauses))}"
        f'<td class="{word}">{word}<td class="time">{outcome.seconds:.2f} s</tr>'
    )
