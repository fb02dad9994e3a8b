"""Drop copy: the reports of all users of a firm, in order, for a session that listens, and asks (R-130, R-172).

A copy is what the member was told, with CopyMsgIndicator(797)=Y and the member in Username(553); where it speaks the
other dialect it is the same report in that one. It has the delivery id of the member's, and waits for one who is away
like any report: by an outbox and a cursor of its own. H, AF and AD bring what the members would be told by theirs,
marked alike.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import msgspec

from kase_fix.gateway.acceptor import Acceptor
from kase_fix.gateway.catching_up import Teller
from kase_fix.gateway.cursor import Position
from kase_fix.gateway.dialect.delivery import delivery_id
from kase_fix.gateway.dialect.problems import BusinessReason, business_reject
from kase_fix.gateway.dialect.questions import Deals, MassStatus, OrderStatus, Question
from kase_fix.gateway.dialect.trades_text import copy_mark
from kase_fix.gateway.gate import Admission, Gate
from kase_fix.gateway.order_answers import OrderAnswers
from kase_fix.gateway.orders import Orders
from kase_fix.gateway.outboxes import Outboxes
from kase_fix.gateway.scene import Scene
from kase_fix.messages.configuration import User
from kase_fix.messages.events import Event
from kase_fix.messages.order_state import OrderState

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
        trading = list(members)
        self._of = {member.name: of_firm[member.firm] for member in trading if member.firm in of_firm}
        self._members = {one.name: [member for member in trading if member.firm == one.firm] for one in known}
        self.outboxes = Outboxes(acceptor, gate, known, directory, self.counts, _instead, another_boot)

    def take(self, member: str, position: Position, event: Event, made: Callable[[str], str]) -> bool:
        """Copy a report of a member to the listeners of his firm; `made` words it for one. False: one has to wait."""
        waits = False
        for listener in self._of.get(member, ()):
            if self.outboxes.lacks(listener, position):
                waits |= not self.outboxes.offer(listener, position, event, partial(made, listener))
        return not waits

    def teller(self, worded: Callable[[str, str, Position, int, Event, Scene], str]) -> Teller:
        """Return whom to tell of whom; `worded` words a report of a member for a listener."""
        members = {listener: frozenset(one.name for one in known) for listener, known in self._members.items()}
        return Teller(self.outboxes, members, worded)

    def dialect_of(self, listener: str) -> str:
        """Return what he speaks."""
        return self._acceptor.dialect_of(listener)

    def apply(self, event: Event) -> None:
        """Follow the exchange: called behind all that was told before the event."""
        self._gate.apply(event)

    def came(self, listener: str) -> None:
        """Look at one who comes."""
        self._gate.came(listener)

    def ask(self, admission: Admission) -> None:
        """Let one in: what he was told before is on record now."""
        self._gate.ask(admission)

    def answer(self, question: Question, orders: Orders, answers: OrderAnswers) -> None:
        """Tell one who asks what his firm's users have: their orders, their deals."""
        if self._gate.tells(question.user):
            for body in self._bodies(question, orders, answers):
                self.outboxes.send(question.user, body)

    def _bodies(self, question: Question, orders: Orders, answers: OrderAnswers) -> Iterator[str]:
        listener, members = question.user, self._members[question.user]
        dialect = self._acceptor.dialect_of(listener)
        if isinstance(question, OrderStatus):
            yield from self._status(question, dialect, orders, answers)
        elif isinstance(question, MassStatus):
            for member, body in answers.mass(dialect, question, [member.name for member in members]):
                yield copied(body, member) if member else body
        elif isinstance(question, Deals):
            yield from answers.deals(question, members, copied=True)

    def _status(self, asked: OrderStatus, dialect: str, orders: Orders, answers: OrderAnswers) -> Iterator[str]:
        """The orders of this name, whichever member's; a ClOrdID(11) is a member's own and may be that of several."""
        members = {member.name: member.firm for member in self._members[asked.user]}
        found: dict[str, tuple[str, OrderState]] = {}
        for name, firm in members.items():
            for order in orders.named(name, firm, asked.order_id, asked.cl_ord_id):
                found.setdefault(order.order_id, (order.user if order.user in members else name, order))
        if len({member for member, _ in found.values()}) > 1:
            reason, words = BusinessReason.OTHER, f"Several users have {asked.cl_ord_id}: name the order by OrderID(37)"
            yield business_reject(0, "H", reason, words, asked.cl_ord_id)
            return
        for member, order in found.values():
            yield copied(answers.status(dialect, msgspec.structs.replace(asked, user=member), order), member)
        if not found:
            yield answers.status(dialect, asked, None)

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
    return body + copy_mark(member)


def _instead(_: Event, position: Position) -> str:
    """Return j for a copy that cannot be given, with the delivery id of the report it is of."""
    return business_reject(0, "8", BusinessReason.NOT_AVAILABLE, "A copy could not be given", delivery_id(*position))
