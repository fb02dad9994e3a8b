"""asyncfix driven line by line: its loop runs in a thread, its member speaks and hears as those of other libraries."""

import asyncio
import logging
import re
import threading
from collections.abc import Coroutine
from typing import Any

from asyncfix import FIXMessage, FMsg
from asyncfix.codec import Codec
from asyncfix.protocol import FIXProtocol44
from asyncfix.protocol.schema import FIXSchema, SchemaGroup, SchemaSet

from kase_fix.scenario.dictionary import dictionary_of
from kase_fix.scenario.wire import Message, tree
from tests.system.floor import PATIENCE
from tests.system.foreigners import AsyncMember, published_schema

BEGIN = re.compile(rb"8=FIX\.4\.4\x019=(\d+)\x0135=([^\x01]+)\x01")


def groups_of(layout: SchemaSet) -> dict[str, list[str]]:
    """Return the tags of every group that stands in a message, by the group's counter."""
    found: dict[str, list[str]] = {}
    for member in layout.members.values():
        if isinstance(member, SchemaGroup):
            found[member.tag] = [inner.tag for inner in member.members.values()]
            found |= groups_of(member)
    return found


class ByMessage(Codec):
    """asyncfix's codec, given one whole message at a time and the groups of that message.

    It knows a group by its counter alone, and loses the message whose first bytes TCP cuts within `8=FIX.`.
    """

    def __init__(self, schema: FIXSchema) -> None:
        super().__init__(FIXProtocol44())
        self._groups = {kind.encode(): groups_of(message) for kind, message in schema._messages_types.items()}

    def decode(self, rawmsg: bytes, silent: bool = True) -> Any:
        begin = BEGIN.match(rawmsg)
        if begin is None:
            return None, 0, None  # the rest is on its way
        self.protocol.repeating_groups = self._groups.get(begin[2], {})
        return super().decode(rawmsg[: begin.start(2) - len("35=") + int(begin[1]) + len("10=000|")], silent)


class Complaints(logging.Handler):
    """Keeps what a library logs as a warning or worse."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


class AsyncLine:
    """A member on asyncfix, with the groups of the published FIX 4.4 dictionary."""

    def __init__(self, user: str, address: tuple[str, int], target: str = "KASE") -> None:
        self.user = user
        self._log = Complaints()
        logging.getLogger().addHandler(self._log)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._member: AsyncMember = self._do(self._enter(user, address, target))
        self.crossed = self._member.crossed

    async def _enter(self, user: str, address: tuple[str, int], target: str) -> AsyncMember:
        schema = published_schema()
        member = AsyncMember(user, address, schema, target)
        member._codec = ByMessage(schema)
        await member.logs_on()
        return member

    def _do(self, what: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(3 * PATIENCE)

    @property
    def complaints(self) -> list[str]:
        """What it could not read by the dictionary, and what it logged."""
        return self._member.invalid + self._log.lines

    def says(self, text: str) -> None:
        """Send "35=D|11=...|": header and trailer are asyncfix's."""
        pairs = [(int(tag), value) for tag, _, value in (pair.partition("=") for pair in text.strip("|").split("|"))]
        kind = pairs[0][1]
        kind_known = FMsg(kind) if kind in {one.value for one in FMsg} else kind
        fields = tree(Message(kind, pairs[1:]), dictionary_of("FIX44"))
        self._do(self._member.send_msg(FIXMessage(kind_known, fields)))

    def takes(self, *pieces: str) -> dict[int, str]:
        """Wait for the first message with all these pieces; take it, return the first value of each tag."""
        return self._do(self._take(pieces))

    async def _take(self, pieces: tuple[str, ...]) -> dict[int, str]:
        wanted = [f"\x01{piece}\x01" for piece in pieces]
        texts = self._member.texts

        def place() -> int | None:
            return next((at for at, text in enumerate(texts) if all(one in text for one in wanted)), None)

        try:
            await self._member.until(lambda: place() is not None)
        except TimeoutError:
            raise AssertionError(f"{self.user} did not hear {pieces}: {texts[-20:]} {self.complaints}") from None
        fields: dict[int, str] = {}
        for pair in texts.pop(place()).strip("\x01").split("\x01"):
            tag, _, value = pair.partition("=")
            fields.setdefault(int(tag), value)
        return fields

    async def _leave(self) -> None:
        await self._member.send_msg(FIXMessage(FMsg.LOGOUT))
        await self._member.until(lambda: self._member.crossed["< 5"] > 0)
        await self._member.leaves()

    def leaves(self) -> None:
        """Log out, wait for the Logout that answers, and end the loop."""
        self._do(self._leave())
        logging.getLogger().removeHandler(self._log)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()
