"""Passwords and suspensions are kept in the directory, act at once, and never cost a user what he had before."""

import datetime as dt
import io
import shutil
from pathlib import Path

import argon2
import pytest

from kase_fix.app.main import main
from kase_fix.app.member_book import FILE, MemberBook
from kase_fix.app.members import Members
from kase_fix.messages.configuration import User
from kase_fix.rulebook.files import ConfigurationError

CFG = Path(__file__).parent.parent.parent / "cfg"
HASH = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA"


class Services:
    """What members need of the gateway."""

    def __init__(self):
        self.users = {name: User(name, name) for name in ("FIRMA", "FIRMB")}
        self.suspended = {}
        self.sent_away = []

    def send_away(self, user, reason):
        assert user in self.suspended  # first: he must not come back in between
        self.sent_away.append((user, reason))

    def sessions(self):
        return [{"user": "FIRMA", "service": "api", "logged_on": True}]


@pytest.fixture
def services():
    return Services()


def test_the_book_is_kept_over_a_restart_and_goes_before_the_seed(tmp_path):
    book = MemberBook(tmp_path, {"FIRMA": "old", "FIRMB": "b"})
    book.rekey("FIRMA", HASH)
    book.suspend("FIRMB", "by the Board")
    again = MemberBook(tmp_path, {"FIRMA": "old", "FIRMB": "b"})
    assert again.passwords == {"FIRMA": HASH, "FIRMB": "b"}
    assert again.suspended == {"FIRMB": "by the Board"}
    again.restore("FIRMB")
    assert MemberBook(tmp_path, {}).suspended == {}
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_a_book_that_is_none_is_named(tmp_path):
    (tmp_path / FILE).write_text('{"passwords": 1}', encoding="ascii")
    with pytest.raises(ConfigurationError, match=r"members\.json"):
        MemberBook(tmp_path, {})


def test_a_suspension_is_kept_and_ends_sessions(tmp_path, services):
    told = []
    members = Members(MemberBook(tmp_path, {}), services, lambda: told.append(1))
    shown = members.order({"action": "suspend", "user": "FIRMA", "reason": "by the Board"})
    assert services.sent_away == [("FIRMA", "by the Board")]
    assert [(one["user"], one["online"], one["suspended"]) for one in shown["members"]] == [
        ("FIRMA", ["api"], "by the Board"),
        ("FIRMB", [], None),
    ]
    members.order({"action": "restore", "user": "FIRMA"})
    assert services.suspended == {}
    assert told == []


def test_the_door_knows_a_new_password_before_it_is_answered(tmp_path, services):
    book, told = MemberBook(tmp_path, {"FIRMA": "old"}), []
    members = Members(book, services, lambda: told.append(book.passwords["FIRMA"]))
    assert members.rekey("FIRMA", HASH)
    assert told == [HASH]


def test_a_password_ages_by_the_venues_days(tmp_path, services):
    """R-191: it holds on so many days behind the one it was set on; of old ones the age counts from the first start."""
    day = dt.date(2020, 5, 27)
    members = Members(MemberBook(tmp_path, {"FIRMA": "a", "FIRMB": "b"}), services, lambda: None, lambda: day, 2)
    assert services.expired == members.expired
    assert members.password_until("FIRMA") == dt.date(2020, 5, 29)
    day = dt.date(2020, 5, 29)
    assert members.rekey("FIRMB", HASH)
    again = Members(MemberBook(tmp_path, {"FIRMA": "a", "FIRMB": "b"}), services, lambda: None, lambda: day, 2)
    assert not again.expired("FIRMA")
    day = dt.date(2020, 5, 30)
    assert (again.expired("FIRMA"), again.expired("FIRMB")) == (True, False)
    assert again.rekey("FIRMA", HASH)
    assert not again.expired("FIRMA")


def test_a_password_set_while_the_venue_stood_still_counts_from_its_start(tmp_path, services):
    seed = {"FIRMA": "a"}
    Members(MemberBook(tmp_path, seed), services, lambda: None, lambda: dt.date(2020, 5, 27), 2)
    MemberBook(tmp_path, seed).rekey("FIRMA", HASH)
    members = Members(MemberBook(tmp_path, seed), services, lambda: None, lambda: dt.date(2020, 6, 8), 2)
    assert members.password_until("FIRMA") == dt.date(2020, 6, 10)


