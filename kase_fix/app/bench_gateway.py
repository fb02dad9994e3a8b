"""`kase-fix bench gateway`: what the doorman adds to a round trip, plain and over TLS.

A TestRequest(1) to its Heartbeat(0), which QuickFIX answers by itself: round the door, through it, and through it over
TLS, in turn in the same rounds. Trust the differences, not the figures.
"""

import json
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kase_fix.app.bench_gateway_host import PASSWORD, PATIENCE, USERS
from kase_fix.gateway.doorman import fields

ROUNDS = 7
TRAILER = b"\x0110="
WAYS = dict(zip(USERS, ("round the door", "through it", "through it, TLS"), strict=True))


class Session:
    """A client that is logged on and only knows how to ask."""

    def __init__(self, user: str, connection: socket.socket) -> None:
        self._user = user.encode()
        self._number = 0
        self._connection = connection
        connection.settimeout(PATIENCE)
        extra = () if user == USERS[0] else ((fields.PASSWORD, PASSWORD.encode()),)
        self._connection.sendall(self._message(b"A", ((98, b"0"), (108, b"60"), (141, b"Y"), *extra)))
        if b"\x0135=A\x01" not in self._connection.recv(4096):
            raise ConnectionError(f"{user} was not let in")

    def round_trips(self, count: int) -> float:
        """Return the median, in microseconds."""
        took = []
        for _ in range(count):
            question = self._message(b"1", ((112, b"bench"),))
            began = time.perf_counter()
            self._connection.sendall(question)
            self._connection.recv(4096)
            took.append(time.perf_counter() - began)
        return statistics.median(took) * 1e6

    def a_second(self, count: int) -> float:
        """Return how many questions are answered in a second where none waits for an answer."""
        questions = b"".join(self._message(b"1", ((112, b"bench"),)) for _ in range(count))
        began, answers = time.perf_counter(), 0
        sender = threading.Thread(target=self._connection.sendall, args=(questions,), daemon=True)
        sender.start()
        while answers < count:
            answers += self._connection.recv(1 << 16).count(TRAILER)
        return count / (time.perf_counter() - began)

    def _message(self, kind: bytes, more: Iterable[tuple[int, bytes]]) -> bytes:
        self._number += 1
        head = ((35, kind), (49, self._user), (56, b"KASE"), (34, b"%d" % self._number), (52, fields.sending_time()))
        return fields.join(b"FIX.4.4", (*head, *more))


def bench(count: int, as_json: bool) -> int:
    """Print medians over the rounds, and what each way takes more than the first."""
    with tempfile.TemporaryDirectory() as directory:
        command = [sys.executable, "-m", "kase_fix.app.bench_gateway_host", directory]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as host:
            assert host.stdout is not None
            figures = _measure(json.loads(host.stdout.readline()), count)
            host.communicate()
    if as_json:
        print(json.dumps({"round_trips": count, "rounds": ROUNDS, **figures}))
        return 0
    print(f"{count} round trips a way and round, medians of {ROUNDS} rounds in turn")
    for way in WAYS.values():
        trip, more, rate = (figures[name][way] for name in ("median_us", "added_us", "a_second"))
        print(f"  {way:<18}{trip:>8.1f} us  {more:>+7.1f} us  {rate:>10,.0f} messages/s without waiting")
    return 0


def _measure(where: dict[str, Any], count: int) -> dict[str, dict[str, float]]:
    sessions = {user: Session(user, connection) for user, connection in _connections(where).items()}
    for session in sessions.values():
        session.round_trips(count // 4)
    trips: dict[str, list[float]] = {user: [] for user in sessions}
    rates: dict[str, list[float]] = {user: [] for user in sessions}
    for _ in range(ROUNDS):
        for user, session in sessions.items():
            trips[user].append(session.round_trips(count))
            rates[user].append(session.a_second(2 * count))
    added = {user: [a - b for a, b in zip(trips[user], trips[USERS[0]], strict=True)] for user in sessions}
    figures = {"median_us": trips, "added_us": added, "a_second": rates}
    return {
        name: {WAYS[user]: statistics.median(values) for user, values in of_users.items()}
        for name, of_users in figures.items()
    }


def _connections(where: dict[str, Any]) -> dict[str, socket.socket]:
    behind = socket.socket(socket.AF_UNIX)
    behind.connect(str(Path(where["behind"])))
    plain, below = (socket.create_connection(("127.0.0.1", where[name])) for name in ("api", "api_tls"))
    for each in (plain, below):
        each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    secure = ssl.create_default_context(cafile=where["ca"]).wrap_socket(below, server_hostname="localhost")
    return dict(zip(USERS, (behind, plain, secure), strict=True))
