"""A member that was away, a real QuickFIX acceptor, and the doorman between them: all comes, once, in order, whole."""

import json
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from kase_fix.app.bench_gateway_host import PASSWORD
from kase_fix.gateway.doorman import fields
from kase_fix.gateway.doorman.spoken import Splitter, head_of, new_number
from kase_fix.gateway.store import body_of, latest

from .resend_host import DIALECTS, MARKET_DATA_EVERY

REPORTS = 2500
UNSENT_BYTES = 400_000
HEADER = {8, 9, 34, 43, 49, 52, 56, 122, 10}
PARTIES = b"\x01453=2\x01448=FIRMA\x01447=D\x01452=1\x01448=02001\x01447=D\x01452=17\x01"


class Host:
    """The process with acceptor and doorman."""

    def __init__(self, directory: Path) -> None:
        command = (sys.executable, "-m", "tests.gateway.doorman.resend_host", str(directory))
        self.directory = directory
        self.numbers: Counter[bytes] = Counter()
        """By user the last number it has sent: it keeps them over its sessions."""
        self.process = subprocess.Popen(
            [*command, str(REPORTS), str(UNSENT_BYTES)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.port = json.loads(self._line())["api"]

    def tells(self, user: str, count: int) -> None:
        """Have a user told so much more, and wait until QuickFIX has it."""
        self.begins_to_tell(user, count)
        assert self._line() == "told\n"

    def begins_to_tell(self, user: str, count: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{user} {count}\n")
        self.process.stdin.flush()

    def stored(self, user: str) -> dict[int, bytes]:
        """Return what QuickFIX has stored for a user, by number."""
        begin = "FIXT.1.1" if DIALECTS[user] == "NEXT" else "FIX.4.4"
        store = self.directory / f"{begin}-KASE-{user}"
        body = body_of(store).read_bytes()
        return {entry.number: body[entry.offset : entry.offset + entry.size] for entry in latest(store)}

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()


class Member:
    """A client that was away and expects number 1."""

    def __init__(self, host: Host, user: str, receive_buffer: int = 0, expected: int = 0) -> None:
        self._begin = fields.FIXT if DIALECTS[user] == "NEXT" else b"FIX.4.4"
        self._user = user.encode()
        self._numbers = host.numbers
        self._splitter = Splitter()
        self._heard: list[bytes] = []
        self._connection = socket.socket()
        if receive_buffer:
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._connection.connect(("127.0.0.1", host.port))
        self._connection.settimeout(20)
        more = [(789, b"%d" % expected)] if expected else []
        next_ = [(1137, b"7")] if self._begin == fields.FIXT else []
        self.says(b"A", (98, b"0"), (108, b"30"), *more, (554, PASSWORD.encode()), *next_)
        logon = self.hears()
        assert head_of(logon).kind == b"A"
        self.logon_number = head_of(logon).number

    def says(self, kind: bytes, *more: tuple[int, bytes]) -> None:
        number = self._numbers[self._user] = self._numbers[self._user] + 1
        head = ((35, kind), (49, self._user), (56, b"KASE"), (34, b"%d" % number), (52, fields.sending_time()))
        self._connection.sendall(fields.join(self._begin, (*head, *more)))

    def asks(self, first: int, last: int = 0) -> None:
        self.says(b"2", (7, b"%d" % first), (16, b"%d" % last))

    def hears(self) -> bytes:
        """Wait for the next message."""
        while not self._heard:
            data = self._connection.recv(1 << 16)
            assert data, "cut"
            self._heard += self._splitter.feed(data)
        return self._heard.pop(0)

    def hears_up_to(self, last: int, first: int = 1) -> dict[int, bytes]:
        """Return the messages that came, by number, from the first on without a gap up to the last."""
        heard, expected = {}, first
        while expected <= last:
            message = self.hears()
            kind, number, _ = head_of(message)
            assert number == expected
            heard[number] = message
            expected = new_number(message) if kind == b"4" else number + 1
        return heard

    def leaves(self) -> None:
        self._connection.close()


@pytest.fixture(scope="module")
def host(tmp_path_factory) -> Iterator[Host]:
    each = Host(tmp_path_factory.mktemp("store"))
    yield each
    each.process.communicate()


def content(message: bytes) -> list[tuple[int, bytes]]:
    """Return a message's fields in order without those a resend changes."""
    return [field for field in fields.split(message) if field[0] not in HEADER]


def are_as_stored(heard: dict[int, bytes], stored: dict[int, bytes]) -> None:
    """Each report is there with its groups; what is not sent again lies in gaps."""
    for number, message in stored.items():
        kind = head_of(message).kind
        if kind == b"8":
            assert content(heard[number]) == content(message)
            assert PARTIES in heard[number]
        elif number in heard:
            assert head_of(heard[number]).kind in (b"4", kind)


@pytest.mark.parametrize("user", ["FIRMA", "02001"])
def test_who_was_away_gets_what_it_missed_and_what_is_new_behind_it(host, user):
    member = Member(host, user)
    assert member.logon_number == REPORTS + 1
    member.asks(1)
    heard = member.hears_up_to(1)
    host.tells(user, 300)
    heard |= member.hears_up_to(REPORTS + 1 + 300, first=2)
    stored = host.stored(user)
    are_as_stored(heard, stored)
    assert len(stored) == REPORTS + 1 + 300
    assert sum(head_of(each).kind == b"8" for each in heard.values()) >= REPORTS - REPORTS // MARKET_DATA_EVERY
    member.says(b"1", (112, b"well"))
    assert b"\x01112=well\x01" in member.hears()  # and no number of the client's was lost or taken
    member.leaves()


def test_others_are_answered_meanwhile(host):
    member, other = Member(host, "FIRMB"), Member(host, "FIRMA")
    trips, done = [], threading.Event()

    def trade_on() -> None:
        while not done.is_set():
            other.says(b"1", (112, b"%d" % len(trips)))
            trips.append(other.hears())

    thread = threading.Thread(target=trade_on)
    thread.start()
    member.asks(1)
    member.hears_up_to(REPORTS)
    done.set()
    thread.join()
    assert len(trips) > 3
    member.leaves()
    other.leaves()


def test_who_logs_out_in_the_middle_gets_what_it_asked_for_first(host):
    member = Member(host, "FIRMB")
    newest = member.logon_number
    member.asks(1)
    member.hears_up_to(100)
    member.says(b"5")
    member.hears_up_to(newest, first=101)
    assert head_of(member.hears()) == (b"5", newest + 1, False)
    member.leaves()


def test_who_asks_again_in_the_middle_gets_it_from_there(host):
    """What was on its way to him when he asked again does not come a second time, unless he asked for it."""
    member = Member(host, "FIRMB")
    newest = member.logon_number
    member.asks(2, newest)
    member.hears_up_to(200, first=2)
    member.asks(1, 300)
    on_the_way = 200
    while (head := head_of(message := member.hears())).number != 1:
        on_the_way = new_number(message) - 1 if head.kind == b"4" else head.number
    member.hears_up_to(300, first=2)
    member.hears_up_to(newest, first=max(300, on_the_way) + 1)
    member.leaves()


def test_what_a_logon_says_it_expects_comes_without_being_asked_for(host):
    member = Member(host, "FIRMB", expected=1000)
    assert member.logon_number > REPORTS
    member.hears_up_to(member.logon_number, first=1000)
    member.leaves()


def test_who_reads_slowly_is_not_cut_and_misses_nothing(host):
    """Of each thousand messages he reads three hundred before the next: several times what may wait for him."""
    member = Member(host, "FIRMB", receive_buffer=8192)
    first = member.logon_number + 1
    heard: dict[int, bytes] = {}
    for thousand in range(10):
        host.tells("FIRMB", 1000)
        heard |= member.hears_up_to(first + 300 * (thousand + 1) - 1, max(heard, default=first - 1) + 1)
    heard |= member.hears_up_to(first + 10_000 - 1, max(heard) + 1)
    are_as_stored(heard, {number: each for number, each in host.stored("FIRMB").items() if number >= first})
    assert sum(len(each) for each in heard.values()) > 5 * UNSENT_BYTES
    assert any(head_of(each).again for each in heard.values())
    member.leaves()
