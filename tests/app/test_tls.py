"""Certificates: a rehearsal's own, and what is wrong with those a configuration names."""

import os
import ssl
import stat

import pytest

from kase_fix.app.tls import USED_SECONDS, proven, rehearsed
from kase_fix.messages.link import DoorTls
from kase_fix.rulebook.files import ConfigurationError


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    directory = tmp_path_factory.mktemp("cfg") / "tls"
    return directory, rehearsed(directory, ["gateway.example"], ["FIRMA", "00100"])


def test_a_rehearsal_s_certificates_are_what_tls_needs(made):
    directory, files = made
    assert proven(files, directory, "venue.toml") == files
    ssl.create_default_context(cafile=files.client_ca)
    for user in ("FIRMA", "00100"):
        ssl.create_default_context().load_cert_chain(directory / "clients" / f"{user}.pem")
    secret = [directory / "server.key", *(directory / "clients").iterdir()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o600}
    assert all(b"PRIVATE KEY" in path.read_bytes() for path in secret)
    assert not [path for path in directory.iterdir() if path not in secret and b"PRIVATE" in _read(path)]


def _read(path):
    return path.read_bytes() if path.is_file() else b""


def test_they_are_kept_until_they_are_old_or_for_others(made):
    directory, files = made
    server = directory / "server.pem"
    first = server.read_bytes()
    assert rehearsed(directory, ["gateway.example"], ["00100", "FIRMA"]) == files
    assert server.read_bytes() == first
    rehearsed(directory, ["gateway.example"], ["00100", "FIRMA", "FIRMB"])
    second = server.read_bytes()
    assert second != first
    assert (directory / "clients" / "FIRMB.pem").exists()
    note = directory / "made_for"
    os.utime(note, (0, note.stat().st_mtime - USED_SECONDS - 1))
    rehearsed(directory, ["gateway.example"], ["00100", "FIRMA", "FIRMB"])
    assert server.read_bytes() != second


def test_paths_are_relative_to_the_configuration(made):
    directory, files = made
    named = DoorTls("tls/server.pem", "tls/server.key", "tls/ca.pem", "required")
    assert proven(named, directory.parent, "venue.toml") == DoorTls(
        files.certificate, files.key, files.client_ca, "required"
    )
    assert proven(DoorTls(), directory, "venue.toml") == DoorTls()


@pytest.mark.parametrize(
    ("files", "key", "found"),
    [
        (DoorTls("none.pem", "server.key"), "certificate", "none.pem (No such file or directory)"),
        (DoorTls("server.pem", "none.key"), "certificate", "server.pem (No such file or directory)"),
        (DoorTls("server.pem"), "certificate", "server.pem"),
        (DoorTls("ca.pem", "server.key"), "certificate", "ca.pem"),
        (DoorTls("server.key", "server.key"), "certificate", "server.key"),
        (DoorTls("server.pem", "server.key", "none.pem"), "client_ca", "none.pem (No such file or directory)"),
        (DoorTls("server.pem", "server.key", "server.key"), "client_ca", "server.key"),
        (DoorTls("server.pem", "server.key", "", "required"), "client_ca", "none"),
        (DoorTls("", "server.key"), "certificate", "none"),
        (DoorTls("", "", "ca.pem"), "certificate", "none"),
        (DoorTls("", "", "", "required"), "certificate", "none"),
    ],
)
def test_what_is_wrong_is_named(made, files, key, found):
    directory, _ = made
    with pytest.raises(ConfigurationError) as wrong:
        proven(files, directory, "venue.toml")
    assert (wrong.value.file, wrong.value.key) == ("venue.toml", f"gateway.tls.{key}")
    assert found in wrong.value.found
    assert "\n" not in str(wrong.value)
