"""A QuickFIX acceptor behind the doorman: one service, all its users' sessions, both dialects.

Everything that touches QuickFIX is here. A message is text inside and outside: it is read whole out of the callback
and written whole, and no object of the wrapper outlives a callback. Every callback is one total try/except: an
exception that left it would stop the acceptor without a word.
"""

import random
import socket
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import quickfix as fix
import structlog

from kase_fix.gateway import wake_up
from kase_fix.gateway.back_door import BackDoor
from kase_fix.gateway.boot import JUMP
from kase_fix.gateway.dialect import fix44, next_
from kase_fix.gateway.dialect.fix_text import Fields, frame
from kase_fix.gateway.dictionaries import FIX44, FIX50, FIXT11
from kase_fix.gateway.next_expected import NextExpected
from kase_fix.gateway.store import count_what_is_stored, cut_what_is_torn, jump_ahead
from kase_fix.gateway.store_mending import mend
from kase_fix.gateway.wary import Wary
from kase_fix.messages.configuration import User

BELOW_OUTGOING = range(20_000, 32_768)
"""Linux gives outgoing connections ports from 32768 on (net.ipv4.ip_local_port_range)."""
TRIED_PORTS = 100
BEGIN_STRINGS = {"FIX44": fix44.BEGIN_STRING, "NEXT": next_.BEGIN_STRING}
SEND_BUFFER = 212_992
"""Bytes, the most Linux grants unasked: QuickFIX waits where the doorman has fallen so far behind."""
ENDS_THE_SESSION = ("9", "10")
"""SessionRejectReason(373) behind which QuickFIX ends the session: another's CompID, a clock that is far off."""
MAX_LATENCY_SECONDS = 120
"""How far SendingTime(52) may be from the machine's clock, as the standard's session test cases have it (2 n-o)."""
DEFAULT_TEXT = "Session ended"
"""Text(58) of a Logout nobody gave a reason for: NEXT clients read it without looking whether it is there."""


WITHDRAW = ("A", "Y", "1")
"""Values of CancelOnDisconnect(6867) that ask for it; N and 0 ask for the opposite."""


class StoreUnwritable(OSError):
    """QuickFIX could not store a message and did not send it: the disk fails, and the venue must halt."""


class Listener(Protocol):
    """Who hears what comes in; its calls must return at once and never raise."""

    def heard(self, service: str, user: str, fields: Fields) -> None:
        """An application message of a user, already valid by the dictionary."""

    def came(self, service: str, user: str) -> None:
        """The user's session is on."""

    def left(self, service: str, user: str) -> None:
        """The user's session is off."""


