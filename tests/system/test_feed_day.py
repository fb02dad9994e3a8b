"""A whole day of robots on a real exchange: what vendors rebuild is its book, whatever happens on that day.

Robots and members trade from the currencies' morning to the evening's last session, in bonds with standbys too; deals
are cancelled, the exchange is killed at noon. Vendors of both dialects have every depth and both
aggregations at once, ask for one more of them each hour, end some, and lose their lines.
"""

import random
import signal
import subprocess
import sys

import pytest

from tests.gateway.vendor import SOH, Vendor
from tests.system.floor import BUY, SELL, Member, VenueProcess, until
from tests.system.test_feed import HEADER, added_up

MAIN, EURO, BOND = "USDKZT_TOM", "EURKZT_TOM", "MUM180_0014"
SYMBOLS = (MAIN, EURO, BOND)
TERMS = [(depth, by_order) for depth in (0, 1, 2, 5, 20) for by_order in (False, True)]
HOURS = ("10:40", "11:35", "12:30", "15:20", "16:40", "17:20")
RATE = 60


@pytest.fixture
def venue(tmp_path):
    running = VenueProcess(tmp_path)
    assert running.addresses
    yield running
    running.end()


class Recipient:
    """A session at FIX-MD with a request for each symbol on each of the terms."""

    def __init__(self, user):
        self.member = Member(user, "md")
        self.vendors = {}
        self.heard = 0
        self.number = 0

    def comes(self, address):
        """Log on, the last line being lost or not: all begins anew."""
        self.vendors.clear()
        self.member.client.drop()
        self.member.logs_on(address)
        for symbol in SYMBOLS:
            for depth, by_order in TERMS:
                self.asks(symbol, depth, by_order)

    def asks(self, symbol, depth, by_order):
        self.number += 1
        name = f"q{self.number}"
        self.vendors[name] = Vendor(self.member.user, depth, by_order)
        self.vendors[name].symbol = symbol
        fields = [(262, name), (263, "1"), (264, str(depth)), (265, "1"), (266, "N" if by_order else "Y")]
        fields += [(267, "6"), *((269, kind) for kind in "012478"), (146, "1"), (55, symbol)]
        self.member.says("V", *fields)

    def ends(self, chance):
        name = chance.choice(list(self.vendors))
        self.read()
        self.member.says("V", (262, name), (263, "2"), (264, "0"), (267, "1"), (269, "0"), (146, "1"), (55, MAIN))
        assert self.member.is_alive()
        del self.vendors[name]

    def read(self):
        assert self.member.is_alive()
        for message in self.member.client.take_all():
            assert message.kind not in ("Y", "3", "j"), message
            if message.kind in "WX" and message.get(262) in self.vendors:
                self.heard += 1
                body = SOH.join(f"{tag}={value}" for tag, value in message.pairs if tag not in HEADER) + SOH
                self.vendors[message.get(262)].hears(body)

    def agrees(self, books):
        """Tell whether every book is the exchange's."""
        for vendor in self.vendors.values():
            for side in ("bids", "asks"):
                levels = [(one["price"], one["quantity"], one["orders"]) for one in books[vendor.symbol][side]]
                mine = vendor.book[side]
                expected = levels[: vendor.depth or None]
                if (added_up(mine) if vendor.by_order else mine) != (sorted(expected) if vendor.by_order else expected):
                    return False
        return True


def robots_for(venue, seed):
    ready = venue.ready
    command = [sys.executable, "-m", "kase_fix.scenario.robots", "--api", ready["api"], "--console", ready["console"]]
    return subprocess.Popen([*command, "--seed", str(seed), "--rate", str(RATE)], stdout=subprocess.DEVNULL)


