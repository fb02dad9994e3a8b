"""jspurefix, whose engine and checks are its own, through the whole life of orders in both dialects, and as a vendor.

It answers whatever is not in the published dictionary with a Reject: none may cross, in either direction.
"""

import re

import pytest

from kase_fix.gateway.dictionaries import FIX44
from tests.system.floor import new_name, until
from tests.system.jspurefix import member as jspurefix_member
from tests.system.jspurefix.member import IS_THERE, JsMember

pytestmark = pytest.mark.skipif(not IS_THERE, reason="jspurefix is not installed: scripts/install_foreign says why")

DELIVERY_ID = re.compile(r'<field name="SecondaryExecID" required="N" />')
NOW = "60=20200527-04:20:00|"


@pytest.fixture
def js(venue, tmp_path):
    """Return a function that brings a member on jspurefix in; afterwards nobody has rejected anything."""
    inside: list[JsMember] = []

    def enter(user: str, service: str = "api") -> JsMember:
        address, target = (venue.api, "KASE") if service == "api" else (venue.md, "KASEMD")
        inside.append(JsMember(user, address, tmp_path / user, target).logs_on())
        return inside[-1]

    yield enter
    for one in inside:
        one.leaves()
        assert one.ended == ""
        assert [one.crossed[f"{way} {kind}"] for way in "<>" for kind in ("3", "j")] == [0, 0, 0, 0], one.crossed


def order(name: str, user: str, quantity: int, price: str) -> str:
    terms = f"55=EURKZT_TOM|54=1|{NOW}38={quantity}|40=2|44={price}|"
    return f"35=D|11={name}|1=F_{user}_0000|{terms}"


def test_an_order_lives_in_fix44(js, member):
    """D, 8, G, F, 9, H, AF, q and r, x, c, e, g, AN, AD and BE of FIX 4.4: what crossed, and how much at least."""
    firma, firmb = js("FIRMA"), member("FIRMB")
    firma.says("35=x|320=list|559=4|")
    listed = firma.hears("35=y", "320=list")
    assert int(listed[393]) > 600
    firma.says("35=c|320=one|321=0|55=EURKZT_TOM|")
    assert firma.hears("35=d", "320=one")[55] == "EURKZT_TOM"
    firma.says("35=e|324=how|55=EURKZT_TOM|263=0|")
    assert firma.hears("35=f", "324=how")[326] == "17"
    firma.says("35=g|335=board|336=FX_TOM|263=0|")
    assert firma.hears("35=h", "335=board")[340] == "2"

    bid, more, gone = new_name(), new_name(), new_name()
    firma.says(order(bid, "FIRMA", 4000, "451.10"))
    taken = firma.hears("35=8", f"11={bid}", "150=0")
    firmb.orders("EURKZT_TOM", "2", 1000, "451.10", t59="3")
    assert firma.hears("35=8", f"11={bid}", "150=F")[151] == "3000"
    firma.says(f"35=G|11={more}|41={bid}|1=F_FIRMA_0000|55=EURKZT_TOM|54=1|{NOW}38=6000|40=2|44=451.20|")
    assert firma.hears("35=8", f"11={more}", "150=5")[151] == "5000"
    firma.says(f"35=H|11={more}|55=EURKZT_TOM|54=1|")
    assert firma.hears("35=8", f"11={more}", "150=I")[37] == taken[37]
    firma.says("35=AF|584=mass|585=7|")
    assert firma.hears("35=8", "584=mass", "912=Y")[911] == "1"
    firma.says(f"35=F|11={gone}|41={more}|55=EURKZT_TOM|54=1|{NOW}38=6000|")
    assert firma.hears("35=8", f"11={gone}", "150=4")[14] == "1000"
    late = new_name()
    firma.says(f"35=F|11={late}|41={more}|55=EURKZT_TOM|54=1|{NOW}38=6000|")
    assert firma.hears("35=9", f"11={late}")[434] == "1"

    left = [new_name() for _ in range(3)]
    for name in left:
        firma.says(order(name, "FIRMA", 1000, "440.00"))
        firma.hears("35=8", f"11={name}", "150=0")
    every = new_name()
    firma.says(f"35=q|11={every}|530=7|{NOW}")
    assert firma.hears("35=r", f"11={every}")[533] == "3"
    odd = new_name()
    firma.says(order(odd, "FIRMA", 1500, "440.00"))
    assert firma.hears("35=8", f"11={odd}", "39=8")[150] == "8"

    firma.says("35=AN|710=where|724=0|1=F_FIRMA_0000|581=3|715=20200527|" + NOW)
    assert firma.hears("35=AP", "710=where")
    firma.says("35=AD|568=deals|569=0|")
    assert firma.hears("35=AE", "568=deals")[32] == "1000"
    firma.says("35=BE|923=me|924=4|553=FIRMA|")
    assert firma.hears("35=BF", "923=me")[926] == "1"
    least = {"> D": 5, "< 8": 13, "> F": 2, "> G": 1, "> H": 1, "> AF": 1, "< 9": 1, "> q": 1, "< r": 1, "< h": 20}
    for kind, count in least.items():
        assert firma.crossed[kind] >= count, (kind, firma.crossed)
    for kind in ("y", "d", "f", "AP", "AE", "BF"):
        assert firma.crossed[f"< {kind}"] >= 1, (kind, firma.crossed)


