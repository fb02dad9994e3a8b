"""The hours of the services and the numbers of a new day, with the rehearsal's clock turned by hand."""

import pytest

from tests.system.floor import BUY, PATIENCE, Member, VenueProcess, they_trade, until

CLOSED = {
    "api": "FIX-API is closed; it works 08:45-19:15 on working days",
    "md": "FIX-MD is closed; it works 09:00-18:00 on working days",
}


@pytest.fixture
def venue(tmp_path):
    """A venue for each test: here days go by."""
    running = VenueProcess(tmp_path)
    yield running
    running.end()


def turn_to(venue: VenueProcess, moment: str) -> None:
    assert venue.addresses.console is not None
    venue.addresses.console.post("/api/clock", {"to": moment})


def hears_the_end(member: Member, text: str) -> None:
    """A Logout with the reason, and the line is cut."""
    farewell = member.hears("5")
    assert farewell.get(58) == text
    assert farewell.get(1137) == ("7" if member.is_next else None)
    assert member.client.wait(lambda: not member.client.connected, PATIENCE)


def is_refused(member: Member, address: tuple[str, int], text: str) -> None:
    member.knocks(address, reset="Y")
    hears_the_end(member, text)


def test_a_service_that_closes_says_so_to_all_and_lets_nobody_in(venue):
    vendors = [Member(user, "md").logs_on(venue.md) for user in ("VENDOR1", "VENDOR2")]
    firma = Member("FIRMA").logs_on(venue.api)
    turn_to(venue, "2020-05-27T17:59:59")
    assert all(each.is_alive() for each in vendors)
    turn_to(venue, "2020-05-27T18:00:00")
    for each in vendors:
        hears_the_end(each, CLOSED["md"])
        is_refused(each, venue.md, CLOSED["md"])
    assert firma.is_alive()
    turn_to(venue, "2020-05-27T19:15:00")
    hears_the_end(firma, CLOSED["api"])
    is_refused(firma, venue.api, CLOSED["api"])


def test_one_who_does_not_answer_the_logout_is_cut(venue):
    mute = Member("VENDOR1", "md").logs_on(venue.md)
    mute.client.session.arrived = lambda _: None  # hears nothing any more, says nothing
    turn_to(venue, "2020-05-27T18:00:00")
    assert mute.client.wait(lambda: not mute.client.connected, 3 * PATIENCE)


@pytest.mark.parametrize("reset", [None, "Y"])
def test_both_sides_count_from_1_on_a_new_day(venue, reset):
    firma, bank = Member("FIRMA").logs_on(venue.api), Member("00100").logs_on(venue.api)
    they_trade(firma, bank)
    turn_to(venue, "2020-05-28T10:20:00")
    for each in (firma, bank):
        hears_the_end(each, CLOSED["api"])
        each.client.take_all()
        each.client.session.next_in = each.client.session.next_out = 1
        each.logs_on(venue.api, reset=reset)
        answer = each.hears("A")
        assert (answer.number, answer.get(141)) == (1, reset)
    they_trade(firma, bank)
    assert [each.heard("2", "4") for each in (firma, bank)] == [[], []]


def test_one_who_kept_his_numbers_hears_that_ours_are_too_low(venue):
    """FIX: his MsgSeqNum is too high and asked for again; ours is too low for him, and he leaves."""
    firma = Member("FIRMA").logs_on(venue.api)
    firma.rests("EURKZT_TOM", BUY, 1000, "440.00")
    turn_to(venue, "2020-05-28T10:20:00")
    hears_the_end(firma, CLOSED["api"])
    expected = firma.client.session.next_in
    firma.client.take_all()
    firma.knocks(venue.api, reset=None)
    answer = firma.hears("A")
    assert answer.number == 1 < expected
    assert firma.client.wait(lambda: not firma.client.connected, PATIENCE)
    firma.logs_on(venue.api)
    assert firma.is_alive()


def test_numbers_go_on_where_the_venue_crashes_within_the_day_and_start_anew_where_a_day_passes(venue):
    firma = Member("FIRMA").logs_on(venue.api)
    assert until(lambda: firma.client.round_trip(1.0), PATIENCE)
    assert venue.addresses.console is not None
    venue.addresses.console.post("/api/clock", {"by": 0})  # how the boards stand is with his session now
    assert until(lambda: firma.client.round_trip(1.0), PATIENCE)  # and has arrived
    venue.kill_and_restart()
    firma.client.wait(lambda: not firma.client.connected, PATIENCE)
    expected = firma.client.session.next_in
    firma.client.take_all()
    firma.comes_back(venue.api)
    assert firma.hears("A").number == expected
    turn_to(venue, "2020-05-27T19:30:00")
    venue.kill_and_restart()
    is_refused(Member("FIRMA"), venue.api, CLOSED["api"])
    turn_to(venue, "2020-05-28T09:30:00")
    again = Member("FIRMA").comes_back(venue.api)
    assert again.hears("A").number == 1


def test_on_a_saturday_both_are_closed(venue):
    turn_to(venue, "2020-05-30T12:00:00")
    is_refused(Member("FIRMA"), venue.api, CLOSED["api"])
    is_refused(Member("VENDOR1", "md"), venue.md, CLOSED["md"])
