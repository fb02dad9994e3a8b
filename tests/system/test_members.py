"""A suspended user hears why and comes in no more until he is restored; a new password acts at once."""

import subprocess
import sys

from tests.system.floor import Member
from tests.system.test_hours import hears_the_end, is_refused

SUSPENDED = "The user is suspended: by the Board of 2020-05-27"


def member_command(venue, *words, given=""):
    command = [sys.executable, "-m", "kase_fix", "member", *words, "--console", venue.ready["console"]]
    return subprocess.run(command, input=given, text=True, capture_output=True, timeout=60)


def test_a_suspension_ends_the_session_and_keeps_the_user_out_over_a_kill(venue):
    firma, other = Member("FIRMA").logs_on(venue.api), Member("FIRMB").logs_on(venue.api)
    done = member_command(venue, "suspend", "FIRMA", "--reason", "by the Board of 2020-05-27")
    assert done.returncode == 0, done.stderr
    hears_the_end(firma, SUSPENDED)
    is_refused(firma, venue.api, SUSPENDED)
    assert other.is_alive()
    venue.kill_and_restart()
    is_refused(firma, venue.api, SUSPENDED)
    assert member_command(venue, "restore", "FIRMA").returncode == 0
    firma.logs_on(venue.api, reset="Y")
    assert "api*" in next(row for row in member_command(venue, "list").stdout.splitlines() if row.startswith("FIRMA "))
    firma.leaves()


def test_a_password_given_by_the_operator_holds_at_once(venue):
    assert member_command(venue, "password", "00100", given="Almaty-2020\n").returncode == 0
    is_refused(Member("00100"), venue.api, "Wrong password")
    venue.kill_and_restart()  # else he would be locked out for a second
    Member("00100", password="Almaty-2020").logs_on(venue.api).leaves()


def test_who_has_no_token_changes_nothing(venue):
    refused = member_command(venue, "suspend", "FIRMB", "--reason", "x", "--token", "wrong")
    assert refused.returncode == 1
    assert "token" in refused.stderr
    Member("FIRMB").logs_on(venue.api).leaves()


def test_an_added_user_comes_in_with_the_next_start_and_costs_nobody_his_orders(venue):
    """The register with him enters the journal at the start; before, he is nobody."""
    firma = Member("FIRMA").logs_on(venue.api)
    order = firma.rests("EURKZT_TOM", "1", 2000, "450.00")
    words = ("--firm", "FIRMB", "--dialect", "NEXT", "--services", "api", "--accounts", "F_FIRMB2_0000")
    assert member_command(venue, "add", "FIRMB", *words, given="Almaty-2020\n").returncode == 1
    done = member_command(venue, "add", "FIRMB2", *words, given="Almaty-2020\n")
    assert done.returncode == 0, done.stderr
    assert "from the next start on" in done.stdout
    refused = member_command(venue, "suspend", "FIRMB2", "--reason", "x")
    assert "he comes in with the venue's next start" in refused.stderr
    new = Member("FIRMB2", password="Almaty-2020", dialect="NEXT")
    is_refused(new, venue.api, "Wrong password")
    venue.kill_and_restart()
    new.logs_on(venue.api)
    new.rests("EURKZT_TOM", "1", 1000, "449.00")
    assert firma.comes_back(venue.api).is_alive()
    firma.says("H", (37, order.get(37) or ""), (55, "EURKZT_TOM"), (54, "1"))
    assert firma.hears("8", {37: order.get(37) or "", 150: "I"}).get(39) == "0"
    new.leaves()
    firma.leaves()
