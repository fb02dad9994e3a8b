"""What QuickFIX says on its way to a client whose service stores it: at once, or as fast as he reads (`catch_up`)."""

import asyncio
import time
from collections.abc import Callable

from kase_fix.gateway.doorman.catch_up import CatchUp
from kase_fix.gateway.doorman.missing import Missing
from kase_fix.gateway.doorman.spans import Span
from kase_fix.gateway.doorman.spoken import Splitter


class Flow:
    """One client's stream: `give` writes bytes to him, `ask` asks QuickFIX for numbers in his name."""

    def __init__(
        self, give: Callable[[bytes], None], ask: Callable[[Span], None], most_held: int, expected: int
    ) -> None:
        """`expected` is NextExpectedMsgSeqNum(789) of his Logon, 0 for none."""
        self.behind = False
        """Whether he has enough to read."""
        self._give = give
        self._ask = ask
        self._splitter = Splitter()
        self._missing = Missing()
        self._catch_up = CatchUp(most_held)
        self._catch_up.expects(expected)
        self._asked_all = asyncio.Event()

    @property
    def asks(self) -> bool:
        """Tell whether QuickFIX is asked for more in his name."""
        return self._catch_up.asks

    @property
    def held_bytes(self) -> int:
        """Bytes that wait here."""
        return self._catch_up.held_bytes

    @property
    def behind_bytes(self) -> int:
        """Bytes of what is new that wait here, or with QuickFIX."""
        return self._catch_up.held_bytes + self._catch_up.let_go_bytes

    async def has_asked_all(self) -> None:
        """Wait until nothing is asked for any more."""
        while self.asks:
            self._asked_all.clear()
            await self._asked_all.wait()

    def hear(self, data: bytes) -> None:
        """Take bytes of QuickFIX. Raises `ValueError` for what it cannot have said."""
        now = time.monotonic()
        messages = [self._missing.told(message, now) for message in self._splitter.feed(data)]
        told = self._catch_up.hears(messages, self.behind)
        if told:
            self._give(told)
        self._go_on()

    def want(self, span: Span) -> None:
        """Have him given again what he asks for; `last` is 0 for all there is."""
        self._catch_up.wants(*span)
        self._go_on()

    def resume(self) -> None:
        """He has read."""
        self.behind = False
        self._go_on()

    def forget(self) -> None:
        """His numbers begin anew."""
        self._catch_up.forget()
        self._go_on()

    def rest(self) -> bytes:
        """Return what he is still given when QuickFIX has closed."""
        return self._catch_up.rest()

    def _go_on(self) -> None:
        while not self.behind and (next_ := self._catch_up.step()) is not None:
            if isinstance(next_, Span):
                self._ask(next_)
            else:
                self._give(next_)
        if not self.asks:
            self._asked_all.set()
