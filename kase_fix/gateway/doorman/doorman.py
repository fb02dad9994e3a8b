"""The doorman himself: his ports, his register, and what he and the venue say to each other."""

import asyncio
import itertools
import os
import ssl
from collections.abc import Callable

import structlog

from kase_fix.gateway.doorman import reasons
from kase_fix.gateway.doorman.client import Client
from kase_fix.gateway.doorman.connection import Connection
from kase_fix.gateway.doorman.line import Line
from kase_fix.gateway.doorman.lockout import Lockout
from kase_fix.gateway.doorman.online import Online
from kase_fix.gateway.doorman.passwords import Passwords
from kase_fix.gateway.doorman.register import Register
from kase_fix.gateway.doorman.tally import Tally
from kase_fix.gateway.doorman.threshold import Threshold
from kase_fix.gateway.doorman.tls import BACKLOG, TlsPort, context_of, open_port
from kase_fix.gateway.doorman.upstream import BackDoors, Upstream
from kase_fix.messages.link import (
    Admit,
    Admitted,
    Counted,
    Cut,
    DoorService,
    DoorSettings,
    Listening,
    Rekey,
    Rekeyed,
    Said,
)

COUNTED_SECONDS = 1.0
LOOK_SECONDS = 0.5
REKEY_SECONDS = 5.0
LAST_WORDS_SECONDS = 0.2

log = structlog.get_logger()


