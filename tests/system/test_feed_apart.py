"""FIX-MD is a process of its own: it may die or stand still, and trading goes on; vendors come back, or catch up."""

import os
import random
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from kase_fix.app.processors import core_of
from tests.system.floor import BUY, PATIENCE, Member, VenueProcess, until
from tests.system.test_door import metrics
from tests.system.test_feed import SYMBOL, Reader, they_trade

MODULE = "kase_fix.gateway.md"


@pytest.fixture
def venue(tmp_path):
    running = VenueProcess(tmp_path)
    assert running.addresses
    yield running
    running.end()


def children(venue, module=MODULE):
    """Return the venue's processes that run a module."""
    parent, found = venue.process.pid, []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
            command = status.with_name("cmdline").read_bytes().split(b"\0")
        except OSError:
            continue  # it has just ended
        if int(lines["PPid"]) == parent and module.encode() in command:
            found.append(int(lines["Pid"]))
    return found


def number(venue, name):
    """Return a number of /metrics."""
    [value] = [line.split()[1] for line in metrics(venue) if line.startswith(f"kase_venue_{name} ")]
    return int(float(value))


def comes_back(vendor, address):
    """Try again until he is let in; his numbers go on."""

    def enters():
        vendor.client.drop()
        with suppress(OSError):  # nobody listens yet, or somebody who ends
            vendor.knocks(address, reset=None)
        vendor.client.wait(lambda: vendor.client.logged_on or not vendor.client.connected, PATIENCE)
        return vendor.client.logged_on

    assert until(enters, 20.0), f"{vendor.user} was not let in; heard {vendor.heard()}"


def settled(venue):
    venue.addresses.console.post("/api/clock", {"by": 1})


def compare(venue, readers):
    book = venue.addresses.console.get(f"/api/books/{SYMBOL}")
    for reader in readers:
        reader.read()
        reader.compare(book)


def test_one_that_is_killed_is_started_again_and_vendors_come_back_while_members_trade(venue):
    chance = random.Random(1)
    members = [Member(user).logs_on(venue.api) for user in ("FIRMA", "FIRMB")]
    vendors = [Member(user, "md").logs_on(venue.md) for user in ("VENDOR1", "VENDOR2")]
    readers = [Reader(vendor) for vendor in vendors]
    they_trade(members, chance, 20)
    settled(venue)
    compare(venue, readers)
    [pid] = children(venue)
    os.kill(pid, signal.SIGKILL)
    they_trade(members, chance, 20)
    for vendor in vendors:
        assert vendor.client.wait(lambda: not vendor.client.connected, PATIENCE)  # noqa: B023
        comes_back(vendor, venue.md)
        vendor.client.take_all()
    assert children(venue) != [pid]
    readers = [Reader(vendor) for vendor in vendors]
    they_trade(members, chance, 20)
    settled(venue)
    compare(venue, readers)
    assert (number(venue, "md_restarts"), number(venue, "md_up")) == (1, 1)
    assert "market data has ended and is started again" in venue.errors()
    assert all(member.is_alive() for member in members)


def test_one_that_stands_still_holds_nobody_up_and_catches_up(venue):
    chance = random.Random(2)
    members = [Member(user).logs_on(venue.api) for user in ("FIRMA", "FIRMB")]
    readers = [Reader(Member(user, "md").logs_on(venue.md)) for user in ("VENDOR1", "VENDOR2")]
    they_trade(members, chance, 10)
    [pid] = children(venue)
    os.kill(pid, signal.SIGSTOP)
    try:
        they_trade(members, chance, 60)
        settled(venue)  # an operator hears that it was done, though vendors did not
        assert number(venue, "md_silent") == 1
        they_trade(members, chance, 20)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert until(lambda: number(venue, "md_silent") == 0)
    settled(venue)
    compare(venue, readers)
    assert children(venue) == [pid]
    assert number(venue, "md_restarts") == 0


