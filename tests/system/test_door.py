"""Slow, dead, silent and many peers, locked out users, TLS: against the real processes, and members go on trading.

Attackers come from other addresses of loopback than the members, whose limits are their own. What is asserted are
answers and counts, not times.
"""

import os
import socket
import ssl
from contextlib import closing, suppress

import pytest

from tests.system.floor import BUY, PATIENCE, SELL, TRADE, Member, VenueProcess, they_trade, until

UNSENT = 100_000
SETTINGS = (
    f"gateway.door.unsent_bytes={UNSENT}",
    "gateway.door.first_message_seconds=3",
    f"gateway.door.lockout_first_seconds={(LOCKOUT := 2)}",
    "gateway.addresses.FIRMC=127.0.0.8/29,10.0.0.0/8",
)
SYMBOL = "EURKZT_TOM"


@pytest.fixture(scope="module")
def others(venue):
    """Two members who trade with each other whatever else happens."""
    members = [Member(user).logs_on(venue.api) for user in ("FIRMB", "02001")]
    yield members
    for each in members:
        each.leaves()


def count(venue: VenueProcess, name: str) -> int:
    """Return what `/metrics` says of the door."""
    [line] = [one for one in metrics(venue) if one.startswith(f"kase_venue_door_{name} ")]
    return int(float(line.split()[1]))


def metrics(venue: VenueProcess) -> list[str]:
    assert venue.addresses.console is not None
    host, port = venue.addresses.console.url.rpartition("/")[2].split(":")
    with closing(socket.create_connection((host, int(port)), PATIENCE)) as asking:
        asking.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        answer = b"".join(iter(lambda: asking.recv(65536), b""))
    return answer.decode().splitlines()


def grown(venue: VenueProcess, name: str, before: int, by: int) -> bool:
    """Wait until a count has grown by so many, exactly."""
    until(lambda: count(venue, name) >= before + by, 3 * PATIENCE)
    return count(venue, name) == before + by


def comes(address: tuple[str, int], source: str, buffer: int = 0) -> socket.socket:
    """Connect from an address, with a small receive buffer if one is named."""
    connection = socket.socket()
    if buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    connection.settimeout(PATIENCE)
    connection.bind((source, 0))
    connection.connect(address)
    return connection


def is_cut(connection: socket.socket, patience: float = 3 * PATIENCE) -> bool:
    """Tell whether the other side ends the connection, reading all it says before."""
    connection.settimeout(patience)
    try:
        while connection.recv(1 << 16):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def in_session(member: Member, connection: socket.socket) -> None:
    """Log a member on over a plain socket that nobody reads afterwards."""
    connection.sendall(member.client.session.logon({}))
    assert b"\x0135=A\x01" in connection.recv(1 << 16)


def comes_and_goes(venue: VenueProcess) -> None:
    """A member who was not there before is let in."""
    firma = Member("FIRMA").logs_on(venue.api)
    assert firma.is_alive()
    firma.leaves()


