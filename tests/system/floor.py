"""The trading floor of the system tests: a real venue's process and members who speak FIX to it over TCP."""

import ctypes
import itertools
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from kase_fix.scenario.client import Client
from kase_fix.scenario.register import dialect_of
from kase_fix.scenario.venue import SIDE_BY_SIDE, Addresses, read_ready
from kase_fix.scenario.wire import Message, Pairs, now_utc

MOMENT = "2020-05-27T10:20:00"
BULLETIN = ("h", "f", "B", "C")
"""What everyone is told unasked."""
PATIENCE = 15.0
READY_PATIENCE = 40.0
BUY, SELL = "1", "2"
NEW, CANCELED, REPLACED, TRADE, STATUS, REFUSED = "0", "4", "5", "F", "I", "8"
PR_SET_PDEATHSIG = 1

_names = itertools.count(1)
_libc = ctypes.CDLL(None)


def _die_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def until(condition: Callable[[], bool], patience: float = PATIENCE) -> bool:
    """Look again and again until the condition holds; tell whether it did in time."""
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            return False
        select.select([], [], [], 0.01)
    return True


class VenueProcess:
    """`serve` on a data directory, with ports of its own choice."""

    moment = MOMENT

    def __init__(self, directory: Path, *settings: str, data: Path | None = None) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.data = data or directory / "data"
        self.settings = [*SIDE_BY_SIDE, *settings]
        self._errors = directory / "stderr"
        self.start()

    def start(self) -> None:
        """Start it, for the first time or again on the same data; `addresses` waits until it is ready."""
        command = [sys.executable, "-m", "kase_fix", "serve", "--rehearsal", self.moment, "--data", str(self.data)]
        for setting in self.settings:
            command += ["--set", setting]
        self._addresses: Addresses | None = None
        self.ready: dict[str, str] = {}
        with self._errors.open("ab") as errors:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )

    @property
    def addresses(self) -> Addresses:
        """Where its services listen."""
        if self._addresses is None:
            assert self.process.stdout is not None
            output = select.poll()  # select(2) knows no descriptor above 1023
            output.register(self.process.stdout, select.POLLIN)
            line = self.process.stdout.readline().decode() if output.poll(READY_PATIENCE * 1000) else ""
            assert line.startswith("ready "), f"not ready: {line!r}\n{self.errors()[-2000:]}"
            self.ready = read_ready(line)
            self._addresses = Addresses(self.ready)
        return self._addresses

    @property
    def api(self) -> tuple[str, int]:
        """The address of FIX-API."""
        return self.addresses.service("api")

    @property
    def md(self) -> tuple[str, int]:
        """The address of FIX-MD."""
        return self.addresses.service("md")

    def errors(self) -> str:
        """What it wrote to stderr."""
        return self._errors.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """SIGKILL: a crash of the exchange."""
        self.process.kill()
        self.process.wait()

    def kill_and_restart(self) -> None:
        """Crash, and start at once on the same data."""
        self.kill()
        self._close()
        self.start()

    def end(self) -> None:
        """Kill it with all its children."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._close()

    def _close(self) -> None:
        if self.process.stdout is not None:
            self.process.stdout.close()


class Member:
    """A user with our QA client: says things, hears answers."""

    def __init__(self, user: str, service: str = "api", password: str = "rehearsal", dialect: str = "") -> None:
        self.user = user
        self.client = Client(user, dialect or dialect_of(user), service, password)
        self.is_next = self.client.session.dialect == "NEXT"
        self.account = f"F_{user}_0000"
        self._address: tuple[str, int]

    def knocks(self, address: tuple[str, int], **overrides: str | None) -> None:
        """Connect and send a Logon, `reset` for 141; do not wait for the answer."""
        fields = {} if "reset" not in overrides else {141: overrides["reset"]}
        self.client.logon(address, fields)

    def logs_on(self, address: tuple[str, int], **overrides: str | None) -> "Member":
        """Connect, log on and be in."""
        self.knocks(address, **overrides)
        self.client.wait(lambda: self.client.logged_on or not self.client.connected, PATIENCE)
        assert self.client.logged_on, f"{self.user} was not let in; heard {self.heard()}"
        return self

    def comes_back(self, address: tuple[str, int]) -> "Member":
        """Log on without 141: the numbers go on."""
        return self.logs_on(address, reset=None)

    def says(self, kind: str, *fields: tuple[int, str]) -> None:
        """Send a message."""
        self.client.send(kind, list(fields))

    def order(self, symbol: str, side: str, quantity: int, price: str, **changes: str | None) -> tuple[str, Pairs]:
        """Return a new ClOrdID and the fields of a limit order, some changed: `t44="1e3"`, `t1=None` for left out."""
        name = new_name()
        fields: dict[int, str | None] = {11: name, 1: self.account, 55: symbol, 54: side, 38: str(quantity), 40: "2"}
        fields |= {44: price, 59: "0", 60: now_utc()}
        fields |= {int(tag[1:]): value for tag, value in changes.items()}
        return fields[11] or "", [(tag, value) for tag, value in fields.items() if value is not None]

    def orders(self, symbol: str, side: str, quantity: int, price: str, **changes: str | None) -> str:
        """Send a limit order and return its ClOrdID."""
        name, fields = self.order(symbol, side, quantity, price, **changes)
        self.client.send("D", fields)
        return name

    def rests(self, symbol: str, side: str, quantity: int, price: str) -> Message:
        """Send a limit order and return the report that it stands."""
        name = self.orders(symbol, side, quantity, price)
        return self.hears_accepted(name)

    def hears_accepted(self, name: str) -> Message:
        """Return the report that a new order stands: 150=0, in NEXT 150=I."""
        return self.hears("8", {11: name, 39: "0", 150: STATUS if self.is_next else NEW})

    def hears(self, kind: str, wanted: dict[int, str] | None = None, patience: float = PATIENCE) -> Message:
        """Return the first message not yet looked at that is as wanted, waiting for it."""
        found: list[Message] = []

        def look() -> bool:
            for inbound in self.client.inbox:
                message = inbound.message
                if inbound.taken or message.kind != kind:
                    continue
                if all(message.get(tag) == value for tag, value in (wanted or {}).items()):
                    inbound.taken = True
                    found.append(message)
                    return True
            return not self.client.connected

        self.client.wait(look, patience)
        assert found, f"{self.user} did not hear {kind} {wanted or ''}; heard {self.heard()}"
        return found[0]

    def heard(self, *kinds: str) -> list[Message]:
        """Return what arrived and was not yet looked at, of these kinds or any."""
        with self.client.changed:
            left = [one.message for one in self.client.inbox if not one.taken]
        return [message for message in left if not kinds or message.kind in kinds]

    def hears_nothing_of_business(self) -> None:
        """After a round trip nothing is left unheard but messages of the session and of the bulletin."""
        assert self.client.round_trip(PATIENCE), f"{self.user} has no session"
        heard = [message for message in self.heard() if message.kind not in BULLETIN]
        assert [message for message in heard if not message.administrative or message.kind == "3"] == []

    def is_alive(self) -> bool:
        """Tell whether a TestRequest is answered."""
        return self.client.round_trip(PATIENCE)

    def leaves(self) -> None:
        """Log out, or cut the line where there is no session."""
        if self.client.logged_on:
            self.client.logout()
        self.client.drop()

    def raw(self, kind: str, *fields: tuple[int, str]) -> bytes:
        """Return a message with the number that is next, which does not count as sent."""
        return self.client.session.compose(kind, [(34, str(self.client.session.next_out)), *fields])

    def sends(self, data: bytes, taken: int = 0) -> None:
        """Send bytes that take so many numbers."""
        self.client.send_raw(data)
        self.client.session.next_out += taken


def new_name() -> str:
    """Return a ClOrdID nobody has used."""
    return f"n{next(_names)}-{os.getpid()}"


def they_trade(buyer: Member, seller: Member, symbol: str = "EURKZT_TOD", price: str = "450.00") -> None:
    """One bids, the other hits it, both hear of the same deal."""
    bid = buyer.rests(symbol, BUY, 1000, price).get(11)
    offer = seller.orders(symbol, SELL, 1000, price)
    bought = buyer.hears("8", {11: bid or "", 150: TRADE, 32: "1000"})
    sold = seller.hears("8", {11: offer, 150: TRADE, 32: "1000"})
    assert deal_of(bought) == deal_of(sold)


def deal_of(report: Message) -> str:
    """Return the deal's number: 880 in FIX 4.4, ExecID(17) in NEXT."""
    return report.get(880) or report.get(17) or ""


def checksummed(message: bytes) -> bytes:
    """Return the message with BodyLength(9) and CheckSum(10) made right again after its fields were changed."""
    begin, _, rest = message.partition(b"\x01")
    body = rest[rest.index(b"\x01") + 1 : rest.rindex(b"\x0110=") + 1]
    whole = begin + b"\x019=%d\x01" % len(body) + body
    return whole + b"10=%03d\x01" % (sum(whole) % 256)
