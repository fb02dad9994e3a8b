"""What a member asks is answered, behind his reports: H, AF, AN, AD, g, e, liabilities, indicative quotes, CA, CF."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from kase_fix.calendar.almaty import date_of
from kase_fix.clearing.positions import Positions as PositionsFold
from kase_fix.gateway.acceptor import Acceptor
from kase_fix.gateway.bulletin import Bulletin
from kase_fix.gateway.dialect.positions_text import answers_of_fix44, answers_of_next
from kase_fix.gateway.dialect.questions import (
    CalendarDays,
    Deals,
    IndicativeList,
    MakerLiabilities,
    MakerStatistics,
    MassStatus,
    OrderStatus,
    PartyList,
    Positions,
    Question,
    Status,
)
from kase_fix.gateway.indicative import IndicativeBoard
from kase_fix.gateway.makers import MakersDesk
from kase_fix.gateway.order_answers import OrderAnswers
from kase_fix.gateway.orders import Orders
from kase_fix.gateway.outboxes import Outboxes
from kase_fix.gateway.reference import Reference
from kase_fix.gateway.scene import Scene
from kase_fix.messages.configuration import User


class Known(NamedTuple):
    """Whoever knows an answer."""

    orders: Orders
    order_answers: OrderAnswers
    positions: Callable[[], PositionsFold]
    bulletin: Bulletin
    makers: MakersDesk
    indicative: IndicativeBoard
    reference: Reference | None
    scene: Scene


class Answering:
    """The questions of one service; used by the reports' thread alone."""

    def __init__(
        self,
        acceptor: Acceptor,
        users: Mapping[str, User],
        outboxes: Outboxes,
        known: Known,
        new_id: Callable[[], str],
    ) -> None:
        """`new_id` gives an ExecID(17) or report id that no other answer of the day has."""
        self._acceptor = acceptor
        self._users = users
        self._outboxes = outboxes
        self._known = known
        self._new_id = new_id

    def answer(self, question: Question, time: int) -> None:
        """Answer one who is on, as things are behind the last command taken in, at `time` (ns UTC)."""
        known, user = self._known, question.user
        if isinstance(question, OrderStatus | MassStatus):
            self._answer_on_orders(question)
        elif isinstance(question, Positions):
            self._answer_positions(question, time)
        elif isinstance(question, Deals):
            self._send(user, *known.order_answers.deals(question, (self._users[user],)))
        elif isinstance(question, Status):
            known.bulletin.answer(question, known.scene.boards(), time)
        elif isinstance(question, MakerLiabilities | MakerStatistics):
            known.makers.answer(question)
        elif isinstance(question, IndicativeList):
            known.indicative.answer(question, known.scene.listing)
        elif isinstance(question, CalendarDays | PartyList) and known.reference is not None:
            self._send(user, *known.reference.answer(question, date_of(time), self._new_id()))

    def _answer_on_orders(self, question: OrderStatus | MassStatus) -> None:
        known, user = self._known, question.user
        dialect = self._acceptor.dialect_of(user)
        if isinstance(question, MassStatus):
            for _, body in known.order_answers.mass(dialect, question, (user,)):
                self._outboxes.send(user, body)
            return
        named = known.orders.named(user, self._users[user].firm, question.order_id, question.cl_ord_id)
        for order in named or (None,):
            self._outboxes.send(user, known.order_answers.status(dialect, question, order))

    def _answer_positions(self, question: Positions, time: int) -> None:
        user = self._users[question.user]
        held = self._known.positions().of_accounts(user.accounts)
        in_dialect = answers_of_fix44 if self._acceptor.dialect_of(user.name) == "FIX44" else answers_of_next
        self._send(user.name, *in_dialect(question, self._new_id(), date_of(time), user.accounts, held))

    def _send(self, user: str, *bodies: str) -> None:
        for body in bodies:
            self._acceptor.send(user, body, has_groups=True)
