"""`kase-fix scenario run`: stories played one after the other, a line each, and reports for those who need paper."""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from kase_fix.scenario.failure import StoryFailure
from kase_fix.scenario.language import parse
from kase_fix.scenario.player import play
from kase_fix.scenario.report import Outcome, write_html, write_junit
from kase_fix.scenario.story import ScriptError, Story
from kase_fix.scenario.venue import Addresses, Starter, elsewhere

PASSED, FAILED, UNREADABLE = 0, 1, 2


def run(
    paths: Iterable[str | Path],
    against: str | None = None,
    report: str | Path | None = None,
    junit: str | Path | None = None,
) -> int:
    """Play all stories under these paths; return 0 if all passed, 1 for a failure, 2 for an unreadable script.

    Nothing is played when any script cannot be read: a slip of the pen must not look like a failing venue.
    """
    try:
        stories = [parse(path) for path in _files(paths)]
    except ScriptError as error:
        print(error, flush=True)
        return UNREADABLE
    if not stories:
        print("no stories (*.fix) there", flush=True)
        return UNREADABLE
    starter = Starter()
    try:
        outcomes = list(_played(stories, starter, elsewhere(against) if against else None))
    finally:
        starter.end()
    failed = sum(not outcome.passed for outcome in outcomes)
    seconds = sum(outcome.seconds for outcome in outcomes)
    print(f"{len(outcomes) - failed} passed, {failed} failed in {seconds:.1f} s", flush=True)
    if report:
        write_html(Path(report), outcomes)
    if junit:
        write_junit(Path(junit), outcomes)
    return FAILED if failed else PASSED


def _files(paths: Iterable[str | Path]) -> Iterator[Path]:
    for text in paths:
        path = Path(text)
        if path.is_dir():
            yield from sorted(path.rglob("*.fix"))
        else:
            yield path


def _played(stories: list[Story], starter: Starter, against: Addresses | None) -> Iterator[Outcome]:
    following = [*stories[1:], None]
    for story, then in zip(stories, following, strict=True):
        begun = time.monotonic()
        failure = ""
        try:
            play(story, starter, against, then=then)
        except StoryFailure as error:
            failure = str(error)
        outcome = Outcome(story, time.monotonic() - begun, failure)
        print(f"{'passed' if outcome.passed else 'FAILED'}  {outcome.seconds:6.2f} s  {story.path}", flush=True)
        if failure:
            print(failure, flush=True)
        yield outcome
