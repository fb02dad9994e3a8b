"""Sessions over the venue's end, asked for or not: numbers go on, reports come once, nothing confirmed is lost."""

import signal
import socket
import subprocess
import sys
from collections import Counter, defaultdict

import pytest

from kase_fix.gateway.boot import JUMP
from tests.system.floor import (
    BUY,
    NEW,
    PATIENCE,
    SELL,
    STATUS,
    TRADE,
    Member,
    VenueProcess,
    deal_of,
    new_name,
    they_trade,
    until,
)

SYMBOL = "EURKZT_TOM"


@pytest.fixture
def venue(tmp_path):
    """A venue for each test: here they are killed."""
    running = VenueProcess(tmp_path)
    yield running
    running.end()


def verify(venue: VenueProcess) -> subprocess.CompletedProcess[str]:
    """Replay the journal and compare it with its own hashes."""
    command = [sys.executable, "-m", "kase_fix", "verify", "--data", str(venue.data)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def settled(venue: VenueProcess, *members: Member) -> None:
    """Wait until all gaps are filled, all said is applied, and all reports have arrived."""
    for _ in range(2):
        for each in members:
            assert until(lambda each=each: each.client.round_trip(1.0), PATIENCE)
        assert venue.addresses.console is not None
        venue.addresses.console.post("/api/clock", {"by": 0})
    for each in members:
        assert each.is_alive()


def test_numbers_go_on_over_a_crash(venue):
    """FIX: without 141 both sides go on counting where they were; nobody has to ask for anything."""
    firma, bank = Member("FIRMA").logs_on(venue.api), Member("00100").logs_on(venue.api)
    order = firma.rests(SYMBOL, BUY, 2000, "450.00")
    they_trade(bank, firma)
    settled(venue, firma, bank)
    sent = {each: each.client.session.next_out - 1 for each in (firma, bank)}
    venue.kill_and_restart()
    for each in (firma, bank):
        assert each.client.wait(lambda each=each: not each.client.connected, PATIENCE)
        expected = each.client.session.next_in
        each.client.take_all()
        each.comes_back(venue.api)
        assert each.hears("A").number == expected
        assert each.is_alive()
        assert each.heard("4", "8") == []
        # QuickFIX answers a message before it counts it: of the last one alone it may not know any more.
        assert all(int(asked.get(7) or 0) >= sent[each] for asked in each.heard("2"))
    sale = bank.orders(SYMBOL, SELL, 1000, "450.00")
    bank.hears("8", {11: sale, 150: TRADE})
    assert firma.hears("8", {37: order.get(37) or "", 150: TRADE}).get(151) == "1000"
    assert verify(venue).returncode == 0


@pytest.mark.parametrize("user", ["FIRMA", "00100"])
def test_what_is_said_right_behind_a_logon_is_answered(venue, user):
    """QuickFIX alone would leave it lying until more comes."""
    member = Member(user)
    member.knocks(venue.api)
    member.says("1", (112, "at once"))
    assert member.hears("0", {112: "at once"})
    member.leaves()


def test_old_reports_are_sent_again_when_asked_for_after_a_crash(venue):
    """ResendRequest(2) for what was sent before the crash: the same reports, with PossDupFlag and OrigSendingTime."""
    firma = Member("FIRMA").logs_on(venue.api)
    first = firma.rests(SYMBOL, BUY, 2000, "450.00")
    venue.kill_and_restart()
    firma.comes_back(venue.api)
    firma.client.session.next_in = 2  # as if the report had never come
    firma.says("2", (7, "2"), (16, "0"))
    again = firma.hears("8", {11: first.get(11) or ""})
    assert (again.number, again.get(43), again.get(527)) == (first.number, "Y", first.get(527))
    assert again.get(122)
    assert firma.is_alive()


def test_a_report_stored_but_not_counted_when_the_venue_died_is_not_lost(venue):
    """QuickFIX stores, counts, sends: killed before it counts, it would give the number away and lose the report."""
    firma = Member("FIRMA").logs_on(venue.api)
    report = firma.rests(SYMBOL, BUY, 2000, "450.00")
    venue.kill()
    assert firma.client.wait(lambda: not firma.client.connected, PATIENCE)
    numbers = next((venue.data / "fix" / "api" / "store").glob("*-FIRMA.seqnums"))
    following, received = numbers.read_text(encoding="ascii").split(" : ")
    assert int(following) == (report.number or 0) + 1
    numbers.write_text(f"{report.number:0{len(following)}d} : {received}", encoding="ascii")
    firma.client.session.next_in = report.number or 0  # as if it had never come
    firma.client.take_all()
    venue.kill_and_restart()
    firma.comes_back(venue.api)
    again = firma.hears("8", {11: report.get(11) or ""})
    assert (again.number, again.get(43), again.get(527)) == (report.number, "Y", report.get(527))
    assert firma.hears("A").number == (report.number or 0) + 1
    settled(venue, firma)
    assert firma.heard("8") == []


def test_after_another_boot_numbers_jump_and_reports_come_again_marked(venue):
    """Power was lost: what nobody synced is gone, so reports go with PossResend=Y, under numbers nobody has seen."""
    firma = Member("FIRMA").logs_on(venue.api)
    report = firma.rests(SYMBOL, BUY, 2000, "450.00")
    venue.kill()
    assert firma.client.wait(lambda: not firma.client.connected, PATIENCE)
    (venue.data / "fix" / "boot").write_text("another boot\n", encoding="ascii")
    store = venue.data / "fix" / "api" / "store"
    for lost in (*store.glob("*-FIRMA.body"), *store.glob("*-FIRMA.header")):
        lost.write_bytes(b"")
    numbers = next(store.glob("*-FIRMA.seqnums"))
    following, received = numbers.read_text(encoding="ascii").split(" : ")
    numbers.write_text(f"{2:0{len(following)}d} : {received}", encoding="ascii")  # only the Logon was on the disk
    firma.client.take_all()
    venue.kill_and_restart()
    firma.comes_back(venue.api)
    assert (firma.hears("A").number or 0) > JUMP
    again = firma.hears("8", {11: report.get(11) or ""})
    assert (again.get(97), again.get(527)) == ("Y", report.get(527))
    assert (again.number or 0) > JUMP
    settled(venue, firma)
    new = firma.rests(SYMBOL, BUY, 1000, "449.00")
    assert new.get(97) is None
    assert verify(venue).returncode == 0


def test_orders_of_a_broken_line_are_asked_for_after_a_crash(venue):
    """The venue misses numbers at the Logon, asks for them, and carries out what it gets with PossDupFlag=Y, once."""
    firma = Member("FIRMA").logs_on(venue.api)
    venue.kill()
    assert firma.client.wait(lambda: not firma.client.connected, PATIENCE)
    name, fields = firma.order(SYMBOL, BUY, 1000, "450.00")
    firma.client.session.compose("D", fields)  # counted, lost with the line
    venue.kill_and_restart()
    firma.comes_back(venue.api)
    firma.hears("2")
    firma.hears_accepted(name)
    settled(venue, firma)
    assert firma.heard("8") == []


def test_what_happened_while_members_were_away_is_told_once_when_they_come(venue):
    """Reports wait in the journal, not in the session's store: over a crash, and a Logon with 141=Y (Delivery)."""
    away = [Member("FIRMA").logs_on(venue.api), Member("00100").logs_on(venue.api)]
    orders = [each.rests(SYMBOL, BUY, 2000, "450.00").get(37) or "" for each in away]
    for each in away:
        each.leaves()
        each.client.take_all()
    firmb = Member("FIRMB").logs_on(venue.api)
    for _ in range(4):
        firmb.hears("8", {11: firmb.orders(SYMBOL, SELL, 1000, "450.00"), 150: TRADE})
    venue.kill_and_restart()
    for each, order, reset in zip(away, orders, (None, "Y"), strict=True):
        each.logs_on(venue.api, reset=reset)
        settled(venue, each)
        told = [(one.get(37), one.get(150), one.get(14), one.get(43)) for one in each.heard("8")]
        assert told == [(order, TRADE, "1000", None), (order, TRADE, "2000", None)]
        each.leaves()


def test_an_order_that_comes_again_is_answered_by_its_state(venue):
    """PossResend(97), and PossDupFlag(43) of what the venue asked for again after a crash: 150=I, no second order."""
    firma = Member("FIRMA").logs_on(venue.api)
    orders = [firma.rests(SYMBOL, BUY, 2000, "450.00") for _ in range(2)]
    venue.kill_and_restart()
    firma.comes_back(venue.api)
    for first, again in zip(orders, ([(97, "Y")], [(43, "Y"), (122, "20200527-04:20:00.000")]), strict=True):
        firma.says("D", *again, *firma.order(SYMBOL, BUY, 2000, "450.00", t11=first.get(11))[1])
        state = firma.hears("8", {11: first.get(11) or ""})
        assert (state.get(150), state.get(39), state.get(37), state.get(151)) == (STATUS, "0", first.get(37), "2000")
    assert firma.is_alive()
    assert firma.heard("3", "8", "j") == []


class Book:
    """What one member sent and heard, over all crashes."""

    def __init__(self, member: Member, side: str) -> None:
        self.member = member
        self.side = side
        self.names: list[str] = []

    def burst(self, count: int) -> None:
        """Send orders without waiting for an answer; one in five is withdrawn at once."""
        for number in range(count):
            name = self.member.orders(SYMBOL, self.side, 1000 * (1 + number % 3), "450.00")
            self.names.append(name)
            if number % 5 == 4:
                self.member.says("F", (11, new_name()), (41, name), (55, SYMBOL), (54, self.side))

    def reports(self) -> list:
        with self.member.client.changed:
            return [one.message for one in self.member.client.inbox if one.message.kind == "8"]

    def answered(self) -> set[str]:
        return {one.get(41) or one.get(11) or "" for one in self.reports()} | {one.get(11) for one in self.reports()}


def test_reports_come_exactly_once_over_three_crashes(venue):
    """Killed right after orders were sent: no confirmed order and no deal is lost, none is told twice (law 2)."""
    books = [Book(Member("FIRMA").logs_on(venue.api), BUY), Book(Member("FIRMB").logs_on(venue.api), SELL)]
    for crash in range(3):
        for book in books:
            book.burst(60)
        # from "hardly read" to "half reported"
        until(lambda crash=crash: len(books[1].reports()) > 40 * crash, 2.0)
        venue.kill_and_restart()
        for book in books:
            assert book.member.client.wait(lambda book=book: not book.member.client.connected, PATIENCE)
            book.member.comes_back(venue.api)
        settled(venue, *(book.member for book in books))
    for book in books:  # what was read but not yet written down when the venue died: sent again with PossResend
        for name in set(book.names) - book.answered():
            fields = book.member.order(SYMBOL, book.side, 1000, "450.00", t11=name)[1]
            book.member.says("D", (97, "Y"), *fields)
    settled(venue, *(book.member for book in books))

    deals: dict[str, Counter[str]] = defaultdict(Counter)
    for book in books:
        reports = book.reports()
        deliveries = Counter(one.get(527) for one in reports if one.get(150) != STATUS)
        assert [one for one, count in deliveries.items() if count > 1] == []
        assert set(book.names) <= book.answered()
        assert [one.get(58) for one in reports if one.get(39) == "8"] == []
        for name in book.names:
            own = [one for one in reports if name in (one.get(11), one.get(41))]
            assert len([one for one in own if one.get(150) == NEW]) == 1, name
            fills = {one.get(17): int(one.get(32) or 0) for one in own if one.get(150) == TRADE}
            assert sum(fills.values()) == max(int(one.get(14) or 0) for one in own), name
            for one in own:
                if one.get(150) == TRADE:
                    deals[deal_of(one)][book.side] += int(one.get(32) or 0)
    assert all(sides[BUY] == sides[SELL] > 0 for sides in deals.values())
    assert deals

    for book in books:  # and the venue says the same of each order
        book.member.client.take_all()
    before = {}
    for book in books:
        for name in book.names:
            book.member.says("H", (11, name), (55, SYMBOL), (54, book.side))
        for name in book.names:
            before[name] = book.member.hears("8", {11: name, 150: STATUS})
            assert before[name].get(103) is None
    bought, sold = ([int(before[name].get(14) or 0) for name in book.names] for book in books)
    assert sum(bought) == sum(sold) == sum(sides[BUY] for sides in deals.values())
    assert verify(venue).returncode == 0


def test_sigterm_says_goodbye_with_a_reason_and_ends_in_time(venue):
    """Logout with Text(58) to all, exit 0 within 10 s, even where one client is mute; verify agrees afterwards."""
    members = [Member("FIRMA").logs_on(venue.api), Member("00100").logs_on(venue.api)]
    members.append(Member("VENDOR1", "md").logs_on(venue.md))
    they_trade(members[0], members[1])
    mute = Member("FIRMB")
    line = socket.create_connection(venue.api)
    line.sendall(mute.client.session.logon({}))
    assert line.recv(4096)
    venue.process.send_signal(signal.SIGTERM)
    for each in members:
        farewell = each.hears("5")
        assert farewell.get(58) == "The venue is closing"
        assert farewell.get(1137) == ("7" if each.is_next else None)
    assert venue.process.wait(PATIENCE) == 0
    line.close()
    assert verify(venue).returncode == 0
    venue.start()
    for each in members[:2]:
        each.comes_back(venue.api)
        assert each.is_alive()
        assert each.heard("2", "4") == []


def open_ports(addresses: list[tuple[str, int]]) -> list[tuple[str, int]]:
    found = []
    for address in addresses:
        with socket.socket() as probe:
            if probe.connect_ex(address) == 0:
                found.append(address)
    return found


def test_a_crash_takes_doorman_and_console_along_and_the_same_ports_open_again_at_once(venue):
    """Architecture, Processes: they notice the venue's death and close their ports."""
    assert venue.addresses.console is not None
    console = venue.addresses.console.url.rpartition(":")[2]
    addresses = [venue.api, venue.md, ("127.0.0.1", int(console))]
    assert open_ports(addresses) == addresses
    firma = Member("FIRMA").logs_on(venue.api)
    venue.settings = [
        f"gateway.api.port={venue.api[1]}",
        f"gateway.md.port={venue.md[1]}",
        "gateway.api.tls_port=0",
        "gateway.md.tls_port=0",
        f"console.port={console}",
    ]
    venue.process.kill()
    assert until(lambda: not open_ports(addresses))
    venue.kill_and_restart()
    assert [venue.api, venue.md] == addresses[:2]
    firma.comes_back(venue.api)
    assert firma.is_alive()


def test_a_second_venue_on_the_directory_says_who_holds_it(venue, tmp_path):
    """Contract: it waits up to 5 s for the last one to go, then names the process that holds the lock; exit 1."""
    assert venue.api
    second = VenueProcess(tmp_path / "second", data=venue.data)
    try:
        assert second.process.wait(40) == 1
        assert str(venue.process.pid) in second.errors()
    finally:
        second.end()
    they_trade(Member("FIRMA").logs_on(venue.api), Member("FIRMB").logs_on(venue.api))
