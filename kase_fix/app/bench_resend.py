"""`kase-fix bench resend`: a member comes back to many reports, and another one trades on meanwhile.

The first asks for all of them (ResendRequest, 16=0) and reads as fast as it can. The other sends a TestRequest(1),
waits for its Heartbeat(0), and sends the next. Once as QuickFIX does it, at once, and once at the reader's pace.
"""

import json
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from typing import Any

from kase_fix.app.bench_gateway_host import PASSWORD, USERS
from kase_fix.gateway.doorman import fields

AWAY, PRESENT = USERS[1], USERS[2]
WAYS = {"at_once": "as QuickFIX does", "paced": "paced by the door"}
PATIENCE = 120.0
_HEAD = re.compile(rb"\x0135=([^\x01]+)\x0134=(\d+)\x01")
_TRAILER = re.compile(rb"\x0110=\d\d\d\x01")


class Session:
    """A client that is logged on."""

    def __init__(self, user: str, port: int) -> None:
        """Log on, with the numbers of a member that keeps its own. Raises `ConnectionError`."""
        self._user = user.encode()
        self._number = 0
        self._rest = b""
        self._connection = socket.create_connection(("127.0.0.1", port))
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection.settimeout(PATIENCE)
        self.say(b"A", (98, b"0"), (108, b"60"), (fields.PASSWORD, PASSWORD.encode()))
        [(kind, self.logon_number), *_] = self.hear()
        if kind != b"A":
            raise ConnectionError(f"{user} was not let in")

    def say(self, kind: bytes, *more: tuple[int, bytes]) -> None:
        """Send a message."""
        self._number += 1
        head = ((35, kind), (49, self._user), (56, b"KASE"), (34, b"%d" % self._number), (52, fields.sending_time()))
        self._connection.sendall(fields.join(b"FIX.4.4", (*head, *more)))

    def hear(self) -> list[tuple[bytes, int]]:
        """Wait for messages: type and number of each. Raises `ConnectionError` where the line is cut."""
        while True:
            data = self._connection.recv(1 << 18)
            if not data:
                raise ConnectionError(f"{self._user.decode()} was cut")
            *whole, self._rest = _TRAILER.split(self._rest + data)
            if whole:
                return [(found[1], int(found[2])) for each in whole if (found := _HEAD.search(each))]


def bench(count: int, as_json: bool) -> int:
    """Print how long the resend took and how long the other one waited."""
    figures = {way: _measure(count, way) for way in WAYS}
    if as_json:
        print(json.dumps({"reports": count, **figures}))
        return 0
    print(f"{count} reports asked for again; round trips of another member meanwhile")
    for way, words in WAYS.items():
        took = figures[way]
        print(f"  {words:<20}{took['resend_s']:>8.2f} s   {took['round_trips']:>7,.0f} round trips, ", end="")
        print(f"median {took['median_ms']:.2f} ms, longest {took['longest_ms']:,.1f} ms")
    return 0


def _measure(count: int, way: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as directory:
        command = [sys.executable, "-m", "kase_fix.app.bench_gateway_host", directory, str(count), way]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as host:
            assert host.stdout is not None
            where: dict[str, Any] = json.loads(host.stdout.readline())
            try:
                return _resend(count, where["api"])
            finally:
                host.communicate()


def _resend(count: int, port: int) -> dict[str, float]:
    present, away = Session(PRESENT, port), Session(AWAY, port)
    if away.logon_number != count + 1:
        raise ConnectionError(f"{count} reports should wait, {away.logon_number - 1} do")
    trips: list[float] = []
    done = threading.Event()
    other = threading.Thread(target=_trade_on, args=(present, trips, done))
    other.start()
    try:
        began = time.perf_counter()
        away.say(b"2", (7, b"1"), (16, b"0"))
        number = 0
        while number < count:
            for kind, now in away.hear():
                if kind == b"8" and now != (number := number + 1):
                    raise ConnectionError(f"number {number} was expected, {now} came")
        took = time.perf_counter() - began
    finally:
        done.set()
        other.join()
    trips.sort()
    median, longest = trips[len(trips) // 2] * 1e3, trips[-1] * 1e3
    return {"resend_s": took, "round_trips": len(trips), "median_ms": median, "longest_ms": longest}


def _trade_on(session: Session, trips: list[float], done: threading.Event) -> None:
    while True:
        asked = time.perf_counter()
        session.say(b"1", (112, b"bench"))
        session.hear()
        trips.append(time.perf_counter() - asked)
        if done.is_set():
            return
