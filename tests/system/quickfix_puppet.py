"""A QuickFIX initiator of either dialect as a process of its own, since QuickFIX's sessions are global in one.

Reads bodies of messages ("35=D|11=..."), one a line, from stdin and sends them; writes what happens to stdout: `on`,
`off`, `in MESSAGE`, `out MESSAGE`, and `event WORDS` for what its own log says. It validates all it receives with a
dictionary it is given, ours in its tests, own tags included.
"""

import sys
import threading
from pathlib import Path

import quickfix as fix

SESSION = {
    "FIX44": ("BeginString=FIX.4.4", "DataDictionary={0}"),
    "NEXT": ("BeginString=FIXT.1.1", "DefaultApplVerID=7", "TransportDataDictionary={0}", "AppDataDictionary={1}"),
}
TELLING = threading.Lock()
"""What is sent and what is received are told by two threads."""


def tell(word: str, message: "fix.Message | None" = None) -> None:
    text = "" if message is None else " " + message.toString().replace("\x01", "|")
    with TELLING:
        sys.stdout.write(f"{word}{text}\n")
        sys.stdout.flush()


class Puppet(fix.Application):
    def __init__(self, user: str) -> None:
        super().__init__()
        self.user = user

    def onCreate(self, session_id):
        self.session_id = fix.SessionID(
            session_id.getBeginString().getValue(),
            session_id.getSenderCompID().getValue(),
            session_id.getTargetCompID().getValue(),
        )

    def onLogon(self, _session_id):
        tell("on")

    def onLogout(self, _session_id):
        tell("off")

    def toAdmin(self, message, _session_id):
        if message.getHeader().getField(35) == "A":
            message.setField(553, self.user)
            message.setField(554, "rehearsal")
            message.setField(58, "client library 2.1")  # real clients of the exchange send one
        tell("out", message)

    def fromAdmin(self, message, _session_id):
        tell("in", message)

    def toApp(self, message, _session_id):
        tell("out", message)

    def fromApp(self, message, _session_id):
        tell("in", message)


def settings_of(dialect: str, user: str, target: str, host: str, port: str, directory: str, files: list[str]) -> str:
    lines = [
        "[DEFAULT]",
        "ConnectionType=initiator",
        f"SocketConnectHost={host}",
        f"SocketConnectPort={port}",
        "SocketNodelay=Y",
        "ReconnectInterval=1",
        "HeartBtInt=10",
        "LogoutTimeout=10",
        "NonStopSession=Y",
        "ResetOnLogon=Y",
        f"FileStorePath={directory}",
        f"FileLogPath={directory}",
        "UseDataDictionary=Y",
        "ValidateUserDefinedFields=Y",
        "ValidateFieldsOutOfOrder=Y",
        "[SESSION]",
        f"SenderCompID={user}",
        f"TargetCompID={target}",
        *(line.format(*files) for line in SESSION[dialect]),
    ]
    return "\n".join(lines) + "\n"


def main(dialect: str, user: str, target: str, host: str, port: str, directory: str, *files: str) -> None:
    settings = fix.SessionSettings()
    settings.setFromString(settings_of(dialect, user, target, host, port, directory, list(files)))
    application = Puppet(user)
    store, log = fix.FileStoreFactory(settings), fix.FileLogFactory(settings)
    initiator = fix.SocketInitiator(application, store, settings, log)
    dictionaries = [fix.DataDictionary(name) for name in files]
    initiator.start()
    for line in sys.stdin:
        body = line.strip().replace("|", "\x01")
        text = f"8={'FIX.4.4' if dialect == 'FIX44' else 'FIXT.1.1'}\x019={len(body.encode())}\x01{body}10=000\x01"
        fix.Session.sendToTarget(fix.Message(text, *dictionaries, False), application.session_id)
    initiator.stop()
    for path in Path(directory).glob("*.event.*.log"):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            sys.stdout.write(f"event {line.partition(' : ')[2]}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
