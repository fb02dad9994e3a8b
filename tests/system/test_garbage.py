"""Whatever a member or a stranger sends: he gets the answer FIX asks for, his session lives, and everyone trades on."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.system.floor import BUY, NEW, PATIENCE, Member, checksummed, new_name, they_trade, until

SETTINGS = ("gateway.door.first_message_seconds=10", "gateway.door.lockout_first_seconds=0")
SYMBOL = "EURKZT_TOM"
HELD = 10.0
"""Seconds a silent stranger is borne. A round trip of a member takes milliseconds; not so if he waited behind one."""


@pytest.fixture(scope="module")
def others(venue):
    """FIRMB and 02001, who trade with each other whatever FIRMA does."""
    members = [Member(user).logs_on(venue.api) for user in ("FIRMB", "02001")]
    yield members
    for each in members:
        each.leaves()


@pytest.fixture
def firma(member, others):
    """FIRMA, who misbehaves; afterwards he and the others go on as if nothing had happened."""
    firma = member("FIRMA")
    yield firma
    assert firma.is_alive()
    name = firma.rests(SYMBOL, BUY, 1000, "440.00").get(11)
    firma.says("F", (11, new_name()), (41, name), (55, SYMBOL), (54, BUY))
    firma.hears("8", {41: name, 39: "4"})
    firma.hears_nothing_of_business()
    they_trade(*others)


def order(firma: Member, **changes: str | None) -> bytes:
    return firma.raw("D", *firma.order(SYMBOL, BUY, 1000, "440.00", **changes)[1])


def garbled(firma: Member) -> dict[str, bytes]:
    good = order(firma)
    return {
        "garbage": b"\x00\xff GET / HTTP/1.1\r\n\r\n" * 20,
        "nothing but separators": b"\x01" * 100,
        "a wrong checksum": good[:-4] + (b"000" if good[-4:-1] != b"000" else b"001") + b"\x01",
        "a checksum of letters": good[:-4] + b"abc\x01",
        "a body length that is too small": good.replace(b"\x019=1", b"\x019=", 1),
        "a negative body length": b"8=FIX.4.4\x019=-1\x01" + good.split(b"\x01", 2)[2],
        "an endless body length": b"8=FIX.4.4\x019=99999999\x01" + good.split(b"\x01", 2)[2],
        "no body length": b"8=FIX.4.4\x01" + good.split(b"\x01", 2)[2],
        "MsgType that is not third": checksummed(
            good.replace(b"35=D\x01", b"", 1).replace(b"\x0110=", b"\x0135=D\x0110=")
        ),
        "64 KiB of text": order(firma, t58="x" * 70_000),
        "a million bytes of text": order(firma, t58="y" * 1_000_000),
    }


GARBLED = [*garbled(Member("FIRMA"))]


@pytest.mark.parametrize("what", GARBLED)
def test_a_garbled_message_is_ignored(firma, what):
    """FIX: a garbled message is ignored and takes no number; what follows it is read."""
    firma.sends(garbled(firma)[what])
    firma.hears_nothing_of_business()


def test_half_a_message_before_a_whole_one_costs_only_itself(firma):
    """The half is garbled, the whole one behind it counts."""
    firma.sends(order(firma)[:60])
    name, fields = firma.order(SYMBOL, BUY, 1000, "440.00")
    firma.client.send("D", fields)
    firma.says("1", (112, "more bytes, so that the half one has its length"))
    firma.hears_accepted(name)
    cancel(firma, name)


def test_a_body_length_that_is_too_great_holds_up_no_more_than_its_length(firma):
    """What stands within the length claimed is read as soon as that many bytes are there."""
    firma.sends(order(firma).replace(b"\x019=1", b"\x019=5", 1))
    name, fields = firma.order(SYMBOL, BUY, 1000, "440.00")
    firma.client.send("D", fields)
    for _ in range(6):
        firma.says("0", (112, "x" * 50))
    firma.hears_accepted(name)
    cancel(firma, name)


def test_a_message_in_two_halves_is_whole(firma):
    """TCP cuts where it likes."""
    name, fields = firma.order(SYMBOL, BUY, 1000, "440.00")
    data = firma.client.session.compose("D", fields)
    for piece in (data[:9], data[9:50], data[50:-2], data[-2:]):
        firma.sends(piece)
        time.sleep(0.01)  # a segment of its own
    firma.hears_accepted(name)
    cancel(firma, name)


def test_a_negative_length_behind_a_good_message_in_one_segment(firma):
    """The good one is carried out exactly once, though QuickFIX alone would do it twice and then die."""
    name, fields = firma.order(SYMBOL, BUY, 1000, "440.00")
    good = firma.client.session.compose("D", fields)
    firma.sends(good + b"8=FIX.4.4\x019=-1\x0135=0\x0110=000\x01")
    firma.hears_accepted(name)
    firma.hears_nothing_of_business()
    cancel(firma, name)


REJECTED = {
    "a price with an exponent": ({"t44": "44e1"}, "6", "44"),
    "a price with nine decimals": ({"t44": "440.000000001"}, "6", "44"),
    "a price that is no number": ({"t44": "four"}, "6", "44"),
    "a price that is not a number": ({"t44": "NaN"}, "6", "44"),
    "a quantity of letters": ({"t38": "many"}, "6", "38"),
    "a quantity with a half": ({"t38": "1000.5"}, "6", "38"),
    "no account": ({"t1": None}, "1", "1"),
    "no symbol": ({"t55": None}, "1", "55"),
    "no side": ({"t54": None}, "1", "54"),
    "a side of no meaning": ({"t54": "Z"}, "5", "54"),
    "an order type of no meaning": ({"t40": "z"}, "5", "40"),
    "an unknown tag": ({"t4999": "1"}, "0", "4999"),
    "a tag of another message": ({"t262": "x"}, "2", "262"),
    "a tag without a value": ({"t58": ""}, "4", "58"),
    "a time of no meaning": ({"t60": "yesterday"}, "6", "60"),
    "a date of no meaning": ({"t59": "6", "t432": "20201345"}, "6", "432"),
}


@pytest.mark.parametrize("what", REJECTED)
def test_a_message_that_breaks_the_dictionary_is_rejected(firma, what):
    """Reject(3) names the message, its type, the tag and the reason; it took its number."""
    changes, reason, tag = REJECTED[what]
    number = str(firma.client.session.next_out)
    firma.sends(order(firma, **changes), taken=1)
    reject = firma.hears("3", {45: number})
    assert (reject.get(373), reject.get(371), reject.get(372)) == (reason, tag, "D")
    assert reject.get(58)


def test_a_tag_twice_is_rejected(firma):
    """373=13: tag appears more than once."""
    twice = checksummed(order(firma).replace(b"\x0110=", b"\x0138=5000\x0110="))
    firma.sends(twice, taken=1)
    assert firma.hears("3").get(373) == "13"


def test_bytes_that_are_no_utf8_are_rejected(firma):
    """Text(58) has to be written to the journal: 373=6."""
    firma.sends(checksummed(order(firma, t58="@@").replace(b"@@", b"\xff\xfe\xc3")), taken=1)
    reject = firma.hears("3")
    assert (reject.get(373), reject.get(371)) == ("6", "58")


def test_a_type_that_does_not_exist_is_rejected(firma):
    """373=11: invalid MsgType."""
    firma.says("ZZ", (58, "?"))
    reject = firma.hears("3")
    assert (reject.get(373), reject.get(372)) == ("11", "ZZ")


def test_a_type_that_is_not_taken_gets_j(firma):
    """BusinessMessageReject, 380=3: QuoteRequest is FIX, but not served."""
    firma.says("R", (131, "q1"), (146, "1"), (55, SYMBOL))
    answer = firma.hears("j")
    assert (answer.get(380), answer.get(372)) == ("3", "R")


REFUSED = {
    "an unknown symbol": ({"t55": "EURXXX_TOM"}, "1"),
    "a negative quantity": ({"t38": "-1000"}, None),
    "a quantity of none": ({"t38": "0"}, None),
    "a price of three decimals": ({"t44": "440.005"}, None),
    "a negative price": ({"t44": "-440.00"}, None),
    "a huge quantity": ({"t38": "999999999999999"}, None),
    "a price beyond all bounds": ({"t44": "9999999999.00"}, None),
    "somebody else's account": ({"t1": "F_FIRMB_0000"}, None),
    "a limit order without a price": ({"t44": None}, None),
}


@pytest.mark.parametrize("what", REFUSED)
def test_an_order_against_the_rules_is_refused_with_a_reason(firma, what):
    """ExecutionReport with 150=8, 39=8, 103 and a Text(58), in Russian too (354, 355)."""
    changes, reason = REFUSED[what]
    name = firma.orders(SYMBOL, BUY, 1000, "440.00", **changes)
    report = firma.hears("8", {11: name})
    assert (report.get(150), report.get(39), report.get(151)) == ("8", "8", "0")
    assert report.get(103) == (reason or report.get(103))
    assert report.get(103)
    assert report.get(58)
    assert report.get(355)


def test_a_number_too_great_for_the_journal_is_rejected_or_refused(firma):
    """A quantity of a hundred digits is no reason to die."""
    for changes in ({"t38": "9" * 100}, {"t44": "9" * 100}, {"t111": "9" * 30}, {"t44": "-" + "9" * 40 + ".5"}):
        name = firma.orders(SYMBOL, BUY, 1000, "440.00", **changes)
        assert until(lambda: bool(firma.heard("3", "8", "j")))
        [answer] = firma.heard("3", "8", "j")
        assert answer.kind == "3" or (answer.get(11), answer.get(39)) == (name, "8")
        firma.client.take_all()


def test_a_clordid_used_before_is_refused(firma):
    """103=6 (duplicate order); the first order stands as it stood."""
    first = firma.rests(SYMBOL, BUY, 1000, "440.00")
    name = first.get(11) or ""
    firma.orders(SYMBOL, BUY, 2000, "441.00", t11=name)
    assert firma.hears("8", {11: name, 150: "8"}).get(103) == "6"
    firma.says("H", (11, name), (55, SYMBOL), (54, BUY))
    status = firma.hears("8", {150: "I"})
    assert (status.get(37), status.get(151), status.get(44)) == (first.get(37), "1000", "440.00")
    cancel(firma, name)


def test_a_cancel_of_an_unknown_order_gets_9(firma):
    """OrderCancelReject with 102=1 (unknown order); another firm's order is as unknown as none."""
    for unknown in ("nobody-had-this", "NF_1"):
        firma.says("F", (11, new_name()), (41, unknown), (55, SYMBOL), (54, BUY))
        refusal = firma.hears("9", {41: unknown})
        assert (refusal.get(102), refusal.get(434), refusal.get(37)) == ("1", "1", "NONE")


