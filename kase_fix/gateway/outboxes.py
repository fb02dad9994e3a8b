"""What waits for each user of a service, and how far he was told (architecture, Delivery).

A user who is away has his reports wait here; those already given, before a restart or now, are known by his cursor
and are not given again.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable
from pathlib import Path

import structlog

from kase_fix.gateway.acceptor import BEGIN_STRINGS, Acceptor, StoreUnwritable
from kase_fix.gateway.boot import possibly_received
from kase_fix.gateway.cursor import Cursor, Position
from kase_fix.gateway.dialect.mass_cancel_text import AFFECTED
from kase_fix.gateway.dialect.quote_text import SETS
from kase_fix.gateway.gate import Gate
from kase_fix.messages.configuration import User
from kase_fix.messages.events import Event

GROUPS = ("\x01453=", "\x01711=", "\x01552=", AFFECTED, SETS)
"""A report with one of these groups needs the dictionary, which keeps the members of groups together."""
SLICE = 200
"""Reports given to one who comes back before the others have theirs."""


class Outbox:
    """One user's reports: what waits, and how far he was told."""

    __slots__ = ("cursor", "goes_on", "waiting")

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.goes_on = False
        """Whether the next slice of what waits is to be given later."""
        self.waiting: deque[tuple[Position, str, Event]] = deque()


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

        What is added before `start` may have been given on a former boot of the machine, if this is another one.
        """
        self._given_before = another_boot
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
        self.later: Callable[[str], None] | None = None
        """Called with a user for whom more waits than a slice: `go_on` is to be called when others had their turn."""

    def start(self) -> None:
        """What is added from now on was never given."""
        self._given_before = False

    def cursors(self) -> list[Cursor]:
        """Return all users' cursors."""
        return [outbox.cursor for outbox in self._outboxes.values()]

    def lacks(self, user: str, position: Position) -> bool:
        """Tell whether the user, if he is one of the service, was not given the report at this position."""
        outbox = self._outboxes.get(user)
        return outbox is not None and position > outbox.cursor.position

    def add(self, user: str, position: Position, body: str, event: Event) -> None:
        """Give a report, at once where the session is on."""
        told = possibly_received(body) if self._given_before else body
        self._outboxes[user].waiting.append((position, told, event))
        self.tell(user)

    def tell(self, user: str) -> None:
        """Give what waits, while the session is on; j stands for what cannot be given."""
        if not self._outboxes[user].goes_on:
            self.go_on(user)

    def goes_on(self, user: str) -> bool:
        """Tell whether more was left to give later."""
        return self._outboxes[user].goes_on

    def any_goes_on(self) -> bool:
        """Tell whether more was left for anyone."""
        return any(outbox.goes_on for outbox in self._outboxes.values())

    def go_on(self, user: str) -> None:
        """Give the next slice."""
        outbox = self._outboxes[user]
        outbox.goes_on = False
        waiting, left = outbox.waiting, SLICE
        while waiting and not self._acceptor.unwritable and self._gate.tells(user):
            if not left and self.later is not None:
                outbox.goes_on = True
                self.later(user)
                return
            left -= 1
            position, body, event = waiting[0]
            try:
                self.send(user, body)
                self._counts["reports"] += 1
            except StoreUnwritable:
                self._failed("the sessions' store", user, position)
                return  # the venue halts; the next start finds by the cursor what was not given
            except Exception:
                self._failed("a report's sending", user, position)
                self._excuse(user, position, self._instead(event, position))
            waiting.popleft()
            self._advance(user, outbox.cursor, position)

    def send(self, user: str, body: str) -> None:
        """Give what is not to be given again, such as an answer."""
        self._acceptor.send(user, body, has_groups=any(group in body for group in GROUPS))

    def clear(self) -> None:
        """Forget what waits."""
        for outbox in self._outboxes.values():
            outbox.waiting.clear()

    def waiting(self) -> dict[str, int]:
        """Return how many reports wait, by user."""
        return {user: len(outbox.waiting) for user, outbox in self._outboxes.items() if outbox.waiting}

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
