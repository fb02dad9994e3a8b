"""Members with client software that is not ours: asyncfix for FIX 4.4, QuickFIX for both dialects."""

import asyncio
import subprocess
import sys
import threading
import warnings
from collections import Counter
from pathlib import Path
from typing import TypeAlias

from asyncfix import FIXMessage, FMsg, FTag
from asyncfix.connection import ConnectionState
from asyncfix.connection_client import AsyncFIXClient
from asyncfix.journaler import Journaler
from asyncfix.protocol import FIXNewOrderSingle, FIXProtocol44
from asyncfix.protocol.schema import FIXSchema

from kase_fix.gateway.dictionaries import FIX44, FIX50, FIXT11
from kase_fix.scenario.register import dialect_of
from tests.system.floor import PATIENCE

HEARTBEAT = 5
Files: TypeAlias = tuple[Path, ...]
PUBLISHED: dict[str, Files] = {"FIX44": (FIX44,), "NEXT": (FIXT11, FIX50)}
WAYS = {"in": "<", "out": ">"}
USUAL_EVENTS = (
    "Created session",
    "Session ",
    "Connecting to",
    "Connection succeeded",
    "Initiated log",
    "Received log",
    "Logon contains ResetSeqNumFlag=Y",
    "Disconnecting",
)


class Protocol(FIXProtocol44):
    """FIX 4.4 as asyncfix defines it, and the one group it does not define."""

    repeating_groups = FIXProtocol44.repeating_groups | {
        FTag.NoMDEntries: [str(tag) for tag in (279, 269, 278, 55, 64, 83, 270, 271, 272, 273, 336, 625, 346, 290)]
    }


def published_schema() -> FIXSchema:
    """Return asyncfix's own reader of our published FIX 4.4 dictionary."""
    return FIXSchema(str(FIX44))


class AsyncMember(AsyncFIXClient):
    """A member whose client is asyncfix: its session, its codec, its notion of an order's life."""

    def __init__(self, user: str, address: tuple[str, int], schema: FIXSchema, target: str = "KASE") -> None:
        super().__init__(Protocol(), user, target, Journaler(), *address, heartbeat_period=HEARTBEAT)
        self.user = user
        self.schema = schema
        self.crossed: Counter[str] = Counter()
        self.invalid: list[str] = []
        self.texts: list[str] = []
        self.reports: list[FIXMessage] = []
        self.own: dict[str, FIXNewOrderSingle] = {}
        self._arrived = asyncio.Condition()

    async def on_connect(self) -> None:
        logon = {FTag.EncryptMethod: 0, FTag.HeartBtInt: HEARTBEAT, FTag.ResetSeqNumFlag: "Y"}
        await self.send_msg(FIXMessage(FMsg.LOGON, logon | {FTag.Username: self.user, FTag.Password: "rehearsal"}))

    async def on_logon(self, is_healthy: bool) -> None:
        assert is_healthy

    async def on_logout(self, msg: FIXMessage) -> None:
        pass

    async def on_state_change(self, connection_state: ConnectionState) -> None:  # noqa: ARG002
        async with self._arrived:
            self._arrived.notify_all()

    async def should_replay(self, historical_replay_msg: FIXMessage) -> bool:  # noqa: ARG002
        return False

    async def _process_message(self, msg: FIXMessage, raw_msg: bytes) -> None:
        self.crossed[f"< {msg[FTag.MsgType]}"] += 1
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # types it has no check for
                self.schema.validate(msg)
        except Exception as error:
            self.invalid.append(f"{error}: {raw_msg!r}")
        await super()._process_message(msg, raw_msg)
        self.texts.append(raw_msg.decode())
        async with self._arrived:
            self._arrived.notify_all()

    async def send_msg(self, msg: FIXMessage) -> None:
        self.crossed[f"> {msg.msg_type.value if isinstance(msg.msg_type, FMsg) else msg.msg_type}"] += 1
        await super().send_msg(msg)

    async def on_message(self, msg: FIXMessage) -> None:
        self.reports.append(msg)
        name = msg.get(FTag.ClOrdID, None)
        order = self.own.get(FIXNewOrderSingle.clord_root(name)) if name else None
        if order is not None and msg.msg_type == FMsg.EXECUTIONREPORT:
            order.process_execution_report(msg)
        elif order is not None and msg.msg_type == FMsg.ORDERCANCELREJECT:
            order.process_cancel_rej_report(msg)

    async def until(self, condition) -> None:
        """Wait until the condition holds, looking whenever something arrives."""
        async with asyncio.timeout(PATIENCE), self._arrived:
            await self._arrived.wait_for(condition)

    async def hears(self, kind: FMsg, **wanted: str) -> FIXMessage:
        """Wait for a message with these values (`t150="F"`), take and return it."""
        found: list[FIXMessage] = []

        def look() -> bool:
            for place, message in enumerate(self.reports):
                if message.msg_type == kind and all(
                    message.get(int(tag[1:]), None) == value for tag, value in wanted.items()
                ):
                    found.append(self.reports.pop(place))
                    return True
            return False

        try:
            await self.until(look)
        except TimeoutError:
            raise AssertionError(f"{self.user} did not hear {kind} {wanted}; heard {self.reports}") from None
        return found[0]

    def new_order(self, name: str, symbol: str, side: str, price: float, quantity: int) -> FIXNewOrderSingle:
        """Return an order as asyncfix keeps it; it follows the reports."""
        order = FIXNewOrderSingle(name, symbol, side, price, quantity, account=f"F_{self.user}_0000")
        self.own[name] = order
        return order

    async def logs_on(self) -> None:
        await self.connect()
        await self.until(lambda: self.connection_state == ConnectionState.ACTIVE)

    async def leaves(self) -> None:
        await self.disconnect(ConnectionState.DISCONNECTED_WCONN_TODAY, logout_message="")
        for task in (self._aio_task_socket_read, self._aio_task_heartbeat):
            task.cancel()


