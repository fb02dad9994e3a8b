"""Clients on three libraries we did not write play the same lives, checking all they get by the published dictionary.

QuickFIX (C++) and jspurefix (TypeScript) in both dialects, asyncfix (Python) in FIX 4.4: the whole life of orders with
what surrounds it, drop copy beside it, a vendor's day. What crosses is counted by message; nobody rejects anything.
"""

import xml.etree.ElementTree as ElementTree

import pytest
from asyncfix.protocol.schema import FIXSchema

from kase_fix.gateway.dictionaries import FIX44, FIX50, FIXT11
from tests.system import async_line
from tests.system.async_line import AsyncLine
from tests.system.floor import Member, new_name, until
from tests.system.foreigners import QuickfixMember
from tests.system.jspurefix import member as jspurefix_member
from tests.system.jspurefix.member import IS_THERE, JsMember
from tests.system.life import play

AT = "2020-05-27T11:45:00"
"""Currencies, securities and repo are all open."""
TARGETS = {"api": "KASE", "md": "KASEMD", "dropcopy": "KASEDC"}
needs_node = pytest.mark.skipif(not IS_THERE, reason="jspurefix is not installed: scripts/install_foreign says why")
LIBRARIES = [
    pytest.param("quickfix", "FIX44", id="quickfix-FIX44"),
    pytest.param("quickfix", "NEXT", id="quickfix-NEXT"),
    pytest.param("jspurefix", "FIX44", id="jspurefix-FIX44", marks=needs_node),
    pytest.param("jspurefix", "NEXT", id="jspurefix-NEXT", marks=needs_node),
    pytest.param("asyncfix", "FIX44", id="asyncfix-FIX44"),
]
USERS = {"FIX44": "FIRMA", "NEXT": "00100"}
VENDORS = {"FIX44": "VENDOR1", "NEXT": "VENDOR2"}
TERMS = "55=EURKZT_TOM|54=1|60=20200527-05:45:00|38=1000|40=2|44=440.00|59=3|"
DELIVERY_ID = '<field name="SecondaryExecID" required="N" />'


class Ours:
    """Our own client as one who takes part."""

    def __init__(self, member: Member) -> None:
        self._member = member

    def says(self, text: str) -> None:
        (_, kind), *fields = (pair.split("=", 1) for pair in text.strip("|").split("|"))
        self._member.says(kind, *((int(tag), value) for tag, value in fields))

    def takes(self, *pieces: str) -> dict[int, str]:
        wanted = {int(tag): value for tag, _, value in (piece.partition("=") for piece in pieces)}
        message = self._member.hears(wanted.pop(35), wanted)
        return dict(reversed(message.pairs))


@pytest.fixture(scope="module")
def market(venue):
    """The venue at a quarter to twelve."""
    venue.addresses.console.post("/api/clock", {"to": AT})
    return venue


@pytest.fixture
def foreign(market, tmp_path):
    """Return a function that brings a client in; when all have left, nobody has rejected or logged anything."""
    inside = []

    def enter(library: str, user: str, service: str = "api"):
        address, target = market.addresses.service("dc" if service == "dropcopy" else service), TARGETS[service]
        if library == "asyncfix":
            client = AsyncLine(user, address, target)
        else:
            kind = QuickfixMember if library == "quickfix" else JsMember
            client = kind(user, address, tmp_path / user, target).logs_on()
        inside.append(client)
        return client

    yield enter
    for client in inside:
        client.leaves()
        rejected = {kind: number for kind, number in client.crossed.items() if kind[2:] in ("3", "j", "2")}
        assert (rejected, client.complaints) == ({}, [])
        assert client.crossed["> 5"] == client.crossed["< 5"] == 1


@pytest.mark.parametrize(("library", "dialect"), LIBRARIES)
def test_the_whole_life_of_orders(market, foreign, member, library, dialect):
    """What a member of the dialect may send, and what he gets for it; in FIX 4.4 drop copy beside him."""
    user = USERS[dialect]
    speakers = {"he": foreign(library, user), "other": Ours(member("FIRMB"))}
    if dialect == "FIX44":
        speakers["copy"] = foreign(library, "DROPA", "dropcopy")
    play("orders.txt", dialect, user, speakers, market.addresses.console)


@pytest.mark.parametrize(("library", "dialect"), LIBRARIES)
def test_a_vendors_day(market, foreign, member, library, dialect):
    """FIX-MD: a list, books of three depths, each change of them, how an instrument stands, a refusal (Y)."""
    speakers = {"he": foreign(library, VENDORS[dialect], "md")}
    speakers |= {"other": Ours(member("FIRMB")), "another": Ours(member("FIRMC"))}
    play("market_data.txt", dialect, VENDORS[dialect], speakers, market.addresses.console)


@pytest.mark.parametrize("dialect", ["FIX44", "NEXT"])
def test_what_quickfix_cannot_read_is_seen(market, tmp_path, dialect):
    """That nothing is rejected means something: by a dictionary that lacks a field of ours it rejects, and logs it."""
    less = tmp_path / "less.xml"
    whole = FIX44 if dialect == "FIX44" else FIX50
    less.write_text(whole.read_text().replace(DELIVERY_ID, ""))
    files = (less,) if dialect == "FIX44" else (FIXT11, less)
    user = USERS[dialect]
    client = QuickfixMember(user, market.api, tmp_path / user, files=files).logs_on()
    client.says(f"35=D|11={new_name()}|1=F_{user}_0000|{TERMS}")
    assert until(lambda: client.crossed["> 3"] > 0)
    client.leaves()
    assert client.complaints


@needs_node
def test_what_jspurefix_cannot_read_is_seen(market, tmp_path, monkeypatch):
    """The same of jspurefix."""

    def without_the_delivery_id(_dialect, directory):
        path = directory / "less.xml"
        path.write_text(FIX44.read_text().replace(DELIVERY_ID, ""))
        return path

    monkeypatch.setattr(jspurefix_member, "write", without_the_delivery_id)
    firma = JsMember("FIRMA", market.api, tmp_path / "FIRMA").logs_on()
    firma.says(f"35=D|11={new_name()}|1=F_FIRMA_0000|{TERMS}")
    assert until(lambda: firma.crossed["> 3"] > 0)
    firma.leaves()


def test_what_asyncfix_cannot_read_is_seen(market, monkeypatch):
    """And of asyncfix, which rejects nothing by itself: what it cannot read is a complaint."""
    less = FIX44.read_text().replace(DELIVERY_ID, "")
    schema = FIXSchema(ElementTree.ElementTree(ElementTree.fromstring(less)))
    monkeypatch.setattr(async_line, "published_schema", lambda: schema)
    firma = AsyncLine("FIRMA", market.api)
    firma.says(f"35=D|11={new_name()}|1=F_FIRMA_0000|{TERMS}")
    firma.takes("35=8", "39=4")
    firma.leaves()
    assert any("SecondaryExecID" in complaint for complaint in firma.complaints)
