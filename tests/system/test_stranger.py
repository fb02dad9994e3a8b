"""A stranger at every door of a real venue, in turn with all he can think of: members trading meanwhile notice nothing.

Two members, one of each dialect, trade without a pause while he is at it. Each attack must end with deals done during
it, every answer heard, and nothing said to either that is not a report. Asserted are answers and counts, no times.
"""

import os
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from kase_fix.app.tls import rehearsed
from tests.system.floor import BULLETIN, BUY, PATIENCE, Member, VenueProcess, new_name, they_trade, until
from tests.system.test_door import comes, count, is_cut, metrics

SYMBOL = "EURKZT_TOM"
DEALS = 3
"""At least so many while an attack goes on."""
LOGONS = 3000
WAVE = 500
HUNDRED_MEGABYTES = 100_000_000
GROWN = 32_768
"""KiB the doorman may have grown by where a message of 100 MB was thrown at him."""


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return rehearsed(tmp_path_factory.mktemp("authority"), (), ["FIRMA", "FIRMB", "00100"])


@pytest.fixture(scope="module")
def venue(tmp_path_factory, certificates):
    """A venue whose TLS ports want a certificate, and whose strangers have three seconds."""
    running = VenueProcess(
        tmp_path_factory.mktemp("venue"),
        "gateway.door.first_message_seconds=3",
        f"gateway.tls.certificate={certificates.certificate}",
        f"gateway.tls.key={certificates.key}",
        f"gateway.tls.client_ca={certificates.client_ca}",
        "gateway.tls.client_certificate=required",
    )
    yield running
    running.end()


class Trading:
    """Two members who trade with each other in a thread of their own, deal after deal."""

    def __init__(self, buyer: Member, seller: Member) -> None:
        self.members = (buyer, seller)
        self.deals = 0
        self.failed: BaseException | None = None
        self._going_on = True
        self._thread = threading.Thread(target=self._trade, daemon=True)
        self._thread.start()

    def _trade(self) -> None:
        try:
            while self._going_on:
                they_trade(*self.members, symbol="EURKZT_TOD")
                self.deals += 1
        except BaseException as error:
            self.failed = error

    def goes_on(self, deals: int = DEALS) -> None:
        """Wait for so many deals more: each is an order taken, one that meets it, and both members' reports."""
        wanted = self.deals + deals
        assert until(lambda: self.deals >= wanted or self.failed is not None, 4 * PATIENCE)
        assert self.failed is None

    def end(self) -> None:
        """End with the deal under way; both are there and heard reports of what they did, and nothing else."""
        self._going_on = False
        self._thread.join(4 * PATIENCE)
        assert self.failed is None
        for each in self.members:
            assert each.is_alive()
            heard = [
                (one.kind, one.get(39)) for one in each.client.take_all() if one.kind not in (*BULLETIN, "A", "0", "1")
            ]
            assert [one for one in heard if one[0] != "8" or one[1] == "8"] == []


@pytest.fixture(scope="module")
def pair(venue):
    members = (Member("02001").logs_on(venue.api), Member("FIRMB").logs_on(venue.api))
    yield members
    for each in members:
        each.leaves()


@pytest.fixture
def trading(pair):
    """Members who trade during a test, and at whom nothing of it arrives."""
    going_on = Trading(*pair)
    going_on.goes_on()
    yield going_on
    going_on.goes_on()
    going_on.end()


def total(venue: VenueProcess, family: str) -> int:
    """Return what the door has counted for all reasons of a family."""
    rows = (line.split() for line in metrics(venue) if line.startswith(f"kase_venue_door_{family}_"))
    return sum(int(float(row[1])) for row in rows)


def family_of(pid: int) -> list[int]:
    """Return a process with all its children."""
    children = []
    for line in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # a thread that has just ended
            children += [int(child) for child in line.read_text().split()]
    return [pid, *(one for child in children for one in family_of(child))]


