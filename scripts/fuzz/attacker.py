"""One user's session that sends nothing but mutants, and comes back whenever it was ended."""

import socket
import threading
from collections import Counter
from contextlib import suppress

from kase_fix.scenario.wire import now_utc
from scripts.fuzz.mutants import Mutator, encode
from scripts.soak.wire import Framer, Message

BATCH = 100
"""Mutants behind which the attacker waits until the venue has read them."""
FRUITLESS = 100
"""Sessions in a row in which nothing could be sent."""
SILENCE = 20.0
"""Seconds without an answer to a TestRequest: a venue that is silent so long has failed."""


class Silent(Exception):
    """The venue did not answer a TestRequest of a sound session."""


class Attacker(threading.Thread):
    """Sends so many mutants; `failed` says why it could not."""

    def __init__(self, user: str, begin_string: str, address: tuple[str, int], mutator: Mutator, count: int) -> None:
        super().__init__(name=user, daemon=True)
        self.sent: Counter[str] = Counter()
        self.heard: Counter[str] = Counter()
        self.sessions = 0
        self.batch = bytearray()
        """The frames sent last."""
        self.failed = ""
        self._user, self._begin, self._address = user, begin_string, address
        self._mutator, self._count = mutator, count
        self._next = 1
        self._framer = Framer()
        self._line: socket.socket | None = None
        self._last_words = ""

    def run(self) -> None:
        """Send them all."""
        try:
            fruitless = 0
            while (before := self.sent.total()) < self._count and fruitless < FRUITLESS:
                with suppress(ConnectionError):
                    self._session()
                fruitless = fruitless + 1 if self.sent.total() == before else 0
            if fruitless:
                self.failed = f"{self._user} was not let in any more: {self._last_words}"
        except Exception as error:
            self.failed = f"{self._user}: {error!r}"

    def _session(self) -> None:
        """Log on anew and send until the session or the mutants end. Raises ConnectionError, `Silent`."""
        with socket.create_connection(self._address, timeout=SILENCE) as line:
            self._line, self._framer, self._next = line, Framer(), 1
            self.sessions += 1
            version = [(1137, "7")] if self._begin == "FIXT.1.1" else []
            self._say("A", [(98, "0"), (108, "60"), (141, "Y"), (553, self._user), (554, "rehearsal"), *version])
            self._listen_for("A", "")
            while self.sent.total() < self._count:
                self.batch = batch = bytearray()
                moment = now_utc()
                for _ in range(BATCH):
                    mutant = self._mutator.make(self._next, moment)
                    self.sent[mutant.kind] += 1
                    self._next += mutant.counts
                    batch += mutant.frame
                line.sendall(batch)
                self._say("1", [(112, f"q{self._next}")])
                self._listen_for("0", f"q{self._next - 1}")

    def _say(self, kind: str, body: list[tuple[int, str]], **number: str) -> None:
        head = [
            (35, kind),
            (49, self._user),
            (56, "KASE"),
            (34, number.get("number", str(self._next))),
            (52, now_utc()),
        ]
        assert self._line is not None
        self._line.sendall(encode(self._begin, head + body))
        if not number:
            self._next += 1

    def _listen_for(self, kind: str, question: str) -> None:
        """Take in all that comes until this message. Raises ConnectionError where the line ends first, `Silent`."""
        assert self._line is not None
        while True:
            try:
                data = self._line.recv(1 << 20)
            except TimeoutError:
                raise Silent(f"no {kind} {question} within {SILENCE:.0f} s") from None
            if not data:
                raise ConnectionError("the line was ended")
            for raw in self._framer.feed(data):
                message = Message(raw)
                self.heard[message.kind] += 1
                if message.kind == "2":  # what it never read was garbled, or taken for something else: count over it
                    self._say("4", [(123, "N"), (36, str(self._next))], number=message.get(7))
                    if kind == "0":
                        question = f"q{self._next}"
                        self._say("1", [(112, question)])
                elif message.kind == "5":
                    self._last_words = message.get(58)
                    raise ConnectionError("the session was ended")
                elif message.kind == kind and question in ("", message.get(112)):
                    return
