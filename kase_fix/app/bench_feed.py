"""`kase-fix bench feed`: what 1, 10 and 100 vendors of all instruments get, how late, and what it costs the orders.

A real venue with all its processes, and clients over TCP beside it on the same machine. Two members trade; each deal is
timed from the order that makes it to the member's report and to each vendor. What the vendors cost the orders is told
as a ratio to deals that no vendor hears of, in the same seconds (`bench_beside`); what any process at work costs them
on this machine, beside it. The vendors' own reading has the lowest priority there is: they have machines of their own,
as members have. So the members run on the orders' processors, the vendors on those of FIX-MD (`app.processors`).
"""

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Set
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from kase_fix.app.bench_beside import KINDS, UNREAD, Floor, deals_heard, measure, processor, ratio
from kase_fix.app.bench_session import Session
from kase_fix.app.bench_vendors import Vendors
from kase_fix.app.feed import MODULE
from kase_fix.app.market_data import DOORMAN
from kase_fix.app.settings import configuration_directory

COUNTS = (1, 10, 100)
MEMBERS = ("FIRMA", "FIRMB")
TITLES = {"report": "order to report", "orders": "without waiting", "venue_cpu": "venue's processor"}
SETTINGS = (
    "gateway.api.port=0",
    "gateway.md.port=0",
    "gateway.dropcopy.port=0",
    "console.port=0",
    "gateway.door.connections_at_once=500",
    "gateway.door.connections_per_second=1000",
)


class Running(NamedTuple):
    """A venue: where FIX-API and FIX-MD are, its process, and the processors FIX-MD runs on."""

    api: tuple[str, int]
    md: tuple[str, int]
    pid: int
    beside: Set[int]


def bench(deals: int, as_json: bool) -> int:
    """Print for each number of vendors the delays, the messages a second, and the ratios to deals without any."""
    chance = random.Random(deals)
    with tempfile.TemporaryDirectory() as directory, _venue(Path(directory)) as running:
        members = [Session(user, b"KASE", running.api) for user in MEMBERS]
        figures = {count: _with_vendors(running, members, count, deals, chance) for count in COUNTS}
    if as_json:
        print(json.dumps({"deals": deals, "vendors": figures}))
        return 0
    print(f"{deals} deals of each kind one by one, then as many without waiting; medians, a ratio with its 95 %")
    for count, one in figures.items():
        print(f"{count} vendor{'s' if count > 1 else ''}")
        print(f"  deal to vendor    {one['vendor_us']:>7,.0f} us, to the last of them {one['last_us']:,.0f} us")
        if one["late"]:
            print(f"  {one['late']} of them were not heard of by all when the next deal was due")
        print(f"  messages (X)      {one['messages']:>7,.0f} /s, {one['feed_cpu_us']:.0f} us of processor each")
        for name, unit in (("report", "us"), ("orders", "/s"), ("venue_cpu", "us")):
            print(f"  {TITLES[name]:<18}" + "   ".join(_told(kind, one[name][kind], unit) for kind in one[name]))
    return 0


def _told(kind: str, figure: dict[str, Any], unit: str) -> str:
    text = f"{kind} {figure['median']:,.0f} {unit}"
    if "ratio" in figure:
        middle, low, high = figure["ratio"]
        text += f" ({middle:.2f}, {low:.2f}-{high:.2f})"
    return text


def _with_vendors(
    running: Running, members: list[Session], count: int, deals: int, chance: random.Random
) -> dict[str, Any]:
    sessions = [Session(f"V{number:03d}", b"KASEMD", running.md) for number in range(count)]
    symbols = [symbol for symbol in sessions[0].symbols() if symbol != UNREAD]
    for session in sessions:
        session.say(
            b"V", (262, b"all"), (263, b"1"), (264, b"5"), (265, b"1"), (267, b"3"),
            *((269, kind) for kind in (b"0", b"1", b"2")), (146, b"%d" % len(symbols)),
            *((55, symbol) for symbol in symbols),
        )  # fmt: skip
    vendors = Vendors([session.connection for session in sessions], deals_heard(deals), running.beside)
    floor = Floor(members, sessions, vendors, running.pid)
    of_feed, had = _of_market_data(running.pid), vendors.messages
    measured = measure(floor, deals, running.beside, chance)
    feed = (_of_market_data(running.pid) - of_feed) / max(1, vendors.messages - had)
    vendors.close()

    def compared(rows: Any, scale: float) -> dict[str, dict[str, Any]]:
        return {
            kind: {"median": statistics.median(row) * scale}
            | ({} if kind == "none" else {"ratio": ratio(row, rows["none"], chance)})
            for kind, row in ((kind, rows[kind]) for kind in KINDS)
        }

    return {
        "vendor_us": statistics.median(floor.to_vendor) * 1e6,
        "last_us": statistics.median(floor.to_last) * 1e6,
        "late": floor.late,
        "messages": statistics.median(measured.messages),
        "feed_cpu_us": feed * 1e6,
        "report": compared(measured.reports, 1e6),
        "orders": compared(measured.orders, 1),
        "venue_cpu": compared(measured.processor, 1e6),
    }


def _children(venue: int, module: str) -> list[int]:
    """Return the venue's children that run a module."""
    children = [int(child) for child in Path(f"/proc/{venue}/task/{venue}/children").read_text().split()]
    return [child for child in children if module.encode() in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")]


def _of_market_data(venue: int) -> float:
    """Return the seconds of processor that market data and its doorman, the one that gives way, have used."""
    usual = os.getpriority(os.PRIO_PROCESS, venue)
    doormen = [one for one in _children(venue, DOORMAN) if os.getpriority(os.PRIO_PROCESS, one) > usual]
    return sum(map(processor, _children(venue, MODULE) + doormen))


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
        before = os.sched_getaffinity(0)
        try:
            beside = os.sched_getaffinity(_children(venue.pid, MODULE)[0])
            os.sched_setaffinity(0, os.sched_getaffinity(venue.pid))
            yield Running(_address(ready["api"]), _address(ready["md"]), venue.pid, beside)
        finally:
            venue.terminate()
            os.sched_setaffinity(0, before)


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
