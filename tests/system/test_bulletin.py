"""What members are told unasked: h, f, B and C, over the wire and in the order of events; books of several boards."""

import pytest

from tests.system.floor import BUY, SELL, Member, VenueProcess

HALTED, OPEN, CLOSED, PRE_OPEN = "1", "2", "3", "4"


@pytest.fixture
def venue(tmp_path):
    running = VenueProcess(tmp_path)
    yield running
    running.end()


@pytest.fixture
def decide(venue):
    """Return a function that gives an operator's command."""

    def given(command: str, **arguments: str) -> None:
        assert venue.addresses.console is not None
        venue.addresses.console.post("/api/operator", {"command": command, **arguments})

    return given


def turn_to(venue: VenueProcess, time: str) -> None:
    assert venue.addresses.console is not None
    venue.addresses.console.post("/api/clock", {"to": f"2020-05-27T{time}"})


def watches(member: Member, symbol: str, **changes: str) -> None:
    """Subscribe to a symbol's book; `t336` chooses a board."""
    board = [(386, "1"), (336, changes["t336"])] if "t336" in changes else []
    request = [
        (262, symbol + changes.get("t336", "")),
        (263, "1"),
        (264, "0"),
        (265, "1"),
        (267, "2"),
        (269, "0"),
        (269, "1"),
    ]
    member.says("V", *request, (146, "1"), (55, symbol), *board)
    member.hears("W", {55: symbol})


def test_each_board_is_told_to_one_who_comes_and_every_turn_to_all(venue):
    members = [Member("FIRMA").logs_on(venue.api), Member("VENDOR1", "md").logs_on(venue.md)]
    for each in members:
        assert each.hears("h", {336: "FX_TOM"}).get(340) == OPEN
        assert each.hears("h", {336: "CORP"}).get(340) == CLOSED
        assert each.hears("h", {336: "A"}).get(344) == "20200527-11:30:00.000"
    turn_to(venue, "11:05:00")
    for each in members:
        assert each.hears("h", {336: "CORP"}).get(340) == PRE_OPEN
    turn_to(venue, "11:30:00")
    for each in members:
        assert each.hears("h", {336: "CORP"}).get(340) == OPEN


def test_a_next_session_hears_of_the_instruments_it_watches(venue):
    bank, vendor = Member("00100").logs_on(venue.api), Member("VENDOR2", "md").logs_on(venue.md)
    for each in (bank, vendor):
        watches(each, "EURKZT_TOM")
    turn_to(venue, "17:00:00")
    for each in (bank, vendor):
        status = each.hears("f", {55: "EURKZT_TOM"})
        assert [status.get(tag) for tag in (336, 326, 625)] == ["FX_TOM", "18", "C"]
        assert each.heard("h") == []
        # and of what has a window of its own
        assert {one.get(336) for one in each.heard("f")} == {"PACKAGES"}


def test_a_suspension_is_announced_then_told_and_its_end_too(venue, decide):
    firma, bank = Member("FIRMA").logs_on(venue.api), Member("00100").logs_on(venue.api)
    vendors = [Member("VENDOR1", "md").logs_on(venue.md), Member("VENDOR2", "md").logs_on(venue.md)]
    for command, word, status in (("suspend", "suspended", "2"), ("resume", "resumed", "3")):
        decide(command, symbols="EURKZT_TOM", reason="news")
        for each in (firma, bank, *vendors):
            announced = each.hears("C" if each.is_next else "B")
            assert word in (announced.get(5204 if each.is_next else 148) or "")
            told = each.hears("f", {55: "EURKZT_TOM"})
            assert (told.get(326), told.get(336)) == (status, "FX_TOM")
            assert announced.number < told.number


def test_a_whole_board_that_stops_is_one_message(venue, decide):
    firma = Member("FIRMA").logs_on(venue.api)
    firma.hears("h", {336: "RN"})
    assert firma.is_alive()
    firma.client.take_all()
    decide("suspend", boards="FX_TOM", reason="failure")
    assert firma.hears("h", {336: "FX_TOM"}).get(340) == HALTED
    assert firma.heard("f") == []
    assert Member("FIRMB").logs_on(venue.api).hears("h", {336: "FX_TOM"}).get(340) == HALTED
    decide("resume", boards="FX_TOM", reason="repaired")
    assert firma.hears("h", {336: "FX_TOM"}).get(340) == OPEN


def test_a_longer_session_is_told_with_its_new_end(venue, decide):
    firma = Member("FIRMA").logs_on(venue.api)
    assert firma.hears("h", {336: "FX_TOM"}).get(344) == "20200527-11:00:00.000"
    decide(
        "change_trading_time", board="FX_TOM", closes="17:30", actor="chairman", reason="failure", document="12",
        ground="art. 4 p. 3 sp. 1",
    )  # fmt: skip
    announced, told = firma.hears("B"), firma.hears("h", {336: "FX_TOM"})
    assert "10:15-17:30" in (announced.get(58) or "")
    assert "10:15-17:30" in (announced.get(355) or "")
    assert announced.number < told.number
    assert (told.get(340), told.get(344)) == (OPEN, "20200527-11:30:00.000")


def test_the_two_sessions_of_automatic_repo_have_two_books(venue):
    bank, firma, other = (Member(user).logs_on(venue.api) for user in ("NBRK", "FIRMA", "00100"))
    vendor = Member("VENDOR1", "md").logs_on(venue.md)
    turn_to(venue, "17:05:00")
    watches(vendor, "R_GS_001")
    watches(vendor, "R_GS_001", t336="A")
    watches(other, "R_GS_001", t336="A")
    account = {"t1": "S_NBRK_0000", "t386": "1", "t336": "A"}
    offer = bank.orders("R_GS_001", SELL, 5, "9.0000", **account)
    bank.hears_accepted(offer)
    told = vendor.hears("X", {262: "R_GS_001A", 336: "A"})
    assert (told.get(270), told.get(271)) == ("9.0000", "5")
    assert int(other.hears("X", {262: "R_GS_001A"}).get(336) or "") > 2020052700
    assert vendor.is_alive()
    assert vendor.heard("X") == []
    bid = firma.orders("R_GS_001", BUY, 5, "9.0000", t1="S_FIRMA_0000", t386="1", t336="A")
    deal = firma.hears("8", {11: bid, 150: "F"})
    assert (deal.get(336), deal.get(32), deal.get(31)) == ("A", "5", "9.0000")
    assert firma.is_alive()
