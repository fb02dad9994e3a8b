"""`kase-fix bench feed`: what 1, 10 and 100 vendors of all instruments get, how late, and what it costs the orders.

A real venue with all its processes, and clients over TCP beside it on the same machine. Two members trade; each deal is
timed from the order that makes it to the member's report and to each vendor. It is done in turns, each with and without
vendors: trust the ratios to the same turn's orders without any, and processor time. On a machine of two processors
vendors that read a hundred lines take of what the venue could have, at the lowest priority there is.
"""

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from kase_fix.app.bench_vendors import Vendors
from kase_fix.app.settings import configuration_directory
from kase_fix.gateway.doorman import fields

COUNTS = (0, 1, 10, 100)
TURNS = 3
SYMBOL, PRICE = b"EURKZT_TOM", b"450.00"
MEMBERS = ("FIRMA", "FIRMB")
PASSWORD = b"rehearsal"
PATIENCE = 60.0
TICKS = os.sysconf("SC_CLK_TCK")
SETTINGS = (
    "gateway.api.port=0",
    "gateway.md.port=0",
    "gateway.dropcopy.port=0",
    "console.port=0",
    "gateway.door.connections_at_once=500",
    "gateway.door.connections_per_second=1000",
)


class Running(NamedTuple):
    """A venue: where FIX-API and FIX-MD are, and its process."""

    api: tuple[str, int]
    md: tuple[str, int]
    pid: int


class Session:
    """A client of FIX 4.4 that says what it is told to."""

    def __init__(self, user: str, target: bytes, address: tuple[str, int]) -> None:
        self._head = ((49, user.encode()), (56, target))
        self._number = 0
        self.connection = socket.create_connection(address)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection.settimeout(PATIENCE)
        self.say(b"A", (98, b"0"), (108, b"60"), (141, b"Y"), (553, user.encode()), (554, PASSWORD))
        self.read_until(b"\x0135=A\x01")

    def message(self, kind: bytes, *more: tuple[int, bytes]) -> bytes:
        """Return the next message."""
        self._number += 1
        head = ((35, kind), *self._head, (34, b"%d" % self._number), (52, fields.sending_time()))
        return fields.join(b"FIX.4.4", (*head, *more))

    def say(self, kind: bytes, *more: tuple[int, bytes]) -> None:
        """Send a message."""
        self.connection.sendall(self.message(kind, *more))

    def read_until(self, wanted: bytes, count: int = 1) -> None:
        """Read until something has come so often."""
        data = b""
        while data.count(wanted) < count:
            more = self.connection.recv(1 << 16)
            if not more:
                raise ConnectionError(data[-300:])
            data += more

    def order(self, name: bytes, account: bytes, side: bytes) -> bytes:
        """Return a new order for one lot."""
        return self.message(
            b"D", (11, name), (1, account), (55, SYMBOL), (54, side), (38, b"1000"), (40, b"2"), (44, PRICE),
            (59, b"0"), (60, fields.sending_time()),
        )  # fmt: skip


def bench(rounds: int, as_json: bool) -> int:
    """Print for each number of vendors the delays, the messages a second, and the ratios to an exchange without any."""
    with tempfile.TemporaryDirectory() as directory, _venue(Path(directory)) as running:
        figures = _measure(running, rounds)
    if as_json:
        print(json.dumps({"rounds": rounds, "turns": TURNS, "vendors": figures}))
        return 0
    print(f"{TURNS} turns of {rounds} deals one by one, then as many without waiting; microseconds, medians")
    for count, one in figures.items():
        print(
            f"  {count:>3} vendors   order to report {one['report_us']:>6.0f} us ({one['report_ratio']:.2f} of none)   "
            f"{one['orders']:>6,.0f} orders/s ({one['orders_ratio']:.2f})   "
            f"venue {one['venue_cpu_us']:>5.0f} us of processor an order   "
            f"order to vendor {one['vendor_us']:>6.0f} us, the last one {one['last_us']:>6.0f} us   "
            f"{one['messages']:>6,.0f} messages/s   market data {one['feed_cpu_us']:>4.0f} us of processor a message"
        )
    return 0


