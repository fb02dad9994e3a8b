"""A member's side of a FIX session: numbers both ways, gaps, resends. No sockets.

A member of NEXT starts the numbers anew with every Logon (141=Y), as those clients do; one of FIX44 does so once and
then goes on over any number of lines, with whatever is missing asked for and given again.
"""

import time

from scripts.soak.wire import Message, Pairs, encode, now_utc

BEGIN_STRINGS = {"FIX44": "FIX.4.4", "NEXT": "FIXT.1.1"}
SESSION_MESSAGES = frozenset(["0", "1", "2", "3", "4", "5", "A"])
KEPT = 20_000
ASK_AGAIN = 2.0


class Session:
    """The numbers of one member."""

    def __init__(self, user: str, dialect: str, password: str = "rehearsal", venue: str = "KASE") -> None:
        self.user = user
        self._venue = venue
        self.dialect = dialect
        self._password = password
        self._begin = BEGIN_STRINGS[dialect]
        self._out = 1
        self._expected = 1
        self._begun = False
        self._sent: dict[int, tuple[str, Pairs, str]] = {}
        self._asked_at = 0.0
        self.on = False
        self.behind = False
        """There is a gap that is not filled yet."""
        self.broken = ""
        """Why the two sides can no longer agree: a defect of the venue."""

    @property
    def next_out(self) -> int:
        """The number the next message takes."""
        return self._out

    def logon(self, anew: bool | None = None) -> bytes:
        """Return the Logon that begins a line; `anew`: with 141=Y or not, whatever the dialect's custom is."""
        self.on = self.behind = False
        self._asked_at = 0.0
        if anew is None:
            anew = self.dialect == "NEXT" or not self._begun
        fields: Pairs = [(98, "0"), (108, "10"), (553, self.user), (554, self._password)]
        if anew:
            self._out = self._expected = 1
            self._sent.clear()
            fields.insert(2, (141, "Y"))
        if self.dialect == "NEXT":
            fields.append((1137, "7"))
        return self.compose("A", fields)

    @property
    def expected(self) -> int:
        """The number the next message has to have."""
        return self._expected

    def forget(self, expected: int) -> None:
        """Be as one who has lost what he heard from this number on."""
        self._expected = expected

    def compose(self, kind: str, fields: Pairs) -> bytes:
        """Return a message with the next number."""
        number, at = self._out, now_utc()
        self._out += 1
        self._sent[number] = (kind, fields, at)
        self._sent.pop(number - KEPT, None)
        return self._encode(kind, number, at, [], fields)

    def take(self, message: Message) -> tuple[bool, list[bytes]]:
        """Put a message in its place; return whether it counts now, and what is to be said at once."""
        kind, number = message.kind, message.number
        if kind == "A":
            self.on = self._begun = True
            if message.get(141) == "Y":
                self._expected = number
        if kind == "5" and not self.on:
            return True, []  # a refusal from in front of the session
        if kind == "4" and message.get(123) != "Y":
            self._expected = int(message.get(36))
            return True, []
        if number > self._expected:
            return False, self._gap(message)
        if number < self._expected:
            if not message.again:
                self.broken = f"number {number} where {self._expected} was due"
            return False, []
        self._expected = int(message.get(36)) if kind == "4" else number + 1
        self.behind = False if not message.again else self.behind
        return True, self._replies(message)

    def _gap(self, message: Message) -> list[bytes]:
        """Ask once for all that is missing; what came too early comes again with it."""
        self.behind = True
        replies = self._resend(message) if message.kind == "2" else []
        now = time.monotonic()
        if now - self._asked_at >= ASK_AGAIN:
            self._asked_at = now
            replies.append(self.compose("2", [(7, str(self._expected)), (16, "0")]))
        return replies

    def _replies(self, message: Message) -> list[bytes]:
        if message.kind == "1":
            return [self.compose("0", [(112, message.get(112))])]
        if message.kind == "2":
            return self._resend(message)
        if message.kind == "5":
            self.on = False
            return [self.compose("5", [])]
        return []

    def _resend(self, message: Message) -> list[bytes]:
        """Give again what is asked for; what was of the session is only counted over."""
        first, last = int(message.get(7)), int(message.get(16) or 0)
        last = self._out - 1 if last == 0 else min(last, self._out - 1)
        replies: list[bytes] = []
        number = first
        while number <= last:
            kind, fields, at = self._sent.get(number, ("0", [], ""))
            if kind not in SESSION_MESSAGES:
                replies.append(self._encode(kind, number, now_utc(), [(43, "Y"), (122, at)], fields))
                number += 1
                continue
            upto = number
            while upto <= last and self._sent.get(upto, ("0", [], ""))[0] in SESSION_MESSAGES:
                upto += 1
            counted: Pairs = [(123, "Y"), (36, str(upto))]
            replies.append(self._encode("4", number, now_utc(), [(43, "Y"), (122, now_utc())], counted))
            number = upto
        return replies

    def _encode(self, kind: str, number: int, at: str, header: Pairs, fields: Pairs) -> bytes:
        head: Pairs = [(35, kind), (49, self.user), (56, self._venue), (34, str(number)), (52, at), *header]
        resend = [pair for pair in fields if pair[0] == 97]
        return encode(self._begin, [*head, *resend, *(pair for pair in fields if pair[0] != 97)])
