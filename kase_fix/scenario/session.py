"""The rules of a FIX session, seen from the client: numbers, gaps, resends. No sockets, no threads."""

from kase_fix.scenario.wire import ADMINISTRATIVE, Message, Pairs, encode, now_utc

BEGIN_STRINGS = {"FIX44": "FIX.4.4", "NEXT": "FIXT.1.1"}
COMP_IDS = {"api": "KASE", "md": "KASEMD", "dc": "KASEDC"}
HEARTBEATS = {"FIX44": "30", "NEXT": "15"}
KEPT_FOR_RESEND = 20_000
ROUND_TRIP = "round-trip-"
OWN_HEADER = (34, 49, 52, 56)
FIRST_IN_MESSAGE = (43, 97, 122, 50, 57, 115, 116, 128, 129)


class Session:
    """One user at one service. What it wants sent gathers in `replies`, what the story may see in `delivered`."""

    def __init__(self, user: str, dialect: str, service: str = "api", password: str = "rehearsal") -> None:
        self.user = user
        self.dialect = dialect
        self.target = COMP_IDS[service]
        self.password = password
        self.next_out = 1
        self.next_in = 1
        self.heartbeat = 30
        self.logged_on = False
        self.finished = False
        """The session has nothing more to say on this line: it may be closed."""
        self.numbers_lost = False
        """The other side counts from further back than we do: only a reset brings the two together again."""
        self.answers: set[str] = set()
        """TestReqIDs of our own round trips that came back."""
        self.delivered: list[Message] = []
        self.replies: list[bytes] = []
        self._leaving = False
        self._sent: dict[int, tuple[str, Pairs, str]] = {}
        self._early: dict[int, Message] = {}
        self._asked_up_to = 0
        self._unasked = False
        self._wanted_again = range(0)
        """Numbers a story has asked for by a ResendRequest of its own: it sees them though they came before."""

    def new_line(self) -> None:
        """Forget what belonged to the last connection; numbers stay."""
        self.logged_on = self.finished = self._leaving = False
        self._early.clear()
        self._asked_up_to = 0
        self._unasked = False

    def logon(self, overrides: dict[int, str | None]) -> bytes:
        """Return a Logon; `overrides` replace its fields, None leaves one out. 141=Y starts the numbers anew."""
        body: dict[int, str | None] = {
            98: "0",
            108: HEARTBEATS[self.dialect],
            141: "Y",
            553: self.user,
            554: self.password,
        }
        if self.dialect == "NEXT":
            body[1137] = "7"
        body |= overrides
        if body.get(141) == "Y":
            self.next_out = self.next_in = 1
            self.numbers_lost = False
            self._sent.clear()
        elif (expected := body.get(789) or "").isdigit():  # as if what it was given from there on had never come
            self.next_in, self._unasked = int(expected), True
        interval = body.get(108) or ""
        self.heartbeat = max(1, int(interval)) if interval.isdigit() else 30
        return self.compose("A", [(tag, value) for tag, value in body.items() if value is not None])

    def want_again(self, fields: Pairs) -> None:
        """Let the story see what this ResendRequest of its own brings. Raises ValueError for numbers that are none."""
        asked = dict(fields)
        last = int(asked.get(16, "0"))
        self._wanted_again = range(int(asked.get(7, "1")), last + 1 if last else self.next_in)

    def logout(self, fields: Pairs) -> bytes:
        """Return a Logout of our own; the other side's answer ends the session."""
        self._leaving = True
        return self.compose("5", fields)

    def compose(self, kind: str, fields: Pairs, left_out: frozenset[int] = frozenset()) -> bytes:
        """Return a message. Header fields among `fields` take the place of the session's own; a number given so is
        not counted."""
        given = {tag: value for tag, value in fields if tag in OWN_HEADER}
        number, sent_at = self.next_out, now_utc()
        header = [(49, self.user), (56, self.target), (34, str(number)), (52, sent_at)]
        header = [(tag, given.get(tag, value)) for tag, value in header if tag not in left_out]
        first = [pair for pair in fields if pair[0] in FIRST_IN_MESSAGE]
        body = [pair for pair in fields if pair[0] not in OWN_HEADER and pair[0] not in FIRST_IN_MESSAGE]
        if 34 not in given and 34 not in left_out:
            self.next_out += 1
            self._sent[number] = (kind, [*first, *body], sent_at)
            self._sent.pop(number - KEPT_FOR_RESEND, None)
        return encode(BEGIN_STRINGS[self.dialect], kind, [*header, *first], body)

    def arrived(self, message: Message) -> None:
        """Put a message in its place: now, later behind a gap, or nowhere. Raises ValueError for broken numbers."""
        number, kind = message.number, message.kind
        if kind == "4" and message.get(123) != "Y":
            self.next_in = int(message.get(36) or self.next_in)
            self._take(message)
        elif kind == "A" and message.get(141) == "Y":
            self.next_in = number
            self._accept(message)
        elif kind == "5" and not self.logged_on:
            self._take(message)  # a refusal from in front of the session: its number says nothing
        elif number < self.next_in:
            self._late(message)
        elif number > self.next_in:
            self._gap(message)
        else:
            self._accept(message)
        while (early := self._early.pop(self.next_in, None)) is not None:
            self._accept(early)

    def _accept(self, message: Message) -> None:
        if message.kind == "4":
            self.next_in = max(self.next_in + 1, int(message.get(36) or 0))
            for number in sorted(number for number in self._early if number < self.next_in):
                self._take(self._early.pop(number))
        else:
            self.next_in = message.number + 1
        self._take(message)

    def _take(self, message: Message) -> None:
        """Answer what the session must answer; all but heartbeats and our own round trips is for the story."""
        kind, question = message.kind, message.get(112) or ""
        if kind == "0" and (not question or question.startswith(ROUND_TRIP)):
            self.answers.add(question)
            return
        if kind == "A":
            self.logged_on = True
        elif kind == "1":
            self.replies.append(self.compose("0", [(112, question)]))
        elif kind == "2":
            self._resend(int(message.get(7) or 1), int(message.get(16) or 0))
        elif kind == "5":
            if self._leaving:
                self.finished = True
            elif self.logged_on:
                self.replies.append(self.compose("5", []))
            self.logged_on = False
        self.delivered.append(message)

    def _gap(self, message: Message) -> None:
        """Keep what came too early and ask for what is missing, once."""
        if message.kind == "A":
            self.logged_on = True
            if self._unasked:  # 789 has asked for it
                self._unasked, self._asked_up_to = False, message.number - 1
        if message.kind == "2":  # answered at once, or two gaps would wait for each other; later it only counts
            self._take(message)
            message = Message("0", message.pairs)
        self._early[message.number] = message
        if self._asked_up_to < message.number - 1:
            first = max(self.next_in, self._asked_up_to + 1)
            self._asked_up_to = message.number - 1
            missing = [number for number in range(first, message.number) if number not in self._early]
            if missing:
                self.replies.append(self.compose("2", [(7, str(missing[0])), (16, str(missing[-1]))]))

    def _late(self, message: Message) -> None:
        """Ignore what was seen before; without PossDupFlag a number too low ends the session."""
        if message.get(43) == "Y":
            if message.number in self._wanted_again:
                self.delivered.append(message)
            return
        self.delivered.append(message)
        text = f"MsgSeqNum too low, expecting {self.next_in} but received {message.number}"
        self.replies.append(self.compose("5", [(58, text)]))
        self.logged_on, self.finished, self.numbers_lost = False, True, True

    def _resend(self, first: int, last: int) -> None:
        """Send what was sent before once more; messages of the session are only counted over."""
        last = self.next_out - 1 if last == 0 else min(last, self.next_out - 1)
        number = first
        passed_over = [self._sent[each] for each in range(first, last + 1) if each in self._sent]
        while number <= last:
            if (kept := self._sent.get(number)) is not None and kept[0] not in ADMINISTRATIVE:
                kind, fields, sent_at = kept
                body = [(34, str(number)), (43, "Y"), (122, sent_at), *(pair for pair in fields if pair[0] != 43)]
                self.replies.append(self.compose(kind, body))
                number += 1
                continue
            upto = number
            while upto <= last and self._sent.get(upto, ("0",))[0] in ADMINISTRATIVE:
                upto += 1
            self.replies.append(self.compose("4", [(34, str(number)), (43, "Y"), (123, "Y"), (36, str(upto))]))
            number = upto
        for kind, fields, _ in passed_over:  # the other side will never read a question that was counted over
            question = dict(fields).get(112, "")
            if kind == "1" and question.startswith(ROUND_TRIP) and question not in self.answers:
                self.replies.append(self.compose("1", [(112, question)]))