def questions(member: Member, size: int) -> bytes:
    """Return TestRequests whose answers, which repeat the question, are so many bytes or more."""
    words = "x" * 1000
    return b"".join(member.client.session.compose("1", [(112, words)]) for _ in range(1 + size // len(words)))


def test_one_who_never_reads_is_cut_and_nobody_waits_for_him(venue, others):
    """100 000 bytes pile up behind what the kernel takes: he is cut for it, the others trade on meanwhile."""
    slow, deaf = count(venue, "left_slow"), Member("FIRMA")
    with closing(comes(venue.api, "127.0.0.2", buffer=4096)) as line:
        in_session(deaf, line)
        line.settimeout(None)
        for _ in range(20):
            try:
                line.sendall(questions(deaf, 100_000))
            except OSError:
                break
            they_trade(*others)
        assert grown(venue, "left_slow", slow, 1)
        they_trade(*others)
    comes_and_goes(venue)  # his place is free again


def test_two_bytes_a_second_and_two_hundred_who_say_nothing(venue, others):
    """They get their three seconds and no more; members trade in each of them, and all are counted."""
    silent, trickled = count(venue, "left_no_first_message"), b"8=FIX.4.4\x019=100\x0135=A\x0149=FIRMA\x01"
    crowd = [comes(venue.api, f"127.0.0.{10 + number % 4}") for number in range(200)]
    slow = comes(venue.api, "127.0.0.2")
    for at in range(0, 12, 2):
        with suppress(OSError):  # his time may be over
            slow.sendall(trickled[at : at + 2])
        they_trade(*others)
    comes_and_goes(venue)
    assert all(is_cut(each) for each in (slow, *crowd))
    assert grown(venue, "left_no_first_message", silent, 201)
    they_trade(*others)
    for each in (slow, *crowd):
        each.close()


def test_one_who_knocks_without_end_is_turned_away_alone(venue, others):
    """Of 300 connections from one address some 100 stand before the door; the members' own address is not asked."""
    before = count(venue, "turned_away_rate")
    crowd = [comes(venue.api, "127.0.0.20") for _ in range(300)]
    turned = until(lambda: count(venue, "turned_away_rate") >= before + 100, PATIENCE)
    they_trade(*others)
    comes_and_goes(venue)
    assert turned
    assert venue.errors().count('"turned away"') < 20  # not a line each
    for each in crowd:
        each.close()


def logon(user: str, password: str, address: tuple[str, int], source: str) -> dict[str, str]:
    """Log on with 141=Y from an address; return the first message said to it."""
    member = Member(user, password=password)
    line = comes(address, source)
    line.sendall(member.client.session.logon({}))
    heard = line.recv(1 << 16)
    line.close()
    first = heard.decode().split("8=FIX")[1]
    return dict(field.split("=", 1) for field in first.split("\x01")[1:-1])


def locked_out(answer: dict[str, str], most: int) -> bool:
    """Tell whether it is turned away for failed logons, for some seconds of this lockout."""
    return any(answer.get("58") == f"Too many failed logons, try again in {left} s" for left in range(1, most + 1))


def time_goes_by(members: list[Member]) -> None:
    """Let members trade, so that one who tries again and again is not turned away for coming too often."""
    for _ in range(5):
        they_trade(*members)


def test_a_lockout_is_for_a_user_at_an_address(venue, others):
    """Grows with each failure, tells how long, holds for names nobody has, and no live session feels it."""
    firma = Member("FIRMA").logs_on(venue.api)
    locked = count(venue, "refused_locked_out")
    for user in ("FIRMA", "NOBODY"):
        first = logon(user, "guess", venue.api, "127.0.0.30")
        second = logon(user, "rehearsal", venue.api, "127.0.0.30")
        assert (first["35"], first["58"]) == ("5", "Wrong password")
        assert locked_out(second, LOCKOUT)
    assert firma.is_alive()
    they_trade(firma, others[0])
    told = 2
    elsewhere = logon("FIRMA", "rehearsal", venue.api, "127.0.0.31")
    assert elsewhere["58"] == "Already online"
    while locked_out(again := logon("FIRMA", "guess", venue.api, "127.0.0.30"), LOCKOUT):
        told += 1
        time_goes_by(others)
    longer = logon("FIRMA", "rehearsal", venue.api, "127.0.0.30")
    assert again["58"] == "Wrong password"
    assert locked_out(longer, 2 * LOCKOUT)
    assert not locked_out(longer, LOCKOUT), "it is as long as the first one"
    told += 1
    firma.leaves()
    while (inside := logon("FIRMA", "rehearsal", venue.api, "127.0.0.30"))["35"] == "5":
        assert locked_out(inside, 2 * LOCKOUT)
        told += 1
        time_goes_by(others)
    assert inside["35"] == "A"
    assert grown(venue, "refused_locked_out", locked, told)
    assert "guess" not in venue.errors()


def test_a_user_with_a_list_of_addresses_comes_from_there_only(venue):
    """From elsewhere the right password is as wrong as any; the log alone tells why."""
    refused = count(venue, "refused_address")
    stranger = logon("FIRMC", "rehearsal", venue.api, "127.0.0.40")
    assert (stranger["35"], stranger["58"]) == ("5", "Wrong password")
    assert grown(venue, "refused_address", refused, 1)
    inside = logon("FIRMC", "rehearsal", venue.api, "127.0.0.9")
    assert inside["35"] == "A"


class Tunnel:
    """Carries a member's plain connection into the TLS port, byte for byte, as `stunnel` does for clients without."""

    def __init__(self, address: tuple[str, int], context: ssl.SSLContext) -> None:
        self._far = context.wrap_socket(socket.create_connection(address, PATIENCE), server_hostname="localhost")

    @property
    def spoken(self) -> str:
        return self._far.version() or ""

    def says(self, data: bytes) -> None:
        self._far.sendall(data)

    def hears(self, *marks: bytes) -> bytes:
        heard = b""
        while not all(mark in heard for mark in marks):
            data = self._far.recv(1 << 16)
            assert data, heard
            heard += data
        return heard

    def close(self) -> None:
        self._far.close()


def secure(venue: VenueProcess, service: str) -> tuple[str, int]:
    """Return the address of a TLS port as the venue's `ready` line tells it."""
    host, _, port = venue.ready[f"{service}_tls"].rpartition(":")
    return host, int(port)


@pytest.mark.parametrize("user", ["FIRMA", "00100"])
def test_a_member_trades_over_tls_with_his_certificate(venue, others, user):
    """Art. 3 p. 1: a rehearsal's own authority and certificates; TLS 1.3; a deal with a member on the plain port."""
    context = ssl.create_default_context(cafile=venue.data / "tls" / "ca.pem")
    context.load_cert_chain(venue.data / "tls" / "clients" / f"{user}.pem")
    handshakes, member = count(venue, "handshakes"), Member(user)
    tunnel = Tunnel(secure(venue, "api"), context)
    assert tunnel.spoken == "TLSv1.3"
    tunnel.says(member.client.session.logon({}))
    tunnel.hears(b"\x0135=A\x01")
    name, fields = member.order(SYMBOL, BUY, 1000, "450.00")
    tunnel.says(member.client.session.compose("D", fields))
    tunnel.hears(b"\x0135=8\x01", f"\x0111={name}\x01".encode())
    sale = others[0].orders(SYMBOL, SELL, 1000, "450.00")
    others[0].hears("8", {11: sale, 150: TRADE})
    tunnel.hears(b"\x0132=1000\x01")
    tunnel.says(member.client.session.logout([]))
    tunnel.hears(b"\x0135=5\x01")
    tunnel.close()
    assert grown(venue, "handshakes", handshakes, 1)


def test_a_certificate_of_another_user_is_no_use(venue):
    """With the right password even: the answer is `Wrong user`, on which clients stop."""
    context = ssl.create_default_context(cafile=venue.data / "tls" / "ca.pem")
    context.load_cert_chain(venue.data / "tls" / "clients" / "FIRMB.pem")
    tunnel = Tunnel(secure(venue, "md"), context)
    tunnel.says(Member("VENDOR1", "md").client.session.logon({}))
    assert b"\x0158=Wrong user\x01" in tunnel.hears(b"\x0110=")
    tunnel.close()


def test_every_reason_is_in_the_metrics_from_the_start(venue):
    """A dashboard needs a series before its first event."""
    named = {line.split()[0].removeprefix("kase_venue_door_") for line in metrics(venue) if "_door_" in line}
    assert {"refused_busy", "left_dead", "turned_away_crowd", "garbled_trailer", "resends_abused"} <= named


def test_no_port_of_the_acceptors_is_open(venue):
    """Nobody walks round the door: the venue's own process listens on nothing."""
    mine = {f"socket:[{inode}]" for inode in listening_inodes()}
    found = [link for link in links(venue.process.pid) if link in mine]
    assert found == []


def listening_inodes() -> set[str]:
    rows = [line.split() for path in ("/proc/net/tcp", "/proc/net/tcp6") for line in _lines(path)]
    return {row[9] for row in rows if row[3] == "0A"}


def _lines(path: str) -> list[str]:
    with open(path, encoding="ascii") as file:
        return file.readlines()[1:]


def links(pid: int) -> list[str]:
    return [os.readlink(f"/proc/{pid}/fd/{name}") for name in os.listdir(f"/proc/{pid}/fd")]
