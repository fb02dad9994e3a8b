"""What a Logon must be, and what of it goes on."""

import pytest

from kase_fix.gateway.doorman import fields, logon
from kase_fix.gateway.doorman.fields import NoFields
from kase_fix.gateway.doorman.framing import Frame, Framer

NEXT = {35: "A", 49: "02001", 56: "KASE", 34: "1", 52: "20200527-05:00:00.000", 98: "0", 108: "10"}
NEXT |= {141: "Y", 553: "02001", 554: "rehearsal", 1137: "7"}
FIX44 = {key: value for key, value in NEXT.items() if key not in (553, 1137)}


def written(values: dict[int, str], begin: bytes = fields.FIXT, more: list[tuple[int, bytes]] | None = None) -> bytes:
    return fields.join(begin, [(tag, value.encode()) for tag, value in values.items()] + (more or []))


def refused(values: dict[int, str], begin: bytes = fields.FIXT, more: list[tuple[int, bytes]] | None = None) -> str:
    asked = logon.read(written(values, begin, more))
    refusal = logon.fault(asked) or logon.astray(asked, "KASE")
    return refusal.reason if refusal else ""


def test_a_logon_of_each_dialect_is_sound():
    assert refused(NEXT) == ""
    assert refused(FIX44, b"FIX.4.4") == ""


@pytest.mark.parametrize("tag", [49, 56, 34, 52, 98, 108])
def test_required_tags(tag: int):
    assert refused({key: value for key, value in NEXT.items() if key != tag}) == "malformed"


@pytest.mark.parametrize(
    ("tag", "value", "reason"),
    [
        (34, "0", "malformed"),
        (34, "-1", "malformed"),
        (34, "1x", "malformed"),
        (52, "yesterday", "malformed"),
        (98, "1", "malformed"),
        (141, "1", "malformed"),
        (43, "maybe", "malformed"),
        (789, "0", "malformed"),
        (108, "0", "heartbeat"),
        (108, "61", "heartbeat"),
        (108, "-5", "heartbeat"),
        (108, "1.5", "heartbeat"),
        (108, "9" * 5000, "heartbeat"),
        (1137, "9", "version"),
        (56, "KASEMD", "target"),
        (553, "00100", "username"),
        (108, "1", ""),
        (108, "60", ""),
        (141, "N", ""),
    ],
)
def test_values(tag: int, value: str, reason: str):
    assert refused(NEXT | {tag: value}) == reason


def test_fixt_needs_1137_and_fix44_does_not_pass_it_on():
    assert refused(FIX44) == "version"
    assert b"\x011137=" not in logon.rebuild(logon.read(written(NEXT, b"FIX.4.4")))


@pytest.mark.parametrize("tag", [49, 35, 34, 554, 141, 58])
def test_no_tag_appears_twice(tag: int):
    assert refused({58: "hello"} | NEXT, more=[(tag, b"Y")]) == "malformed"


@pytest.mark.parametrize("field", [b"58=", b"=x", b"58", b"x=1", b"058=1", b"96=a\x01b", b"-58=1", b"99999999=1"])
def test_what_is_no_row_of_fields_is_no_logon(field: bytes):
    with pytest.raises(NoFields):
        logon.read(b"8=FIX.4.4\x019=1\x0135=A\x01" + field + b"\x0110=000\x01")


def test_begin_string_is_the_dialects():
    asked = logon.read(written(NEXT))
    assert logon.misfit(asked, "NEXT") is None
    assert logon.misfit(asked, "FIX44") is not None
    assert logon.misfit(asked, "other") is not None


def test_the_rebuilt_logon_has_known_fields_only_and_no_secret():
    more = [(58, b"tool 1.0"), (925, b"new-secret"), (95, b"3"), (96, b"raw"), (6867, b"Y"), (43, b"N"), (789, b"4")]
    rebuilt = logon.rebuild(logon.read(written(NEXT, more=more)))
    assert [type(each) for each in Framer(65536).feed(rebuilt)] == [Frame]
    tags = [tag for tag, _ in fields.split(rebuilt)]
    assert tags == [8, 9, 35, 49, 56, 34, 43, 52, 98, 108, 141, 789, 553, 1137, 10]


def test_the_farewell_is_a_logout_its_clients_can_read():
    said = logon.farewell(logon.read(written(NEXT)), "KASE", logon.WRONG_PASSWORD)
    assert isinstance(Framer(65536).feed(said)[0], Frame)
    values = dict(fields.split(said))
    assert (values[8], values[35], values[34]) == (b"FIXT.1.1", b"5", b"1")
    assert (values[49], values[56], values[58]) == (b"KASE", b"02001", b"Wrong password")
    assert values[1137] == b"7"
    assert 1137 not in dict(fields.split(logon.farewell(logon.read(written(FIX44, b"FIX.4.4")), "KASE", "x")))


def test_a_logon_shows_no_password():
    assert "rehearsal" not in repr(logon.read(written(NEXT)))
