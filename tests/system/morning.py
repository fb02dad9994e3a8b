"""A morning of two vendors as a log, from a run: `python -m tests.system.morning` writes it to the rules for vendors.

`test_morning.py` runs it again and compares.
"""

import sys
import tempfile
from pathlib import Path

from tests.system.floor import BUY, SELL, Member, VenueProcess

PAGE = Path(__file__).parent.parent.parent / "spec" / "market-data.md"
BEGINS, ENDS = "<!-- begin: a morning -->\n", "<!-- end: a morning -->\n"
OF_THE_SESSION = {8, 9, 34, 49, 52, 56, 10}
SYMBOL = "EURKZT_TOM"
TYPES = ((267, "5"), *((269, kind) for kind in "0124B"))


class FromTheMorning(VenueProcess):
    """FIX-MD has just opened."""

    moment = "2020-05-27T09:00:00"


class Vendor:
    """One whose messages are written down, but for how other boards stand."""

    def __init__(self, user, address, lines):
        self.user, self.lines = user, lines
        self.member = Member(user, "md").logs_on(address)

    def says(self, kind, *fields):
        self.lines.append(f"{self.user} > 35={kind} " + " ".join(f"{tag}={value}" for tag, value in fields))
        self.member.says(kind, *fields)

    def hears(self, *kinds):
        """Write down the next message of each of these kinds; all others it has are of other boards."""
        for kind in kinds:
            wanted = {"h": {336: "FX_TOM"}, "f": {55: SYMBOL}}.get(kind, {})
            message = self.member.hears(kind, wanted)
            self.lines.append(f"{self.user} < " + shown(message.pairs))


def shown(pairs):
    """Fields without those of the session; entries of a group each on a line of its own behind the first."""
    text, entries = "", 0
    for tag, value in pairs:
        if tag in OF_THE_SESSION:
            continue
        entries += tag == 279
        text += ("\n" + " " * 10 if tag == 279 and entries > 1 else " " if text else "") + f"{tag}={value}"
    return text


def morning(venue):
    """Return the log."""
    lines = []
    console = venue.addresses.console

    def at(time, words):
        console.post("/api/clock", {"to": f"2020-05-27T{time}"})
        lines.append(f"{'' if not lines else chr(10)}# {time}  {words}")

    at("09:00:00", "FIX-MD opens: both log on and ask for the euro, VENDOR1 in FIX 4.4, VENDOR2 in NEXT")
    one, two = Vendor("VENDOR1", venue.md, lines), Vendor("VENDOR2", venue.md, lines)
    firma, bank = Member("FIRMA").logs_on(venue.api), Member("00100").logs_on(venue.api)
    one.hears("h")
    one.says("x", (320, "x1"), (559, "0"), (55, SYMBOL), (263, "1"))
    one.hears("y")
    one.says("V", (262, "m1"), (263, "1"), (264, "2"), (265, "1"), *TYPES, (146, "1"), (55, SYMBOL))
    one.hears("W")
    two.says("V", (262, "m1"), (263, "1"), (264, "2"), (1021, "2"), (146, "1"), (55, SYMBOL))
    two.hears("W")
    at("10:15:00", "the session opens")
    one.hears("h")
    two.hears("X", "f")
    at("10:16:00", "three bids, each better than the last: two levels are told")
    for price, quantity in (("449.80", 1000), ("449.90", 2000), ("450.00", 3000)):
        firma.rests(SYMBOL, BUY, quantity, price)
        one.hears("X")
    two.hears("X", "X", "X")
    at("10:20:00", "who sells 3000 takes the best of them: all of X takes effect together")
    bank.hears("8", {11: bank.orders(SYMBOL, SELL, 3000, "450.00"), 150: "F"})
    one.hears("X")
    two.hears("X")
    at("10:25:00", "a limit is widened: announced, and a change of the instrument for who asked for changes")
    limit = {"command": "widen_limit", "symbol": SYMBOL, "percent": "5", "requested_by": "FIRMA"}
    console.post("/api/operator", limit)
    one.hears("B", "y")
    two.hears("C")
    at("10:30:00", "VENDOR1 has missed a message: he ends the request, and begins anew with a new 262")
    one.says("V", (262, "m1"), (263, "2"), (264, "2"), (265, "1"), *TYPES, (146, "1"), (55, SYMBOL))
    one.says("V", (262, "m2"), (263, "1"), (264, "2"), (265, "1"), *TYPES, (146, "1"), (55, SYMBOL))
    one.hears("W")
    one.says("V", (262, "m2"), (263, "1"), (264, "2"), (265, "1"), *TYPES, (146, "1"), (55, "GBPKZT_TOM"))
    one.hears("Y")
    at("10:35:00", "trading in the euro is suspended, and goes on")
    console.post("/api/operator", {"command": "suspend", "symbols": SYMBOL, "reason": "failure at a bank"})
    one.hears("B", "f")
    console.post("/api/operator", {"command": "resume", "symbols": SYMBOL})
    one.hears("f")
    at("10:40:00", "VENDOR2 wants a chart")
    two.says("CL", (5089, "c1"), (55, SYMBOL), (5091, "20200527"), (5251, "15"))
    two.hears("CR")
    return "\n".join(lines) + "\n"


def on_page(log):
    """Return the page with this log."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGINS)
    return f"{before}{BEGINS}```\n{log}```\n{ENDS}{rest.partition(ENDS)[2]}"


def main():
    """Write the page."""
    with tempfile.TemporaryDirectory() as directory:
        venue = FromTheMorning(Path(directory))
        try:
            PAGE.write_text(on_page(morning(venue)), encoding="utf-8")
        finally:
            venue.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