def test_nobody_speaks_for_another(venue, others):
    """A message with another SenderCompID(49) on FIRMA's line: 373=9 and the end of that session, nothing else."""
    firma = Member("FIRMA").logs_on(venue.api)
    name, fields = firma.order(SYMBOL, BUY, 1000, "440.00", t1="F_FIRMB_0000")
    others[0].client.take_all()
    firma.sends(firma.raw("D", (49, "FIRMB"), *fields), taken=1)
    assert firma.hears("3").get(373) == "9"
    assert firma.hears("5").get(58)
    assert others[0].is_alive()
    assert [one for one in others[0].heard() if one.get(11) == name] == []
    they_trade(*others)
    firma.leaves()


def test_a_number_too_low_ends_the_session_and_too_high_asks_for_the_rest(venue, others):
    """FIX: too high -> ResendRequest; too low without PossDupFlag -> Logout with a Text."""
    firma = Member("FIRMA").logs_on(venue.api)
    lost = firma.client.session.compose("1", [(112, "lost on the way")])  # counted, never sent
    assert lost
    firma.says("0")  # its number is too high
    firma.hears("2", {7: "2"})
    assert firma.is_alive()  # our client has filled the gap
    firma.sends(firma.raw("0", (34, "1")))
    assert "too low" in (firma.hears("5").get(58) or "")
    assert firma.client.wait(lambda: not firma.client.connected, PATIENCE)
    they_trade(*others)


