"""The doorman himself: his ports, his register, and what he and the venue say to each other."""

import asyncio
import itertools
import os
from collections.abc import Callable

import structlog

from kase_fix.gateway.doorman.client import Client
from kase_fix.gateway.doorman.line import Line
from kase_fix.gateway.doorman.online import Online
from kase_fix.gateway.doorman.passwords import Passwords
from kase_fix.gateway.doorman.register import Register
from kase_fix.gateway.doorman.tally import Tally
from kase_fix.gateway.doorman.upstream import Upstream
from kase_fix.messages.link import Admit, Admitted, Counted, Cut, DoorService, DoorSettings, Listening, Said

LOOPBACK = "127.0.0.1"
COUNTED_SECONDS = 1.0
LAST_WORDS_SECONDS = 0.2
BACKLOG = 256

log = structlog.get_logger()


class Doorman:
    """Lives as long as the link to the venue."""

    def __init__(self, leave: Callable[[int], None] = os._exit) -> None:
        self.register = Register(DoorSettings((), ()))
        self.passwords = Passwords()
        self.online = Online()
        self.tally = Tally()
        self.clients: set[Client] = set()
        self.line = Line(self.heard, self.orphaned)
        self._leave = leave
        self._asked: dict[int, asyncio.Future[Admitted]] = {}
        self._numbers = itertools.count(1)
        self._servers: dict[str, asyncio.AbstractServer] = {}
        self._ports: dict[str, int] = {}
        self._opening = asyncio.Lock()
        self._opened: set[asyncio.Task[None]] = set()
        self._dying = False

    def heard(self, said: Said) -> None:
        """Do what the venue says."""
        match said:
            case DoorSettings():
                self._settle(said)
            case Admitted(id=number):
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

    async def ask(self, user: str, service: str, reset: bool) -> Admitted:
        """Ask the venue to let him in."""
        number = next(self._numbers)
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            self.line.say(Admit(number, user, service, reset))
            admitted: Admitted = await answer
        finally:
            self._asked.pop(number, None)
        return admitted

    async def connect(self, client: Client) -> Upstream:
        """Connect to the acceptor behind the client's service. Raises `OSError`."""
        service = self.register.service(client.service)
        if service is None:
            raise ConnectionRefusedError
        loop = asyncio.get_running_loop()
        _, upstream = await loop.create_connection(lambda: Upstream(client), LOOPBACK, service.upstream_port)
        return upstream

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
        self.register = Register(settings)
        task = asyncio.get_running_loop().create_task(self._open(settings))
        self._opened.add(task)
        task.add_done_callback(self._opened.discard)

    async def _open(self, settings: DoorSettings) -> None:
        async with self._opening:
            for service in settings.services:
                if service.name not in self._servers and not await self._listen(service):
                    self._leave(2)
            self.line.say(Listening(dict(self._ports)))
            log.info("listening", ports=self._ports, users=len(settings.users))

    async def _listen(self, service: DoorService) -> bool:
        loop = asyncio.get_running_loop()
        try:
            server = await loop.create_server(
                lambda: Client(self, service.name), service.host, service.port, reuse_address=True, backlog=BACKLOG
            )
        except OSError as error:
            log.error("port not opened", service=service.name, host=service.host, port=service.port, error=str(error))
            return False
        self._servers[service.name] = server
        self._ports[service.name] = server.sockets[0].getsockname()[1]
        return True
