"""Run as a process: an acceptor whose members were away, and a doorman before it.

`python -m tests.gateway.doorman.resend_host DIR REPORTS UNSENT_BYTES` prints its ports. Then `USER COUNT` on standard
input has a user told more, and is answered by `told`.
"""

import json
import os
import sys
from pathlib import Path

from kase_fix.app.bench_gateway_host import HASH, PATIENCE, Nobody, report
from kase_fix.app.children import Child
from kase_fix.gateway.acceptor import Acceptor
from kase_fix.messages.configuration import User
from kase_fix.messages.link import Admit, Admitted, DoorLimits, DoorService, DoorSettings, DoorUser, Said

DIALECTS = {"FIRMA": "FIX44", "FIRMB": "FIX44", "02001": "NEXT"}
MARKET_DATA_EVERY = 100
"""One in so many stored messages is not sent again: W."""


def tell(acceptor: Acceptor, user: str, number: int) -> None:
    """Give a user's session its next message."""
    if number % MARKET_DATA_EVERY:
        acceptor.send(user, report(number), has_groups=True)
    else:
        acceptor.send(user, "35=W\x01262=all\x0155=USDKZT_TOM\x01268=1\x01269=0\x01270=410\x01271=1000\x01", True)


def main(directory: Path, reports: int, unsent_bytes: int) -> None:
    """Serve until standard input ends."""
    users = [User(name, name, dialect=dialect) for name, dialect in DIALECTS.items()]
    acceptor = Acceptor("api", "KASE", users, directory, Nobody(), persist=True)
    acceptor.start()
    told = dict.fromkeys(DIALECTS, 0)

    def tell_more(user: str, count: int) -> None:
        for _ in range(count):
            told[user] += 1
            tell(acceptor, user, told[user])

    for name in DIALECTS:
        tell_more(name, reports)
    doorman = Child("kase_fix.gateway.doorman", lambda said: admit(said))

    def admit(said: Said) -> None:
        if isinstance(said, Admit):
            doorman.say(Admitted(said.id, True))

    service = DoorService("api", "127.0.0.1", 0, None, acceptor.back_door.path, "KASE", stored=True)
    door_users = tuple(DoorUser(name, HASH, dialect, ("api",)) for name, dialect in DIALECTS.items())
    doorman.say(DoorSettings(door_users, (service,), DoorLimits(unsent_bytes=unsent_bytes)))
    print(json.dumps(doorman.wait_until_listening(PATIENCE)), flush=True)
    for line in sys.stdin:
        user, count = line.split()
        tell_more(user, int(count))
        print("told", flush=True)
    acceptor.back_door.forget()
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