class QuickfixMember:
    """A member whose client is a QuickFIX initiator of his dialect."""

    def __init__(
        self, user: str, address: tuple[str, int], directory: Path, target: str = "KASE", files: Files | None = None
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.user = user
        self.told: list[str] = []
        self.crossed: Counter[str] = Counter()
        self._taken: set[int] = set()
        self._changed = threading.Condition()
        dialect = dialect_of(user)
        arguments = [dialect, user, target, *address, directory, *(files or PUBLISHED[dialect])]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.system.quickfix_puppet", *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def _listen(self) -> None:
        for line in self._process.stdout:
            with self._changed:
                self.told.append(line.rstrip("\n"))
                word, _, _ = self.told[-1].partition(" ")
                if word in WAYS:
                    self.crossed[f"{WAYS[word]} {fields_of(self.told[-1])[35]}"] += 1
                self._changed.notify_all()

    def says(self, body: str) -> None:
        """Send "35=D|11=...|"; header and trailer are QuickFIX's."""
        self._process.stdin.write(body + "\n")
        self._process.stdin.flush()

    def hears(self, *pieces: str, word: str = "in", count: int = 1, patience: float = PATIENCE) -> list[dict[int, str]]:
        """Wait until so many messages have all these pieces ("35=8", "150=F") and return them."""

        def found() -> list[str]:
            return [line for line in self.told if line.startswith(word) and all(f"|{one}|" in line for one in pieces)]

        with self._changed:
            self._changed.wait_for(lambda: len(found()) >= count, patience)
            assert len(found()) >= count, f"{self.user} did not hear {pieces}: {self.told[-30:]}"
            return [fields_of(line) for line in found()]

    def takes(self, *pieces: str) -> dict[int, str]:
        """Wait for the first message with all these pieces that was not yet taken; take it, return its fields."""

        def place() -> int | None:
            for at, line in enumerate(self.told):
                if at not in self._taken and line.startswith("in") and all(f"|{one}|" in line for one in pieces):
                    return at
            return None

        with self._changed:
            self._changed.wait_for(lambda: place() is not None, PATIENCE)
            at = place()
            assert at is not None, f"{self.user} did not hear {pieces}: {self.told[-8:]}"
            self._taken.add(at)
            return fields_of(self.told[at])

    @property
    def complaints(self) -> list[str]:
        """What its own log has, when it has left, beside the beginning and end of a session."""
        events = [line.removeprefix("event ") for line in self.told if line.startswith("event ")]
        assert events, f"{self.user} kept no log"
        return [line for line in events if not line.startswith(USUAL_EVENTS)]

    def logs_on(self) -> "QuickfixMember":
        with self._changed:
            assert self._changed.wait_for(lambda: "on" in self.told, 2 * PATIENCE), self.told
        return self

    def lines(self, *pieces: str, word: str = "in") -> list[str]:
        """Return what was told so far with all these pieces."""
        with self._changed:
            return [line for line in self.told if line.startswith(word) and all(f"|{one}|" in line for one in pieces)]

    def leaves(self) -> None:
        """Log out and wait for the Logout that answers."""
        self._process.stdin.close()
        try:
            self._process.wait(2 * PATIENCE)
        finally:
            self._process.kill()
            self._process.wait()
            self._listening.join(PATIENCE)


def fields_of(line: str) -> dict[int, str]:
    """Return the first value of each tag."""
    fields: dict[int, str] = {}
    for pair in line.partition(" ")[2].strip("|").split("|"):
        tag, _, value = pair.partition("=")
        fields.setdefault(int(tag), value)
    return fields
