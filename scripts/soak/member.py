"""A member: a line that comes back, a session on it, and requests that are answered or asked again.

What was not answered when the line went is sent again with PossResend(97)=Y once the session is on and has caught up.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from scripts.soak.logbook import Logbook
from scripts.soak.session import Session
from scripts.soak.traffic import Mind, Request
from scripts.soak.waiting import Waiting
from scripts.soak.wire import Framer, Message, Pairs

GREATEST_PENDING = 8
PATIENCE = 6.0
RETRY = 0.12
SYNC_AGAIN = 1.5


class Address(NamedTuple):
    """Where FIX-API listens."""

    host: str
    port: int


class Member:
    """One user at FIX-API."""

    def __init__(
        self,
        user: str,
        dialect: str,
        others: tuple[str, ...],
        address: Address,
        directory: Path,
        seed: str,
        rate: float,
    ) -> None:
        self.user = user
        self.dialect = dialect
        self.session = Session(user, dialect)
        self.book = Logbook(directory, user, dialect)
        self.trading = True
        self.logons = 0
        self.told = 0
        """How many reports came."""
        self.closing_answers: set[str] = set()
        """References of the last questions that were answered to their end."""
        self._chance = random.Random(f"{seed}-{user}")
        self._mind = Mind(user, dialect, others, self._chance, "k" + user)
        self._address = address
        self._rate = rate
        self._waiting = Waiting()
        self._again: list[Request] = []
        self._writer: asyncio.StreamWriter | None = None
        self._sync = ""
        self._syncs = 0
        self._synced = False
        self._ended = False
        self._away_until = 0.0

    @property
    def deals(self) -> Sequence[str]:
        """The last deals of his."""
        return self._mind.deals

    @property
    def answered(self) -> int:
        """How many requests were answered."""
        return self._waiting.answered

    @property
    def slowest(self) -> float:
        """The longest he waited for an answer, seconds."""
        return self._waiting.slowest

    @property
    def quiet(self) -> bool:
        """Is the session on and nothing left to be answered?"""
        return self._synced and not len(self._waiting) and not self._again

    async def run(self) -> None:
        """Come, and come back, until `end`."""
        trading = asyncio.create_task(self._trade())
        while not self._ended:
            with suppress(OSError, ValueError, asyncio.IncompleteReadError):
                await self._live()
            self._part()
            away = max(0.0, self._away_until - time.monotonic())
            await asyncio.sleep(away + RETRY * (0.5 + self._chance.random()))
        trading.cancel()
        self.book.close()

    def drop(self) -> None:
        """Cut the line without a word."""
        if self._writer is not None:
            self._writer.transport.abort()

    def leave_for(self, seconds: float, forget: int) -> None:
        """Be away for so long, and ask for so many of the last messages once more on coming back."""
        self.drop()
        self._away_until = time.monotonic() + seconds
        if self.dialect == "FIX44":  # those of NEXT begin anew with each line
            self.session.forget(max(1, self.session.expected - forget))

    def end(self) -> None:
        """Leave for good."""
        self._ended = True
        self.drop()

    async def intrude(self) -> None:
        """Come a second time while the first line is on, and leave again: nothing must come of it."""
        with suppress(OSError):
            _, writer = await asyncio.open_connection(*self._address)
            writer.write(Session(self.user, self.dialect).logon(anew=self.dialect == "NEXT"))
            await asyncio.sleep(self._chance.random() * 0.3)
            writer.transport.abort()

    def ask(self, kind: str, fields: Pairs) -> None:
        """Ask something that takes no ClOrdID, if the session is on."""
        if self._synced:
            self._say(kind, fields)

    async def _live(self) -> None:
        reader, self._writer = await asyncio.open_connection(*self._address)
        self.book.write("E", b"open")
        self._send(self.session.logon())
        framer = Framer()
        heard = time.monotonic()
        while True:
            try:
                async with asyncio.timeout(0.5):
                    data = await reader.read(1 << 16)
            except TimeoutError:
                if max(time.monotonic() - heard, self._waiting.seconds) > PATIENCE:
                    return
                self._keep_up()
                continue
            if not data:
                return
            heard = time.monotonic()
            for raw in framer.feed(data):
                self._hear(Message(raw))
            if self.session.broken:
                self.book.write("E", b"broken " + self.session.broken.encode())
                self._ended = True
                return

    def _part(self) -> None:
        """Everything unanswered has to be asked again."""
        if self._writer is not None:
            self.book.write("E", b"closed")
            self._writer.transport.abort()
        self._writer = None
        self.session.on = self._synced = False
        self._sync = ""
        self._again = [*self._waiting.give_up(), *self._again]

    def _keep_up(self) -> None:
        if self.session.on and not self._synced:
            self._ask_sync()
        elif self.session.on and self.trading:
            self._say("0", [])
        elif self.session.on:  # who says nothing himself hears nothing else
            self._say("1", [(112, "idle")])

    def _hear(self, message: Message) -> None:
        self.book.write("R", message.raw)
        counts, replies = self.session.take(message)
        for reply in replies:
            self._send(reply)
        if message.kind == "A" and self.session.on:
            self.logons += 1
            if self.dialect == "NEXT":  # what was on its way when the line went is found by asking
                self._ask_all(str(self.logons))
            self._ask_sync()
        if counts:
            self._understand(message)

    def _ask_all(self, reference: str) -> None:
        """Ask for all orders and deals; an unknown order asked for behind it marks the end of the answer."""
        if self.dialect == "NEXT":
            self._say("H", [(371, reference)])
            self._say("H", [(11, f"none-{reference}"), (790, reference), (55, "N/A"), (54, "1")])
        else:
            self._say("AF", [(584, reference), (585, "7")])

    def ask_for_the_end(self, reference: str) -> None:
        """Ask how everything stands, for the last time; `closing_answers` has the reference when it was answered."""
        if self._synced:
            self._ask_all(reference)

    def _ask_sync(self) -> None:
        self._syncs += 1
        self._sync = f"sync{self._syncs}"
        self._say("1", [(112, self._sync)])

    def _understand(self, message: Message) -> None:
        kind = message.kind
        if kind == "0" and message.get(112) == self._sync and self._sync:
            self._sync, self._synced = "", True
            self._send_again()
        elif kind == "8":
            self.told += 1
            if message.get(912) == "Y" or (message.get(790) and message.get(39) == "8"):
                self.closing_answers.add(message.get(584) or message.get(790))
            self._mind.note(message)
        self._waiting.hear(message)

    def _send_again(self) -> None:
        again, self._again = self._again, []
        for request in again:
            self._request(request, [(97, "Y")])

    async def _trade(self) -> None:
        while True:
            await asyncio.sleep(self._chance.expovariate(self._rate))
            if self.trading and self._synced and len(self._waiting) < GREATEST_PENDING:
                self._request(self._mind.request(), [])

    def _request(self, request: Request, header: Pairs) -> None:
        self._waiting.add(request, self.session.next_out, again=bool(header))
        self._say(request.kind, [*header, *request.fields])

    def _say(self, kind: str, fields: Pairs) -> None:
        self._send(self.session.compose(kind, fields))

    def _send(self, data: bytes) -> None:
        """Write one message; on a line that is gone it is lost, as its number shows."""
        self.book.write("S", data)
        if self._writer is not None and not self._writer.transport.is_closing():
            self._writer.write(data)