def round_trips(member: Member, stop) -> float:
    """Ask again and again until told to stop; return the longest time an answer took."""
    longest = 0.0
    while not stop():
        asked = time.monotonic()
        assert member.is_alive()
        longest = max(longest, time.monotonic() - asked)
    return longest


def closed(connection: socket.socket, patience: float = PATIENCE) -> bool:
    """Tell whether the other side closes, whatever it says before."""
    connection.settimeout(patience)
    try:
        while connection.recv(4096):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def test_strangers_slow_nobody(venue, others):
    """Two bytes a second, silence, fifty connections at once: members go on, strangers are shown out in their time."""
    slow, silent = socket.create_connection(venue.api), socket.create_connection(venue.api)
    crowd = [socket.create_connection(venue.api) for _ in range(50)]
    for number, one in enumerate(crowd):
        one.sendall((b"", b"8=FIX.4.4\x019=", b"GET / HTTP/1.0\r\n\r\n", order(Member("FIRMA")))[number % 4])
    began = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        longest = pool.submit(round_trips, others[0], lambda: time.monotonic() - began > 2.5)
        try:
            for byte in range(0, 20, 2):
                slow.sendall(b"8=FIX.4.4\x019=100\x0135=A\x01"[byte : byte + 2])
                select_for(slow, 0.5)
        except OSError:
            pass  # shown out already
        assert longest.result() < HELD
    for one in (slow, silent, *crowd):
        assert closed(one)
        one.close()
    they_trade(*others)