def test_the_list_says_when_a_password_ages(tmp_path, services):
    """R-191: by user the last day on which his password holds; none where passwords do not age."""
    seed, day = {"FIRMA": "a", "FIRMB": "b"}, dt.date(2020, 5, 27)
    members = Members(MemberBook(tmp_path, seed), services, lambda: None, lambda: day, 30)
    day = dt.date(2020, 6, 1)
    shown = members.order({"action": "password", "user": "FIRMB", "hash": HASH})["members"]
    assert [(one["user"], one["password_ages"], one["password_until"]) for one in shown] == [
        ("FIRMA", True, "2020-06-26"),
        ("FIRMB", True, "2020-07-01"),
    ]
    for_ever = Members(MemberBook(tmp_path, seed), services, lambda: None).order({})["members"]
    assert [(one["password_ages"], one["password_until"]) for one in for_ever] == [(False, None)] * 2


def test_the_list_of_a_stopped_venue_says_when_a_password_ages(tmp_path, capsys):
    place = ["member", "list", "--data", str(tmp_path / "data"), "--cfg"]
    cfg = shutil.copytree(CFG, tmp_path / "cfg")
    (tmp_path / "data").mkdir()
    assert main([*place, str(cfg)]) == 0
    assert {line[40:50] for line in capsys.readouterr().out.splitlines()} == {"never ages"}
    (cfg / "venue.toml").write_text("[gateway.passwords]\ndays = 30\n", encoding="utf-8")
    MemberBook(tmp_path / "data", {"FIRMA": "a"}).count_from(dt.date(2020, 5, 27))
    assert main([*place, str(cfg)]) == 0
    told = {line.split()[0]: line[40:56].rstrip() for line in capsys.readouterr().out.splitlines()}
    assert (told["FIRMA"], told["FIRMB"]) == ("until 2020-06-26", "from next start")


def test_passwords_do_not_age_unless_told_so(tmp_path, services):
    members = Members(MemberBook(tmp_path, {"FIRMA": "a"}), services, lambda: None, lambda: dt.date(2020, 5, 27))
    assert members.password_until("FIRMA") is None
    assert not members.expired("FIRMA")
    assert not (tmp_path / FILE).exists()


def test_what_cannot_be_kept_does_not_hold(tmp_path, services, monkeypatch):
    book, told = MemberBook(tmp_path, {"FIRMA": "old"}), []
    monkeypatch.setattr(book, "_path", tmp_path / "nowhere" / FILE)
    assert not Members(book, services, lambda: told.append(1)).rekey("FIRMA", HASH)
    assert (told, book.passwords) == ([], {"FIRMA": "old"})


@pytest.mark.parametrize(
    "words",
    [
        {"action": "suspend", "user": "NOBODY", "reason": "x"},
        {"action": "suspend", "user": "FIRMA"},
        {"action": "suspend", "user": "FIRMA", "reason": "two\x01fields"},
        {"action": "password", "user": "FIRMA", "hash": "in clear"},
        {"action": "sack", "user": "FIRMA"},
    ],
)
def test_what_is_wrong_changes_nothing(tmp_path, services, words):
    with pytest.raises(ValueError, match=r"[a-z]") as wrong:
        Members(MemberBook(tmp_path, {}), services, lambda: None).order(words)
    assert "clear" not in str(wrong.value)
    assert not (tmp_path / FILE).exists()


def test_a_stopped_venue_s_directory(tmp_path, monkeypatch, capsys):
    place = ["--data", str(tmp_path), "--cfg", str(CFG)]
    assert main(["member", "suspend", "FIRMA", "--reason", "by the Board", *place]) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("Almaty-2020\n"))
    assert main(["member", "password", "FIRMB", *place]) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("weak\n"))
    assert main(["member", "password", "FIRMB", *place]) == 2
    assert main(["member", "restore", "NOBODY", *place]) == 1
    capsys.readouterr()
    assert main(["member", "list", *place]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert lines["FIRMA"].endswith("suspended: by the Board")
    assert argon2.PasswordHasher().verify(MemberBook(tmp_path, {}).passwords["FIRMB"], "Almaty-2020")
