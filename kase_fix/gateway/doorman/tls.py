"""The TLS ports: what is spoken there, and a connection's handshake."""

import asyncio
import socket
import ssl
from typing import TYPE_CHECKING

import structlog

from kase_fix.gateway.doorman.client import Client
from kase_fix.gateway.doorman.outflow import LINGER_SECONDS
from kase_fix.messages.link import DoorTls

if TYPE_CHECKING:
    from kase_fix.gateway.doorman.doorman import Doorman

BACKLOG = 256
PAUSE_SECONDS = 0.1

log = structlog.get_logger()


def context_of(files: DoorTls) -> ssl.SSLContext | None:
    """Return what TLS is spoken with (1.2 and newer), None without a certificate. Raises `OSError`, `ssl.SSLError`."""
    if not files.certificate:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(files.certificate, files.key or None, password=lambda: "")  # never ask a terminal
    if files.client_ca:
        context.load_verify_locations(files.client_ca)
        required = files.client_certificate == "required"
        context.verify_mode = ssl.CERT_REQUIRED if required else ssl.CERT_OPTIONAL
    return context


class TlsPort:
    """Listens, counts who comes, and shakes hands; then it is a `Client`'s connection."""

    def __init__(self, doorman: "Doorman", service: str, listening: socket.socket, context: ssl.SSLContext) -> None:
        """Accept from a socket that listens already."""
        self._doorman = doorman
        self._service = service
        self._context = context
        self._listening = listening
        self._shaking: set[asyncio.Task[None]] = set()
        self._accepting = asyncio.get_running_loop().create_task(self._accept())

    @property
    def port(self) -> int:
        """The port's number."""
        return int(self._listening.getsockname()[1])

    def close(self) -> None:
        """Take no more connections."""
        self._accepting.cancel()
        self._listening.close()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, (address, *_) = await loop.sock_accept(self._listening)
            except OSError as error:  # of one connection that has gone, or of all: no descriptor is left
                log.warning("not accepted", service=self._service, error=str(error))
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            if not self._doorman.lets_come(address):
                connection.close()
                continue
            task = loop.create_task(self._shake_hands(connection, address))
            self._shaking.add(task)
            task.add_done_callback(self._shaking.discard)

    async def _shake_hands(self, connection: socket.socket, address: str) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                self._client,
                connection,
                ssl=self._context,
                ssl_handshake_timeout=self._doorman.register.limits.first_message_seconds,
                ssl_shutdown_timeout=LINGER_SECONDS,
            )
        except OSError as error:  # ssl.SSLError, TimeoutError and ConnectionError are
            connection.close()
            self._doorman.threshold.passes(address)
            self._doorman.tally.add("left.no_handshake")
            log.info(
                "connection ended", service=self._service, address=address, reason="no handshake", error=str(error)
            )

    def _client(self) -> Client:
        return Client(self._doorman, self._service, tls=True)


async def open_port(doorman: "Doorman", service: str, host: str, port: int, context: ssl.SSLContext) -> TlsPort:
    """Listen for a service's TLS clients. Raises `OSError`."""
    loop = asyncio.get_running_loop()
    family, kind, protocol, _, address = (await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM))[0]
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    return TlsPort(doorman, service, listening, context)
