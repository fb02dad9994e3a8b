"""What a real NEXT client does first, message by message, and that nothing it hears breaks the published dictionary.

The client is a QuickFIX initiator that validates with the dictionary, own tags and the order of fields included.
"""

import tomllib
from pathlib import Path

import pytest

from tests.system.floor import BUY, SELL, TRADE, Member, new_name
from tests.system.foreigners import QuickfixMember, fields_of

REGISTER = Path(__file__).parent.parent.parent / "cfg"
SETTINGS = ("gateway.door.lockout_first_seconds=0",)
TIME = "20200527-04:20:00.000"


def listed() -> set[str]:
    files = [REGISTER / "instruments.toml", *(REGISTER / "instruments").glob("*.toml")]
    return {symbol for path in files for symbol in tomllib.loads(path.read_text(encoding="utf-8"))}


@pytest.fixture(scope="module")
def bank(venue, tmp_path_factory):
    """00100, on, after a morning in which it had an order and a deal before it logged on (again)."""
    morning, other = Member("00100").logs_on(venue.api), Member("FIRMB").logs_on(venue.api)
    resting = morning.rests("EURKZT_TOM", BUY, 3000, "449.50")
    other.orders("EURKZT_TOM", SELL, 1000, "449.50")
    deal = morning.hears("8", {150: TRADE})
    morning.leaves()
    other.leaves()
    client = QuickfixMember("00100", venue.api, tmp_path_factory.mktemp("bank")).logs_on()
    client.morning = (resting, deal)
    yield client
    client.leaves()


@pytest.fixture(autouse=True)
def nothing_is_rejected(bank):
    """Neither side sends Reject(3), BusinessMessageReject(j) or ResendRequest(2)."""
    yield
    for word in ("in", "out"):
        for kind in "3j2":
            assert bank.lines(f"35={kind}", word=word) == []


def test_the_logon_is_answered_in_kind(bank):
    """FIXT.1.1: 1137=7 both ways, the heartbeat it asked for, numbers from 1; a Text(58) does no harm."""
    [asked] = bank.lines("35=A", word="out")
    assert {"141=Y", "1137=7", "108=10", "58=client library 2.1"} <= set(asked.split("|"))
    [answer] = bank.hears("35=A")
    assert (answer[34], answer[141], answer[108], answer[1137]) == ("1", "Y", "10", "7")


def test_the_security_list_has_every_instrument(bank):
    """x with 320 and 559=4 -> y, 560=0, per instrument what next-dialect names."""
    bank.says("35=x|320=list1|559=4|")
    lines = [bank.hears("35=y", "320=list1")[0]]
    while lines[-1].get(893, "Y") != "Y":
        lines = bank.hears("35=y", "320=list1", count=len(lines) + 1)
    texts = bank.lines("35=y", "320=list1")
    symbols = [pair[3:] for text in texts for pair in text.split("|") if pair.startswith("55=")]
    assert sorted(symbols) == sorted(listed())
    assert all(one[560] == "0" for one in lines)
    everything = "|".join(texts)
    for tag in (1309, 336, 625, 1237, 40, 1239, 59, 1312, 1210, 1211, 562, 1245, 561):
        assert f"|{tag}=" in everything, tag


def test_h_with_371_alone_brings_all_orders_and_deals(bank):
    """H without ClOrdID and Symbol: every order as 150=I, every deal as 150=F, today's from before this logon too."""
    resting, deal = bank.morning
    bank.says("35=H|371=11|")
    [order] = bank.hears("35=8", "150=I", f"37={resting.get(37)}")
    assert (order[39], order[14], order[151], order[17]) == ("1", "1000", "2000", "N/A")
    [fill] = bank.hears("35=8", "150=F", f"37={resting.get(37)}")
    assert (fill[17], fill[32], fill[31]) == (deal.get(17), "1000", "449.50")


def test_al_without_parties_brings_the_positions_of_each_account(bank):
    """AL as real clients send it -> one AP with 727=0 for each account; clients take their accounts from these."""
    bank.says(
        f"35=AL|710=pos1|709=1|712=1|715=20200527|1=N/A|55=N/A|581=3|60={TIME}|702=1|703=ALC|",
    )
    found = bank.hears("35=AP", "710=pos1", count=2)
    assert {one[1] for one in found} == {"F_00100_0000", "S_00100_0000"}
    assert all(one[728] == "0" if 728 in one else one[727] == "0" for one in found)


def test_v_for_symbols_of_the_list_brings_their_books(bank):
    """V on FIX-API (their clients have one session) -> W for each symbol, then X for what changes."""
    bank.says("35=V|262=v1|263=1|264=0|265=1|267=3|269=0|269=1|269=2|146=2|55=EURKZT_TOM|55=USDKZT_TOM|")
    bank.hears("35=W", "55=USDKZT_TOM", "262=v1")
    bank.hears("35=W", "55=EURKZT_TOM", "262=v1")
    [book] = bank.lines("35=W", "55=EURKZT_TOM", "262=v1")
    assert "|269=0|270=449.50|271=2000|" in book


def test_a_limit_order_of_nine_fields_is_accepted(bank):
    """D with only 1, 11, 38, 40=2, 44, 54, 55, 59=7, 60; TimeInForce 7 is a day order (R-4). X follows."""
    name = new_name()
    bank.says(f"35=D|1=F_00100_0000|11={name}|38=1000|40=2|44=449.10|54=1|55=EURKZT_TOM|59=7|60={TIME}|")
    [order] = bank.hears("35=8", f"11={name}")
    assert (order[150], order[39], order[151], order[59]) == ("I", "0", "1000", "0")
    [change] = bank.hears("35=X", "262=v1", "270=449.10")
    assert int(change[336]) > 0


def test_all_statuses_of_a_real_client_have_a_text_in_logout(venue, tmp_path):
    """Every Logout carries Text(58), since clients read it without looking whether it is there."""
    client = QuickfixMember("02001", venue.api, tmp_path).logs_on()
    client.leaves()
    [farewell] = client.lines("35=5")
    assert fields_of(farewell)[58]
    assert fields_of(farewell)[1137] == "7"


def test_a_refused_logon_says_why_in_words_clients_know(venue):
    """`Wrong password`, `Already online`: a NEXT client stops on these and reconnects on any other."""
    first = Member("02001").logs_on(venue.api)
    for user, password, text in (("02001", "wrong", "Wrong password"), ("02001", "rehearsal", "Already online")):
        second = Member(user, password=password)
        second.knocks(venue.api)
        farewell = second.hears("5")
        assert (farewell.get(58), farewell.get(34), farewell.get(1137)) == (text, "1", "7")
        assert second.client.wait(lambda second=second: not second.client.connected, 5)
    assert first.is_alive()
    first.leaves()
