"""Whatever a stream contains and however it is split, the same sound messages come out of it."""

import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kase_fix.gateway.dictionaries import FIX44, FIX50, FIXT11
from kase_fix.gateway.doorman.fields import checksum
from kase_fix.gateway.doorman.framing import DATA, BadFrame, Found, Frame, Framer

LIMIT = 65536


def message(body: bytes = b"35=0\x0134=2\x01", begin: bytes = b"FIX.4.4", length: bytes | None = None) -> bytes:
    head = b"8=%b\x019=%b\x01%b" % (begin, b"%d" % len(body) if length is None else length, body)
    return head + b"10=%03d\x01" % (sum(head) % 256)


def fed(stream: bytes, cuts: list[int] | None = None, limit: int = LIMIT) -> list[Found]:
    framer = Framer(limit)
    places = [0, *sorted({cut % (len(stream) + 1) for cut in cuts or []}), len(stream)]
    return [each for start, end in pairwise(places) for each in framer.feed(stream[start:end])]


def sound(found: list[Found]) -> list[bytes]:
    return [each.data for each in found if isinstance(each, Frame)]


def bad(found: list[Found]) -> list[str]:
    return [each.reason for each in found if isinstance(each, BadFrame)]


GOOD = message()
LOGON = message(b"35=A\x0134=1\x01", b"FIXT.1.1")

bodies = st.binary(max_size=60).map(
    lambda text: b"35=D\x0158=" + text.replace(b"8=FIX", b"").replace(b"\0", b"") + b"\x01"
)
messages = st.builds(message, bodies, st.sampled_from([b"FIX.4.4", b"FIXT.1.1"]))
garbled = st.one_of(
    st.binary(max_size=40),
    st.builds(message, bodies, length=st.sampled_from([b"-1", b"99999999", b"abc", b"", b"0", b"3", b"9999999999"])),
    messages.map(lambda each: each[:-4] + b"abc\x01"),
    messages.map(lambda each: each[:-7]),
    messages.map(lambda each: each.replace(b"\x019=", b"\x01")),
    st.sampled_from([b"8=FIX", b"8=FIX.4.4", b"8=FIX.4.4\x01", b"8=FIX.4.4\x019=12", b"58=FIX.4.4\x01", b"8=FI"]),
)
streams = st.lists(st.one_of(messages, garbled), max_size=12).map(b"".join)


@pytest.mark.parametrize("body", [b"35=D\x0158=a\x00b\x01", b"35=1\x01112=\x00\x01", b"35=D\x0195=3\x0196=a\x00b\x01"])
def test_nul_is_never_passed_on(body: bytes):
    """QuickFIX reads what it has stored up to a NUL: it could not be sent again, nor anything behind it."""
    found = fed(message(body) + GOOD)
    assert bad(found) == ["data"]
    assert sound(found) == [GOOD]


@given(streams, st.lists(st.integers(0, 10_000), max_size=12))
def test_every_split_gives_the_same_frames(stream: bytes, cuts: list[int]):
    assert fed(stream, cuts) == fed(stream)


@given(st.lists(messages, max_size=6))
def test_sound_messages_come_out_as_they_went_in(each: list[bytes]):
    found = fed(b"".join(each), list(range(0, 500, 7)))
    assert sound(found) == each
    assert bad(found) == []


@given(messages, garbled, messages)
def test_a_good_message_survives_what_stands_before_it(before: bytes, between: bytes, after: bytes):
    between = between.replace(b"9=9999", b"9=x")  # without an end of its own it is waited for
    assert sound(fed(before + between + after))[0] == before
    assert sound(fed(before + between + after))[-1] == after


@given(streams, st.lists(st.integers(0, 10_000), max_size=12))
def test_memory_is_bounded(stream: bytes, cuts: list[int]):
    framer = Framer(100)
    places = [0, *sorted({cut % (len(stream) + 1) for cut in cuts}), len(stream)]
    for start, end in pairwise(places):
        framer.feed(stream[start:end])
        assert framer.kept < 100


@pytest.mark.parametrize(
    ("garbage", "reasons"),
    [
        (b"hello", ["garbage"]),
        (message(length=b"-1"), ["header"]),
        (message(length=b"abc"), ["header"]),
        (message(length=b"99999999"), ["length"]),
        (message(length=b"65536"), ["length"]),
        (b"8=FIX.4.4\x0135=0\x0134=2\x0110=000\x01", ["header"]),
        (message(length=b"11"), ["trailer"]),
        (message(b"34=2\x0135=0\x01"), ["type"]),
        (message(b""), ["type"]),
        (GOOD[:-4] + b"%03d\x01" % ((int(GOOD[-4:-1]) + 1) % 256), ["checksum"]),
        (GOOD[:-4] + b"abc\x01", ["checksum"]),
        (GOOD[:-4] + b"1\x01", ["trailer"]),
        (message(b"35=0\x0158=FIX rocks\x01")[:-4] + b"abc\x01", ["checksum"]),
    ],
)
def test_garbled_bytes_are_counted_and_the_next_message_survives(garbage: bytes, reasons: list[str]):
    found = fed(GOOD + garbage + LOGON, list(range(0, 200, 3)))
    assert sound(found) == [GOOD, LOGON]
    assert bad(found) == reasons


