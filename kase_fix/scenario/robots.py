"""Robots that make a rehearsal live: six traders at FIX-API, a data recipient at FIX-MD, over the wire as anyone.

`python -m kase_fix.scenario.robots --api HOST:PORT --md HOST:PORT --console URL`. They trade whatever the console shows
open, come back when the line drops, end at SIGTERM with a Logout, and die with the process that started them.
"""

import argparse
import contextlib
import ctypes
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from kase_fix.scenario.client import Client, LineDown
from kase_fix.scenario.console import Console, ConsoleRefused
from kase_fix.scenario.register import dialect_of
from kase_fix.scenario.trader import Listing, Trader

TRADERS = tuple(f"ROB{number:02d}" for number in range(1, 7))
RECIPIENT = "ROBMD"
LOOK_EVERY = 2.0
LOGON_PATIENCE = 5.0
RETRY_AFTER = 1.0
PR_SET_PDEATHSIG = 1


class Robot:
    """A client that comes back: its numbers go on over any number of connections."""

    def __init__(self, client: Client, address: tuple[str, int]) -> None:
        self.client = client
        self.logons = 0
        self.resets = 0
        self._address = address
        self._begun = False
        self._try_at = 0.0
        self._give_up_at = 0.0

    def attend(self) -> bool:
        """Tell whether the session is on; if not, see to it."""
        if self.client.logged_on:
            self._give_up_at = 0.0
            return True
        now = time.monotonic()
        if self._give_up_at and now < self._give_up_at and self.client.connected:
            return False
        if now >= self._try_at:
            self._try_at = now + RETRY_AFTER
            self._give_up_at = now + LOGON_PATIENCE
            session = self.client.session
            # numbers are kept: only the first Logon resets, and one after which the two sides can no longer agree
            anew = not self._begun or session.numbers_lost
            overrides: dict[int, str | None] = {} if anew else {141: None}
            with contextlib.suppress(OSError):
                if self.client.logon(self._address, overrides):
                    self.resets += anew
                    self._begun = True
                    self.logons += 1
        return False


class Recipient:
    """ROBMD: subscribes to everything open and counts what comes."""

    def __init__(self, robot: Robot) -> None:
        self.robot = robot
        self.counts: Counter[str] = Counter()
        self._subscribed: set[str] = set()
        self._logon = 0

    def attend(self, listings: Sequence[Listing]) -> None:
        """Keep the subscription in step with what is open."""
        for message in self.robot.client.take_all():
            self.counts[message.kind] += 1
        if not self.robot.attend():
            return
        if self._logon != self.robot.logons:
            self._logon = self.robot.logons
            self._subscribed.clear()
        symbols = [listing.symbol for listing in listings if listing.symbol not in self._subscribed]
        if not symbols:
            return
        self._subscribed.update(symbols)
        request = f"md-{self._logon}-{len(self._subscribed)}"
        body = [(262, request), (263, "1"), (264, "0"), (265, "1"), (267, "3"), (269, "0"), (269, "1"), (269, "2")]
        with contextlib.suppress(LineDown):
            body += [(146, str(len(symbols))), *((55, symbol) for symbol in symbols)]
            self.robot.client.send("V", body)


def open_listings(instruments: Sequence[Any]) -> list[Listing]:
    """Return what trades continuously now and has a price to quote around."""
    found = []
    for row in instruments:
        price = (row.get("last") or {}).get("price") or row.get("reference")
        if row.get("phase") == "continuous" and not row.get("not_traded") and price:
            with contextlib.suppress(InvalidOperation):
                found.append(Listing(row["symbol"], int(row["lot"]), int(row["price_decimals"]), Decimal(price)))
    return found


class Company:
    """All robots of a process."""

    def __init__(self, api: tuple[str, int], md: tuple[str, int] | None, console: Console, seed: int) -> None:
        self.console = console
        self.chance = random.Random(seed)
        prefix = format(time.time_ns() // 1_000_000, "x")
        self.lasts: dict[str, Decimal] = {}
        self.traders = [Trader(Client(user, dialect_of(user)), self.chance, prefix, self.lasts) for user in TRADERS]
        self.robots = {trader: Robot(trader.client, api) for trader in self.traders}
        self.recipient = Recipient(Robot(Client(RECIPIENT, dialect_of(RECIPIENT), "md"), md)) if md else None
        self.listings: list[Listing] = []
        self._look_at = 0.0

    def turn(self) -> None:
        """Let everybody read, see to the lines, and one robot do one thing."""
        if time.monotonic() >= self._look_at:
            with contextlib.suppress(ConsoleRefused, KeyError, TypeError, ValueError, AttributeError):
                self.listings = open_listings(self.console.instruments())
                self.lasts |= {listing.symbol: listing.last for listing in self.listings}
            self._look_at = time.monotonic() + LOOK_EVERY
        ready = []
        for trader, robot in self.robots.items():
            trader.listen()
            resets = robot.resets
            if robot.attend():
                ready.append(trader)
            if robot.resets > resets:
                trader.numbers_began_anew()
        if ready and self.listings:
            self.chance.choice(ready).act(self.listings)
        if self.recipient:
            self.recipient.attend(self.listings)

    def counts(self) -> dict[str, dict[str, int]]:
        """Return what each robot sent and what became of it (`Trader.totals`)."""
        shown = {
            trader.client.user: {**trader.totals(), "logons": self.robots[trader].logons} for trader in self.traders
        }
        if self.recipient:
            shown[RECIPIENT] = {**self.recipient.counts, "logons": self.recipient.robot.logons}
        return shown

    def leave(self) -> None:
        """Log out wherever a session is on."""
        clients = [trader.client for trader in self.traders]
        if self.recipient:
            clients.append(self.recipient.robot.client)
        for client in clients:
            if client.logged_on:
                with contextlib.suppress(LineDown):
                    client.logout(patience=1.0)
            client.drop()


def main() -> int:
    """Run until SIGTERM."""
    options = _options()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == 1:
        return 0
    company = Company(options.api, options.md, Console(options.console, patience=2.0), options.seed)
    running = True

    def stop(*_: object) -> None:
        nonlocal running
        running = False

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    write_at = 0.0
    while running:
        company.turn()
        if options.counts and time.monotonic() >= write_at:
            _write(options.counts, company.counts())
            write_at = time.monotonic() + 1.0
        time.sleep(min(2.0, company.chance.expovariate(options.rate)))
    company.leave()
    if options.counts:
        _write(options.counts, company.counts())
    return 0


def _write(path: Path, counts: dict[str, dict[str, int]]) -> None:
    fresh = path.with_suffix(".new")
    with contextlib.suppress(OSError):
        fresh.write_text(json.dumps(counts, indent=1, sort_keys=True))
        fresh.replace(path)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host or "127.0.0.1", int(port)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="kase_fix.scenario.robots", description=__doc__)
    parser.add_argument("--api", type=_address, required=True, help="FIX-API, HOST:PORT")
    parser.add_argument("--md", type=_address, help="FIX-MD, HOST:PORT")
    parser.add_argument("--console", required=True, help="address of the console")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=4.0, help="messages a second, all robots together")
    parser.add_argument(
        "--counts", type=Path, help="file for what was sent, confirmed and filled, written every second"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
