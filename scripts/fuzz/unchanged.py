"""What was refused has changed nothing: the journal without it leads to the same state."""

from pathlib import Path

from kase_fix.engine.engine import Engine
from kase_fix.journal.replay import commands
from kase_fix.messages.day_events import DecisionRefused
from kase_fix.messages.events import CommandFailed
from kase_fix.messages.indicative import IndicativeRefused
from kase_fix.messages.order_events import CancelRefused, ConfirmRefused, OrderRefused, OrderRepeated, OrderShown

REFUSED = CancelRefused | CommandFailed | ConfirmRefused | DecisionRefused | IndicativeRefused | OrderRefused
NOTHING = REFUSED | OrderRepeated | OrderShown
"""Events after which everything is as it was."""


def compare(directory: Path) -> tuple[int, int, bool]:
    """Return how many commands the journal has, how many were refused, and whether the states are the same."""
    whole, without = Engine(), Engine()
    count = refused = 0
    for sequenced in commands(directory):
        events = whole.apply(sequenced)
        count += 1
        if events and all(isinstance(event, NOTHING) for event in events):
            refused += 1
        else:
            without.apply(sequenced)
    return count, refused, whole.hash() == without.hash()
