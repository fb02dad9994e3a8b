"""Vendors on a real exchange rebuild the book that the exchange has, over a crash too."""

import random

import pytest

from tests.gateway.vendor import SOH, Vendor
from tests.system.floor import BUY, SELL

SYMBOL = "EURKZT_TOM"
HEADER = {8, 9, 10, 34, 49, 52, 56}
REQUESTS = {
    "VENDOR1": [("p1", 1, False), ("p5", 5, False), ("all", 0, False), ("orders", 0, True)],
    "VENDOR2": [("o1", 1, True), ("o5", 5, True), ("p0", 0, False)],
}


class Reader:
    """A session at FIX-MD with several subscriptions."""

    def __init__(self, member):
        self.member = member
        self.vendors = {}
        for request, depth, by_order in REQUESTS[member.user]:
            self.vendors[request] = Vendor(member.user, depth, by_order)
            fields = [(262, request), (263, "1"), (264, str(depth)), (265, "1"), (266, "N" if by_order else "Y")]
            fields += [(267, "3"), (269, "0"), (269, "1"), (269, "2"), (146, "1"), (55, SYMBOL)]
            member.says("V", *fields)

    def read(self):
        """Take in all that has come until a TestRequest is answered, which is behind it."""
        assert self.member.is_alive()
        for message in self.member.client.take_all():
            if message.kind in "WX":
                body = SOH.join(f"{tag}={value}" for tag, value in message.pairs if tag not in HEADER) + SOH
                self.vendors[message.get(262)].hears(body)
            assert message.kind not in ("Y", "3", "j")

    def compare(self, book):
        """Compare every book by price with the console's; one by order, added up, too."""
        for vendor in self.vendors.values():
            for mine, theirs in (("bids", "bids"), ("asks", "asks")):
                levels = [(one["price"], one["quantity"], one["orders"]) for one in book[theirs]]
                expected = levels[: vendor.depth or None]
                assert (added_up(vendor.book[mine]) if vendor.by_order else vendor.book[mine]) == (
                    sorted(expected) if vendor.by_order else expected
                )


def added_up(orders):
    prices = sorted({price for _, price, _ in orders})
    return [
        (
            price,
            sum(quantity for _, at, quantity in orders if at == price),
            sum(at == price for _, at, _ in orders),
        )
        for price in prices
    ]


def they_trade(members, chance, count):
    """Orders around one price, every third of them withdrawn again."""
    for number in range(count):
        member = members[number % 2]
        name = member.orders(
            SYMBOL, chance.choice((BUY, SELL)), 1000 * chance.randint(1, 3), f"450.{chance.randint(0, 9)}0"
        )
        report = member.hears("8", {11: name})
        if number % 3 == 0 and report.get(39) in "01":
            member.says("F", (11, f"x{name}"), (37, report.get(37)), (54, report.get(54)), (55, SYMBOL))
    for member in members:
        assert member.is_alive()


@pytest.mark.parametrize("seed", [1])
def test_what_vendors_rebuild_is_the_book_of_the_exchange(venue, member, seed):
    chance = random.Random(seed)
    for _ in range(2):
        members = [member("FIRMA"), member("FIRMB")]
        they_trade(members, chance, 15)
        readers = [Reader(member(user, "md")) for user in REQUESTS]
        they_trade(members, chance, 40)
        venue.addresses.console.post("/api/clock", {"by": 1})  # answered when all was handed to the sessions
        for reader in readers:
            reader.read()
            reader.compare(venue.addresses.console.get(f"/api/books/{SYMBOL}"))
            assert sum(vendor.counts["X"] for vendor in reader.vendors.values()) > 20
        venue.kill_and_restart()
    assert venue.addresses


@pytest.mark.parametrize("user", ["VENDOR1", "VENDOR2"])
def test_too_much_is_refused_with_281_of_2_and_the_rest_goes_on(member, user):
    """50 requests, 5000 instruments in all of them together; what is ended makes room."""
    vendor = member(user, "md")

    def asks(name, symbol, kind="1"):
        vendor.says(
            "V", (262, name), (263, kind), (264, "1"), (265, "1"), (267, "1"), (269, "0"), (146, "1"), (55, symbol)
        )

    for number in range(50):
        asks(f"r{number}", SYMBOL)
        assert vendor.hears("W", {262: f"r{number}"})
    asks("r50", SYMBOL)
    assert vendor.hears("Y", {262: "r50"}).get(281) == "2"
    asks("r0", SYMBOL, "2")
    asks("r50", SYMBOL)
    assert vendor.hears("W", {262: "r50"})
    for number in range(1, 51):
        asks(f"r{number}", SYMBOL, "2")
    for number in range(7):
        asks(f"all{number}", "ALL")
    asks("all7", "ALL")
    refused = vendor.hears("Y", {262: "all7"}, patience=90.0)
    assert (refused.get(281), refused.get(58)) == ("2", "5000 instruments are the most for all subscriptions together")
    asks("one", SYMBOL)
    assert vendor.hears("W", {262: "one"})
    vendor.says("x", (320, "x"), (559, "0"), (55, SYMBOL))
    assert vendor.hears("y", {320: "x"})
