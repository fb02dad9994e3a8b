"""Every way the venue ends a session: a Logout says why, in both dialects.

Without a word end only who cannot hear one: the slow, the stale and the dead (test_door), the silent (test_heartbeats).
"""

import contextlib
import signal

import pytest

from kase_fix.scenario.client import LineDown
from tests.system.floor import BUY, PATIENCE, Member, VenueProcess, checksummed
from tests.system.test_hours import CLOSED, is_refused
from tests.system.test_members import member_command

SETTINGS = (
    "gateway.throttle.messages_per_second=1",
    "gateway.throttle.burst=5",
    "gateway.throttle.refused=5",
    "gateway.door.lockout_first_seconds=0",
)
USERS = ["FIRMA", "00100"]
SUSPENDED = "by the Board of 2020-05-27"


def logs_out(_venue, member):
    member.says("5")


def counts_from_one_again(_venue, member):
    member.says("0", (34, "1"))


def speaks_for_another(_venue, member):
    member.says("0", (49, "NOBODY"))


def speaks_to_another(_venue, member):
    member.says("0", (56, "NOBODY"))


def has_a_wrong_clock(_venue, member):
    member.says("0", (52, "20200101-00:00:00.000"))


def repeats_before_it_was_said(_venue, member):
    member.says("0", (34, "1"), (43, "Y"), (122, "20991231-00:00:00.000"))


def changes_its_version(_venue, member):
    other = member.raw("0").replace(b"8=FIX.4.4\x01", b"8=FIX.4.2\x01").replace(b"8=FIXT.1.1\x01", b"8=FIX.4.4\x01")
    member.sends(checksummed(other))


def sends_without_end(_venue, member):
    with contextlib.suppress(LineDown):  # the session may be over before all is said: that it is, is what is asked
        for _ in range(20):
            member.says("H", (11, "nothing"), (55, "EURKZT_TOM"), (54, BUY))


def is_suspended(venue, member):
    done = member_command(venue, "suspend", member.user, "--reason", SUSPENDED)
    assert done.returncode == 0, done.stderr


def says_logon_again(_venue, member):
    last = [(1137, "7")] if member.is_next else []
    member.says("A", (98, "0"), (108, "30"), (554, "rehearsal"), *last)


def asks_for_ever_other_messages(_venue, member):
    with contextlib.suppress(LineDown):
        for last in range(1, 40):
            member.says("2", (7, "1"), (16, str(last)))


WAYS = {
    logs_out: "Session ended",
    counts_from_one_again: "MsgSeqNum too low, expecting ",
    speaks_for_another: "CompID problem",
    speaks_to_another: "CompID problem",
    has_a_wrong_clock: "SendingTime accuracy problem",
    repeats_before_it_was_said: "SendingTime accuracy problem",
    changes_its_version: "Incorrect BeginString",
    sends_without_end: "Too many messages: ",
    says_logon_again: "The session is on already: ",
    asks_for_ever_other_messages: "Too many ResendRequests",
    is_suspended: f"The user is suspended: {SUSPENDED}",
}


def hears_why(member: Member, text: str) -> None:
    """A Logout with this reason, with 1137 where the session is FIXT.1.1, and the line ends."""
    farewell = member.hears("5")
    assert (farewell.get(58) or "").startswith(text)
    assert farewell.get(1137) == ("7" if member.is_next else None)
    member.client.wait(lambda: not member.client.connected, 2 * PATIENCE)
    assert not member.client.connected


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_session_ends_with_the_reason(venue, member, way, user):
    """What the member does, and what is done to him alone; he may come back, where he is suspended when restored."""
    one = member(user)
    way(venue, one)
    hears_why(one, WAYS[way])
    if way is is_suspended:
        is_refused(Member(user), venue.api, WAYS[way])
        assert member_command(venue, "restore", user).returncode == 0
    assert member(user).is_alive()


def closes(venue: VenueProcess) -> None:
    assert venue.addresses.console is not None
    venue.addresses.console.post("/api/clock", {"to": "2020-05-27T19:15:00"})


def stops(venue: VenueProcess) -> None:
    venue.process.send_signal(signal.SIGTERM)


@pytest.mark.parametrize(
    ("way", "text"), [(closes, CLOSED["api"]), (stops, "The venue is closing")], ids=["closes", "stops"]
)
def test_the_exchange_ends_all_with_the_reason(tmp_path, way, text):
    """The end of the operational day, and of the venue; when its disk fails: test_disk."""
    venue = VenueProcess(tmp_path)
    members = [Member(user).logs_on(venue.api) for user in USERS]
    way(venue)
    for each in members:
        hears_why(each, text)
    venue.end()