def doorman_of(venue: VenueProcess) -> int:
    """Return the process id of the doorman of FIX-API."""
    named = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in family_of(venue.process.pid)}
    mine = [pid for pid, words in named.items() if b"kase_fix.gateway.doorman" in words]
    listening = {inode for inode, port in listening_ports().items() if port == venue.api[1]}
    return next(pid for pid in mine if listening & set(sockets_of(pid)))


def greatest_memory(pid: int) -> int:
    """Return the most a process ever held, in KiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


def sockets_of(pid: int) -> Iterator[str]:
    """Give the inodes of a process's sockets."""
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            link = os.readlink(descriptor)
            if link.startswith("socket:["):
                yield link[8:-1]


def listening_ports() -> dict[str, int]:
    """Return the port of each listening socket, by inode."""
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()]
    return {row[9]: int(row[1].rpartition(":")[2], 16) for row in rows if row[3] == "0A"}


@pytest.mark.usefixtures("trading")
@pytest.mark.parametrize("user", ["FIRMA", "00100"])
def test_a_wrong_password_moves_no_number(venue, user):
    """With 141=Y and without, right after each other: the session's store is the same to the byte, and goes on."""
    member = Member(user).logs_on(venue.api)
    member.rests(SYMBOL, BUY, 1000, "440.00")
    member.leaves()
    member.client.take_all()
    sent, expected = member.client.session.next_out, member.client.session.next_in
    store = venue.data / "fix" / "api" / "store"
    files = [path for path in store.iterdir() if f"-{user}." in path.name]
    assert until(lambda: f"{expected} : {sent}" in numbers_in(files))
    before = {path: path.read_bytes() for path in files}
    refused = count(venue, "refused_wrong_password") + count(venue, "refused_locked_out")
    for number, reset in enumerate(("Y", None, "Y", None)):
        line = comes(venue.api, f"127.0.1.{number + 1}")
        thief = Member(user, password="guess")
        line.sendall(thief.client.session.logon({} if reset else {141: None}))
        said = line.recv(1 << 16)
        assert (b"\x0158=Wrong password\x01" in said) == (reset is not None)
        assert is_cut(line)
        line.close()
    assert until(lambda: count(venue, "refused_wrong_password") + count(venue, "refused_locked_out") == refused + 4)
    assert {path: path.read_bytes() for path in files} == before
    member.comes_back(venue.api)
    assert member.is_alive()
    assert member.heard("2", "4", "3", "5") == []
    member.leaves()


def numbers_in(files: list[Path]) -> list[str]:
    """Return what a session's store says of its numbers: what it sends and what it expects next."""
    texts = [path.read_text(encoding="ascii") for path in files if path.suffix == ".seqnums"]
    return [" : ".join(str(int(number)) for number in text.split(" : ")) for text in texts]


