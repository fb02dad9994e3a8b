"""A FIX client: a session on a plain socket. One thread reads; whoever sends does so under the same lock."""

import contextlib
import itertools
import socket
import threading
import time
from collections.abc import Callable

from simplefix import FixParser
from simplefix.errors import ParsingError

from kase_fix.scenario.session import ROUND_TRIP, Session
from kase_fix.scenario.wire import Message, Pairs, decode

TICK = 0.5


class LineDown(Exception):
    """There is no connection to speak on."""


class Inbound:
    """A message that arrived, and whether a line of the story took it."""

    def __init__(self, message: Message) -> None:
        self.message = message
        self.taken = False

    @property
    def noticed(self) -> bool:
        """Tell whether it breaks a silence: what is of the market, a Reject, a Logout.

        How boards and instruments stand (h, f) is told to everyone unasked and breaks none.
        """
        if self.message.administrative:
            return self.message.kind in ("3", "5")
        return self.message.kind not in ("h", "f")


class Client:
    """One user at one service. The session's numbers live as long as the object, connections come and go."""

    def __init__(self, user: str, dialect: str, service: str = "api", password: str = "rehearsal") -> None:
        self.user = user
        self.session = Session(user, dialect, service, password)
        self.inbox: list[Inbound] = []
        self.connected = False
        self.changed = threading.Condition(threading.RLock())
        self._socket: socket.socket | None = None
        self._line = 0
        self._questions = itertools.count(1)
        self._last_sent = self._last_received = time.monotonic()
        self._asked_for_life = False

    @property
    def logged_on(self) -> bool:
        """Tell whether both sides have said Logon and neither Logout."""
        return self.connected and self.session.logged_on

    def state(self) -> str:
        """Return in words how the line stands."""
        if self.logged_on:
            return "the session is on"
        return "the line is open, the session is not on" if self.connected else "the line is closed"

    def holds(self, kind: str) -> bool:
        """Tell whether a message of this type waits to be taken."""
        return any(one.message.kind == kind and not one.taken for one in self.inbox)

    def connect(self, address: tuple[str, int]) -> None:
        """Open a new line; what is left of an older one is cut. Raises OSError."""
        self.drop()
        connection = socket.create_connection(address, timeout=5)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(TICK)
        with self.changed:
            self._line += 1
            self._socket, self.connected = connection, True
            self.session.new_line()
            self._last_received = self._last_sent = time.monotonic()
            arguments = (connection, self._line)
        threading.Thread(target=self._read, args=arguments, name=f"fix-{self.user}", daemon=True).start()

    def drop(self) -> None:
        """Cut the line without a word."""
        with self.changed:
            connection, self._socket = self._socket, None
            self.connected = False
            self._line += 1
            self.changed.notify_all()
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def logon(self, address: tuple[str, int], overrides: dict[int, str | None] | None = None) -> bool:
        """Connect and send a Logon; does not wait for the answer. Raises OSError where nobody listens.

        False where the line was cut before the Logon was out: to who waits for an answer no other end than one
        behind it, `connected` tells of both.
        """
        self.connect(address)
        with self.changed:
            try:
                self._write(self.session.logon(overrides or {}))
            except LineDown:
                return False
        return True

    def send(self, kind: str, fields: Pairs, left_out: frozenset[int] = frozenset()) -> None:
        """Send a message. Raises `LineDown`; the number is taken all the same, as a resend will show."""
        with self.changed:
            if kind == "2":
                with contextlib.suppress(ValueError):  # a story may say nonsense; the venue is to refuse it
                    self.session.want_again(fields)
            self._write(self.session.compose(kind, fields, left_out))

    def send_raw(self, data: bytes) -> None:
        """Send these bytes; the session does not count them. Raises `LineDown`."""
        with self.changed:
            self._write(data)

    def logout(self, fields: Pairs | None = None, patience: float = 5.0) -> bool:
        """Say Logout, wait for the answer, close; tell whether an answer came. Raises `LineDown`."""
        with self.changed:
            self._write(self.session.logout(fields or []))
        answered = self.wait(lambda: self.session.finished or not self.connected, patience)
        self.drop()
        return answered

    def round_trip(self, patience: float = 15.0) -> bool:
        """Send a TestRequest and wait for its Heartbeat: what was sent before is known to have been read."""
        question = f"{ROUND_TRIP}{next(self._questions)}"
        try:
            self.send("1", [(112, question)])
        except LineDown:
            return False
        self.wait(lambda: question in self.session.answers or not self.connected, patience)
        with self.changed:
            return question in self.session.answers

    def wait(self, condition: Callable[[], bool], patience: float) -> bool:
        """Wait until the condition, judged under the client's lock, holds; False when patience ends first."""
        with self.changed:
            return self.changed.wait_for(condition, patience)

    def take_all(self) -> list[Message]:
        """Return what arrived since the last call and forget it."""
        with self.changed:
            messages = [inbound.message for inbound in self.inbox]
            self.inbox.clear()
            self.session.answers.clear()
        return messages

    def _write(self, data: bytes) -> None:
        if self._socket is None:
            raise LineDown(f"{self.user} has no line to {self.session.target}")
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise LineDown(f"{self.user}: {error}") from error
        self._last_sent = time.monotonic()

    def _read(self, connection: socket.socket, line: int) -> None:
        """Read until the line ends or a new one takes its place."""
        parser = FixParser(allow_empty_values=True)
        while True:
            try:
                data = connection.recv(65536)
            except TimeoutError:
                data = None
            except OSError:
                data = b""
            with self.changed:
                if self._line != line:
                    return
                try:
                    alive = self._keep_alive() if data is None else self._arrived(parser, data)
                except (LineDown, ParsingError, ValueError):
                    alive = False
                if not alive:
                    self.drop()
                    return
                self.changed.notify_all()

    def _arrived(self, parser: FixParser, data: bytes) -> bool:
        """Hand on what came; False when the line is at its end."""
        self._last_received, self._asked_for_life = time.monotonic(), False
        parser.append_buffer(data)
        while (found := parser.get_message()) is not None:
            self.session.arrived(decode(found))
            self.inbox += [Inbound(message) for message in self.session.delivered]
            self.session.delivered.clear()
            replies = [*self.session.replies]
            self.session.replies.clear()
            for reply in replies:
                self._write(reply)
            if self.session.finished:
                return False
        return bool(data)

    def _keep_alive(self) -> bool:
        """Say and ask for heartbeats; False when the other side has been silent for too long."""
        if not self.session.logged_on:
            return True
        now, interval = time.monotonic(), self.session.heartbeat
        if now - self._last_received > 1.2 * interval and not self._asked_for_life:
            self._asked_for_life = True
            self._write(self.session.compose("1", [(112, f"{ROUND_TRIP}alive")]))
        if now - self._last_sent > interval - TICK:
            self._write(self.session.compose("0", []))
        return now - self._last_received < 2.4 * interval
