"""How far each user of a service was told (architecture, Delivery).

A user who is away has his reports wait, but nowhere in memory: it is noted from which command on something is missing,
and when he comes that stretch of the past is gone through once more. What was given already, before a restart or now,
is known by his cursor and is not given again.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import structlog

from kase_fix.gateway.acceptor import BEGIN_STRINGS, Acceptor, StoreUnwritable
from kase_fix.gateway.boot import possibly_received
from kase_fix.gateway.cursor import BEFORE_ALL, Cursor, Position
from kase_fix.gateway.dialect.mass_cancel_text import AFFECTED
from kase_fix.gateway.dialect.quote_text import SETS
from kase_fix.gateway.gate import Gate
from kase_fix.messages.configuration import User
from kase_fix.messages.events import Event

GROUPS = ("\x01453=", "\x01711=", "\x01552=", AFFECTED, SETS)
"""A report with one of these groups needs the dictionary, which keeps the members of groups together."""


class Outbox:
    """One user's reports: how far he was told, and what is missing."""

    __slots__ = ("cursor", "latest", "missing")

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.latest: Position = BEFORE_ALL
        """The last report there is for him."""
        self.missing = 0
        """The command from which on he was not told all; 0: he was."""


class Outboxes:
    """The outboxes of one service, used by the reports' thread alone."""

    def __init__(
        self,
        acceptor: Acceptor,
        gate: Gate,
        users: Iterable[User],
        directory: Path,
        counts: Counter[str],
        instead: Callable[[Event, Position], str],
        another_boot: bool = False,
    ) -> None:
        """Go on from each user's cursor; `instead` words what stands for a report that cannot be given.

        What is offered before `start` may have been given on a former boot of the machine, if this is another one.
        """
        self._another_boot = another_boot
        self._before = 0
        """Reports of commands up to this one may have been given on a former boot."""
        self._acceptor = acceptor
        self._gate = gate
        self._counts = counts
        self._instead = instead
        self._outboxes = {
            user.name: Outbox(
                Cursor(
                    directory / "cursors" / user.name,
                    directory / "store" / f"{BEGIN_STRINGS[user.dialect]}-{acceptor.comp_id}-{user.name}",
                    another_boot,
                )
            )
            for user in users
        }
        self._logger = structlog.get_logger("outboxes")

    def start(self, number: int) -> None:
        """What is of a command behind this one was never given."""
        self._before = number

    def cursors(self) -> list[Cursor]:
        """Return all users' cursors."""
        return [outbox.cursor for outbox in self._outboxes.values()]

    def lacks(self, user: str, position: Position) -> bool:
        """Tell whether the user, if he is one of the service, was not given the report at this position."""
        outbox = self._outboxes.get(user)
        return outbox is not None and position > outbox.cursor.position

    def offer(self, user: str, position: Position, event: Event, made: Callable[[], str]) -> bool:
        """Give a new report, where the user is on and was told all before it; tell whether he need not wait for it."""
        outbox = self._outboxes[user]
        outbox.latest = max(outbox.latest, position)
        if not outbox.missing and (self._is_idle(user) or not self.give(user, position, event, made)):
            outbox.missing = position[0]
        return not outbox.missing

    def give(self, user: str, position: Position, event: Event, made: Callable[[], str]) -> bool:
        """Give a report; j stands for what cannot be given. False: he cannot be told now."""
        if self._is_idle(user):
            return False
        body = made()
        if not body:
            return True
        cursor = self._outboxes[user].cursor
        if (self._another_boot or cursor.damaged) and position[0] <= self._before:
            body = possibly_received(body)
        try:
            self.send(user, body)
            self._counts["reports"] += 1
        except StoreUnwritable:
            self._failed("the sessions' store", user, position)
            return False  # the venue halts; the next start finds by the cursor what was not given
        except Exception:
            self._failed("a report's sending", user, position)
            self._excuse(user, position, self._instead(event, position))
        self._advance(user, cursor, position)
        return True

    def send(self, user: str, body: str) -> None:
        """Give what is not to be given again, such as an answer."""
        self._acceptor.send(user, body, has_groups=any(group in body for group in GROUPS))

    def missing(self, user: str) -> int:
        """Return the command from which on a user who is on now was not told all; 0: he was, or he is away."""
        return 0 if self._is_idle(user) else self._outboxes[user].missing

    def told(self, user: str, missing: int) -> None:
        """Note that all before a command was told; 0: all there is."""
        self._outboxes[user].missing = missing

    def latest(self) -> dict[str, Position]:
        """Return the position of the last report there is for each user."""
        return {user: outbox.latest for user, outbox in self._outboxes.items()}

    def expect(self, latest: dict[str, Position]) -> None:
        """Go on from what `latest` returned: who was not told that much waits for what is behind his cursor."""
        for user, outbox in self._outboxes.items():
            outbox.latest = latest.get(user, BEFORE_ALL)
            behind = outbox.latest > outbox.cursor.position
            outbox.missing = max(1, outbox.cursor.position[0]) if behind else 0

    def clear(self) -> None:
        """Forget what waits."""
        for outbox in self._outboxes.values():
            outbox.missing = 0

    def waiting(self) -> list[str]:
        """Return the users for whom something waits."""
        return [user for user, outbox in self._outboxes.items() if outbox.missing]

    def _is_idle(self, user: str) -> bool:
        return self._acceptor.unwritable or not self._gate.tells(user)

    def _advance(self, user: str, cursor: Cursor, position: Position) -> None:
        try:
            cursor.advance(position)
        except Exception:
            self._acceptor.unwritable = True
            self._failed("a cursor", user, position)

    def _excuse(self, user: str, position: Position, body: str) -> None:
        try:
            self._acceptor.send(user, body)
        except Exception:
            self._failed("an excuse", user, position)

    def _failed(self, what: str, user: str, position: Position) -> None:
        self._counts["failures"] += 1
        self._logger.exception("a report failed", what=what, user=user, position=position)