class Acceptor(fix.Application):  # type: ignore[misc]
    """One service's sessions."""

    def __init__(
        self,
        service: str,
        comp_id: str,
        users: Iterable[User],
        directory: Path,
        listener: Listener,
        persist: bool,
        another_boot: bool = False,
    ) -> None:
        """Prepare the sessions of all users of the service; `directory` holds their numbers and messages.

        After another boot of the machine these may be behind what clients saw: numbers jump ahead.
        """
        super().__init__()
        self.service = service
        self.comp_id = comp_id
        self.back_door = BackDoor(service)
        self.counts: Counter[str] = Counter()
        self.online: set[str] = set()
        self.wishes: dict[str, bool] = {}
        """By user what his Logon says of his orders after its session: CancelOnDisconnect(6867), where it has one."""
        self.unwritable = False
        """A message could not be stored: what QuickFIX says from now on can be lost."""
        self._listener = listener
        self._persists = persist
        self._dialects = {user.name: user.dialect for user in users}
        self._ids = {
            name: fix.SessionID(BEGIN_STRINGS[dialect], comp_id, name) for name, dialect in self._dialects.items()
        }
        self._logger = structlog.get_logger("fix", service=service)
        self._farewells: dict[str, str] = {}
        self._wary = Wary(fix.Session.lookupSession, self.counts)
        self._next_expected = NextExpected(fix.Session.lookupSession, resent_in_front=persist)
        self._dictionaries = {
            "FIX44": (fix.DataDictionary(str(FIX44)),),
            "NEXT": (
                fix.DataDictionary(str(FIXT11)),
                fix.DataDictionary(str(FIX50)),
            ),
        }
        directory.mkdir(parents=True, exist_ok=True)
        for name, dialect in self._dialects.items():
            store = directory / f"{BEGIN_STRINGS[dialect]}-{comp_id}-{name}"
            if torn := cut_what_is_torn(store):
                self._logger.warning(
                    "messages that a failing disk had not stored whole were cut off", bytes=torn, user=name
                )
            for wrong in mend(store):
                self._logger.warning("a session's store was damaged and is mended", wrong=wrong, user=name)
            if count_what_is_stored(store):
                self._logger.warning("a message stored by the last run was not counted; it is now", user=name)
            if another_boot and jump_ahead(store, JUMP):
                self._logger.warning("the machine was started anew: numbers jump ahead", user=name, by=JUMP)
        settings = fix.SessionSettings()
        self._held = _reserve_port()
        self._port = int(self._held.getsockname()[1])
        settings.setFromString(self._settings(directory, persist))
        self._store = fix.FileStoreFactory(settings)
        self._acceptor = fix.SocketAcceptor(self, self._store, settings)

    def start(self) -> None:
        """Begin to hear, where only the doorman can speak. Raises `OSError`."""
        self._acceptor.start()
        wake_up.widen()
        self._held.close()
        self.back_door.move_here(self._port)

    def say_farewell(self, text: str) -> None:
        """Say Logout to everyone, with the reason; QuickFIX does so within a second."""
        for name in list(self.online):
            self._farewells[name] = text
            session = fix.Session.lookupSession(self._ids[name])
            if session is not None:
                session.logout(text)

    def dismiss(self, user: str, text: str) -> None:
        """Say Logout to one who is on, with the reason; he is refused from then on, until `enable`."""
        session = fix.Session.lookupSession(self._ids[user])
        if session is not None:
            session.logout(text)

    def enable(self, user: str) -> None:
        """Let a dismissed user log on again."""
        session = fix.Session.lookupSession(self._ids[user])
        if session is not None:
            session.logon()

    def renew(self) -> None:
        """Start the numbers of all sessions anew and empty their stores; none of them may be on."""
        for user, session_id in self._ids.items():
            session = fix.Session.lookupSession(session_id)
            try:
                if session is not None:
                    session.reset()
            except Exception:
                self.counts["failures"] += 1
                self._logger.exception("numbers could not start anew", user=user)

    def dialect_of(self, user: str) -> str:
        """Return `FIX44` or `NEXT`."""
        return self._dialects[user]

    def send(self, user: str, body: str, has_groups: bool = False) -> None:
        """Give a message ("35=...", ended by SOH) to a user's session. Raises `StoreUnwritable`.

        `has_groups`: the dictionary is needed to keep the members of groups together.
        """
        if self.unwritable:
            raise StoreUnwritable("a message before this one could not be stored")
        dialect = self._dialects[user]
        text = frame(BEGIN_STRINGS[dialect], body)
        dictionaries = self._dictionaries[dialect] if has_groups else ()
        message = fix.Message(text, *dictionaries, False)
        self.counts["sent"] += 1
        # True also for one who is off: the one reason for False is an IOException of the store (Session::sendRaw)
        if not fix.Session.sendToTarget(message, self._ids[user]):
            self.unwritable = True
            raise StoreUnwritable(f"a message for {user} could not be stored")

    def send_all(self, readers: Sequence[tuple[str, str]], body: str) -> None:
        """Give a message of market data to users of one dialect, each with the MDReqID(262) of his. Raises as `send`.

        It is read once: QuickFIX writes its own header into it for each of them.
        """
        if self.unwritable:
            raise StoreUnwritable("a message before this one could not be stored")
        dialect = self._dialects[readers[0][0]]
        message = fix.Message(frame(BEGIN_STRINGS[dialect], body), *self._dictionaries[dialect], False)
        for user, request_id in readers:
            message.setField(262, request_id)
            self.counts["sent"] += 1
            if not fix.Session.sendToTarget(message, self._ids[user]):
                self.unwritable = True
                raise StoreUnwritable(f"a message for {user} could not be stored")

    def onCreate(self, _session_id: object) -> None:
        """Nothing to do: sessions are fixed when the acceptor is built."""

    def onLogon(self, session_id: object) -> None:
        """Tell that a session is on."""
        try:
            user = _user_of(session_id)
            self.online.add(user)
            self._listener.came(self.service, user)
        except Exception:
            self._failed("onLogon")

    def onLogout(self, session_id: object) -> None:
        """Tell that a session is off."""
        try:
            user = _user_of(session_id)
            if user in self.online:
                self.online.discard(user)
                self._listener.left(self.service, user)
        except Exception:
            self._failed("onLogout")

    def toAdmin(self, message: fix.Message, session_id: object) -> None:
        """Give every Logout a Text(58), and 1137 where the transport is FIXT.1.1."""
        try:
            kind = message.getHeader().getField(35)
            if kind == "3" and message.isSetField(373) and message.getField(373) in ENDS_THE_SESSION:
                self._farewells[_user_of(session_id)] = message.getField(58)
            elif kind == "A":
                self._next_expected.answers(_user_of(session_id), message)
            elif kind == "2":
                self._wary.asks(_user_of(session_id), message, session_id)
            elif kind == "5":
                if not message.isSetField(58):
                    message.setField(58, self._farewells.pop(_user_of(session_id), DEFAULT_TEXT))
                if message.getHeader().getField(8) == "FIXT.1.1":
                    message.setField(1137, "7")
        except Exception:
            self._failed("toAdmin")

    def fromAdmin(self, message: fix.Message, session_id: object) -> None:
        """Count, and note what a Logon wishes; what else is to be known of it the doorman knows already."""
        try:
            self.counts["admin"] += 1
            user, kind = _user_of(session_id), message.getHeader().getField(35)
            if kind == "4":
                self._wary.hears_reset(user, message, user in self.online)
            elif kind == "A":
                self._wary.hears_logon(user, message, user in self.online)
                self._next_expected.heard(user, message, session_id)
                self.wishes.pop(user, None)
                if message.isSetField(6867):
                    self.wishes[user] = message.getField(6867) in WITHDRAW
        except Exception:
            self._failed("fromAdmin")

    def toApp(self, message: fix.Message, _session_id: object) -> None:
        """Leave market data out of a resend: it is healed by a new snapshot, not by old increments."""
        if not self._persists:  # then QuickFIX fills the gap by itself, and this is called a million times
            return
        resent = False
        try:
            header = message.getHeader()
            resent = header.isSetField(43) and header.getField(43) == "Y" and header.getField(35) in ("W", "X")
        except Exception:
            self._failed("toApp")
        if resent:
            raise fix.DoNotSend  # the one exception the wrapper knows: the message becomes a gap fill

    def fromApp(self, message: fix.Message, _session_id: object) -> None:
        """Read the whole message and hand it on; what happens with it happens elsewhere."""
        try:
            self.counts["received"] += 1
            fields = Fields(message.toString())
            if not self._wary.is_of_before(fields[49], fields[52]):
                self._listener.heard(self.service, fields[49], fields)
        except Exception:
            self._failed("fromApp")

    def _failed(self, callback: str) -> None:
        """Count and log a defect; it must not leave the callback."""
        self.counts["failures"] += 1
        self._logger.exception("a callback failed", callback=callback)

    def _settings(self, directory: Path, persist: bool) -> str:
        lines = [
            "[DEFAULT]",
            "ConnectionType=acceptor",
            f"SocketAcceptPort={self._port}",
            "SocketReuseAddress=Y",
            f"SocketSendBufferSize={SEND_BUFFER}",
            "NonStopSession=Y",
            f"FileStorePath={directory}",
            f"PersistMessages={'Y' if persist else 'N'}",
            "UseDataDictionary=Y",
            "ValidateUserDefinedFields=N",
            "SendRedundantResendRequests=Y",
            "CheckLatency=Y",
            f"MaxLatency={MAX_LATENCY_SECONDS}",
            "TimestampPrecision=3",
            "LogoutTimeout=2",
        ]
        for name, dialect in self._dialects.items():
            lines += [
                "[SESSION]",
                f"BeginString={BEGIN_STRINGS[dialect]}",
                f"SenderCompID={self.comp_id}",
                f"TargetCompID={name}",
            ]
            if dialect == "NEXT":
                lines += [
                    "DefaultApplVerID=FIX.5.0",
                    f"TransportDataDictionary={FIXT11}",
                    f"AppDataDictionary={FIX50}",
                ]
            else:
                lines.append(f"DataDictionary={FIX44}")
        return "\n".join(lines) + "\n"


def _user_of(session_id: fix.SessionID) -> str:
    return str(session_id.getTargetCompID().getValue())


def _reserve_port() -> socket.socket:
    """Return a socket that holds a free port below those of outgoing connections until QuickFIX has bound it too.

    It never listens. It is bound alone, so two starts never choose the same, and only then lets QuickFIX in, which
    binds with SO_REUSEADDR.
    """
    for port in (*random.sample(BELOW_OUTGOING, TRIED_PORTS), 0):
        held = socket.socket()
        try:
            held.bind(("127.0.0.1", port))
        except OSError:
            held.close()
            continue
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return held
    raise OSError("no free port for QuickFIX on 127.0.0.1")
