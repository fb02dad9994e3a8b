"""What a client says: messages are cut out of it, his Logon is decided, the rest goes on to QuickFIX."""

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING

import structlog

from kase_fix.gateway.doorman import logon
from kase_fix.gateway.doorman.connection import Connection, State
from kase_fix.gateway.doorman.entry import Refused, ask, enter
from kase_fix.gateway.doorman.fields import NoFields
from kase_fix.gateway.doorman.flow import Flow
from kase_fix.gateway.doorman.framing import BadFrame, Found, Frame, Framer
from kase_fix.gateway.doorman.logon import Logon
from kase_fix.gateway.doorman.new_password import answered
from kase_fix.gateway.doorman.nudge import SECONDS, nudge
from kase_fix.gateway.doorman.resends import Resends, Verdict, as_heartbeat, span_of
from kase_fix.gateway.doorman.resends import request as resend_request
from kase_fix.gateway.doorman.spans import Span

if TYPE_CHECKING:
    from kase_fix.gateway.doorman.doorman import Doorman

log = structlog.get_logger()

TOO_MANY_RESENDS = "Too many ResendRequests for ever other messages"
ON_ALREADY = "The session is on already: a Logon in it needs ResetSeqNumFlag(141)=Y"


class Client(Connection):
    """Frames what the client says, lets him in, passes it on."""

    def __init__(self, doorman: "Doorman", service: str, tls: bool = False) -> None:
        """With `tls` the handshake has been done, and he was let come before it."""
        super().__init__(doorman, service, tls)
        self._resends = Resends()
        self._framer = Framer(doorman.register.limits.greatest_message)
        self._held: list[Found] = []
        self._entered: Logon | None = None

    def data_received(self, data: bytes) -> None:
        """Cut messages out of what he says."""
        if self._state is State.DEAF:
            return
        found = self._framer.feed(data)
        if self._state is State.HELD:
            self._held += found
        else:
            self._take(found)

    def _take(self, found: list[Found]) -> None:
        for number, each in enumerate(found):
            if self._state is State.DEAF:
                return
            if isinstance(each, BadFrame):
                self._garbled(each.reason)
            elif self._dismissed and not each.is_logout:
                continue
            elif self._state is State.STRANGER or each.is_logon:
                if self._logon(each):
                    self._held = found[number + 1 :]
                    return
            elif each.is_user_request:
                self._held = found[number + 1 :]
                self._hold(self._user_request(each.data))
                return
            elif each.is_resend_request:
                self._resend(each.data)
            elif each.is_logout and self._flow is not None and self._flow.asks:
                self._held = found[number + 1 :]
                self._hold(self._leave_after(self._flow, each.data))
                return
            else:
                self._pass(each.data)

    def _resend(self, request: bytes) -> None:
        verdict = self._resends.judge(request, asyncio.get_running_loop().time())
        if verdict is Verdict.PASS:
            self._carry_out(request)
            return
        self._doorman.tally.add("resends_repeated" if verdict is Verdict.REPEATED else "resends_abused")
        if verdict is Verdict.ABUSE:
            self.dismiss("resend abuse", TOO_MANY_RESENDS)
            return
        try:
            self._pass(as_heartbeat(request))
        except NoFields:
            self._garbled("fields")

    def _carry_out(self, request: bytes) -> None:
        if self._flow is None:
            self._pass(request)
            return
        try:
            span, number = span_of(request), as_heartbeat(request)
        except NoFields:
            self._garbled("fields")
            return
        if span is None:
            self._pass(request)
        else:
            self._pass(number)
            self._flow.want(span)

    async def _leave_after(self, flow: Flow, logout: bytes) -> None:
        # He asked first: QuickFIX would have answered that before it reads his Logout.
        await flow.has_asked_all()
        self._go_on(logout)

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
        elif asked.said_before:
            self._pass(logon.rebuild(asked))  # a resend: QuickFIX judges its number
        else:
            self.dismiss("logon again", ON_ALREADY)
        return False

    def look(self, now: float) -> None:
        """Besides, have QuickFIX look at the clock of one who is silent."""
        super().look(now)
        asked, upstream, service = self._entered, self._upstream, self._doorman.register.service(self.service)
        if self._state is not State.INSIDE or not asked or not upstream or not service or not service.nudged:
            return
        if now - upstream.spoke_at >= SECONDS:
            upstream.send(nudge(asked.begin_string, asked.user, asked.target))

    def _hold(self, decision: Coroutine[None, None, None]) -> None:
        self._state = State.HELD
        if self._timer is not None:
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
            self._no_stranger()
            self._doorman.tally.add("logons")
            who = {"user": self.user, "service": self.service, "address": self.address}
            log.info("logged on", **who, tls=self._tls, certificate=self.named is not None, reset=asked.reset)
            self._begin_flow(asked)
            self._pass(logon.rebuild(asked))
            await self._upstream.has_answered()
            self._entered = asked
            self._go_on(b"")

    def _begin_flow(self, asked: Logon) -> None:
        service, upstream = self._doorman.register.service(self.service), self._upstream
        if service is None or not service.stored or upstream is None:
            return

        def ask(span: Span) -> None:
            self._doorman.tally.add("resends_asked")
            upstream.send(resend_request(asked.begin_string, asked.user, asked.target, span))

        most_held = self._doorman.register.limits.unsent_bytes // 2
        self._flow = Flow(self._outflow.give, ask, most_held, 0 if asked.reset else asked.expected)
        self._outflow.pace()

    async def _user_request(self, request: bytes) -> None:
        # What follows waits, as behind a Logon: it may be meant to come after the change.
        try:
            passed = await answered(self._doorman, self, request)
        except NoFields:
            self._garbled("fields")
            passed = b""
        self._go_on(passed)

    async def _reset(self, asked: Logon) -> None:
        # A later Logon with 141=Y empties QuickFIX's store like a first one: the cursor has to be written before it.
        try:
            await ask(self._doorman, self, reset=True, renews=True)
        except Refused as refused:
            self.end(refused.refusal.reason)
        else:
            if self._flow is not None:
                self._flow.forget()
            self._go_on(logon.rebuild(asked))

    def _go_on(self, message: bytes) -> None:
        if self._upstream is None or self._upstream.lost:
            self.end("session closed")
            return
        self._state = State.INSIDE
        if message:
            self._pass(message)
        held, self._held = self._held, []
        self._take(held)
        if self._state is State.INSIDE and not self._upstream.full:
            self._transport.resume_reading()

    def _refuse(self, asked: Logon, refused: Refused) -> None:
        reason, text = refused.refusal
        self._doorman.tally.add("refused." + reason)
        user = asked.user[:32].decode("latin-1")
        log.info("logon refused", user=user, service=self.service, address=self.address, reason=reason)
        service = self._doorman.register.service(self.service)
        # Without 141=Y a Logout would raise the number a client expects next, and he would refuse the true logon.
        answered = asked.reset and service is not None
        self.end("refused", last=logon.farewell(asked, service.comp_id, text) if answered and service else b"")
