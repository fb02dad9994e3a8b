"""Settings of the processes: what is wrong is named with file, key, what was found and what was expected (contract)."""

import pytest

from kase_fix.app import settings as settings_module
from kase_fix.app.main import main
from kase_fix.app.serve import wish
from kase_fix.app.settings import Settings, configuration_directory, load_settings, split_overrides
from kase_fix.rulebook.files import ConfigurationError
from tests.app.conftest import CFG


def blamed(call, *arguments):
    """The four parts of the refusal."""
    with pytest.raises(ConfigurationError) as wrong:
        call(*arguments)
    error = wrong.value
    assert "\n" not in str(error)
    return error.file, error.key, error.found, error.expected


def test_checked_in_settings_are_the_contract_s():
    """Services: defaults; loopback unless configured."""
    loaded = load_settings(CFG, {})
    assert loaded == Settings()
    assert (loaded.gateway.api.port, loaded.gateway.md.port, loaded.console.port) == (9880, 9881, 8080)
    assert loaded.gateway.api.host == loaded.gateway.md.host == loaded.console.host == "127.0.0.1"


def test_overrides_win_over_the_file(tmp_path):
    (tmp_path / "venue.toml").write_text("[gateway.api]\nport = 1\n[console]\nport = 2\n")
    loaded = load_settings(tmp_path, {"gateway.api.port": "0", "gateway.door.first_message_seconds": "0.5"})
    assert (loaded.gateway.api.port, loaded.console.port, loaded.gateway.md.port) == (0, 2, 9881)
    assert loaded.gateway.door.first_message_seconds == 0.5


def test_no_file_means_the_defaults(tmp_path):
    assert load_settings(tmp_path, {}) == Settings()