def members_trade(members, chance, count):
    """Orders around one price in euro and in the bond; some are withdrawn, crosses in the bond open standbys."""
    for _ in range(count):
        member, side = chance.choice(members), chance.choice((BUY, SELL))
        if chance.random() < 0.5:
            member.orders(EURO, side, 1000 * chance.randint(1, 3), f"450.{chance.randint(0, 9)}0")
        else:
            account = f"S_{member.user}_0000"
            member.orders(BOND, side, chance.randint(1, 9), f"100.{chance.randint(0, 9)}000", t1=account)
        report = member.hears("8")
        if report.get(39) in ("0", "1") and chance.random() < 0.3:
            member.says(
                "F", (11, f"x{report.get(37)}"), (37, report.get(37)), (54, report.get(54)), (55, report.get(55))
            )
    for member in members:
        assert member.is_alive()
        member.client.take_all()


def cross(members):
    """Two orders in the bond that meet, whatever else is there: a standby opens."""
    for member, side, price in zip(members, (BUY, SELL), ("100.9000", "100.0000"), strict=True):
        member.orders(BOND, side, 5, price, t1=f"S_{member.user}_0000")
        member.hears("8")


def take_back(console, chance):
    """Cancel a deal in the euro; tell whether there was one."""
    deals = [deal["deal_id"] for deal in console.get(f"/api/deals/{EURO}")["deals"] if not deal.get("cancelled")]
    if not deals:
        return False
    order = {"command": "bust_deal", "deal": chance.choice(deals), "document": "1", "reason": "a slip"}
    console.post("/api/operator", order)
    return True


def test_a_day_of_robots(venue):
    chance, taken_back, seen = random.Random(7), 0, set()
    recipients = [Recipient("VENDOR1"), Recipient("VENDOR2")]
    members = [Member(user).logs_on(venue.api) for user in ("FIRMA", "FIRMB")]
    robots = robots_for(venue, 1)
    try:
        for recipient in recipients:
            recipient.comes(venue.md)
        for hour in HOURS:
            console = venue.addresses.console
            console.post("/api/clock", {"to": f"2020-05-27T{hour}:00"})
            before = sum(recipient.heard for recipient in recipients)
            for _ in range(4):
                members_trade(members, chance, 15)
                cross(members)
                for recipient in recipients:
                    recipient.read()
                console.post("/api/clock", {"by": 90})  # standbys end
            taken_back += take_back(console, chance)
            chance.choice(recipients).ends(chance)
            chance.choice(recipients).asks(chance.choice(SYMBOLS), chance.randint(0, 12), chance.random() < 0.5)
            if hour == "11:35":
                recipients[0].comes(venue.md)  # his line is lost

            def quiet(console=console):
                """While the robots hold their breath."""
                console.post("/api/clock", {"by": 1})
                for recipient in recipients:
                    recipient.read()
                books = {symbol: console.get(f"/api/books/{symbol}") for symbol in SYMBOLS}
                seen.update(symbol for symbol in SYMBOLS if len(books[symbol]["bids"]) > 2 < len(books[symbol]["asks"]))
                return all(recipient.agrees(books) for recipient in recipients)

            robots.send_signal(signal.SIGSTOP)
            assert until(quiet, 20.0), hour
            robots.send_signal(signal.SIGCONT)
            if hour < "17:00":
                assert sum(recipient.heard for recipient in recipients) > before
            if hour == "12:30":
                venue.kill_and_restart()
                assert venue.addresses
                robots.kill()
                robots.wait()
                robots = robots_for(venue, 2)
                members = [Member(user).logs_on(venue.api) for user in ("FIRMA", "FIRMB")]
                for recipient in recipients:
                    recipient.comes(venue.md)
    finally:
        robots.kill()
        robots.wait()
    assert taken_back
    assert seen >= {MAIN, EURO}  # in the bond what crosses is dealt, and little is left
    bonds = console.get(f"/api/deals/{BOND}")["deals"]
    assert any(deal["method"] == "frankfurt" for deal in bonds)
    assert all(vendor.book == {"bids": [], "asks": []} for one in recipients for vendor in one.vendors.values())
