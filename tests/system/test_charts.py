"""Past days' candles are a projection: thrown away they are made anew beside a venue that trades (law 8)."""

import pytest

from kase_fix.journal.past_days import FILE
from tests.system.floor import Member, VenueProcess, they_trade, until


@pytest.fixture
def venue(tmp_path):
    running = VenueProcess(tmp_path)
    assert running.addresses
    yield running
    running.end()


def asks(user, name, **more):
    user.says("CL", (5089, name), (55, "EURKZT_TOD"), (5091, "20200527"), (5092, "20200527"), *more.items())


def test_the_file_is_thrown_away(venue):
    users = [Member("FIRMA").logs_on(venue.api), Member("00100").logs_on(venue.api)]
    they_trade(*users[:1], Member("FIRMB").logs_on(venue.api))
    venue.addresses.console.post("/api/clock", {"to": "2020-05-28T10:40:00"})
    vendor = Member("VENDOR2", "md").logs_on(venue.md)
    asks(vendor, "kept")
    kept = vendor.hears("CR", {5089: "kept"})
    assert (kept.get(5100), kept.get(5105)) == ("20200527", "1000")
    venue.kill()
    (venue.data / FILE).unlink()
    venue.kill_and_restart()
    bank = Member("00100").logs_on(venue.api)
    vendor = Member("VENDOR2", "md").logs_on(venue.md)
    they_trade(Member("FIRMA").logs_on(venue.api), Member("FIRMB").logs_on(venue.api))
    for user in (bank, vendor):
        names = iter(range(1000))

        def answer(user=user, names=names):
            name = f"a{next(names)}"
            asks(user, name)
            heard = lambda: [one for one in user.heard("CR", "j") if name in (one.get(5089), one.get(379))]  # noqa: E731
            assert until(lambda: bool(heard()))
            return heard()[0]

        answers = [answer()]
        assert until(lambda answers=answers, answer=answer: answers.append(answer()) or answers[-1].kind == "CR", 20.0)
        assert {one.get(380) for one in answers if one.kind == "j"} <= {"4"}
        told = [[one.get(tag) for tag in (5100, 5101, 5104, 5105)] for one in (answers[-1], kept)]
        assert told[0] == told[1]