def test_thousands_of_logons_as_fast_as_they_can_be_sent(venue, trading):
    """3000 of six hundred addresses, with names that are and are not: each has an end, none is in."""
    before = total(venue, "refused") + total(venue, "turned_away")
    users = ("FIRMA", "NOBODY", "00100", "FIRMB")
    logons = [Member(user, password="guess", dialect="FIX44").client.session.logon({}) for user in users]
    heard: list[bytes] = []
    for wave in range(LOGONS // WAVE):
        lines = []
        for number in range(WAVE):
            lines.append(comes(venue.api, f"127.0.{2 + wave}.{1 + number % 100}"))
            with suppress(OSError):  # turned away already
                lines[-1].sendall(logons[number % len(logons)])
        trading.goes_on(1)
        for line in lines:
            heard.append(all_of(line))
            line.close()
    assert len(heard) == LOGONS
    assert [one for one in heard if b"\x0135=A\x01" in one] == []
    assert until(lambda: total(venue, "refused") + total(venue, "turned_away") == before + LOGONS)


def all_of(line: socket.socket) -> bytes:
    """Return all the other side says until it ends the connection."""
    said = b""
    line.settimeout(6 * PATIENCE)
    with suppress(ConnectionError):
        while data := line.recv(1 << 16):
            said += data
    return said


def test_two_hundred_who_trickle(venue, trading):
    """Two bytes at a time, between deals of the members: each is shown out when his time is over."""
    silent, pieces = count(venue, "left_no_first_message"), iter(range(0, 10_000, 2))
    first = b"8=FIX.4.4\x019=9000\x0135=A\x0149=FIRMA\x01" + b"58=" + b"x" * 10_000
    crowd = [comes(venue.api, f"127.0.20.{1 + number % 4}") for number in range(200)]

    def trickle() -> bool:
        at = next(pieces)
        for line in crowd:
            with suppress(OSError):
                line.sendall(first[at : at + 2])
        trading.goes_on(1)
        return count(venue, "left_no_first_message") - silent == len(crowd)

    assert until(trickle, 4 * PATIENCE)
    assert all(is_cut(line) for line in crowd)
    for line in crowd:
        line.close()


def test_a_hundred_megabytes_before_a_logon(venue, trading):
    """He is cut long before its end, and memory is not filled by what he has sent."""
    doorman = doorman_of(venue)
    before = greatest_memory(doorman)
    line = comes(venue.api, "127.0.21.1")
    line.sendall(b"8=FIX.4.4\x019=100000000\x0135=A\x0149=FIRMA\x0158=")
    assert sent_until_cut(line, b"x" * 100_000, HUNDRED_MEGABYTES) < HUNDRED_MEGABYTES
    line.close()
    trading.goes_on()
    assert greatest_memory(doorman) - before < GROWN


def sent_until_cut(line: socket.socket, piece: bytes, size: int) -> int:
    """Send pieces until so many bytes are sent or the other side ends it; return how many were taken."""
    sent = 0
    with suppress(OSError):
        while sent < size:
            line.sendall(piece)
            sent += len(piece)
    return sent


@pytest.mark.usefixtures("trading")
def test_a_hundred_megabytes_within_a_session(venue, member):
    """A member's own fault: the message is garbled and dropped, his session lives, and he trades on."""
    doorman = doorman_of(venue)
    before, garbled = greatest_memory(doorman), total(venue, "garbled")
    firma = member("FIRMA")
    number = firma.client.session.next_out
    firma.sends(b"8=FIX.4.4\x019=100000000\x0135=D\x0149=FIRMA\x0156=KASE\x0134=%d\x0158=" % number)
    for _ in range(HUNDRED_MEGABYTES // 1_000_000):
        firma.sends(b"x" * 1_000_000)
    firma.sends(b"\x0110=000\x01")
    assert firma.is_alive()
    firma.says("F", (11, new_name()), (41, firma.rests(SYMBOL, BUY, 1000, "440.00").get(11) or ""), (55, SYMBOL))
    firma.hears("8", {39: "4"})
    firma.hears_nothing_of_business()
    assert until(lambda: total(venue, "garbled") > garbled)
    assert greatest_memory(doorman) - before < GROWN


def client_context(certificates, name: str = "") -> ssl.SSLContext:
    made = ssl.create_default_context(cafile=certificates.client_ca)
    if name:
        made.load_cert_chain(Path(certificates.certificate).parent / "clients" / f"{name}.pem")
    return made


def old_context(certificates, version: ssl.TLSVersion) -> ssl.SSLContext:
    made = client_context(certificates, "FIRMA")
    made.set_ciphers("ALL:@SECLEVEL=0")
    made.minimum_version = ssl.TLSVersion.TLSv1
    made.maximum_version = version
    return made


def secure(venue: VenueProcess, service: str = "api") -> tuple[str, int]:
    host, _, port = venue.ready[f"{service}_tls"].rpartition(":")
    return host, int(port)


def over_tls(venue: VenueProcess, context: ssl.SSLContext, user: str = "FIRMA") -> bytes:
    """Shake hands, log on with the right password; return all that is said then, nothing where no hands are shaken."""
    plain = socket.create_connection(secure(venue), PATIENCE)
    try:
        with context.wrap_socket(plain, server_hostname="localhost") as line:
            line.sendall(Member(user).client.session.logon({}))
            return line.recv(1 << 16)
    except (ssl.SSLError, ConnectionError):
        return b""
    finally:
        plain.close()


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1")
def test_tls_with_what_is_no_certificate_of_his(venue, trading, certificates, tmp_path):
    """None, another authority's, another user's, an old TLS: no session; with his own he is in at once."""
    theirs = rehearsed(tmp_path, (), ["FIRMA"])
    forged = client_context(certificates)
    forged.load_cert_chain(Path(theirs.certificate).parent / "clients" / "FIRMA.pem")
    handshakes, others = count(venue, "left_no_handshake"), count(venue, "refused_certificate")
    strangers = [client_context(certificates), forged]
    strangers += [old_context(certificates, version) for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)]
    assert [over_tls(venue, context) for context in strangers] == [b""] * 4
    assert until(lambda: count(venue, "left_no_handshake") == handshakes + 4)
    assert b"\x0158=Wrong user\x01" in over_tls(venue, client_context(certificates, "FIRMB"))
    assert until(lambda: count(venue, "refused_certificate") == others + 1)
    trading.goes_on()
    assert b"\x0135=A\x01" in over_tls(venue, client_context(certificates, "FIRMA"))


def test_plain_bytes_at_the_tls_port_and_tls_at_the_plain_one(venue, trading):
    """Neither is answered in FIX, both are shown out."""
    plain = socket.create_connection(secure(venue), PATIENCE)
    plain.sendall(Member("FIRMA").client.session.logon({}))
    assert b"35=" not in all_of(plain)
    plain.close()
    with closing(socket.create_connection(venue.api, PATIENCE)) as line, pytest.raises((ssl.SSLError, OSError)):
        ssl.create_default_context().wrap_socket(line, server_hostname="localhost")
    trading.goes_on()


SPOKEN_ELSEWHERE = {
    "HTTP": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "random bytes": os.urandom(5000),
    "a FIX message of another kind": b"8=FIX.4.4\x019=5\x0135=0\x0110=163\x01",
    "a length of minus one": b"8=FIX.4.4\x019=-1\x0135=A\x0110=000\x01",
    "nothing but zeros": bytes(5000),
    "a break-off with RST": b"",
}


@pytest.mark.parametrize("what", SPOKEN_ELSEWHERE)
def test_other_languages_at_every_port(venue, trading, member, what):
    """At the six ports of the gateway and the console's: the connection ends, the port serves the next."""
    assert venue.addresses.console is not None
    ports = [venue.addresses.service(name) for name in ("api", "md", "dc")]
    ports += [secure(venue, name) for name in ("api", "md", "dropcopy")]
    host, _, port = venue.addresses.console.url.rpartition("/")[2].partition(":")
    for address in [*ports, (host, int(port))]:
        line = socket.create_connection(address, PATIENCE)
        if what == "a break-off with RST":
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            with suppress(OSError):  # shown out before all is said
                line.sendall(SPOKEN_ELSEWHERE[what])
                line.shutdown(socket.SHUT_WR)
            assert b"35=" not in all_of(line)
        line.close()
    trading.goes_on()
    assert venue.addresses.console.get("/healthz")
    member("FIRMA")
    member("VENDOR1", "md")


def alike(answer: list[tuple[str, str]], *own: str) -> list[tuple[int, str]]:
    """Return an answer without what is new in every message, and its own identifiers by one name."""
    left_out = {9, 10, 17, 34, 52, 60, 354, 527, 5979}
    return [(tag, "*" if value in own else _named(value, own)) for tag, value in answer if tag not in left_out]


def _named(value: str, own: tuple[str, ...]) -> str:
    for one in own:
        value = value.replace(one, "*")
    return value


@pytest.mark.usefixtures("trading")
@pytest.mark.parametrize(("user", "victim"), [("FIRMA", "FIRMC"), ("FIRMA", "00100"), ("00100", "FIRMC")])
def test_another_members_order_is_an_unknown_one(member, user, victim):
    """F, G and H by his OrderID and his ClOrdID are answered word for word as for an order nobody has; q takes none."""
    owner, stranger = member(victim), member(user)
    order = owner.rests(SYMBOL, BUY, 1000, "440.10")
    name, number = order.get(11) or "", order.get(37) or ""
    terms = ((55, SYMBOL), (54, BUY), (60, "20200527-04:20:00"))
    asked = {
        "F": lambda own, tag, value: ((11, own), (tag, value), *terms),
        "G": lambda own, tag, value: (
            (11, own),
            (tag, value),
            (1, stranger.account),
            *terms,
            (38, "2000"),
            (40, "2"),
            (44, "441.00"),
        ),
        "H": lambda _own, tag, value: ((tag, value), (55, SYMBOL), (54, BUY)),
    }
    for kind, fields in asked.items():
        for his, nobodys in ((number, "NF_999999999"), (name, "nobody-has-this")):
            tag = 37 if his == number else (11 if kind == "H" else 41)
            answers = []
            for value in (his, nobodys):
                own = new_name()
                stranger.client.take_all()
                stranger.says(kind, *fields(own, tag, value))
                assert until(lambda: bool(stranger.heard("8", "9", "j", "3")))
                [answer] = stranger.heard("8", "9", "j", "3")
                answers.append((answer.kind, alike(answer.pairs, value, own)))
                assert answer.kind != "3"
            assert answers[0] == answers[1], (kind, tag)
    stranger.client.take_all()
    for fields in (((1, owner.account),), ((453, "1"), (448, owner.user), (447, "D"), (452, "1"))):
        own = new_name()
        stranger.says("q", (11, own), (530, "7"), (60, "20200527-04:20:00"), *fields)
        answer = stranger.hears("r", {11: own})
        assert answer.get(531) == "0" or answer.get(533) == "0"
    owner.says("H", (37, number), (11, name), (55, SYMBOL), (54, BUY))
    state = owner.hears("8", {37: number, 150: "I", 39: "0", 44: "440.10", 38: "1000"})
    assert state.get(151) == "1000"
    assert owner.client.round_trip(PATIENCE)
    assert owner.heard("8", "9", "3", "j") == []
    owner.says("q", (11, new_name()), (530, "7"), (60, "20200527-04:20:00"))
    owner.hears("r")


@pytest.mark.usefixtures("trading")
def test_a_local_process_finds_no_way_round_the_door(venue):
    """The venue and its children listen on the ports they tell of alone; the back doors have no name to go by."""
    mine = {inode for pid in family_of(venue.process.pid) for inode in sockets_of(pid)}
    told = {int(address.rpartition(":")[2]) for address in venue.ready.values()}
    assert {port for inode, port in listening_ports().items() if inode in mine} == told
    rows = [line.split() for line in Path("/proc/net/unix").read_text().splitlines()[1:]]
    names = {row[7] for row in rows if row[6] in mine and len(row) > 7 and row[3] == "00010000"}
    for name in names:
        with socket.socket(socket.AF_UNIX) as line, pytest.raises((FileNotFoundError, ConnectionRefusedError)):
            line.connect(name.replace("@", "\x00", 1) if name.startswith("@") else name)


def test_after_all_of_it_the_venue_is_as_it_was(venue, trading):
    """No process was started again, no defect was met, and what the strangers called themselves let nobody in."""
    assert venue.process.poll() is None
    assert count(venue, "left_defect") == 0
    assert "Traceback" not in venue.errors()
    trading.goes_on()
