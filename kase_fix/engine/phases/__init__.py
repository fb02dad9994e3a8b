"""What a board does with each order in each phase, a module a phase, all with the same three questions."""

from typing import Protocol

from kase_fix.engine.phases import closed, continuous, preliminary
from kase_fix.engine.state import Trading
from kase_fix.engine.turn import Turn
from kase_fix.matching.order import Order
from kase_fix.messages.events import Refusal
from kase_fix.values.enums import Phase


class PhaseRules(Protocol):
    """The questions every phase answers; its module does."""

    def refuse(self, trading: Trading) -> Refusal | None:
        """May orders be entered or changed now?"""

    def enter(self, turn: Turn, trading: Trading, order: Order) -> None:
        """What becomes of an order that is admitted; its acceptance is told already."""

    def begin(self, turn: Turn, trading: Trading) -> None:
        """What does the beginning of the phase do to an instrument's book?"""


RULES: dict[Phase, PhaseRules] = {
    Phase.CLOSED: closed,
    Phase.PRELIMINARY: preliminary,
    Phase.CONTINUOUS: continuous,
}
"""Phases that come with later methods have no rules yet and cannot be entered."""
