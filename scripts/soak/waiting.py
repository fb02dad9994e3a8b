"""Requests that wait for an answer, and which message answers which."""

import re
import time
from typing import NamedTuple

from scripts.soak.traffic import Request
from scripts.soak.wire import Message

OF_A_COMMAND = re.compile(r"\d+-\d+-")
"""SecondaryExecID(527), in FIX44 ExecID(17), of what answers a request: with 150=I one that was asked again."""


class Pending(NamedTuple):
    """A request without an answer."""

    request: Request
    number: int
    at: float
    again: bool


class Waiting:
    """Those of one member."""

    def __init__(self) -> None:
        self.answered = 0
        self.slowest = 0.0
        self._pending: dict[str, Pending] = {}

    def __len__(self) -> int:
        return len(self._pending)

    @property
    def seconds(self) -> float:
        """How long the oldest waits."""
        oldest = next(iter(self._pending.values()), None)
        return 0.0 if oldest is None else time.monotonic() - oldest.at

    def add(self, request: Request, number: int, again: bool) -> None:
        """Wait for an answer to what is sent with this MsgSeqNum(34), for the first time or `again`."""
        self._pending[request.name] = Pending(request, number, time.monotonic(), again)

    def give_up(self) -> list[Request]:
        """Wait no more; return what was not answered."""
        requests = [pending.request for pending in self._pending.values()]
        self._pending.clear()
        return requests

    def hear(self, message: Message) -> None:
        """Look whether a message answers one of them."""
        if message.kind == "8":
            of_a_command = OF_A_COMMAND.match(message.get(527) or message.get(17)) is not None
            if not self._answer(message.get(11)) and message.get(150) == "I" and of_a_command:
                self._answer_of_order(message)
        elif message.kind == "9":
            self._answer(message.get(11))
        elif message.kind == "b":
            self._answer(message.get(117))
        elif message.kind == "j":
            self._answer(message.get(379))
        elif message.kind == "3":
            number = int(message.get(45) or 0)
            self._answer(next((name for name, one in self._pending.items() if one.number == number), ""))

    def _answer(self, name: str) -> bool:
        """Note that a request was answered; tell whether one of this name waited."""
        found = self._pending.pop(name, None)
        if found is None:
            return False
        self.answered += 1
        self.slowest = max(self.slowest, time.monotonic() - found.at)
        return True

    def _answer_of_order(self, order: Message) -> None:
        """Find the request that an order's state answers: it bears the order's last ClOrdID, not the request's.

        One that names an order by 37 is answered by the state of that order alone, and none by that of somebody else's,
        of which a counterparty is told without a ClOrdID.
        """
        alike = {(55, order.get(55)), (54, order.get(54)), (97, "Y")}
        for name, pending in self._pending.items():
            if not pending.again and not order.get(355):
                continue  # what is asked for the first time is answered under its own name, or refused in words
            fields = {*pending.request.fields, *([(97, "Y")] if pending.again else [])}
            meant = [value for tag, value in fields if tag == 37]
            if order.get(37) in meant or (not meant and order.get(11) and alike <= fields):
                self._answer(name)
                return
