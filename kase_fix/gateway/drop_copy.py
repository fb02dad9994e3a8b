"""Drop copy: the reports of all users of a firm, in order, for a session that only listens (R-130).

A copy is what the member was told, with CopyMsgIndicator(797)=Y and the member in Username(553); where it speaks the
other dialect it is the same report in that one. It has the delivery id of the member's, and waits for one who is away
like any report: by an outbox and a cursor of its own.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from kase_fix.gateway.acceptor import Acceptor
from kase_fix.gateway.cursor import Position
from kase_fix.gateway.dialect.delivery import delivery_id
from kase_fix.gateway.dialect.problems import BusinessReason, business_reject
from kase_fix.gateway.gate import Admission, Gate
from kase_fix.gateway.outboxes import Outboxes
from kase_fix.messages.configuration import User
from kase_fix.messages.events import Event

SOH = "\x01"
NAMED = "\x01553="


class DropCopy:
    """The listeners of all firms, used by the reports' thread alone."""

    def __init__(
        self,
        acceptor: Acceptor,
        gate: Gate,
        listeners: Iterable[User],
        members: Iterable[User],
        directory: Path,
        another_boot: bool = False,
    ) -> None:
        """Go on from each listener's cursor; the reports of `members` are copied to the listeners of their firm."""
        self.counts: Counter[str] = Counter()
        self._acceptor = acceptor
        self._gate = gate
        of_firm: dict[str, list[str]] = {}
        known = list(listeners)
        for listener in known:
            of_firm.setdefault(listener.firm, []).append(listener.name)
        self._of = {member.name: of_firm[member.firm] for member in members if member.firm in of_firm}
        self.outboxes = Outboxes(acceptor, gate, known, directory, self.counts, _instead, another_boot)

    def take(self, member: str, position: Position, event: Event, made: Callable[[str], str]) -> None:
        """Copy a report of a member to the listeners of his firm; `made` words it in a dialect."""
        for listener in self._of.get(member, ()):
            if self.outboxes.lacks(listener, position):
                body = made(self._acceptor.dialect_of(listener))
                if body:
                    self.outboxes.add(listener, position, copied(body, member), event)

    def apply(self, event: Event) -> None:
        """Follow the exchange: called behind all that was told before the event."""
        self._gate.apply(event)

    def came(self, listener: str) -> None:
        """Give one who comes what waits for him."""
        self._gate.came(listener)
        self.outboxes.tell(listener)

    def ask(self, admission: Admission) -> None:
        """Let one in: what he was told before is on record now."""
        self._gate.ask(admission)

    def begin_day(self) -> None:
        """Forget yesterday's reports, as the members' are."""
        self.outboxes.clear()


def copied(body: str, member: str) -> str:
    """Return a member's report as its copy: 797 and 553 behind its last field, which is in no group with them.

    NEXT has the counterparty of a direct order in 553 too (453 names him as well): the copy's is the member.
    """
    if NAMED in body:
        head, _, rest = body.partition(NAMED)
        body = head + SOH + rest.partition(SOH)[2]
    return f"{body}797=Y{SOH}553={member}{SOH}"


def _instead(_: Event, position: Position) -> str:
    """Return j for a copy that cannot be given, with the delivery id of the report it is of."""
    return business_reject(0, "8", BusinessReason.NOT_AVAILABLE, "A copy could not be given", delivery_id(*position))
