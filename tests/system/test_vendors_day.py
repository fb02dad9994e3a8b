"""A vendor's whole day at FIX-MD, 09:00 to 18:00 by the exchange's clock, on three libraries we did not write.

Each checks all it gets by the published dictionary; what crosses is counted by message, and nobody rejects anything.
"""

import pytest

from tests.system.async_line import AsyncLine
from tests.system.floor import Member, VenueProcess
from tests.system.foreigners import QuickfixMember
from tests.system.jspurefix.member import JsMember
from tests.system.life import play
from tests.system.test_lives import LIBRARIES, VENDORS, Ours


class FromTheMorning(VenueProcess):
    """FIX-MD has just opened."""

    moment = "2020-05-27T09:00:00"


@pytest.mark.parametrize(("library", "dialect"), LIBRARIES)
def test_the_whole_day(tmp_path, library, dialect):
    venue = FromTheMorning(tmp_path)
    try:
        kind = {"quickfix": QuickfixMember, "jspurefix": JsMember}.get(library)
        if kind is None:
            client = AsyncLine(VENDORS[dialect], venue.md, "KASEMD")
        else:
            client = kind(VENDORS[dialect], venue.md, tmp_path / "vendor", "KASEMD").logs_on()
        members = {"other": Member("FIRMB"), "another": Member("FIRMC")}
        ours = {name: Ours(member.logs_on(venue.api)) for name, member in members.items()}
        speakers = {"he": client, **ours}
        play("vendor_whole_day.txt", dialect, VENDORS[dialect], speakers, venue.addresses.console)
        client.leaves()
        assert [client.crossed[f"{way} {kind}"] for way in "<>" for kind in ("2", "3", "j")] == [0] * 6
        assert client.complaints == []
    finally:
        venue.end()
