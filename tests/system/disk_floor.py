"""A venue in trading whose disk is about to fail: what it says then, and what it still knows when it starts again."""

import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress

from kase_fix.scenario.client import LineDown
from tests.system.floor import BUY, PATIENCE, Member, VenueProcess

SYMBOL = "EURKZT_TOM"
EVERYONE, VENDORS, NOBODY = {"FIRMB", "00100", "VENDOR1"}, {"VENDOR1"}, set[str]()
"""Who may be told beside FIRMA, whose message may be the one that could not be stored."""
HALTS_SECONDS = 40.0
"""Patience only: a disk is given up after 10 s, a venue that halts has 10 s."""


def said_to_monitors(venue: VenueProcess) -> dict[str, set[tuple[int, str]]]:
    """Return all that health and metrics answer until the venue has ended."""
    said: dict[str, set[tuple[int, str]]] = {"/healthz": set(), "/metrics": set()}
    end = time.monotonic() + HALTS_SECONDS

    def look(path: str) -> None:
        while venue.process.poll() is None and time.monotonic() < end:
            said[path].add(_fetched(venue.ready["console"] + path))
            time.sleep(0.1)

    looking = [threading.Thread(target=look, args=(path,)) for path in said]
    for one in looking:
        one.start()
    for one in looking:
        one.join()
    return said


def _fetched(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=5) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


class Floor:
    """A venue in trading: two members, a bank that speaks NEXT, a vendor."""

    def __init__(self, venue: VenueProcess) -> None:
        self.venue = venue
        self.firma = Member("FIRMA").logs_on(venue.api)
        self.bystanders = [Member(user).logs_on(venue.api) for user in ("FIRMB", "00100")]
        self.bystanders.append(Member("VENDOR1", "md").logs_on(venue.md))
        self.rests = self.firma.rests(SYMBOL, BUY, 1000, "440.00").get(37) or ""
        self.sent: list[tuple[str, list[tuple[int, str]]]] = []
        assert all(one.is_alive() for one in (self.firma, *self.bystanders))

    def order(self) -> None:
        """Have one more order sent, whatever becomes of it."""
        self.sent.append(self.firma.order(SYMBOL, BUY, 1000, "441.00"))
        with suppress(LineDown):
            self.firma.says("D", *self.sent[-1][1])

    def halts(self, text: str, told: set[str]) -> None:
        """It ends and says why: in health, metrics and stderr always, by Logout where that can be stored."""
        said = said_to_monitors(self.venue)
        health, metrics = said["/healthz"], {line for _, body in said["/metrics"] for line in body.splitlines()}
        assert self.venue.process.wait(PATIENCE) == 74
        assert any(status == 503 and "it halts: " in body and text in body for status, body in health), health
        assert {"kase_venue_up 0.0", "kase_venue_halted 1.0"} <= metrics
        assert "the venue had to halt: " in self.venue.errors()
        assert text in self.venue.errors()
        assert "Exception in thread" not in self.venue.errors()
        for one in self.bystanders:
            assert one.client.wait(lambda one=one: not one.client.connected, PATIENCE), one.user
            if one.user in told:
                assert text in (one.hears("5").get(58) or ""), one.user
            else:
                assert one.heard("5") == [], one.user

    def goes_on(self) -> None:
        """It starts on the same directory: what was said holds, and what was not is said or asked for once more."""
        told = [one for one in self.firma.heard("8") if one.get(37) != self.rests]
        before = self.venue.errors()
        self.venue.start()
        firma = self.firma.comes_back(self.venue.api)
        firma.says("H", (37, self.rests), (55, SYMBOL), (54, BUY))
        assert firma.hears("8", {37: self.rests}).get(39) == "0"
        for name, fields in self.sent:
            firma.says("D", (97, "Y"), *fields)
            told.append(firma.hears("8", {11: name, 39: "0"}))
            firma.says("H", (11, name), (55, SYMBOL), (54, BUY))
            told.append(firma.hears("8", {11: name, 39: "0", 150: "I"}))
            assert firma.is_alive()
            told += [one for one in firma.heard("8") if one.get(11) == name]
            assert len({one.get(37) for one in told}) == 1, "one order became two"
        assert "Traceback" not in self.venue.errors()[len(before) :]
        self.venue.end()