def select_for(connection: socket.socket, seconds: float) -> None:
    """Wait so long, or until the other side closes, which raises OSError."""
    connection.settimeout(seconds)
    try:
        if not connection.recv(1):
            raise ConnectionResetError
    except TimeoutError:
        return


def has_heard_all(venue, member: Member) -> None:
    """Wait until all that a logon brings unasked has arrived: a round trip of the session alone may overtake it."""
    assert member.is_alive()
    venue.addresses.console.post("/api/clock", {"by": 0})
    assert member.is_alive()


def test_a_wrong_password_changes_nothing(venue, others):
    """With 141=Y a Logout with Text, without it silence; the member's numbers and stored reports stay as they were."""
    firma = Member("FIRMA").logs_on(venue.api)
    name = firma.rests(SYMBOL, BUY, 1000, "440.00").get(11) or ""
    has_heard_all(venue, firma)
    expected, sent = firma.client.session.next_in, firma.client.session.next_out
    told = len(firma.heard("h", "f"))
    firma.leaves()
    for user in ("FIRMA", "NOBODY"):
        for reset in ("Y", None):
            thief = Member("FIRMA", password="guess")
            thief.client.session.user = user
            thief.knocks(venue.api, reset=reset)
            assert thief.client.wait(lambda thief=thief: not thief.client.connected, PATIENCE)
            said = [(one.kind, one.get(58), one.get(34)) for one in thief.heard()]
            assert said == ([("5", "Wrong password", "1")] if reset else [])
    firma.comes_back(venue.api)
    assert firma.heard("2", "4") == []
    has_heard_all(venue, firma)
    # the Logout's answer, the Logon, how the boards stand, and the heartbeats of two round trips
    assert firma.client.session.next_in == expected + 4 + told
    assert firma.client.session.next_out == sent + 4
    firma.says("2", (7, "1"), (16, "0"))
    assert firma.is_alive()
    cancel(firma, name)
    they_trade(*others)
    firma.leaves()


def test_a_second_connection_of_the_same_user_is_turned_away(venue, firma):
    """`Already online` with 141=Y, silence without; the first one does not notice."""
    for reset in ("Y", None):
        second = Member("FIRMA")
        second.knocks(venue.api, reset=reset)
        assert second.client.wait(lambda second=second: not second.client.connected, PATIENCE)
        said = [(one.kind, one.get(58), one.get(34)) for one in second.heard()]
        assert said == ([("5", "Already online", "1")] if reset else [])
        assert firma.is_alive()


def test_a_dropped_line_lets_him_in_again_at_once(venue, others):
    """A client whose line broke must not hear `Already online` for his own ghost."""
    firma = Member("FIRMA").logs_on(venue.api)
    for _ in range(5):
        firma.client.drop()
        firma.comes_back(venue.api)
        assert firma.is_alive()
    they_trade(*others)
    firma.leaves()


def cancel(member: Member, name: str) -> None:
    """Take an order off the book."""
    member.says("F", (11, new_name()), (41, name), (55, SYMBOL), (54, BUY))
    member.hears("8", {41: name, 150: "4"})


def test_every_answer_has_its_own_execution_id(firma):
    """ExecID(17) is unique: for refusals and reports alike."""
    names = [firma.orders(SYMBOL, BUY, quantity, "440.00") for quantity in (1000, 1, 2000, 0)]
    reports = [firma.hears("8", {11: name}) for name in names]
    assert len({one.get(17) for one in reports}) == 4
    for name, report in zip(names, reports, strict=True):
        if report.get(150) == NEW:
            cancel(firma, name)