def test_a_length_that_reaches_into_the_next_message_gives_it_back():
    found = fed(message(length=b"30") + GOOD + LOGON)
    assert sound(found) == [GOOD, LOGON]
    assert bad(found) == ["length"]


@pytest.mark.parametrize("length", [b"1000", b"60000"])
def test_a_length_that_is_far_too_great_holds_nothing_up(length: bytes):
    """The question behind it, whether the session lives, is read at once and not when so many bytes have come."""
    garbage = message(length=length)
    assert sound(fed(garbage + GOOD, list(range(0, 100, 3)))) == [GOOD]
    assert sound(fed(garbage + GOOD)) == [GOOD]
    assert bad(fed(garbage + GOOD + LOGON)) == ["length"]
    cut_off = garbage[:-9]
    assert sound(fed(cut_off + GOOD, list(range(0, 100, 3)))) == [GOOD]
    assert bad(fed(cut_off + GOOD + LOGON)) == ["length"]


def test_each_byte_of_what_is_not_whole_is_looked_at_once():
    framer = Framer(LIMIT)
    begun = message(b"35=B\x0158=" + b"x" * 60_000 + b"\x01")
    for start in range(0, len(begun) - 10, 100):
        assert framer.feed(begun[start : start + 100][: len(begun) - 10 - start]) == []
        assert framer._looked >= framer.kept - 20 or framer.kept < 40


@pytest.mark.parametrize(
    ("fields", "is_sound"),
    [
        (b"95=4\x0196=abcd\x01", True),
        (b"354=2\x01355=\xd0\xaf\x01", True),
        (b"93=4\x0189=abcd\x01", True),
        (b"354=0\x01355=\x01", True),
        (b"95=5\x0196=abcd\x01", False),
        (b"95=3\x0196=abcd\x01", False),
        (b"95=04\x0196=abcd\x01", False),
        (b"95=-1\x0196=abcd\x01", False),
        (b"95=99999999\x0196=abcd\x01", False),
        (b"95=10\x0196=\x0110=000\x018=\x01", False),
        (b"95=4\x0158=x\x0196=abcd\x01", False),
        (b"96=abcd\x01", False),
        (b"88=4\x0189=abcd\x01", False),
        (b"93=20200527\x0154=1\x0189=0\x01", False),
        (b"95=2\x0196=ab\x0196=ab\x01", False),
    ],
)
def test_a_field_of_data_is_as_long_as_its_length_field_says(fields: bytes, is_sound: bool):
    """QuickFIX read beyond the message and ended the process where 89 stood behind a 93 of 20200527."""
    each = message(b"35=B\x01" + fields)
    found = fed(each + GOOD, list(range(0, 200, 3)))
    assert sound(found) == ([each, GOOD] if is_sound else [GOOD])
    assert bad(found) == ([] if is_sound else ["data"])


def test_all_fields_of_data_are_known():
    """A field of data that the dictionaries have and this list has not would go through to QuickFIX unseen."""
    roots = [ElementTree.parse(path).getroot() for path in (FIX44, FIX50, FIXT11)]
    fields = [field for root in roots for field in root.find("fields")]
    assert {int(field.get("number")) for field in fields if field.get("type") in ("DATA", "XMLDATA")} == set(DATA)


def test_a_message_of_the_greatest_size_passes_and_a_byte_more_does_not():
    body = b"35=B\x0158=%b\x01"
    exact = message(body % (b"x" * (200 - len(message(body % b"")) - 2)))
    assert len(exact) == 200
    assert sound(fed(exact, limit=200)) == [exact]
    assert bad(fed(exact, limit=199)) == ["length"]


def test_only_35_a_is_a_logon():
    [logon, other] = fed(LOGON + message(b"35=AE\x01"))
    assert isinstance(logon, Frame)
    assert logon.is_logon
    assert isinstance(other, Frame)
    assert not other.is_logon


@given(st.binary(max_size=1200))
def test_the_checksum_is_the_sum_of_all_bytes(data: bytes):
    assert checksum(data) == sum(data) % 256
    assert checksum(b"\xff" * 256 + data) == (sum(data) + 255 * 256) % 256