def test_an_order_lives_in_next(js, member):
    """The same in the NEXT dialect, whose two dictionaries jspurefix reads as one."""
    bank, firmb = js("00100"), member("FIRMB")
    bank.says("35=x|320=list|559=4|")
    assert bank.hears("35=y", "320=list")[560] == "0"
    bank.says("35=H|371=1|")
    bid, gone = new_name(), new_name()
    bank.says(order(bid, "00100", 4000, "452.10"))
    taken = bank.hears("35=8", f"11={bid}", "39=0", "150=I")
    firmb.orders("EURKZT_TOM", "2", 1000, "452.10", t59="3")
    assert bank.hears("35=8", f"11={bid}", "150=F")[151] == "3000"
    bank.says(f"35=F|11={gone}|37={taken[37]}|55=EURKZT_TOM|54=1|{NOW}")
    assert bank.hears("35=8", f"37={taken[37]}", "39=4")[14] == "1000"
    bank.says("35=AN|710=where|724=0|1=F_00100_0000|715=20200527|" + NOW)
    assert bank.hears("35=AP", "710=where")[727]
    bank.says("35=V|262=md|263=1|264=0|265=1|267=3|269=0|269=1|269=2|146=1|55=EURKZT_TOM|")
    assert bank.hears("35=W", "262=md")[55] == "EURKZT_TOM"
    again = new_name()
    bank.says(order(again, "00100", 1000, "441.00"))
    assert bank.hears("35=X", "262=md")
    assert bank.hears("35=8", f"11={again}", "39=0")
    for kind, count in {"> D": 2, "> F": 1, "< 8": 4, "< y": 1, "< AP": 1, "< W": 1, "< X": 1}.items():
        assert bank.crossed[kind] >= count, (kind, bank.crossed)


@pytest.mark.parametrize(("vendor", "price"), [("VENDOR1", "5.7500"), ("VENDOR2", "5.7600")])
def test_a_vendor_gets_the_market(js, member, vendor, price):
    """FIX-MD in both dialects: V is answered by W, changes come as X, an unknown instrument brings Y."""
    feed = js(vendor, "md")
    feed.says("35=x|320=list|559=4|")
    assert feed.hears("35=y", "320=list")
    for depth, name in ((0, "full"), (1, "top"), (5, "five")):
        feed.says(f"35=V|262={name}|263=1|264={depth}|265=1|267=3|269=0|269=1|269=2|146=1|55=RUBKZT_TOD|")
        assert feed.hears("35=W", f"262={name}")[55] == "RUBKZT_TOD"
    firma, firmb = member("FIRMA"), member("FIRMB")
    firma.rests("RUBKZT_TOD", "1", 100_000, price)
    firmb.orders("RUBKZT_TOD", "2", 100_000, price, t59="3")
    for name in ("full", "top", "five"):
        feed.hears("35=X", f"262={name}", "279=0", "269=0", f"270={price}")
        feed.hears("35=X", f"262={name}", "269=2", f"270={price}")
    feed.says("35=V|262=none|263=1|264=0|265=1|267=1|269=0|146=1|55=NOTHING|")
    assert feed.hears("35=Y", "262=none")[281] == "0"
    least = {"> V": 4, "< W": 3, "< X": 6, "< Y": 1, "< y": 1}
    assert all(feed.crossed[kind] >= count for kind, count in least.items()), feed.crossed


def test_what_he_cannot_read_is_seen(venue, tmp_path, monkeypatch):
    """That nothing is rejected means something: with a dictionary that lacks a field of ours jspurefix rejects."""

    def without_the_delivery_id(_dialect, directory):
        path = directory / "less.xml"
        path.write_text(DELIVERY_ID.sub("", FIX44.read_text()))
        return path

    monkeypatch.setattr(jspurefix_member, "write", without_the_delivery_id)
    firma = JsMember("FIRMA", venue.api, tmp_path / "less").logs_on()
    firma.says(order(new_name(), "FIRMA", 1000, "440.00"))
    firma.hears("35=8")
    assert until(lambda: firma.crossed["> 3"] > 0)
    firma.leaves()
