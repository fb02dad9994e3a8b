"""What has happened since the operational day began, read where it is kept: nobody has to remember it."""

from collections.abc import Iterator
from typing import Protocol

from kase_fix.messages.events import Published


class Stretch(Protocol):
    """The day so far, as of one moment."""

    def __iter__(self) -> Iterator[Published]:
        """Iterate all of it, from the configuration in force when it began."""

    def after(self, number: int) -> Iterator[Published]:
        """Iterate the events of the commands behind a number."""

    def general(self, upto: int | None = None) -> Iterator[Published]:
        """Iterate those that concern more than single orders, the configuration first; up to a command, or all."""


class Past(Protocol):
    """The day's events by position (`journal.log.EventLog`)."""

    def at(self, number: int) -> Published | None:
        """Return the events of a command; None where they are not kept."""

    def today(self, number: int) -> Published | None:
        """Return those of a command of the operational day; None where it was on another, or they are not kept."""

    def history(self) -> Stretch:
        """Return what is kept by now."""

    def latest_general(self, upto: int) -> int:
        """Return the last command up to a number that concerned more than single orders; 0: none."""
