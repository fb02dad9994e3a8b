"""What members have written to the operator today (35=C)."""

from typing import NamedTuple

from kase_fix.messages.day_events import DayOpened
from kase_fix.messages.events import Published
from kase_fix.messages.letters import OperatorTold


class Letter(NamedTuple):
    """A member's message."""

    number: int
    time: int
    """Nanoseconds UTC."""
    said: OperatorTold


class Letters:
    """The operational day's, in order: a fold over events."""

    def __init__(self) -> None:
        self.received: list[Letter] = []

    def apply(self, published: Published) -> None:
        """Take in the events of one command."""
        for event in published.events:
            if type(event) is DayOpened:
                self.received.clear()
            elif type(event) is OperatorTold:
                self.received.append(Letter(published.number, published.time, event))