def _measure(running: Running, rounds: int) -> dict[int, dict[str, float]]:
    members = [Session(user, b"KASE", running.api) for user in MEMBERS]
    names = iter(range(1 << 30))
    _one_by_one(members, None, max(20, rounds // 4), names)  # warm
    turns = []
    for _ in range(TURNS):
        turn = {count: _with_vendors(running, members, count, rounds, names) for count in COUNTS}
        none = turn[0]
        for one in turn.values():
            one["report_ratio"] = one["report_us"] / none["report_us"]
            one["orders_ratio"] = one["orders"] / none["orders"]
        turns.append(turn)
    return {
        count: {name: statistics.median(turn[count][name] for turn in turns) for name in turns[0][count]}
        for count in COUNTS
    }


def _with_vendors(
    running: Running, members: list[Session], count: int, rounds: int, names: Iterator[int]
) -> dict[str, float]:
    sessions = [Session(f"V{number:03d}", b"KASEMD", running.md) for number in range(count)]
    for session in sessions:
        session.say(
            b"V", (262, b"all"), (263, b"1"), (264, b"5"), (265, b"1"), (267, b"3"),
            *((269, kind) for kind in (b"0", b"1", b"2")), (146, b"1"), (55, b"ALL"),
        )  # fmt: skip
    vendors = Vendors([session.connection for session in sessions], 2 * rounds)
    report, first, last = _one_by_one(members, vendors, rounds, names)
    before, of_feed, had = _processor(running.pid), _of_market_data(running.pid), vendors.messages
    orders, messages = _without_waiting(members, vendors, rounds, names)
    venue_cpu = (_processor(running.pid) - before) / (2 * rounds)
    feed_cpu = (_of_market_data(running.pid) - of_feed) / max(1, vendors.messages - had)
    vendors.close()
    return {
        "report_us": report,
        "vendor_us": first,
        "last_us": last,
        "messages": messages,
        "orders": orders,
        "venue_cpu_us": venue_cpu * 1e6,
        "feed_cpu_us": feed_cpu * 1e6 if count else 0.0,
    }


def _processor(pid: int) -> float:
    """Return the seconds of processor a process has used (proc(5))."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / TICKS


def _of_market_data(venue: int) -> float:
    """Return the same of the venue's children that give way: market data and its doorman."""
    children = [int(child) for child in Path(f"/proc/{venue}/task/{venue}/children").read_text().split()]
    return sum(
        _processor(child)
        for child in children
        if os.getpriority(os.PRIO_PROCESS, child) > os.getpriority(os.PRIO_PROCESS, venue)
    )


def _pair(members: list[Session], names: Iterator[int]) -> tuple[bytes, bytes]:
    seller, buyer = members
    accounts = [b"F_%s_0000" % user.encode() for user in MEMBERS]
    return (
        seller.order(b"f%d" % next(names), accounts[0], b"2"),
        buyer.order(b"f%d" % next(names), accounts[1], b"1"),
    )


def _one_by_one(
    members: list[Session], vendors: Vendors | None, rounds: int, names: Iterator[int]
) -> tuple[float, float, float]:
    """Return medians: to the buyer's report, to a vendor, to the last of them."""
    reports: list[float] = []
    to_vendor: list[float] = []
    to_last: list[float] = []
    seller, buyer = members
    for number in range(rounds):
        rest, take = _pair(members, names)
        seller.connection.sendall(rest)
        seller.read_until(b"\x01150=0\x01")
        began = time.perf_counter()
        buyer.connection.sendall(take)
        buyer.read_until(b"\x01150=F\x01")
        reports.append(time.perf_counter() - began)
        seller.read_until(b"\x01150=F\x01")
        if vendors is not None and vendors.count:
            vendors.wait(number + 1)
            times = [at - began for at in vendors.arrived(number)]
            to_vendor += times
            to_last.append(max(times))
    medians = [statistics.median(values) * 1e6 if values else 0.0 for values in (reports, to_vendor, to_last)]
    return medians[0], medians[1], medians[2]


def _without_waiting(
    members: list[Session], vendors: Vendors, rounds: int, names: Iterator[int]
) -> tuple[float, float]:
    """Return orders a second until all are reported, and X a second until all vendors have all."""
    pairs = [_pair(members, names) for _ in range(rounds)]
    before, had = vendors.messages, rounds
    began = time.perf_counter()
    seller, buyer = members
    seller.connection.sendall(b"".join(rest for rest, _ in pairs))
    seller.read_until(b"\x01150=0\x01", rounds)
    buyer.connection.sendall(b"".join(take for _, take in pairs))
    buyer.read_until(b"\x01150=F\x01", rounds)
    orders = 2 * rounds / (time.perf_counter() - began)
    seller.read_until(b"\x01150=F\x01", rounds)
    vendors.wait(had + rounds)
    return orders, (vendors.messages - before) / (time.perf_counter() - began)


@contextmanager
def _venue(directory: Path) -> Iterator[Running]:
    """Run a venue whose register has a hundred vendors; yield it."""
    cfg = directory / "cfg"
    shutil.copytree(configuration_directory(None), cfg)
    names = [f"V{number:03d}" for number in range(max(COUNTS))]
    _append(cfg / "members.toml", (_member(name) for name in names))
    password = next(
        line.partition("=")[2]
        for line in (cfg / "passwords.toml").read_text().splitlines()
        if line.startswith("VENDOR1 ")
    )
    _append(cfg / "passwords.toml", (f"{name} ={password}" for name in names))
    command = [sys.executable, "-m", "kase_fix", "serve", "--rehearsal", "2020-05-27T10:20:00"]
    command += ["--cfg", str(cfg), "--data", str(directory / "data")]
    for setting in SETTINGS:
        command += ["--set", setting]
    with (
        (directory / "log").open("wb") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as venue,
    ):
        assert venue.stdout is not None
        ready = dict(part.split("=", 1) for part in venue.stdout.readline().split()[1:])
        if not ready:
            raise RuntimeError((directory / "log").read_text()[-2000:])
        try:
            yield Running(_address(ready["api"]), _address(ready["md"]), venue.pid)
        finally:
            venue.terminate()


def _member(name: str) -> str:
    return (
        f'\n[{name}]\ntitle = "Vendor of the bench"\nfirm = "{name}"\ndialect = "FIX44"\nservices = ["md"]\n'
        "roles = []\nmarkets = []\naccounts = []"
    )


def _append(path: Path, lines: Iterable[str]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write("\n".join(("", *lines, "")))


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)
