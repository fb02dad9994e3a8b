"""The dictionaries: made from the standard, loose where real clients are, strict elsewhere."""

import re
import sys
from pathlib import Path

import pytest
import quickfix as fix
from dialect_market import text, validated

from kase_fix.gateway import dictionaries

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "scripts"))
import make_dictionaries  # noqa: E402

FIX44_ORDER = (
    "35=D",
    "11=a1",
    "1=F_FIRMA_0000",
    "55=EURKZT_TOM",
    "54=1",
    "38=1000",
    "40=2",
    "44=450.1",
    "60=20200527-05:30:00",
)
NEXT_ORDER = (*FIX44_ORDER, "59=7")


@pytest.mark.parametrize("name", make_dictionaries.NAMES)
def test_the_files_are_what_the_script_makes(name):
    checked_in = Path(dictionaries.__file__).parent / f"{name}.xml"
    assert checked_in.read_text(encoding="utf-8") == make_dictionaries.make(name)


def test_a_variation_of_something_that_is_not_there_is_an_error():
    with pytest.raises(KeyError, match="Nowhere"):
        make_dictionaries._place(
            make_dictionaries.ElementTree.fromstring("<fix><messages/><components/></fix>"), "Nowhere"
        )


NEXT_OPENING = {
    "Logon": (
        "35=A", "98=0", "108=10", "141=Y", "553=00100", "554=rehearsal", "58=NEXT client", "1137=7",
    ),
    "Logon with a new password": ("35=A", "98=0", "108=10", "141=Y", "553=00100", "554=a", "925=b", "1137=7"),
    "Logout": ("35=5", "58=Wrong password", "1137=7"),
    "all instruments": ("35=x", "320=1", "559=4"),
    "all my orders and deals": ("35=H", "371=1"),
    "archive": ("35=H", "371=1", "5175=20200501", "5176=20200526"),
    "all my positions": (
        "35=AL", "1=N/A", "55=N/A", "60=20200527-05:30:00", "581=3", "702=1", "703=ALC", "709=1", "710=7", "712=1",
        "715=20200527",
    ),
    "market data": (
        "35=V", "262=1", "263=1", "264=0", "265=1", "267=3", "269=0", "269=1", "269=2", "146=2", "55=EURKZT_TOM",
        "55=USDKZT_TOM",
    ),
    "market data without depth and types": ("35=V", "262=1", "263=1", "146=1", "55=ALL"),
    "order": NEXT_ORDER,
    "order of a market maker": (*NEXT_ORDER, "5145=Y", "529=5", "5146=N"),
    "repo order": ("35=D", "11=a", "1=S", "55=KZTO", "54=1", "38=1", "40=R", "44=9.5", "60=20200527-05:30:00", "423=9"),
    "cancel": ("35=F", "37=NF_17"),
    "partial cancel": ("35=F", "37=NF_17", "38=1000", "11=c1"),
    "replace": ("35=G", "37=NF_17", "41=a1", "11=a2", "44=450.2", "38=3000"),
    "operator message": ("35=C", "147=Subject", "5204=Text"),
}  # fmt: skip


@pytest.mark.parametrize("what", NEXT_OPENING)
def test_what_a_next_client_sends_is_valid(what):
    validated("NEXT", text(*NEXT_OPENING[what]), "00100", "KASE")


FIX44_SAID = {
    "Logon": ("35=A", "98=0", "108=30", "554=rehearsal", "925=new", "6867=Y", "6936=R"),
    "order": FIX44_ORDER,
    "order with board and client": (*FIX44_ORDER, "386=1", "336=CETS", "453=1", "448=C1", "447=D", "452=3", "111=100"),
    "cancel by OrderID": ("35=F", "11=c1", "37=NF_17"),
    "cancel by OrigClOrdID": ("35=F", "11=c1", "41=a1", "55=EURKZT_TOM", "54=1", "60=20200527-05:30:00", "38=1000"),
    "replace": ("35=G", "11=a2", "37=NF_17", "55=EURKZT_TOM", "54=1", "38=3000", "40=2", "44=450.2", "9619=Y"),
    "status by ClOrdID": ("35=H", "11=a1"),
    "status by OrderID": ("35=H", "37=NF_17", "790=q1"),
    "mass status": ("35=AF", "584=m1", "585=7"),
    "market data": ("35=V", "262=1", "263=1", "264=0", "265=1", "267=1", "269=0", "146=1", "55=EURKZT_TOM"),
    "instruments": ("35=x", "320=1", "559=4"),
}


@pytest.mark.parametrize("what", FIX44_SAID)
def test_what_a_fix44_client_sends_is_valid(what):
    validated("FIX44", text(*FIX44_SAID[what]), "FIRMA", "KASE")


WRONG = {
    "no account": (fix.RequiredTagMissing, tuple(part for part in FIX44_ORDER if not part.startswith("1="))),
    "an unknown side": (fix.IncorrectTagValue, ("54=Z", *(part for part in FIX44_ORDER if part != "54=1"))),
    "an exponent": (fix.IncorrectDataFormat, ("44=4e2", *(part for part in FIX44_ORDER if part != "44=450.1"))),
    "a tag from elsewhere": (fix.TagNotDefinedForMessage, (*FIX44_ORDER, "5145=Y", "262=1")),
    "an unknown tag": (fix.InvalidTagNumber, (*FIX44_ORDER, "4999=1")),
}


@pytest.mark.parametrize("dialect", ["FIX44", "NEXT"])
@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_refused(dialect, what):
    error, parts = WRONG[what]
    parts = sorted(parts, key=lambda part: part != "35=D")
    if what == "a tag from elsewhere" and dialect == "NEXT":
        parts.remove("5145=Y")
    with pytest.raises((error, fix.InvalidTagNumber) if what == "a tag from elsewhere" else error):
        validated(dialect, text(*parts), "FIRMA", "KASE")


def test_the_page_names_every_variation_of_fix44():
    page = (ROOT / "spec" / "dialects.md").read_text(encoding="utf-8")
    variations = make_dictionaries.tomllib.loads(
        (make_dictionaries.HERE / "variations.toml").read_text(encoding="utf-8")
    )
    fix44 = variations["FIX44"]
    names = [described.split()[0] for described in fix44["fields"].values()]
    names += [
        name for table in ("optional", "required", "members") for members in fix44[table].values() for name in members
    ]
    names = [name for named in names for name in ([named] if isinstance(named, str) else named)]
    assert [name for name in names if not re.search(rf"\b{name}\b", page)] == []
