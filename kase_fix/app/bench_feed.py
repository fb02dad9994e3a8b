"""`kase-fix bench feed`: what 1, 10 and 100 vendors of all instruments get, how late, and what it costs the orders.

A real venue's process with its doorman, and clients over TCP beside it on the same machine. Two members trade; each
deal is timed from the order that makes it to the member's report and to each vendor. Trust the ratios.
"""

import json
import select
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kase_fix.app.settings import configuration_directory
from kase_fix.gateway.doorman import fields

COUNTS = (0, 1, 10, 100)
SYMBOL, PRICE = b"EURKZT_TOM", b"450.00"
MEMBERS = ("FIRMA", "FIRMB")
PASSWORD = b"rehearsal"
PATIENCE = 60.0
DEAL = b"\x01269=2\x01"
X = b"\x0135=X\x01"
SETTINGS = (
    "gateway.api.port=0",
    "gateway.md.port=0",
    "gateway.dropcopy.port=0",
    "console.port=0",
    "gateway.door.connections_at_once=500",
    "gateway.door.connections_per_second=1000",
)


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


class Vendors:
    """So many data recipients, read by a thread of their own; `arrived` is when each of them had its n-th deal."""

    def __init__(self, address: tuple[str, int], count: int) -> None:
        self._sessions = [Session(f"V{number:03d}", b"KASEMD", address) for number in range(count)]
        self.arrived: list[list[float]] = [[] for _ in range(count)]
        self.messages = 0
        self._ended = False
        for session in self._sessions:
            session.say(
                b"V", (262, b"all"), (263, b"1"), (264, b"5"), (265, b"1"), (267, b"3"),
                *((269, kind) for kind in (b"0", b"1", b"2")), (146, b"1"), (55, b"ALL"),
            )  # fmt: skip
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        self.settle()
        for times in self.arrived:
            times.clear()  # the last deal of a snapshot is none of ours

    def settle(self) -> None:
        """Wait until nothing more comes."""
        seen = -1
        while seen != self._bytes:
            seen = self._bytes
            time.sleep(0.7)

    def wait(self, deals: int) -> None:
        """Wait until all have so many deals."""
        deadline = time.monotonic() + PATIENCE
        while any(len(times) < deals for times in self.arrived):
            if time.monotonic() > deadline:
                raise TimeoutError(f"a vendor has {min(len(times) for times in self.arrived)} of {deals} deals")
            time.sleep(0.0005)

    def close(self) -> None:
        """End."""
        self._ended = True
        self._thread.join(PATIENCE)
        for session in self._sessions:
            session.connection.close()

    _bytes = 0

    def _read(self) -> None:
        poll = select.epoll()
        places = {session.connection.fileno(): place for place, session in enumerate(self._sessions)}
        tails = [b""] * len(places)
        for number in places:
            poll.register(number, select.EPOLLIN)
        while not self._ended:
            for number, _ in poll.poll(0.05):
                place = places[number]
                data = self._sessions[place].connection.recv(1 << 18)
                now = time.perf_counter()
                self._bytes += len(data)
                whole = tails[place] + data
                self.messages += whole.count(X) - tails[place].count(X)
                self.arrived[place] += [now] * whole.count(DEAL)
                tails[place] = whole[-6:]


def bench(rounds: int, as_json: bool) -> int:
    """Print for each number of vendors the delays, the messages a second, and the ratios to an exchange without any."""
    with tempfile.TemporaryDirectory() as directory, _venue(Path(directory)) as (api, md):
        figures = _measure(api, md, rounds)
    if as_json:
        print(json.dumps({"rounds": rounds, "vendors": figures}))
        return 0
    print(f"{rounds} deals one by one, then as many without waiting; microseconds, medians")
    for count, one in figures.items():
        print(
            f"  {count:>3} vendors   order to report {one['report_us']:>7.0f} us ({one['report_ratio']:.2f} of none)   "
            f"order to vendor {one['vendor_us']:>7.0f} us, the last one {one['last_us']:>7.0f} us   "
            f"{one['messages']:>7,.0f} messages/s   {one['orders']:>6,.0f} orders/s ({one['orders_ratio']:.2f})"
        )
    return 0


def _measure(api: tuple[str, int], md: tuple[str, int], rounds: int) -> dict[int, dict[str, float]]:
    members = [Session(user, b"KASE", api) for user in MEMBERS]
    names = iter(range(1 << 30))
    _one_by_one(members, None, max(20, rounds // 4), names)  # warm
    figures: dict[int, dict[str, float]] = {}
    for count in COUNTS:
        vendors = Vendors(md, count)
        report, first, last = _one_by_one(members, vendors, rounds, names)
        orders, messages = _without_waiting(members, vendors, rounds, names)
        vendors.close()
        none = figures.get(0, {"report_us": report, "orders": orders})
        figures[count] = {
            "report_us": report,
            "report_ratio": report / none["report_us"],
            "vendor_us": first,
            "last_us": last,
            "messages": messages,
            "orders": orders,
            "orders_ratio": orders / none["orders"],
        }
    return figures


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
    reports, to_vendor, to_last = [], [], []
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
        if vendors is not None and vendors.arrived:
            vendors.wait(number + 1)
            times = [arrived[number] - began for arrived in vendors.arrived]
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
def _venue(directory: Path) -> Iterator[tuple[tuple[str, int], tuple[str, int]]]:
    """Run a venue whose register has a hundred vendors; yield where FIX-API and FIX-MD are."""
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
            yield _address(ready["api"]), _address(ready["md"])
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
