"""The day's decisions as the console knows them: a fold over events."""

import msgspec

from kase_fix.messages.day_events import (
    Announced,
    ConfigurationApplied,
    DayClosed,
    DayOpened,
    DecisionRefused,
    DecisionTaken,
    InstrumentChanged,
    PhaseEntered,
)
from kase_fix.messages.events import Published

MARKING = (
    ConfigurationApplied,
    DayOpened,
    DayClosed,
    PhaseEntered,
    DecisionTaken,
    DecisionRefused,
    InstrumentChanged,
)


class Outcome(msgspec.Struct, frozen=True):
    """What became of a decision."""

    number: int
    time: int
    """Nanoseconds UTC."""
    event: DecisionTaken | DecisionRefused
    announced: tuple[Announced, ...]


class Decided:
    """Decisions since the operational day was opened, and the number of what last changed the day's plan."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self.marked = 0
        """Number of the last command that touched phases, decisions or the configuration."""
        self._by_id: dict[str, Outcome] = {}

    def apply(self, published: Published) -> None:
        """Take in the events of one command."""
        for event in published.events:
            if type(event) is DayOpened:
                self.outcomes.clear()
                self._by_id.clear()
            elif type(event) is DecisionTaken or type(event) is DecisionRefused:
                announced = tuple(one for one in published.events if type(one) is Announced)
                outcome = Outcome(published.number, published.time, event, announced)
                self.outcomes.append(outcome)
                self._by_id[event.by.id] = outcome
            if type(event) in MARKING:
                self.marked = published.number

    def outcome(self, identifier: str) -> Outcome | None:
        """Return what became of the decision with this id; None: it is not known, or ended in a defect."""
        return self._by_id.get(identifier)
