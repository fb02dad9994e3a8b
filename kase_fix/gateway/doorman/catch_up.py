"""A client that has fallen behind catches up at his own speed, and nobody else waits for him. No input or output here.

QuickFIX carries a ResendRequest(35=2) out at once and in its only thread: 100 000 messages take seconds, in which it
answers nobody. So we ask it ourselves, for a few messages at a time, each time he has taken those before; what is new
for him meanwhile is held behind them. What is too much to hold we let go: QuickFIX has it stored, and it is asked for
when its turn comes, which makes it a message with PossDupFlag(43)=Y he has not seen before.

He gets each number once and in order, as if QuickFIX had sent them in one go: gap fills that meet are one.
"""

from collections import deque

from kase_fix.gateway.doorman.spans import Span, Spans
from kase_fix.gateway.doorman.spoken import GAP_FILL, NOT_STORED, gap_fill, head_of, new_number

FIRST_CHUNK = 20
GREATEST_CHUNK = 50
"""Messages: what QuickFIX does for one client before it looks at the others, some 2 ms."""
GREATEST_GAP = 1000
"""Numbers asked for at once where there was nothing but a gap: a start of the machine takes a million (`boot`)."""
CHUNK_BYTES = 128 * 1024
SLICE_BYTES = 64 * 1024


class CatchUp:
    """What one client is still to be given: numbers to ask QuickFIX for, and messages that are held."""

    def __init__(self, most_held: int) -> None:
        """Hold so many bytes of what QuickFIX could send again; of the rest there is no limit here (`held_bytes`)."""
        self.held_bytes = 0
        self.let_go_bytes = 0
        """Bytes let go, until all that he is owed has been asked for again."""
        self._most_held = most_held
        self._owed = Spans()
        self._held: deque[tuple[int, bytes]] = deque()
        self._chunk: Span | None = None
        self._size = FIRST_CHUNK
        self._bytes = 0
        self._reached = 0
        """The number that the replay has come to."""
        self._fill: tuple[int, bytes] | None = None
        """A gap not yet told: its first number, and QuickFIX's last words on it."""
        self._newest: int | None = None
        self._given = 0
        self._unread = b""
        """The newest message where nothing was behind: its number is read when somebody asks for it."""
        self._waiting: list[Span] = []
        self._expected = 0

    @property
    def busy(self) -> bool:
        """Tell whether something is owed to him that has to come before what is new."""
        return bool(self._owed or self._held or self._chunk or self._fill)

    @property
    def asks(self) -> bool:
        """Tell whether something of it has to come from QuickFIX."""
        return bool(self._owed or self._chunk)

    def wants(self, first: int, last: int) -> None:
        """Note what he asks for: up to `last` (0: all there is) of what he was given; what follows comes anyway."""
        self._read()
        if self._newest is None:
            self._waiting.append(Span(first, last))
            return
        last = min(last or self._given, self._given)
        if (first := max(first, 1)) <= last:
            self._owed.add(first, last)

    def expects(self, number: int) -> None:
        """Note NextExpectedMsgSeqNum(789) of his Logon: what lies between it and the answer's number he has not got."""
        self._expected = number

    def forget(self) -> None:
        """Owe nothing any more: numbers begin anew."""
        self._owed.clear()
        self._held.clear()
        self.held_bytes = self.let_go_bytes = 0
        self._chunk = self._fill = None

    def rest(self) -> bytes:
        """Return what he can still be given when QuickFIX says no more: nothing where a gap would be before it."""
        told = b"" if self.asks else self._told_gap() + b"".join(message for _, message in self._held)
        self.forget()
        return told

    def hears(self, messages: list[bytes], behind: bool) -> bytes:
        """Take what QuickFIX says and return what he is to be given now; `behind`: he has enough to read."""
        if messages and self._newest is not None and not behind and not self.busy:
            self._unread = messages[-1]
            return b"".join(messages)
        self._read()
        return b"".join([self._take(message, behind) for message in messages])

    def step(self) -> bytes | Span | None:
        """Return what comes next for one who is not behind: bytes for him, or numbers to ask QuickFIX for."""
        if self._chunk is not None:
            return None
        if self._owed and not (self._held and self._held[0][0] < self._owed.first):
            if self._fill is not None and self._owed.first != self._reached:
                return self._told_gap()
            self._chunk = self._owed.take(self._size)
            self._reached, self._bytes = self._chunk.first, 0
            return self._chunk
        return self._told_gap() or self._let_go() or None

    def _take(self, message: bytes, behind: bool) -> bytes:
        kind, number, again = head_of(message)
        if again:
            chunk = self._chunk
            if chunk is None or not chunk.first <= number <= chunk.last:
                return message  # of a chunk that was forgotten
            return self._replay(message, kind, number, chunk)
        if self._newest is None:
            self._begin(number)
            return message
        if number <= self._newest:  # a Logon with 141=Y has been answered
            self.forget()
            self._given = number - 1
        self._newest = number
        if behind or self.busy:
            self._wait(message, kind, number)
            return b""
        self._given = number
        return message

    def _begin(self, number: int) -> None:
        """Begin with QuickFIX's Logon, and what he has asked for before it."""
        self._given = self._newest = number
        if 0 < self._expected < number:
            self.wants(self._expected, number)
        for wish in self._waiting:
            self.wants(*wish)

    def _wait(self, message: bytes, kind: bytes, number: int) -> None:
        if kind in NOT_STORED or self.held_bytes + len(message) <= self._most_held:
            self._held.append((number, message))
            self.held_bytes += len(message)
        else:
            self._owed.add(number, number)
            self.let_go_bytes += len(message)

    def _replay(self, message: bytes, kind: bytes, number: int, chunk: Span) -> bytes:
        self._bytes += len(message)
        if kind == GAP_FILL:
            # Where numbers are missing behind one of the session's own QuickFIX begins anew at the chunk's first.
            self._fill = (self._fill[0] if self._fill is not None else self._reached, message)
            self._reached = max(self._reached, min(new_number(message), chunk.last + 1))
            told = b""
        else:
            told = self._told_gap() + message
            self._reached = number + 1
            self._given = max(self._given, number)
        if self._reached > chunk.last:
            self._chunk = None
            self.let_go_bytes = self.let_go_bytes if self._owed else 0
            self._size = self._next_size(chunk)
        return told

    def _next_size(self, chunk: Span) -> int:
        if self._fill is not None and self._fill[0] <= chunk.first:
            return min(GREATEST_GAP, 2 * self._size)
        each = max(1, self._bytes // (chunk.last - chunk.first + 1))
        return max(1, min(GREATEST_CHUNK, CHUNK_BYTES // each))

    def _told_gap(self) -> bytes:
        if self._fill is None:
            return b""
        (first, like), self._fill, told = self._fill, None, b""
        if first <= self._given < self._reached - 1:  # what he has already apart: he may ignore all that begins with it
            told, first = gap_fill(like, first, self._given + 1), self._given + 1
        self._given = max(self._given, self._reached - 1)
        return told + gap_fill(like, first, self._reached)

    def _let_go(self) -> bytes:
        """Return held messages, the oldest, up to the next that has to be asked for."""
        told, size = [], 0
        while self._held and size < SLICE_BYTES and not (self._owed and self._owed.first < self._held[0][0]):
            self._given, message = self._held.popleft()
            told.append(message)
            size += len(message)
        self.held_bytes -= size
        return b"".join(told)

    def _read(self) -> None:
        if self._unread:
            self._given = self._newest = head_of(self._unread).number
            self._unread = b""
