"""The side towards a client: one connection, from its first byte to its last."""

import asyncio
from collections.abc import Coroutine
from enum import Enum, auto
from typing import TYPE_CHECKING, cast

import structlog

from kase_fix.gateway.doorman import logon
from kase_fix.gateway.doorman.entry import Refused, ask, enter
from kase_fix.gateway.doorman.fields import NoFields
from kase_fix.gateway.doorman.framing import BadFrame, Found, Frame, Framer
from kase_fix.gateway.doorman.logon import Logon
from kase_fix.gateway.doorman.parting import at_once, close, linger
from kase_fix.gateway.doorman.resends import Resends, Verdict, as_heartbeat
from kase_fix.gateway.doorman.tally import Occurrences
from kase_fix.gateway.doorman.upstream import Upstream

if TYPE_CHECKING:
    from kase_fix.gateway.doorman.doorman import Doorman

UNSENT_LIMIT = 8 * 1024 * 1024

log = structlog.get_logger()


class State(Enum):
    """What the next bytes of the client are."""

    STRANGER = auto()  # the first message, which must be a Logon
    HELD = auto()  # nothing is read until a Logon is decided
    INSIDE = auto()  # messages of a session
    DEAF = auto()  # of no interest: he only gets what is left


class Client(asyncio.Protocol):
    """Frames what the client says, lets him in, relays both ways, ends him."""

    def __init__(self, doorman: "Doorman", service: str) -> None:
        self.service = service
        self.user = ""
        self.leaving = False
        self.gone = asyncio.Event()
        self._doorman = doorman
        self._state = State.STRANGER
        self._resends = Resends()
        self._framer = Framer(doorman.register.greatest_message)
        self._held: list[Found] = []
        self._upstream: Upstream | None = None
        self._entering: asyncio.Task[None] | None = None
        self._trailers = Occurrences(b"\x0110=")
        self._transport: asyncio.Transport
        self._timer: asyncio.TimerHandle
        self._finished = False

    # What the client does

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Give the stranger his time for a first message."""
        self._transport = cast(asyncio.Transport, transport)
        at_once(self._transport)
        self._transport.set_write_buffer_limits(high=UNSENT_LIMIT)
        self._doorman.clients.add(self)
        self._doorman.tally.add("connections")
        seconds = self._doorman.register.first_message_seconds
        self._timer = asyncio.get_running_loop().call_later(seconds, self.end, "no first message")

    def data_received(self, data: bytes) -> None:
        """Cut messages out of what he says."""
        if self._state is State.DEAF:
            return
        found = self._framer.feed(data)
        if self._state is State.HELD:
            self._held += found
        else:
            self._take(found)

    def eof_received(self) -> bool:
        """He says no more; let QuickFIX know, and give him what it still says."""
        self._finished = True
        if self._state is not State.INSIDE or self._upstream is None:
            self.end("left")
            return False
        self.leaving = True
        self._upstream.leave()
        return True

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """He is gone."""
        self._finished = True
        self.end("left")
        self._timer.cancel()
        self._doorman.clients.discard(self)

    def pause_writing(self) -> None:
        """He does not read: QuickFIX must not wait for him, nor memory be filled for him."""
        self.end("slow", abort=True)

    # What QuickFIX does

    def give(self, data: bytes) -> None:
        """Send bytes of QuickFIX to him."""
        if self._state is State.DEAF or self._transport.is_closing():
            return
        self._transport.write(data)
        self._doorman.tally.add("bytes_out", len(data))
        self._doorman.tally.add("messages_out", self._trailers.count(data))

    def upstream_full(self, full: bool) -> None:
        """Stop reading from him, or go on."""
        if self._state is State.INSIDE and not self._transport.is_closing():
            if full:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()

    def upstream_lost(self) -> None:
        """QuickFIX has closed: so do we, when he has got everything."""
        self.end("session closed")
        self._vacate()

    # What the doorman does

    def end(self, reason: str, *, last: bytes = b"", abort: bool = False) -> None:
        """End the connection: with what is left and `last` sent to him, or at once."""
        if self._state is State.DEAF:
            return
        known = self._upstream is not None or bool(last)
        self._state = State.DEAF
        self.leaving = True
        self._timer.cancel()
        self._held.clear()
        if self._entering is not None and self._entering is not asyncio.current_task():
            self._entering.cancel()
        self._doorman.tally.add("left." + reason.replace(" ", "_"))
        log.info("connection ended", user=self.user, service=self.service, reason=reason)
        if abort:
            self._transport.abort()
        elif known and not self._finished and not self._transport.is_closing():
            self._timer = linger(self._transport, last)
        else:
            self._timer = close(self._transport)
        if self._upstream is None or self._upstream.lost:
            self._vacate()
        else:
            self._upstream.leave()

    def _vacate(self) -> None:
        self._doorman.online.vacate(self.user, self.service, self)
        self.gone.set()

    def _take(self, found: list[Found]) -> None:
        for number, each in enumerate(found):
            if self._state is State.DEAF:
                return
            if isinstance(each, BadFrame):
                self._garbled(each.reason)
            elif self._state is State.STRANGER or each.is_logon:
                if self._logon(each):
                    self._held = found[number + 1 :]
                    return
            elif each.is_resend_request:
                self._resend(each.data)
            else:
                self._pass(each.data)

    def _resend(self, request: bytes) -> None:
        verdict = self._resends.judge(request, asyncio.get_running_loop().time())
        if verdict is Verdict.PASS:
            self._pass(request)
            return
        self._doorman.tally.add("resends_repeated" if verdict is Verdict.REPEATED else "resends_abused")
        if verdict is Verdict.ABUSE:
            self.end("resend abuse")
            return
        try:
            self._pass(as_heartbeat(request))
        except NoFields:
            self._garbled("fields")

    def _garbled(self, reason: str) -> None:
        # FIX: a garbled message is ignored and the session lives. A stranger has no session.
        self._doorman.tally.add("garbled")
        self._doorman.tally.add("garbled." + reason)
        if self._state is State.STRANGER:
            self.end("garbled")

    def _pass(self, message: bytes) -> None:
        if self._upstream is not None:
            self._upstream.send(message)
        self._doorman.tally.add("messages_in")
        self._doorman.tally.add("bytes_in", len(message))

    def _logon(self, frame: Frame) -> bool:
        """Take a Logon, the first or a later one; True where what follows has to wait."""
        stranger = self._state is State.STRANGER
        if stranger and not frame.is_logon:
            self.end("no logon")
            return False
        try:
            asked = logon.read(frame.data)
        except NoFields:
            self._garbled("fields")
            return False
        if stranger:
            self._hold(self._enter(asked))
            return True
        if logon.fault(asked) is not None:
            self._garbled("logon")
        elif asked.reset:
            self._hold(self._reset(asked))
            return True
        else:
            self._pass(logon.rebuild(asked))
        return False

    def _hold(self, decision: Coroutine[None, None, None]) -> None:
        self._state = State.HELD
        self._timer.cancel()
        self._transport.pause_reading()
        self._entering = asyncio.get_running_loop().create_task(self._decide(decision))

    async def _decide(self, decision: Coroutine[None, None, None]) -> None:
        try:
            await decision
        except Exception:
            log.exception("defect", user=self.user, service=self.service)
            self.end("defect")

    async def _enter(self, asked: Logon) -> None:
        try:
            self._upstream = await enter(self._doorman, self, asked)
        except Refused as refused:
            self._refuse(asked, refused)
        else:
            self._doorman.tally.add("logons")
            log.info("logged on", user=self.user, service=self.service, reset=asked.reset)
            self._go_on(asked)

    async def _reset(self, asked: Logon) -> None:
        # A later Logon with 141=Y empties QuickFIX's store like a first one: the cursor has to be written before it.
        try:
            await ask(self._doorman, self, True)
        except Refused as refused:
            self.end(refused.refusal.reason)
        else:
            self._go_on(asked)

    def _go_on(self, asked: Logon) -> None:
        if self._upstream is None or self._upstream.lost:
            self.end("session closed")
            return
        self._state = State.INSIDE
        self._pass(logon.rebuild(asked))
        held, self._held = self._held, []
        self._take(held)
        if self._state is State.INSIDE and not self._upstream.full:
            self._transport.resume_reading()

    def _refuse(self, asked: Logon, refused: Refused) -> None:
        reason, text = refused.refusal
        self._doorman.tally.add("refused." + reason)
        log.info("logon refused", user=asked.user[:32].decode("latin-1"), service=self.service, reason=reason)
        service = self._doorman.register.service(self.service)
        # Without 141=Y a Logout would raise the number a client expects next, and he would refuse the true logon.
        answered = asked.reset and service is not None
        self.end("refused", last=logon.farewell(asked, service.comp_id, text) if answered and service else b"")
