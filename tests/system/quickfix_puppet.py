"""A QuickFIX initiator of the NEXT dialect as a process of its own, since QuickFIX's sessions are global in one.

Reads bodies of messages ("35=D|11=..."), one a line, from stdin and sends them; writes what happens to stdout: `on`,
`off`, `in MESSAGE`, `out MESSAGE`. It validates all it receives with our published dictionary, own tags included.
"""

import sys
from pathlib import Path

import quickfix as fix

from kase_fix.gateway.dictionaries import FIX50, FIXT11


def tell(word: str, message: "fix.Message | None" = None) -> None:
    text = "" if message is None else " " + message.toString().replace("\x01", "|")
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


def main(user: str, host: str, port: str, directory: str) -> None:
    settings = fix.SessionSettings()
    settings.setFromString(
        "\n".join(
            [
                "[DEFAULT]",
                "ConnectionType=initiator",
                f"SocketConnectHost={host}",
                f"SocketConnectPort={port}",
                "SocketNodelay=Y",
                "ReconnectInterval=1",
                "HeartBtInt=10",
                "NonStopSession=Y",
                "ResetOnLogon=Y",
                f"FileStorePath={Path(directory)}",
                "UseDataDictionary=Y",
                "ValidateUserDefinedFields=Y",
                "ValidateFieldsOutOfOrder=Y",
                "[SESSION]",
                "BeginString=FIXT.1.1",
                f"SenderCompID={user}",
                "TargetCompID=KASE",
                "DefaultApplVerID=7",
                f"TransportDataDictionary={FIXT11}",
                f"AppDataDictionary={FIX50}",
            ]
        )
        + "\n"
    )
    application = Puppet(user)
    store = fix.FileStoreFactory(settings)
    initiator = fix.SocketInitiator(application, store, settings)
    dictionaries = fix.DataDictionary(str(FIXT11)), fix.DataDictionary(str(FIX50))
    initiator.start()
    for line in sys.stdin:
        body = line.strip().replace("|", "\x01")
        text = f"8=FIXT.1.1\x019={len(body.encode())}\x01{body}10=000\x01"
        fix.Session.sendToTarget(fix.Message(text, *dictionaries, False), application.session_id)
    initiator.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
