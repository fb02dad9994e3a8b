"""What the venue needs of whatever carries its messages to the Central Depository and back (art. 5 p. 4).

Requests are events (`DepositoryAsked`), so none leaves before it is durable; answers are commands
(`DepositoryAnswered`), so each is journalled, and the engine takes each once however often it comes.
"""

from collections.abc import Callable
from typing import Any, Protocol

from kase_fix.journal.log import Subscribe
from kase_fix.messages.commands import Command
from kase_fix.messages.depository import DepositoryAnswered


class Answers(Protocol):
    """The part that answers by the venue's clock; the sequencer asks it between two groups."""

    def next_due_time(self) -> int | None:
        """Return when the next answer comes, nanoseconds UTC; None: none comes by itself."""

    def take(self) -> DepositoryAnswered:
        """Return that answer; it is not given again."""


class Depository(Answers, Protocol):
    """The port."""

    mode: str
    """`simulated` or `files`."""

    def start(self, submit: Callable[[Command], None], subscribe: Subscribe) -> None:
        """Begin to carry messages: requests out of the events, answers in by `submit`.

        Who subscribes has to read: what he does not read is kept for him.
        """

    def stop(self) -> None:
        """End."""

    def totals(self) -> dict[str, int]:
        """Return its counters."""

    def view(self) -> dict[str, Any]:
        """Return what an operator should know of it."""
