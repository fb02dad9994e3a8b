"""The side towards a client: the life of one connection, from its first byte to its last."""

import asyncio
import errno
from enum import Enum, auto
from typing import TYPE_CHECKING, cast

import structlog

from kase_fix.gateway.doorman.flow import Flow
from kase_fix.gateway.doorman.outflow import IDLE_SECONDS, Outflow
from kase_fix.gateway.doorman.peer import address_of, named_in_certificate
from kase_fix.gateway.doorman.upstream import Upstream
from kase_fix.messages.link import SendAway

if TYPE_CHECKING:
    from kase_fix.gateway.doorman.doorman import Doorman

log = structlog.get_logger()


class State(Enum):
    """What the next bytes of the client are."""

    STRANGER = auto()  # the first message, which must be a Logon
    HELD = auto()  # nothing is read until a Logon is decided
    INSIDE = auto()  # messages of a session
    DEAF = auto()  # of no interest: he only gets what is left


class Connection(asyncio.Protocol):
    """Comes, gets what QuickFIX says, goes; what the client says is heard in `client`."""

    def __init__(self, doorman: "Doorman", service: str, tls: bool = False) -> None:
        """With `tls` the handshake has been done, and he was let come before it."""
        self.service = service
        self.user = ""
        self.address = ""
        self.named: str | None = None
        """Whom his certificate names."""
        self.leaving = False
        self.gone = asyncio.Event()
        self._doorman = doorman
        self._tls = tls
        self._state = State.STRANGER
        self._is_stranger = tls
        self._upstream: Upstream | None = None
        self._flow: Flow | None = None
        """What comes between QuickFIX and him where QuickFIX stores what it says."""
        self._entering: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport
        self._outflow: Outflow
        self._timer: asyncio.TimerHandle | None = None
        self._finished = False
        self._dismissed = ""
        """Why he is sent away, as `end` has it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Give the stranger his time for a first message."""
        self._transport = cast(asyncio.Transport, transport)
        self.address = address_of(transport)
        self.named = named_in_certificate(transport)
        if self._tls:
            self._doorman.tally.add("handshakes")
        elif not self._doorman.lets_come(self.address):
            self._state = State.DEAF
            self._transport.abort()
            return
        self._is_stranger = True
        limits = self._doorman.register.limits
        self._outflow = Outflow(self._transport, self._doorman.tally, limits.unsent_bytes, limits.unsent_seconds)
        self._doorman.clients.add(self)
        self._timer = asyncio.get_running_loop().call_later(limits.first_message_seconds, self.end, "no first message")

    def eof_received(self) -> bool:
        """He says no more; let QuickFIX know, and give him what it still says."""
        self._finished = True
        if self._state is not State.INSIDE or self._upstream is None:
            self.end("left")
            return False
        self.leaving = True
        self._upstream.leave()
        return not self._tls  # which knows no half a close

    def connection_lost(self, exc: Exception | None) -> None:
        """He is gone."""
        self._finished = True
        self.end("dead" if isinstance(exc, OSError) and exc.errno == errno.ETIMEDOUT else "left")
        if self._timer is not None:
            self._timer.cancel()
        self._doorman.clients.discard(self)

    def pause_writing(self) -> None:
        """He does not read: QuickFIX must not wait for him, nor memory be filled for him."""
        if self._flow is None:
            self.end("slow", abort=True)
        else:
            self._flow.behind = True

    def resume_writing(self) -> None:
        """He has read: what waits for him may go on."""
        if self._flow is not None and self._state is not State.DEAF:
            self._flow.resume()

    def look(self, now: float) -> None:
        """End one who has not taken what is his for too long."""
        if self._state is State.DEAF:
            return
        idle = self._outflow.idle(now)
        if self._outflow.is_stale(now):
            self.end("stale", abort=True)
        elif idle > IDLE_SECONDS and self._flow is not None and self._flow.behind_bytes > self._unsent_bytes:
            self.end("slow", abort=True)

    @property
    def _unsent_bytes(self) -> int:
        return self._doorman.register.limits.unsent_bytes

    # What QuickFIX does

    def give(self, data: bytes) -> None:
        """Send bytes of QuickFIX to him."""
        if self._state is State.DEAF:
            return
        if self._flow is None:
            self._outflow.give(data)
            return
        try:
            self._flow.hear(data)
        except ValueError:
            log.exception("defect", user=self.user, service=self.service)
            self.end("defect")
        else:
            if self._flow.held_bytes > self._unsent_bytes:
                self.end("slow", abort=True)

    def upstream_full(self, full: bool) -> None:
        """Stop reading from him, or go on."""
        if self._state is State.INSIDE and not self._transport.is_closing():
            if full:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()

    def upstream_lost(self) -> None:
        """QuickFIX has closed: so do we, when he has got everything."""
        if self._flow is not None and self._state is not State.DEAF:
            self._outflow.give(self._flow.rest())
        self.end(self._dismissed or "session closed")
        self._vacate()

    # What the doorman does

    def dismiss(self, reason: str, text: str) -> None:
        """Have the venue say Logout to him with this text; of what he says meanwhile only his own Logout is heard."""
        self._dismissed = reason
        if self._flow is not None:
            self._flow.forget()  # or the Logout would wait behind all he has asked for
        self._doorman.line.say(SendAway(self.user, self.service, text))

    def end(self, reason: str, *, last: bytes = b"", abort: bool = False) -> None:
        """End the connection: with what is left and `last` sent to him, or at once."""
        if self._state is State.DEAF:
            return
        known = self._upstream is not None or bool(last)
        self._state = State.DEAF
        self.leaving = True
        self._no_stranger()
        if self._entering is not None and self._entering is not asyncio.current_task():
            self._entering.cancel()
        self._doorman.tally.add("left." + reason.replace(" ", "_"))
        who = {"user": self.user, "service": self.service, "address": self.address}
        log.info("connection ended", **who, reason=reason, unsent=self._outflow.waiting)
        if abort:
            self._transport.abort()
        elif known and not self._finished and not self._transport.is_closing():
            self._timer = self._outflow.linger(last)
        else:
            self._timer = self._outflow.close()
        if self._upstream is None or self._upstream.lost:
            self._vacate()
        else:
            self._upstream.leave()

    def _no_stranger(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._is_stranger:
            self._is_stranger = False
            self._doorman.threshold.passes(self.address)

    def _vacate(self) -> None:
        self._doorman.online.vacate(self.user, self.service, self)
        self.gone.set()