class Doorman:
    """Lives as long as the link to the venue."""

    def __init__(self, leave: Callable[[int], None] = os._exit) -> None:
        self.register = Register(DoorSettings((), ()))
        self.passwords = Passwords()
        self.online = Online()
        self.tally = Tally(reasons.COUNTED)
        limits = self.register.limits
        self.lockout = Lockout(limits.lockout_first_seconds, limits.lockout_greatest_seconds)
        self.threshold = Threshold(
            limits.connections_at_once, limits.connections_per_second, limits.strangers, limits.strangers_of_address
        )
        self.clients: set[Connection] = set()
        self.line = Line(self.heard, self.orphaned)
        self._leave = leave
        self._back_doors = BackDoors()
        self._turning_away: dict[str, float] = {}
        self._asked: dict[int, asyncio.Future[Admitted | Rekeyed]] = {}
        self._numbers = itertools.count(1)
        self._servers: dict[str, asyncio.AbstractServer | TlsPort] = {}
        self._ports: dict[str, int] = {}
        self._opening = asyncio.Lock()
        self._opened: set[asyncio.Task[None]] = set()
        self._dying = False

    def heard(self, said: Said) -> None:
        """Do what the venue says."""
        match said:
            case DoorSettings():
                self._settle(said)
            case Admitted(id=number) | Rekeyed(id=number):
                answer = self._asked.pop(number, None)
                if answer is not None and not answer.done():
                    answer.set_result(said)
            case Cut(user=user, service=service, reason=reason):
                holder = self.online.holder(user, service)
                if holder is not None:
                    log.info("cut by the venue", user=user, service=service, reason=reason)
                    holder.end("cut")
            case _:
                log.warning("not for a doorman", said=type(said).__name__)

    async def ask(self, user: str, service: str, reset: bool, renews: bool) -> Admitted:
        """Ask the venue to let him in."""
        answer = await self._answered(lambda number: Admit(number, user, service, reset, renews))
        return answer if isinstance(answer, Admitted) else Admitted(answer.id, False)

    async def rekey(self, user: str, password_hash: str) -> bool:
        """Have the venue keep a new hash; it is in the register by then. Tell whether it has, in time."""
        try:
            async with asyncio.timeout(REKEY_SECONDS):
                return (await self._answered(lambda number: Rekey(number, user, password_hash))).ok
        except TimeoutError:
            return False

    def time(self) -> float:
        """Return the loop's seconds."""
        return asyncio.get_running_loop().time()

    async def _answered(self, said: Callable[[int], Said]) -> Admitted | Rekeyed:
        number = next(self._numbers)
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            self.line.say(said(number))
            heard: Admitted | Rekeyed = await answer
        finally:
            self._asked.pop(number, None)
        return heard

    async def connect(self, client: Client) -> Upstream:
        """Connect to the acceptor behind the client's service. Raises `OSError`."""
        service = self.register.service(client.service)
        if service is None:
            raise ConnectionRefusedError
        loop = asyncio.get_running_loop()
        way = self._back_doors.way_to(service.upstream)
        _, upstream = await loop.create_unix_connection(lambda: Upstream(client), way)
        return upstream

    def lets_come(self, address: str) -> bool:
        """Is there room for a stranger from this address? Who hammers at the door is logged once a second."""
        now = asyncio.get_running_loop().time()
        reason = self.threshold.comes(address, now)
        self.tally.add("connections")
        if not reason:
            return True
        self.tally.add("turned_away." + reason)
        if address not in self._turning_away:
            self._turning_away[address] = now
            log.warning("turned away", address=address, reason=reason)
        return False

    def look(self) -> None:
        """End those who have not taken what is theirs for too long, again and again."""
        loop = asyncio.get_running_loop()
        for client in list(self.clients):
            client.look(loop.time())
        self._turning_away = {one: at for one, at in self._turning_away.items() if loop.time() - at < 1}
        loop.call_later(LOOK_SECONDS, self.look)

    def count(self) -> None:
        """Tell the venue what has changed, now and every second."""
        if totals := self.tally.news():
            self.line.say(Counted(totals))
        asyncio.get_running_loop().call_later(COUNTED_SECONDS, self.count)

    def orphaned(self) -> None:
        """End: the ports at once, the process when the venue's last words to its clients have been sent on."""
        if self._dying:
            return
        self._dying = True
        for server in self._servers.values():
            server.close()
        if not self.clients:
            self._leave(0)
        asyncio.get_running_loop().call_later(LAST_WORDS_SECONDS, self._leave, 0)
        log.info("the venue has ended", clients=len(self.clients))

    def _settle(self, settings: DoorSettings) -> None:
        # Nobody's hash first: a logon must never meet the new register with the old price of a proof.
        self.passwords.imitate(settings.users)
        self.passwords.processors = frozenset(settings.proofs_on)
        self.register = Register(settings)
        limits = settings.limits
        self.lockout.first, self.lockout.greatest = limits.lockout_first_seconds, limits.lockout_greatest_seconds
        self.threshold.at_once, self.threshold.per_second = limits.connections_at_once, limits.connections_per_second
        self.threshold.strangers = limits.strangers
        self.threshold.strangers_of_address = limits.strangers_of_address
        task = asyncio.get_running_loop().create_task(self._open(settings))
        self._opened.add(task)
        task.add_done_callback(self._opened.discard)

    async def _open(self, settings: DoorSettings) -> None:
        async with self._opening:
            try:
                context = context_of(settings.tls)
                self._back_doors.open(*(service.upstream for service in settings.services))
            except OSError as error:  # ssl.SSLError is one
                log.error("the door cannot be opened", error=str(error))
                self._leave(2)
                return
            for service in settings.services:
                await self._listen(service, context)
            self.line.say(Listening(dict(self._ports)))
            log.info("listening", ports=self._ports, users=len(settings.users))

    async def _listen(self, service: DoorService, context: ssl.SSLContext | None) -> None:
        name, host = service.name, service.host
        secure = f"{name}_tls"
        try:
            if name not in self._servers:
                server = await asyncio.get_running_loop().create_server(
                    lambda: Client(self, name), host, service.port, reuse_address=True, backlog=BACKLOG
                )
                self._servers[name], self._ports[name] = server, server.sockets[0].getsockname()[1]
            if context is not None and service.tls_port is not None and secure not in self._servers:
                port = await open_port(self, name, host, service.tls_port, context)
                self._servers[secure], self._ports[secure] = port, port.port
        except OSError as error:
            log.error(
                "port not opened", service=name, host=host, ports=(service.port, service.tls_port), error=str(error)
            )
            self._leave(2)