def test_its_doorman_that_is_killed_opens_the_same_port_again(venue):
    vendor = Member("VENDOR1", "md").logs_on(venue.md)
    firma = Member("FIRMA").logs_on(venue.api)
    doormen = children(venue, "kase_fix.gateway.doorman")
    assert len(doormen) == 2
    ports = {pid: listening(pid) for pid in doormen}
    [pid] = [pid for pid in doormen if venue.md[1] in ports[pid]]
    os.kill(pid, signal.SIGKILL)
    assert vendor.client.wait(lambda: not vendor.client.connected, PATIENCE)
    comes_back(vendor, venue.md)
    assert vendor.is_alive()
    firma.rests(SYMBOL, BUY, 1000, "440.00")
    assert number(venue, "md_door_restarts") == 1


def listening(pid):
    """Return the ports that a process listens on (proc(5), /proc/net/tcp)."""
    sockets = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            sockets.add(os.readlink(descriptor).removeprefix("socket:[").removesuffix("]"))
        except OSError:
            continue
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(row[1].split(":")[1], 16) for row in rows if row[3] == "0A" and row[9] in sockets}


def priorities(pid):
    """Return those of a process's threads that are still there."""
    found = set()
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(ProcessLookupError):
            found.add(os.getpriority(os.PRIO_PROCESS, int(task.name)))
    return found


def test_they_give_way_to_the_orders(venue):
    """What trading waits for has the usual priority, FIX-MD and its doorman a lower one in every thread."""
    venue.addresses.console.get("/healthz")
    nice = {}
    for module in (MODULE, "kase_fix.gateway.doorman", "kase_fix.console"):
        nice[module] = [priorities(pid) for pid in children(venue, module)]
    usual = os.getpriority(os.PRIO_PROCESS, venue.process.pid)
    [of_feed] = nice[MODULE]
    assert all(one > usual for one in of_feed)
    assert sorted(max(of) > usual for of in nice["kase_fix.gateway.doorman"]) == [False, True]


def allowed(pid):
    """Return where each thread of a process may run."""
    found = set()
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(ProcessLookupError):  # it has ended since it was listed
            found.add(frozenset(os.sched_getaffinity(int(task.name))))
    return found


@pytest.mark.skipif(len({core_of(one) for one in os.sched_getaffinity(0)}) < 2, reason="one core cannot be parted")
def test_orders_have_processors_of_their_own(tmp_path):
    """The venue and the doorman of FIX-API run where FIX-MD, its doorman and the console do not, started again too."""
    all_there_are = frozenset(os.sched_getaffinity(0))
    venue = VenueProcess(tmp_path, "processors.beside=1")
    venue.addresses.console.get("/healthz")
    [orders] = allowed(venue.process.pid)
    [feed] = children(venue)
    [beside] = allowed(feed)
    assert orders | beside == all_there_are
    assert not orders & beside
    [console] = children(venue, "kase_fix.console")
    assert allowed(console) == {beside}
    doors = {frozenset(os.sched_getaffinity(door)) for door in children(venue, "kase_fix.gateway.doorman")}
    assert doors == {orders, beside}
    os.kill(feed, signal.SIGKILL)
    assert until(lambda: number(venue, "md_up") == 1 and number(venue, "md_restarts") == 1)
    assert until(lambda: [allowed(pid) for pid in children(venue)] == [{beside}])
    venue.end()


def test_processors_are_shared_where_it_is_set(tmp_path):
    """`processors.beside = 0`: everybody may run anywhere."""
    all_there_are = frozenset(os.sched_getaffinity(0))
    venue = VenueProcess(tmp_path, "processors.beside=0")
    venue.addresses.console.get("/healthz")
    for pid in (venue.process.pid, *children(venue), *children(venue, "kase_fix.gateway.doorman")):
        assert allowed(pid) == {all_there_are}
    venue.end()