@pytest.mark.parametrize(
    ("text", "key", "found", "expected"),
    [
        ("[gateway.api]\nprot = 1", "gateway.api.prot", "an unknown key", "a key of venue.toml"),
        ("[gatewy]\n", "gatewy", "an unknown key", "a key of venue.toml"),
        ("[gateway.api]\nport = 'x'", "gateway.api.port", "'x'", "int"),
        ("[gateway.md]\nport = 70000", "gateway.md.port", "70000", "0 to 65535"),
        ("[console]\nport = -1", "console.port", "-1", "0 to 65535"),
        ("[processors]\nbeside = -1", "processors.beside", "-1", "0 or more"),
        ("[processors]\nbeside = 1.5", "processors.beside", "1.5", "int"),
        ("[console]\ntoken = 5", "console.token", "5", "str"),
        ("gateway = 5", "gateway", "5", "object"),
        ("[gateway.door]\nfirst_message_seconds = 0", "gateway.door.first_message_seconds", "0.0", "more than 0"),
        ("[gateway.door]\nfirst_message_seconds = nan", "gateway.door.first_message_seconds", "nan", "more than 0"),
        ("[gateway.door]\nunsent_bytes = 1000", "gateway.door.unsent_bytes", "1000", "65536 or more"),
        ("[gateway.door]\nunsent_seconds = nan", "gateway.door.unsent_seconds", "nan", "1 or more"),
        ("[gateway.door]\nconnections_at_once = 0", "gateway.door.connections_at_once", "0", "1 or more"),
        ("[gateway.door]\nstrangers = -5", "gateway.door.strangers", "-5", "1 or more"),
        ("[gateway.door]\nlockout_first_seconds = -1", "gateway.door.lockout_first_seconds", "-1.0", "0 or more"),
        (
            "[gateway.door]\nlockout_greatest_seconds = 0.5",
            "gateway.door.lockout_greatest_seconds",
            "0.5",
            "lockout_first_seconds (1.0) or more",
        ),
        ("[gateway.door]\nunsent = 5", "gateway.door.unsent", "an unknown key", "a key of venue.toml"),
        ("[gateway.api]\ntls_port = 70000", "gateway.api.tls_port", "70000", "0 to 65535"),
        ("[gateway.tls]\ncert = ''", "gateway.tls.cert", "an unknown key", "a key of venue.toml"),
        (
            "[gateway.addresses]\nFIRMA = ['10.0.0.1/8']",
            "gateway.addresses.FIRMA",
            "10.0.0.1/8 has host bits set",
            'networks like "10.1.2.0/24"',
        ),
        (
            "[gateway.addresses]\nFIRMA = []",
            "gateway.addresses.FIRMA",
            "none",
            'networks like "10.1.2.0/24", or no such line',
        ),
        ("[gateway.door]\ngreatest_message = 10", "gateway.door.greatest_message", "10", "1024 or more"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(tmp_path, text, key, found, expected):
    path = tmp_path / "venue.toml"
    path.write_text(text)
    assert blamed(load_settings, tmp_path, {}) == (str(path), key, found, expected)


@pytest.mark.parametrize(
    ("key", "value", "found", "expected"),
    [
        ("gateway.api.port", "x", "'x'", "int"),
        ("gateway.api.port", "70000", "70000", "0 to 65535"),
        ("gateway.api.prot", "1", "an unknown key", "a key of venue.toml"),
        ("nothing", "1", "an unknown key", "a key of venue.toml"),
        ("gateway.api.port.x", "1", "port is no table", "a key of venue.toml"),
        ("gateway", "1", "'1'", "object"),
        ("", "1", "an unknown key", "a key of venue.toml"),
    ],
)
def test_what_is_wrong_on_the_command_line_is_named(key, value, found, expected):
    file, place, *rest = blamed(load_settings, CFG, {key: value})
    assert (file, place, *rest) == ("--set", key, found, expected)


@pytest.mark.parametrize("content", [b"port = ", b"\xff\xfe", b"a = 1\na = 2"])
def test_file_that_is_no_toml_is_named(tmp_path, content):
    (tmp_path / "venue.toml").write_bytes(content)
    assert blamed(load_settings, tmp_path, {})[0] == str(tmp_path / "venue.toml")


def test_overrides_are_split_at_the_first_equals_sign():
    assert split_overrides(["a.b=1", "c=d=e", "empty="]) == {"a.b": "1", "c": "d=e", "empty": ""}
    assert split_overrides(["a=1", "a=2"]) == {"a": "2"}


@pytest.mark.parametrize("text", ["a", "", "=1"])
def test_override_without_key_or_value_is_refused(text):
    assert blamed(split_overrides, [text]) == ("--set", text, text, "KEY=VALUE")


def test_directory_of_the_configuration(tmp_path, monkeypatch):
    """Contract, `--cfg`: what is given, else ./cfg, else the copy in the package."""
    assert configuration_directory(str(tmp_path)) == tmp_path
    assert blamed(configuration_directory, str(tmp_path / "none"))[0] == "--cfg"
    monkeypatch.chdir(tmp_path)
    assert configuration_directory(None) in (settings_module.PACKAGE_COPY, settings_module.CHECKOUT)
    (tmp_path / "cfg").mkdir()
    (tmp_path / "cfg" / "venue.toml").touch()
    assert configuration_directory(None).absolute() == tmp_path / "cfg"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--set", "gateway.api.port=x"], ["--set", "gateway.api.port", "'x'", "int"]),
        (["--set", "groups.fx_eur.lot=x"], ["--set", "groups.fx_eur.lot", "x"]),
        (["--set", "nonsense"], ["--set", "nonsense", "KEY=VALUE"]),
        (["--set", "nonsense.key=1"], ["--set", "nonsense", "an unknown key"]),
        (["--set", "gateway.addresses.NOBODY=10.0.0.0/8"], ["--set", "gateway.addresses.NOBODY", "NOBODY"]),
        (["--set", "gateway.tls.certificate=none.pem"], ["--set", "gateway.tls.certificate", "none.pem", "PEM"]),
        (["--set", "gateway.tls.client_certificate=never"], ["--set", "gateway.tls.client_certificate", "never"]),
        (["--cfg", "/nowhere"], ["--cfg", "/nowhere"]),
        (["--rehearsal", "yesterday"], ["--rehearsal", "yesterday", "2020-05-27T10:10:00"]),
        (["--rehearsal", "2020-05-27"], ["--rehearsal", "2020-05-27"]),
        (["--speed", "-1"], ["--speed", "-1"]),
        ([], ["venue.toml", "console.token", '"rehearsal"', "16 characters"]),
        (["--set", "console.token=rehearsal"], ["--set", "console.token", '"rehearsal"', "--rehearsal"]),
        (["--set", "console.token=fifteen-letters"], ["--set", "console.token", "15 characters", "16 characters"]),
    ],
)
def test_bad_configuration_exits_2_with_one_line(tmp_path, capsys, arguments, named):
    """Contract: exit 2 and one line that names file, key, what was found and what was expected; nothing is begun."""
    data = tmp_path / "data"
    assert main(["serve", "--data", str(data), *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert all(word in printed.err for word in named), printed.err
    assert not data.exists()


def test_only_a_rehearsal_takes_the_token_everyone_knows(tmp_path):
    """Without --rehearsal trading is real: an operator needs a secret of his own."""
    assert wish(str(CFG), tmp_path, "2020-05-27T10:29:00", 0.0, []).settings.console.token == "rehearsal"
    secret = "sixteen-letters."
    key = tmp_path / "key"
    key.write_text("k" * 32)
    given = [f"console.token={secret}", f"depository.key={key}"]
    assert wish(str(CFG), tmp_path, None, 0.0, given).settings.console.token == secret


@pytest.mark.parametrize(
    ("rehearsal", "key", "settings", "named", "found"),
    [
        (False, "k" * 32, ["mode=simulated"], "depository.mode", '"simulated"'),
        (True, "k" * 32, ["mode=post"], "depository.mode", '"post"'),
        (True, None, ["mode=files"], "depository.key", "none"),
        (False, None, [], "depository.key", "none"),
        (True, "k" * 31, ["mode=files"], "depository.key", "31 bytes"),
        (True, "k" * 32, ["mode=files", "inbox={key}"], "depository.inbox", "{key}"),
        (True, "k" * 32, ["mode=files", "inbox={data}", "outbox={data}"], "depository.outbox", "{data}"),
        (True, "k" * 32, ["mode=files", "poll_seconds=0"], "depository.poll_seconds", "0.0"),
    ],
)
def test_depository_that_cannot_be_reached_is_named(tmp_path, rehearsal, key, settings, named, found):
    """Art. 5 p. 4: where trading is real the depository is real, and both sides sign."""
    file, data = tmp_path / "key", tmp_path / "data"
    words = ["console.token=sixteen-letters.", *(f"depository.{one.format(key=file, data=data)}" for one in settings)]
    if key is not None:
        file.write_text(key)
        words.append(f"depository.key={file}")
    moment = "2020-05-27T10:29:00" if rehearsal else None
    _, place, what, _ = blamed(wish, str(CFG), data, moment, 0.0, words)
    assert (place, what) == (named, found.format(key=file, data=data))
    assert not data.exists()


def test_depository_of_a_rehearsal_is_simulated_unless_said(tmp_path):
    """Contract: the simulated depository answers by itself; with files its folders are in the data directory."""
    moment = "2020-05-27T10:29:00"
    assert wish(str(CFG), tmp_path, moment, 0.0, []).carrier.inbox is None
    (tmp_path / "key").write_text("k" * 32 + "\n")
    given = ["depository.mode=files", f"depository.key={tmp_path / 'key'}"]
    carrier = wish(str(CFG), tmp_path, moment, 0.0, given).carrier
    assert (carrier.inbox, carrier.outbox) == (tmp_path / "depository/inbox", tmp_path / "depository/outbox")
    assert carrier.key == b"k" * 32


def test_tls_ports_are_the_contract_s():
    """9980 to 9982 unless set; "a TLS port whose plain port is 0 is 0 too unless set"; none without a certificate."""

    def ports(tls=True, **overrides):
        gateway = load_settings(CFG, {f"gateway.{name.replace('__', '.')}": value for name, value in overrides.items()})
        return [port for _, _, port in gateway.gateway.listen(tls).values()]

    assert ports() == [9980, 9981, 9982]
    assert ports(tls=False) == [None, None, None]
    assert ports(api__port="0") == [0, 9981, 9982]
    assert ports(api__port="0", api__tls_port="7", md__tls_port="0") == [7, 0, 9982]


def test_a_user_s_networks_come_from_a_list_or_from_text(tmp_path):
    (tmp_path / "venue.toml").write_text('[gateway.addresses]\nFIRMA = ["10.0.0.0/8", "192.0.2.7"]')
    gateway = load_settings(tmp_path, {"gateway.addresses.FIRMB": "10.1.0.0/16, 2001:db8::/32"}).gateway
    assert gateway.networks_of("FIRMA") == ("10.0.0.0/8", "192.0.2.7/32")
    assert gateway.networks_of("FIRMB") == ("10.1.0.0/16", "2001:db8::/32")
    assert gateway.networks_of("FIRMC") == ()
