"""What `bench gateway` and `bench resend` measure, in a process of its own: an acceptor behind a doorman, no exchange.

The acceptor's socket keeps its name here, so that the bench can go round the door; a venue never leaves it.
"""

import json
import os
import sys
from pathlib import Path

from kase_fix.app.children import Child
from kase_fix.app.tls import rehearsed
from kase_fix.gateway.acceptor import Acceptor
from kase_fix.gateway.dialect.fix_text import Fields
from kase_fix.messages.configuration import User
from kase_fix.messages.link import Admit, Admitted, DoorService, DoorSettings, DoorUser, Said

USERS = ("BEHIND", "PLAIN", "TLS")
PASSWORD = "rehearsal"
PATIENCE = 20.0
HASH = "$argon2id$v=19$m=8192,t=2,p=1$vxALVI4OUDCu3BH8vc+UXA$UTDBAh4fQgvBh073qKLPzB6/rnj8WGXpNeO+VakxElw"


class Nobody:
    """Hears and does nothing: what is measured is the session."""

    def heard(self, service: str, user: str, fields: Fields) -> None:
        """An order, say."""

    def came(self, service: str, user: str) -> None:
        """A session is on."""

    def left(self, service: str, user: str) -> None:
        """A session is off."""


def main(directory: Path, reports: int = 0, paced: bool = True) -> None:
    """Serve until the bench ends; so many reports were sent to the second user while he was away."""
    users = [User(name, name) for name in USERS]
    acceptor = Acceptor("api", "KASE", users, directory / "store", Nobody(), persist=True)
    acceptor.start()
    for number in range(reports):
        acceptor.send(USERS[1], report(number), has_groups=True)

    def admit(said: Said) -> None:
        if isinstance(said, Admit):
            doorman.say(Admitted(said.id, True))

    doorman = Child("kase_fix.gateway.doorman", admit)
    files = rehearsed(directory / "tls", (), ())
    service = DoorService("api", "127.0.0.1", 0, 0, acceptor.back_door.path, "KASE", stored=paced)
    doorman.say(DoorSettings(tuple(DoorUser(name, HASH, "FIX44", ("api",)) for name in USERS), (service,), tls=files))
    ports = doorman.wait_until_listening(PATIENCE)
    print(json.dumps({"behind": acceptor.back_door.path, "ca": files.client_ca, **ports}), flush=True)
    sys.stdin.read()
    acceptor.back_door.forget()
    os._exit(0)


def report(number: int) -> str:
    """Return an ExecutionReport of the usual size, with two groups."""
    parties = "453=2|448=FIRMA|447=D|452=1|448=02001|447=D|452=17|"
    rest = "150=F|39=1|55=USDKZT_TOM|54=1|38=100000|44=410.2|32=1000|31=410.2|151=99000|14=1000|6=410.2|"
    legs = "711=2|311=USD|305=8|311=KZT|305=8|"
    body = f"35=8|37={number}|11=order-{number}|17={number}-1|527={number}-0-0|{rest}{parties}{legs}"
    return body.replace("|", "\x01")


if __name__ == "__main__":
    _, where, *more = sys.argv
    count, way = more or ("0", "paced")
    main(Path(where), int(count), way == "paced")
