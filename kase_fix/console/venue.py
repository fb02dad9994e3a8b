"""The console's end of the line to the venue: events come in, questions go out and are answered in order."""

import asyncio
import itertools
import socket
from collections.abc import Callable

from kase_fix.console.picture import Picture
from kase_fix.messages.decisions import DecisionCommand
from kase_fix.messages.link import (
    Answer,
    Ask,
    Batch,
    ConsoleSettings,
    Decide,
    Halting,
    Listening,
    Said,
    decode_frame,
    encode_frame,
)

AT_A_TIME = 500
"""So many commands are folded before requests get their turn: about a millisecond."""
PATIENCE = 2.0
"""Seconds a question waits for its answer unless it says otherwise."""


class NoAnswer(Exception):
    """The venue is gone, or did not answer in time."""


class Venue:
    """The line. `listen` has to run for questions to be answered."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, picture: Picture) -> None:
        self.picture = picture
        self.alive = True
        """False from the moment the other end is known to be gone."""
        self.halting = ""
        """Why the venue answers nothing any more, from the moment it says so."""
        self._reader = reader
        self._writer = writer
        self._ids = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Answer]] = {}

    @classmethod
    async def join(cls, connection: socket.socket, picture: Picture) -> "Venue":
        """Return the line over one end of a socket pair."""
        connection.setblocking(False)
        reader, writer = await asyncio.open_unix_connection(sock=connection)
        return cls(reader, writer, picture)

    async def settings(self) -> ConsoleSettings:
        """Return the first thing the venue says. Raises `NoAnswer` where it says something else, or nothing."""
        said = await self._receive()
        if not isinstance(said, ConsoleSettings):
            raise NoAnswer(f"the venue began with {type(said).__name__}, not with the settings")
        return said

    async def listen(self) -> None:
        """Fold what the venue sends and hand out its answers, until it is gone."""
        try:
            while (said := await self._receive()) is not None:
                if isinstance(said, Batch):
                    await self._fold(said)
                elif isinstance(said, Answer):
                    # Its events came before it on this line, so they are folded by now.
                    self.picture.reached(said.number)
                    asked = self._asked.get(said.id)
                    if asked is not None and not asked.done():
                        asked.set_result(said)
                elif isinstance(said, Halting):
                    self.halting = said.reason
                    self._give_up()
        finally:
            self.alive = False
            self._give_up()
            self._writer.close()

    def listening(self, port: int) -> None:
        """Tell the venue that the console accepts connections."""
        self._tell(Listening({"console": port}))

    async def ask(self, verb: str, patience: float | None = None, **arguments: int | str) -> Answer:
        """Return the venue's answer; what it speaks of is in the picture by then. `patience` is in seconds.

        Raises `NoAnswer` where none comes in time.
        """
        asked = dict(arguments)
        return await self._answered(lambda number: Ask(number, verb, asked), verb, patience)

    async def decide(self, command: DecisionCommand, patience: float) -> Answer:
        """Have the venue carry out a decision; what became of it is in the picture by then. Raises `NoAnswer`."""
        return await self._answered(lambda number: Decide(number, command), command.__struct_config__.tag, patience)

    async def catch_up(self) -> None:
        """Wait until all is folded that the venue has applied by now. Raises `NoAnswer`."""
        answer = await self.ask("position")
        if not answer.ok:
            raise NoAnswer(answer.error)

    async def _answered(self, say: Callable[[int], Said], what: object, patience: float | None) -> Answer:
        if self.halting or not self.alive:
            raise NoAnswer(self._why_none())
        seconds = PATIENCE if patience is None else patience
        number = next(self._ids)
        asked: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._asked[number] = asked
        try:
            self._tell(say(number))
            async with asyncio.timeout(seconds):
                return await asked
        except TimeoutError:
            raise NoAnswer(f"the venue did not answer '{what}' within {seconds:g} s") from None
        finally:
            del self._asked[number]

    def _why_none(self) -> str:
        return f"it halts: {self.halting}" if self.halting else "the venue is gone"

    def _give_up(self) -> None:
        """Tell all who wait that no answer comes."""
        for asked in self._asked.values():
            if not asked.done():
                asked.set_exception(NoAnswer(self._why_none()))

    def _tell(self, said: Said) -> None:
        self._writer.write(encode_frame(said))

    async def _receive(self) -> Said | None:
        try:
            head = await self._reader.readexactly(4)
            return decode_frame(await self._reader.readexactly(int.from_bytes(head, "big")))
        except (asyncio.IncompleteReadError, ConnectionError):
            return None

    async def _fold(self, batch: Batch) -> None:
        for start in range(0, len(batch.published), AT_A_TIME):
            for published in batch.published[start : start + AT_A_TIME]:
                self.picture.apply(published)
            await asyncio.sleep(0)
