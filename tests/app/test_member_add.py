"""A user is added to a member that is known, and comes in with the next start; nothing half said is kept."""

import io

import pytest

from kase_fix.app.main import main
from kase_fix.app.member_add import new_user, with_added
from kase_fix.app.member_book import MemberBook
from kase_fix.app.settings import configuration_directory
from kase_fix.messages.configuration import User
from kase_fix.rulebook.files import ConfigurationError, load_market, load_passwords

MARKET = load_market(configuration_directory(None))
REGISTER = {user.name: user for user in MARKET.users}
SAID = {"user": "FIRMA2", "firm": "FIRMA", "dialect": "NEXT", "services": "api", "accounts": "F_FIRMA2_0000"}
COMMAND = ["member", "add", "FIRMA2", "--firm", "FIRMA", "--dialect", "NEXT", "--services", "api"]
ACCOUNT = ["--accounts", "F_FIRMA2_0000"]


def test_a_new_trader_has_the_markets_and_roles_of_his_firm():
    user = new_user(SAID, REGISTER)
    assert (user.firm, user.dialect, user.services, user.accounts) == ("FIRMA", "NEXT", ("api",), ("F_FIRMA2_0000",))
    assert (user.markets, user.roles) == (REGISTER["FIRMA"].markets, REGISTER["FIRMA"].roles)
    back_office = new_user({**SAID, "user": "DROPA2", "services": "dropcopy", "accounts": ""}, REGISTER)
    assert (back_office.markets, back_office.accounts) == ((), ())


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"user": "FIRMA"}, "there is a user FIRMA already"),
        ({"user": "a b"}, "a user's name has"),
        ({"user": ""}, "a user's name has"),
        ({"firm": "NOBODY"}, "there is no member NOBODY"),
        ({"dialect": "FIX42"}, "the dialect is one of FIX44, NEXT"),
        ({"services": "api,telex"}, "services are a list"),
        ({"services": ""}, "services are a list"),
        ({"accounts": ""}, "a user who trades has accounts"),
        ({"services": "dropcopy"}, "accounts are of users who trade"),
        ({"accounts": "F_FIRMA_0000"}, "the account F_FIRMA_0000 is FIRMA's"),
        ({"accounts": "a=b"}, "an account has 1 to 32"),
        ({"firm": "VENDOR1"}, "the member VENDOR1 trades nowhere"),
        ({"title": "a\nb"}, "a title has"),
    ],
)
def test_what_is_refused_says_why(wrong, words):
    with pytest.raises(ValueError, match=words):
        new_user({**SAID, **wrong}, REGISTER)


def test_the_files_go_before_what_was_added():
    user = new_user(SAID, REGISTER)
    market = with_added(MARKET, {"FIRMA2": user})
    assert market.users[-1] is user
    assert with_added(market, {"FIRMA2": user}) is market
    taken = User("X", "FIRMA", accounts=("F_FIRMA_0000",))
    with pytest.raises(ConfigurationError, match="F_FIRMA_0000 is FIRMA's"):
        with_added(MARKET, {"X": taken})


def test_on_a_stopped_venue_the_password_is_read_or_made_and_shown_once(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("Almaty-2020\n"))
    data = ["--data", str(tmp_path)]
    assert main([*COMMAND, *ACCOUNT, *data]) == 0
    assert "FIRMA2 can log on from the venue's next start on" in capsys.readouterr().out
    made = ["member", "add", "DROPA2", "--firm", "FIRMA", "--dialect", "FIX44", "--services", "dropcopy", "--generate"]
    assert main([*made, *data]) == 0
    shown = capsys.readouterr().out
    (password,) = [line.removeprefix("password: ") for line in shown.splitlines() if line.startswith("password: ")]
    book = MemberBook(tmp_path, load_passwords(configuration_directory(None)))
    assert set(book.added) == {"FIRMA2", "DROPA2"}
    assert len(password) >= 16
    assert password not in (tmp_path / "members.json").read_text(encoding="ascii")
    assert book.passwords["DROPA2"].startswith("$argon2id$")
    assert main([*COMMAND, *ACCOUNT, *data, "--generate"]) == 1
    assert "there is a user FIRMA2 already" in capsys.readouterr().err
    assert main(["member", "suspend", "FIRMA2", "--reason", "x", *data]) == 0


def test_a_weak_password_adds_nobody(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("weak\n"))
    assert main([*COMMAND, *ACCOUNT, "--data", str(tmp_path)]) == 2
    assert "8 to 64" in capsys.readouterr().err
    assert not (tmp_path / "members.json").exists()
