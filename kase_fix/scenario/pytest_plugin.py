"""Scenario stories as pytest items: one file, one item."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kase_fix.scenario.failure import StoryFailure
from kase_fix.scenario.language import parse
from kase_fix.scenario.player import play
from kase_fix.scenario.story import ScriptError, Story
from kase_fix.scenario.venue import Starter, elsewhere

STARTER: pytest.StashKey[Starter] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the same stories be played against a venue that runs elsewhere."""
    parser.addoption("--scenario-against", metavar="HOST", default=None, help="play *.fix stories against this venue")


def pytest_configure(config: pytest.Config) -> None:
    """Make the one place where venues are started ahead of time."""
    config.stash[STARTER] = Starter()


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the venue nobody asked for."""
    if (starter := config.stash.get(STARTER, None)) is not None:
        starter.end()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect `*.fix` files."""
    if file_path.suffix != ".fix":
        return None
    collector: pytest.Collector = StoryFile.from_parent(parent, path=file_path)
    return collector


class StoryFile(pytest.File):
    """A file with one story."""

    def collect(self) -> Iterator[pytest.Item]:
        """Read the script; one that cannot be read is an error of collection."""
        try:
            story = parse(self.path)
        except ScriptError as error:
            raise self.CollectError(str(error)) from error
        item: pytest.Item = StoryItem.from_parent(self, name=self.path.stem, story=story)
        yield item


class StoryItem(pytest.Item):
    """A story to be played."""

    def __init__(self, *, story: Story, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.story = story

    def runtest(self) -> None:
        """Play it; while it plays the next story's venue starts."""
        against = self.config.getoption("--scenario-against")
        items = self.session.items
        place = items.index(self) + 1
        then = next((item.story for item in items[place : place + 1] if isinstance(item, StoryItem)), None)
        play(self.story, self.config.stash[STARTER], elsewhere(against) if against else None, then=then)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the line, what was expected and what came; no Python."""
        if isinstance(excinfo.value, StoryFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Name the item by its file and title."""
        return self.path, 0, f"{self.path.name}: {self.story.title}"
